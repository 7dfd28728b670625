/* SPDX-License-Identifier: Apache-2.0 */
#include "show/query.h"
#include "world.h"

static struct world w;

static void before(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/integration/data/pair/export", "");
    world_import(&w, "HR", "uid=1,dc=hr", "person", "employeeID=1",
                 "displayName=Ana Lima", "title=Head of Sales");
    world_import(&w, "HR", "uid=2,dc=hr", "person", "employeeID=2",
                 "displayName=Bob Stra\xc3\x9f"
                 "e",
                 "manager=@uid=1,dc=hr");
    world_sync(&w, "HR", true);
    world_import(&w, "HR", "uid=3,dc=hr", "person", "employeeID=3",
                 "displayName=Eve Nunes", "title=Sales");
}

static void after(void)
{
    world_end(&w);
}

/* The DNs that a query finds, each followed by a blank. */
static const char *found(const char *agent, size_t limit, const char *const *words)
{
    struct show show = {batch_begin(w.store), w.program};
    size_t count = 0;
    struct query query;
    id_list ids = {0};
    BUF_AUTO out = {0};

    while (words[count] != NULL)
        count++;
    WORLD_OK(&w, query_parse(&w.arena, words, count, &query, &w.err));
    WORLD_OK(&w, query_cs(&query, &show, world_agent(&w, agent), 0, limit, &ids, &w.err));
    for (size_t i = 0; i < ids.count; i++)
        buf_print(&out, "%s ",
                  show_dn(&show, &w.arena, world_agent(&w, agent)->number, ids.items[i]));
    VEC_FREE(&ids);
    batch_end(show.batch);
    return arena_text(&w.arena, out.length == 0 ? "" : out.at);
}
#define FOUND(...) found("HR", 100, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(a_star_stands_for_anything_and_case_for_nothing)
{
    ck_assert(query_like("Head of Sales", "head*"));
    ck_assert(query_like("Head of Sales", "*OF*"));
    ck_assert(query_like("Head of Sales", "h*d*s"));
    ck_assert(query_like("", "*"));
    ck_assert(query_like("", ""));
    ck_assert(query_like("aaab", "*a*b"));
    ck_assert(query_like("\xc3\x84pfel", "\xc3\xa4*"));
    ck_assert(!query_like("Head of Sales", "head"));
    ck_assert(!query_like("Head of Sales", "*x*"));
    ck_assert(!query_like("", "a"));
    ck_assert(!query_like("ab", "a*b*c"));
}
END_TEST

START_TEST(terms_are_about_attributes_names_states_or_anything)
{
    ck_assert_str_eq(FOUND("title=*sales*"), "uid=1,dc=hr uid=3,dc=hr ");
    ck_assert_str_eq(FOUND("title=*"), "uid=1,dc=hr uid=3,dc=hr ");
    ck_assert_str_eq(FOUND("employeeID=2"), "uid=2,dc=hr ");
    ck_assert_str_eq(FOUND("manager=uid=1,dc=hr"), "uid=2,dc=hr ");
    ck_assert_str_eq(FOUND("lima"), "uid=1,dc=hr ");
    ck_assert_str_eq(FOUND("uid=1"), "");
    ck_assert_str_eq(FOUND("dn=uid=1*"), "uid=1,dc=hr ");
    ck_assert_str_eq(FOUND("dn=UID = 3, DC=hr"), "uid=3,dc=hr ");
    ck_assert_str_eq(FOUND("state=connector"), "uid=1,dc=hr uid=2,dc=hr ");
    ck_assert_str_eq(FOUND("state=disconnector"), "uid=3,dc=hr ");
    ck_assert_str_eq(FOUND("pending=import"), "uid=3,dc=hr ");
    ck_assert_str_eq(FOUND("type=person", "title=Sales"), "uid=3,dc=hr ");
    ck_assert_str_eq(FOUND("title=Sales", "displayName=Bob*"), "");
    ck_assert_str_eq(FOUND("noSuchAttribute=*"), "");
}
END_TEST

/* "" where the term is right, else what is wrong with it. */
static const char *wrong(const char *agent, const char *word)
{
    struct query query;

    w.err.text[0] = '\0';
    WORLD_OK(&w, query_parse(&w.arena, &word, 1, &query, &w.err));
    if (query_check(&query, w.program, agent == NULL ? NULL : world_agent(&w, agent),
                    &w.err) == MA_OK)
        return "";
    return w.err.text;
}

START_TEST(a_term_about_what_does_not_exist_is_refused)
{
    static const char *const right[] = {"TITLE=x",
                                        "dn=uid=9,dc=hr",
                                        "type=person",
                                        "state=*conn*",
                                        "pending=import",
                                        "lima",
                                        "state=filtered disconnector"};

    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
        ck_assert_str_eq(wrong("HR", right[i]), "");
    ck_assert_str_eq(wrong(NULL, "title=x"), "");
    ck_assert_ptr_nonnull(
        strstr(wrong("HR", "titel=x"), "'HR' has no attribute 'titel'"));
    ck_assert_ptr_nonnull(strstr(wrong("HR", "uid=1,dc=hr"), "a DN is dn=..."));
    ck_assert_ptr_nonnull(strstr(wrong("HR", "state=joined"), "there are: connector, "));
    ck_assert_ptr_nonnull(strstr(wrong("HR", "pending=delete"), "import, export"));
    ck_assert_ptr_nonnull(strstr(wrong(NULL, "titel=x"), "the metaverse has no"));
    ck_assert_ptr_nonnull(strstr(wrong(NULL, "state=connector"), "the metaverse has no"));
}
END_TEST

START_TEST(an_answer_comes_in_pages)
{
    static const char *const words[] = {"type=person", NULL};

    ck_assert_str_eq(found("HR", 2, words), "uid=1,dc=hr uid=2,dc=hr ");
}
END_TEST

START_TEST(secrets_are_not_there)
{
    static const char *const by_value[] = {"unicodePwd=Secret.123", NULL};
    static const char *const by_being[] = {"unicodePwd=*", NULL};
    static const char *const anywhere[] = {"Secret.123", NULL};

    ck_assert_str_eq(found("Directory", 9, by_value), "");
    ck_assert_str_eq(found("Directory", 9, by_being), "");
    ck_assert_str_eq(found("Directory", 9, anywhere), "");
}
END_TEST

START_TEST(the_metaverse_is_looked_through_the_same_way)
{
    static const char *const words[] = {"type=person", "displayName=*stra\xc3\x9f*"};
    struct show show = {batch_begin(w.store), w.program};
    struct query query;
    id_list ids = {0};

    WORLD_OK(&w, query_parse(&w.arena, words, 2, &query, &w.err));
    WORLD_OK(&w, query_mv(&query, &show, 0, 9, &ids, &w.err));
    ck_assert_uint_eq(ids.count, 1);
    VEC_FREE(&ids);
    batch_end(show.batch);
}
END_TEST

START_TEST(a_term_without_an_attribute_is_refused)
{
    static const char *const words[] = {"=x"};
    struct query query;

    ck_assert_int_eq(query_parse(&w.arena, words, 1, &query, &w.err), MA_INVALID);
    ck_assert_ptr_nonnull(strstr(w.err.text, "'=x'"));
}
END_TEST

SUITE_WITH("show/query", before, after, a_star_stands_for_anything_and_case_for_nothing,
           terms_are_about_attributes_names_states_or_anything,
           a_term_about_what_does_not_exist_is_refused, an_answer_comes_in_pages,
           secrets_are_not_there, the_metaverse_is_looked_through_the_same_way,
           a_term_without_an_attribute_is_refused)
