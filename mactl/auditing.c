/* SPDX-License-Identifier: Apache-2.0 */
#include "auditing.h"

#include <string.h>

#include "find_object.h"

/* One attribute alone; NULL: all that is asked for. */
static const char *const *wanted_attributes(const struct auditing *auditing)
{
    const char **one;

    if (auditing->options->attribute == NULL)
        return NULL;
    one = arena_zero(auditing->call->arena, 2 * sizeof *one);
    one[0] = auditing->options->attribute;
    return one;
}

/* --- the audit -------------------------------------------------------------------- */

static enum ma_status take(void *context, const struct ma_finding *finding,
                           struct ma_error *err)
{
    struct auditing *auditing = context;

    (void)err;
    if (auditing->matrix != NULL)
        audit_matrix_add(auditing->matrix, auditing->agent->config, finding);
    else
        audit_tally_add(&auditing->tally, finding);
    if (auditing->finding != NULL && finding->dn != NULL)
        auditing->finding(auditing, finding);
    return MA_OK;
}

static void set_parameter(struct auditing *auditing, const char *name, const char *value)
{
    if (value != NULL)
        auditing->parameters[auditing->parameter_count++] =
            (struct parameter){.name = name, .value = value};
}

static const char *flag_text(bool flag)
{
    return flag ? "true" : NULL;
}

/* What was asked for, as the plugin's parameters. */
static void set_parameters(struct auditing *auditing)
{
    const struct auditing_options *options = auditing->options;
    const char *const *dump = options->dumps;
    size_t dumps = 0;

    while (dump != NULL && dump[dumps] != NULL)
        dumps++;
    auditing->parameters =
        arena_zero(auditing->call->arena, (8 + dumps) * sizeof *auditing->parameters);
    auditing->parameter_count = 0;
    set_parameter(auditing, "audit-group", options->group);
    set_parameter(auditing, "audit-account", options->account);
    set_parameter(auditing, "audit-account-domain", options->home);
    set_parameter(auditing, "audit-feature",
                  auditing->feature == NULL ? NULL : auditing->feature->name);
    set_parameter(auditing, "audit-verify", flag_text(options->verify));
    set_parameter(auditing, "audit-every-controller",
                  flag_text(options->every_controller));
    set_parameter(auditing, "audit-narrow", flag_text(options->narrow));
    set_parameter(auditing, "audit-notes", flag_text(auditing->call->verbose > 0));
    for (size_t i = 0; i < dumps; i++)
        set_parameter(auditing, "audit-ldif", dump[i]);
}

static enum ma_status only_one(const struct auditing *auditing,
                               const struct compiled_agent *agent, uint64_t *id,
                               struct ma_error *err)
{
    struct cs_object object;
    enum ma_status status;

    *id = 0;
    if (auditing->options->object == NULL)
        return MA_OK;
    status = find_cs_object(&auditing->reading, auditing->call->arena, agent,
                            auditing->options->object, &object, err);
    if (status == MA_OK)
        *id = object.id;
    return status;
}

static enum ma_status ask(struct auditing *auditing, struct ma_error *err)
{
    const struct compiled_agent *agent = auditing->agent;
    struct audit_request request = {
        .opened = &auditing->reading.opened,
        .batch = auditing->reading.batch,
        .agent = agent,
        .feature = auditing->feature,
        .plugin = "acl_audit",
        .pending = auditing->options->pending,
        .finding = take,
        .context = auditing,
    };
    enum ma_status status;

    set_parameters(auditing);
    request.attributes = wanted_attributes(auditing);
    request.parameters = auditing->parameters;
    request.parameter_count = auditing->parameter_count;
    status = only_one(auditing, agent, &request.only, err);
    return status == MA_OK ? audit_run(&request, &auditing->objects, err) : status;
}

/* One audit for each, for what they need differs, and what is a privilege too many. */
static enum ma_status ask_each(struct auditing *auditing, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    audit_matrix_feature(auditing->matrix, "rules");
    if (auditing->agent->target_count > 0)
        status = ask(auditing, err);
    for (size_t i = 0; status == MA_OK; i++) {
        auditing->feature = audit_feature_at(i);
        if (auditing->feature == NULL)
            break;
        audit_matrix_feature(auditing->matrix, auditing->feature->name);
        status = ask(auditing, err);
    }
    return status;
}

static enum ma_status ask_what_was_given(struct auditing *auditing, struct ma_error *err)
{
    const char *feature = auditing->options->feature;

    if (audit_feature_named(feature, &auditing->feature, err) != MA_OK)
        return err->status;
    if (auditing->matrix != NULL && feature == NULL)
        return ask_each(auditing, err);
    if (auditing->matrix != NULL)
        audit_matrix_feature(auditing->matrix, feature);
    return ask(auditing, err);
}

enum ma_status auditing_run(struct auditing *auditing, const char *agent_name,
                            struct ma_error *err)
{
    enum ma_status status;

    audit_tally_begin(&auditing->tally, auditing->call->arena);
    status = reading_begin(&auditing->reading, auditing->call, err);
    if (status == MA_OK)
        status =
            opened_agent(&auditing->reading.opened, agent_name, &auditing->agent, err);
    return status == MA_OK ? ask_what_was_given(auditing, err) : status;
}

void auditing_end(struct auditing *auditing)
{
    audit_tally_end(&auditing->tally);
    reading_end(&auditing->reading);
}

void auditing_summary(const struct auditing *auditing)
{
    const struct audit_tally *tally = &auditing->tally;
    enum output output = auditing->call->output;

    if ((output == OUTPUT_TEXT || output == OUTPUT_WIDE) && !auditing->call->quiet)
        fprintf(stderr,
                "%llu objects, %llu writes: %llu allowed, %llu refused, %llu unsure; "
                "%llu modifications would fail whole\n",
                (unsigned long long)auditing->objects,
                (unsigned long long)(tally->allowed + tally->refused + tally->unsure),
                (unsigned long long)tally->allowed, (unsigned long long)tally->refused,
                (unsigned long long)tally->unsure, (unsigned long long)tally->whole);
}
