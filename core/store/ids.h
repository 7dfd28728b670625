/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_IDS_H
#define STORE_IDS_H

#include "store/store.h"

/*
 * What is found under a hash: ids in their order, each once, from a place in the list on.
 * A container may have all objects of a directory below it, so nothing here is linear in
 * the list where ids come in order.
 */
void ids_take_in(id_list *ids, size_t from, uint64_t id);
void ids_take_out(id_list *ids, size_t from, uint64_t id);

#endif
