/* SPDX-License-Identifier: Apache-2.0 */

/* mactl expr eval|functions: rule expressions without an instance. */

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "command.h"
#include "commands.h"
#include "expr_object.h"
#include "render.h"

static struct {
    char **set;
    char **imported;
    char **parameters;
} options_given;

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
    const struct expr_object *object = (const struct expr_object *)source;
    struct arena *arena = object->arena;

    printf("%s\n    = %s\n", render_clean(arena, text),
           render_clean(arena, expr_show(arena, value)));
}

static void trace_json(const struct expr_source *source, const char *text,
                       const struct expr_value *value)
{
    const struct expr_object *object = (const struct expr_object *)source;

    json_array_append_new(object->context,
                          json_pack("{s:o, s:s, s:o}", "expression", render_text(text),
                                    "type", kinds[value->kind], "value",
                                    value_json(object->arena, value)));
}

static const char *message_of(struct arena *arena, const struct expr_value *value)
{
    return value->kind == EXPR_ERROR
               ? arena_textn(arena, value->bytes.at, value->bytes.length)
               : NULL;
}

static void print_json(struct arena *arena, json_t *steps, const struct expr *expr,
                       const struct expr_value *value)
{
    render_json(json_pack("{s:s, s:o, s:s, s:o, s:o, s:b, s:O}", "schema", "mactl/expr/1",
                          "expression", render_text(expr_print(arena, expr)), "type",
                          kinds[value->kind], "value", value_json(arena, value), "error",
                          render_text(message_of(arena, value)), "triggered",
                          value->kind == EXPR_ERROR && value->triggered, "steps", steps));
}

static enum exit_code report(const struct invocation *call, json_t *steps,
                             const struct expr *expr, const struct expr_value *value)
{
    if (call->output == OUTPUT_JSON)
        print_json(call->arena, steps, expr, value);
    else if (value->kind == EXPR_ERROR)
        return command_error(EXIT_OBJECT_ERRORS, NULL, "%s",
                             render_clean(call->arena, message_of(call->arena, value)));
    else
        puts(render_clean(call->arena, expr_show(call->arena, value)));
    return value->kind == EXPR_ERROR ? EXIT_OBJECT_ERRORS : EXIT_OK;
}

static enum exit_code evaluate(const struct invocation *call, const char *text,
                               struct expr_object *object)
{
    struct expr *expr = NULL;
    struct ma_error err = {0};
    struct expr_value value;
    json_t *steps = json_array();
    enum exit_code code;

    if (expr_parse(&expr, call->arena, object->names, slice_text(text), &err) != MA_OK) {
        json_decref(steps);
        return command_fail(&err);
    }
    object->context = steps;
    if (call->output == OUTPUT_TRACE)
        object->source.trace = trace_text;
    if (call->output == OUTPUT_JSON)
        object->source.trace = trace_json;
    value = expr_eval(expr, &object->source, call->arena);
    code = report(call, steps, expr, &value);
    json_decref(steps);
    return code;
}

static void end_options(char **texts)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++)
        free(texts[i]);
    free(texts);
}

static enum exit_code eval(const struct invocation *call, int argc, const char **argv)
{
    struct expr_given given = {(const char *const *)options_given.set,
                               (const char *const *)options_given.imported,
                               (const char *const *)options_given.parameters};
    struct names *names = names_new();
    struct expr_object object;
    enum exit_code code = expr_object_read(&object, call->arena, names, &given);

    (void)argc;
    if (code == EXIT_OK)
        code = evaluate(call, argv[0], &object);
    names_free(names);
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
    .formats = FORMAT(OUTPUT_TRACE),
    .run = eval,
};

const struct command command_expr_functions = {
    .words = "expr functions",
    .arguments = "[NAME]",
    .summary = "The functions of rule expressions, or one of them with an example",
    .help = "    mactl expr functions\n    mactl expr functions Contains",
    .least = 0,
    .most = 1,
    .formats = FORMAT_NAMES,
    .run = functions,
};
