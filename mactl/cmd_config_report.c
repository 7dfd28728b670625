/* SPDX-License-Identifier: Apache-2.0 */

/* mactl config report: what of a configuration is understood, approximated, unsupported.
 */

#include <string.h>

#include "base/text.h"
#include "bindings.h"
#include "commands.h"
#include "findings.h"
#include "open.h"
#include "render.h"

/* A configuration, and the instance whose bindings lift what they can; NULL: none. */
struct report {
    const struct invocation *call;
    const char *path; /* as the operator named it */
    struct instance *instance;
    struct config *config;
    struct config_counts counts;
};

/* --- counts ------------------------------------------------------------------------ */

struct count {
    const char *name;
    size_t value;
};

/* In the order of the table; `out` has room for all. */
static size_t list_counts(const struct config_counts *counts, struct count *out)
{
    size_t n = 0;

#define ADD_COUNT(key) out[n++] = (struct count){#key, counts->key};
    CONFIG_COUNTS(ADD_COUNT)
#undef ADD_COUNT
    return n;
}

#define ONE_MORE(key) +1
enum { COUNTS = 0 CONFIG_COUNTS(ONE_MORE) };
#undef ONE_MORE

/* --- JSON -------------------------------------------------------------------------- */

static json_t *counts_json(const struct report *report)
{
    json_t *all = json_object();
    struct count counts[COUNTS];
    size_t n = list_counts(&report->counts, counts);

    for (size_t i = 0; i < n; i++)
        json_object_set_new(all, counts[i].name,
                            json_integer((json_int_t)counts[i].value));
    return all;
}

static json_t *part_json(const char *kind, const char *name, const struct place *place)
{
    return json_pack("{s:s, s:o, s:o, s:i, s:i}", "kind", kind, "name", render_text(name),
                     "file", render_text(place->file), "line", (int)place->line, "column",
                     (int)place->column);
}

static json_t *understood_json(const struct config *config)
{
    json_t *all = json_array();

    if (config->metaverse.present)
        json_array_append_new(
            all, part_json("metaverse", "metaverse", &config->metaverse.place));
    for (size_t i = 0; i < config->agent_count; i++)
        json_array_append_new(all, part_json("management-agent", config->agents[i].name,
                                             &config->agents[i].place));
    for (size_t i = 0; i < config->rule_count; i++)
        json_array_append_new(
            all, part_json("sync-rule", config->rules[i].name, &config->rules[i].place));
    return all;
}

static const char *family_key(const struct config *config)
{
    return config->family == FAMILY_MIM ? "mim" : "aadconnect";
}

static enum exit_code report_json(const struct report *report)
{
    const struct config *config = report->config;

    return render_json(json_pack(
        "{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "schema", "mactl/config-report/1",
        "family", family_key(config), "counts", counts_json(report), "understood",
        understood_json(config), "approximated",
        findings_json(config, FINDING_MASK(FINDING_APPROXIMATED)), "unsupported",
        findings_json(config, FINDING_MASK(FINDING_UNSUPPORTED)), "warnings",
        findings_json(config, FINDING_MASK(FINDING_WARNING)), "errors",
        findings_json(config, FINDING_MASK_ERRORS)));
}

/* --- text -------------------------------------------------------------------------- */

/* Findings of one level with the same words are told once, with their places. */
static bool are_alike(const struct config_finding *a, const struct config_finding *b)
{
    if (a->level != b->level)
        return false;
    if (a->construct != NULL && b->construct != NULL)
        return strcmp(a->construct, b->construct) == 0;
    return strcmp(a->text, b->text) == 0;
}

static bool was_told(const struct config *config, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (are_alike(&config->findings[i], &config->findings[index]))
            return true;
    return false;
}

enum { MOST_PLACES = 3 };

/* What concerns the folder as a whole has no file. */
static void tell_place(const char *indent, const struct place *place)
{
    if (place->file == NULL)
        return;
    printf("%s%s", indent, place->file);
    if (place->line > 0)
        printf(":%u:%u", place->line, place->column);
    putchar('\n');
}

static void tell_places(const struct report *report, size_t index)
{
    const struct config *config = report->config;
    size_t most = report->call->verbose > 0 ? config->finding_count : MOST_PLACES;
    size_t count = 0;

    for (size_t i = index; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        if (are_alike(finding, &config->findings[index]) && count++ < most)
            tell_place("      ", &finding->place);
    }
    if (count > most)
        printf("      and %zu more places: -v lists them\n", count - most);
}

static void tell_level(const struct report *report, enum finding_level level)
{
    const struct config *config = report->config;
    size_t count = findings_count(config, FINDING_MASK(level));

    if (count == 0)
        return;
    printf("\n%s (%zu)\n", findings_level(level), count);
    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        if (finding->level != level || was_told(config, i))
            continue;
        render_wrap(stdout, "  ", render_clean(report->call->arena, finding->text));
        if (finding->consequence != NULL)
            render_wrap(stdout, "    ",
                        render_clean(report->call->arena, finding->consequence));
        tell_places(report, i);
    }
}

static const char *family_words(const struct config *config)
{
    return config->family == FAMILY_MIM ? "a MIIS, ILM, FIM or MIM"
                                        : "an Azure AD Connect";
}

static void tell_part(const struct report *report, const char *kind, const char *name,
                      const struct place *place)
{
    struct arena *arena = report->call->arena;

    printf("  %-10s %s\n", kind, render_clean(arena, name));
    tell_place("             ", place);
}

static void tell_understood(const struct report *report)
{
    const struct config *config = report->config;
    const struct config_counts *counts = &report->counts;
    struct arena *arena = report->call->arena;

    puts("\nunderstood");
    if (config->metaverse.present)
        tell_part(report, "metaverse",
                  arena_print(arena, "%s, %s",
                              render_count(arena, counts->mv_classes, "class", "classes"),
                              render_count(arena, counts->mv_attribute_types,
                                           "attribute type", "attribute types")),
                  &config->metaverse.place);
    for (size_t i = 0; i < config->agent_count; i++)
        tell_part(report, "agent",
                  arena_print(arena, "%s (%s)", config->agents[i].name,
                              config->agents[i].category),
                  &config->agents[i].place);
    for (size_t i = 0; report->call->verbose > 0 && i < config->rule_count; i++)
        tell_part(report, "rule", config->rules[i].name, &config->rules[i].place);
    if (config->rule_count > 0 && report->call->verbose == 0)
        printf("  rules      %zu synchronization rules: -v lists them\n",
               config->rule_count);
}

static void tell_counts(const struct report *report)
{
    struct count counts[COUNTS];
    size_t n = list_counts(&report->counts, counts);
    size_t rows = (n + 1) / 2;

    puts("\ncounts");
    for (size_t i = 0; i < rows; i++) {
        printf("  %-27s%6zu", counts[i].name, counts[i].value);
        if (i + rows < n)
            printf("      %-27s%6zu", counts[i + rows].name, counts[i + rows].value);
        putchar('\n');
    }
}

static enum exit_code report_text(const struct report *report)
{
    static const enum finding_level levels[] = {FINDING_ERROR, FINDING_UNSUPPORTED,
                                                FINDING_APPROXIMATED, FINDING_WARNING};

    printf("%s: %s configuration\n", report->path, family_words(report->config));
    tell_understood(report);
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++)
        tell_level(report, levels[i]);
    if (report->call->verbose > 0)
        tell_level(report, FINDING_NOTE);
    tell_counts(report);
    return EXIT_OK;
}

/* --- the command ------------------------------------------------------------------- */

/* The instance's own configuration, or one that is looked at with its bindings. */
static enum exit_code open_report(struct report *report, const char *path)
{
    struct ma_error err = {0};
    enum exit_code code = EXIT_OK;

    if (path == NULL || report->call->folder_given)
        code = open_instance(&report->instance, report->call);
    if (code != EXIT_OK)
        return code;
    if (path == NULL)
        return open_config(&report->config, report->call);
    (void)config_read(&report->config, path, &err); /* errors are part of the report */
    return report->config == NULL ? command_fail(&err) : EXIT_OK;
}

static enum exit_code make_report(struct report *report)
{
    enum exit_code code;

    report->counts = config_count(report->config);
    findings_of_rules(report->config, report->instance);
    if (report->instance != NULL)
        bindings_lift(report->call, report->instance, report->config);
    code =
        report->call->output == OUTPUT_JSON ? report_json(report) : report_text(report);
    if (findings_count(report->config, FINDING_MASK_ERRORS) > 0)
        code = EXIT_CONFIGURATION;
    return code;
}

static enum exit_code run(const struct invocation *call, int argc, const char **argv)
{
    const char *path = argc > 0 ? argv[0] : NULL;
    struct invocation other = *call;
    struct report report = {.call = &other, .path = path == NULL ? call->folder : path};
    enum exit_code code;

    if (path != NULL && open_is_instance(path)) {
        other.folder = path;
        other.folder_given = true;
        path = NULL;
    }
    code = open_report(&report, path);

    if (code == EXIT_OK)
        code = make_report(&report);
    config_free(report.config);
    instance_close(report.instance);
    return code;
}

const struct command command_config_report = {
    .words = "config report",
    .arguments = "[PATH]",
    .summary = "What is understood, approximated, unsupported",
    .help =
        "PATH is an export as config import takes it, or an instance; without it, the "
        "report is about\nthe instance of -C. What mactl.xml binds is no longer "
        "unsupported. -v lists every "
        "place. -o json gives\nthe document mactl/config-report/1.\n\n    mactl config "
        "report export\n    mactl -C sync config report -o json",
    .least = 0,
    .most = 1,
    .run = run,
};
