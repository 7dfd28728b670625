/* SPDX-License-Identifier: Apache-2.0 */
#include "find_object.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/mem.h"
#include "model/dn.h"
#include "show/query.h"

/* --- what may be meant ------------------------------------------------------------ */

enum { MOST_MEANT = 3 }; /* where there are more, none is named */

/* Finds by one term in one space (NULL: the metaverse), and says how many. More than can
 * be named, and a store that cannot be read, count as none: it only helps an error. */
static size_t find_by(const struct reading *reading, const struct compiled_agent *agent,
                      const char *attribute, const char *pattern, id_list *out)
{
    const struct query_term term = {attribute, pattern};
    const struct query query = {&term, 1};
    struct ma_error ignored;
    enum ma_status status =
        agent == NULL
            ? query_mv(&query, &reading->show, 0, MOST_MEANT + 1, out, &ignored)
            : query_cs(&query, &reading->show, agent, 0, MOST_MEANT + 1, out, &ignored);

    if (status != MA_OK || out->count > MOST_MEANT)
        VEC_FREE(out);
    return out->count;
}

/* A name in a DN; of a whole DN its first part, so that an object that was moved is
 * found. */
static const char *dn_pattern(struct arena *arena, const char *word)
{
    struct slice first;

    if (strchr(word, '=') == NULL)
        return arena_print(arena, "*%s*", word);
    first = dn_rdn(slice_text(word));
    return arena_print(arena, "%.*s,*", (int)first.length, (const char *)first.at);
}

static const char *meant_cs(const struct reading *reading, struct arena *arena,
                            const struct compiled_agent *agent, const char *word)
{
    const char *text = "";
    id_list ids = {0};

    if (find_by(reading, agent, "dn", dn_pattern(arena, word), &ids) == 0)
        (void)find_by(reading, agent, "displayName", word, &ids);
    for (size_t i = 0; i < ids.count; i++)
        text = arena_print(arena, "%s%s\"%s\"", text, i == 0 ? "" : " or ",
                           show_dn(&reading->show, arena, agent->number, ids.items[i]));
    VEC_FREE(&ids);
    return text;
}

static const char *describe_mv(const struct reading *reading, struct arena *arena,
                               uint64_t id)
{
    struct mv_object object;
    struct ma_error ignored; /* then it is named by its number alone */
    char guid[GUID_TEXT];

    if (mv_get(reading->batch, arena, id, &object, &ignored) != MA_OK)
        return arena_print(arena, "object %llu", (unsigned long long)id);
    return arena_print(arena, "%s (%s)", guid_format(&object.guid, GUID_PLAIN, guid),
                       show_mv_name(&reading->show, arena, &object));
}

static const char *meant_mv(const struct reading *reading, struct arena *arena,
                            const char *word)
{
    const char *text = "";
    id_list ids = {0};

    if (find_by(reading, NULL, "displayName", word, &ids) == 0)
        (void)find_by(reading, NULL, "displayName", arena_print(arena, "*%s*", word),
                      &ids);
    for (size_t i = 0; i < ids.count; i++)
        text = arena_print(arena, "%s%s%s", text, i == 0 ? "" : " or ",
                           describe_mv(reading, arena, ids.items[i]));
    VEC_FREE(&ids);
    return text;
}

static const char *question(struct arena *arena, const char *meant)
{
    return meant[0] == '\0' ? "" : arena_print(arena, "; did you mean %s?", meant);
}

/* --- one object ------------------------------------------------------------------- */

enum ma_status find_cs_object(const struct reading *reading, struct arena *arena,
                              const struct compiled_agent *agent, const char *dn,
                              struct cs_object *out, struct ma_error *err)
{
    uint64_t id;
    enum ma_status status = cs_find_dn(reading->batch, agent->number, dn, &id, err);

    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND,
                       "'%s' has no object '%s'; mactl cs search '%s' "
                       "lists them%s",
                       agent->config->name, dn, agent->config->name,
                       question(arena, meant_cs(reading, arena, agent, dn)));
    if (status == MA_OK)
        status = cs_get(reading->batch, arena, agent->number, id, out, err);
    return status;
}

enum ma_status find_mv_object(const struct reading *reading, struct arena *arena,
                              const char *word, struct mv_object *out,
                              struct ma_error *err)
{
    struct guid guid;
    uint64_t id;
    enum ma_status status = MA_NOT_FOUND;

    if (guid_parse(slice_text(word), &guid))
        status = mv_find_guid(reading->batch, &guid, &id, err);
    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND,
                       "the metaverse has no object '%s'; objects go by their GUID, "
                       "which mactl mv search tells%s",
                       word, question(arena, meant_mv(reading, arena, word)));
    if (status == MA_OK)
        status = mv_get(reading->batch, arena, id, out, err);
    return status;
}

/* --- an attribute ----------------------------------------------------------------- */

static enum ma_status no_attribute(const struct names *names, const char *name,
                                   struct ma_error *err)
{
    size_t count = names_count(names);
    const char **texts = mem_zero_array(count + 1, sizeof *texts);

    for (size_t i = 0; i < count; i++)
        texts[i] = names_text(names, (uint32_t)i + 1);
    (void)error_no_such(err, "attribute", name, texts, count);
    free(texts);
    return err->status;
}

enum ma_status find_attribute(const struct reading *reading, const char *name,
                              uint32_t *out, struct ma_error *err)
{
    *out = names_find(reading->opened.program->names, slice_text(name));
    return *out == NAME_NONE ? no_attribute(reading->opened.program->names, name, err)
                             : MA_OK;
}
