/* SPDX-License-Identifier: Apache-2.0 */
#include "instance/opened.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "config/cache.h"
#include "config/folder.h"
#include "config/swap.h"
#include "store/agent.h"

/* Numbers of agents are the store's. A reader's new ones are forgotten again: such an
 * agent has no objects. */
static uint32_t number_of(void *context, const struct guid *agent)
{
    return agent_number(context, agent);
}

static const char *const *absent_of(void *context, struct arena *arena, uint32_t agent)
{
    return agent_absent(context, arena, agent);
}

static enum ma_status compile(struct opened *opened, struct ma_error *err)
{
    struct batch *batch = batch_begin(opened->store);
    const struct program_agents agents = {number_of, absent_of, batch};
    enum ma_status status =
        program_compile(&opened->program, opened->config, opened->instance,
                        store_names(opened->store), &agents, err);

    if (status == MA_OK && !opened->read_only)
        status = batch_commit(batch, err);
    batch_end(batch);
    return status;
}

/* With the folder before the file and its place: a path that can be opened. */
static enum ma_status name_place(const char *folder, struct ma_error *err)
{
    struct ma_error told = *err;

    if (strncmp(told.text, folder, strlen(folder)) == 0)
        return told.status;
    return ma_fail(err, told.status, "%s/%s", folder, told.text);
}

static enum ma_status open_config(struct opened *opened, struct ma_error *err)
{
    const char *path = instance_path(opened->instance, "config");
    struct ma_error nothing;
    struct swap_lock lock;
    enum ma_status status = swap_begin(&lock, opened->instance->folder, SWAP_READ, err);

    if (status != MA_OK)
        return status;
    status = cache_read(&opened->config, path,
                        instance_path(opened->instance, "store/config.image"), err);
    swap_end(&lock);
    if (status != MA_INVALID && status != MA_NOT_FOUND)
        return status;
    if (folder_has_config(opened->instance->folder, &nothing) == MA_INVALID)
        return ma_fail(err, MA_INVALID, "%s", nothing.text);
    if (status == MA_INVALID)
        return name_place(path, err);
    err->status = MA_INVALID; /* one of its files is not there */
    return MA_INVALID;
}

/* A folder of somebody's own, which nobody swaps. */
static enum ma_status open_proposed(struct opened *opened, const char *path,
                                    struct ma_error *err)
{
    enum ma_status status = config_read(&opened->config, path, err);

    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND, "%s: there is no configuration", path);
    return status == MA_INVALID ? name_place(path, err) : status;
}

enum ma_status opened_nothing(const char *folder, struct ma_error *err)
{
    return ma_fail(
        err, MA_NOT_FOUND,
        "%s: nothing was run here yet: begin with a full import of an agent "
        "(mactl ma list has the agents, mactl run-profile MA its run profiles)",
        folder);
}

static enum ma_status open_store(struct opened *opened, const char *folder,
                                 struct ma_error *err)
{
    const char *path = folder != NULL ? folder : instance_path(opened->instance, "store");
    struct store_options options = {.read_only = opened->read_only};
    enum ma_status status = store_open(&opened->store, path, &options, err);

    if (status == MA_NOT_FOUND)
        return opened_nothing(opened->instance->folder, err);
    if (status == MA_INVALID) /* nothing that is wrong with the configuration */
        err->status = status = MA_BROKEN;
    return status;
}

enum ma_status opened_files(struct opened *out, const struct opened_request *request,
                            struct ma_error *err)
{
    enum ma_status status;

    *out = (struct opened){.read_only = request->read_only};
    status = instance_open(&out->instance, request->folder, err);
    if (status == MA_OK)
        status = request->config == NULL ? open_config(out, err)
                                         : open_proposed(out, request->config, err);
    return status;
}

static void forget_work(struct opened *opened)
{
    if (opened->program != NULL)
        program_free(opened->program);
    if (opened->store != NULL)
        store_close(opened->store);
    opened->program = NULL;
    opened->store = NULL;
}

/* Two that begin at once number the same new names and agents: the second sees that when
 * it saves them, and begins anew with the numbers of the first. */
enum ma_status opened_work(struct opened *opened, const struct opened_request *request,
                           struct ma_error *err)
{
    enum ma_status status;

    do {
        forget_work(opened);
        status = open_store(opened, request->store, err);
        if (status == MA_OK)
            status = compile(opened, err);
    } while (status == MA_CONFLICT && opened->store != NULL &&
             store_trouble(opened->store) == STORE_CONTENDED);
    if (status == MA_OK)
        store_share_names(opened->store);
    return status;
}

enum ma_status opened_begin(struct opened *out, const struct opened_request *request,
                            struct ma_error *err)
{
    struct opened opened;
    enum ma_status status = opened_files(&opened, request, err);

    if (status == MA_OK)
        status = opened_work(&opened, request, err);
    if (status == MA_OK)
        *out = opened;
    else
        opened_end(&opened);
    return status;
}

/* The program points into the configuration, and names into the store. */
void opened_end(struct opened *opened)
{
    forget_work(opened);
    if (opened->config != NULL)
        config_free(opened->config);
    if (opened->instance != NULL)
        instance_close(opened->instance);
    *opened = (struct opened){0};
}

/* --- by name ---------------------------------------------------------------------- */

enum ma_status opened_agent(const struct opened *opened, const char *name,
                            const struct compiled_agent **out, struct ma_error *err)
{
    const struct agent *agent;
    enum ma_status status = config_find_agent(opened->config, name, &agent, err);

    for (size_t i = 0; status == MA_OK && i < opened->program->agent_count; i++)
        if (opened->program->agents[i].config == agent)
            *out = &opened->program->agents[i];
    return status;
}

enum ma_status opened_profile(const struct agent *agent, const char *name,
                              const struct run_profile **out, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char **names = ARENA_ARRAY(&arena, const char *, agent->profile_count);
    enum ma_status status;

    *out = agent_profile(agent, name);
    if (*out != NULL)
        return MA_OK;
    for (size_t i = 0; i < agent->profile_count; i++)
        names[i] = agent->profiles[i].name;
    status = error_no_such(err, "run profile", name, names, agent->profile_count);
    return error_in(err, "%s", agent->name), status;
}
