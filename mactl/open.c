/* SPDX-License-Identifier: Apache-2.0 */
#include "open.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "config/folder.h"
#include "findings.h"

static enum exit_code no_instance(const struct invocation *call,
                                  const struct ma_error *err)
{
    if (call->folder_given)
        return command_error(EXIT_USAGE, "mactl init DIR makes an instance", "%s",
                             err->text);
    return command_error(EXIT_USAGE,
                         "name the instance with -C DIR or $MACTL_HOME; mactl init DIR "
                         "makes one",
                         "the current folder is no instance: there is no mactl.xml");
}

bool open_is_instance(const char *folder)
{
    char *file = mem_print("%s/mactl.xml", folder);
    bool is = access(file, F_OK) == 0;

    free(file);
    return is;
}

enum exit_code open_instance(struct instance **out, const struct invocation *call)
{
    struct ma_error err = {0};
    enum ma_status status = instance_open(out, call->folder, &err);

    if (status == MA_NOT_FOUND)
        return no_instance(call, &err);
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}

/* After a reader: whole, or said what is wrong with it. */
static enum exit_code whole(const struct invocation *call, enum ma_status status,
                            struct config *config, const struct ma_error *err,
                            struct config **out)
{
    if (status == MA_OK) {
        *out = config;
        return EXIT_OK;
    }
    if (config == NULL)
        return command_fail(err);
    findings_print(stderr, call->arena, config, config->root, FINDING_MASK_ERRORS);
    config_free(config);
    return EXIT_CONFIGURATION;
}

enum exit_code open_config(struct config **out, const struct invocation *call)
{
    struct config *config = NULL;
    struct ma_error err = {0};
    enum ma_status status = folder_read(&config, call->folder, &err);

    return whole(call, status, config, &err, out);
}

enum exit_code open_config_at(struct config **out, const struct invocation *call,
                              const char *path)
{
    struct config *config = NULL;
    struct ma_error err = {0};
    enum ma_status status = open_is_instance(path) ? folder_read(&config, path, &err)
                                                   : config_read(&config, path, &err);

    return whole(call, status, config, &err, out);
}

static size_t nearest_agent(const struct config *config, const char *name)
{
    const char **names = mem_zero_array(config->agent_count + 1, sizeof *names);
    size_t near;

    for (size_t i = 0; i < config->agent_count; i++)
        names[i] = config->agents[i].name;
    near = text_nearest(name, names, config->agent_count);
    free(names);
    return near;
}

const struct agent *open_agent(const struct config *config, const char *name)
{
    const struct agent *agent = config_agent_named(config, name);
    size_t near;

    if (agent != NULL)
        return agent;
    fprintf(stderr, "error: there is no management agent '%s'\n", name);
    near = nearest_agent(config, name);
    if (near < config->agent_count)
        fprintf(stderr, "did you mean \"%s\"?\n", config->agents[near].name);
    else
        fputs("next: mactl ma list\n", stderr);
    return NULL;
}
