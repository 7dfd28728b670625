/* SPDX-License-Identifier: Apache-2.0 */
#include "config/agent_set.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/text.h"
#include "base/vec.h"
#include "config/agent_edit.h"
#include "config/disk.h"
#include "config/partition_edit.h"
#include "config/secret.h"

enum { PRIVATE_FOLDER = 0700, PRIVATE_FILE = 0600 };

/* --- what changes ----------------------------------------------------------------- */

struct noting {
    struct agent_set *set;
    VEC_OF(struct agent_set_change) list;
};

static void note(struct noting *noting, const char *what, const char *old,
                 const char *now)
{
    if (!text_same(old, now))
        VEC_ADD(&noting->list, (struct agent_set_change){what, old, now});
}

static const struct secret_source *secret_of(const struct agent_set *set,
                                             const char *name)
{
    const struct agent_binding *binding = instance_binding(set->instance, set->agent);

    for (size_t i = 0; binding != NULL && i < binding->secret_count; i++)
        if (strcasecmp(binding->secrets[i].name, name) == 0)
            return &binding->secrets[i];
    return NULL;
}

static void note_parameters(struct noting *noting)
{
    const struct agent_set_request *request = noting->set->request;
    const struct agent_binding *binding =
        instance_binding(noting->set->instance, noting->set->agent);

    for (size_t i = 0; i < request->parameter_count; i++) {
        const struct parameter *p = &request->parameters[i];

        note(noting, p->name,
             binding == NULL
                 ? NULL
                 : parameter_find(binding->parameters, binding->parameter_count, p->name),
             p->value);
    }
}

/* That a typed secret is the one that was there, nobody can see without reading it. */
static void note_secret(struct noting *noting)
{
    const struct agent_set *set = noting->set;
    const struct agent_set_request *request = set->request;
    const struct secret_source now = {request->secret, request->kind, request->where};
    const struct secret_source *old;

    for (const char *const *name = request->gone; name != NULL && *name != NULL; name++)
        if ((old = secret_of(set, *name)) != NULL)
            note(noting, *name, secret_origin(set->arena, old), NULL);
    if (request->secret == NULL)
        return;
    old = secret_of(set, request->secret);
    note(noting, request->secret, old == NULL ? NULL : secret_origin(set->arena, old),
         request->value != NULL   ? "a new file of secrets/"
         : request->where == NULL ? NULL
                                  : secret_origin(set->arena, &now));
}

static const char *join(struct arena *arena, const char *const *texts)
{
    const char *all = "";

    for (; texts != NULL && *texts != NULL; texts++)
        all = arena_print(arena, "%s%s%s", all, all[0] == '\0' ? "" : "; ", *texts);
    return all[0] == '\0' ? "all" : all;
}

/* The plan keeps their number and their ids. */
static void note_partitions(struct noting *noting, const struct agent *now)
{
    const struct agent *old = config_agent(noting->set->plan->current, &now->id);
    struct arena *arena = noting->set->arena;

    for (size_t i = 0; i < now->partition_count && i < old->partition_count; i++) {
        const struct partition *is = &now->partitions[i];
        const struct partition *was = &old->partitions[i];

        note(noting, "partition", was->name, is->name);
        note(noting, arena_print(arena, "containers of %s", is->name),
             join(arena, was->inclusions), join(arena, is->inclusions));
        note(noting, arena_print(arena, "not below, in %s", is->name),
             join(arena, was->exclusions), join(arena, is->exclusions));
        note(noting, arena_print(arena, "selected: %s", is->name),
             was->selected ? "yes" : "no", is->selected ? "yes" : "no");
    }
}

static void note_config(struct noting *noting)
{
    static const char forest[] = "adma-configuration/forest-name";
    const struct folder_plan *plan = noting->set->plan;
    const struct agent *now = plan == NULL || plan->result == NULL
                                  ? NULL
                                  : config_agent(plan->result, &noting->set->agent->id);

    if (now == NULL)
        return;
    note(noting, "forest",
         parameter_find(noting->set->agent->private_configuration,
                        noting->set->agent->private_count, forest),
         parameter_find(now->private_configuration, now->private_count, forest));
    note_partitions(noting, now);
}

static void note_all(struct agent_set *set)
{
    struct noting noting = {.set = set};

    note_config(&noting);
    note_parameters(&noting);
    note_secret(&noting);
    set->change_count = noting.list.count;
    set->changes = arena_copy(set->arena, noting.list.items,
                              noting.list.count * sizeof *noting.list.items);
    VEC_FREE(&noting.list);
}

/* --- the plan --------------------------------------------------------------------- */

/* Whatever is asked of config/ is planned with the agent as it is there. */
static enum ma_status edit(void *context, const struct config *current,
                           struct folder_files *files, struct ma_error *err)
{
    struct agent_set *set = context;
    struct partition_change change = {.forest = set->request->forest,
                                      .containers = set->request->containers};

    if (config_find_agent(current, set->request->agent, &set->agent, err) != MA_OK)
        return MA_NOT_FOUND;
    if (change.forest == NULL && change.containers == NULL)
        return MA_OK;
    change.agent = &set->agent->id;
    return partition_edit(&change, current, files, err);
}

/* A file that stands there has to be one that may hold a secret. */
static enum ma_status check_secret(const struct agent_set *set, struct ma_error *err)
{
    const struct agent_set_request *request = set->request;
    const struct secret_source source = {request->secret, request->kind, request->where};

    if (request->secret == NULL || request->where == NULL || request->kind != SECRET_FILE)
        return MA_OK;
    return secret_check(&source, request->folder, err);
}

enum ma_status agent_set_plan(struct agent_set *out,
                              const struct agent_set_request *request,
                              struct ma_error *err)
{
    enum ma_status status;

    *out =
        (struct agent_set){.request = request, .arena = mem_zero(sizeof(struct arena))};
    status = instance_open(&out->instance, request->folder, err);
    if (status == MA_OK)
        status = folder_plan_edit(&out->plan, request->folder, request->only_plan, edit,
                                  out, err);
    if (status == MA_OK)
        status = check_secret(out, err);
    if (status == MA_OK)
        note_all(out);
    return status;
}

void agent_set_free(struct agent_set *set)
{
    folder_plan_free(set->plan);
    instance_close(set->instance);
    arena_free(set->arena);
    free(set->arena);
    *set = (struct agent_set){0};
}

/* --- doing it --------------------------------------------------------------------- */

/* "secrets/contoso.com-1f3a9c20" */
static const char *new_file(struct agent_set *set)
{
    char *name = arena_text(set->arena, set->agent->name);
    uint32_t number = 0;

    if (getrandom(&number, sizeof number, 0) != sizeof number)
        number = (uint32_t)(uintptr_t)name; /* any name that is not there will do */
    for (char *c = name; *c != '\0'; c++)
        if (!isalnum((unsigned char)*c) && strchr("._-", *c) == NULL)
            *c = '-';
    return arena_print(set->arena, "secrets/%s-%08x", name, (unsigned)number);
}

static enum ma_status keep_value(struct agent_set *set, const char *name,
                                 struct ma_error *err)
{
    const char *folder = set->request->folder;
    const char *secrets = arena_print(set->arena, "%s/secrets", folder);
    enum ma_status status = disk_folder(secrets, PRIVATE_FOLDER, err);

    if (status == MA_OK)
        status = disk_write(arena_print(set->arena, "%s/%s", folder, name),
                            slice_text(set->request->value), PRIVATE_FILE, err);
    return status == MA_OK ? disk_sync(secrets, err) : status;
}

/* Looks whether mactl.xml can be changed so, or does it. */
static enum ma_status bind(struct agent_set *set, const char *where, bool only_look,
                           struct ma_error *err)
{
    const struct agent_set_request *request = set->request;
    VEC_OF(struct secret_source) secrets = {0};
    struct agent_change change = {
        .agent = set->agent,
        .parameters = request->parameters,
        .parameter_count = request->parameter_count,
    };
    enum ma_status status;

    if (request->secret != NULL)
        VEC_ADD(&secrets, (struct secret_source){request->secret, request->kind, where});
    for (const char *const *name = request->gone; name != NULL && *name != NULL; name++)
        if (secret_of(set, *name) != NULL)
            VEC_ADD(&secrets, (struct secret_source){.name = *name});
    change.secrets = secrets.items;
    change.secret_count = secrets.count;
    status = only_look ? agent_edit_check(request->folder, &change, err)
                       : agent_edit(request->folder, &change, err);
    VEC_FREE(&secrets);
    return status;
}

/* A file that we made, and that nobody is told to read any more. */
static void forget_old(struct agent_set *set, const char *name, const char *where)
{
    const struct secret_source *old = secret_of(set, name);
    const char *mine = arena_print(set->arena, "%s", new_file(set));
    size_t stem = strlen(mine) - 8;
    struct ma_error ignored = {0};

    if (old == NULL || old->kind != SECRET_FILE || text_same(old->where, where) ||
        strlen(old->where) != stem + 8 || strncmp(old->where, mine, stem) != 0)
        return;
    /* it only lies there, should it stay */
    (void)disk_remove(arena_print(set->arena, "%s/%s", set->request->folder, old->where),
                      &ignored);
}

enum ma_status agent_set_apply(struct agent_set *set, struct ma_error *err)
{
    const struct agent_set_request *request = set->request;
    const char *where = request->value == NULL ? request->where : new_file(set);
    struct ma_error ignored = {0};
    enum ma_status status = bind(set, where, true, err);

    if (status == MA_OK && request->value != NULL)
        status = keep_value(set, where, err);
    if (status == MA_OK && set->plan->copy_count > 0)
        status = folder_apply(set->plan, err);
    if (status == MA_OK)
        status = bind(set, where, false, err);
    if (status != MA_OK && request->value != NULL)
        (void)disk_remove(arena_print(set->arena, "%s/%s", request->folder, where),
                          &ignored);
    if (status == MA_OK && request->secret != NULL)
        forget_old(set, request->secret, where);
    for (const char *const *name = request->gone;
         status == MA_OK && name != NULL && *name != NULL; name++)
        forget_old(set, *name, NULL);
    return status;
}
