/* SPDX-License-Identifier: Apache-2.0 */
#include "containers.h"

#include <search.h>
#include <stdlib.h>

#include "support/dn.h"

enum { DEEPEST = 64 };

struct container {
    const char *key; /* folded */
    struct object_state state;
};

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct container *)a)->key, ((const struct container *)b)->key);
}

static struct container *find(const struct containers *containers, const char *key)
{
    struct container like = {.key = key};
    void *found = tfind(&like, &containers->tree, compare);

    return found == NULL ? NULL : *(struct container **)found;
}

static enum ma_status add(struct containers *containers, struct origin *origin,
                          const char *key, const char *dn, struct container **out,
                          struct ma_error *err)
{
    struct pool *pool = &containers->pool;
    struct container *container = pool_alloc(pool, sizeof *container);

    if (container == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for containers");
    *container = (struct container){.key = pool_text(pool, key, strlen(key))};
    container->state.dn = pool_text(pool, dn, strlen(dn));
    if (objects_read(origin, pool, &container->state, 1, false, NULL, err) != MA_OK)
        return err->status;
    if (tsearch(container, &containers->tree, compare) == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for containers");
    *out = container;
    return MA_OK;
}

static enum ma_status get(struct containers *containers, struct origin *origin,
                          struct pool *pool, const char *dn, struct container **out,
                          struct ma_error *err)
{
    const char *key = dn_fold(pool, dn);

    if (key == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for containers");
    *out = find(containers, key);
    return *out != NULL ? MA_OK : add(containers, origin, key, dn, out, err);
}

enum ma_status containers_above(struct containers *containers, struct origin *origin,
                                struct pool *pool, const char *dn, const char *top,
                                const struct cause_ancestor **out, size_t *count,
                                struct ma_error *err)
{
    struct cause_ancestor *list = pool_alloc(pool, DEEPEST * sizeof *list);
    const char *folded_top = dn_fold(pool, top);

    *count = 0;
    if (list == NULL || folded_top == NULL)
        return ma_fail(err, MA_NO_MEMORY, "no memory for containers");
    while (!dn_is(dn, folded_top) && *count < DEEPEST) {
        struct container *container;

        dn = dn_parent(dn);
        if (dn[0] == '\0')
            break;
        if (get(containers, origin, pool, dn, &container, err) != MA_OK)
            return err->status;
        list[(*count)++] = (struct cause_ancestor){
            container->state.dn, container->state.has_sd ? &container->state.sd : NULL};
    }
    *out = list;
    return MA_OK;
}

static void keep(void *node)
{
    (void)node; /* it lives in the pool */
}

void containers_free(struct containers *containers)
{
    tdestroy(containers->tree, keep);
    pool_free(&containers->pool);
    *containers = (struct containers){.tree = NULL};
}
