/* SPDX-License-Identifier: Apache-2.0 */
#include "origin.h"

struct ma_value origin_value(const struct answer *entry, const char *attribute)
{
    const struct answer_attribute *found = answer_find(entry, attribute);

    return found == NULL || found->count == 0 ? (struct ma_value){NULL, 0}
                                              : found->values[0];
}

const char *origin_text(const struct answer *entry, const char *attribute,
                        struct pool *pool)
{
    struct ma_value value = origin_value(entry, attribute);

    return value.data == NULL ? "" : pool_text(pool, value.data, value.length);
}
