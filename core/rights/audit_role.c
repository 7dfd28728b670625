/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/audit_role.h"

#include <string.h>

#include "base/error.h"

static enum ma_status load(struct audit_role *role,
                           const struct audit_role_request *request, struct ma_error *err)
{
    struct instance *instance = request->instance;
    enum ma_status status =
        plugin_load(&role->plugin, request->plugin,
                    plugin_folders(instance->arena, instance->folder), err);

    if (status != MA_OK)
        return error_in(err, "plugin '%s'", request->plugin);
    role->role = plugin_description(role->plugin)->audit;
    if (role->role != NULL)
        return MA_OK;
    return ma_fail(err, MA_INVALID, "plugin '%s' (%s) has no audit role", request->plugin,
                   plugin_file(role->plugin));
}

static enum ma_status give_password(void *context, const struct secret_source *source,
                                    char *out, size_t capacity, struct ma_error *err)
{
    const struct audit_role *role = context;

    if (strlen(role->password) >= capacity)
        return ma_fail(err, MA_INVALID, "the secret '%s' is longer than %zu bytes",
                       source->name, capacity - 1);
    memcpy(out, role->password, strlen(role->password) + 1);
    return MA_OK;
}

/* Of the agent's binding all but its secrets. */
static const struct agent_binding *with_password(struct audit_role *role,
                                                 const struct agent_binding *own,
                                                 const char *password)
{
    if (password == NULL)
        return own;
    role->password = password;
    role->secret = (struct secret_source){
        .name = "password", .kind = SECRET_PROMPT, .where = "password"};
    if (own != NULL)
        role->binding = *own;
    role->binding.secrets = &role->secret;
    role->binding.secret_count = 1;
    return &role->binding;
}

enum ma_status audit_role_open(struct audit_role *out,
                               const struct audit_role_request *request,
                               struct ma_error *err)
{
    struct host_request host = {
        .agent = request->agent,
        .step = request->parameters,
        .step_count = request->parameter_count,
        .instance = request->instance->folder,
        .secret = give_password,
        .secret_context = out,
        .sink = request->sink,
    };

    *out = (struct audit_role){0};
    if (load(out, request, err) != MA_OK)
        return err->status;
    host.plugin = plugin_description(out->plugin);
    host.madata = instance_madata(request->instance, request->agent->name);
    host.binding = with_password(out, instance_binding(request->instance, request->agent),
                                 request->password);
    out->host = host_new(&host);
    return out->role->open(out->host, &out->session, err);
}

void audit_role_close(struct audit_role *role)
{
    if (role->session != NULL)
        role->role->close(role->session);
    host_free(role->host);
    plugin_unload(role->plugin);
    *role = (struct audit_role){0};
}
