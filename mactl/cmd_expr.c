/* SPDX-License-Identifier: Apache-2.0 */

/* mactl expr eval|functions: rule expressions without an instance. */

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "expr/expr.h"
#include "model/names.h"
#include "render.h"

static struct {
    char **set;
    char **imported;
    char **parameters;
} options_given;

/* --- the object --------------------------------------------------------------------- */

/* One value as it was given. */
struct given {
    uint32_t name;
    enum value_type type;
    bool detected; /* the type is what the text looks like */
    struct slice text;
    struct slice content;
};

struct object {
    struct expr_source source; /* first: a source is an object */
    const struct invocation *call;
    struct names *names;
    struct entry layers[2];  /* EXPR_EXPECTED, EXPR_IMPORTED */
    const struct slice *dns; /* of references, by id - 1 */
    const char *const *parameters;
    json_t *steps; /* of -o trace in JSON; borrowed */
};

struct given_list {
    struct given *items;
    size_t count;
};

static bool read_bytes(struct arena *arena, struct given *given)
{
    given->type = VALUE_BINARY;
    return text_from_base64(arena, given->content, &given->content);
}

static bool read_hex(struct arena *arena, struct given *given)
{
    given->type = VALUE_BINARY;
    return text_from_hex(arena, given->content, &given->content);
}

static bool read_text(struct arena *arena, struct given *given)
{
    (void)arena;
    given->type = VALUE_STRING;
    return true;
}

static bool read_reference(struct arena *arena, struct given *given)
{
    (void)arena;
    given->type = VALUE_REFERENCE;
    return true;
}

static const struct {
    const char *prefix;
    bool (*read)(struct arena *, struct given *);
} prefixes[] = {
    {"base64:", read_bytes},
    {"hex:", read_hex},
    {"text:", read_text},
    {"ref:", read_reference},
};

/* A number as it is written without zeros in front; true and false. */
static enum value_type type_of(struct arena *arena, struct slice text)
{
    int64_t number;

    if (text_to_number(text, &number) &&
        slice_equal(text, slice_text(arena_print(arena, "%" PRId64, number))))
        return VALUE_NUMBER;
    if (text_caseequal(text, slice_text("true")) ||
        text_caseequal(text, slice_text("false")))
        return VALUE_BOOLEAN;
    return VALUE_STRING;
}

static bool read_value(struct arena *arena, const char *text, struct given *out)
{
    out->text = slice_text(text);
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++) {
        size_t length = strlen(prefixes[i].prefix);

        if (strncmp(text, prefixes[i].prefix, length) == 0) {
            out->content = slice_text(text + length);
            return prefixes[i].read(arena, out);
        }
    }
    out->content = out->text;
    out->type = type_of(arena, out->text);
    out->detected = true;
    return true;
}

static size_t length_of(char *const *texts)
{
    size_t count = 0;

    while (texts != NULL && texts[count] != NULL)
        count++;
    return count;
}

/* "attribute=value"; without the sign the attribute has no value. */
static enum exit_code read_given(struct object *object, const char *option, char **texts,
                                 struct given_list *out)
{
    struct arena *arena = object->call->arena;

    out->items = ARENA_ARRAY(arena, struct given, length_of(texts));
    for (out->count = 0; texts != NULL && texts[out->count] != NULL; out->count++) {
        const char *text = texts[out->count];
        const char *sign = strchr(text, '=');
        struct given *given = &out->items[out->count];
        struct slice name = text_strip(
            slice_of(text, sign == NULL ? strlen(text) : (size_t)(sign - text)));

        if (name.length == 0 || !text_is_utf8(slice_text(text)))
            return command_error(EXIT_USAGE, "mactl expr eval --help",
                                 "%s %s: an attribute is given as NAME=VALUE", option,
                                 text);
        given->name = names_intern(object->names, name);
        if (sign != NULL && !read_value(arena, sign + 1, given))
            return command_error(EXIT_USAGE, "mactl expr eval --help",
                                 "%s %s: the value cannot be read", option, text);
    }
    return EXIT_OK;
}

/* All values of an attribute have one type: what only looks like another is a text. */
static bool unify(struct given_list *list, uint32_t name, enum value_type *out)
{
    bool detected = true;

    *out = VALUE_NONE;
    for (size_t i = 0; i < list->count; i++) {
        const struct given *given = &list->items[i];

        if (given->name != name || given->type == VALUE_NONE)
            continue;
        detected = detected && given->detected;
        if (*out != VALUE_NONE && *out != given->type)
            *out = detected || given->detected ? VALUE_STRING : VALUE_NONE;
        else
            *out = given->type;
        if (*out == VALUE_NONE)
            return false;
    }
    return true;
}

/* The id of a reference is its place among the DNs, plus one. */
static uint64_t id_of(const struct slice *dns, struct slice dn)
{
    uint64_t id = 0;

    while (!slice_equal(dns[id], dn))
        id++;
    return id + 1;
}

static struct slice canonical(struct arena *arena, const struct given *given,
                              enum value_type type, const struct slice *dns)
{
    struct slice value = given->detected ? given->text : given->content;
    struct ma_error err;

    if (type == VALUE_REFERENCE)
        return value_of_id(arena, id_of(dns, value));
    (void)value_read(arena, type, value, &value, &err); /* it looked like one */
    return value;
}

static enum exit_code build(struct object *object, struct given_list *list,
                            struct entry *out)
{
    struct arena *arena = object->call->arena;
    struct entry_builder builder = entry_builder(arena);

    for (size_t i = 0; i < list->count; i++) {
        const struct given *given = &list->items[i];
        struct slice *value = ARENA_ARRAY(arena, struct slice, 1);
        enum value_type type;

        if (!unify(list, given->name, &type))
            return command_error(EXIT_USAGE, NULL,
                                 "the values of '%s' are of different types",
                                 names_text(object->names, given->name));
        if (given->type == VALUE_NONE)
            continue;
        *value = canonical(arena, given, type, object->dns);
        entry_add(&builder, given->name, type, value, 1);
    }
    *out = entry_build(&builder);
    return EXIT_OK;
}

static bool is_given(const struct given_list *list, uint32_t name)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].name == name)
            return true;
    return false;
}

/* What was imported is what was set, but for the attributes given with --imported. */
static void complete(struct arena *arena, struct given_list *imported,
                     const struct given_list *set)
{
    struct given_list all = {
        .items = ARENA_ARRAY(arena, struct given, set->count + imported->count)};

    for (size_t i = 0; i < imported->count; i++)
        all.items[all.count++] = imported->items[i];
    for (size_t i = 0; i < set->count; i++)
        if (!is_given(imported, set->items[i].name))
            all.items[all.count++] = set->items[i];
    *imported = all;
}

static int by_bytes(const void *a, const void *b)
{
    return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

/* The DNs in their order, so that ids sort as they do. */
static void number_references(struct object *object, const struct given_list *set,
                              const struct given_list *imported)
{
    const struct given_list *const lists[] = {set, imported};
    size_t most = set->count + imported->count;
    struct slice *dns = ARENA_ARRAY(object->call->arena, struct slice, most);
    size_t count = 0;

    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < lists[i]->count; j++)
            if (lists[i]->items[j].type == VALUE_REFERENCE)
                dns[count++] = lists[i]->items[j].content;
    if (count > 1)
        qsort(dns, count, sizeof *dns, by_bytes);
    object->dns = dns;
}

static enum exit_code read_object(struct object *object)
{
    struct given_list set = {0};
    struct given_list imported = {0};
    enum exit_code code = read_given(object, "--set", options_given.set, &set);

    if (code == EXIT_OK)
        code = read_given(object, "--imported", options_given.imported, &imported);
    if (code != EXIT_OK)
        return code;
    number_references(object, &set, &imported);
    complete(object->call->arena, &imported, &set);
    code = build(object, &set, &object->layers[EXPR_EXPECTED]);
    if (code == EXIT_OK)
        code = build(object, &imported, &object->layers[EXPR_IMPORTED]);
    return code;
}

/* --- the object as a source --------------------------------------------------------- */

/* The DNs of references, which a value has by number. */
static void resolve(const struct object *object, struct expr_value *value)
{
    if (value->kind == EXPR_REFERENCE)
        value->bytes = object->dns[value->number - 1];
}

static struct expr_value attribute(const struct expr_source *source, struct arena *arena,
                                   enum expr_layer layer, uint32_t name, const char *text)
{
    const struct object *object = (const struct object *)source;
    const struct attr *attr = entry_find(&object->layers[layer], name);
    struct expr_value value = {.kind = EXPR_NULL};
    struct expr_value *items;

    (void)text;
    if (attr == NULL)
        return value;
    value = expr_of_attr(arena, attr);
    if (value.kind != EXPR_SET) {
        resolve(object, &value);
        return value;
    }
    items = arena_copy(arena, value.items, sizeof *items * value.count);
    for (uint32_t i = 0; i < value.count; i++)
        resolve(object, &items[i]);
    value.items = items;
    return value;
}

static uint64_t count_values(const struct expr_source *source, uint32_t name,
                             const char *text)
{
    const struct object *object = (const struct object *)source;
    const struct attr *attr = entry_find(&object->layers[EXPR_EXPECTED], name);

    (void)text;
    return attr == NULL ? 0 : attr->count;
}

static const char *parameter(const struct expr_source *source, const char *name)
{
    const struct object *object = (const struct object *)source;
    size_t length = strlen(name);

    for (size_t i = 0; object->parameters != NULL && object->parameters[i] != NULL; i++)
        if (strncasecmp(object->parameters[i], name, length) == 0 &&
            object->parameters[i][length] == '=')
            return object->parameters[i] + length + 1;
    return NULL;
}

/* --- results ------------------------------------------------------------------------ */

static const char *const kinds[] = {
    [EXPR_NULL] = "null",     [EXPR_BOOLEAN] = "boolean",
    [EXPR_NUMBER] = "number", [EXPR_REAL] = "real",
    [EXPR_STRING] = "string", [EXPR_BYTES] = "binary",
    [EXPR_DATE] = "date",     [EXPR_REFERENCE] = "reference",
    [EXPR_SET] = "set",       [EXPR_IGNORE] = "ignore-this-flow",
    [EXPR_ERROR] = "error",   [EXPR_AUTHORITATIVE_NULL] = "authoritative-null",
};

static json_t *value_json(struct arena *arena, const struct expr_value *value)
{
    json_t *all;

    switch (value->kind) {
    case EXPR_BOOLEAN:
        return json_boolean(value->number != 0);
    case EXPR_NUMBER:
        return json_integer(value->number);
    case EXPR_REAL:
        return json_real(value->real);
    case EXPR_STRING:
    case EXPR_REFERENCE:
        return json_stringn(value->bytes.at, value->bytes.length);
    case EXPR_BYTES:
        return json_string(text_base64(arena, value->bytes).at);
    case EXPR_DATE:
        return json_string(expr_show(arena, value));
    case EXPR_SET:
        all = json_array();
        for (uint32_t i = 0; i < value->count; i++)
            json_array_append_new(all, json_pack("{s:s, s:o}", "type",
                                                 kinds[value->items[i].kind], "value",
                                                 value_json(arena, &value->items[i])));
        return all;
    case EXPR_NULL:
    case EXPR_IGNORE:
    case EXPR_AUTHORITATIVE_NULL:
    case EXPR_ERROR:
        break;
    }
    return json_null();
}

static void trace_text(const struct expr_source *source, const char *text,
                       const struct expr_value *value)
{
    const struct object *object = (const struct object *)source;
    struct arena *arena = object->call->arena;

    printf("%s\n    = %s\n", render_clean(arena, text),
           render_clean(arena, expr_show(arena, value)));
}

static void trace_json(const struct expr_source *source, const char *text,
                       const struct expr_value *value)
{
    const struct object *object = (const struct object *)source;
    struct arena *arena = object->call->arena;

    json_array_append_new(object->steps,
                          json_pack("{s:o, s:s, s:o}", "expression", render_text(text),
                                    "type", kinds[value->kind], "value",
                                    value_json(arena, value)));
}

static const char *message_of(struct arena *arena, const struct expr_value *value)
{
    return value->kind == EXPR_ERROR
               ? arena_textn(arena, value->bytes.at, value->bytes.length)
               : NULL;
}

static void print_json(struct object *object, const struct expr *expr,
                       const struct expr_value *value)
{
    struct arena *arena = object->call->arena;

    render_json(json_pack("{s:s, s:o, s:s, s:o, s:o, s:b, s:O}", "schema", "mactl/expr/1",
                          "expression", render_text(expr_print(arena, expr)), "type",
                          kinds[value->kind], "value", value_json(arena, value), "error",
                          render_text(message_of(arena, value)), "triggered",
                          value->kind == EXPR_ERROR && value->triggered, "steps", object->steps));
}

static enum exit_code report(struct object *object, const struct expr *expr,
                             const struct expr_value *value)
{
    struct arena *arena = object->call->arena;

    if (object->call->output == OUTPUT_JSON)
        print_json(object, expr, value);
    else if (value->kind == EXPR_ERROR)
        return command_error(EXIT_OBJECT_ERRORS, NULL, "%s",
                             render_clean(arena, message_of(arena, value)));
    else
        puts(render_clean(arena, expr_show(arena, value)));
    return value->kind == EXPR_ERROR ? EXIT_OBJECT_ERRORS : EXIT_OK;
}

static enum exit_code evaluate(struct object *object, const char *text)
{
    struct expr *expr = NULL;
    struct ma_error err = {0};
    struct expr_value value;
    enum exit_code code = read_object(object);

    if (code != EXIT_OK)
        return code;
    if (expr_parse(&expr, object->call->arena, object->names, slice_text(text), &err) !=
        MA_OK)
        return command_fail(&err);
    value = expr_eval(expr, &object->source, object->call->arena);
    return report(object, expr, &value);
}

static void end_options(char **texts)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
        free(texts[i]);
    free(texts);
}

static enum exit_code eval(const struct invocation *call, int argc, const char **argv)
{
    struct object object = {
        .source = {.attribute = attribute, .count = count_values, .parameter = parameter},
        .call = call,
        .names = names_new(),
        .parameters = (const char *const *)options_given.parameters,
        .steps = json_array()};
    enum exit_code code;

    (void)argc;
    if (call->output == OUTPUT_TRACE)
        object.source.trace = trace_text;
    if (call->output == OUTPUT_JSON)
        object.source.trace = trace_json;
    code = evaluate(&object, argv[0]);
    json_decref(object.steps);
    names_free(object.names);
    end_options(options_given.set);
    end_options(options_given.imported);
    end_options(options_given.parameters);
    return code;
}

/* --- functions ---------------------------------------------------------------------- */

static json_t *function_json(const struct expr_function_help *f)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s*, s:b}", "name", f->name, "group",
                     f->group, "signature", f->signature, "help", f->help, "example",
                     f->example, "result", f->result, "refused", (int)f->refused);
}

static enum exit_code functions_json(const struct expr_function_help *all, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, function_json(&all[i]));
    return render_json(
        json_pack("{s:s, s:o}", "schema", "mactl/expr-functions/1", "functions", list));
}

static void print_function(const struct expr_function_help *f)
{
    printf("%s\n    %s%s\n", f->signature, f->refused ? "not supported: " : "", f->help);
    if (!f->refused)
        printf("    %s gives %s\n", f->example, f->result);
}

static enum exit_code list_functions(const struct invocation *call,
                                     const struct expr_function_help *all, size_t count)
{
    static const struct render_column columns[] = {
        {.title = "FUNCTION"}, {.title = "GROUP"}, {.title = "MEANING", .shrinks = true}};
    const char **cells = ARENA_ARRAY(call->arena, const char *, count * 3);

    for (size_t i = 0; i < count; i++) {
        cells[i * 3] = all[i].name;
        cells[i * 3 + 1] = all[i].group;
        cells[i * 3 + 2] =
            all[i].refused ? arena_print(call->arena, "not supported: %s", all[i].help)
                           : all[i].help;
    }
    render_table(call, columns, 3, cells, count);
    return EXIT_OK;
}

static enum exit_code one_function(const struct invocation *call, const char *name,
                                   const struct expr_function_help *all, size_t count)
{
    const char **names = ARENA_ARRAY(call->arena, const char *, count);
    size_t near;

    for (size_t i = 0; i < count; i++) {
        names[i] = all[i].name;
        if (strcasecmp(name, all[i].name) != 0)
            continue;
        if (call->output == OUTPUT_JSON)
            return functions_json(&all[i], 1);
        print_function(&all[i]);
        return EXIT_OK;
    }
    near = text_nearest(name, names, count);
    return command_error(
        EXIT_USAGE,
        near < count ? arena_print(call->arena, "mactl expr functions %s", names[near])
                     : "mactl expr functions",
        "there is no function '%s'", name);
}

static enum exit_code functions(const struct invocation *call, int argc,
                                const char **argv)
{
    const struct expr_function_help *all = NULL;
    size_t count = expr_functions(&all);

    if (argc == 1)
        return one_function(call, argv[0], all, count);
    if (call->output == OUTPUT_JSON)
        return functions_json(all, count);
    if (call->output == OUTPUT_NAME) {
        for (size_t i = 0; i < count; i++)
            puts(all[i].name);
        return EXIT_OK;
    }
    return list_functions(call, all, count);
}

static const struct poptOption eval_options[] = {
    {"set", 0, POPT_ARG_ARGV, &options_given.set, 0,
     "A value of an attribute; again for each further value", "NAME=VALUE"},
    {"imported", 0, POPT_ARG_ARGV, &options_given.imported, 0,
     "A value that an import has confirmed, where it differs from --set", "NAME=VALUE"},
    {"param", 0, POPT_ARG_ARGV, &options_given.parameters, 0, "What %NAME% stands for",
     "NAME=VALUE"},
    POPT_TABLEEND};

const struct command command_expr_eval = {
    .words = "expr eval",
    .arguments = "EXPR",
    .summary = "Evaluate a rule expression on attributes given here",
    .help =
        "A VALUE that is a whole number, without zeros in front, is a number, true and "
        "false are\nbooleans; hex:0AFF and base64:Cv8= are binary, ref:CN=Ada,DC=x is a "
        "reference, text:007\nis a text whatever it looks like; anything else is a text. "
        "Values of one attribute are\nsorted, as the store has them. --imported NAME "
        "says "
        "that nothing was imported.\n\n    mactl expr eval 'Left(Trim([info]),3)' --set "
        "'info= abcdef'\n    mactl expr eval 'IIF(BitAnd([userAccountControl],2)=0,True,"
        "False)' \\\n        --set userAccountControl=514 -o trace\n    mactl expr eval "
        "'[sAMAccountName] & \"@\" & %Domain.FQDN%' \\\n        --set sAMAccountName=ada "
        "--param Domain.FQDN=fabrikam.example",
    .options = eval_options,
    .least = 1,
    .most = 1,
    .run = eval,
};

const struct command command_expr_functions = {
    .words = "expr functions",
    .arguments = "[NAME]",
    .summary = "The functions of rule expressions, or one of them with an example",
    .help = "    mactl expr functions\n    mactl expr functions Contains",
    .least = 0,
    .most = 1,
    .run = functions,
};
