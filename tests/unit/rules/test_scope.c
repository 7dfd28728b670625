/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "rules/program.h"
#include "suite.h"

static struct arena arena;

static void begin(void)
{
    arena = (struct arena){0};
}

static void end(void)
{
    arena_free(&arena);
}

/* The attributes of the object that every test looks at. */
enum { NICKNAME = 1, COUNT, ENABLED, GUID, MANAGER, MAILS, DIGITS, MISSING };
enum { ADA = 7, GRACE = 8, UNKNOWN = 9 };

static const char *dn_of(const struct subject *subject, struct arena *scratch,
                         uint64_t id)
{
    (void)subject;
    (void)scratch;
    return id == ADA ? "CN=Ada,OU=People,DC=corp" : NULL;
}

static bool member(const struct subject *subject, const char *group)
{
    return subject->object == GRACE && strcmp(group, "CN=Admirals,DC=corp") == 0;
}

static void give(struct entry_builder *builder, uint32_t name, enum value_type type,
                 struct slice value)
{
    entry_add(builder, name, type, arena_copy(&arena, &value, sizeof value), 1);
}

static struct entry an_entry(void)
{
    struct entry_builder builder = entry_builder(&arena);

    give(&builder, NICKNAME, VALUE_STRING, slice_text("CAS_{abc}Straße"));
    give(&builder, COUNT, VALUE_NUMBER, value_of_number(&arena, 514));
    give(&builder, ENABLED, VALUE_BOOLEAN, value_of_flag(true));
    give(&builder, GUID, VALUE_BINARY, slice_of("\x00\x01\x02", 3));
    give(&builder, MANAGER, VALUE_REFERENCE, value_of_id(&arena, ADA));
    give(&builder, MAILS, VALUE_STRING, slice_text("smtp:b@corp"));
    give(&builder, MAILS, VALUE_STRING, slice_text("SMTP:a@corp"));
    give(&builder, DIGITS, VALUE_STRING, slice_text("0100"));
    return entry_build(&builder);
}

static bool holds_for(const struct subject *subject, uint32_t attribute,
                      enum scope_operator op, const char *text)
{
    struct predicate predicate = {
        .op = op,
        .attribute = attribute,
        .intrinsic = attribute == NAME_NONE,
        .text = slice_text(text),
        .folded = text_fold(&arena, slice_text(text)),
    };

    predicate.is_number = text_to_number(predicate.text, &predicate.number);
    return predicate_holds(&predicate, subject);
}

static bool holds(uint32_t attribute, enum scope_operator op, const char *text)
{
    struct entry entry = an_entry();
    struct subject subject = {
        .entry = &entry,
        .dn = "CN=Grace,OU=Navy,DC=corp",
        .object = GRACE,
        .is_member = member,
        .reference_dn = dn_of,
    };

    return holds_for(&subject, attribute, op, text);
}

/* An operator, its negation, and what it says of the value. */
struct row {
    uint32_t attribute;
    enum scope_operator op;
    enum scope_operator negation;
    const char *text;
    bool holds;
};

static const struct row rows[] = {
    {NICKNAME, SCOPE_EQUAL, SCOPE_NOTEQUAL, "cas_{ABC}STRAßE", true},
    {NICKNAME, SCOPE_EQUAL, SCOPE_NOTEQUAL, "cas_{ABC}STRASSE", false},
    {NICKNAME, SCOPE_EQUAL, SCOPE_NOTEQUAL, "CAS_", false},
    {NICKNAME, SCOPE_EQUAL, SCOPE_NOTEQUAL, "", false},
    {NICKNAME, SCOPE_STARTSWITH, SCOPE_NOTSTARTSWITH, "cas_", true},
    {NICKNAME, SCOPE_STARTSWITH, SCOPE_NOTSTARTSWITH, "abc", false},
    {NICKNAME, SCOPE_STARTSWITH, SCOPE_NOTSTARTSWITH, "cas_{ABC}STRAßE and more", false},
    {NICKNAME, SCOPE_ENDSWITH, SCOPE_NOTENDSWITH, "STRAßE", true},
    {NICKNAME, SCOPE_ENDSWITH, SCOPE_NOTENDSWITH, "CAS_", false},
    {NICKNAME, SCOPE_ENDSWITH, SCOPE_NOTENDSWITH, "longer CAS_{abc}Straße", false},
    {NICKNAME, SCOPE_CONTAINS, SCOPE_NOTCONTAINS, "{ABC}", true},
    {NICKNAME, SCOPE_CONTAINS, SCOPE_NOTCONTAINS, "xyz", false},
    {NICKNAME, SCOPE_CONTAINS, SCOPE_NOTCONTAINS, "", true},
    {NICKNAME, SCOPE_ISBITSET, SCOPE_ISBITNOTSET, "2", false},
    {COUNT, SCOPE_EQUAL, SCOPE_NOTEQUAL, "514", true},
    {COUNT, SCOPE_EQUAL, SCOPE_NOTEQUAL, "0514", true},
    {COUNT, SCOPE_EQUAL, SCOPE_NOTEQUAL, "many", false},
    {COUNT, SCOPE_STARTSWITH, SCOPE_NOTSTARTSWITH, "51", true},
    {COUNT, SCOPE_CONTAINS, SCOPE_NOTCONTAINS, "4", true},
    {COUNT, SCOPE_ISBITSET, SCOPE_ISBITNOTSET, "2", true},
    {COUNT, SCOPE_ISBITSET, SCOPE_ISBITNOTSET, "514", true},
    {COUNT, SCOPE_ISBITSET, SCOPE_ISBITNOTSET, "3", false},
    {DIGITS, SCOPE_ISBITSET, SCOPE_ISBITNOTSET, "4", true},
    {DIGITS, SCOPE_EQUAL, SCOPE_NOTEQUAL, "100", false},
    {ENABLED, SCOPE_EQUAL, SCOPE_NOTEQUAL, "TRUE", true},
    {ENABLED, SCOPE_EQUAL, SCOPE_NOTEQUAL, "1", true},
    {ENABLED, SCOPE_EQUAL, SCOPE_NOTEQUAL, "False", false},
    {ENABLED, SCOPE_EQUAL, SCOPE_NOTEQUAL, "yes", false},
    {GUID, SCOPE_EQUAL, SCOPE_NOTEQUAL, "AAEC", true},
    {GUID, SCOPE_EQUAL, SCOPE_NOTEQUAL, "aaec", false},
    {GUID, SCOPE_STARTSWITH, SCOPE_NOTSTARTSWITH, "AAE", true},
    {MANAGER, SCOPE_EQUAL, SCOPE_NOTEQUAL, "cn=ada, ou=People,dc=CORP", true},
    {MANAGER, SCOPE_EQUAL, SCOPE_NOTEQUAL, "CN=Bob,OU=People,DC=corp", false},
    {MANAGER, SCOPE_ENDSWITH, SCOPE_NOTENDSWITH, ",ou=people,dc=corp", true},
    {MAILS, SCOPE_ISIN, SCOPE_ISNOTIN, "SMTP:B@corp", true},
    {MAILS, SCOPE_ISIN, SCOPE_ISNOTIN, "SMTP:c@corp", false},
    {MAILS, SCOPE_EQUAL, SCOPE_NOTEQUAL, "SMTP:a@corp", true},
    {MAILS, SCOPE_CONTAINS, SCOPE_NOTCONTAINS, "b@", true},
    {NAME_NONE, SCOPE_EQUAL, SCOPE_NOTEQUAL, "cn=grace,ou=navy,dc=corp", true},
    {NAME_NONE, SCOPE_ENDSWITH, SCOPE_NOTENDSWITH, "OU=Navy,DC=corp", true},
    {NAME_NONE, SCOPE_CONTAINS, SCOPE_NOTCONTAINS, "OU=Army", false},
    {NAME_NONE, SCOPE_ISNOTNULL, SCOPE_ISNULL, "", true},
    {MAILS, SCOPE_ISNOTNULL, SCOPE_ISNULL, "", true},
    {NAME_NONE, SCOPE_ISMEMBEROF, SCOPE_ISNOTMEMBEROF, "CN=Admirals,DC=corp", true},
    {NAME_NONE, SCOPE_ISMEMBEROF, SCOPE_ISNOTMEMBEROF, "CN=Sailors,DC=corp", false},
};

START_TEST(an_operator_and_its_negation_never_agree)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];

        ck_assert_msg(holds(row->attribute, row->op, row->text) == row->holds,
                      "row %zu: '%s'", i, row->text);
        ck_assert_msg(holds(row->attribute, row->negation, row->text) != row->holds,
                      "row %zu negated: '%s'", i, row->text);
    }
}
END_TEST

START_TEST(of_an_absent_attribute_the_negations_hold_and_nothing_else)
{
    static const enum scope_operator negations[] = {
        SCOPE_NOTEQUAL, SCOPE_NOTCONTAINS, SCOPE_NOTSTARTSWITH, SCOPE_NOTENDSWITH,
        SCOPE_ISNULL,   SCOPE_ISNOTIN,     SCOPE_ISBITNOTSET,
    };
    size_t seen = 0;

    for (int op = 0; op < SCOPE_ISMEMBEROF; op++) {
        bool negated = false;

        for (size_t i = 0; i < sizeof negations / sizeof negations[0]; i++)
            negated = negated || negations[i] == (enum scope_operator)op;
        ck_assert_msg(holds(MISSING, (enum scope_operator)op, "2") == negated,
                      "operator %d", op);
        seen += negated ? 1 : 0;
    }
    ck_assert_uint_eq(seen, sizeof negations / sizeof negations[0]);
}
END_TEST

START_TEST(numbers_are_ordered_as_numbers_and_texts_as_texts)
{
    ck_assert(holds(COUNT, SCOPE_LESSTHAN, "50000"));
    ck_assert(!holds(COUNT, SCOPE_LESSTHAN, "514"));
    ck_assert(holds(COUNT, SCOPE_LESSTHAN_OR_EQUAL, "514"));
    ck_assert(holds(COUNT, SCOPE_GREATERTHAN, "-1"));
    ck_assert(!holds(COUNT, SCOPE_GREATERTHAN, "600"));
    ck_assert(holds(COUNT, SCOPE_GREATERTHAN_OR_EQUAL, "514"));
    ck_assert(holds(DIGITS, SCOPE_GREATERTHAN, "99"));
    ck_assert(holds(DIGITS, SCOPE_LESSTHAN_OR_EQUAL, "100"));
    ck_assert(holds(NICKNAME, SCOPE_GREATERTHAN, "b"));
    ck_assert(holds(NICKNAME, SCOPE_LESSTHAN, "D"));
}
END_TEST

START_TEST(a_reference_whose_dn_nobody_knows_is_present_and_equals_nothing)
{
    struct slice to = value_of_id(&arena, UNKNOWN);
    struct entry_builder builder = entry_builder(&arena);
    struct entry entry;
    struct subject subject = {.entry = &entry, .reference_dn = dn_of};

    entry_add(&builder, MANAGER, VALUE_REFERENCE, &to, 1);
    entry = entry_build(&builder);

    ck_assert(holds_for(&subject, MANAGER, SCOPE_ISNOTNULL, ""));
    ck_assert(!holds_for(&subject, MANAGER, SCOPE_EQUAL, "CN=Ada,OU=People,DC=corp"));
    subject.reference_dn = NULL;
    ck_assert(holds_for(&subject, MANAGER, SCOPE_NOTEQUAL, "CN=Ada,OU=People,DC=corp"));
}
END_TEST

START_TEST(without_groups_in_the_space_nobody_is_a_member)
{
    struct entry entry = {0};
    struct subject subject = {.entry = &entry, .object = GRACE};

    ck_assert(!holds_for(&subject, NAME_NONE, SCOPE_ISMEMBEROF, "CN=Admirals,DC=corp"));
    ck_assert(holds_for(&subject, NAME_NONE, SCOPE_ISNOTMEMBEROF, "CN=Admirals,DC=corp"));
    ck_assert(holds_for(&subject, NAME_NONE, SCOPE_ISNULL, ""));
}
END_TEST

/* --- groups ----------------------------------------------------------------------- */

static const struct clause clauses[] = {
    {.attribute = "first"}, {.attribute = "second"}, {.attribute = "third"}};

static struct predicate check(size_t clause, uint32_t attribute, const char *text)
{
    return (struct predicate){
        .op = SCOPE_EQUAL,
        .attribute = attribute,
        .text = slice_text(text),
        .source = &clauses[clause],
    };
}

START_TEST(a_scope_is_groups_ored_of_clauses_anded)
{
    struct predicate one[] = {check(0, ENABLED, "True"), check(1, NICKNAME, "nobody")};
    struct predicate two[] = {check(2, ENABLED, "True")};
    struct predicate_group groups[] = {{one, 2}, {two, 1}};
    struct entry entry = an_entry();
    struct subject subject = {.entry = &entry};
    struct scope both = {groups, 2};
    struct scope first = {groups, 1};
    struct scope none = {0};

    ck_assert(scope_holds(&both, &subject));
    ck_assert(!scope_holds(&first, &subject));
    ck_assert(scope_holds(&none, &subject));
    ck_assert_ptr_null(scope_why_not(&both, &subject));
    ck_assert_ptr_null(scope_why_not(&none, &subject));
    ck_assert_ptr_eq(scope_why_not(&first, &subject), &clauses[1]);
}
END_TEST

START_TEST(why_not_is_asked_of_the_group_that_came_furthest)
{
    struct predicate near[] = {check(0, ENABLED, "False"), check(0, ENABLED, "True")};
    struct predicate far[] = {check(0, ENABLED, "True"), check(2, NICKNAME, "nobody")};
    struct predicate_group groups[] = {{near, 2}, {far, 2}};
    struct entry entry = an_entry();
    struct subject subject = {.entry = &entry};
    struct scope scope = {groups, 2};

    ck_assert(!scope_holds(&scope, &subject));
    ck_assert_ptr_eq(scope_why_not(&scope, &subject), &clauses[2]);
}
END_TEST

SUITE_WITH("rules/scope", begin, end, an_operator_and_its_negation_never_agree,
           of_an_absent_attribute_the_negations_hold_and_nothing_else,
           numbers_are_ordered_as_numbers_and_texts_as_texts,
           a_reference_whose_dn_nobody_knows_is_present_and_equals_nothing,
           without_groups_in_the_space_nobody_is_a_member,
           a_scope_is_groups_ored_of_clauses_anded,
           why_not_is_asked_of_the_group_that_came_furthest)
