/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/enroll.h"

#include <string.h>

#include "rights/grant_change.h"

enum { MOST_PARAMETERS = 6 };

struct enrolling {
    struct arena *arena;
    struct enrolled *out;
};

static const char *kept(const struct enrolling *e, const char *text)
{
    return text == NULL ? NULL : arena_text(e->arena, text);
}

static enum ma_status take(void *context, const struct ma_finding *finding,
                           struct ma_error *err)
{
    const struct enrolling *e = context;
    const char *code = finding->code == NULL ? "" : finding->code;

    (void)err;
    if (strcmp(code, "group") == 0) {
        e->out->group = kept(e, finding->dn);
        e->out->made = kept(e, finding->cause);
        e->out->name = kept(e, finding->evidence);
    } else if (strcmp(code, "member") == 0) {
        e->out->member = kept(e, finding->dn);
        e->out->joined = kept(e, finding->cause);
    }
    return MA_OK;
}

static size_t parameters_of(const struct enroll_request *request, struct parameter *out)
{
    size_t count = granting_parameters(&request->admin, out);

    if (request->account != NULL)
        out[count++] =
            (struct parameter){.name = "audit-account", .value = request->account};
    if (request->group != NULL)
        out[count++] = (struct parameter){.name = "audit-group", .value = request->group};
    return count;
}

enum ma_status enroll_account(const struct enroll_request *request, struct arena *arena,
                              struct enrolled *out, struct ma_error *err)
{
    struct enrolling e = {arena, out};
    struct parameter parameters[MOST_PARAMETERS];
    const struct audit_role_request open = {
        .instance = request->instance,
        .agent = request->agent,
        .plugin = request->plugin,
        .parameters = parameters,
        .parameter_count = parameters_of(request, parameters),
        .password = request->admin.password,
        .sink = {.context = &e, .finding = take},
    };
    struct audit_role role;
    enum ma_status status;

    *out = (struct enrolled){0};
    status = audit_role_open(&role, &open, err);
    if (status == MA_OK && role.role->enroll == NULL)
        status = ma_fail(err, MA_INVALID, "plugin '%s' makes nobody a member",
                         request->plugin);
    if (status == MA_OK)
        status = role.role->enroll(role.session, granting_some_dn(request->agent),
                                   request->member, err);
    audit_role_close(&role);
    return status;
}
