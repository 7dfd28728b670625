/* SPDX-License-Identifier: Apache-2.0 */

/* Many values of equal precedence, on the two agents of a scenario that keep one group.
 */

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
           one_that_goes_takes_along_what_no_other_has, a_member_that_is_gone_is_nobodys)
