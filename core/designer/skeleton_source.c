/* SPDX-License-Identifier: Apache-2.0 */

/* The C text of a rules extension that somebody has to finish. */

#include <string.h>

#include "base/buf.h"
#include "designer/skeleton.h"

/* What one kind of hook is made of. In the texts "@" is the name of the function. */
static const struct kind {
    const char *words;      /* "import flow" */
    const char *parameters; /* of each function */
    const char *unused;     /* statements that use them */
    const char *advice;     /* how to go about it */
    const char *member;     /* of struct ma_rules */
    const char *call;       /* parameters of the hook itself */
    const char *by;         /* what the hook finds its function by; NULL: there is one */
    const char *pass;       /* arguments from the hook to the function */
} kinds[SKELETON_KINDS] = {
    [SKELETON_IMPORT_FLOW] =
        {"import flow",
         "const struct ma_entry *object, const struct ma_entry *target,\n"
         "    struct ma_draft *to, struct ma_error *err",
         "(void)object, (void)target, (void)to;",
         "ma_text(object, \"sn\") reads a source, to->set(to, \"displayName\", ...) "
         "gives "
         "the values.",
         "map_import",
         "void *state, const char *flow, const struct ma_entry *object,\n"
         "    const struct ma_entry *target, struct ma_draft *to, struct ma_error *err",
         "flow", "object, target, to, err"},
    [SKELETON_EXPORT_FLOW] =
        {"export flow",
         "const struct ma_entry *object, const struct ma_entry *target,\n"
         "    struct ma_draft *to, struct ma_error *err",
         "(void)object, (void)target, (void)to;",
         "object is of the metaverse, target the connector; to->set gives the values.",
         "map_export",
         "void *state, const char *flow, const struct ma_entry *object,\n"
         "    const struct ma_entry *target, struct ma_draft *to, struct ma_error *err",
         "flow", "object, target, to, err"},
    [SKELETON_JOIN] = {"join",
                       "const struct ma_entry *object, struct ma_draft *to,\n"
                       "    struct ma_error *err",
                       "(void)object, (void)to;",
                       "to->set gives the values to search for.", "map_join",
                       "void *state, const char *rule, const struct ma_entry *object,\n"
                       "    struct ma_draft *to, struct ma_error *err",
                       "rule", "object, to, err"},
    [SKELETON_RESOLUTION] =
        {"join resolution",
         "const struct ma_entry *object,\n"
         "    const struct ma_entry *const *candidates, size_t count, size_t *chosen,\n"
         "    struct ma_error *err",
         "(void)object, (void)candidates, (void)count, (void)chosen;",
         "*chosen = the index of a candidate, or count: none of them.", "resolve_join",
         "void *state, const char *context, const struct ma_entry *object,\n"
         "    const struct ma_entry *const *candidates, size_t count, size_t *chosen,\n"
         "    struct ma_error *err",
         "context", "object, candidates, count, chosen, err"},
    [SKELETON_FILTER] =
        {"connector filter",
         "const struct ma_entry *object, bool *filtered,\n"
         "    struct ma_error *err",
         "(void)object, (void)filtered;",
         "*filtered = whether the object is to be a filtered disconnector.", "filter",
         "void *state, const struct ma_entry *object, bool *filtered,\n"
         "    struct ma_error *err",
         "object->object_type", "object, filtered, err"},
    [SKELETON_PROJECTION] =
        {"projection",
         "const struct ma_entry *object, const char **mv_type,\n"
         "    struct ma_error *err",
         "(void)object, (void)mv_type;",
         "*mv_type = \"person\", or NULL: it is not projected.", "project",
         "void *state, const struct ma_entry *object, const char **mv_type,\n"
         "    struct ma_error *err",
         "object->object_type", "object, mv_type, err"},
    [SKELETON_DEPROVISION] =
        {"deprovisioning",
         "const struct ma_entry *object, enum ma_deprovision *action,\n"
         "    struct ma_error *err",
         "(void)object, (void)action;",
         "*action = MA_DISCONNECT, MA_DISCONNECT_EXPLICITLY or MA_DELETE_OBJECT.",
         "deprovision",
         "void *state, const struct ma_entry *object, enum ma_deprovision *action,\n"
         "    struct ma_error *err",
         NULL, "object, action, err"},
    [SKELETON_PROVISION] =
        {"provisioning",
         "const struct ma_entry *object, struct ma_connectors *connectors,\n"
         "    struct ma_error *err",
         "(void)object, (void)connectors;",
         "connectors->count, at, add, rename and disconnect.", "provision",
         "void *state, const struct ma_entry *object, struct ma_connectors *connectors,\n"
         "    struct ma_error *err",
         NULL, "object, connectors, err"},
    [SKELETON_DELETION] =
        {"metaverse deletion",
         "const struct ma_entry *lost, const struct ma_entry *object,\n"
         "    bool *yes, struct ma_error *err",
         "(void)lost, (void)object, (void)yes;",
         "*yes = whether the metaverse object goes with this connector.", "delete_object",
         "void *state, const struct ma_entry *lost, const struct ma_entry *object,\n"
         "    bool *yes, struct ma_error *err",
         NULL, "lost, object, yes, err"},
};

/* --- parts ------------------------------------------------------------------------ */

/* As a C string; names of scripts may hold anything. */
static void put_string(struct buf *out, const char *text)
{
    buf_char(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            buf_char(out, '\\');
        if ((unsigned char)*text < 0x20)
            buf_print(out, "\\%03o", (unsigned)(unsigned char)*text);
        else
            buf_char(out, *text);
    }
    buf_char(out, '"');
}

/* A comment cannot end early, whatever is configured. */
static void put_comment(struct buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        buf_char(out, *text);
        if (*text == '\n')
            buf_text(out, " * ");
        if (*text == '*' && text[1] == '/')
            buf_char(out, ' ');
    }
}

static void put_function(struct buf *out, const struct skeleton_hook *hook)
{
    const struct kind *kind = &kinds[hook->kind];

    buf_print(out, "/* %s", kind->words);
    if (hook->name[0] != '\0') {
        buf_text(out, " ");
        put_comment(out, hook->name);
    }
    buf_text(out, "\n * ");
    put_comment(out, hook->about);
    buf_print(out, "\n * %s */\nstatic enum ma_status %s(\n    %s)\n{\n    %s\n",
              kind->advice, hook->function, kind->parameters, kind->unused);
    if (hook->name[0] == '\0') {
        buf_print(out,
                  "    return ma_fail(err, MA_INVALID, \"%s is not written yet\");\n"
                  "}\n\n",
                  kind->words);
        return;
    }
    buf_print(out,
              "    return ma_fail(err, MA_INVALID, \"%s '%%s' is not written yet\",\n"
              "                   ",
              kind->words);
    put_string(out, hook->name);
    buf_text(out, ");\n}\n\n");
}

static size_t count_of(const skeleton_hooks *hooks, enum skeleton_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < hooks->count; i++)
        count += hooks->items[i].kind == kind;
    return count;
}

static void put_table(struct buf *out, const skeleton_hooks *hooks,
                      enum skeleton_kind kind)
{
    const struct kind *k = &kinds[kind];

    buf_print(out,
              "static const struct {\n    const char *name;\n"
              "    enum ma_status (*run)(\n    %s);\n} %s_functions[] = {\n",
              k->parameters, k->member);
    for (size_t i = 0; i < hooks->count; i++) {
        if (hooks->items[i].kind != kind)
            continue;
        buf_text(out, "    {");
        put_string(out, hooks->items[i].name);
        buf_print(out, ", %s},\n", hooks->items[i].function);
    }
    buf_text(out, "};\n\n");
}

static const char *only(const skeleton_hooks *hooks, enum skeleton_kind kind)
{
    for (size_t i = 0; i < hooks->count; i++)
        if (hooks->items[i].kind == kind)
            return hooks->items[i].function;
    return "";
}

/* What the engine calls: it finds the function. */
static void put_hook(struct buf *out, const skeleton_hooks *hooks,
                     enum skeleton_kind kind)
{
    const struct kind *k = &kinds[kind];

    if (k->by != NULL)
        put_table(out, hooks, kind);
    buf_print(out, "static enum ma_status on_%s(\n    %s)\n{\n    (void)state;\n",
              k->member, k->call);
    if (k->by == NULL)
        buf_print(out, "    return %s(%s);\n}\n\n", only(hooks, kind), k->pass);
    else
        buf_print(out,
                  "    for (size_t i = 0; i < sizeof %s_functions / sizeof "
                  "%s_functions[0]; i++)\n"
                  "        if (strcasecmp(%s_functions[i].name, %s) == 0)\n"
                  "            return %s_functions[i].run(%s);\n"
                  "    return ma_fail(err, MA_NOT_FOUND, \"there is no %s for '%%s'\", "
                  "%s);\n}\n\n",
                  k->member, k->member, k->member, k->by, k->member, k->pass, k->words,
                  k->by);
}

static void put_rules(struct buf *out, const skeleton_hooks *hooks)
{
    buf_text(out, "static const struct ma_flow flows[] = {{NULL, NULL}};\n\n"
                  "static const struct ma_rules rules = {\n    .size = sizeof rules,\n"
                  "    .flows = flows,\n");
    for (int kind = 0; kind < SKELETON_KINDS; kind++)
        if (count_of(hooks, (enum skeleton_kind)kind) > 0)
            buf_print(out, "    .%s = on_%s,\n", kinds[kind].member, kinds[kind].member);
    buf_text(out, "};\n\n");
}

const char *skeleton_source(struct arena *arena, const char *name,
                            const skeleton_hooks *hooks)
{
    BUF_AUTO out = {0};

    buf_print(&out,
              "/* The rules extension %s, to be finished: read from the bottom. */\n\n"
              "#include <mactl/ma.h>\n#include <stdbool.h>\n#include <strings.h>\n\n",
              name);
    for (size_t i = 0; i < hooks->count; i++)
        put_function(&out, &hooks->items[i]);
    for (int kind = 0; kind < SKELETON_KINDS; kind++)
        if (count_of(hooks, (enum skeleton_kind)kind) > 0)
            put_hook(&out, hooks, (enum skeleton_kind)kind);
    put_rules(&out, hooks);
    buf_text(&out, "static const struct ma_plugin plugin = {\n    .abi = MA_ABI,\n"
                   "    .size = sizeof plugin,\n    .name = ");
    put_string(&out, name);
    buf_text(&out, ",\n    .version = \"0.1\",\n    .rules = &rules,\n};\n\n"
                   "MA_PLUGIN(plugin)\n");
    return arena_text(arena, out.at);
}
