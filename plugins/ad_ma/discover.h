/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_MA_DISCOVER_H
#define AD_MA_DISCOVER_H

#include "schema.h"
#include "session.h"
#include "support/ad_directory.h"
#include "support/page.h"

/* What a directory is made of, while it is told to the engine. */
struct discovery {
    struct session *session;
    struct link *link; /* of the server that is asked now */
    struct pool pool;
};

/* Attributes and classes, as the schema entry publishes them. `schema`: where Active
 * Directory keeps their definitions; "" elsewhere. */
enum ma_status discover_schema(struct discovery *discovery, const char *schema,
                               struct ma_error *err);

#endif
