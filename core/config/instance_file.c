/* SPDX-License-Identifier: Apache-2.0 */
#include "config/instance_file.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/text.h"
#include "base/vec.h"
#include "config/disk.h"
#include "config/instance_table.h"

/* What was collected, for good. */
#define GIVE(arena, vec)                                                                 \
    arena_copy((arena), (vec).items, (vec).count * sizeof *(vec).items)

enum { LARGEST_FILE = 4 << 20, DEEPEST = 4 };

const char instance_file_template[] =
    "<!-- What the imported configuration cannot say: mactl.xml(5). -->\n"
    "<mactl version=\"1\">\n"
    "  <!-- The plugin that serves an agent, its parameters and secrets:\n"
    "  <agent name=\"contoso.com\" plugin=\"file_ma\">\n"
    "    <parameter name=\"format\">ldif</parameter>\n"
    "    <parameter name=\"file\">contoso.ldif</parameter>\n"
    "    <secret name=\"password\" file=\"secrets/contoso\"/>\n"
    "  </agent>\n"
    "  -->\n"
    "  <!-- The plugin that stands for a rules extension:\n"
    "  <extension assembly=\"Corp.Rules.dll\" plugin=\"corp_rules\"/>\n"
    "  -->\n"
    "  <!-- FIM rules flow to every connector, also without the FIM Service:\n"
    "  <setting name=\"sync-rule-flows-without-service\">true</setting>\n"
    "  -->\n"
    "  <!-- Where a run stops; agent=\"...\" narrows it to one:\n"
    "  <guard export-deletes=\"500\" export-deletes-percent=\"5\"\n"
    "         import-loss-percent=\"10\"/>\n"
    "  -->\n"
    "</mactl>\n";

/* --- the reader ------------------------------------------------------------------ */

struct reader_state;
typedef void (*element_handler)(struct reader_state *reader,
                                const char *const *attributes);

struct reader_state {
    struct instance *instance;
    const char *file;
    xmlParserCtxt *parser;
    struct ma_error *err;
    bool failed;
    enum mactl_element open[DEEPEST];
    size_t depth;
    struct place at;  /* of the element that begins */
    const char *name; /* of the parameter or setting whose text is read */
    struct buf text;
    struct agent_binding agent;
    VEC_OF(struct parameter) parameters;
    VEC_OF(struct secret_source) secrets;
    VEC_OF(struct agent_binding) agents;
    VEC_OF(struct extension_binding) extensions;
    VEC_OF(struct guard) guards;
    VEC_OF(struct cycle_binding) cycles;
    VEC_OF(struct parameter) settings;
};

static void fail_at(struct reader_state *reader, struct place at, const char *fmt, ...)
    MA_PRINTF(3, 4);

/* The first failure is the one that is told. */
static void fail_at(struct reader_state *reader, struct place at, const char *fmt, ...)
{
    char text[sizeof reader->err->text];
    va_list args;

    if (reader->failed)
        return;
    reader->failed = true;
    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    (void)ma_fail(reader->err, MA_INVALID, "%s:%u:%u: %s", at.file, at.line, at.column,
                  text);
    xmlStopParser(reader->parser);
}

/* ", did you mean 'plugin'?" or nothing; lives in the instance. */
static const char *suggestion(struct reader_state *reader, const char *typed,
                              const char *const *names, size_t count)
{
    size_t near = text_nearest(typed, names, count);

    return near == count ? ""
                         : arena_print(reader->instance->arena, ", did you mean '%s'?",
                                       names[near]);
}

static const char *keep(struct reader_state *reader, const char *text)
{
    return arena_text(reader->instance->arena, text);
}

static bool same(const char *a, const char *b)
{
    return text_caseequal(slice_text(a), slice_text(b));
}

/* --- what each element does ------------------------------------------------------ */

static void begin_mactl(struct reader_state *reader, const char *const *attributes)
{
    if (strcmp(attributes[0], "1") != 0)
        fail_at(reader, reader->at, "this is version '%s'; this program reads version 1",
                attributes[0]);
}

/* A relative path of a plugin is one below the instance, wherever we were started. */
static const char *plugin_name(struct reader_state *reader, const char *plugin)
{
    size_t length = strlen(plugin);
    bool file = strchr(plugin, '/') != NULL ||
                (length > 3 && strcmp(plugin + length - 3, ".so") == 0);

    if (!file || plugin[0] == '/')
        return keep(reader, plugin);
    return arena_print(reader->instance->arena, "%s/%s", reader->instance->folder,
                       plugin);
}

static void begin_agent(struct reader_state *reader, const char *const *attributes)
{
    for (size_t i = 0; i < reader->agents.count; i++)
        if (same(reader->agents.items[i].agent, attributes[0])) {
            fail_at(reader, reader->at, "the agent '%s' is here already, in line %u",
                    attributes[0], reader->agents.items[i].place.line);
            return;
        }
    reader->agent = (struct agent_binding){
        .agent = keep(reader, attributes[0]),
        .plugin = attributes[1] == NULL ? NULL : plugin_name(reader, attributes[1]),
        .place = reader->at,
    };
}

static void end_agent(struct reader_state *reader)
{
    struct arena *arena = reader->instance->arena;
    struct agent_binding *agent = &reader->agent;

    agent->parameter_count = reader->parameters.count;
    agent->parameters = GIVE(arena, reader->parameters);
    agent->secret_count = reader->secrets.count;
    agent->secrets = GIVE(arena, reader->secrets);
    VEC_ADD(&reader->agents, *agent);
    reader->parameters.count = 0;
    reader->secrets.count = 0;
}

static void begin_named(struct reader_state *reader, const char *const *attributes)
{
    reader->name = keep(reader, attributes[0]);
    buf_clear(&reader->text);
}

static struct parameter end_named(struct reader_state *reader)
{
    struct slice text = text_strip(buf_view(&reader->text));

    return (struct parameter){
        .name = reader->name,
        .value = arena_textn(reader->instance->arena, text.at, text.length),
        .type = "",
        .place = reader->at,
    };
}

static void end_parameter(struct reader_state *reader)
{
    VEC_ADD(&reader->parameters, end_named(reader));
}

static const struct {
    const char *attribute;
    enum secret_kind kind;
} secret_kinds[] = {
    {"file", SECRET_FILE},
    {"credential", SECRET_CREDENTIAL},
};

enum { SECRET_KINDS = sizeof secret_kinds / sizeof secret_kinds[0] };

/* attributes[0] is the name, the others are in the order of secret_kinds. */
static void begin_secret(struct reader_state *reader, const char *const *attributes)
{
    struct secret_source source = {.name = keep(reader, attributes[0])};
    size_t given = 0;

    for (size_t i = 0; i < reader->secrets.count; i++)
        if (same(reader->secrets.items[i].name, source.name))
            fail_at(reader, reader->at, "the secret '%s' is here already", source.name);
    for (size_t i = 0; i < SECRET_KINDS; i++)
        if (attributes[i + 1] != NULL) {
            given++;
            source.kind = secret_kinds[i].kind;
            source.where = keep(reader, attributes[i + 1]);
        }
    if (given != 1)
        fail_at(reader, reader->at,
                "the secret '%s' comes from one place: file or credential", source.name);
    else
        VEC_ADD(&reader->secrets, source);
}

static void begin_extension(struct reader_state *reader, const char *const *attributes)
{
    for (size_t i = 0; i < reader->extensions.count; i++)
        if (same(reader->extensions.items[i].assembly, attributes[0]))
            fail_at(reader, reader->at, "the assembly '%s' is here already",
                    attributes[0]);
    VEC_ADD(&reader->extensions,
            (struct extension_binding){.assembly = keep(reader, attributes[0]),
                                       .plugin = plugin_name(reader, attributes[1]),
                                       .place = reader->at});
}

static const struct setting_kind *find_setting(struct reader_state *reader)
{
    size_t count = 0;
    const struct setting_kind *kinds = instance_settings(&count);
    const char **names = ARENA_ARRAY(reader->instance->arena, const char *, count);

    for (size_t i = 0; i < count; i++) {
        names[i] = kinds[i].name;
        if (strcmp(kinds[i].name, reader->name) == 0)
            return &kinds[i];
    }
    fail_at(reader, reader->at, "there is no setting '%s'%s", reader->name,
            suggestion(reader, reader->name, names, count));
    return NULL;
}

static void end_setting(struct reader_state *reader)
{
    const struct setting_kind *kind = find_setting(reader);
    struct parameter setting = end_named(reader);
    bool flag;

    if (kind == NULL)
        return;
    for (size_t i = 0; i < reader->settings.count; i++)
        if (strcmp(reader->settings.items[i].name, setting.name) == 0)
            fail_at(reader, setting.place, "the setting '%s' is here already",
                    setting.name);
    if (kind->flag && !text_to_flag(slice_text(setting.value), &flag))
        fail_at(reader, setting.place, "the setting '%s' is true or false, not '%s'",
                setting.name, setting.value);
    VEC_ADD(&reader->settings, setting);
}

static const struct {
    const char *attribute;
    enum guard_number number;
    int64_t most;
} guard_numbers[] = {
    {"export-deletes", GUARD_EXPORT_DELETES, INT64_MAX},
    {"export-deletes-percent", GUARD_EXPORT_PERCENT, 100},
    {"import-loss-percent", GUARD_IMPORT_LOSS, 100},
    {"export-updates", GUARD_EXPORT_UPDATES, INT64_MAX},
    {"export-renames", GUARD_EXPORT_RENAMES, INT64_MAX},
    {"export-member-removals", GUARD_MEMBER_REMOVALS, INT64_MAX},
    {"export-attribute-clears", GUARD_ATTRIBUTE_CLEARS, INT64_MAX},
    {"export-updates-percent", GUARD_UPDATES_PERCENT, 100},
    {"export-renames-percent", GUARD_RENAMES_PERCENT, 100},
    {"export-member-removals-percent", GUARD_REMOVALS_PERCENT, 100},
    {"export-attribute-clears-percent", GUARD_CLEARS_PERCENT, 100},
};

enum { GUARD_NUMBERS = sizeof guard_numbers / sizeof guard_numbers[0] };

static void guard_set(struct guard *guard, enum guard_number number, int64_t value)
{
    const struct {
        enum guard_number number;
        uint64_t *place;
    } numbers[] = {
        {GUARD_EXPORT_DELETES, &guard->export_deletes},
        {GUARD_EXPORT_UPDATES, &guard->export_updates},
        {GUARD_EXPORT_RENAMES, &guard->export_renames},
        {GUARD_MEMBER_REMOVALS, &guard->export_member_removals},
        {GUARD_ATTRIBUTE_CLEARS, &guard->export_attribute_clears},
    };
    const struct {
        enum guard_number number;
        unsigned *place;
    } shares[] = {
        {GUARD_EXPORT_PERCENT, &guard->export_deletes_percent},
        {GUARD_IMPORT_LOSS, &guard->import_loss_percent},
        {GUARD_UPDATES_PERCENT, &guard->export_updates_percent},
        {GUARD_RENAMES_PERCENT, &guard->export_renames_percent},
        {GUARD_REMOVALS_PERCENT, &guard->export_member_removals_percent},
        {GUARD_CLEARS_PERCENT, &guard->export_attribute_clears_percent},
    };

    guard->given |= number;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i].number == number)
            *numbers[i].place = (uint64_t)value;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        if (shares[i].number == number)
            *shares[i].place = (unsigned)value;
}

static bool same_guard(const struct guard *a, const struct guard *b)
{
    if (a->agent == NULL || b->agent == NULL)
        return a->agent == b->agent;
    return same(a->agent, b->agent);
}

/* attributes[0] is the agent, the others are in the order of guard_numbers. */
static void begin_guard(struct reader_state *reader, const char *const *attributes)
{
    struct guard guard = {.agent =
                              attributes[0] == NULL ? NULL : keep(reader, attributes[0]),
                          .place = reader->at};
    int64_t value;

    for (size_t i = 0; i < GUARD_NUMBERS; i++) {
        const char *text = attributes[i + 1];

        if (text == NULL)
            continue;
        if (!text_to_number(slice_text(text), &value) || value < 0 ||
            value > guard_numbers[i].most)
            fail_at(reader, reader->at, "%s: '%s' is no number%s",
                    guard_numbers[i].attribute, text,
                    guard_numbers[i].most == 100 ? " from 0 to 100" : "");
        else
            guard_set(&guard, guard_numbers[i].number, value);
    }
    for (size_t i = 0; i < reader->guards.count; i++)
        if (same_guard(&reader->guards.items[i], &guard))
            fail_at(reader, reader->at, "this guard is here already, in line %u",
                    reader->guards.items[i].place.line);
    if (guard.given == 0)
        fail_at(reader, reader->at, "a guard gives at least one number");
    VEC_ADD(&reader->guards, guard);
}

/* attributes[0] is the agent, then the profiles in the order of enum cycle_kind. */
static void begin_cycle(struct reader_state *reader, const char *const *attributes)
{
    struct cycle_binding cycle = {.agent = keep(reader, attributes[0]),
                                  .place = reader->at};
    const char *skip = attributes[CYCLE_KINDS + 1];
    bool says = skip != NULL;

    for (size_t i = 0; i < CYCLE_KINDS; i++)
        if (attributes[i + 1] != NULL) {
            cycle.profiles[i] = keep(reader, attributes[i + 1]);
            says = true;
        }
    if (skip != NULL && !text_to_flag(slice_text(skip), &cycle.skip))
        fail_at(reader, reader->at, "skip is true or false, not '%s'", skip);
    if (!says)
        fail_at(reader, reader->at, "a cycle names at least one run profile, or skip");
    for (size_t i = 0; i < reader->cycles.count; i++)
        if (same(reader->cycles.items[i].agent, cycle.agent))
            fail_at(reader, reader->at, "the cycle of '%s' is here already", cycle.agent);
    VEC_ADD(&reader->cycles, cycle);
}

/* --- the table of elements ------------------------------------------------------- */

static const struct {
    element_handler begin;
    void (*end)(struct reader_state *reader);
} handlers[ELEMENT_COUNT] = {
    [ELEMENT_MACTL] = {begin_mactl, NULL},
    [ELEMENT_AGENT] = {begin_agent, end_agent},
    [ELEMENT_EXTENSION] = {begin_extension, NULL},
    [ELEMENT_SETTING] = {begin_named, end_setting},
    [ELEMENT_GUARD] = {begin_guard, NULL},
    [ELEMENT_CYCLE] = {begin_cycle, NULL},
    [ELEMENT_PARAMETER] = {begin_named, end_parameter},
    [ELEMENT_SECRET] = {begin_secret, NULL},
};

static enum mactl_element parent_of(const struct reader_state *reader)
{
    return reader->depth == 0 ? ELEMENT_NONE : reader->open[reader->depth - 1];
}

static enum mactl_element find_element(struct reader_state *reader, const char *name)
{
    const char *names[ELEMENT_COUNT];
    size_t count = 0;
    enum mactl_element parent = parent_of(reader);

    for (size_t i = 0; i < ELEMENT_COUNT; i++) {
        if (mactl_rules[i].parent != parent)
            continue;
        if (strcmp(mactl_rules[i].name, name) == 0)
            return (enum mactl_element)i;
        names[count++] = mactl_rules[i].name;
    }
    if (parent == ELEMENT_NONE)
        fail_at(reader, reader->at, "the root is <mactl>, not <%s>", name);
    else
        fail_at(reader, reader->at, "<%s> has no element <%s>%s",
                mactl_rules[parent].name, name, suggestion(reader, name, names, count));
    return ELEMENT_NONE;
}

static bool set_attribute(struct reader_state *reader, const struct mactl_rule *rule,
                          const char **values, const char *name, const char *value)
{
    const char *names[MOST_ATTRIBUTES];
    size_t count = mactl_attribute_count(rule);

    for (size_t i = 0; i < count; i++) {
        names[i] = rule->attributes[i].name;
        if (strcmp(names[i], name) != 0)
            continue;
        if (value[0] == '\0')
            fail_at(reader, reader->at, "<%s>: the attribute '%s' is empty", rule->name,
                    name);
        values[i] = value;
        return !reader->failed;
    }
    fail_at(reader, reader->at, "<%s> has no attribute '%s'%s", rule->name, name,
            suggestion(reader, name, names, count));
    return false;
}

/* What libxml2 gives for an attribute: local name, prefix, namespace, value, its end. */
struct sax_attribute {
    const xmlChar *name;
    const xmlChar *prefix;
    const xmlChar *uri;
    const char *value;
    const char *end;
};

static bool read_attributes(struct reader_state *reader, const struct mactl_rule *rule,
                            const xmlChar **attributes, int count, const char **values)
{
    struct sax_attribute a;

    for (int i = 0; i < count; i++) {
        memcpy(&a, attributes + i * 5, sizeof a);
        if (!set_attribute(
                reader, rule, values, (const char *)a.name,
                arena_textn(reader->instance->arena, a.value, (size_t)(a.end - a.value))))
            return false;
    }
    for (size_t i = 0; i < mactl_attribute_count(rule); i++)
        if (rule->attributes[i].duty == ATTRIBUTE_REQUIRED && values[i] == NULL) {
            fail_at(reader, reader->at, "<%s> needs the attribute '%s'", rule->name,
                    rule->attributes[i].name);
            return false;
        }
    return true;
}

/* --- libxml2's calls ------------------------------------------------------------- */

/* The start tag was read up to its end when we are called; no '<' may stand inside. */
static struct place start_of_tag(const struct reader_state *reader)
{
    const xmlParserInput *input = reader->parser->input;
    const xmlChar *at = input->cur;
    unsigned line = (unsigned)input->line;
    unsigned column = 1;

    while (at > input->base && *at != '<')
        if (*--at == '\n')
            line--;
    for (; at > input->base && at[-1] != '\n'; at--)
        column += (at[-1] & 0xc0) != 0x80;
    return (struct place){reader->file, line, column};
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *uri, int namespaces, const xmlChar **namespace_list,
                     int count, int defaulted, const xmlChar **attributes)
{
    struct reader_state *reader = context;
    const char *values[MOST_ATTRIBUTES] = {NULL};
    enum mactl_element element;

    (void)prefix;
    (void)namespace_list;
    (void)defaulted;
    if (reader->failed)
        return;
    reader->at = start_of_tag(reader);
    if (uri != NULL || namespaces > 0) {
        fail_at(reader, reader->at, "<%s>: there are no namespaces here", name);
        return;
    }
    element = find_element(reader, (const char *)name);
    if (element == ELEMENT_NONE ||
        !read_attributes(reader, &mactl_rules[element], attributes, count, values))
        return;
    reader->open[reader->depth++] = element;
    handlers[element].begin(reader, values);
}

static void on_end(void *context, const xmlChar *name, const xmlChar *prefix,
                   const xmlChar *uri)
{
    struct reader_state *reader = context;
    enum mactl_element element;

    (void)name;
    (void)prefix;
    (void)uri;
    if (reader->failed)
        return;
    element = reader->open[--reader->depth];
    if (handlers[element].end != NULL)
        handlers[element].end(reader);
}

static void on_text(void *context, const xmlChar *text, int length)
{
    struct reader_state *reader = context;
    struct slice given = slice_of(text, (size_t)length);
    enum mactl_element element = parent_of(reader);

    if (reader->failed || element == ELEMENT_NONE)
        return;
    if (mactl_rules[element].text)
        buf_slice(&reader->text, given);
    else if (text_strip(given).length > 0)
        fail_at(reader,
                (struct place){reader->file, (unsigned)reader->parser->input->line,
                               (unsigned)reader->parser->input->col},
                "<%s> holds elements, no text", mactl_rules[element].name);
}

static void on_doctype(void *context, const xmlChar *name, const xmlChar *external,
                       const xmlChar *system)
{
    struct reader_state *reader = context;

    (void)name;
    (void)external;
    (void)system;
    fail_at(reader, start_of_tag(reader), "a DOCTYPE has no place here");
}

static void on_error(void *context, xmlError *error)
{
    struct reader_state *reader = context;
    struct slice text = text_strip(slice_text(error->message));

    if (error->level < XML_ERR_ERROR)
        return;
    fail_at(reader,
            (struct place){reader->file, (unsigned)error->line, (unsigned)error->int2},
            "%.*s", (int)text.length, text.at);
}

static const xmlSAXHandler handler = {
    .initialized = XML_SAX2_MAGIC,
    .internalSubset = on_doctype,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_text,
    .serror = on_error,
};

static void parse(struct reader_state *reader, struct slice bytes)
{
    xmlParserCtxt *parser = xmlCreateMemoryParserCtxt(bytes.at, (int)bytes.length);

    reader->parser = parser;
    *parser->sax = handler;
    parser->userData = reader;
    /* without it an & of an attribute would come as "&#38;"; there is no other entity */
    xmlCtxtUseOptions(parser, XML_PARSE_NONET | XML_PARSE_NOENT);
    xmlParseDocument(parser);
    if (!parser->wellFormed)
        fail_at(reader, (struct place){reader->file, 1, 1}, "this is no XML");
    xmlFreeParserCtxt(parser);
}

/* --- the file -------------------------------------------------------------------- */

static void hand_over(struct reader_state *reader, struct instance *instance)
{
    struct arena *arena = instance->arena;

    instance->agents = GIVE(arena, reader->agents);
    instance->agent_count = reader->agents.count;
    instance->extensions = GIVE(arena, reader->extensions);
    instance->extension_count = reader->extensions.count;
    instance->guards = GIVE(arena, reader->guards);
    instance->guard_count = reader->guards.count;
    instance->cycles = GIVE(arena, reader->cycles);
    instance->cycle_count = reader->cycles.count;
    instance->settings = GIVE(arena, reader->settings);
    instance->setting_count = reader->settings.count;
}

static void end_reader(struct reader_state *reader)
{
    buf_free(&reader->text);
    VEC_FREE(&reader->parameters);
    VEC_FREE(&reader->secrets);
    VEC_FREE(&reader->agents);
    VEC_FREE(&reader->extensions);
    VEC_FREE(&reader->guards);
    VEC_FREE(&reader->cycles);
    VEC_FREE(&reader->settings);
}

enum ma_status instance_file_parse(struct instance *instance, struct slice bytes,
                                   const char *file, struct ma_error *err)
{
    struct reader_state reader = {.instance = instance, .err = err};

    if (bytes.length == 0)
        return ma_fail(err, MA_INVALID, "%s:1:1: the file is empty", file);
    reader.file = arena_text(instance->arena, file);
    parse(&reader, bytes);
    if (!reader.failed)
        hand_over(&reader, instance);
    end_reader(&reader);
    return reader.failed ? MA_INVALID : MA_OK;
}

enum ma_status instance_file_read(struct instance *instance, const char *file,
                                  struct ma_error *err)
{
    BUF_AUTO bytes = {0};
    enum ma_status status = disk_read(&bytes, file, LARGEST_FILE, err);

    if (status != MA_OK)
        return status;
    return instance_file_parse(instance, buf_view(&bytes), file, err);
}
