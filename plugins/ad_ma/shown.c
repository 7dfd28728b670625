/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Entries of the directory as entries of the engine. Values are handed on as they lie in
 * the message; a long attribute is completed first. What DirSync says of a change lists
 * the attributes that changed; of a linked one the values that came ("range=1-1") and
 * those that went ("range=0-0"; MS-ADTS 3.1.1.3.4.1.3).
 */

#include "import.h"

/* What the import asked for beside what was selected; the engine drops what it does not
 * want, but a change of nothing else is none. */
static const char *const bookkeeping[] = {"objectGUID", "instanceType", "name",
                                          "parentGUID", "isDeleted",    NULL};

static bool is_bookkeeping(const char *name)
{
    for (size_t i = 0; bookkeeping[i] != NULL; i++)
        if (strcasecmp(bookkeeping[i], name) == 0)
            return true;
    return false;
}

struct ma_value shown_anchor(const struct import *import)
{
    const struct answer_attribute *guid =
        answer_find(&import->answer, import->session->set.anchor);

    return guid == NULL || guid->count == 0 ? (struct ma_value){"", 0} : guid->values[0];
}

bool shown_has(const struct import *import, const char *attribute)
{
    return answer_find(&import->answer, attribute) != NULL;
}

bool shown_is_deleted(const struct import *import)
{
    const struct answer_attribute *a = answer_find(&import->answer, "isDeleted");

    return a != NULL && a->count > 0 && a->values[0].length == 4 &&
           strncasecmp(a->values[0].data, "TRUE", 4) == 0;
}

static enum ma_status no_anchor(struct import *import, struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    const char *anchor = import->session->set.anchor;
    char text[256];
    const struct ma_rejection rejection = {
        .size = sizeof rejection,
        .type = "missing-anchor-component",
        .dn = import->answer.dn,
        .attribute = anchor,
        .text = text,
    };

    snprintf(text, sizeof text,
             "the directory does not show %.100s: the account may not read it, or the "
             "parameter 'anchor' names what the directory has not",
             anchor);
    return host->reject(host, &rejection, err);
}

static enum ma_status emit(struct import *import, enum ma_change change,
                           const struct ma_attribute *attributes, size_t count,
                           struct ma_error *err)
{
    const struct ma_host *host = import->session->host;
    const struct ma_entry entry = {
        .size = sizeof entry,
        .change = change,
        .anchor = shown_anchor(import),
        .dn = import->answer.dn,
        .attributes = attributes,
        .count = count,
    };

    if (import->answer.pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    if (entry.anchor.length == 0)
        return no_anchor(import, err);
    if (import->counts && told_has(&import->told, entry.anchor))
        return MA_OK;
    if (import->counts && !told_add(&import->told, entry.anchor))
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    return host->emit(host, &entry, err);
}

/* --- whole objects ---------------------------------------------------------------- */

static enum ma_status complete(struct import *import, struct ma_error *err)
{
    struct answer *a = &import->answer;
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < a->count && status == MA_OK; i++)
        if (a->attributes[i].ranged && !a->attributes[i].last)
            status = answer_complete(a, import->link, &a->attributes[i], err);
    return status;
}

/* Where a range follows, a server may say the attribute itself too, and empty. */
static bool is_empty_twin(const struct answer *a,
                          const struct answer_attribute *attribute)
{
    const struct answer_attribute *end = a->attributes + a->count;

    if (attribute->ranged || attribute->count > 0)
        return false;
    for (const struct answer_attribute *b = a->attributes; b < end; b++)
        if (b->ranged && strcasecmp(b->name, attribute->name) == 0)
            return true;
    return false;
}

static size_t as_sets(struct answer *a, struct ma_attribute *out)
{
    size_t count = 0;

    for (size_t i = 0; i < a->count; i++)
        if (!is_empty_twin(a, &a->attributes[i]))
            out[count++] = (struct ma_attribute){.name = a->attributes[i].name,
                                                 .op = MA_SET,
                                                 .values = a->attributes[i].values,
                                                 .count = a->attributes[i].count};
    return count;
}

enum ma_status shown_whole(struct import *import, LDAPMessage *entry,
                           struct ma_error *err)
{
    struct answer *a = &import->answer;
    struct ma_attribute *attributes;
    enum ma_status status = answer_read(a, import->link, entry, err);

    if (status == MA_OK)
        status = complete(import, err);
    if (status == MA_NOT_FOUND) /* deleted while it was read: a later change says so */
        return MA_OK;
    if (status != MA_OK)
        return status;
    attributes = pool_alloc(&a->pool, (a->count + 1) * sizeof *attributes);
    return emit(import, MA_PRESENT, attributes,
                attributes == NULL ? 0 : as_sets(a, attributes), err);
}

/* --- changes ---------------------------------------------------------------------- */

static struct ma_attribute *change_of(struct ma_attribute *list, size_t *count,
                                      const char *name)
{
    for (size_t i = 0; i < *count; i++)
        if (strcasecmp(list[i].name, name) == 0)
            return &list[i];
    list[*count] = (struct ma_attribute){.name = name, .op = MA_VALUES};
    return &list[(*count)++];
}

static void add_change(struct ma_attribute *list, size_t *count,
                       const struct answer_attribute *from)
{
    struct ma_attribute *to = change_of(list, count, from->name);

    if (!from->ranged) {
        to->op = MA_SET;
        to->values = from->values;
        to->count = from->count;
    } else if (from->from == 0) {
        to->removed = from->values;
        to->removed_count = from->count;
    } else {
        to->values = from->values;
        to->count = from->count;
    }
}

enum ma_status shown_change(struct import *import, struct ma_error *err)
{
    struct answer *a = &import->answer;
    struct ma_attribute *list = pool_alloc(&a->pool, (a->count + 1) * sizeof *list);
    size_t count = 0;

    for (size_t i = 0; list != NULL && i < a->count; i++)
        if (!is_bookkeeping(a->attributes[i].name) &&
            !is_empty_twin(a, &a->attributes[i]))
            add_change(list, &count, &a->attributes[i]);
    return emit(import, MA_MODIFY, list, count, err);
}

enum ma_status shown_deleted(struct import *import, struct ma_error *err)
{
    return emit(import, MA_DELETE, NULL, 0, err);
}
