/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "model/dn.h"
#include "rules/program.h"

/*
 * Every operator is a test of one value that has to be true of any value of the
 * attribute, or the negation of that. So what is negated is true where the attribute is
 * absent (`isCriticalSystemObject NOTEQUAL True` holds for nearly every user), and all
 * else is false there.
 */

/* A value on its way through a test. The text is made only where a test needs it. */
struct seen {
    enum value_type type;
    struct slice value;
    struct slice text; /* of a reference and of the DN: given from the start */
    struct arena *arena;
};

/* Without case, but Base64 has one. */
static struct slice text_of(const struct seen *seen)
{
    if (seen->type == VALUE_REFERENCE)
        return seen->text;
    return value_show(seen->arena, seen->type, seen->value);
}

static bool flag_equal(const struct predicate *predicate, const struct seen *seen)
{
    bool flag;

    return text_to_flag(predicate->text, &flag) && value_flag(seen->value) == flag;
}

static bool equal(const struct predicate *predicate, const struct seen *seen)
{
    switch (seen->type) {
    case VALUE_NUMBER:
        return predicate->is_number && value_number(seen->value) == predicate->number;
    case VALUE_BOOLEAN:
        return flag_equal(predicate, seen);
    case VALUE_BINARY:
        return slice_equal(text_of(seen), predicate->text);
    case VALUE_REFERENCE:
        return dn_equal(seen->text, predicate->text);
    case VALUE_STRING:
    case VALUE_NONE:
        break;
    }
    return text_caseequal(seen->value, predicate->text);
}

/* The number that a value is, or that a text spells. */
static bool number_of(const struct seen *seen, int64_t *out)
{
    if (seen->type == VALUE_NUMBER) {
        *out = value_number(seen->value);
        return true;
    }
    return seen->type == VALUE_STRING && text_to_number(seen->value, out);
}

/* As numbers where both sides are numbers, else as texts without case. */
static int order(const struct predicate *predicate, const struct seen *seen)
{
    int64_t number;

    if (predicate->is_number && number_of(seen, &number))
        return (number > predicate->number) - (number < predicate->number);
    return text_casecompare(text_of(seen), predicate->text);
}

static bool less(const struct predicate *predicate, const struct seen *seen)
{
    return order(predicate, seen) < 0;
}

static bool less_or_equal(const struct predicate *predicate, const struct seen *seen)
{
    return order(predicate, seen) <= 0;
}

static bool greater(const struct predicate *predicate, const struct seen *seen)
{
    return order(predicate, seen) > 0;
}

static bool greater_or_equal(const struct predicate *predicate, const struct seen *seen)
{
    return order(predicate, seen) >= 0;
}

/* Both sides of a search inside a text. */
struct search {
    struct slice in;
    struct slice of;
};

static struct search search_of(const struct predicate *predicate, const struct seen *seen)
{
    if (seen->type == VALUE_BINARY)
        return (struct search){text_of(seen), predicate->text};
    return (struct search){text_fold(seen->arena, text_of(seen)), predicate->folded};
}

static bool contains(const struct predicate *predicate, const struct seen *seen)
{
    struct search search = search_of(predicate, seen);

    return search.of.length == 0 ||
           memmem(search.in.at, search.in.length, search.of.at, search.of.length) != NULL;
}

static bool starts_with(const struct predicate *predicate, const struct seen *seen)
{
    struct search search = search_of(predicate, seen);

    return search.in.length >= search.of.length &&
           slice_equal(slice_of(search.in.at, search.of.length), search.of);
}

static bool ends_with(const struct predicate *predicate, const struct seen *seen)
{
    struct search search = search_of(predicate, seen);
    size_t before = search.in.length - search.of.length;

    return search.in.length >= search.of.length &&
           slice_equal(slice_of(search.in.at + before, search.of.length), search.of);
}

/* All bits of the mask. */
static bool bits_set(const struct predicate *predicate, const struct seen *seen)
{
    int64_t number;

    return predicate->is_number && number_of(seen, &number) &&
           (number & predicate->number) == predicate->number;
}

static bool present(const struct predicate *predicate, const struct seen *seen)
{
    (void)predicate;
    (void)seen;
    return true;
}

typedef bool (*test_fn)(const struct predicate *, const struct seen *);

/* Membership is a question about the object and not about a value: no test. */
static const struct {
    test_fn test;
    bool negated;
} operators[SCOPE_COUNT] = {
    [SCOPE_EQUAL] = {equal, false},
    [SCOPE_NOTEQUAL] = {equal, true},
    [SCOPE_LESSTHAN] = {less, false},
    [SCOPE_LESSTHAN_OR_EQUAL] = {less_or_equal, false},
    [SCOPE_GREATERTHAN] = {greater, false},
    [SCOPE_GREATERTHAN_OR_EQUAL] = {greater_or_equal, false},
    [SCOPE_CONTAINS] = {contains, false},
    [SCOPE_NOTCONTAINS] = {contains, true},
    [SCOPE_STARTSWITH] = {starts_with, false},
    [SCOPE_NOTSTARTSWITH] = {starts_with, true},
    [SCOPE_ENDSWITH] = {ends_with, false},
    [SCOPE_NOTENDSWITH] = {ends_with, true},
    [SCOPE_ISNULL] = {present, true},
    [SCOPE_ISNOTNULL] = {present, false},
    [SCOPE_ISIN] = {equal, false},
    [SCOPE_ISNOTIN] = {equal, true},
    [SCOPE_ISBITSET] = {bits_set, false},
    [SCOPE_ISBITNOTSET] = {bits_set, true},
    [SCOPE_ISMEMBEROF] = {NULL, false},
    [SCOPE_ISNOTMEMBEROF] = {NULL, true},
};

static bool test_dn(const struct predicate *predicate, const struct subject *subject,
                    struct arena *arena)
{
    struct seen seen = {.type = VALUE_REFERENCE, .arena = arena};

    if (subject->dn == NULL)
        return false;
    seen.text = slice_text(subject->dn);
    return operators[predicate->op].test(predicate, &seen);
}

/* A reference whose DN nobody knows is there all the same. */
static const char *dn_of(const struct subject *subject, struct arena *arena, uint64_t id)
{
    const char *dn =
        subject->reference_dn == NULL ? NULL : subject->reference_dn(subject, arena, id);

    return dn == NULL ? "" : dn;
}

static bool test_value(const struct predicate *predicate, const struct subject *subject,
                       enum value_type type, struct slice value, struct arena *arena)
{
    struct seen seen = {.type = type, .value = value, .arena = arena};

    if (type == VALUE_REFERENCE)
        seen.text = slice_text(dn_of(subject, arena, value_id(value)));
    return operators[predicate->op].test(predicate, &seen);
}

static bool test_any(const struct predicate *predicate, const struct subject *subject,
                     struct arena *arena)
{
    const struct attr *attr = entry_find(subject->entry, predicate->attribute);

    for (uint32_t i = 0; attr != NULL && i < attr->count; i++)
        if (test_value(predicate, subject, attr->type, attr->values[i], arena))
            return true;
    return false;
}

static bool test_member(const struct predicate *predicate, const struct subject *subject)
{
    return subject->is_member != NULL &&
           subject->is_member(subject,
                              predicate->text.at == NULL ? "" : predicate->text.at);
}

bool scope_asks_others(const struct predicate *predicate)
{
    return operators[predicate->op].test == NULL || predicate->type == VALUE_REFERENCE;
}

bool predicate_holds(const struct predicate *predicate, const struct subject *subject)
{
    ARENA_AUTO arena = {0};
    bool holds;

    if (operators[predicate->op].test == NULL)
        holds = test_member(predicate, subject);
    else if (predicate->intrinsic)
        holds = test_dn(predicate, subject, &arena);
    else
        holds = test_any(predicate, subject, &arena);
    return holds != operators[predicate->op].negated;
}

/* How many clauses hold before the first that does not. */
static size_t group_reach(const struct predicate_group *group,
                          const struct subject *subject)
{
    size_t reach = 0;

    while (reach < group->count && predicate_holds(&group->items[reach], subject))
        reach++;
    return reach;
}

bool scope_holds(const struct scope *scope, const struct subject *subject)
{
    for (size_t i = 0; i < scope->count; i++)
        if (group_reach(&scope->groups[i], subject) == scope->groups[i].count)
            return true;
    return scope->count == 0;
}

const struct clause *scope_why_not(const struct scope *scope,
                                   const struct subject *subject)
{
    const struct predicate *failed = NULL;
    size_t furthest = 0;

    for (size_t i = 0; i < scope->count; i++) {
        const struct predicate_group *group = &scope->groups[i];
        size_t reach = group_reach(group, subject);

        if (reach == group->count)
            return NULL;
        if (failed == NULL || reach > furthest) {
            failed = &group->items[reach];
            furthest = reach;
        }
    }
    return failed == NULL ? NULL : failed->source;
}
