/* SPDX-License-Identifier: Apache-2.0 */

/* The random life of people and large groups. */

#include "alike.h"
#include "store/tree.h"

#define GROUPS SOURCE_DIR "/tests/integration/data/groups/export"

enum { PEOPLE = 130, SETS = 3, LIVES = 6, STEPS = 90 };

/* --- what happens in the systems -------------------------------------------------- */

static const char *person_dn(struct world *w, unsigned n)
{
    return arena_print(&w->arena, "uid=%u,dc=hr", n);
}

static const char *group_dn(struct world *w, unsigned n)
{
    return arena_print(&w->arena, "cn=g%u,dc=hr", n);
}

static void show_person(struct world *w, unsigned n)
{
    const char *dn = person_dn(w, n);

    world_import(w, "HR", dn, "person", arena_print(&w->arena, "employeeID=%u", n),
                 arena_print(&w->arena, "displayName=P%u", n));
}

static const char *user_dn(struct world *w, unsigned n)
{
    return arena_print(&w->arena, "CN=P%u,OU=Staff,DC=corp,DC=example", n);
}

static const char *corp_group_dn(struct world *w, unsigned n)
{
    return arena_print(&w->arena, "CN=G%u,OU=Groups,DC=corp,DC=example", n);
}

/* All of the first `count` people. The last group is one of the directory's own. */
static void show_group(struct world *w, unsigned n, unsigned count)
{
    const char **attributes = ARENA_ARRAY(&w->arena, const char *, count + 3);
    bool own = n == SETS - 1;
    const char *dn = own ? corp_group_dn(w, n) : group_dn(w, n);

    attributes[0] = arena_print(&w->arena, "employeeID=g%u", n);
    attributes[1] = arena_print(&w->arena, "displayName=G%u", n);
    for (unsigned i = 0; i < count; i++)
        attributes[i + 2] =
            arena_print(&w->arena, "member=@%s", own ? user_dn(w, i) : person_dn(w, i));
    attributes[count + 2] = NULL;
    world_import_at(w, own ? "Directory" : "HR", dn, dn, "group", attributes);
}

static struct slice member(struct world *w, struct batch *batch, const char *agent,
                           const char *dn)
{
    uint64_t id;

    WORLD_OK(w, cs_reference(batch, world_agent(w, agent)->number, dn, PLACEHOLDER_LINK,
                             &id, &w->err));
    return value_of_id(&w->arena, id);
}

static void change_object(struct world *w, const char *agent, const char *dn,
                          const struct delta *change, struct batch *batch)
{
    struct cs_object object;
    uint64_t id;

    if (cs_find_dn(batch, world_agent(w, agent)->number, dn, &id, &w->err) == MA_OK) {
        WORLD_OK(w, cs_get(batch, &w->arena, world_agent(w, agent)->number, id, &object,
                           &w->err));
        if (object.placeholder == PLACEHOLDER_NOT) {
            tower_changed(&w->arena, &object, change);
            WORLD_OK(w, cs_put(batch, &object, &w->err));
        }
    }
    WORLD_OK(w, batch_commit(batch, &w->err));
}

/* One member comes or goes. */
static void change_member(struct world *w, const char *agent, const char *group,
                          const char *dn, bool comes)
{
    struct batch *batch = batch_begin(w->store);
    struct slice value = member(w, batch, agent, dn);
    struct attr_delta attr = {
        .name = names_intern_text(w->program->names, "member"),
        .type = VALUE_REFERENCE,
        .op = DELTA_VALUES,
        .adds = &value,
        .add_count = comes,
        .dels = &value,
        .del_count = !comes,
    };
    const struct delta change = {.op = DELTA_UPDATE, .count = 1, .attrs = &attr};

    change_object(w, agent, group, &change, batch);
    batch_end(batch);
}

static void set_text(struct world *w, const char *agent, const char *dn, const char *name,
                     const char *text)
{
    struct batch *batch = batch_begin(w->store);
    struct slice value = slice_text(text);
    struct attr_delta attr = {
        .name = names_intern_text(w->program->names, name),
        .type = VALUE_STRING,
        .op = DELTA_SET,
        .adds = &value,
        .add_count = 1,
    };
    const struct delta change = {.op = DELTA_UPDATE, .count = 1, .attrs = &attr};

    change_object(w, agent, dn, &change, batch);
    batch_end(batch);
}

static void rename_group(struct world *w, unsigned n, unsigned to)
{
    set_text(w, "HR", group_dn(w, n), "displayName",
             arena_print(&w->arena, "G%u-%u", n, to));
}

/* The directory shows a group otherwise than it was exported. */
static void drift(struct world *w, unsigned group, unsigned person, bool comes)
{
    change_member(w, "Directory", corp_group_dn(w, group), user_dn(w, person), comes);
}

static void lose_person(struct world *w, unsigned n)
{
    struct batch *batch = batch_begin(w->store);
    uint64_t id;
    bool there = cs_find_dn(batch, world_agent(w, "HR")->number, person_dn(w, n), &id,
                            &w->err) == MA_OK;
    struct cs_object object;

    if (there)
        WORLD_OK(w, cs_get(batch, &w->arena, world_agent(w, "HR")->number, id, &object,
                           &w->err));
    there = there && object.placeholder == PLACEHOLDER_NOT;
    if (there && tower_gone(&w->arena, &object, false).gone)
        WORLD_OK(w, tree_drop(batch, &object, &w->err));
    else if (there)
        WORLD_OK(w, cs_put(batch, &object, &w->err));
    WORLD_OK(w, batch_commit(batch, &w->err));
    batch_end(batch);
}

/* --- lives ------------------------------------------------------------------------ */

static void begin(struct world *w)
{
    world_begin_with(w, GROUPS, "");
    for (unsigned n = 0; n < PEOPLE - 10; n++)
        show_person(w, n);
    for (unsigned n = 0; n < SETS; n++)
        show_group(w, n, 90 + n * 20);
    synchronise(w, "HR");
    world_export(w, "Directory", true);
    synchronise(w, "Directory");
    world_export(w, "Directory", true);
    synchronise(w, "Directory");
}

/* The metaverse, and every pending export. */
static const char *all_that_is_wanted(struct world *w)
{
    struct batch *batch = batch_begin(w->store);
    uint32_t agent = world_agent(w, "Directory")->number;
    struct buf out = {0};
    const char *text;

    for (uint64_t id = 1; id <= batch_last(batch, "mv"); id++) {
        struct mv_object object;

        if (mv_get(batch, &w->arena, id, &object, &w->err) == MA_OK)
            buf_print(&out, "%s\n", world_entry_text(w, batch, 0, &object.entry));
    }
    for (uint64_t id = 1; id <= batch_last(batch, "cs.2"); id++) {
        struct cs_object object;

        if (cs_get(batch, &w->arena, agent, id, &object, &w->err) == MA_OK &&
            !delta_is_empty(&object.unapplied))
            buf_print(&out, "%s: %s\n", object_dn(&w->arena, &object),
                      world_delta_text(w, batch, agent, &object.unapplied));
    }
    text = arena_textn(&w->arena, out.at == NULL ? "" : out.at, out.length);
    buf_free(&out);
    batch_end(batch);
    return text;
}

struct event {
    unsigned kind;
    unsigned group;
    unsigned person;
    bool comes;
};

static void happen(struct world *w, const struct event *e)
{
    const char *group = group_dn(w, e->group);

    switch (e->kind) {
    case 0:
    case 1:
    case 2:
        change_member(w, "HR", group, person_dn(w, e->person), e->comes);
        break;
    case 3:
        show_person(w, e->person);
        break;
    case 4:
        lose_person(w, e->person);
        break;
    case 5:
        drift(w, e->group, e->person, e->comes);
        break;
    case 6:
        rename_group(w, e->group, e->person);
        break;
    case 7:
        world_export(w, "Directory", e->comes);
        break;
    case 8:
        synchronise(w, "Directory");
        break;
    default:
        synchronise(w, "HR");
        break;
    }
}

/* What synchronisations did not see yet is seen; then a full one finds nothing to do. */
static void come_to_rest(struct world *w, unsigned life)
{
    static const char *const agents[] = {"HR", "Directory"};
    const char *before;

    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 2; i++)
            synchronise(w, agents[i]);
    before = all_that_is_wanted(w);
    for (int i = 0; i < 2; i++)
        world_sync(w, agents[i], true);
    ck_assert_msg(
        strcmp(before, all_that_is_wanted(w)) == 0,
        "life %u: a full synchronisation finds more than those of what changed\n"
        "%s\n%s",
        life, before, all_that_is_wanted(w));
}

static void live(unsigned life)
{
    state = 77u + life;
    begin(&usual);
    begin(&other);
    values[0] = values[1] = 0;
    compare(life, 0);
    for (unsigned step = 1; step <= STEPS; step++) {
        const struct event e = {throw(12), throw(SETS), throw(PEOPLE), throw(2) == 1};

        happen(&usual, &e);
        happen(&other, &e);
        if (e.kind >= 7)
            compare(life, step);
        for (int i = 0; i < 2; i++)
            arena_reset(&worlds[i]->arena);
    }
    ck_assert_uint_lt(values[0] * 4, values[1]);
    come_to_rest(&usual, life);
    world_end(&usual);
    world_end(&other);
}

START_TEST(by_value_and_on_whole_objects_the_result_is_the_same)
{
    unsigned lives = getenv("MACTL_LIVES") != NULL ? (unsigned)atoi(getenv("MACTL_LIVES"))
                     : getenv("MACTL_LONG") != NULL ? 50 * LIVES
                                                    : LIVES;

    for (unsigned life = 0; life < lives; life++)
        live(life);
}
END_TEST

/* This life removes a member, confirms it, and sees it come back before the directory is
 * synchronised: no delta speaks of it then. */
START_TEST(a_member_that_is_back_before_its_going_was_synchronised_goes_again)
{
    live(299);
}
END_TEST

/* --- what falls back to what was synchronised ------------------------------------- */

static const char *pending(struct world *w, unsigned group)
{
    return world_pending(w, "Directory", corp_group_dn(w, group));
}

/* The directory undoes what it was told, and had confirmed, before it is synchronised. */
START_TEST(a_member_that_alone_is_back_before_its_synchronisation_goes_again)
{
    struct world *w = &usual;

    begin(w);
    change_member(w, "HR", group_dn(w, 0), person_dn(w, 3), false);
    synchronise(w, "HR");
    world_export(w, "Directory", true);
    drift(w, 0, 3, true);
    synchronise(w, "Directory");

    ck_assert_str_eq(pending(w, 0),
                     arena_print(&w->arena, "update member-@%s", user_dn(w, 3)));
    world_end(w);
}
END_TEST

static void number_in_directory(struct world *w, const char *text)
{
    set_text(w, "Directory", corp_group_dn(w, 0), "employeeID", text);
}

START_TEST(a_number_that_is_back_before_its_synchronisation_is_exported_again)
{
    struct world *w = &usual;

    begin(w);
    set_text(w, "HR", group_dn(w, 0), "employeeID", "g9");
    synchronise(w, "HR");
    world_export(w, "Directory", true);
    number_in_directory(w, "g0");
    synchronise(w, "Directory");

    ck_assert_str_eq(pending(w, 0), "update employeeID=g9");
    world_end(w);
}
END_TEST

/* Nothing was exported: the directory did it, and undid it. */
START_TEST(a_number_that_came_true_by_itself_and_is_undone_is_exported)
{
    struct world *w = &usual;

    begin(w);
    set_text(w, "HR", group_dn(w, 0), "employeeID", "g9");
    synchronise(w, "HR");
    number_in_directory(w, "g9");
    ck_assert_str_eq(pending(w, 0), "none");
    number_in_directory(w, "g0");
    synchronise(w, "Directory");

    ck_assert_str_eq(pending(w, 0), "update employeeID=g9");
    world_end(w);
}
END_TEST

SUITE("sync/stake", by_value_and_on_whole_objects_the_result_is_the_same,
      a_member_that_is_back_before_its_going_was_synchronised_goes_again,
      a_member_that_alone_is_back_before_its_synchronisation_goes_again,
      a_number_that_is_back_before_its_synchronisation_is_exported_again,
      a_number_that_came_true_by_itself_and_is_undone_is_exported)
