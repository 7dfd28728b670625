/* SPDX-License-Identifier: Apache-2.0 */

/* mactl config validate: everything that is wrong with a configuration. */

#include <string.h>

#include "base/text.h"
#include "bindings.h"
#include "commands.h"
#include "config/folder.h"
#include "findings.h"
#include "open.h"
#include "render.h"

static const unsigned usual = FINDING_MASK_ALL & ~FINDING_MASK(FINDING_NOTE);

static enum exit_code print_json(const struct config *config, size_t errors)
{
    render_json(json_pack("{s:s, s:b, s:o}", "schema", "mactl/config-findings/1", "valid",
                          errors == 0, "findings",
                          findings_json(config, FINDING_MASK_ALL)));
    return errors == 0 ? EXIT_OK : EXIT_CONFIGURATION;
}

static enum exit_code print_text(const struct invocation *call,
                                 const struct config *config, const char *path)
{
    unsigned mask = call->verbose > 0 ? FINDING_MASK_ALL : usual;
    size_t errors = findings_count(config, FINDING_MASK_ERRORS);

    findings_print(stdout, call->arena, config, config->root,
                   call->quiet ? FINDING_MASK_ERRORS : mask);
    if (!call->quiet)
        printf("%s: %s, %s, %zu unsupported, %zu approximated\n", path,
               render_count(call->arena, errors, "error", "errors"),
               render_count(call->arena,
                            findings_count(config, FINDING_MASK(FINDING_WARNING)),
                            "warning", "warnings"),
               findings_count(config, FINDING_MASK(FINDING_UNSUPPORTED)),
               findings_count(config, FINDING_MASK(FINDING_APPROXIMATED)));
    return errors == 0 ? EXIT_OK : EXIT_CONFIGURATION;
}

static enum exit_code judge(const struct invocation *call, struct config *config,
                            const char *path, const struct ma_error *err)
{
    enum exit_code code;

    if (config == NULL)
        return command_fail(err);
    if (call->output == OUTPUT_JSON)
        code = print_json(config, findings_count(config, FINDING_MASK_ERRORS));
    else
        code = print_text(call, config, path);
    config_free(config);
    return code;
}

static enum exit_code validate_export(const struct invocation *call, const char *path)
{
    struct config *config = NULL;
    struct ma_error err = {0};

    (void)config_read(&config, path, &err); /* the findings say it all */
    if (config != NULL) {
        findings_of_schemas(config);
        findings_of_rules(config, NULL);
    }
    return judge(call, config, path, &err);
}

static enum exit_code validate_mactl_xml(const struct invocation *call, const char *file)
{
    struct ma_error err = {0};

    if (instance_check(file, &err) != MA_OK)
        return command_fail(&err);
    if (!call->quiet)
        printf("%s: 0 errors\n", file);
    return EXIT_OK;
}

/* mactl.xml, then config/, then what the one says about the other. */
static enum exit_code validate_instance(const struct invocation *call)
{
    struct instance *instance = NULL;
    struct config *config = NULL;
    struct ma_error err = {0};
    enum exit_code code = open_instance(&instance, call);

    if (code != EXIT_OK)
        return code;
    (void)folder_read(&config, call->folder, &err); /* the findings say it all */
    if (config != NULL) {
        bindings_warn(call, instance, config);
        findings_of_schemas(config);
        findings_of_rules(config, instance);
        bindings_lift(call, instance, config);
    }
    instance_close(instance);
    return judge(call, config, call->folder, &err);
}

static bool is_mactl_xml(const char *path)
{
    const char *slash = strrchr(path, '/');

    return strcmp(slash == NULL ? path : slash + 1, "mactl.xml") == 0;
}

static enum exit_code run(const struct invocation *call, int argc, const char **argv)
{
    struct invocation other = *call;

    if (argc == 0)
        return validate_instance(call);
    if (is_mactl_xml(argv[0]))
        return validate_mactl_xml(call, argv[0]);
    if (!open_is_instance(argv[0]))
        return validate_export(call, argv[0]);
    other.folder = argv[0];
    other.folder_given = true;
    return validate_instance(&other);
}

const struct command command_config_validate = {
    .words = "config validate",
    .arguments = "[PATH]",
    .summary = "All that is wrong with a configuration",
    .help =
        "PATH is an export as config import takes it, a mactl.xml, or an instance; "
        "without "
        "it, the\ninstance of -C is looked at. No instance is needed, nothing is "
        "changed. "
        "A line has\nfile:line:column, what is the matter and what follows from it; -v "
        "adds notes.\n\n    mactl config validate export",
    .least = 0,
    .most = 1,
    .run = run,
};
