/* SPDX-License-Identifier: Apache-2.0 */
#include "findings.h"

#include "config/relaxng.h"
#include "render.h"
#include "rules/program.h"

static const char *const levels[] = {
    [FINDING_ERROR] = "error",
    [FINDING_UNSUPPORTED] = "unsupported",
    [FINDING_APPROXIMATED] = "approximated",
    [FINDING_WARNING] = "warning",
    [FINDING_NOTE] = "note",
};

const char *findings_level(enum finding_level level)
{
    return levels[level];
}

static bool is_wanted(const struct config_finding *finding, unsigned mask)
{
    return (mask & FINDING_MASK(finding->level)) != 0;
}

size_t findings_count(const struct config *config, unsigned mask)
{
    size_t count = 0;

    for (size_t i = 0; i < config->finding_count; i++)
        count += is_wanted(&config->findings[i], mask);
    return count;
}

static void add_all(struct config *config, const struct config_finding *found,
                    size_t count)
{
    struct config_finding *all =
        ARENA_ARRAY(config->arena, struct config_finding, config->finding_count + count);

    if (config->finding_count > 0)
        memcpy(all, config->findings, config->finding_count * sizeof *all);
    if (count > 0)
        memcpy(all + config->finding_count, found, count * sizeof *all);
    config->findings = all;
    config->finding_count += count;
}

void findings_of_rules(struct config *config, const struct instance *instance)
{
    const struct config_finding *found;
    size_t count;

    if (findings_count(config, FINDING_MASK_ERRORS) > 0)
        return;
    count = program_check(config->arena, config, instance, &found);
    add_all(config, found, count);
}

void findings_of_schemas(struct config *config)
{
    const struct config_finding *found;
    size_t count = relaxng_check(config->arena, config, &found);

    add_all(config, found, count);
}

static void print_one(FILE *out, struct arena *arena, const struct config *config,
                      const struct config_finding *finding)
{
    fprintf(out, "%s: %s: %s", render_place(arena, config, &finding->place),
            levels[finding->level], render_clean(arena, finding->text));
    if (finding->consequence != NULL)
        fprintf(out, "; %s", render_clean(arena, finding->consequence));
    fputc('\n', out);
}

size_t findings_print(FILE *out, struct arena *arena, const struct config *config,
                      const char *root, unsigned mask)
{
    struct config shown = *config;
    size_t count = 0;

    shown.root = root;
    for (size_t i = 0; i < config->finding_count; i++)
        if (is_wanted(&config->findings[i], mask)) {
            print_one(out, arena, &shown, &config->findings[i]);
            count++;
        }
    return count;
}

static json_t *one_json(const struct config_finding *finding)
{
    return json_pack(
        "{s:s, s:o, s:i, s:i, s:o, s:o, s:o, s:o}", "level", levels[finding->level],
        "file", render_text(finding->place.file), "line", (int)finding->place.line,
        "column", (int)finding->place.column, "element", render_text(finding->path),
        "construct", render_text(finding->construct), "text", render_text(finding->text),
        "consequence", render_text(finding->consequence));
}

json_t *findings_json(const struct config *config, unsigned mask)
{
    json_t *all = json_array();

    for (size_t i = 0; i < config->finding_count; i++)
        if (is_wanted(&config->findings[i], mask))
            json_array_append_new(all, one_json(&config->findings[i]));
    return all;
}
