/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_STEPPED_H
#define TESTS_STEPPED_H

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "suite.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/text.h"
#include "model/dn.h"
#include "rules/program.h"
#include "space/tower.h"
#include "store/agent.h"
#include "store/cs.h"
#include "store/history.h"
#include "store/mv.h"
#include "store/tree.h"

/*
 * What import and export steps are tested in: the real store in a temporary folder, one
 * agent with a small directory schema, a history that writes down what it is told, and
 * objects as lines of text:
 *
 *   cn=a,dc=x user [A1] H{mail=m} PI{update title=t} UC{} ... flags
 */

#define STEPPED_SYNTAX "1.3.6.1.4.1.1466.115.121.1."
static const struct schema_attribute stepped_attributes[] = {
    {.name = "objectClass", .syntax = STEPPED_SYNTAX "15", .type = VALUE_STRING},
    {.name = "cn",
     .syntax = STEPPED_SYNTAX "15",
     .type = VALUE_STRING,
     .single_valued = true},
    {.name = "mail", .syntax = STEPPED_SYNTAX "15", .type = VALUE_STRING},
    {.name = "title",
     .syntax = STEPPED_SYNTAX "15",
     .type = VALUE_STRING,
     .single_valued = true},
    {.name = "number",
     .syntax = "1.2.840.113556.1.4.906",
     .type = VALUE_NUMBER,
     .single_valued = true},
    {.name = "groupType",
     .syntax = STEPPED_SYNTAX "27",
     .type = VALUE_NUMBER,
     .single_valued = true},
    {.name = "enabled",
     .syntax = STEPPED_SYNTAX "7",
     .type = VALUE_BOOLEAN,
     .single_valued = true},
    {.name = "member", .syntax = STEPPED_SYNTAX "12", .type = VALUE_REFERENCE},
    {.name = "manager",
     .syntax = STEPPED_SYNTAX "12",
     .type = VALUE_REFERENCE,
     .single_valued = true},
    {.name = "linked", .syntax = "1.2.840.113556.1.4.903", .type = VALUE_REFERENCE},
    {.name = "objectSid",
     .syntax = STEPPED_SYNTAX "40",
     .type = VALUE_BINARY,
     .single_valued = true},
    {.name = "mS-DS-CreatorSID",
     .syntax = STEPPED_SYNTAX "12",
     .type = VALUE_REFERENCE,
     .single_valued = true},
    {.name = "unicodePwd",
     .syntax = STEPPED_SYNTAX "15",
     .type = VALUE_STRING,
     .single_valued = true,
     .export_only = true,
     .encrypted = true},
    {.name = "hint",
     .syntax = STEPPED_SYNTAX "15",
     .type = VALUE_STRING,
     .single_valued = true,
     .export_only = true},
    {.name = "whenCreated",
     .syntax = STEPPED_SYNTAX "15",
     .type = VALUE_STRING,
     .single_valued = true,
     .read_only = true},
    {.name = "unwanted", .syntax = STEPPED_SYNTAX "15", .type = VALUE_STRING},
};
enum { STEPPED_ATTRIBUTES = sizeof stepped_attributes / sizeof stepped_attributes[0] };

static const struct schema_class stepped_classes[] = {
    {.name = "top", .kind = CLASS_ABSTRACT, .superior = -1},
    {.name = "person", .superior = 0},
    {.name = "user", .superior = 1},
    {.name = "group", .superior = 0},
    {.name = "organizationalUnit", .superior = 0},
    {.name = "contact", .superior = 1},
    {.name = "mailRecipient", .kind = CLASS_AUXILIARY, .superior = 2},
};

static const char *const stepped_selected[] = {
    "objectClass", "cn",     "mail",        "title",  "number",    "groupType",
    "enabled",     "member", "manager",     "linked", "objectSid", "mS-DS-CreatorSID",
    "unicodePwd",  "hint",   "whenCreated", NULL};

struct stepped {
    struct history history; /* first: the callbacks get this */
    char folder[64];
    struct store *store;
    struct partition partitions[2];
    struct agent config;
    uint32_t indexed[1];
    struct compiled_agent agent;
    struct program program;
    struct step step;
    struct arena arena; /* of the test */
    struct buf heard;
    bool cancel;
    uint64_t counts[COUNTER_COUNT];
    const char *result;
    struct ma_error err;
};

#define ck_ok(s, call)                                                                   \
    do {                                                                                 \
        enum ma_status ck_status_ = (call);                                              \
        ck_assert_msg(ck_status_ == MA_OK, "%s: %d: %s", #call, (int)ck_status_,         \
                      (s)->err.text);                                                    \
    } while (0)

/* --- history ------------------------------------------------------------------------ */

static inline struct stepped *stepped_of(struct history *history)
{
    return (struct stepped *)history;
}

static inline void stepped_count(struct history *history, enum counter counter,
                                 uint32_t agent, uint64_t id, const char *dn)
{
    struct stepped *s = stepped_of(history);

    (void)agent;
    (void)id;
    s->counts[counter]++;
    buf_print(&s->heard, "%s %s\n", counter_text(counter), dn);
}

static inline void stepped_sync_error(struct history *history, uint32_t agent,
                                      uint64_t id, const char *dn,
                                      const struct object_error *error,
                                      const struct delta *lost, const struct image *seen)
{
    (void)agent;
    (void)id;
    (void)lost;
    (void)seen;
    buf_print(&stepped_of(history)->heard, "%s %s\n", error->type, dn);
}

static inline void stepped_export_error(struct history *history, uint32_t agent,
                                        uint64_t id, const char *dn,
                                        const struct object_error *error)
{
    (void)agent;
    (void)id;
    buf_print(&stepped_of(history)->heard, "export-error %s %s %u\n", error->type, dn,
              error->count);
}

static inline void stepped_discovery_error(struct history *history,
                                           const struct ma_rejection *error)
{
    buf_print(&stepped_of(history)->heard, "error %s %s %s entry %u\n", error->type,
              error->dn == NULL ? "-" : error->dn,
              error->attribute == NULL ? "-" : error->attribute, (unsigned)error->entry);
}

static inline void stepped_progress(struct history *history, uint64_t objects)
{
    (void)history;
    (void)objects;
}

static inline bool stepped_cancelled(struct history *history)
{
    return stepped_of(history)->cancel;
}

/* --- begin and end ---------------------------------------------------------------- */

static inline void stepped_agent(struct stepped *s)
{
    s->partitions[0] = (struct partition){.name = "dc=x", .selected = true};
    s->partitions[1] = (struct partition){.name = "dc=y"};
    s->config = (struct agent){
        .name = "corp",
        .schema = {.attributes = stepped_attributes,
                   .attribute_count = STEPPED_ATTRIBUTES,
                   .classes = stepped_classes,
                   .class_count = sizeof stepped_classes / sizeof stepped_classes[0],
                   .validated = true},
        .attributes = stepped_selected,
        .attribute_count = sizeof stepped_selected / sizeof stepped_selected[0] - 1,
        .partitions = s->partitions,
        .partition_count = 2,
    };
    s->agent = (struct compiled_agent){.config = &s->config};
    s->program = (struct program){.agents = &s->agent, .agent_count = 1};
}

static inline void stepped_open(struct stepped *s)
{
    struct guid guid = {{1}};
    struct batch *batch;

    ck_ok(s, store_open(&s->store, s->folder, NULL, &s->err));
    s->program.names = store_names(s->store);
    batch = batch_begin(s->store);
    s->agent.number = agent_number(batch, &guid);
    for (size_t i = 0; i < STEPPED_ATTRIBUTES; i++) /* in the order of the schema */
        names_intern_text(store_names(s->store), stepped_attributes[i].name);
    s->indexed[0] = names_intern_text(store_names(s->store), "objectSid");
    s->agent.indexed = s->indexed;
    s->agent.indexed_count = 1;
    ck_ok(s, batch_commit(batch, &s->err));
    batch_end(batch);
}

static inline void stepped_close(struct stepped *s)
{
    store_close(s->store);
    s->store = NULL;
}

/* Without a store: for tests that open it in a child. */
static inline void stepped_make(struct stepped *s)
{
    memset(s, 0, sizeof *s);
    s->history = (struct history){.count = stepped_count,
                                  .sync_error = stepped_sync_error,
                                  .export_error = stepped_export_error,
                                  .discovery_error = stepped_discovery_error,
                                  .expect = stepped_progress,
                                  .advance = stepped_progress,
                                  .cancelled = stepped_cancelled};
    snprintf(s->folder, sizeof s->folder, "/tmp/mactl-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(s->folder));
}

static inline void stepped_begin(struct stepped *s)
{
    stepped_make(s);
    stepped_agent(s);
    stepped_open(s);
}

static inline void stepped_end(struct stepped *s)
{
    char command[128];

    store_close(s->store);
    buf_free(&s->heard);
    arena_free(&s->arena);
    snprintf(command, sizeof command, "rm -rf '%s'", s->folder);
    ck_assert_int_eq(system(command), 0);
}

/* --- entries from words ----------------------------------------------------------- */

/* "name=value" sets, "name+=value" adds, "name-=value" takes away, "name=" clears;
 * "name:=hex" sets bytes. One attribute of one kind may stand there several times. */
struct stepped_word {
    const char *name;
    char sign;
    struct ma_value value;
};

static inline struct stepped_word stepped_word(struct arena *arena, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t length;
    struct stepped_word out = {.sign = '='};
    struct slice bytes;

    ck_assert_ptr_nonnull(equals);
    length = (size_t)(equals - word);
    if (length > 0 && strchr("+-:", word[length - 1]) != NULL)
        out.sign = word[--length];
    out.name = arena_textn(arena, word, length);
    out.value = ma_value_of(arena_text(arena, equals + 1));
    if (out.sign == ':') {
        ck_assert(text_from_hex(arena, slice_text(equals + 1), &bytes));
        out.value = (struct ma_value){bytes.at, bytes.length};
        out.sign = '=';
    }
    return out;
}

static inline struct ma_attribute *stepped_find(struct ma_attribute *attributes,
                                                size_t count,
                                                const struct stepped_word *word)
{
    enum ma_attribute_op op = word->sign == '=' ? MA_SET : MA_VALUES;

    for (size_t i = 0; i < count; i++)
        if (strcmp(attributes[i].name, word->name) == 0 && attributes[i].op == op)
            return &attributes[i];
    return NULL;
}

static inline void stepped_put(struct arena *arena, struct ma_attribute *a,
                               const struct stepped_word *word)
{
    const struct ma_value **list = word->sign == '-' ? &a->removed : &a->values;
    size_t *count = word->sign == '-' ? &a->removed_count : &a->count;
    struct ma_value *longer = arena_alloc(arena, sizeof *longer * (*count + 1));

    if (word->value.length == 0)
        return;
    if (*count > 0)
        memcpy(longer, *list, sizeof *longer * *count);
    longer[(*count)++] = word->value;
    *list = longer;
}

enum { STEPPED_MOST = 64 };

static inline void stepped_words(struct arena *arena, struct ma_entry *entry,
                                 va_list words)
{
    struct ma_attribute *attributes =
        ARENA_ARRAY(arena, struct ma_attribute, STEPPED_MOST);
    const char *text;

    while ((text = va_arg(words, const char *)) != NULL) {
        struct stepped_word word = stepped_word(arena, text);
        struct ma_attribute *a = stepped_find(attributes, entry->count, &word);

        if (a == NULL) {
            a = &attributes[entry->count++];
            a->name = word.name;
            a->op = word.sign == '=' ? MA_SET : MA_VALUES;
        }
        stepped_put(arena, a, &word);
    }
    entry->attributes = attributes;
}

/* --- objects as text -------------------------------------------------------------- */

static inline const char *stepped_name_of(struct stepped *s, struct batch *batch,
                                          uint64_t id)
{
    struct cs_object object;

    if (cs_get(batch, &s->arena, s->agent.number, id, &object, &s->err) != MA_OK)
        return "<nobody>";
    return object_dn(&s->arena, &object);
}

static inline void stepped_values(struct stepped *s, struct batch *batch, struct buf *out,
                                  enum value_type type, const struct slice *values,
                                  uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct slice text = value_show(&s->arena, type, values[i]);

        buf_text(out, i == 0 ? "" : ",");
        if (type == VALUE_REFERENCE)
            buf_print(out, "<%.*s%s%s>", (int)value_data(values[i]).length,
                      value_data(values[i]).at,
                      value_data(values[i]).length == 0 ? "" : ":",
                      stepped_name_of(s, batch, value_id(values[i])));
        else
            buf_slice(out, text);
    }
}

static inline void stepped_entry(struct stepped *s, struct batch *batch, struct buf *out,
                                 const struct entry *entry)
{
    for (uint32_t i = 0; i < entry->count; i++) {
        buf_print(out, "%s%s=", i == 0 ? "" : " ",
                  names_text(s->program.names, entry->attrs[i].name));
        stepped_values(s, batch, out, entry->attrs[i].type, entry->attrs[i].values,
                       entry->attrs[i].count);
    }
}

static inline void stepped_delta(struct stepped *s, struct batch *batch, struct buf *out,
                                 const char *layer, const struct delta *delta)
{
    static const char *const ops[] = {"", "add", "update", "delete", "delete-add"};

    if (delta->op == DELTA_NONE)
        return;
    buf_print(out, " %s{%s", layer, delta->obsoletion ? "obsolete" : ops[delta->op]);
    if (delta->dn != NULL && delta->op != DELTA_ADD)
        buf_print(out, " ->%s", delta->dn);
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *a = &delta->attrs[i];

        buf_print(out, " %s", names_text(s->program.names, a->name));
        if (a->op == DELTA_SET || a->del_count > 0)
            buf_text(out, a->op == DELTA_SET ? "=" : "-=");
        if (a->op == DELTA_VALUES)
            stepped_values(s, batch, out, a->type, a->dels, a->del_count);
        if (a->op == DELTA_VALUES && a->add_count > 0)
            buf_text(out, "+=");
        stepped_values(s, batch, out, a->type, a->adds, a->add_count);
    }
    buf_char(out, '}');
}

static inline void stepped_object(struct stepped *s, struct batch *batch, struct buf *out,
                                  const struct cs_object *o)
{
    static const char *const placeholders[] = {"", " parent", " link", " deleted"};
    const char *dn = object_dn(&s->arena, o);

    buf_print(out, "%s", dn == NULL ? "-" : dn);
    if (o->placeholder != PLACEHOLDER_NOT) {
        buf_text(out, placeholders[o->placeholder]);
        return;
    }
    buf_print(out, " %s [%.*s]", names_text(s->program.names, object_type(&s->arena, o)),
              (int)o->anchor.length, o->anchor.at == NULL ? "" : o->anchor.at);
    if (o->has_hologram) {
        buf_text(out, " H{");
        stepped_entry(s, batch, out, &o->hologram.entry);
        buf_char(out, '}');
    }
    stepped_delta(s, batch, out, "PI", &o->pending_import);
    stepped_delta(s, batch, out, "UC", &o->unconfirmed);
    stepped_delta(s, batch, out, "ES", &o->escrowed);
    stepped_delta(s, batch, out, "UA", &o->unapplied);
    buf_text(out, o->transient ? " transient" : "");
    buf_text(out, o->rebuild ? " rebuild" : "");
    buf_text(out, o->provisioning_retry ? " provisioning-retry" : "");
    buf_text(out, o->rename_retry ? " rename-retry" : "");
    buf_text(out, o->full_sync ? " full-sync" : "");
    if (o->export_error.count > 0)
        buf_print(out, " %s*%u", o->export_error.type, o->export_error.count);
}

/* The object with this DN, or "none". Lives in the arena of the test. */
static inline const char *stepped_show(struct stepped *s, const char *dn)
{
    struct batch *batch = batch_begin(s->store);
    struct buf out = {0};
    struct cs_object object;
    uint64_t id;
    const char *text = "none";
    enum ma_status status = cs_find_dn(batch, s->agent.number, dn, &id, &s->err);

    if (status == MA_OK) {
        ck_ok(s, cs_get(batch, &s->arena, s->agent.number, id, &object, &s->err));
        stepped_object(s, batch, &out, &object);
        text = arena_text(&s->arena, out.at);
    }
    buf_free(&out);
    batch_end(batch);
    return text;
}

static inline int stepped_by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* All objects, a line each, in the order of their DNs. */
static inline const char *stepped_dump(struct stepped *s)
{
    struct batch *batch = batch_begin(s->store);
    id_list ids = {0};
    const char **lines;
    struct buf out = {0};
    const char *text;

    ck_ok(s, cs_scan(batch, s->agent.number, 0, 1000000, &ids, &s->err));
    lines = ARENA_ARRAY(&s->arena, const char *, ids.count);
    for (size_t i = 0; i < ids.count; i++) {
        struct buf line = {0};
        struct cs_object object;

        ck_ok(s,
              cs_get(batch, &s->arena, s->agent.number, ids.items[i], &object, &s->err));
        stepped_object(s, batch, &line, &object);
        lines[i] = arena_text(&s->arena, line.at);
        buf_free(&line);
    }
    if (ids.count > 1)
        qsort(lines, ids.count, sizeof *lines, stepped_by_text);
    for (size_t i = 0; i < ids.count; i++)
        buf_print(&out, "%s\n", lines[i]);
    text = arena_text(&s->arena, out.at == NULL ? "" : out.at);
    buf_free(&out);
    VEC_FREE(&ids);
    batch_end(batch);
    return text;
}

#define ck_object(s, dn, expected) ck_assert_str_eq(stepped_show(s, dn), expected)
#define ck_heard(s, expected)                                                            \
    ck_assert_str_eq((s)->heard.length == 0 ? "" : (s)->heard.at, expected)

/* --- what synchronisation would do ------------------------------------------------ */

typedef void (*stepped_change)(struct stepped *, struct cs_object *, void *context);

/* Changes an object in place; it is looked up by its DN. */
static inline void stepped_with(struct stepped *s, const char *dn, stepped_change change,
                                void *context)
{
    struct batch *batch = batch_begin(s->store);
    struct cs_object object;
    uint64_t id;

    ck_ok(s, cs_find_dn(batch, s->agent.number, dn, &id, &s->err));
    ck_ok(s, cs_get(batch, &s->arena, s->agent.number, id, &object, &s->err));
    change(s, &object, context);
    ck_ok(s, cs_put(batch, &object, &s->err));
    ck_ok(s, batch_commit(batch, &s->err));
    batch_end(batch);
}

/* H becomes I everywhere, and what was deleted is dropped. */
static inline void stepped_absorb(struct stepped *s)
{
    struct batch *batch = batch_begin(s->store);
    id_list ids = {0};

    ck_ok(s, cs_queue(batch, QUEUE_SYNC, s->agent.number, 0, 1000000, &ids, &s->err));
    for (size_t i = 0; i < ids.count; i++) {
        struct cs_object object;
        struct cs_object before;

        ck_ok(s,
              cs_get(batch, &s->arena, s->agent.number, ids.items[i], &object, &s->err));
        before = object;
        tower_absorb(&s->arena, &object);
        object.reference_retry = object.rename_retry = object.provisioning_retry = false;
        if (object_is_empty(&object))
            ck_ok(s, tree_drop(batch, &before, &s->err));
        else
            ck_ok(s, cs_put(batch, &object, &s->err));
    }
    VEC_FREE(&ids);
    ck_ok(s, batch_commit(batch, &s->err));
    batch_end(batch);
}

/* Values of one attribute, canonical, from the words' values. */
static inline struct slice *stepped_read(struct stepped *s, struct batch *batch,
                                         enum value_type type,
                                         const struct ma_value *from, size_t count)
{
    struct slice *values = ARENA_ARRAY(&s->arena, struct slice, count);

    for (size_t i = 0; i < count; i++) {
        struct slice external = slice_of(from[i].data, from[i].length);
        uint64_t id;

        if (type != VALUE_REFERENCE) {
            ck_ok(s, value_read(&s->arena, type, external, &values[i], &s->err));
            continue;
        }
        ck_ok(s, cs_reference(batch, s->agent.number, from[i].data, PLACEHOLDER_LINK, &id,
                              &s->err));
        values[i] = value_of_id(&s->arena, id);
    }
    return values;
}

static inline enum value_type stepped_type(const char *name)
{
    for (size_t i = 0; i < STEPPED_ATTRIBUTES; i++)
        if (strcasecmp(stepped_attributes[i].name, name) == 0)
            return stepped_attributes[i].type;
    return VALUE_STRING;
}

/* The pending export of an object is made such that it becomes this: words of whole
 * attributes over what is there in layer X. `id` 0: a new object. */
static inline void stepped_want_words(struct stepped *s, const char *dn,
                                      const char *new_dn, const char *type, va_list words)
{
    struct batch *batch = batch_begin(s->store);
    struct cs_object object = {.agent = s->agent.number, .guid = guid_new(), .mv = 1};
    struct ma_entry entry = {0};
    struct image image;
    uint64_t id;

    stepped_words(&s->arena, &entry, words);
    if (cs_find_dn(batch, s->agent.number, dn, &id, &s->err) == MA_OK)
        ck_ok(s, cs_get(batch, &s->arena, s->agent.number, id, &object, &s->err));
    if (object.placeholder != PLACEHOLDER_NOT) {
        object.placeholder = PLACEHOLDER_NOT;
        object.hologram = (struct image){0};
        object.mv = 1;
    }
    image = object_image(&s->arena, &object, LAYER_UNAPPLIED);
    if (type != NULL)
        image.object_type = names_intern_text(s->program.names, type);
    image.exists = true;
    image.dn = new_dn != NULL ? new_dn : dn;
    for (size_t i = 0; i < entry.count; i++) {
        const struct ma_attribute *a = &entry.attributes[i];
        enum value_type of = stepped_type(a->name);

        image.entry = entry_with(
            &s->arena, &image.entry, names_intern_text(s->program.names, a->name), of,
            stepped_read(s, batch, of, a->values, a->count), (uint32_t)a->count);
    }
    tower_want(&s->arena, &object, &image);
    ck_ok(s, cs_put(batch, &object, &s->err));
    ck_ok(s, batch_commit(batch, &s->err));
    batch_end(batch);
}

static inline void stepped_want(struct stepped *s, const char *dn, const char *new_dn,
                                const char *type, ...)
{
    va_list words;

    va_start(words, type);
    stepped_want_words(s, dn, new_dn, type, words);
    va_end(words);
}

static inline void stepped_make_gone(struct stepped *s, struct cs_object *object,
                                     void *context)
{
    (void)context;
    ck_assert(!tower_want_gone(&s->arena, object));
}

static inline void stepped_want_gone(struct stepped *s, const char *dn)
{
    stepped_with(s, dn, stepped_make_gone, NULL);
}

#endif
