/* SPDX-License-Identifier: Apache-2.0 */

/* What each element of mactl.xml says. */

#include <stdlib.h>

#include "base/text.h"
#include "config/instance_reader.h"

/* What was collected, for good. */
#define GIVE(arena, vec)                                                                 \
    arena_copy((arena), (vec).items, (vec).count * sizeof *(vec).items)

static const char *keep(struct instance_reader *reader, const char *text)
{
    return arena_text(reader->instance->arena, text);
}

static bool same(const char *a, const char *b)
{
    return text_caseequal(slice_text(a), slice_text(b));
}

static void begin_mactl(struct instance_reader *reader, const char *const *attributes)
{
    if (strcmp(attributes[0], "1") != 0)
        instance_reader_fail(reader, reader->at,
                             "this is version '%s'; this program reads version 1",
                             attributes[0]);
}

/* A relative path of a plugin is one below the instance, wherever we were started. */
static const char *plugin_name(struct instance_reader *reader, const char *plugin)
{
    size_t length = strlen(plugin);
    bool file = strchr(plugin, '/') != NULL ||
                (length > 3 && strcmp(plugin + length - 3, ".so") == 0);

    if (!file || plugin[0] == '/')
        return keep(reader, plugin);
    return arena_print(reader->instance->arena, "%s/%s", reader->instance->folder,
                       plugin);
}

static void begin_agent(struct instance_reader *reader, const char *const *attributes)
{
    for (size_t i = 0; i < reader->agents.count; i++)
        if (same(reader->agents.items[i].agent, attributes[0])) {
            instance_reader_fail(reader, reader->at,
                                 "the agent '%s' is here already, in line %u",
                                 attributes[0], reader->agents.items[i].place.line);
            return;
        }
    reader->agent = (struct agent_binding){
        .agent = keep(reader, attributes[0]),
        .plugin = attributes[1] == NULL ? NULL : plugin_name(reader, attributes[1]),
        .place = reader->at,
    };
}

static void end_agent(struct instance_reader *reader)
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

static void begin_named(struct instance_reader *reader, const char *const *attributes)
{
    reader->name = keep(reader, attributes[0]);
    buf_clear(&reader->text);
}

static struct parameter end_named(struct instance_reader *reader)
{
    struct slice text = text_strip(buf_view(&reader->text));

    return (struct parameter){
        .name = reader->name,
        .value = arena_textn(reader->instance->arena, text.at, text.length),
        .type = "",
        .place = reader->at,
    };
}

static void end_parameter(struct instance_reader *reader)
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
static void begin_secret(struct instance_reader *reader, const char *const *attributes)
{
    struct secret_source source = {.name = keep(reader, attributes[0])};
    size_t given = 0;

    for (size_t i = 0; i < reader->secrets.count; i++)
        if (same(reader->secrets.items[i].name, source.name))
            instance_reader_fail(reader, reader->at, "the secret '%s' is here already",
                                 source.name);
    for (size_t i = 0; i < SECRET_KINDS; i++)
        if (attributes[i + 1] != NULL) {
            given++;
            source.kind = secret_kinds[i].kind;
            source.where = keep(reader, attributes[i + 1]);
        }
    if (given != 1)
        instance_reader_fail(reader, reader->at,
                             "the secret '%s' comes from one place: file or credential",
                             source.name);
    else
        VEC_ADD(&reader->secrets, source);
}

static void begin_extension(struct instance_reader *reader, const char *const *attributes)
{
    for (size_t i = 0; i < reader->extensions.count; i++)
        if (same(reader->extensions.items[i].assembly, attributes[0]))
            instance_reader_fail(reader, reader->at, "the assembly '%s' is here already",
                                 attributes[0]);
    VEC_ADD(&reader->extensions,
            (struct extension_binding){.assembly = keep(reader, attributes[0]),
                                       .plugin = plugin_name(reader, attributes[1]),
                                       .place = reader->at});
}

static const struct setting_kind *find_setting(struct instance_reader *reader)
{
    size_t count = 0;
    const struct setting_kind *kinds = instance_settings(&count);
    const char **names = ARENA_ARRAY(reader->instance->arena, const char *, count);

    for (size_t i = 0; i < count; i++) {
        names[i] = kinds[i].name;
        if (strcmp(kinds[i].name, reader->name) == 0)
            return &kinds[i];
    }
    instance_reader_fail(reader, reader->at, "there is no setting '%s'%s", reader->name,
                         instance_reader_near(reader, reader->name, names, count));
    return NULL;
}

static void end_setting(struct instance_reader *reader)
{
    const struct setting_kind *kind = find_setting(reader);
    struct parameter setting = end_named(reader);
    bool flag;

    if (kind == NULL)
        return;
    for (size_t i = 0; i < reader->settings.count; i++)
        if (strcmp(reader->settings.items[i].name, setting.name) == 0)
            instance_reader_fail(reader, setting.place,
                                 "the setting '%s' is here already", setting.name);
    if (kind->flag && !text_to_flag(slice_text(setting.value), &flag))
        instance_reader_fail(reader, setting.place,
                             "the setting '%s' is true or false, not '%s'", setting.name,
                             setting.value);
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
static void begin_guard(struct instance_reader *reader, const char *const *attributes)
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
            instance_reader_fail(reader, reader->at, "%s: '%s' is no number%s",
                                 guard_numbers[i].attribute, text,
                                 guard_numbers[i].most == 100 ? " from 0 to 100" : "");
        else
            guard_set(&guard, guard_numbers[i].number, value);
    }
    for (size_t i = 0; i < reader->guards.count; i++)
        if (same_guard(&reader->guards.items[i], &guard))
            instance_reader_fail(reader, reader->at,
                                 "this guard is here already, in line %u",
                                 reader->guards.items[i].place.line);
    if (guard.given == 0)
        instance_reader_fail(reader, reader->at, "a guard gives at least one number");
    VEC_ADD(&reader->guards, guard);
}

/* attributes[0] is the agent, then the profiles in the order of enum cycle_kind. */
static void begin_cycle(struct instance_reader *reader, const char *const *attributes)
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
        instance_reader_fail(reader, reader->at, "skip is true or false, not '%s'", skip);
    if (!says)
        instance_reader_fail(reader, reader->at,
                             "a cycle names at least one run profile, or skip");
    for (size_t i = 0; i < reader->cycles.count; i++)
        if (same(reader->cycles.items[i].agent, cycle.agent))
            instance_reader_fail(reader, reader->at, "the cycle of '%s' is here already",
                                 cycle.agent);
    VEC_ADD(&reader->cycles, cycle);
}

/* --- the table -------------------------------------------------------------------- */

static const struct {
    void (*begin)(struct instance_reader *reader, const char *const *attributes);
    void (*end)(struct instance_reader *reader);
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

void instance_element_begin(struct instance_reader *reader, enum mactl_element element,
                            const char *const *attributes)
{
    handlers[element].begin(reader, attributes);
}

void instance_element_end(struct instance_reader *reader, enum mactl_element element)
{
    if (handlers[element].end != NULL)
        handlers[element].end(reader);
}

/* --- what was read ---------------------------------------------------------------- */

void instance_element_give(struct instance_reader *reader, struct instance *instance)
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

void instance_element_free(struct instance_reader *reader)
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
