/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What is fused gives what evaluation gives: shapes, near misses and all the expressions
 * that Connect ships, each over many objects that are generated from all that differs for
 * them: nothing, empty, blanks, long, several values, another type.
 */

#include <stdio.h>

#include "expr_object.h"
#include "suite.h"

enum { OBJECTS = 400, LONGEST_LINE = 2048, MOST_READ = 32, MOST_VALUES = 3 };

static struct arena arena;
static struct names *names;
static uint64_t state;

static void begin(void)
{
    arena = (struct arena){0};
    names = names_new();
    state = 20180527;
}

static void end(void)
{
    names_free(names);
    arena_free(&arena);
}

static uint64_t below(uint64_t most)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state >> 33) % most;
}

/* --- an object --------------------------------------------------------------------- */

/* As a source, and as what fused steps look into: the same attributes. */
struct generated {
    struct expr_source source; /* first */
    struct expr_finder finder;
    struct attr attrs[MOST_READ];
    size_t count;
};

static const struct attr *find_in(const struct generated *object, uint32_t name)
{
    for (size_t i = 0; i < object->count; i++)
        if (object->attrs[i].name == name)
            return &object->attrs[i];
    return NULL;
}

static const struct attr *find(const struct expr_finder *finder, uint32_t name)
{
    const char *at = (const char *)finder - offsetof(struct generated, finder);

    return find_in((const struct generated *)(const void *)at, name);
}

static struct expr_value read_attribute(const struct expr_source *source,
                                        struct arena *into, enum expr_layer layer,
                                        uint32_t name, const char *text)
{
    const struct attr *attr = find_in((const struct generated *)source, name);

    (void)layer;
    (void)text;
    return attr == NULL ? (struct expr_value){.kind = EXPR_NULL}
                        : expr_of_attr(into, attr);
}

static uint64_t count_values(const struct expr_source *source, uint32_t name,
                             const char *text)
{
    const struct attr *attr = find_in((const struct generated *)source, name);

    (void)text;
    return attr == NULL ? 0 : attr->count;
}

static const char *parameter(const struct expr_source *source, const char *name)
{
    (void)source;
    return name;
}

static struct slice some_value(enum value_type type)
{
    static const char *const texts[] = {"",
                                        " ",
                                        "a",
                                        " Ada ",
                                        "SMTP:ada@x.example",
                                        "2",
                                        "\xc3\xa4\xc3\xb6 \xe2\x82\xac",
                                        "\xc2\xa0x\xe3\x80\x80",
                                        "CAS_{x}",
                                        "SystemMailbox{1}"};
    char *run;

    if (type == VALUE_NUMBER)
        return value_of_number(&arena, (int64_t)below(3) - 1);
    if (type == VALUE_BOOLEAN)
        return value_of_flag(below(2) == 1);
    if (type == VALUE_REFERENCE)
        return value_of_id(&arena, 1 + below(5));
    if (below(8) > 0)
        return slice_text(texts[below(sizeof texts / sizeof texts[0])]);
    run = arena_alloc(&arena, 600);
    memset(run, 'q', 600);
    memcpy(run + 446, "\xc3\xa4", 2);
    return slice_of(run, 444 + below(8));
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* Sorted and once, as attributes are. */
static struct attr some_attribute(uint32_t name)
{
    static const enum value_type types[] = {VALUE_STRING,   VALUE_STRING, VALUE_STRING,
                                            VALUE_NUMBER,   VALUE_BINARY, VALUE_BOOLEAN,
                                            VALUE_REFERENCE};
    struct slice *values = arena_alloc(&arena, sizeof *values * MOST_VALUES);
    enum value_type type = types[below(sizeof types / sizeof types[0])];
    uint32_t wanted = 1 + (uint32_t)below(MOST_VALUES);
    uint32_t count = 0;

    for (uint32_t i = 0; i < wanted; i++)
        values[i] = some_value(type);
    qsort(values, wanted, sizeof *values, by_bytes);
    for (uint32_t i = 0; i < wanted; i++)
        if (i == 0 || !slice_equal(values[count - 1], values[i]))
            values[count++] = values[i];
    return (struct attr){name, type, count, values};
}

static struct generated some_object(const struct expr *expr)
{
    struct generated object = {.source = {.attribute = read_attribute,
                                          .count = count_values,
                                          .parameter = parameter},
                               .finder = {.find = find}};
    const uint32_t *read = NULL;
    size_t count = expr_attributes(&arena, expr, &read);
    uint64_t presence = below(4); /* of four */

    for (size_t i = 0; i < count && object.count < MOST_READ; i++)
        if (below(4) < presence)
            object.attrs[object.count++] = some_attribute(read[i]);
    return object;
}

/* --- the two ways ------------------------------------------------------------------ */

static const char *show_values(const struct slice *values, uint32_t count)
{
    const char *out = "values";

    for (uint32_t i = 0; i < count; i++) {
        const struct expr_value bytes = {.kind = EXPR_BYTES, .bytes = values[i]};

        out = arena_print(&arena, "%s %s", out, expr_show(&arena, &bytes));
    }
    return count == 0 ? "nothing" : out;
}

/* What a flow makes of a value. */
static const char *outcome(const struct expr_value *value, enum value_type type)
{
    const struct slice *values = NULL;
    struct ma_error err = {0};
    uint32_t count = 0;

    if (value->kind >= EXPR_IGNORE)
        return expr_show(&arena, value);
    if (expr_to_values(&arena, value, type, &values, &count, &err) != MA_OK)
        return arena_text(&arena, err.text);
    return show_values(values, count);
}

static bool same_both_ways(const char *text, const struct expr *expr,
                           const struct expr_fusion *fusion, enum value_type type)
{
    struct generated object = some_object(expr);
    struct expr_value value = expr_eval(expr, &object.source, &arena);
    const char *evaluated = outcome(&value, type);
    struct expr_yield yield;
    const char *fused;

    if (!expr_run_fused(fusion, type, &object.finder, &arena, &yield))
        return false;
    fused = yield.known != NULL ? outcome(yield.known, type)
                                : show_values(yield.values, yield.count);
    ck_assert_msg(strcmp(evaluated, fused) == 0, "%s, type %d: evaluated %s\n   fused %s",
                  text, (int)type, evaluated, fused);
    return true;
}

/* How many objects had an answer; 0 where nothing is fused. */
static size_t compare(const char *text)
{
    const struct expr *expr = object_parse(&arena, names, text);
    const struct expr_fusion *fusion = expr_fuse(&arena, expr);
    size_t answered = 0;

    for (size_t i = 0; fusion != NULL && i < OBJECTS; i++)
        for (int type = VALUE_STRING; type <= VALUE_BINARY; type++)
            answered += same_both_ways(text, expr, fusion, (enum value_type)type);
    return answered;
}

static void has_shape(const char *text, enum expr_shape wanted)
{
    const struct expr_fusion *fusion =
        expr_fuse(&arena, object_parse(&arena, names, text));

    ck_assert_msg(fusion != NULL, "%s is not fused", text);
    ck_assert_msg(fusion->shape == wanted, "%s: shape %d", text, (int)fusion->shape);
    ck_assert_msg(compare(text) > OBJECTS, "%s has hardly an answer", text);
}

/* --- tests ------------------------------------------------------------------------- */

START_TEST(texts_of_one_attribute_are_one_step)
{
    static const char *const texts[] = {
        "Trim([x])",
        "Left([x],3)",
        "Left(Trim([x]),448)",
        "Left(Trim([x]),0)",
        "Left(Trim([x]),-1)",
        "IIF(IsNullOrEmpty([x]),NULL,Left(Trim(Item([x],1)),448))",
        "IIF(IsPresent([x]),Left(Trim(Item([x],1)),2),NULL)",
        "IIF(IsNull([x]),NULL,Item([x],1))",
        "IIF(IsNull([x]),NULL,Trim([x]))",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        has_shape(texts[i], EXPR_SHAPE_TEXT);
}
END_TEST

START_TEST(one_attribute_or_another_is_one_step)
{
    static const char *const texts[] = {
        "IIF(IsNullOrEmpty([x]),[y],[x])",
        "IIF(IsPresent([x]),[x],[y])",
        "IIF(IsPresent([x]),[x],NULL)",
        "IIF(IsNullOrEmpty([x]),IgnoreThisFlow,[x])",
        "IIF(IsNullOrEmpty([x]),AuthoritativeNull,[x])",
        "IIF(IsNullOrEmpty([x]),\"none\",[x])",
        "IIF(IsNullOrEmpty([x]),7,[x])",
        "IIF(IsNullOrEmpty([x]),[x],[x])",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        has_shape(texts[i], EXPR_SHAPE_CHOICE);
}
END_TEST

START_TEST(what_comes_of_nothing_is_known_beforehand)
{
    static const char *const texts[] = {
        "IIF(IsNullOrEmpty([x]),True,NULL)",
        "CBool(BitAnd([x],2))",
        "\"x500:\" & [x]",
        "IIF([x] = True,[y],IgnoreThisFlow)",
        "IIF(IsNull([x]),[y],[x])",
        "Trim([x]) & Trim([y])",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        has_shape(texts[i], EXPR_SHAPE_OTHER);
}
END_TEST

START_TEST(what_asks_for_more_than_attributes_is_evaluated)
{
    static const char *const texts[] = {
        "%Domain.FQDN%",
        "IIF(IsPresent([x]),[x],%Domain.FQDN%)",
        "[dn]",
        "Trim([dn])",
        "IIF(IsPresent([dn]),[dn],[x])",
        "ImportedValue(\"x\")",
        "Trim(ImportedValue(\"x\"))",
        "ValueCount(\"x\")",
        "IIF(IsPresent([x]),[x],GUID())",
        "IIF(IsPresent([x]),[x],Error(\"x is not there\"))",
        "Item([x],1)",
        "\"a constant\"",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(expr_fuse(&arena, object_parse(&arena, names, texts[i])) == NULL,
                      "%s is fused", texts[i]);
}
END_TEST

START_TEST(near_misses_give_the_same_too)
{
    static const char *const texts[] = {
        "Left(Trim([x]),[y])",
        "Trim(Left([x],3))",
        "Left(Trim([x]),\"3\")",
        "IIF(IsNullOrEmpty([x]),NULL,Trim(Item([x],2)))",
        "IIF(IsNullOrEmpty([x]),NULL,Trim([y]))",
        "IIF(IsNullOrEmpty([x]),\"none\",Trim([x]))",
        "IIF(IsNullOrEmpty([x]),[x],[y])",
        "IIF(IsPresent([x]),[y],[x])",
        "IIF(IsString([x]),[x],[y])",
        "Trim(Trim([x]))",
        "Item(Trim([x]),1)",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        (void)compare(texts[i]);
}
END_TEST

START_TEST(what_connect_ships_gives_the_same_both_ways)
{
    FILE *file = fopen(SOURCE_DIR "/tests/unit/expr/shipped.txt", "r");
    char line[LONGEST_LINE];
    size_t fused = 0;
    size_t lines = 0;

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#')
            continue;
        lines++;
        fused += compare(line) > 0;
    }
    fclose(file);
    ck_assert_uint_eq(lines, 86);
    ck_assert_uint_eq(fused, 74);
}
END_TEST

SUITE_WITH("expr/fuse", begin, end, texts_of_one_attribute_are_one_step,
           one_attribute_or_another_is_one_step,
           what_comes_of_nothing_is_known_beforehand,
           what_asks_for_more_than_attributes_is_evaluated, near_misses_give_the_same_too,
           what_connect_ships_gives_the_same_both_ways)
