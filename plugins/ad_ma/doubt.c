/* SPDX-License-Identifier: Apache-2.0 */
#include "doubt.h"

#include "support/dn.h"

void doubts_add(struct doubts *d, const char *folded, const char *invocation)
{
    struct doubt *grown =
        pool_grow(&d->pool, d->items, d->count, &d->capacity, sizeof *grown);

    if (grown == NULL)
        return; /* the pool says that it failed */
    d->items = grown;
    grown[d->count++] =
        (struct doubt){pool_text(&d->pool, folded, strlen(folded)),
                       pool_text(&d->pool, invocation, strlen(invocation))};
}

bool doubts_has(const struct doubts *d, const char *dn, const char *invocation)
{
    for (size_t i = 0; i < d->count; i++)
        if (strcmp(d->items[i].invocation, invocation) != 0 &&
            dn_is_under(dn, d->items[i].folded))
            return true;
    return false;
}

void doubts_free(struct doubts *d)
{
    pool_free(&d->pool);
    *d = (struct doubts){0};
}
