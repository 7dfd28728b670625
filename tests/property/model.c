/* SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <stdlib.h>
#include <strings.h>

#include "look.h"

enum { ROWS = ENTRIES };

/* What the connector space says of an entry. */
struct staged {
    uint64_t id; /* 0: nothing */
    uint64_t mv;
    enum link_cause cause;
    bool failed;
    struct cs_object object; /* in the arena */
};

/* A metaverse object, and the entries linked to it. */
struct row {
    uint64_t mv;
    int entry[SYSTEMS];
};

struct model {
    struct engine *e;
    struct shared *shared;
    struct batch *batch;
    struct arena arena;
    struct staged staged[SYSTEMS][ENTRIES];
    struct row rows[ROWS];
    size_t row_count;
};

/* Values, in any order. */
struct values {
    unsigned count;
    char text[VALUES][LONGEST_DN];
};

static const struct system *system_of(const struct model *m, unsigned s)
{
    return &m->shared->systems[s];
}

static const char *name_of(const struct model *m, unsigned s, int entry)
{
    static char dn[LONGEST_DN];

    sys_dn(system_of(m, s), entry, dn);
    return dn;
}

static void add_value(struct values *values, const char *text)
{
    if (text[0] != '\0' && values->count < VALUES)
        snprintf(values->text[values->count++], LONGEST_DN, "%s", text);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static const char *joined(struct model *m, struct values *values)
{
    struct buf out = {0};
    const char *text;

    qsort(values->text, values->count, sizeof values->text[0], by_text);
    for (unsigned i = 0; i < values->count; i++)
        buf_print(&out, "%s%s", i == 0 ? "" : ";", values->text[i]);
    text = arena_text(&m->arena, out.at == NULL ? "" : out.at);
    buf_free(&out);
    return text;
}

static void compare(struct model *m, const char *what, const char *attribute,
                    struct values *wanted, struct values *held)
{
    const char *a = joined(m, wanted);
    const char *b = joined(m, held);

    if (strcmp(a, b) != 0)
        engine_fail(m->e, "%s: %s is '%s' and must be '%s'", what, attribute, b, a);
}

/* --- reading the engine ------------------------------------------------------------- */

static void read_staged(struct model *m, unsigned s)
{
    uint32_t agent = engine_agent(m->e, s)->number;

    for (int i = 0; i < ENTRIES; i++) {
        struct staged *staged = &m->staged[s][i];
        const struct sys_entry *entry = &system_of(m, s)->entries[i];

        if (!entry->here)
            continue;
        if (cs_find_anchor(m->batch, agent, slice_text(entry->anchor), &staged->id,
                           &m->e->err) != MA_OK ||
            cs_get(m->batch, &m->arena, agent, staged->id, &staged->object, &m->e->err) !=
                MA_OK) {
            engine_fail(m->e, "%s was not imported", name_of(m, s, i));
            return;
        }
        staged->mv = staged->object.mv;
        staged->cause = staged->object.link_cause;
        staged->failed = staged->object.import_error.count > 0;
    }
}

static struct row *row_of(struct model *m, uint64_t mv)
{
    for (size_t i = 0; i < m->row_count; i++)
        if (m->rows[i].mv == mv)
            return &m->rows[i];
    return NULL;
}

static void link_row(struct model *m, unsigned s, int entry)
{
    struct row *row = row_of(m, m->staged[s][entry].mv);

    if (row == NULL)
        engine_fail(m->e, "%s is linked to nothing", name_of(m, s, entry));
    else if (row->entry[s] != NOBODY)
        engine_fail(m->e, "%s is linked to what is linked in this system already",
                    name_of(m, s, entry));
    else
        row->entry[s] = entry;
}

static void read_rows(struct model *m)
{
    id_list ids = {0};

    if (!ENGINE_OK(m->e, mv_scan(m->batch, 0, ROWS + 1, &ids, &m->e->err)))
        return;
    for (size_t i = 0; i < ids.count && i < ROWS; i++)
        m->rows[m->row_count++] = (struct row){ids.items[i], {NOBODY, NOBODY, NOBODY}};
    if (ids.count > ROWS)
        engine_fail(m->e, "there are more metaverse objects than entries");
    VEC_FREE(&ids);
    for (unsigned s = 0; s < SYSTEMS; s++)
        for (int i = 0; i < ENTRIES; i++)
            if (m->staged[s][i].mv != 0 && !engine_failed(m->e))
                link_row(m, s, i);
}

/* --- connector spaces are what the systems hold ----------------------------------- */

static const char *reference_text(struct model *m, unsigned s, uint64_t id)
{
    struct cs_object target;
    uint32_t agent = engine_agent(m->e, s)->number;

    if (cs_get(m->batch, &m->arena, agent, id, &target, &m->e->err) != MA_OK)
        return "nobody";
    if (target.anchor.length > 0 && target.placeholder == PLACEHOLDER_NOT)
        return arena_textn(&m->arena, target.anchor.at, target.anchor.length);
    return object_dn(&m->arena, &target);
}

static struct values held_values(struct model *m, unsigned s, const struct entry *entry,
                                 const char *attribute)
{
    const struct attr *a =
        entry_find(entry, names_find(m->e->program->names, slice_text(attribute)));
    struct values out = {0};

    for (uint32_t v = 0; a != NULL && v < a->count; v++)
        add_value(&out,
                  a->type == VALUE_REFERENCE
                      ? reference_text(m, s, value_id(a->values[v]))
                      : arena_textn(&m->arena, a->values[v].at, a->values[v].length));
    return out;
}

static struct values system_values(const struct model *m, unsigned s, int entry,
                                   unsigned attribute)
{
    const struct sys_attr *a = &system_of(m, s)->entries[entry].attrs[attribute];
    struct values out = {0};

    for (unsigned v = 0; v < a->count; v++)
        add_value(&out, a->values[v].text);
    return out;
}

static void check_staged(struct model *m, unsigned s, int i)
{
    const struct sys_kind *kind = &sys_kinds[s];
    const struct cs_object *o = &m->staged[s][i].object;
    const char *name = name_of(m, s, i);

    if (o->pending_import.op != DELTA_NONE && !m->staged[s][i].failed)
        engine_fail(m->e, "%s has a pending import", name);
    if (o->unconfirmed.op != DELTA_NONE || o->escrowed.op != DELTA_NONE ||
        o->unapplied.op != DELTA_NONE || o->export_error.count > 0)
        engine_fail(m->e, "%s has something to export", name);
    if (o->mv == 0 && o->state == STATE_EXPLICIT)
        engine_fail(m->e, "%s was to be deleted, and is there still", name);
    if (o->transient || o->placeholder != PLACEHOLDER_NOT)
        engine_fail(m->e, "%s is no ordinary object", name);
    if (engine_failed(m->e) || m->staged[s][i].failed)
        return;
    if (!o->has_hologram) {
        engine_fail(m->e, "%s was never synchronised", name);
        return;
    }
    if (strcasecmp(o->hologram.dn, name) != 0)
        engine_fail(m->e, "%s is staged as %s", name, o->hologram.dn);
    if (strcmp(program_type_name(m->e->program, engine_agent(m->e, s),
                                 o->hologram.object_type),
               kind->classes[system_of(m, s)->entries[i].class]) != 0)
        engine_fail(m->e, "%s is staged as another type", name);
    for (unsigned a = 0; kind->attributes[a].name != NULL; a++) {
        struct values wanted = system_values(m, s, i, a);
        struct values held =
            held_values(m, s, &o->hologram.entry, kind->attributes[a].name);

        compare(m, arena_print(&m->arena, "as imported, %s", name),
                kind->attributes[a].name, &wanted, &held);
    }
}

static void check_placeholder(struct model *m, uint32_t agent, uint64_t id,
                              const char *dn)
{
    id_list need = {0};

    if (cs_referrers(m->batch, agent, id, &need, &m->e->err) == MA_OK)
        (void)ENGINE_OK(m->e, cs_children(m->batch, agent, dn, &need, &m->e->err));
    if (need.count == 0)
        engine_fail(m->e, "nobody needs the placeholder %s", dn);
    VEC_FREE(&need);
}

/* Nothing is staged that no system has. */
static void check_nothing_else(struct model *m, unsigned s)
{
    uint32_t agent = engine_agent(m->e, s)->number;
    id_list ids = {0};

    (void)ENGINE_OK(m->e, cs_scan(m->batch, agent, 0, SIZE_MAX, &ids, &m->e->err));
    for (size_t i = 0; i < ids.count && !engine_failed(m->e); i++) {
        struct cs_object o;
        const char *anchor;

        if (!ENGINE_OK(m->e,
                       cs_get(m->batch, &m->arena, agent, ids.items[i], &o, &m->e->err)))
            break;
        anchor = arena_textn(&m->arena, o.anchor.at, o.anchor.length);
        if (o.placeholder != PLACEHOLDER_NOT)
            check_placeholder(m, agent, o.id, object_dn(&m->arena, &o));
        else if (sys_find_anchor(system_of(m, s), anchor) == NOBODY) {
            struct buf text = {0};

            look_cs(m->batch, m->e->program, agent, o.id, &m->arena, &text);
            engine_fail(m->e, "no system has %s", text.at);
            buf_free(&text);
        }
    }
    VEC_FREE(&ids);
}

/* --- who is linked ------------------------------------------------------------------ */

static bool is_wanted(const struct model *m, int entry)
{
    const struct system *hr = system_of(m, HR);

    return engine_wants_person(m->shared, entry) ||
           (hr->entries[entry].here && hr->entries[entry].class == HR_TEAM);
}

static bool is_team(const struct model *m, const struct row *row)
{
    return system_of(m, HR)->entries[row->entry[HR]].class == HR_TEAM;
}

static bool is_wanted_in_directory(const struct model *m, const struct row *row)
{
    return is_team(m, row) || engine_wants_user(m->shared, row->entry[HR]);
}

static const char *id_of(const struct model *m, const struct row *row)
{
    return sys_get(system_of(m, HR), row->entry[HR], HR_ID);
}

static void check_hr(struct model *m)
{
    for (int i = 0; i < ENTRIES; i++)
        if (system_of(m, HR)->entries[i].here &&
            is_wanted(m, i) != (m->staged[HR][i].mv != 0))
            engine_fail(m->e, "%s of HR %s", name_of(m, HR, i),
                        is_wanted(m, i) ? "is wanted and has no metaverse object"
                                        : "is not wanted and has a metaverse object");
    for (size_t i = 0; i < m->row_count; i++)
        if (m->rows[i].entry[HR] == NOBODY)
            engine_fail(m->e, "metaverse object %llu is nobody of HR",
                        (unsigned long long)m->rows[i].mv);
}

/* Whether the entry may be linked to the object. */
static bool fits(const struct model *m, unsigned s, int i, const struct row *row)
{
    const struct sys_entry *entry = &system_of(m, s)->entries[i];
    unsigned class = s == PHONES ? P_ENTRY : is_team(m, row) ? D_GROUP : D_USER;

    if (!entry->here || entry->class != class || (s == PHONES && is_team(m, row)))
        return false;
    if (s == PHONES && strcmp(sys_get(system_of(m, s), i, P_NOTE), "hidden") == 0)
        return false;
    return strcasecmp(sys_get(system_of(m, s), i, 0), id_of(m, row)) == 0;
}

/* Whether rules join the entry to the object, if nobody else is. */
static bool could_join(const struct model *m, unsigned s, int i, const struct row *row)
{
    return fits(m, s, i, row) &&
           (s != PHONES || (m->shared->variant & VARIANT_NO_JOIN) == 0);
}

static void check_link(struct model *m, unsigned s, const struct row *row)
{
    int at = row->entry[s];

    if (at != NOBODY) {
        /* A key that does not flow out may have changed since the join. */
        if (!fits(m, s, at, row) && (s == PHONES || is_wanted_in_directory(m, row)))
            engine_fail(m->e, "%s of %s is linked to %s, and should not be",
                        name_of(m, s, at), sys_kinds[s].name, id_of(m, row));
        else if (s == DIRECTORY && !is_wanted_in_directory(m, row) &&
                 m->staged[s][at].cause == LINK_PROVISIONING)
            engine_fail(m->e, "%s was made for %s, who is not wanted there",
                        name_of(m, s, at), id_of(m, row));
        return;
    }
    if (s == DIRECTORY && is_wanted_in_directory(m, row))
        engine_fail(m->e, "%s has no entry in the directory", id_of(m, row));
    for (int i = 0; i < ENTRIES; i++)
        if (m->staged[s][i].mv == 0 && could_join(m, s, i, row))
            engine_fail(m->e, "%s of %s could be linked to %s, and is not",
                        name_of(m, s, i), sys_kinds[s].name, id_of(m, row));
}

/* Wrong is only who has the key of one that is linked elsewhere. */
static void check_errors(struct model *m, unsigned s)
{
    for (int i = 0; i < ENTRIES; i++) {
        const struct staged *staged = &m->staged[s][i];
        bool excused = false;

        for (size_t r = 0; r < m->row_count; r++)
            excused =
                excused || (s != HR && staged->mv == 0 && m->rows[r].entry[s] != NOBODY &&
                            fits(m, s, i, &m->rows[r]));
        if (staged->failed && !excused)
            engine_fail(m->e, "%s failed: %s: %s", name_of(m, s, i),
                        staged->object.import_error.type,
                        staged->object.import_error.text);
    }
}

/* --- what the metaverse holds ----------------------------------------------------- */

/* Of a reference of HR. */
static const struct row *row_named(struct model *m, const char *id)
{
    int entry = sys_find_anchor(system_of(m, HR), id);

    return entry == NOBODY ? NULL : row_of(m, m->staged[HR][entry].mv);
}

static const char *title_of(const struct model *m, const struct row *row)
{
    const char *hr = sys_get(system_of(m, HR), row->entry[HR], HR_TITLE);
    const char *phones = row->entry[PHONES] == NOBODY
                             ? ""
                             : sys_get(system_of(m, PHONES), row->entry[PHONES], P_TITLE);

    if ((m->shared->variant & VARIANT_PHONES_TITLE) != 0)
        return phones[0] != '\0' ? phones : hr;
    return hr[0] != '\0' ? hr : phones;
}

static const char *phone_of(const struct model *m, const struct row *row)
{
    return row->entry[PHONES] == NOBODY || (m->shared->variant & VARIANT_NO_PHONE) != 0
               ? ""
               : sys_get(system_of(m, PHONES), row->entry[PHONES], P_PHONE);
}

/* The object that the directory's entry names as its secretary. */
static const struct row *assistant_of(struct model *m, const struct row *row)
{
    int target = row->entry[DIRECTORY] == NOBODY
                     ? NOBODY
                     : sys_find_anchor(system_of(m, DIRECTORY),
                                       sys_get(system_of(m, DIRECTORY),
                                               row->entry[DIRECTORY], D_SECRETARY));

    return target == NOBODY ? NULL : row_of(m, m->staged[DIRECTORY][target].mv);
}

static void add_row(struct model *m, struct values *values, const struct row *row)
{
    if (row != NULL)
        add_value(values, arena_print(&m->arena, "%llu", (unsigned long long)row->mv));
}

static struct values one(const char *text)
{
    struct values out = {0};

    add_value(&out, text);
    return out;
}

static struct values members_of(struct model *m, const struct row *row)
{
    const struct sys_attr *a =
        &system_of(m, HR)->entries[row->entry[HR]].attrs[HR_MEMBER];
    struct values out = {0};

    for (unsigned v = 0; v < a->count; v++)
        add_row(m, &out, row_named(m, a->values[v].text));
    return out;
}

static struct values mv_values(struct model *m, const struct mv_object *mv,
                               const char *attribute)
{
    const struct attr *a =
        entry_find(&mv->entry, names_find(m->e->program->names, slice_text(attribute)));
    struct values out = {0};

    for (uint32_t v = 0; a != NULL && v < a->count; v++)
        add_value(&out,
                  a->type == VALUE_REFERENCE
                      ? arena_print(&m->arena, "%llu",
                                    (unsigned long long)value_id(a->values[v]))
                      : arena_textn(&m->arena, a->values[v].at, a->values[v].length));
    return out;
}

static void check_attribute(struct model *m, const struct row *row,
                            const struct mv_object *mv, const char *attribute,
                            struct values wanted)
{
    struct values held = mv_values(m, mv, attribute);

    compare(m, arena_print(&m->arena, "metaverse object of %s", id_of(m, row)), attribute,
            &wanted, &held);
}

static void check_row(struct model *m, const struct row *row)
{
    const struct system *hr = system_of(m, HR);
    int at = row->entry[HR];
    bool team = is_team(m, row);
    struct values manager = {0};
    struct values assistant = {0};
    struct mv_object mv;

    if (!ENGINE_OK(m->e, mv_get(m->batch, &m->arena, row->mv, &mv, &m->e->err)))
        return;
    if (!team)
        add_row(m, &manager, row_named(m, sys_get(hr, at, HR_MANAGER)));
    if (!team)
        add_row(m, &assistant, assistant_of(m, row));
    check_attribute(m, row, &mv, "id", one(id_of(m, row)));
    check_attribute(m, row, &mv, "cn", one(sys_get(hr, at, HR_NAME)));
    check_attribute(m, row, &mv, "title", one(team ? "" : title_of(m, row)));
    check_attribute(m, row, &mv, "mail", one(sys_get(hr, at, HR_MAIL)));
    check_attribute(m, row, &mv, "status", one(sys_get(hr, at, HR_STATUS)));
    check_attribute(m, row, &mv, "phone", one(team ? "" : phone_of(m, row)));
    check_attribute(
        m, row, &mv, "note",
        one(team ? sys_get(system_of(m, DIRECTORY), row->entry[DIRECTORY], D_NOTE) : ""));
    check_attribute(m, row, &mv, "manager", manager);
    check_attribute(m, row, &mv, "assistant", assistant);
    check_attribute(m, row, &mv, "member",
                    team ? members_of(m, row) : (struct values){0});
}

/* --- what the targets hold -------------------------------------------------------- */

/* Of references: the entries that stand for these objects in the system. */
static void add_target(struct model *m, unsigned s, struct values *values,
                       const struct row *row)
{
    if (row != NULL && row->entry[s] != NOBODY)
        add_value(values, system_of(m, s)->entries[row->entry[s]].anchor);
}

static void check_target(struct model *m, unsigned s, const struct row *row,
                         unsigned attribute, struct values wanted)
{
    struct values held = system_values(m, s, row->entry[s], attribute);

    compare(m,
            arena_print(&m->arena, "%s of %s, entry of %s", name_of(m, s, row->entry[s]),
                        sys_kinds[s].name, id_of(m, row)),
            sys_kinds[s].attributes[attribute].name, &wanted, &held);
}

/* Besides what people put there, which stays: what flows, and no other value that was
 * exported. */
static void check_proxies(struct model *m, const struct row *row)
{
    const struct system *s = system_of(m, DIRECTORY);
    int at = row->entry[DIRECTORY];
    const struct sys_attr *a = &s->entries[at].attrs[D_PROXIES];
    const char *mail = sys_get(system_of(m, HR), row->entry[HR], HR_MAIL);
    const char *wanted = arena_print(&m->arena, "smtp:%s", mail);

    if (mail[0] != '\0' && sys_find_value(s, at, D_PROXIES, wanted, false) == NOBODY)
        engine_fail(m->e, "%s lacks the proxy address %s", name_of(m, DIRECTORY, at),
                    wanted);
    /* Who was let go meanwhile, and linked again, keeps it as its own. */
    for (unsigned v = 0; v < a->count; v++)
        if (!a->values[v].local &&
            (s->entries[at].keys & ~engine_steady(m->shared)) == 0 &&
            (mail[0] == '\0' || strcasecmp(a->values[v].text, wanted) != 0))
            engine_fail(m->e, "%s has the proxy address %s still",
                        name_of(m, DIRECTORY, at), a->values[v].text);
}

static void check_user(struct model *m, const struct row *row)
{
    const struct system *hr = system_of(m, HR);
    int at = row->entry[HR];
    struct values manager = {0};

    add_target(m, DIRECTORY, &manager, row_named(m, sys_get(hr, at, HR_MANAGER)));
    check_target(m, DIRECTORY, row, D_KEY, one(id_of(m, row)));
    check_target(m, DIRECTORY, row, D_TITLE, one(title_of(m, row)));
    check_target(m, DIRECTORY, row, D_MANAGER, manager);
    if ((m->shared->variant & VARIANT_NO_MAIL) == 0)
        check_target(m, DIRECTORY, row, D_MAIL, one(sys_get(hr, at, HR_MAIL)));
    check_proxies(m, row);
}

static void check_group(struct model *m, const struct row *row)
{
    const struct sys_attr *a =
        &system_of(m, HR)->entries[row->entry[HR]].attrs[HR_MEMBER];
    struct values members = {0};

    for (unsigned v = 0; v < a->count; v++)
        add_target(m, DIRECTORY, &members, row_named(m, a->values[v].text));
    check_target(m, DIRECTORY, row, D_KEY, one(id_of(m, row)));
    check_target(m, DIRECTORY, row, D_MEMBER, members);
}

static void check_name(struct model *m, const struct row *row)
{
    const char *wanted = arena_print(
        &m->arena, "CN=%s,%s", sys_get(system_of(m, HR), row->entry[HR], HR_NAME),
        sys_kinds[DIRECTORY].places[is_team(m, row) ? D_GROUPS : D_STAFF]);
    const char *name = name_of(m, DIRECTORY, row->entry[DIRECTORY]);

    if (strcasecmp(wanted, name) != 0)
        engine_fail(m->e, "%s must be %s", name, wanted);
}

static void check_phone_entry(struct model *m, const struct row *row)
{
    struct values assistant = {0};

    add_target(m, PHONES, &assistant, assistant_of(m, row));
    check_target(m, PHONES, row, P_KEY, one(id_of(m, row)));
    check_target(m, PHONES, row, P_MAIL,
                 one(sys_get(system_of(m, HR), row->entry[HR], HR_MAIL)));
    check_target(m, PHONES, row, P_ASSISTANT, assistant);
}

static void check_targets(struct model *m, const struct row *row)
{
    if (row->entry[DIRECTORY] != NOBODY && is_wanted_in_directory(m, row)) {
        check_name(m, row);
        if (is_team(m, row))
            check_group(m, row);
        else
            check_user(m, row);
    }
    if (row->entry[PHONES] != NOBODY)
        check_phone_entry(m, row);
}

/* --- all of it ---------------------------------------------------------------------- */

static void check_spaces(struct model *m)
{
    for (unsigned s = 0; s < SYSTEMS; s++) {
        for (int i = 0; i < ENTRIES; i++)
            if (system_of(m, s)->entries[i].here)
                check_staged(m, s, i);
        check_nothing_else(m, s);
        check_errors(m, s);
    }
}

static void check_rows(struct model *m)
{
    check_hr(m);
    for (size_t i = 0; i < m->row_count && !engine_failed(m->e); i++)
        for (unsigned s = DIRECTORY; s < SYSTEMS; s++)
            check_link(m, s, &m->rows[i]);
    for (size_t i = 0; i < m->row_count && !engine_failed(m->e); i++) {
        check_row(m, &m->rows[i]);
        check_targets(m, &m->rows[i]);
    }
}

void model_check(struct engine *e)
{
    struct model *m = calloc(1, sizeof *m);

    m->e = e;
    m->shared = e->shared;
    m->batch = batch_begin(e->store);
    for (unsigned s = 0; s < SYSTEMS && !engine_failed(e); s++)
        read_staged(m, s);
    if (!engine_failed(e))
        read_rows(m);
    if (!engine_failed(e))
        check_spaces(m);
    if (!engine_failed(e))
        check_rows(m);
    batch_end(m->batch);
    arena_free(&m->arena);
    free(m);
}
