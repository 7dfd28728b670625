/* SPDX-License-Identifier: Apache-2.0 */

/* Many values of equal precedence, on the two agents of a scenario that keep one group.
 */

#include "space/givers.h"
#include "world.h"

#define DIRECTORY "Directory"
#define PORTAL "Portal"
#define TEAM "uid=team,dc=corp"
#define TEAM_THERE "uid=team,dc=portal"
#define D(who) "member=@uid=" who ",dc=corp"
#define P(who) "member=@uid=" who ",dc=portal"

static struct world w;

static void user(const char *agent, const char *uid, const char *cn, const char *dc)
{
    world_import(&w, agent, arena_print(&w.arena, "uid=%s,dc=%s", uid, dc), "user",
                 arena_print(&w.arena, "uid=%s", uid),
                 arena_print(&w.arena, "cn=%s", cn));
}

#define DIRECTORY_TEAM(...)                                                              \
    world_import(&w, DIRECTORY, TEAM, "group", "uid=team", __VA_ARGS__)
#define PORTAL_TEAM(...)                                                                 \
    world_import(&w, PORTAL, TEAM_THERE, "group", "uid=team", __VA_ARGS__)

/* Everybody is known to both; the team is not there yet. */
static void begin(void)
{
    static const char *const people[][2] = {
        {"ada", "Ada"}, {"bob", "Bob"}, {"carl", "Carl"}};

    world_begin_with(&w, SOURCE_DIR "/tests/corpus/27-two-keep-one-group/config", "");
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++) {
        user(DIRECTORY, people[i][0], people[i][1], "corp");
        user(PORTAL, people[i][0], people[i][1], "portal");
    }
    world_sync(&w, DIRECTORY, false);
    world_sync(&w, PORTAL, false);
}

static void end(void)
{
    world_end(&w);
}

/* Both have Ada, and nothing is on its way. */
static void ada_in_both(void)
{
    DIRECTORY_TEAM(D("ada"));
    PORTAL_TEAM(P("ada"));
    world_sync(&w, DIRECTORY, false);
    world_sync(&w, PORTAL, false);
}

static bool members_are(const char *names)
{
    const char *text = world_mv(&w, "uid", "team");
    const char *at = strstr(text, "member=");

    if (at == NULL)
        return names[0] == '\0';
    at += strlen("member=");
    return strncmp(at, names, strlen(names)) == 0 && at[strlen(names)] == ' ';
}

/* The team in the metaverse. */
static struct mv_object team(struct batch *batch)
{
    uint32_t uid = names_find(w.program->names, slice_text("uid"));
    struct mv_object object = {0};
    id_list ids = {0};

    WORLD_OK(&w, mv_scan(batch, 0, 1000, &ids, &w.err));
    for (size_t i = 0; i < ids.count; i++) {
        const struct attr *attr;

        WORLD_OK(&w, mv_get(batch, &w.arena, ids.items[i], &object, &w.err));
        attr = entry_find(&object.entry, uid);
        if (attr != NULL && attr_has(attr, slice_text("team")))
            break;
    }
    VEC_FREE(&ids);
    return object;
}

/* Who gave which member, and in which run: "Ada Directory 1, Portal 2; Bob Portal 2". */
static const char *givers(void)
{
    uint32_t member = names_find(w.program->names, slice_text("member"));
    struct batch *batch = batch_begin(w.store);
    struct mv_object object = team(batch);
    const struct attr *attr = entry_find(&object.entry, member);
    struct buf out = {0};
    const char *text;

    for (uint32_t v = 0; attr != NULL && v < attr->count; v++) {
        const char *comma = "";

        buf_text(&out, v == 0 ? "" : "; ");
        world_show_value(&w, batch, 0, VALUE_REFERENCE, attr->values[v], &out);
        for (uint32_t i = 0; i < object.lineage_count; i++) {
            const struct mv_lineage *line = &object.lineage[i];

            if (line->attribute != member ||
                !givers_line_has(&object, line, attr->values[v]))
                continue;
            buf_print(&out, "%s %s %u", comma, world_agent_name(&w, line->agent),
                      (unsigned)line->run);
            comma = ",";
        }
    }
    text = arena_textn(&w.arena, out.at == NULL ? "" : out.at, out.length);
    buf_free(&out);
    batch_end(batch);
    return text;
}

static void sync_in_run(const char *agent, unsigned run)
{
    w.history.run = run;
    world_sync(&w, agent, false);
}

START_TEST(each_value_knows_who_gave_it_and_when)
{
    ada_in_both();
    DIRECTORY_TEAM(D("ada"), D("bob"));
    sync_in_run(DIRECTORY, 2);
    PORTAL_TEAM(P("ada"), P("carl"));
    sync_in_run(PORTAL, 3);

    ck_assert_str_eq(givers(), "@Ada Directory 1; @Bob Directory 2; @Carl Portal 3");
}
END_TEST

/* An export that comes back is of who gave it, not of who shows it. */
START_TEST(what_came_by_an_export_is_not_given_by_its_target)
{
    ada_in_both();
    DIRECTORY_TEAM(D("ada"), D("bob"));
    sync_in_run(DIRECTORY, 2);
    world_export(&w, PORTAL, true);
    sync_in_run(PORTAL, 3);

    ck_assert_str_eq(givers(), "@Ada Directory 1; @Bob Directory 2");
}
END_TEST

START_TEST(a_recall_takes_back_exactly_what_one_gave)
{
    ada_in_both();
    DIRECTORY_TEAM(D("ada"), D("bob"));
    sync_in_run(DIRECTORY, 2);
    PORTAL_TEAM(P("ada"), P("carl"));
    sync_in_run(PORTAL, 3);

    world_gone(&w, DIRECTORY, TEAM);
    sync_in_run(DIRECTORY, 4);

    ck_assert_str_eq(givers(), "@Ada Portal 4; @Carl Portal 3");
}
END_TEST

/* It was the Directory's, and the Portal has it by now: then it is the Portal's. */
START_TEST(who_has_it_too_is_its_heir)
{
    ada_in_both();
    DIRECTORY_TEAM(D("ada"), D("bob"));
    sync_in_run(DIRECTORY, 2);
    world_export(&w, PORTAL, true);
    sync_in_run(PORTAL, 3);

    world_gone(&w, DIRECTORY, TEAM);
    sync_in_run(DIRECTORY, 4);

    ck_assert_str_eq(givers(), "@Ada Portal 4; @Bob Portal 4");
}
END_TEST

static bool has_line(const struct mv_lineage *lines, uint32_t count,
                     const struct mv_lineage *line)
{
    for (uint32_t i = 0; i < count; i++)
        if (lines[i].attribute == line->attribute && lines[i].agent == line->agent)
            return true;
    return false;
}

/* As a store has it that was written before values had a lineage: one line a giver, which
 * says nothing. */
static void forget_givers(void)
{
    struct batch *batch = batch_begin(w.store);
    struct mv_object object = team(batch);
    struct mv_lineage *lines =
        ARENA_ARRAY(&w.arena, struct mv_lineage, object.lineage_count);
    uint32_t count = 0;

    for (uint32_t i = 0; i < object.lineage_count; i++)
        if (!has_line(lines, count, &object.lineage[i])) {
            lines[count] = object.lineage[i];
            lines[count].values = NULL;
            lines[count++].value_count = 0;
        }
    object.lineage = lines;
    object.lineage_count = count;
    WORLD_OK(&w, mv_put(batch, &object, &w.err));
    WORLD_OK(&w, batch_commit(batch, &w.err));
    batch_end(batch);
}

START_TEST(a_store_from_before_learns_its_givers_from_what_each_has)
{
    ada_in_both();
    DIRECTORY_TEAM(D("ada"), D("bob"));
    sync_in_run(DIRECTORY, 2);
    PORTAL_TEAM(P("ada"), P("carl"));
    sync_in_run(PORTAL, 3);
    forget_givers();
    ck_assert_ptr_nonnull(strstr(givers(), "@Bob Portal 3, Directory"));

    world_gone(&w, DIRECTORY, TEAM);
    sync_in_run(DIRECTORY, 4);

    ck_assert(members_are("@Ada;@Carl"));
    ck_assert_ptr_nonnull(strstr(givers(), "@Carl Portal 3"));
}
END_TEST

START_TEST(who_is_linked_adds_what_it_has)
{
    DIRECTORY_TEAM(D("ada"));
    PORTAL_TEAM(P("bob"));
    world_sync(&w, DIRECTORY, false);

    world_sync(&w, PORTAL, false);

    ck_assert(members_are("@Ada;@Bob"));
    ck_assert_str_eq(world_pending(&w, DIRECTORY, TEAM),
                     "update member+@uid=bob,dc=corp");
    ck_assert_str_eq(world_pending(&w, PORTAL, TEAM_THERE),
                     "update member+@uid=ada,dc=portal");
}
END_TEST

START_TEST(what_both_change_at_once_counts_for_both)
{
    ada_in_both();
    DIRECTORY_TEAM(D("ada"), D("bob"));
    PORTAL_TEAM(P("carl"));

    world_sync(&w, DIRECTORY, false);
    world_sync(&w, PORTAL, false);

    ck_assert(members_are("@Bob;@Carl"));
}
END_TEST

START_TEST(a_full_synchronisation_brings_nobody_back)
{
    ada_in_both();
    PORTAL_TEAM("cn=Team");
    world_sync(&w, PORTAL, false);
    ck_assert(members_are(""));

    world_sync(&w, DIRECTORY, true);

    ck_assert(members_are(""));
    ck_assert_ptr_nonnull(strstr(world_pending(&w, DIRECTORY, TEAM), "member"));
}
END_TEST

START_TEST(an_export_that_is_taken_back_is_no_change_of_its_target)
{
    ada_in_both();
    PORTAL_TEAM(P("ada"), P("bob"));
    world_sync(&w, PORTAL, false);
    world_export(&w, DIRECTORY, false);
    PORTAL_TEAM(P("ada"));
    world_sync(&w, PORTAL, false);

    DIRECTORY_TEAM(D("ada"), D("bob")); /* it shows what was exported */
    world_sync(&w, DIRECTORY, false);

    ck_assert(members_are("@Ada"));
    ck_assert_str_eq(world_pending(&w, DIRECTORY, TEAM),
                     "update member-@uid=bob,dc=corp");
}
END_TEST

START_TEST(what_goes_out_leaves_alone_what_an_import_just_changed)
{
    ada_in_both();
    PORTAL_TEAM(P("bob"));
    DIRECTORY_TEAM(D("ada"), D("carl"));

    world_sync(&w, DIRECTORY, false);

    ck_assert_str_eq(world_pending(&w, PORTAL, TEAM_THERE),
                     "update member+@uid=carl,dc=portal");
}
END_TEST

START_TEST(one_that_goes_takes_along_what_no_other_has)
{
    ada_in_both();
    DIRECTORY_TEAM(D("ada"), D("bob"));
    world_sync(&w, DIRECTORY, false);
    ck_assert(members_are("@Ada;@Bob"));

    world_gone(&w, DIRECTORY, TEAM);
    world_sync(&w, DIRECTORY, false);

    ck_assert(members_are("@Ada"));
    ck_assert_str_eq(world_pending(&w, PORTAL, TEAM_THERE), "none");
}
END_TEST

START_TEST(a_member_that_is_gone_is_nobodys)
{
    ada_in_both();
    DIRECTORY_TEAM(D("ada"), D("bob"));
    world_sync(&w, DIRECTORY, false);

    world_gone(&w, DIRECTORY, "uid=bob,dc=corp");
    world_gone(&w, PORTAL, "uid=bob,dc=portal");
    world_sync(&w, DIRECTORY, false);
    world_sync(&w, PORTAL, false);

    ck_assert(members_are("@Ada"));
}
END_TEST

SUITE_WITH("sync/equal", begin, end, who_is_linked_adds_what_it_has,
           what_both_change_at_once_counts_for_both,
           a_full_synchronisation_brings_nobody_back,
           an_export_that_is_taken_back_is_no_change_of_its_target,
           what_goes_out_leaves_alone_what_an_import_just_changed,
           one_that_goes_takes_along_what_no_other_has, a_member_that_is_gone_is_nobodys,
           each_value_knows_who_gave_it_and_when,
           what_came_by_an_export_is_not_given_by_its_target,
           a_recall_takes_back_exactly_what_one_gave, who_has_it_too_is_its_heir,
           a_store_from_before_learns_its_givers_from_what_each_has)
