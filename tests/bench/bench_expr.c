/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_expr [OBJECTS]: 100 attribute flows on one object, as
 * docs/design/003-expressions.md counts them: 60 direct, 20 Trim, 20 of other shapes that
 * the shipped rules have. Prints a line for each part: name, objects a second of CPU,
 * microseconds of CPU an object. One object repeated keeps the caches hot: an upper
 * bound, to be compared with another build on the same machine, or with the floor beside
 * it: the same flows as functions in C, as somebody would write them who knows the rules
 * and the object in advance.
 */

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "expr/expr.h"

enum { DIRECT = 60, MOST_NAMES = 256, FIRST_TARGET = 100 };

static const struct {
    const char *name;
    enum value_type type;
    const char *values[4];
} attributes[] = {
    {"objectGUID", VALUE_BINARY, {"0123456789abcdef"}},
    {"objectSid", VALUE_BINARY, {"0123456789abcdef0123456789ab"}},
    {"cn", VALUE_STRING, {"Ada Lima"}},
    {"sn", VALUE_STRING, {"Lima"}},
    {"givenName", VALUE_STRING, {"Ada"}},
    {"displayName", VALUE_STRING, {"Ada Lima (Sales)"}},
    {"sAMAccountName", VALUE_STRING, {"alima"}},
    {"userPrincipalName", VALUE_STRING, {"ada.lima@contoso.example"}},
    {"mail", VALUE_STRING, {"Ada.Lima@Contoso.example"}},
    {"mailNickname", VALUE_STRING, {"alima"}},
    {"proxyAddresses",
     VALUE_STRING,
     {"SMTP:ada.lima@contoso.example", "smtp:alima@contoso.example",
      "x500:/o=contoso/cn=alima"}},
    {"title", VALUE_STRING, {" Head of Sales "}},
    {"department", VALUE_STRING, {"Sales"}},
    {"company", VALUE_STRING, {"Contoso"}},
    {"l", VALUE_STRING, {"Lisboa"}},
    {"st", VALUE_STRING, {"Lisboa"}},
    {"streetAddress", VALUE_STRING, {"Rua Augusta 100"}},
    {"postalCode", VALUE_STRING, {"1100-053"}},
    {"c", VALUE_STRING, {"PT"}},
    {"co", VALUE_STRING, {"Portugal"}},
    {"telephoneNumber", VALUE_STRING, {"+351 21 000 0000 "}},
    {"mobile", VALUE_STRING, {"+351 91 000 0000"}},
    {"employeeID", VALUE_STRING, {"100042"}},
    {"manager", VALUE_REFERENCE, {"\0\0\0\0\0\0\0\7"}},
    {"memberOf", VALUE_STRING, {"CN=a,DC=x", "CN=b,DC=x", "CN=c,DC=x", "CN=d,DC=x"}},
    {"userAccountControl", VALUE_NUMBER, {"512"}},
    {"pwdLastSet", VALUE_NUMBER, {"129699324000000000"}},
    {"accountExpires", VALUE_NUMBER, {"9223372036854775807"}},
    {"extensionAttribute1", VALUE_STRING, {"a value"}},
    {"homeDirectory", VALUE_STRING, {"\\\\server\\home\\alima"}},
    {"physicalDeliveryOfficeName", VALUE_STRING, {"2/142"}},
    {"description", VALUE_STRING, {"Looks after the accounts of the south. "}},
};

enum { ATTRIBUTES = sizeof attributes / sizeof attributes[0] };

static const struct {
    const char *text;
    unsigned times;
} shapes[] = {
    {"Trim([mail])", 2},
    {"Trim([title])", 2},
    {"Trim([telephoneNumber])", 2},
    {"Trim([streetAddress])", 2},
    {"Trim([st])", 2},
    {"Trim([sn])", 2},
    {"Trim([postalCode])", 2},
    {"Trim([physicalDeliveryOfficeName])", 2},
    {"Trim([mobile])", 2},
    {"Trim([l])", 2},
    {"IIF(IsNullOrEmpty([displayName]),[cn],[displayName])", 5},
    {"IIF(IsNullOrEmpty([description]),NULL,Left(Trim(Item([description],1)),448))", 5},
    {"IIF(BitAnd([userAccountControl],2)=0,True,False)", 3},
    {"LCase([givenName] & \".\" & [sn] & \"@\" & %Domain.FQDN%)", 3},
    {"IIF(IsPresent([mail]),LCase([mail]),[userPrincipalName])", 2},
    {"IIF(Left([mailNickname],14)=\"SystemMailbox{\",True,False)", 2},
};

enum { SHAPES = sizeof shapes / sizeof shapes[0] };

struct object {
    struct expr_source source; /* first: a source is an object */
    const struct attr *slots[MOST_NAMES];
};

static struct names *names;
static struct arena lasting;
static struct expr *exprs[SHAPES];
static uint32_t numbers[ATTRIBUTES];
static struct slice stored;

static struct expr_value attribute(const struct expr_source *source, struct arena *arena,
                                   enum expr_layer layer, uint32_t name, const char *text)
{
    const struct object *object = (const struct object *)source;
    const struct attr *attr = object->slots[name];

    (void)layer;
    (void)text;
    if (attr == NULL)
        return (struct expr_value){.kind = EXPR_NULL};
    return expr_of_attr(arena, attr);
}

static const char *parameter(const struct expr_source *source, const char *name)
{
    (void)source;
    (void)name;
    return "contoso.example";
}

/* --- what is measured --------------------------------------------------------------- */

static void load(struct object *object, const struct entry *entry)
{
    object->source = (struct expr_source){.attribute = attribute, .parameter = parameter};
    for (uint32_t i = 0; i < MOST_NAMES; i++)
        object->slots[i] = NULL;
    for (uint32_t i = 0; i < entry->count; i++)
        if (entry->attrs[i].name < MOST_NAMES)
            object->slots[entry->attrs[i].name] = &entry->attrs[i];
}

static void decode(struct arena *arena, struct object *object)
{
    struct entry entry;

    if (!entry_decode(arena, stored, &entry))
        abort();
    load(object, &entry);
}

static enum value_type type_of(enum expr_kind kind)
{
    return kind == EXPR_BOOLEAN ? VALUE_BOOLEAN : VALUE_STRING;
}

static void add(struct arena *arena, struct entry_builder *builder,
                const struct expr_value *value, uint32_t target)
{
    const struct slice *values;
    struct ma_error err;
    uint32_t count;
    enum value_type type = type_of(value->kind);

    if (expr_to_values(arena, value, type, &values, &count, &err) != MA_OK)
        abort();
    entry_add(builder, target, type, values, count);
}

static void flow(struct arena *arena, const struct object *object, struct buf *out)
{
    struct entry_builder builder = entry_builder(arena);
    uint32_t target = FIRST_TARGET;
    struct entry entry;

    for (uint32_t i = 0; i < DIRECT; i++) {
        const struct attr *attr = object->slots[numbers[i % 30]];

        entry_add(&builder, target++, attr->type, attr->values, attr->count);
    }
    for (size_t i = 0; i < SHAPES; i++)
        for (unsigned n = 0; n < shapes[i].times; n++) {
            struct expr_value value = expr_eval(exprs[i], &object->source, arena);

            add(arena, &builder, &value, target++);
        }
    entry = entry_build(&builder);
    buf_clear(out);
    entry_encode(&entry, out);
}

/* --- the floor -------------------------------------------------------------------- */

static struct slice first(const struct object *object, const char *name)
{
    const struct attr *attr = object->slots[names_find(names, slice_text(name))];

    return attr == NULL || attr->count == 0 ? slice_of("", 0) : attr->values[0];
}

static struct slice trimmed(struct slice text)
{
    while (text.length > 0 && text.at[0] == ' ')
        text = slice_of(text.at + 1, text.length - 1);
    while (text.length > 0 && text.at[text.length - 1] == ' ')
        text.length--;
    return text;
}

static struct slice lower(struct arena *arena, struct slice text)
{
    char *copy = arena_copy(arena, text.at, text.length);

    for (size_t i = 0; i < text.length; i++)
        copy[i] = (char)(copy[i] >= 'A' && copy[i] <= 'Z' ? copy[i] + 32 : copy[i]);
    return slice_of(copy, text.length);
}

static struct slice cut(struct slice text, size_t most)
{
    return slice_of(text.at, text.length < most ? text.length : most);
}

/* What the flows read, looked up once. */
struct read {
    struct slice trims[10];
    struct slice cn, display_name, description, given_name, sn, mail, upn, nickname, uac;
};

static void give(struct arena *arena, struct entry_builder *builder, uint32_t *target,
                 enum value_type type, struct slice value)
{
    struct slice *values = ARENA_ARRAY(arena, struct slice, 1);

    *values = value;
    entry_add(builder, (*target)++, type, values, 1);
}

static struct slice by_hand(struct arena *arena, const struct read *r, size_t shape)
{
    switch (shape) {
    case 10:
        return r->display_name.length == 0 ? r->cn : r->display_name;
    case 11:
        return cut(trimmed(r->description), 448);
    case 12:
        return value_of_flag((value_number(r->uac) & 2) == 0);
    case 13:
        return lower(arena,
                     slice_text(arena_print(arena, "%.*s.%.*s@contoso.example",
                                            (int)r->given_name.length, r->given_name.at,
                                            (int)r->sn.length, r->sn.at)));
    case 14:
        return r->mail.length > 0 ? lower(arena, r->mail) : r->upn;
    case 15:
        return value_of_flag(
            slice_equal(cut(r->nickname, 14), slice_text("SystemMailbox{")));
    default:
        return trimmed(r->trims[shape]);
    }
}

static void flow_by_hand(struct arena *arena, const struct object *object,
                         const struct read *r, struct buf *out)
{
    struct entry_builder builder = entry_builder(arena);
    uint32_t target = FIRST_TARGET;
    struct entry entry;

    for (uint32_t i = 0; i < DIRECT; i++) {
        const struct attr *attr = object->slots[numbers[i % 30]];

        entry_add(&builder, target++, attr->type, attr->values, attr->count);
    }
    for (size_t i = 0; i < SHAPES; i++)
        for (unsigned n = 0; n < shapes[i].times; n++)
            give(arena, &builder, &target,
                 i == 12 || i == 15 ? VALUE_BOOLEAN : VALUE_STRING, by_hand(arena, r, i));
    entry = entry_build(&builder);
    buf_clear(out);
    entry_encode(&entry, out);
}

static struct read read_object(const struct object *object)
{
    static const char *const trims[] = {
        "mail",   "title", "telephoneNumber", "streetAddress",
        "st",     "sn",    "postalCode",      "physicalDeliveryOfficeName",
        "mobile", "l"};
    struct read r = {.cn = first(object, "cn"),
                     .display_name = first(object, "displayName"),
                     .description = first(object, "description"),
                     .given_name = first(object, "givenName"),
                     .sn = first(object, "sn"),
                     .mail = first(object, "mail"),
                     .upn = first(object, "userPrincipalName"),
                     .nickname = first(object, "mailNickname"),
                     .uac = first(object, "userAccountControl")};

    for (size_t i = 0; i < 10; i++)
        r.trims[i] = first(object, trims[i]);
    return r;
}

/* --- parts -------------------------------------------------------------------------- */

/* Of this process, since a shared machine says little about the wall clock. */
static int64_t cpu_micros(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void print(const char *what, uint64_t count, int64_t began)
{
    int64_t took = cpu_micros() - began;
    double micros = (double)took / (double)count;

    printf("%-78s %12.0f /s %9.4f us\n", what, 1e6 / micros, micros);
}

static void measure_decode(uint64_t count)
{
    ARENA_AUTO arena = {0};
    static struct object object;
    int64_t began = cpu_micros();

    for (uint64_t i = 0; i < count; i++) {
        arena_reset(&arena);
        decode(&arena, &object);
    }
    print("decode", count, began);
}

static void measure_flows(uint64_t count)
{
    ARENA_AUTO arena = {0};
    BUF_AUTO out = {0};
    static struct object object;
    int64_t began = cpu_micros();

    for (uint64_t i = 0; i < count; i++) {
        arena_reset(&arena);
        decode(&arena, &object);
        flow(&arena, &object, &out);
    }
    print("decode, 100 flows, encode", count, began);
}

/* Both ways give the same, or there is nothing to compare. */
static void check_floor(const struct object *object, const struct read *r)
{
    ARENA_AUTO arena = {0};
    BUF_AUTO one = {0};
    BUF_AUTO other = {0};

    flow(&arena, object, &one);
    flow_by_hand(&arena, object, r, &other);
    if (slice_equal(buf_view(&one), buf_view(&other)))
        return;
    fputs("bench_expr: the floor gives something else than the flows\n", stderr);
    exit(1);
}

static void measure_floor(uint64_t count)
{
    ARENA_AUTO arena = {0};
    ARENA_AUTO read = {0};
    BUF_AUTO out = {0};
    static struct object object;
    struct read r;
    int64_t began;

    decode(&read, &object);
    r = read_object(&object);
    check_floor(&object, &r);
    began = cpu_micros();
    for (uint64_t i = 0; i < count; i++) {
        arena_reset(&arena);
        decode(&arena, &object);
        flow_by_hand(&arena, &object, &r, &out);
    }
    print("floor: decode, 100 flows by hand, encode", count, began);
}

static void measure_expressions(uint64_t count)
{
    ARENA_AUTO arena = {0};
    ARENA_AUTO scratch = {0};
    static struct object object;
    int64_t began;

    decode(&arena, &object);
    began = cpu_micros();
    for (uint64_t i = 0; i < count; i++) {
        arena_reset(&scratch);
        for (size_t j = 0; j < SHAPES; j++)
            for (unsigned n = 0; n < shapes[j].times; n++)
                (void)expr_eval(exprs[j], &object.source, &scratch);
    }
    print("the 40 expressions alone", count, began);
}

static void measure_shapes(uint64_t count)
{
    ARENA_AUTO arena = {0};
    ARENA_AUTO scratch = {0};
    static struct object object;

    decode(&arena, &object);
    for (size_t j = 1; j < SHAPES; j += j < 9 ? 9 : 1) {
        int64_t began = cpu_micros();

        for (uint64_t i = 0; i < count; i++) {
            arena_reset(&scratch);
            (void)expr_eval(exprs[j], &object.source, &scratch);
        }
        print(shapes[j].text, count, began);
    }
}

/* --- the object ------------------------------------------------------------------- */

static struct slice canonical(enum value_type type, const char *text)
{
    struct slice value = type == VALUE_REFERENCE ? slice_of(text, 8) : slice_text(text);
    struct ma_error err;

    if (type != VALUE_REFERENCE &&
        value_read(&lasting, type, value, &value, &err) != MA_OK)
        abort();
    return value;
}

static void store(struct buf *out)
{
    struct entry_builder builder = entry_builder(&lasting);
    struct entry entry;

    for (size_t i = 0; i < ATTRIBUTES; i++) {
        struct slice *values = ARENA_ARRAY(&lasting, struct slice, 4);
        uint32_t count = 0;

        for (; count < 4 && attributes[i].values[count] != NULL; count++)
            values[count] = canonical(attributes[i].type, attributes[i].values[count]);
        numbers[i] = names_intern_text(names, attributes[i].name);
        entry_add(&builder, numbers[i], attributes[i].type, values, count);
    }
    entry = entry_build(&builder);
    entry_encode(&entry, out);
    stored = buf_view(out);
}

static void parse(void)
{
    struct ma_error err;

    for (size_t i = 0; i < SHAPES; i++)
        if (expr_parse(&exprs[i], &lasting, names, slice_text(shapes[i].text), &err) !=
            MA_OK) {
            fprintf(stderr, "%s: %s\n", shapes[i].text, err.text);
            exit(1);
        }
}

int main(int argc, char **argv)
{
    BUF_AUTO bytes = {0};
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 200000;

    names = names_new();
    store(&bytes);
    parse();
    for (int round = 0; round < 3; round++) {
        measure_decode(count);
        measure_flows(count);
        measure_floor(count);
        measure_expressions(count);
    }
    measure_shapes(count * 10);
    names_free(names);
    arena_free(&lasting);
    return 0;
}
