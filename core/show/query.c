/* SPDX-License-Identifier: Apache-2.0 */
#include "show/query.h"

#include <stdlib.h>
#include <strings.h>

#include "base/order.h"
#include "base/text.h"
#include "model/dn.h"
#include "show/secret.h"

/* --- terms ------------------------------------------------------------------------ */

enum ma_status query_parse(struct arena *arena, const char *const *words, size_t count,
                           struct query *out, struct ma_error *err)
{
    struct query_term *terms = ARENA_ARRAY(arena, struct query_term, count);

    for (size_t i = 0; i < count; i++) {
        const char *equals = strchr(words[i], '=');

        if (equals == words[i])
            return ma_fail(err, MA_INVALID,
                           "'%s': wanted attribute=value, or a text to look for",
                           words[i]);
        if (equals == NULL)
            terms[i] = (struct query_term){NULL, arena_print(arena, "*%s*", words[i])};
        else
            terms[i] = (struct query_term){
                arena_textn(arena, words[i], (size_t)(equals - words[i])),
                arena_text(arena, equals + 1)};
    }
    *out = (struct query){terms, count};
    return MA_OK;
}

/* Both folded. Backtracks to the last star only, so it is never worse than the product of
 * the lengths. */
static bool like(struct slice text, struct slice pattern)
{
    size_t t = 0;
    size_t p = 0;
    size_t star = SIZE_MAX;
    size_t back = 0;

    while (t < text.length) {
        if (p < pattern.length && pattern.at[p] == '*') {
            star = p++;
            back = t;
        } else if (p < pattern.length && pattern.at[p] == text.at[t]) {
            p++;
            t++;
        } else if (star != SIZE_MAX) {
            p = star + 1;
            t = ++back;
        } else
            return false;
    }
    while (p < pattern.length && pattern.at[p] == '*')
        p++;
    return p == pattern.length;
}

bool query_like(const char *text, const char *pattern)
{
    ARENA_AUTO arena = {0};

    return like(text_fold(&arena, slice_text(text)),
                text_fold(&arena, slice_text(pattern)));
}

static bool is_exact(const struct query_term *term)
{
    return term->attribute != NULL && strchr(term->pattern, '*') == NULL;
}

/* --- what a term looks at --------------------------------------------------------- */

struct found {
    const struct show *show;
    const struct compiled_agent *space; /* NULL: the metaverse */
    const char *dn;
    const char *type;
    const char *state;          /* NULL: the metaverse has none */
    const char *const *pending; /* NULL-terminated */
    const struct entry *entry;
};

static bool matches_attr(const struct found *found, const struct attr *attr,
                         const struct query_term *term)
{
    const char *name = names_text(found->show->program->names, attr->name);
    ARENA_AUTO arena = {0};

    if (secret_attribute(found->show->program, found->space, name))
        return false;
    for (uint32_t i = 0; i < attr->count; i++) {
        if (query_like(show_value(found->show, &arena, found->space, attr->name,
                                  attr->type, attr->values[i]),
                       term->pattern))
            return true;
        arena_reset(&arena);
    }
    return false;
}

static bool matches_anywhere(const struct found *found, const struct query_term *term)
{
    if (found->dn != NULL && query_like(found->dn, term->pattern))
        return true;
    for (uint32_t i = 0; i < found->entry->count; i++)
        if (found->entry->attrs[i].type != VALUE_BINARY &&
            matches_attr(found, &found->entry->attrs[i], term))
            return true;
    return false;
}

static bool matches_text(const char *text, const struct query_term *term)
{
    return text != NULL && query_like(text, term->pattern);
}

/* A whole DN in any spelling, as the index finds it. */
static bool matches_dn(const char *dn, const struct query_term *term)
{
    return dn != NULL && (query_like(dn, term->pattern) ||
                          dn_equal(slice_text(dn), slice_text(term->pattern)));
}

static bool matches_one_of(const char *const *texts, const struct query_term *term)
{
    for (; texts != NULL && *texts != NULL; texts++)
        if (query_like(*texts, term->pattern))
            return true;
    return false;
}

static bool matches(const struct found *found, const struct query_term *term)
{
    const struct attr *attr;

    if (term->attribute == NULL)
        return matches_anywhere(found, term);
    if (strcasecmp(term->attribute, "dn") == 0)
        return matches_dn(found->dn, term);
    if (strcasecmp(term->attribute, "type") == 0)
        return matches_text(found->type, term);
    if (found->state != NULL && strcasecmp(term->attribute, "state") == 0)
        return matches_text(found->state, term);
    if (found->pending != NULL && strcasecmp(term->attribute, "pending") == 0)
        return matches_one_of(found->pending, term);
    attr = entry_find(found->entry, names_find(found->show->program->names,
                                               slice_text(term->attribute)));
    return attr != NULL && matches_attr(found, attr, term);
}

static bool matches_all(const struct found *found, const struct query *query)
{
    for (size_t i = 0; i < query->count; i++)
        if (!matches(found, &query->terms[i]))
            return false;
    return true;
}

const char *query_state(const struct cs_object *object)
{
    if (object->placeholder != PLACEHOLDER_NOT)
        return "placeholder";
    if (object->transient)
        return "transient";
    if (object->state == STATE_EXPLICIT)
        return object->mv != 0 ? "explicit connector" : "explicit disconnector";
    if (object->mv != 0)
        return "connector";
    return object->state == STATE_FILTERED ? "filtered disconnector" : "disconnector";
}

/* --- connector space -------------------------------------------------------------- */

static bool has_layer(const struct image *image)
{
    return image->exists;
}

/* What the system has; of an object that it does not have yet, what it shall have. */
static struct image seen_image(struct arena *arena, const struct cs_object *object)
{
    struct image image = object_image(arena, object, LAYER_IMPORT);

    return has_layer(&image) ? image : object_image(arena, object, LAYER_UNAPPLIED);
}

static bool cs_matches(const struct query *query, const struct show *show,
                       const struct compiled_agent *agent, const struct cs_object *object,
                       struct arena *arena)
{
    struct image image = seen_image(arena, object);
    const char *pending[3] = {NULL, NULL, NULL};
    size_t count = 0;
    struct found found = {
        .show = show,
        .space = agent,
        .dn = object_dn(arena, object),
        .type = program_type_name(show->program, agent, object_type(arena, object)),
        .state = query_state(object),
        .pending = pending,
        .entry = &image.entry,
    };

    if (!delta_is_empty(&object->pending_import))
        pending[count++] = "import";
    if (object_needs_export(object))
        pending[count++] = "export";
    return matches_all(&found, query);
}

/* Fills `out` with what may match, from an index; false: there is none to use. */
static bool cs_candidates(const struct query_term *term, const struct show *show,
                          const struct compiled_agent *agent, id_list *out,
                          enum ma_status *status, struct ma_error *err)
{
    uint32_t name;
    uint64_t id;

    if (!is_exact(term))
        return false;
    if (strcasecmp(term->attribute, "dn") == 0) {
        *status = cs_find_dn(show->batch, agent->number, term->pattern, &id, err);
        if (*status == MA_OK)
            VEC_ADD(out, id);
        *status = *status == MA_NOT_FOUND ? MA_OK : *status;
        return true;
    }
    name = names_find(show->program->names, slice_text(term->attribute));
    for (size_t i = 0; i < agent->indexed_count; i++)
        if (agent->indexed[i] == name &&
            program_cs_attribute(agent, show->program, name).type == VALUE_STRING) {
            *status = cs_find_value(show->batch, agent->number, name, VALUE_STRING,
                                    slice_text(term->pattern), false, out, err);
            return true;
        }
    return false;
}

static void sort_ids(id_list *ids)
{
    if (ids->count > 1)
        qsort(ids->items, ids->count, sizeof ids->items[0], order_u64);
}

enum { PAGE = 1000 };

/* One object of the space: whether it matches. */
typedef enum ma_status (*test)(const struct query *query, const struct show *show,
                               const struct compiled_agent *agent, uint64_t id,
                               struct arena *arena, bool *good, struct ma_error *err);
/* The ids of the space above `after`. */
typedef enum ma_status (*scan)(const struct show *show,
                               const struct compiled_agent *agent, uint64_t after,
                               id_list *out, struct ma_error *err);

static enum ma_status keep_matching(const struct query *query, const struct show *show,
                                    const struct compiled_agent *agent, test holds,
                                    const id_list *ids, uint64_t after, size_t limit,
                                    id_list *out, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < ids->count && out->count < limit; i++) {
        bool good = false;

        if (ids->items[i] <= after || (i > 0 && ids->items[i] == ids->items[i - 1]))
            continue;
        arena_reset(&arena);
        status = holds(query, show, agent, ids->items[i], &arena, &good, err);
        if (status == MA_OK && good)
            VEC_ADD(out, ids->items[i]);
    }
    return status;
}

static enum ma_status walk(const struct query *query, const struct show *show,
                           const struct compiled_agent *agent, test holds, scan next,
                           uint64_t after, size_t limit, id_list *out,
                           struct ma_error *err)
{
    id_list page = {0};
    enum ma_status status = MA_OK;
    bool more = true;

    while (status == MA_OK && more && out->count < limit) {
        page.count = 0;
        status = next(show, agent, after, &page, err);
        if (status == MA_OK)
            status =
                keep_matching(query, show, agent, holds, &page, after, limit, out, err);
        more = page.count == PAGE;
        after = page.count > 0 ? page.items[page.count - 1] : after;
    }
    VEC_FREE(&page);
    return status;
}

static enum ma_status test_cs(const struct query *query, const struct show *show,
                              const struct compiled_agent *agent, uint64_t id,
                              struct arena *arena, bool *good, struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status = cs_get(show->batch, arena, agent->number, id, &object, err);

    if (status == MA_OK)
        *good = cs_matches(query, show, agent, &object, arena);
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status scan_cs(const struct show *show, const struct compiled_agent *agent,
                              uint64_t after, id_list *out, struct ma_error *err)
{
    return cs_scan(show->batch, agent->number, after, PAGE, out, err);
}

enum ma_status query_cs(const struct query *query, const struct show *show,
                        const struct compiled_agent *agent, uint64_t after, size_t limit,
                        id_list *out, struct ma_error *err)
{
    id_list ids = {0};
    enum ma_status status = MA_OK;
    bool indexed = false;

    for (size_t i = 0; !indexed && i < query->count; i++)
        indexed = cs_candidates(&query->terms[i], show, agent, &ids, &status, err);
    sort_ids(&ids);
    if (status == MA_OK && indexed)
        status = keep_matching(query, show, agent, test_cs, &ids, after, limit, out, err);
    else if (status == MA_OK)
        status = walk(query, show, agent, test_cs, scan_cs, after, limit, out, err);
    VEC_FREE(&ids);
    return status;
}

/* --- metaverse -------------------------------------------------------------------- */

static enum ma_status test_mv(const struct query *query, const struct show *show,
                              const struct compiled_agent *agent, uint64_t id,
                              struct arena *arena, bool *good, struct ma_error *err)
{
    struct mv_object object;
    enum ma_status status = mv_get(show->batch, arena, id, &object, err);
    struct found found = {.show = show, .entry = &object.entry};

    (void)agent;
    if (status == MA_OK) {
        found.type = program_type_name(show->program, NULL, object.type);
        *good = matches_all(&found, query);
    }
    return status == MA_NOT_FOUND ? MA_OK : status;
}

static enum ma_status scan_mv(const struct show *show, const struct compiled_agent *agent,
                              uint64_t after, id_list *out, struct ma_error *err)
{
    (void)agent;
    return mv_scan(show->batch, after, PAGE, out, err);
}

static bool mv_candidates(const struct query_term *term, const struct show *show,
                          id_list *out, enum ma_status *status, struct ma_error *err)
{
    const struct program *program = show->program;
    uint32_t name;

    if (!is_exact(term))
        return false;
    name = names_find(program->names, slice_text(term->attribute));
    for (size_t i = 0; i < program->mv_indexed_count; i++)
        if (program->mv_indexed[i] == name &&
            program_mv_attribute(program, name).type == VALUE_STRING) {
            *status = mv_find_value(show->batch, name, VALUE_STRING,
                                    slice_text(term->pattern), false, out, err);
            return true;
        }
    return false;
}

enum ma_status query_mv(const struct query *query, const struct show *show,
                        uint64_t after, size_t limit, id_list *out, struct ma_error *err)
{
    id_list ids = {0};
    enum ma_status status = MA_OK;
    bool indexed = false;

    for (size_t i = 0; !indexed && i < query->count; i++)
        indexed = mv_candidates(&query->terms[i], show, &ids, &status, err);
    sort_ids(&ids);
    if (status == MA_OK && indexed)
        status = keep_matching(query, show, NULL, test_mv, &ids, after, limit, out, err);
    else if (status == MA_OK)
        status = walk(query, show, NULL, test_mv, scan_mv, after, limit, out, err);
    VEC_FREE(&ids);
    return status;
}
