/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_PROGRAM_H
#define RULES_PROGRAM_H

#include "config/instance.h"
#include "expr/expr.h"

/*
 * The rules of a configuration, compiled once for a run. Both product families come out
 * in one form: a rule has a scope, joins, a link action and flows; a flow has a target,
 * an expression, a precedence. Names are numbers, constants are canonical values, texts
 * of expressions are parsed. Constant while a run lasts; it lives in its own arena and
 * points into the config it was made from, which must outlive it.
 *
 * How the families map:
 *
 *   Connect   One struct rule per enabled synchronisation rule. The rank of a flow is the
 *             precedence of its rule.
 *   classic   Inbound, per agent and connector-space type one rule that holds the joins
 *             and the projection (link action), without flows; a second projection of the
 *             type, or one with a scope, is a rule of its own behind it. Per agent,
 *             connector-space type and metaverse type one rule that holds the import
 *             flows; the rank of a flow is its place in its import-flows group.
 *             Outbound, per export-flow-set one rule for its own flows and one for each
 *             FIM synchronisation rule that was compiled into it (needs_rule_service);
 *             initial flows rank before the others. Their ids are made from agent, types
 *             and FIM rule, so they stay the same as long as those do.
 */

/* --- predicates: scope and connector filter ------------------------------------ */

struct predicate {
    enum scope_operator op;
    uint32_t attribute; /* NAME_NONE: the DN (`intrinsic`) */
    bool intrinsic;
    enum value_type type; /* of the attribute in its schema */
    struct slice text;    /* the value as written */
    struct slice folded;
    bool is_number;
    int64_t number;
    const struct clause *source; /* for explanations */
};

struct predicate_group { /* ANDed */
    const struct predicate *items;
    size_t count;
};

/* Groups ORed; none: everything is in scope. */
struct scope {
    const struct predicate_group *groups;
    size_t count;
};

/* What a predicate looks at: an object's image in one layer. */
struct subject {
    const struct entry *entry;
    const char *dn;
    uint64_t object; /* id within its space */
    /* Whether `object` is a value of the member attribute of the group with this DN;
     * NULL where the space has no such thing. */
    bool (*is_member)(const struct subject *, const char *group_dn);
    /* DN of a reference value, in the arena; NULL where not known. */
    const char *(*reference_dn)(const struct subject *, struct arena *, uint64_t id);
    void *context;
};
bool scope_holds(const struct scope *scope, const struct subject *subject);
/* The first clause that failed in the group that came furthest, for explain; NULL: it
 * holds. */
const struct clause *scope_why_not(const struct scope *scope,
                                   const struct subject *subject);
/* Whether it asks for more than the object itself: another may change the answer. */
bool scope_asks_others(const struct predicate *predicate);
bool predicate_holds(const struct predicate *predicate, const struct subject *subject);

/* --- joins ------------------------------------------------------------------- */

struct join_key {
    uint32_t cs_attribute; /* NAME_NONE with `dn`, or scripted */
    bool dn;               /* the connector-space DN instead of an attribute */
    uint32_t mv_attribute; /* NAME_NONE with `object_id` */
    bool object_id;        /* the GUID of the metaverse object */
    enum value_type mv_type;
    enum value_type cs_type;
    bool case_sensitive;
    const char *script;      /* MapAttributesForJoin; NULL: direct */
    const uint32_t *sources; /* attributes that the script reads */
    size_t source_count;
};

struct join {
    const struct join_key *keys; /* ANDed */
    size_t count;
    uint32_t mv_type;       /* NAME_NONE: any */
    struct scope scope;     /* of a FIM rule; none: always */
    const char *resolution; /* script; NULL: none */
    const struct join_group *source;
};

/* --- flows --------------------------------------------------------------------- */

enum flow_kind {
    FLOW_DIRECT,
    FLOW_CONSTANT,
    FLOW_EXPRESSION,
    FLOW_SCRIPTED,
    FLOW_DN_PART,
    FLOW_INTRINSIC
};
enum intrinsic {
    INTRINSIC_NONE,
    INTRINSIC_DN,
    INTRINSIC_OBJECT_ID,
    INTRINSIC_OBJECT_TYPE
};

struct flow {
    enum flow_kind kind;
    uint32_t target; /* NAME_NONE with to_dn */
    bool to_dn;      /* sets, or renames, the DN of the connector-space object */
    enum value_type target_type;
    bool target_single;
    bool target_export_only;
    bool target_is_time; /* of a connector space: one spelling, as imports read it */
    uint32_t source;     /* FLOW_DIRECT */
    enum value_type source_type;
    enum intrinsic intrinsic; /* FLOW_INTRINSIC */
    /* FLOW_CONSTANT: canonical values. A constant for a reference is a FLOW_EXPRESSION
     * that gives its DN. */
    const struct slice *constant;
    uint32_t constant_count;
    const struct expr *expr;          /* FLOW_EXPRESSION */
    const struct expr_fusion *fusion; /* of it; NULL: it is always evaluated */
    const char *script;               /* FLOW_SCRIPTED */
    unsigned dn_part;
    const uint32_t *sources; /* all attributes it depends on */
    size_t source_count;
    /* Gives the same as long as its sources, and the DN, are the same; of references also
     * as long as the links of what they refer to are. */
    bool steady;
    bool varies;                     /* may give another result of the same: it asks for
                                        the time, for chance, or a rules extension */
    long rank;                       /* lower wins, among flows into one target */
    enum flow_precedence precedence; /* ranked, equal, manual */
    enum merge_type merge;
    bool once;           /* execute-once, initial-flow-only */
    bool existence_test; /* compares, never writes */
    bool keep_on_null;   /* suppress-deletions, allows-null="false" */
    bool secret;
    bool read_layer_imported; /* classic import flows read what was imported */
    struct guid id;
    struct guid sync_rule; /* FIM rule that it was compiled from; zero: none */
    const struct rule *rule;
    const struct mapping *source_mapping; /* for explain */
    struct place place;
};

/* --- rules --------------------------------------------------------------------- */

enum link_action {
    LINK_ACTION_NONE,
    LINK_ACTION_JOIN,
    LINK_ACTION_PROVISION,
    LINK_ACTION_STICKY
};

struct rule {
    uint32_t index; /* place in program.rules */
    struct guid id;
    const char *name;
    enum rule_direction direction;
    uint32_t agent;   /* index in program.agents */
    uint32_t cs_type; /* NAME_NONE: any */
    uint32_t mv_type; /* NAME_NONE: any */
    long precedence;
    struct scope
        scope; /* inbound: of the connector-space, outbound: of the metaverse object */
    const struct join *joins;
    size_t join_count;
    enum link_action link;   /* what happens where no join matched */
    uint32_t link_type;      /* type that Provision creates: of the other side */
    const char *link_script; /* ShouldProjectToMV; NULL: declared */
    const struct flow *flows;
    size_t flow_count;
    bool needs_rule_service; /* FIM rule whose scope only the FIM Service knows: holds
                                for no object unless flows_without_service */
    struct place place;
};

/* --- where a flow goes: precedence of one attribute without a look at all rules --- */

struct rule_list {
    const struct rule *const *rules; /* in order of precedence */
    size_t count;
};

/* All import flows, of every agent, into one attribute of one metaverse type, in order of
 * rank: the first whose rule holds and that yields a value wins. A rule for any type
 * stands at every type. */
struct mv_target {
    uint32_t mv_type;
    uint32_t attribute;
    const struct flow *const *flows;
    size_t count;
    enum flow_precedence precedence;
    enum merge_type merge; /* MERGE_REPLACE is MERGE_UPDATE here */
    bool mixed_merge;      /* not all agree on the merge type; those that hold have to */
};

/* What connector-space objects of one type may give to metaverse objects of one type:
 * the targets of the flows of all rules for both, sorted by attribute. */
struct inflow_list {
    uint32_t cs_type; /* NAME_NONE: of a type that no rule names */
    uint32_t mv_type;
    const struct mv_target *const *targets;
    size_t count;
};

/* All export flows of one agent from metaverse objects of one type into one attribute of
 * connector-space objects of one type, in order of rank. Flows that only test for
 * existence are not among them. */
struct cs_target {
    uint32_t mv_type;
    uint32_t cs_type;
    uint32_t attribute; /* NAME_NONE: the DN */
    const struct flow *const *flows;
    size_t count;
    enum merge_type merge; /* as above */
    bool mixed_merge;
};

struct compiled_filter {
    uint32_t cs_type;
    struct scope scope; /* holds: the object stays a disconnector */
    const char *script;
};

struct compiled_agent {
    const struct agent *config;
    uint32_t number;              /* of the store (agent_number) */
    char connector_id[GUID_TEXT]; /* as %Connector.ID% gives it */
    const struct compiled_filter *filters;
    size_t filter_count;
    const struct rule *const *inbound; /* in order of precedence */
    size_t inbound_count;
    const struct rule *const *outbound; /* in order of precedence */
    size_t outbound_count;
    enum deprovisioning deprovisioning;
    const char *deprovision_script;
    bool recall;      /* enable-recall */
    bool declarative; /* Connect: life-cycle by link rules; else by the classic rules */
    const uint32_t *indexed; /* connector-space attributes that any join compares,
                                and what references by SID are found by */
    size_t indexed_count;
    const char *extension; /* assembly; NULL: none */
    uint64_t fingerprint;  /* of the rules of this agent alone */
    size_t flows_absent;   /* left out, for the system lacks what they flow to */
    /* By the number of a type, [0] for types that no rule names: program_inbound. */
    const struct rule_list *inbound_by_type;  /* by connector-space type */
    const struct rule_list *outbound_by_type; /* by metaverse type */
    size_t type_count;
    const struct inflow_list *inflows; /* sorted by types: program_inflows */
    size_t inflow_count;
    /* Sorted by metaverse type, connector-space type, attribute. */
    const struct cs_target *targets;
    size_t target_count;
    const struct attribute_info *attributes; /* by number: program_cs_attribute */
    size_t attribute_count;
};

struct compiled_deletion {
    uint32_t mv_type;
    enum mv_deletion_kind kind;
    const uint32_t *agents; /* store numbers */
    size_t count;
};

struct rule_id {
    struct guid id;
    const struct rule *rule;
};

struct program {
    const struct config *config;
    const struct instance *instance;
    struct names *names;
    const struct compiled_agent *agents;
    size_t agent_count;
    const struct rule *rules;
    size_t rule_count;
    const struct compiled_deletion *deletions;
    size_t deletion_count;
    enum provisioning_kind provisioning;
    const uint32_t *mv_indexed; /* metaverse attributes that any join compares */
    size_t mv_indexed_count;
    bool flows_without_service; /* setting sync-rule-flows-without-service */
    bool strict_joins;          /* an ambiguous join blocks projection; on by default */
    uint64_t fingerprint;       /* of all rules: changed means full sync needed */
    const struct mv_target *mv_targets; /* sorted by metaverse type, attribute */
    size_t mv_target_count;
    const struct attribute_info *mv_attributes; /* by number: program_mv_attribute */
    size_t mv_attribute_count;
    const struct config_finding *findings; /* warnings; in order of file and line */
    size_t finding_count;
    const struct rule_id *ids; /* sorted: program_rule */
    size_t id_count;
    struct arena *arena; /* owned */
};

/* What only the store knows of agents. */
struct program_agents {
    uint32_t (*number)(void *context, const struct guid *agent); /* of the store */
    /* What is selected and the agent's system does not have, NULL-terminated, in the
     * arena; NULL: nothing is known of that. */
    const char *const *(*absent)(void *context, struct arena *arena, uint32_t agent);
    void *context;
};

/* `instance` may be NULL: no settings.
 *
 * What only compiling can show comes with file:line:column. Errors (the first is in err,
 * and there is no program): an expression that does not parse, a constant or a bit mask
 * that is none. Warnings, kept as findings: what names an attribute that the schema
 * lacks, or that the agent does not select, is left out (a flow into or from it, a join
 * by it), because rules are generated for more systems than have the attribute; so is
 * what belongs to an agent that is not there. Notes: flows to what the system lacks,
 * which are left out too. */
enum ma_status program_compile(struct program **out, const struct config *config,
                               const struct instance *instance, struct names *names,
                               const struct program_agents *agents, struct ma_error *err);
void program_free(struct program *program);
/* All that only compiling finds, errors too, for reports; in order of file and line,
 * without warnings at places that the config's own findings name. */
size_t program_check(struct arena *arena, const struct config *config,
                     const struct instance *instance, const struct config_finding **out);
const struct compiled_agent *program_agent(const struct program *program,
                                           uint32_t number);

/* The rules for an object of this type, in order of precedence; constant time. Inbound:
 * of the agent for its connector-space type; outbound: towards the agent for the
 * metaverse type. */
struct rule_list program_inbound(const struct compiled_agent *agent, uint32_t cs_type);
struct rule_list program_outbound(const struct compiled_agent *agent, uint32_t mv_type);
/* NULL: nothing flows there. */
const struct mv_target *program_mv_target(const struct program *program, uint32_t mv_type,
                                          uint32_t attribute);
const struct cs_target *program_cs_target(const struct compiled_agent *agent,
                                          uint32_t mv_type, uint32_t cs_type,
                                          uint32_t attribute);
struct inflow_list program_inflows(const struct compiled_agent *agent, uint32_t cs_type,
                                   uint32_t mv_type);
/* All targets of a type, or of a pair of types: `count` of them from the result on. */
const struct mv_target *program_mv_targets(const struct program *program,
                                           uint32_t mv_type, size_t *count);
const struct cs_target *program_cs_targets(const struct compiled_agent *agent,
                                           uint32_t mv_type, uint32_t cs_type,
                                           size_t *count);
/* By the id that links and lineage keep (of a rule, or of one of its flows); NULL: the
 * rule is gone. */
const struct rule *program_rule(const struct program *program, const struct guid *id);
/* NULL: no rule names the type, so it goes with its last connector. */
const struct compiled_deletion *program_deletion(const struct program *program,
                                                 uint32_t mv_type);

/* %Name% of an object: its partition's parameters, its agent's, Connector.ID, the global
 * ones. NULL: there is none. */
const char *program_parameter(const struct program *program,
                              const struct compiled_agent *agent, uint32_t partition,
                              const char *name);

/* Types by attribute number, per space. */
struct attribute_info {
    const char *name; /* as this schema spells it */
    enum value_type type;
    bool single;
    bool export_only;
    bool read_only;
    bool is_time;
    bool immutable; /* settable at creation only */
    bool secret;    /* never shown, no readback */
    bool data;      /* a reference with data beside the name */
    bool selected;  /* attribute-inclusion; in the metaverse all are */
    bool absent;    /* the system does not have it, whatever the schema says */
    bool known;
};
struct attribute_info program_cs_attribute(const struct compiled_agent *agent,
                                           const struct program *program,
                                           uint32_t attribute);
struct attribute_info program_mv_attribute(const struct program *program,
                                           uint32_t attribute);
/* The attribute's name for people and systems: one number has one name for the engine,
 * but schemas may differ in case. `agent` NULL: the metaverse. */
const char *program_attribute_name(const struct program *program,
                                   const struct compiled_agent *agent,
                                   uint32_t attribute);
/* The same for an object type. */
const char *program_type_name(const struct program *program,
                              const struct compiled_agent *agent, uint32_t type);

#endif
