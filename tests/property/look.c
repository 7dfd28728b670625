/* SPDX-License-Identifier: Apache-2.0 */
#include "look.h"

static void show_values(const struct program *program, struct arena *arena,
                        const struct attr *attr, const char *sign, struct buf *out)
{
    (void)program;
    for (uint32_t v = 0; v < attr->count; v++) {
        buf_text(out, v == 0 ? sign : ";");
        if (attr->type == VALUE_REFERENCE)
            buf_print(out, "#%llu", (unsigned long long)value_id(attr->values[v]));
        else
            buf_slice(out, value_show(arena, attr->type, attr->values[v]));
    }
}

static void show_entry(const struct program *program, struct arena *arena,
                       const struct entry *entry, struct buf *out)
{
    for (uint32_t i = 0; i < entry->count; i++) {
        buf_print(out, " %s", names_text(program->names, entry->attrs[i].name));
        show_values(program, arena, &entry->attrs[i], "=", out);
    }
}

static void show_delta(const struct program *program, struct arena *arena,
                       const char *layer, const struct delta *delta, struct buf *out)
{
    static const char *const ops[] = {"none", "add", "update", "delete", "delete-add"};

    if (delta->op == DELTA_NONE)
        return;
    buf_print(out, " %s{%s%s", layer, ops[delta->op],
              delta->obsoletion ? " obsolete" : "");
    if (delta->dn != NULL)
        buf_print(out, " ->%s", delta->dn);
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *a = &delta->attrs[i];
        const struct attr adds = {a->name, a->type, a->add_count, a->adds};
        const struct attr dels = {a->name, a->type, a->del_count, a->dels};

        buf_print(out, " %s%s", names_text(program->names, a->name),
                  a->op == DELTA_SET ? ":" : "");
        show_values(program, arena, &adds, a->op == DELTA_SET ? "=" : "+", out);
        show_values(program, arena, &dels, "-", out);
    }
    buf_char(out, '}');
}

static void show_flags(const struct cs_object *o, struct buf *out)
{
    static const char *const states[] = {"normal", "explicit", "filtered"};
    static const char *const placeholders[] = {"", " parent", " link", " deleted"};
    static const char *const causes[] = {"", "join", "projection", "provisioning",
                                         "manual"};

    buf_text(out, placeholders[o->placeholder]);
    if (o->mv != 0)
        buf_print(out, " mv%llu by %s", (unsigned long long)o->mv, causes[o->link_cause]);
    else if (o->placeholder == PLACEHOLDER_NOT)
        buf_print(out, " %s", states[o->state]);
    buf_print(out, "%s%s%s%s%s%s", o->transient ? " transient" : "",
              o->rebuild ? " rebuild" : "", o->reference_retry ? " reference-retry" : "",
              o->rename_retry ? " rename-retry" : "",
              o->provisioning_retry ? " provisioning-retry" : "",
              o->full_sync ? " full-sync" : "");
    if (o->import_error.count > 0)
        buf_print(out, " import:%s", o->import_error.type);
    if (o->export_error.count > 0)
        buf_print(out, " export:%s", o->export_error.type);
}

void look_cs(struct batch *batch, const struct program *program, uint32_t agent,
             uint64_t id, struct arena *arena, struct buf *out)
{
    struct cs_object o;
    struct ma_error err;
    const char *dn;

    if (cs_get(batch, arena, agent, id, &o, &err) != MA_OK)
        return;
    dn = object_dn(arena, &o);
    buf_print(out, "cs%u #%llu %s [%.*s]", (unsigned)agent, (unsigned long long)id,
              dn == NULL ? "-" : dn, (int)o.anchor.length,
              o.anchor.at == NULL ? "" : o.anchor.at);
    show_flags(&o, out);
    if (o.has_hologram) {
        buf_print(out, " H{%s", names_text(program->names, o.hologram.object_type));
        show_entry(program, arena, &o.hologram.entry, out);
        buf_char(out, '}');
    }
    show_delta(program, arena, "PI", &o.pending_import, out);
    show_delta(program, arena, "UC", &o.unconfirmed, out);
    show_delta(program, arena, "ES", &o.escrowed, out);
    show_delta(program, arena, "UA", &o.unapplied, out);
    for (uint32_t i = 0; i < o.owned_count; i++)
        buf_print(out, " owns %.*s", (int)o.owned[i].value.length, o.owned[i].value.at);
}

void look_mv(struct batch *batch, const struct program *program, uint64_t id,
             struct arena *arena, struct buf *out)
{
    struct mv_object o;
    connector_list connectors = {0};
    struct ma_error err;

    if (mv_get(batch, arena, id, &o, &err) != MA_OK)
        return;
    buf_print(out, "mv #%llu %s", (unsigned long long)id,
              names_text(program->names, o.type));
    show_entry(program, arena, &o.entry, out);
    for (uint32_t i = 0; i < o.lineage_count; i++)
        buf_print(out, " %s<%u", names_text(program->names, o.lineage[i].attribute),
                  (unsigned)o.lineage[i].agent);
    if (mv_connectors(batch, id, &connectors, &err) == MA_OK)
        for (size_t i = 0; i < connectors.count; i++)
            buf_print(out, " (%u #%llu)", (unsigned)connectors.items[i].agent,
                      (unsigned long long)connectors.items[i].id);
    buf_print(out, "%s%s%s", o.reference_retry ? " reference-retry" : "",
              o.provisioning_retry ? " provisioning-retry" : "",
              o.changed ? " changed" : "");
    VEC_FREE(&connectors);
}

/* What of an object that an export would bring about. */
static void look_image(struct batch *batch, const struct program *program, uint32_t agent,
                       uint64_t id, struct arena *arena, struct buf *out)
{
    struct cs_object o;
    struct image image;
    struct ma_error err;

    if (cs_get(batch, arena, agent, id, &o, &err) != MA_OK)
        return;
    image = object_image(arena, &o, LAYER_UNAPPLIED);
    buf_print(out, "cs%u #%llu", (unsigned)agent, (unsigned long long)id);
    if (!image.exists)
        return;
    buf_print(out, " %s %s", image.dn, names_text(program->names, image.object_type));
    show_entry(program, arena, &image.entry, out);
}

static void look_entry(struct batch *batch, const struct program *program, uint32_t agent,
                       uint64_t id, struct arena *arena, struct buf *out)
{
    struct mv_object o;
    struct ma_error err;

    (void)agent;
    if (mv_get(batch, arena, id, &o, &err) != MA_OK)
        return;
    buf_print(out, "mv #%llu", (unsigned long long)id);
    show_entry(program, arena, &o.entry, out);
}

static void look_whole_mv(struct batch *batch, const struct program *program,
                          uint32_t agent, uint64_t id, struct arena *arena,
                          struct buf *out)
{
    (void)agent;
    look_mv(batch, program, id, arena, out);
}

typedef void (*look_at)(struct batch *batch, const struct program *program,
                        uint32_t agent, uint64_t id, struct arena *arena,
                        struct buf *out);

static void look_through(struct store *store, const struct program *program, look_at mv,
                         look_at cs, struct buf *out)
{
    struct batch *batch = batch_begin(store);
    ARENA_AUTO arena = {0};
    struct ma_error err;
    id_list ids = {0};

    for (size_t a = 0; a <= program->agent_count; a++) {
        uint32_t agent = a == 0 ? 0 : program->agents[a - 1].number;

        if ((a == 0 ? mv_scan(batch, 0, SIZE_MAX, &ids, &err)
                    : cs_scan(batch, agent, 0, SIZE_MAX, &ids, &err)) != MA_OK)
            break;
        for (size_t i = 0; i < ids.count; i++) {
            (a == 0 ? mv : cs)(batch, program, agent, ids.items[i], &arena, out);
            buf_char(out, '\n');
        }
    }
    VEC_FREE(&ids);
    batch_end(batch);
}

void look_all(struct store *store, const struct program *program, struct buf *out)
{
    look_through(store, program, look_whole_mv, look_cs, out);
}

void look_wanted(struct store *store, const struct program *program, struct buf *out)
{
    look_through(store, program, look_entry, look_image, out);
}

const char *look_difference(const char *a, const char *b, struct arena *arena)
{
    size_t at = 0;
    size_t line = 0;

    for (; a[at] == b[at] && a[at] != '\0'; at++)
        if (a[at] == '\n')
            line = at + 1;
    return arena_print(arena, "'%.*s' was, '%.*s' is", (int)strcspn(a + line, "\n"),
                       a + line, (int)strcspn(b + line, "\n"), b + line);
}
