/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_WORLD_H
#define TESTS_WORLD_H

#include <check.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "suite.h"

#include "base/text.h"
#include "config/instance.h"
#include "space/tower.h"
#include "store/agent.h"
#include "store/mv.h"
#include "sync/sync.h"

/*
 * A configuration, a store in a temporary folder, and the connected systems played by
 * calls: a test says what an import shows, synchronises, plays the export, and looks at
 * objects as text. References are written "attribute=@DN", binary in Base64.
 */
struct world {
    char folder[64];
    struct config *config;
    struct instance *instance;
    struct store *store;
    struct program *program;
    struct history history;
    struct arena arena;
    struct buf errors; /* "agent dn type attribute" lines of the last synchronisation */
    uint64_t counted[COUNTER_COUNT];
    const struct sync_extension *extensions; /* NULL: none */
    size_t extension_count;
    bool remembers;    /* full synchronisations go by what came to nothing before ... */
    bool evaluate_all; /* ... but for this one */
    struct ma_error err;
};

#define WORLD_OK(w, call) ck_assert_msg((call) == MA_OK, "%s", (w)->err.text)

/* --- what the synchronisation tells ----------------------------------------------- */

static inline struct world *world_of(struct history *history)
{
    return (struct world *)((char *)history - offsetof(struct world, history));
}

static inline const char *world_agent_name(struct world *w, uint32_t agent)
{
    return program_agent(w->program, agent)->config->name;
}

static inline void world_count(struct history *history, enum counter counter,
                               uint32_t agent, uint64_t id, const char *dn)
{
    (void)agent, (void)id, (void)dn;
    world_of(history)->counted[counter]++;
}

static inline void world_sync_error(struct history *history, uint32_t agent, uint64_t id,
                                    const char *dn, const struct object_error *error,
                                    const struct delta *lost, const struct image *seen)
{
    struct world *w = world_of(history);

    (void)id, (void)lost, (void)seen;
    buf_print(&w->errors, "%s %s %s %s\n", world_agent_name(w, agent), dn, error->type,
              error->attribute == NULL ? "-" : error->attribute);
}

static inline void world_number(struct history *history, uint64_t objects)
{
    (void)history, (void)objects;
}

/* --- beginning and end ------------------------------------------------------------ */

struct world_numbers {
    struct batch *batch;
};

static inline uint32_t world_agent_number(void *context, const struct guid *agent)
{
    return agent_number(((struct world_numbers *)context)->batch, agent);
}

static inline void world_compile(struct world *w)
{
    struct world_numbers numbers = {.batch = batch_begin(w->store)};

    program_free(w->program);
    w->program = NULL;
    WORLD_OK(w,
             program_compile(&w->program, w->config, w->instance, store_names(w->store),
                             &(struct program_agents){.number = world_agent_number,
                                                      .context = &numbers},
                             &w->err));
    WORLD_OK(w, batch_commit(numbers.batch, &w->err));
    batch_end(numbers.batch);
}

static inline void world_begin_with(struct world *w, const char *config,
                                    const char *settings)
{
    char path[128];
    FILE *file;

    memset(w, 0, sizeof *w);
    w->history = (struct history){.count = world_count,
                                  .sync_error = world_sync_error,
                                  .expect = world_number,
                                  .advance = world_number,
                                  .run = 1};
    snprintf(w->folder, sizeof w->folder, "/tmp/mactl-world-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(w->folder));
    WORLD_OK(w, config_read(&w->config, config, &w->err));
    snprintf(path, sizeof path, "%s/instance", w->folder);
    WORLD_OK(w, instance_create(path, &w->err));
    snprintf(path, sizeof path, "%s/instance/mactl.xml", w->folder);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "<mactl version=\"1\">%s</mactl>\n", settings);
    fclose(file);
    snprintf(path, sizeof path, "%s/instance", w->folder);
    WORLD_OK(w, instance_open(&w->instance, path, &w->err));
    snprintf(path, sizeof path, "%s/store", w->folder);
    WORLD_OK(w, store_open(&w->store, path, &(struct store_options){0}, &w->err));
    world_compile(w);
}

static inline int world_unlink(const char *path, const struct stat *status, int type,
                               struct FTW *at)
{
    (void)status, (void)type, (void)at;
    return remove(path);
}

static inline void world_end(struct world *w)
{
    program_free(w->program);
    store_close(w->store);
    instance_close(w->instance);
    config_free(w->config);
    buf_free(&w->errors);
    arena_free(&w->arena);
    nftw(w->folder, world_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* --- connected systems ------------------------------------------------------------ */

static inline const struct compiled_agent *world_agent(struct world *w, const char *name)
{
    for (size_t i = 0; i < w->program->agent_count; i++)
        if (strcmp(w->program->agents[i].config->name, name) == 0)
            return &w->program->agents[i];
    ck_abort_msg("there is no agent %s", name);
    return NULL;
}

static inline struct slice world_value(struct world *w, struct batch *batch,
                                       const struct compiled_agent *agent,
                                       struct attribute_info info, const char *text)
{
    struct slice value;
    uint64_t id;

    if (info.type == VALUE_BINARY) {
        ck_assert(text_from_base64(&w->arena, slice_text(text), &value));
        return value;
    }
    if (info.type != VALUE_REFERENCE) {
        WORLD_OK(w, value_read(&w->arena, info.type, slice_text(text), &value, &w->err));
        return value;
    }
    ck_assert_int_eq(text[0], '@');
    WORLD_OK(
        w, cs_reference(batch, agent->number, text + 1, PLACEHOLDER_LINK, &id, &w->err));
    return value_of_id(&w->arena, id);
}

static inline struct entry world_entry(struct world *w, struct batch *batch,
                                       const struct compiled_agent *agent,
                                       const char *const *attributes)
{
    struct entry_builder builder = entry_builder(&w->arena);

    for (; *attributes != NULL; attributes++) {
        const char *equals = strchr(*attributes, '=');
        uint32_t name = names_intern(
            w->program->names, slice_of(*attributes, (size_t)(equals - *attributes)));
        struct attribute_info info = program_cs_attribute(agent, w->program, name);
        struct slice *value = arena_alloc(&w->arena, sizeof *value);

        ck_assert_msg(info.known, "%s is not in the schema", *attributes);
        *value = world_value(w, batch, agent, info, arena_text(&w->arena, equals + 1));
        entry_add(&builder, name, info.type, value, 1);
    }
    return entry_build(&builder);
}

/* The object with this anchor, else this DN, else a new one. */
static inline struct cs_object world_object(struct world *w, struct batch *batch,
                                            const struct compiled_agent *agent,
                                            const char *anchor, const char *dn)
{
    uint32_t partition = partition_tag(&agent->config->partitions[0]);
    struct cs_object object = {.agent = agent->number, .partition = partition};
    uint64_t id;

    if (cs_find_anchor(batch, agent->number, slice_text(anchor), &id, &w->err) == MA_OK ||
        cs_find_dn(batch, agent->number, dn, &id, &w->err) == MA_OK) {
        WORLD_OK(w, cs_get(batch, &w->arena, agent->number, id, &object, &w->err));
        if (object.placeholder == PLACEHOLDER_NOT)
            return object;
        object.placeholder = PLACEHOLDER_NOT;
        object.hologram = (struct image){.exists = false};
        object.has_hologram = false;
        object.partition = partition;
        return object;
    }
    object.guid = guid_new();
    return object;
}

/* An import shows this object. The anchor is the DN's text. */
static inline void world_import_at(struct world *w, const char *agent_name,
                                   const char *anchor, const char *dn, const char *type,
                                   const char *const *attributes)
{
    const struct compiled_agent *agent = world_agent(w, agent_name);
    struct batch *batch = batch_begin(w->store);
    struct cs_object object = world_object(w, batch, agent, anchor, dn);
    struct image seen = {.exists = true,
                         .object_type = names_intern_text(w->program->names, type),
                         .dn = dn,
                         .entry = world_entry(w, batch, agent, attributes)};

    object.anchor = arena_slice(&w->arena, slice_text(anchor));
    tower_seen(&w->arena, &object, &seen, NULL, 0);
    WORLD_OK(w, cs_put(batch, &object, &w->err));
    WORLD_OK(w, batch_commit(batch, &w->err));
    batch_end(batch);
}
#define world_import(w, agent, dn, type, ...)                                            \
    world_import_at(w, agent, dn, dn, type, (const char *const[]){__VA_ARGS__, NULL})

static inline void world_gone(struct world *w, const char *agent_name, const char *dn)
{
    const struct compiled_agent *agent = world_agent(w, agent_name);
    struct batch *batch = batch_begin(w->store);
    struct cs_object object = world_object(w, batch, agent, dn, dn);

    if (tower_gone(&w->arena, &object, false).gone)
        WORLD_OK(w, cs_remove(batch, agent->number, object.id, &w->err));
    else
        WORLD_OK(w, cs_put(batch, &object, &w->err));
    WORLD_OK(w, batch_commit(batch, &w->err));
    batch_end(batch);
}

static inline void world_export_one(struct world *w, struct batch *batch,
                                    const struct compiled_agent *agent, uint64_t id,
                                    bool confirm)
{
    struct cs_object object;
    struct image shown;
    struct slice anchor;
    bool gone;

    WORLD_OK(w, cs_get(batch, &w->arena, agent->number, id, &object, &w->err));
    anchor = object.anchor.length > 0 ? object.anchor
                                      : slice_text(object_dn(&w->arena, &object));
    tower_escrow(&w->arena, &object, 1);
    gone = tower_exported(&w->arena, &object, anchor, false);
    shown = object_image(&w->arena, &object, LAYER_UNCONFIRMED);
    if (confirm && shown.exists)
        tower_seen(&w->arena, &object, &shown, NULL, 0);
    else if (confirm)
        gone = tower_gone(&w->arena, &object, false).gone;
    if (gone)
        WORLD_OK(w, cs_remove(batch, agent->number, id, &w->err));
    else
        WORLD_OK(w, cs_put(batch, &object, &w->err));
}

/* All pending exports are accepted; with `confirm` an import shows them. */
static inline void world_export(struct world *w, const char *agent_name, bool confirm)
{
    const struct compiled_agent *agent = world_agent(w, agent_name);
    struct batch *batch = batch_begin(w->store);
    id_list ids = {0};

    WORLD_OK(w, cs_queue(batch, QUEUE_EXPORT, agent->number, 0, 1000, &ids, &w->err));
    for (size_t i = 0; i < ids.count; i++)
        world_export_one(w, batch, agent, ids.items[i], confirm);
    VEC_FREE(&ids);
    WORLD_OK(w, batch_commit(batch, &w->err));
    batch_end(batch);
}

/* Whoever may come to something else is another one. */
static inline struct digest world_evaluator(const struct world *w)
{
    return digest_of(slice_of(&w->program->fingerprint, sizeof w->program->fingerprint),
                     0);
}

static inline const char *world_sync(struct world *w, const char *agent, bool full)
{
    const struct digest evaluator = world_evaluator(w);
    const struct sync_request request = {.store = w->store,
                                         .program = w->program,
                                         .agent = world_agent(w, agent),
                                         .full = full,
                                         .extensions = w->extensions,
                                         .extension_count = w->extension_count,
                                         .evaluator = w->remembers ? &evaluator : NULL,
                                         .evaluate_all = w->evaluate_all,
                                         .history = &w->history};
    const char *result = "";

    memset(w->counted, 0, sizeof w->counted);
    buf_clear(&w->errors);
    WORLD_OK(w, sync_run(&request, &result, &w->err));
    return result;
}

/* --- looking ---------------------------------------------------------------------- */

static inline void world_show_value(struct world *w, struct batch *batch, uint32_t agent,
                                    enum value_type type, struct slice value,
                                    struct buf *out)
{
    struct cs_object object;
    struct mv_object mv;

    if (type != VALUE_REFERENCE)
        buf_slice(out, value_show(&w->arena, type, value));
    else if (agent != 0 &&
             cs_get(batch, &w->arena, agent, value_id(value), &object, &w->err) == MA_OK)
        buf_print(out, "@%s", object_dn(&w->arena, &object));
    else if (agent == 0 &&
             mv_get(batch, &w->arena, value_id(value), &mv, &w->err) == MA_OK) {
        const struct attr *cn =
            entry_find(&mv.entry, names_find(w->program->names, slice_text("cn")));

        buf_print(out, "@%.*s", cn == NULL ? 1 : (int)cn->values[0].length,
                  cn == NULL ? "?" : cn->values[0].at);
    } else
        buf_text(out, "@(dangling)");
}

static inline int world_by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One line for all attributes, sorted by name: "cn=Ana mail=a;b". */
static inline char *world_join_sorted(struct world *w, char **parts, size_t count)
{
    struct buf out = {0};
    char *text;

    qsort(parts, count, sizeof *parts, world_by_text);
    for (size_t i = 0; i < count; i++)
        buf_print(&out, "%s%s", i == 0 ? "" : " ", parts[i]);
    text = arena_textn(&w->arena, out.at == NULL ? "" : out.at, out.length);
    buf_free(&out);
    return text;
}

static inline const char *world_entry_text(struct world *w, struct batch *batch,
                                           uint32_t agent, const struct entry *entry)
{
    char **parts = ARENA_ARRAY(&w->arena, char *, entry->count);

    for (uint32_t i = 0; i < entry->count; i++) {
        const struct attr *attr = &entry->attrs[i];
        struct buf one = {0};

        buf_print(&one, "%s=", names_text(w->program->names, attr->name));
        for (uint32_t v = 0; v < attr->count; v++) {
            buf_text(&one, v == 0 ? "" : ";");
            world_show_value(w, batch, agent, attr->type, attr->values[v], &one);
        }
        parts[i] = arena_textn(&w->arena, one.at, one.length);
        buf_free(&one);
    }
    return world_join_sorted(w, parts, entry->count);
}

/* The metaverse object whose attribute has this value, "type a=b c=d"; "" where there is
 * none. */
static inline const char *world_mv(struct world *w, const char *attribute,
                                   const char *value)
{
    uint32_t name = names_find(w->program->names, slice_text(attribute));
    struct batch *batch = batch_begin(w->store);
    id_list ids = {0};
    const char *text = "";

    WORLD_OK(w, mv_scan(batch, 0, 10000, &ids, &w->err));
    for (size_t i = 0; i < ids.count; i++) {
        struct mv_object object;
        const struct attr *attr;

        WORLD_OK(w, mv_get(batch, &w->arena, ids.items[i], &object, &w->err));
        attr = entry_find(&object.entry, name);
        if (attr != NULL && attr_has(attr, slice_text(value)))
            text = arena_print(&w->arena, "%s %s",
                               names_text(w->program->names, object.type),
                               world_entry_text(w, batch, 0, &object.entry));
    }
    VEC_FREE(&ids);
    batch_end(batch);
    return text;
}

static inline size_t world_mv_count(struct world *w)
{
    struct batch *batch = batch_begin(w->store);
    id_list ids = {0};
    size_t count;

    WORLD_OK(w, mv_scan(batch, 0, 10000, &ids, &w->err));
    count = ids.count;
    VEC_FREE(&ids);
    batch_end(batch);
    return count;
}

static inline const char *world_delta_text(struct world *w, struct batch *batch,
                                           uint32_t agent, const struct delta *delta)
{
    static const char *const ops[] = {"none", "add", "update", "delete", "delete-add"};
    char **parts = ARENA_ARRAY(&w->arena, char *, delta->count);

    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *attr = &delta->attrs[i];
        struct buf one = {0};

        buf_print(&one, "%s%s", names_text(w->program->names, attr->name),
                  attr->op == DELTA_SET ? "=" : "");
        for (uint32_t v = 0; v < attr->add_count; v++) {
            buf_text(&one, attr->op == DELTA_SET ? (v == 0 ? "" : ";") : "+");
            world_show_value(w, batch, agent, attr->type, attr->adds[v], &one);
        }
        for (uint32_t v = 0; v < attr->del_count; v++) {
            buf_text(&one, "-");
            world_show_value(w, batch, agent, attr->type, attr->dels[v], &one);
        }
        parts[i] = arena_textn(&w->arena, one.at == NULL ? "" : one.at, one.length);
        buf_free(&one);
    }
    return arena_print(&w->arena, "%s%s%s%s%s", ops[delta->op],
                       delta->dn == NULL ? "" : " ", delta->dn == NULL ? "" : delta->dn,
                       delta->count == 0 ? "" : " ",
                       world_join_sorted(w, parts, delta->count));
}

/* The pending export of the object with this DN: "update title=Head"; "absent". */
static inline const char *world_pending(struct world *w, const char *agent_name,
                                        const char *dn)
{
    const struct compiled_agent *agent = world_agent(w, agent_name);
    struct batch *batch = batch_begin(w->store);
    struct cs_object object;
    const char *text = "absent";
    uint64_t id;

    if (cs_find_dn(batch, agent->number, dn, &id, &w->err) == MA_OK) {
        WORLD_OK(w, cs_get(batch, &w->arena, agent->number, id, &object, &w->err));
        text = world_delta_text(w, batch, agent->number, &object.unapplied);
    }
    batch_end(batch);
    return text;
}

/* "connector", "normal", "filtered", "explicit", "placeholder", "absent". */
static inline const char *world_state(struct world *w, const char *agent_name,
                                      const char *dn)
{
    static const char *const states[] = {"normal", "explicit", "filtered"};
    const struct compiled_agent *agent = world_agent(w, agent_name);
    struct batch *batch = batch_begin(w->store);
    struct cs_object object;
    const char *text = "absent";
    uint64_t id;

    if (cs_find_dn(batch, agent->number, dn, &id, &w->err) == MA_OK) {
        WORLD_OK(w, cs_get(batch, &w->arena, agent->number, id, &object, &w->err));
        text = object.placeholder != PLACEHOLDER_NOT ? "placeholder"
               : object.mv != 0                      ? "connector"
                                                     : states[object.state];
    }
    batch_end(batch);
    return text;
}

static inline uint64_t world_pending_count(struct world *w, const char *agent)
{
    struct batch *batch = batch_begin(w->store);
    uint64_t length;

    WORLD_OK(w, cs_queue_length(batch, QUEUE_EXPORT, world_agent(w, agent)->number,
                                &length, &w->err));
    batch_end(batch);
    return length;
}

static inline const char *world_errors(struct world *w)
{
    return w->errors.at == NULL ? "" : w->errors.at;
}

#endif
