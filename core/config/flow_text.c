/* SPDX-License-Identifier: Apache-2.0 */
#include "config/flow_text.h"

#include "base/buf.h"
#include "config/xml.h"

static const char *const masked = "***";

static const struct {
    enum step_type type;
    const char *stage_only;
    const char *name;
} steps[] = {
    {STEP_FULL_IMPORT, "Full Import (Stage Only)",
     "Full Import and Delta Synchronization"},
    {STEP_DELTA_IMPORT, "Delta Import (Stage Only)",
     "Delta Import and Delta Synchronization"},
    {STEP_FULL_IMPORT_FULL_SYNC, "Full Import (Stage Only)",
     "Full Import and Full Synchronization"},
    {STEP_DELTA_SYNC, "Delta Synchronization", "Delta Synchronization"},
    {STEP_FULL_SYNC, "Full Synchronization", "Full Synchronization"},
    {STEP_EXPORT, "Export", "Export"},
};

const char *flow_text_step(const struct step *step)
{
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (steps[i].type == step->type)
            return step->stage_only ? steps[i].stage_only : steps[i].name;
    return "unknown step";
}

static void put_sources(struct buf *out, const struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->source_count; i++)
        buf_print(out, "%s%s", i == 0 ? "" : ", ", mapping->sources[i].name);
}

static void put_function(struct buf *out, const struct function_node *node)
{
    if (node->name == NULL) {
        buf_text(out, node->text);
        return;
    }
    buf_print(out, "%s(", node->name);
    for (size_t i = 0; i < node->argument_count; i++) {
        buf_text(out, i == 0 ? "" : ", ");
        put_function(out, &node->arguments[i]);
    }
    buf_char(out, ')');
}

static void put_expression(struct buf *out, const struct mapping *mapping)
{
    if (mapping->function != NULL)
        put_function(out, mapping->function);
    else
        buf_text(out, mapping->expression == NULL ? "" : mapping->expression);
}

static void put_mapping(struct buf *out, const struct mapping *mapping)
{
    switch (mapping->kind) {
    case MAPPING_DIRECT:
        put_sources(out, mapping);
        return;
    case MAPPING_CONSTANT:
        buf_print(out, "\"%s\"", mapping->constant);
        return;
    case MAPPING_SCRIPTED:
        buf_print(out, "%s(", mapping->script);
        put_sources(out, mapping);
        buf_char(out, ')');
        return;
    case MAPPING_DN_PART:
        buf_print(out, "dn[%u]", mapping->dn_part);
        return;
    case MAPPING_EXPRESSION:
        put_expression(out, mapping);
        return;
    }
}

const char *flow_text_source(struct arena *arena, const struct mapping *mapping)
{
    BUF_AUTO out = {0};

    if (mapping->secret)
        return masked;
    put_mapping(&out, mapping);
    return arena_textn(arena, out.at, out.length);
}

const char *flow_text_kind(const struct mapping *mapping)
{
    static const char *const kinds[] = {[MAPPING_DIRECT] = "direct",
                                        [MAPPING_CONSTANT] = "constant",
                                        [MAPPING_SCRIPTED] = "scripted",
                                        [MAPPING_DN_PART] = "dn-part",
                                        [MAPPING_EXPRESSION] = "expression"};

    return kinds[mapping->kind];
}

const char *flow_text_deprovisioning(enum deprovisioning deprovisioning)
{
    static const char *const names[] = {
        [DEPROVISION_NORMAL_DISCONNECTOR] = "make-normal-disconnector",
        [DEPROVISION_EXPLICIT_DISCONNECTOR] = "make-explicit-disconnector",
        [DEPROVISION_DELETE] = "delete-object",
        [DEPROVISION_SCRIPTED] = "scripted"};

    return names[deprovisioning];
}

const char *flow_text_operator(enum scope_operator op)
{
    for (size_t i = 0; scope_operators[i].word != NULL; i++)
        if (scope_operators[i].value == (int)op)
            return scope_operators[i].word;
    return "?";
}
