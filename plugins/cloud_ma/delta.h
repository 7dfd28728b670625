/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_DELTA_H
#define CLOUD_MA_DELTA_H

#include "import.h"

/*
 * Delta imports, as delta.c (SCIM, and the watermark) and delta_graph.c see them. The
 * watermark is text: the generation of the ids, the time, and the URL; of Graph, a line
 * for each class with the link to its next round, and one for each new object that could
 * not be read yet: "? CLASS ROUNDS ID".
 */

/* Whether there is an import to go on from; MA_FULL_NEEDED. */
enum ma_status delta_mark(struct import *im, struct ma_error *err);
/* The ids that it left. */
enum ma_status delta_known(struct import *im, struct ma_error *err);

enum ma_status delta_graph(struct import *im, struct ma_error *err);
void delta_put_late(const struct import *im, struct bytes *mark);

#endif
