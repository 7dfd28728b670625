/* SPDX-License-Identifier: Apache-2.0 */
#include "scope.h"

#include "support/dn.h"

static size_t fold_all(struct pool *pool, const char *const *names, const char ***out)
{
    size_t count = 0;

    while (names != NULL && names[count] != NULL)
        count++;
    *out = pool_alloc(pool, (count + 1) * sizeof(const char *));
    for (size_t i = 0; *out != NULL && i < count; i++)
        (*out)[i] = dn_fold(pool, names[i]);
    return *out == NULL ? 0 : count;
}

/* Below another one, or the same named twice: that one's search meets it. */
static bool is_met(const struct scope *s, size_t index)
{
    for (size_t i = 0; i < s->included_count; i++) {
        bool same = strcmp(s->included[i], s->included[index]) == 0;

        if (i != index && dn_is_under(s->included[index], s->included[i]) &&
            (!same || i < index))
            return true;
    }
    return false;
}

void scope_make(struct scope *s, struct pool *pool, const char *partition,
                const struct ma_import *request)
{
    const char *const *included = request->included;
    const char **roots;

    *s = (struct scope){0};
    if (included == NULL || included[0] == NULL) {
        const char **whole = pool_alloc(pool, 2 * sizeof *whole);

        if (whole == NULL)
            return;
        whole[0] = partition;
        whole[1] = NULL;
        included = whole;
    }
    s->included_count = fold_all(pool, included, &s->included);
    s->excluded_count = fold_all(pool, request->excluded, &s->excluded);
    roots = pool_alloc(pool, (s->included_count + 1) * sizeof *roots);
    for (size_t i = 0; roots != NULL && i < s->included_count; i++)
        if (!is_met(s, i))
            roots[s->root_count++] = included[i];
    s->roots = roots;
}

/* Of names above one DN, the longer is below the shorter. */
static size_t longest(const char *const *names, size_t count, const char *folded)
{
    size_t best = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(names[i]) + 1;

        if (length > best && dn_is_under(folded, names[i]))
            best = length;
    }
    return best;
}

bool scope_has(const struct scope *s, const char *dn)
{
    struct pool pool = {0};
    const char *folded = dn_fold(&pool, dn);
    bool has = longest(s->included, s->included_count, folded) >
               longest(s->excluded, s->excluded_count, folded);

    pool_free(&pool);
    return has;
}
