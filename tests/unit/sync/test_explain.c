/* SPDX-License-Identifier: Apache-2.0 */

/* Which flow won, and why the others did not. */

#include "world.h"

static struct world w;

static void begin(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/unit/sync/data/classic", "");
    world_import(&w, "HR", "1", "person", "employeeID=1", "title=Head");
    world_import(&w, "AD", "CN=Ana,DC=corp,DC=example", "user", "employeeID=1",
                 "title=Clerk", "pager=11");
    world_import(&w, "LDAP", "uid=ana,DC=dir,DC=example", "inetOrgPerson",
                 "employeeNumber=1", "telephoneNumber=22", "pager=22");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    world_sync(&w, "LDAP", false);
}

static void end(void)
{
    world_end(&w);
}

/* "agent value: verdict" of each candidate, one a line. */
static const char *told(const candidate_list *list)
{
    struct buf out = {0};
    const char *text;

    for (size_t i = 0; i < list->count; i++) {
        const struct sync_candidate *c = &list->items[i];

        buf_print(&out, "%s %s: %s\n",
                  w.program->agents[c->flow->rule->agent].config->name,
                  c->value == NULL ? "-" : c->value, c->verdict);
    }
    text = arena_textn(&w.arena, out.at == NULL ? "" : out.at, out.length);
    buf_free(&out);
    return text;
}

static const char *explain_mv(const char *attribute)
{
    struct batch *batch = batch_begin(w.store);
    id_list ids = {0};
    candidate_list list = {0};
    const char *text;

    WORLD_OK(&w, mv_scan(batch, 0, 1, &ids, &w.err));
    WORLD_OK(&w, sync_explain_mv(batch, w.program, &w.arena, ids.items[0],
                                 names_find(w.program->names, slice_text(attribute)),
                                 &list, &w.err));
    text = told(&list);
    VEC_FREE(&list);
    VEC_FREE(&ids);
    batch_end(batch);
    return text;
}

static const char *explain_cs(const char *agent, const char *dn, const char *attribute)
{
    struct batch *batch = batch_begin(w.store);
    uint32_t number = world_agent(&w, agent)->number;
    candidate_list list = {0};
    const char *text;
    uint64_t id;

    WORLD_OK(&w, cs_find_dn(batch, number, dn, &id, &w.err));
    WORLD_OK(&w, sync_explain_cs(batch, w.program, &w.arena, number, id,
                                 names_find(w.program->names, slice_text(attribute)),
                                 &list, &w.err));
    text = told(&list);
    VEC_FREE(&list);
    batch_end(batch);
    return text;
}

START_TEST(the_first_in_rank_that_has_a_value_won)
{
    ck_assert_str_eq(explain_mv("title"), "HR \"Head\": won\n"
                                          "AD \"Clerk\": lower precedence\n"
                                          "LDAP -: no value\n");
}
END_TEST

/* Precedence decides, then the order of the rules: the second is no lower. */
START_TEST(of_two_rules_of_one_precedence_none_is_lower)
{
    struct mv_target *target = NULL;
    const struct mv_target *found =
        program_mv_target(w.program, names_find(w.program->names, slice_text("person")),
                          names_find(w.program->names, slice_text("title")));

    target = (struct mv_target *)(uintptr_t)found;
    ((struct flow *)(uintptr_t)target->flows[1])->rank = target->flows[0]->rank;

    ck_assert_str_eq(explain_mv("title"),
                     "HR \"Head\": won\n"
                     "AD \"Clerk\": of equal precedence, and another was asked first\n"
                     "LDAP -: no value\n");
}
END_TEST

START_TEST(of_equals_the_last_writer_won)
{
    ck_assert_str_eq(explain_mv("pager"),
                     "AD \"11\": not the last to write (equal precedence)\n"
                     "LDAP \"22\": won\n");
}
END_TEST

START_TEST(an_export_flow_that_precedence_holds_back_has_not_won)
{
    ck_assert_str_eq(
        explain_cs("AD", "CN=Ana,DC=corp,DC=example", "telephoneNumber"),
        "AD -: held back: the value comes from an agent that ranks below this one\n");
    ck_assert_str_eq(explain_cs("LDAP", "uid=ana,DC=dir,DC=example", "telephoneNumber"),
                     "LDAP \"22\": won\n");
}
END_TEST

SUITE_WITH("sync/explain", begin, end, the_first_in_rank_that_has_a_value_won,

           of_two_rules_of_one_precedence_none_is_lower, of_equals_the_last_writer_won,
           an_export_flow_that_precedence_holds_back_has_not_won)
