/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Changes by uSNChanged, where there is no DirSync: whole objects, and tombstones. It
 * does not say what happened to an object, so what lies below a changed container is read
 * too: its DN may be another one now.
 */

#include "import.h"
#include "support/dn.h"

struct changes {
    struct import *import;
    struct pool pool;
    const char **containers;
    size_t count;
    size_t capacity;
};

static bool is_container(const struct import *import)
{
    static const char *const classes[] = {"organizationalUnit", "container",
                                          "msExchSystemObjectsContainer", NULL};
    const struct answer_attribute *a = answer_find(&import->answer, "objectClass");

    for (size_t v = 0; a != NULL && v < a->count; v++)
        for (size_t i = 0; classes[i] != NULL; i++)
            if (a->values[v].length == strlen(classes[i]) &&
                strncasecmp(a->values[v].data, classes[i], a->values[v].length) == 0)
                return true;
    return false;
}

static enum ma_status remember(struct changes *c, struct ma_error *err)
{
    const char *dn = c->import->answer.dn;
    const char **grown =
        pool_grow(&c->pool, c->containers, c->count, &c->capacity, sizeof *grown);

    if (grown == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    c->containers = grown;
    c->containers[c->count++] = pool_text(&c->pool, dn, strlen(dn));
    return MA_OK;
}

static enum ma_status take(void *context, LDAPMessage *entry, struct ma_error *err)
{
    struct changes *c = context;
    struct import *import = c->import;
    enum ma_status status = answer_read(&import->answer, import->link, entry, err);

    if (status != MA_OK)
        return status;
    if (shown_is_deleted(import))
        return shown_deleted(import, err);
    if (is_container(import) && remember(c, err) != MA_OK)
        return err->status;
    return shown_whole(import, entry, err);
}

static const char *const *with_deleted(struct import *import)
{
    const char *const *from = import->attributes;
    const char **list;
    size_t count = 0;

    while (from != NULL && from[count] != NULL)
        count++;
    list = from == NULL ? NULL : pool_alloc(&import->pool, (count + 2) * sizeof *list);
    if (list == NULL)
        return NULL;
    memcpy(list, from, count * sizeof *list);
    list[count] = "isDeleted";
    list[count + 1] = NULL;
    return list;
}

static enum ma_status search_changes(struct import *import, struct changes *c,
                                     const struct page_taker *taker, bool deleted,
                                     struct ma_error *err)
{
    struct bytes filter = {0};
    struct page_search search = {
        .kind = PAGE_RESULTS,
        .base = import->base,
        .scope = LDAP_SCOPE_SUBTREE,
        .attributes = with_deleted(import),
        .size = import->page_size,
        .deleted = deleted,
    };
    char from[64];
    enum ma_status status;

    snprintf(from, sizeof from, "(&(uSNChanged>=%llu)",
             (unsigned long long)import->mark.usn + 1);
    bytes_text(&filter, from);
    bytes_text(&filter, import->filter);
    bytes_char(&filter, ')');
    search.filter = filter.at;
    status = filter.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                           : page_each(import->link, &search, taker, NULL, err);
    for (size_t i = 0; i < c->count && status == MA_OK; i++)
        status = again_below(import, c->containers[i], err);
    bytes_free(&filter);
    pool_free(&c->pool);
    return status;
}

enum ma_status usn_changes(struct import *import, struct ma_error *err)
{
    struct changes c = {.import = import};
    const struct page_taker taker = {.entry = take, .context = &c};
    enum ma_status status = search_changes(import, &c, &taker, true, err);

    if (status == MA_OK)
        import->mark.usn = import->directory->usn;
    return status;
}

/* What is not selected is passed over by the engine. */
enum ma_status usn_catch_up(struct import *import, struct ma_error *err)
{
    struct changes c = {.import = import};
    const struct page_taker taker = {.entry = take, .context = &c};

    return search_changes(import, &c, &taker, false, err);
}
