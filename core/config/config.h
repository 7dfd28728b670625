/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <mactl/ma.h>

#include "base/guid.h"
#include "model/schema.h"

/*
 * A server configuration as it was exported: agents, metaverse, rules and run profiles,
 * checked and constant from then on. Both product families end up in these structs; where
 * they differ, the family's own part is empty in the other. Everything lives in the
 * config's arena and points at each other; every part knows where it was read (place).
 * Order is the order of the files where order means something.
 */

/* Where something was read: the manual promises file:line:column. */
struct place {
    const char *file; /* path below the configuration's folder */
    unsigned line;
    unsigned column;
};

enum family { FAMILY_MIM, FAMILY_AADCONNECT };

/* --- what comes from the XML's many names of one thing --------------------------- */

enum mapping_kind {
    MAPPING_DIRECT,
    MAPPING_CONSTANT,
    MAPPING_SCRIPTED,  /* `script`: the name given to the extension */
    MAPPING_DN_PART,   /* `dn_part`: n-th component of the DN */
    MAPPING_EXPRESSION /* `expression` text, or the MIM tree `function` */
};

struct source_attribute {
    const char *name;
    bool intrinsic; /* "dn", "object-id", "object-type" instead of an attribute */
};

/* MIM's fn/arg trees. A leaf has `text`: "quoted" literal, digits, or an attribute. */
struct function_node {
    struct place place;
    const char *name; /* NULL in a leaf */
    const char *text;
    const struct function_node *arguments;
    size_t argument_count;
};

struct mapping {
    enum mapping_kind kind;
    const struct source_attribute *sources;
    size_t source_count;
    const char *constant;
    bool secret; /* the constant is a password: never printed */
    const char *script;
    unsigned dn_part;
    const char *expression;
    const struct function_node *function;
    /* of a compiled FIM rule (sync-rule-mapping) */
    bool sync_rule;
    struct guid sync_rule_id;
    bool initial_flow_only;
    bool existence_test;
    bool allows_null;
    struct place place;
};

/* --- scope, filter, join ----------------------------------------------------- */

/* The scope operators of the declarative rules, and what the connector filter has
 * besides. */
enum scope_operator {
    SCOPE_EQUAL,
    SCOPE_NOTEQUAL,
    SCOPE_LESSTHAN,
    SCOPE_LESSTHAN_OR_EQUAL,
    SCOPE_GREATERTHAN,
    SCOPE_GREATERTHAN_OR_EQUAL,
    SCOPE_CONTAINS,
    SCOPE_NOTCONTAINS,
    SCOPE_STARTSWITH,
    SCOPE_NOTSTARTSWITH,
    SCOPE_ENDSWITH,
    SCOPE_NOTENDSWITH,
    SCOPE_ISNULL,
    SCOPE_ISNOTNULL,
    SCOPE_ISIN,
    SCOPE_ISNOTIN,
    SCOPE_ISBITSET,
    SCOPE_ISBITNOTSET,
    SCOPE_ISMEMBEROF,
    SCOPE_ISNOTMEMBEROF,
    SCOPE_COUNT
};

struct clause {
    const char *attribute; /* of the source object; "dn" for the name */
    enum scope_operator op;
    const char *value;
    struct place place;
};

/* Clauses ANDed; groups are ORed by whoever holds them. */
struct clause_group {
    const struct clause *clauses;
    size_t count;
    struct place place;
};

struct join_condition {
    const char *cs_attribute; /* NULL where scripted */
    const char *mv_attribute;
    bool object_id; /* the metaverse GUID instead of an attribute */
    bool case_sensitive;
    const char *script;                     /* MapAttributesForJoin */
    const struct source_attribute *sources; /* of a scripted or "dn" mapping */
    size_t source_count;
};

/* One criterion: its conditions ANDed. */
struct join_group {
    struct guid id;
    const char *mv_type; /* NULL: any */
    const struct join_condition *conditions;
    size_t count;
    const char *resolution; /* script of ResolveJoinSearch; NULL: none */
    bool sync_rule;
    struct guid sync_rule_id;
    const struct clause_group *scope; /* of a FIM rule */
    size_t scope_count;
    struct place place;
};

/* --- the classic family: MA files and MV.xml --------------------------------------- */

struct filter_set {
    const char *cs_type;
    const char *script; /* FilterForDisconnection; NULL: declared */
    const struct clause_group *alternatives;
    size_t count;
    struct place place;
};

struct join_profile {
    const char *cs_type;
    const struct join_group *criteria;
    size_t count;
    struct place place;
};

enum projection_kind { PROJECTION_DECLARED, PROJECTION_SCRIPTED, PROJECTION_SYNC_RULE };

struct projection {
    enum projection_kind kind;
    const char *cs_type;
    const char *mv_type; /* NULL where scripted */
    struct guid sync_rule_id;
    const struct clause_group *scope;
    size_t scope_count;
    struct place place;
};

enum merge_type { MERGE_UPDATE, MERGE_REPLACE, MERGE_MERGE, MERGE_CASE_INSENSITIVE };

struct export_flow {
    struct guid id;
    const char *cs_attribute; /* "dn": the name */
    bool suppress_deletions;
    enum merge_type merge; /* ours: how its values and others of the target go together */
    struct mapping mapping;
    struct place place;
};

struct export_flow_set {
    const char *cs_type;
    const char *mv_type;
    const struct export_flow *flows;
    size_t count;
    struct place place;
};

enum deprovisioning {
    DEPROVISION_NORMAL_DISCONNECTOR, /* the default */
    DEPROVISION_EXPLICIT_DISCONNECTOR,
    DEPROVISION_DELETE,
    DEPROVISION_SCRIPTED
};

struct import_flow {
    struct guid id;
    struct guid agent;
    const char *cs_type;
    struct mapping mapping;
    struct place place;
};

enum flow_precedence { PRECEDENCE_RANKED, PRECEDENCE_EQUAL, PRECEDENCE_MANUAL };

/* All that flows into one attribute of one metaverse type; the first ranks highest. */
struct import_flow_group {
    const char *mv_type;
    const char *mv_attribute;
    enum flow_precedence precedence;
    const struct import_flow *flows;
    size_t count;
    struct place place;
};

enum mv_deletion_kind { MV_DELETE_LAST, MV_DELETE_ANY, MV_DELETE_SCRIPTED };

struct mv_deletion_rule {
    const char *mv_type;
    enum mv_deletion_kind kind;
    const struct guid *agents;
    size_t count;
    struct place place;
};

struct agent_options {
    struct guid agent;
    bool recall;
    struct place place;
};

enum provisioning_kind {
    PROVISION_NONE,
    PROVISION_SCRIPTED,
    PROVISION_SYNC_RULE,
    PROVISION_BOTH
};

/* --- the declarative family: SynchronizationRules --------------------------------- */

enum rule_direction { RULE_INBOUND, RULE_OUTBOUND };
enum link_type { LINK_TYPE_JOIN, LINK_TYPE_PROVISION, LINK_TYPE_STICKY_JOIN };
struct rule_mapping {
    const char *destination; /* "dn": the name */
    struct mapping mapping;
    enum merge_type merge;
    bool execute_once;
    struct place place;
};

struct sync_rule {
    struct guid id;
    const char *name;
    const char *description;
    const char *immutable_tag; /* "" for a custom rule */
    enum rule_direction direction;
    bool disabled;
    struct guid agent;
    const char *source_type;
    const char *target_type; /* "*": any */
    enum link_type link_type;
    long precedence;
    bool password_sync;
    const char *soft_delete_expiry;
    const struct clause_group *scope;
    size_t scope_count;
    const struct join_group *joins;
    size_t join_count;
    const struct rule_mapping *mappings;
    size_t mapping_count;
    struct place place;
};

/* --- run profiles and partitions -------------------------------------------- */

enum step_type {
    STEP_FULL_IMPORT, /* with sync: full import and delta synchronisation */
    STEP_DELTA_IMPORT,
    STEP_FULL_IMPORT_FULL_SYNC,
    STEP_DELTA_SYNC, /* apply-pending */
    STEP_FULL_SYNC,  /* reevaluate-flow-connectors, reevaluate-join-flow-all */
    STEP_EXPORT
};

struct step {
    enum step_type type;
    bool stage_only; /* to-cs: no synchronisation behind the import */
    bool to_file;
    bool resume_from_file;
    bool rejoin_all;       /* reevaluate-join-flow-all */
    const char *dropfile;  /* NULL: none */
    uint64_t object_limit; /* 0: unlimited */
    uint64_t delete_limit; /* 0: unlimited */
    uint32_t batch_size;
    uint32_t page_size;
    uint32_t time_limit;                /* seconds */
    const char *partition;              /* as written: a GUID, or a name; NULL: none */
    const struct parameter *parameters; /* of custom-data: "input-file" ... */
    size_t parameter_count;
    struct place place;
};

struct run_profile {
    struct guid id;
    const char *name;
    const struct step *steps;
    size_t count;
    struct place place;
};

struct partition {
    struct guid id;
    const char *name;
    bool selected;
    const char *const *object_types; /* NULL-terminated */
    const char *const *inclusions;   /* NULL-terminated; none: all of the partition */
    const char *const *exclusions;
    const struct parameter *parameters; /* "Domain.FQDN" ..., and custom-data by path */
    size_t parameter_count;
    struct place place;
};

/* A name and a value: global, connector and partition parameters, and the private
 * configuration flattened: "adma-configuration/forest-name"; an XML attribute as
 * "path@name"; repeated elements give repeated names, in order. */
struct parameter {
    const char *name;
    const char *value;
    const char *type; /* as written, or "" */
    bool encrypted;
    struct place place;
};

/* --- agents, metaverse, all of it ------------------------------------------------- */

struct component_mapping {
    const char *dn_component; /* "ou" */
    const char *object_class;
};

struct dn_construction {
    const char *object_type; /* NULL: every type */
    const char *const *attributes;
};

struct agent {
    struct guid id;
    const char *name;
    const char *category;
    const char *subtype;
    const char *list_name;
    const char *file; /* path below the configuration's folder */
    struct schema schema;
    const char *const *attributes; /* attribute-inclusion; NULL-terminated */
    size_t attribute_count;
    const struct filter_set *filters;
    size_t filter_count;
    const struct join_profile *joins;
    size_t join_count;
    const struct projection *projections;
    size_t projection_count;
    const struct export_flow_set *export_sets;
    size_t export_set_count;
    enum deprovisioning deprovisioning;
    const char *deprovision_script;
    const char *extension;                         /* assembly name; NULL: none */
    bool extension_isolated;                       /* application-protection high */
    const struct parameter *private_configuration; /* flattened */
    size_t private_count;
    const struct parameter *parameters; /* parameter-values: what %Name% reads */
    size_t parameter_count;
    const struct partition *partitions;
    size_t partition_count;
    const struct run_profile *profiles;
    size_t profile_count;
    uint32_t capabilities;
    int export_type; /* 1 values, 2 attributes, 3 objects; 0 not given */
    const struct dn_construction *dn_construction;
    size_t dn_construction_count;
    const char *const
        *anchor; /* attributes that form it, NULL-terminated; none: native */
    const struct component_mapping *component_mappings;
    size_t component_count;
    bool password_sync_allowed;
    struct place place;
};

struct metaverse {
    bool present;
    const char *file;
    struct schema schema;
    const struct import_flow_group *flow_groups;
    size_t flow_group_count;
    const struct agent_options *options;
    size_t option_count;
    enum provisioning_kind provisioning;
    const struct mv_deletion_rule *deletion_rules;
    size_t deletion_rule_count;
    const char *extension;              /* NULL: none */
    const struct parameter *parameters; /* Microsoft.Synchronize.* ... */
    size_t parameter_count;
    struct place place;
};

/* A file of the folder, for a byte-for-byte export. */
struct config_file {
    const char *path; /* below the folder, spelling kept */
    bool recognised;
    struct slice bytes; /* of one that was recognised, where they are kept; else empty */
};

enum finding_level {
    FINDING_ERROR,
    FINDING_UNSUPPORTED,
    FINDING_APPROXIMATED,
    FINDING_WARNING,
    FINDING_NOTE
};

struct config_finding {
    enum finding_level level;
    struct place place;
    const char *path;        /* of the element, "ma-data/join/join-profile" */
    const char *text;        /* what is the matter */
    const char *consequence; /* what that means for a run; NULL: nothing */
    /* What is unsupported or approximated, the same words each time it occurs ("agent of
     * category FIM"); NULL elsewhere. */
    const char *construct;
    /* The agent that has no plugin, or the assembly of a rules extension, where mactl.xml
     * can lift the matter by binding one; NULL: it cannot. */
    const char *unbound;
};

struct config {
    enum family family;
    const char *root; /* folder or file it was read from */
    const struct agent *agents;
    size_t agent_count;
    struct metaverse metaverse;
    const struct sync_rule *rules; /* in order of precedence */
    size_t rule_count;
    bool single; /* `root` is a file, the only one */
    const struct config_file *files;
    size_t file_count;
    const struct config_finding *findings; /* in order of file and line */
    size_t finding_count;
    uint64_t sum;        /* of all bytes that were read */
    struct arena *arena; /* owned */
};

/* Reads a folder, or one file. MA_INVALID where there is any FINDING_ERROR: the text is
 * the first, and *out is given all the same so that the others can be shown. All else
 * that fails (no such folder, not readable) gives no *out. */
enum ma_status config_read(struct config **out, const char *path, struct ma_error *err);
/* The same, and what was read of each file of the configuration lies in the arena: the
 * very bytes that the rest was made of, whatever becomes of the files. */
enum ma_status config_read_kept(struct config **out, const char *path,
                                struct arena *bytes, struct ma_error *err);
void config_free(struct config *config);

const struct agent *config_agent(const struct config *config, const struct guid *id);
/* Without regard to case; a GUID in text form serves too. */
const struct agent *config_agent_named(const struct config *config, const char *name);
/* The same; MA_NOT_FOUND names the one that may be meant, or those that there are. */
enum ma_status config_find_agent(const struct config *config, const char *name,
                                 const struct agent **out, struct ma_error *err);
const struct run_profile *agent_profile(const struct agent *agent, const char *name);
/* The partition of a step: by GUID, else by name; NULL: there is none. */
const struct partition *agent_partition(const struct agent *agent, const char *reference);
/* How many of them are read and written. */
size_t agent_partitions_selected(const struct agent *agent);
/* Whether a selected partition of it has objects of the type. */
bool agent_reads_type(const struct agent *agent, const char *type);
/* By which the objects of a partition remember it, whatever place it has among others:
 * made of its GUID, or of its name where it has none; never 0. NULL: 0. */
uint32_t partition_tag(const struct partition *partition);
/* NULL: no partition of the agent has this tag, or not any more. */
const struct partition *agent_partition_tagged(const struct agent *agent, uint32_t tag);
const char *parameter_find(const struct parameter *parameters, size_t count,
                           const char *name);

/* --- counts ------------------------------------------------------------------------ */

/* What `mactl config report` counts, in its order. The flows of compiled FIM rules count
 * as sync_rule only; scope and join groups are those of synchronisation rules, criteria
 * those of agents. */
#define CONFIG_COUNTS(X)                                                                 \
    X(management_agents)                                                                 \
    X(run_profiles)                                                                      \
    X(steps)                                                                             \
    X(partitions)                                                                        \
    X(partitions_selected)                                                               \
    X(mv_classes)                                                                        \
    X(mv_attribute_types)                                                                \
    X(import_flow_groups)                                                                \
    X(import_flows)                                                                      \
    X(import_flows_direct)                                                               \
    X(import_flows_constant)                                                             \
    X(import_flows_scripted)                                                             \
    X(import_flows_dn_part)                                                              \
    X(import_flows_sync_rule)                                                            \
    X(export_flow_sets)                                                                  \
    X(export_flows)                                                                      \
    X(export_flows_direct)                                                               \
    X(export_flows_constant)                                                             \
    X(export_flows_scripted)                                                             \
    X(export_flows_sync_rule)                                                            \
    X(join_criteria)                                                                     \
    X(projections)                                                                       \
    X(filter_alternatives)                                                               \
    X(mv_deletion_rules)                                                                 \
    X(ma_options)                                                                        \
    X(sync_rules)                                                                        \
    X(sync_rules_inbound)                                                                \
    X(sync_rules_outbound)                                                               \
    X(sync_rules_provision)                                                              \
    X(mappings)                                                                          \
    X(mappings_direct)                                                                   \
    X(mappings_constant)                                                                 \
    X(mappings_expression)                                                               \
    X(distinct_expressions)                                                              \
    X(scope_groups)                                                                      \
    X(scope_clauses)                                                                     \
    X(join_groups)                                                                       \
    X(global_parameters)

#define CONFIG_COUNT_MEMBER(name) size_t name;
struct config_counts {
    CONFIG_COUNTS(CONFIG_COUNT_MEMBER)
};
#undef CONFIG_COUNT_MEMBER

struct config_counts config_count(const struct config *config);

#endif
