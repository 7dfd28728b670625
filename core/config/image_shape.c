/* SPDX-License-Identifier: Apache-2.0 */

/* Which members of the structs of config.h are pointers, and to what. A member that is
 * missing here is found by the test of images. */

#include "config/image.h"

#define TEXT(type, member)                                                               \
    {                                                                                    \
        .kind = IMAGE_TEXT, .at = offsetof(type, member)                                 \
    }
#define TEXTS(type, member)                                                              \
    {                                                                                    \
        .kind = IMAGE_TEXTS, .at = offsetof(type, member)                                \
    }
#define ONE(type, member, of)                                                            \
    {                                                                                    \
        .kind = IMAGE_ONE, .at = offsetof(type, member), .shape = &(of)                  \
    }
#define INSIDE(type, member, of)                                                         \
    {                                                                                    \
        .kind = IMAGE_INSIDE, .at = offsetof(type, member), .shape = &(of)               \
    }
#define MANY(type, member, number, of)                                                   \
    {                                                                                    \
        .kind = IMAGE_MANY, .at = offsetof(type, member),                                \
        .count_at = offsetof(type, number), .shape = &(of)                               \
    }
#define PLAIN(type, member, number)                                                      \
    {                                                                                    \
        .kind = IMAGE_PLAIN, .at = offsetof(type, member),                               \
        .count_at = offsetof(type, number), .size = sizeof *((type *)NULL)->member       \
    }
#define SHAPE(name, type, ...)                                                           \
    static const struct image_field name##_fields[] = {__VA_ARGS__};                     \
    static const struct image_shape name = {                                             \
        sizeof(type), name##_fields, sizeof name##_fields / sizeof name##_fields[0]}

/* --- parts of rules ---------------------------------------------------------------- */

SHAPE(place, struct place, TEXT(struct place, file));
SHAPE(source, struct source_attribute, TEXT(struct source_attribute, name));

static const struct image_shape function; /* a tree */
static const struct image_field function_fields[] = {
    INSIDE(struct function_node, place, place),
    TEXT(struct function_node, name),
    TEXT(struct function_node, text),
    MANY(struct function_node, arguments, argument_count, function),
};
static const struct image_shape function = {sizeof(struct function_node), function_fields,
                                            sizeof function_fields /
                                                sizeof function_fields[0]};

SHAPE(mapping, struct mapping, MANY(struct mapping, sources, source_count, source),
      TEXT(struct mapping, constant), TEXT(struct mapping, script),
      TEXT(struct mapping, expression), ONE(struct mapping, function, function),
      INSIDE(struct mapping, place, place));
SHAPE(clause, struct clause, TEXT(struct clause, attribute), TEXT(struct clause, value),
      INSIDE(struct clause, place, place));
SHAPE(clauses, struct clause_group, MANY(struct clause_group, clauses, count, clause),
      INSIDE(struct clause_group, place, place));
SHAPE(condition, struct join_condition, TEXT(struct join_condition, cs_attribute),
      TEXT(struct join_condition, mv_attribute), TEXT(struct join_condition, script),
      MANY(struct join_condition, sources, source_count, source));
SHAPE(join, struct join_group, TEXT(struct join_group, mv_type),
      MANY(struct join_group, conditions, count, condition),
      TEXT(struct join_group, resolution),
      MANY(struct join_group, scope, scope_count, clauses),
      INSIDE(struct join_group, place, place));

/* --- the classic family ------------------------------------------------------------ */

SHAPE(filter, struct filter_set, TEXT(struct filter_set, cs_type),
      TEXT(struct filter_set, script),
      MANY(struct filter_set, alternatives, count, clauses),
      INSIDE(struct filter_set, place, place));
SHAPE(joins, struct join_profile, TEXT(struct join_profile, cs_type),
      MANY(struct join_profile, criteria, count, join),
      INSIDE(struct join_profile, place, place));
SHAPE(projected, struct projection, TEXT(struct projection, cs_type),
      TEXT(struct projection, mv_type),
      MANY(struct projection, scope, scope_count, clauses),
      INSIDE(struct projection, place, place));
SHAPE(flow_out, struct export_flow, TEXT(struct export_flow, cs_attribute),
      INSIDE(struct export_flow, mapping, mapping),
      INSIDE(struct export_flow, place, place));
SHAPE(flows_out, struct export_flow_set, TEXT(struct export_flow_set, cs_type),
      TEXT(struct export_flow_set, mv_type),
      MANY(struct export_flow_set, flows, count, flow_out),
      INSIDE(struct export_flow_set, place, place));
SHAPE(flow_in, struct import_flow, TEXT(struct import_flow, cs_type),
      INSIDE(struct import_flow, mapping, mapping),
      INSIDE(struct import_flow, place, place));
SHAPE(flows_in, struct import_flow_group, TEXT(struct import_flow_group, mv_type),
      TEXT(struct import_flow_group, mv_attribute),
      MANY(struct import_flow_group, flows, count, flow_in),
      INSIDE(struct import_flow_group, place, place));
SHAPE(deletion, struct mv_deletion_rule, TEXT(struct mv_deletion_rule, mv_type),
      PLAIN(struct mv_deletion_rule, agents, count),
      INSIDE(struct mv_deletion_rule, place, place));
SHAPE(options, struct agent_options, INSIDE(struct agent_options, place, place));

/* --- the declarative family -------------------------------------------------------- */

SHAPE(rule_flow, struct rule_mapping, TEXT(struct rule_mapping, destination),
      INSIDE(struct rule_mapping, mapping, mapping),
      INSIDE(struct rule_mapping, place, place));
SHAPE(rule, struct sync_rule, TEXT(struct sync_rule, name),
      TEXT(struct sync_rule, description), TEXT(struct sync_rule, immutable_tag),
      TEXT(struct sync_rule, source_type), TEXT(struct sync_rule, target_type),
      TEXT(struct sync_rule, soft_delete_expiry),
      MANY(struct sync_rule, scope, scope_count, clauses),
      MANY(struct sync_rule, joins, join_count, join),
      MANY(struct sync_rule, mappings, mapping_count, rule_flow),
      INSIDE(struct sync_rule, place, place));

/* --- agents ------------------------------------------------------------------------ */

SHAPE(parameter, struct parameter, TEXT(struct parameter, name),
      TEXT(struct parameter, value), TEXT(struct parameter, type),
      INSIDE(struct parameter, place, place));
SHAPE(step, struct step, TEXT(struct step, dropfile), TEXT(struct step, partition),
      MANY(struct step, parameters, parameter_count, parameter),
      INSIDE(struct step, place, place));
SHAPE(profile, struct run_profile, TEXT(struct run_profile, name),
      MANY(struct run_profile, steps, count, step),
      INSIDE(struct run_profile, place, place));
SHAPE(partition, struct partition, TEXT(struct partition, name),
      TEXTS(struct partition, object_types), TEXTS(struct partition, inclusions),
      TEXTS(struct partition, exclusions),
      MANY(struct partition, parameters, parameter_count, parameter),
      INSIDE(struct partition, place, place));
SHAPE(component, struct component_mapping, TEXT(struct component_mapping, dn_component),
      TEXT(struct component_mapping, object_class));
SHAPE(construction, struct dn_construction, TEXT(struct dn_construction, object_type),
      TEXTS(struct dn_construction, attributes));

SHAPE(attribute, struct schema_attribute, TEXT(struct schema_attribute, name),
      TEXT(struct schema_attribute, syntax));
SHAPE(class, struct schema_class, TEXT(struct schema_class, name),
      PLAIN(struct schema_class, auxiliaries, auxiliary_count),
      PLAIN(struct schema_class, attributes, attribute_count),
      PLAIN(struct schema_class, required, attribute_count));
SHAPE(schema, struct schema, MANY(struct schema, attributes, attribute_count, attribute),
      MANY(struct schema, classes, class_count, class));

SHAPE(agent, struct agent, TEXT(struct agent, name), TEXT(struct agent, category),
      TEXT(struct agent, subtype), TEXT(struct agent, list_name),
      TEXT(struct agent, file), INSIDE(struct agent, schema, schema),
      TEXTS(struct agent, attributes), MANY(struct agent, filters, filter_count, filter),
      MANY(struct agent, joins, join_count, joins),
      MANY(struct agent, projections, projection_count, projected),
      MANY(struct agent, export_sets, export_set_count, flows_out),
      TEXT(struct agent, deprovision_script), TEXT(struct agent, extension),
      MANY(struct agent, private_configuration, private_count, parameter),
      MANY(struct agent, parameters, parameter_count, parameter),
      MANY(struct agent, partitions, partition_count, partition),
      MANY(struct agent, profiles, profile_count, profile),
      MANY(struct agent, dn_construction, dn_construction_count, construction),
      TEXTS(struct agent, anchor),
      MANY(struct agent, component_mappings, component_count, component),
      INSIDE(struct agent, place, place));

/* --- all of it --------------------------------------------------------------------- */

SHAPE(metaverse, struct metaverse, TEXT(struct metaverse, file),
      INSIDE(struct metaverse, schema, schema),
      MANY(struct metaverse, flow_groups, flow_group_count, flows_in),
      MANY(struct metaverse, options, option_count, options),
      MANY(struct metaverse, deletion_rules, deletion_rule_count, deletion),
      TEXT(struct metaverse, extension),
      MANY(struct metaverse, parameters, parameter_count, parameter),
      INSIDE(struct metaverse, place, place));
SHAPE(file, struct config_file, TEXT(struct config_file, path),
      {.kind = IMAGE_NO_SLICE, .at = offsetof(struct config_file, bytes)});
SHAPE(finding, struct config_finding, INSIDE(struct config_finding, place, place),
      TEXT(struct config_finding, path), TEXT(struct config_finding, text),
      TEXT(struct config_finding, consequence), TEXT(struct config_finding, construct),
      TEXT(struct config_finding, unbound));

static const struct image_field config_fields[] = {
    TEXT(struct config, root),
    MANY(struct config, agents, agent_count, agent),
    INSIDE(struct config, metaverse, metaverse),
    MANY(struct config, rules, rule_count, rule),
    MANY(struct config, files, file_count, file),
    MANY(struct config, findings, finding_count, finding),
    {.kind = IMAGE_NOTHING, .at = offsetof(struct config, arena)},
};
const struct image_shape image_config = {sizeof(struct config), config_fields,
                                         sizeof config_fields / sizeof config_fields[0]};
