/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RULES_COMPILER_H
#define RULES_COMPILER_H

#include "base/vec.h"
#include "rules/program.h"

/*
 * What the files of this folder share while a program is made; nobody else includes it.
 * The two front ends (declarative.c, classic.c) make drafts of rules from the parts
 * (scopes, joins, flows); sealing puts the drafts in order of precedence into the
 * program, and tables are laid over them (targets.c). All that the program keeps lives in
 * its arena; findings never stop the compiling, so that all are found.
 */

typedef VEC_OF(uint32_t) number_list;

/* One side that an attribute can stand on: a connector space or the metaverse. */
struct side {
    const struct attribute_info *attributes; /* by number */
    size_t count;
    const char *name; /* "the schema of 'contoso.com'", "the metaverse" */
    const struct compiled_agent *agent; /* NULL: the metaverse */
};

/* A rule before its place is known. The flows move to the arena when it is sealed. */
struct draft {
    struct rule rule;
    VEC_OF(struct flow) flows;
};

/* One text of an expression, parsed; rules repeat them. */
struct known_expression {
    uint64_t hash;
    const char *text;
    const struct expr *expr; /* NULL: it does not parse */
    const struct expr_fusion *fusion;
    const char *error;
};

struct compiler {
    struct program *program;
    struct arena *arena; /* of the program */
    const struct config *config;
    struct names *names;
    struct compiled_agent *agents; /* of the program, still changing */
    struct side metaverse;
    struct side *sides;  /* one per agent */
    const char *element; /* path of the element at work, for findings */
    VEC_OF(struct draft *) drafts;
    VEC_OF(struct config_finding) findings;
    VEC_OF(struct known_expression) expressions;
};

/* --- findings.c --- */

/* `consequence` NULL: nothing. */
void finding_add(struct compiler *compiler, enum finding_level level, struct place place,
                 const char *consequence, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* In order of file and line into the program. MA_INVALID with the first error. */
enum ma_status findings_close(struct compiler *compiler, struct ma_error *err);

/* --- attributes.c --- */

void attributes_compile(struct compiler *compiler, const struct program_agents *from);
struct attribute_info side_attribute(const struct side *side, uint32_t attribute);
/* The number of an attribute of this side. NAME_NONE, and the finding, where the schema
 * has none of this name or the agent does not select it; `consequence` tells what is left
 * out for that. */
uint32_t side_find(struct compiler *compiler, const struct side *side, const char *name,
                   struct place place, const char *consequence);
/* Whether `name` means the DN here: "dn" where the schema has no such attribute. */
bool side_is_dn(struct compiler *compiler, const struct side *side, const char *name);

/* --- clause.c --- */

/* Alternatives of a scope or filter that looks at objects of this side. %Name% as a value
 * is a parameter of `agent`. */
struct scope scope_compile(struct compiler *compiler, const struct side *side,
                           const struct compiled_agent *agent,
                           const struct clause_group *groups, size_t count);

/* --- joins.c --- */

/* Criteria in their order; one that names what a schema lacks is left out. */
void joins_compile(struct compiler *compiler, const struct compiled_agent *agent,
                   struct rule *rule, const struct join_group *const *groups,
                   size_t count);
/* The attributes that the joins of all rules compare. */
void joins_index(struct compiler *compiler);

/* --- flows.c, function.c --- */

/* What a flow is made of, from either family. */
struct flow_request {
    const struct side *from;
    const struct side *to;
    const char *target;
    bool outbound;
    const struct mapping *mapping;
    struct place place;
};
/* False, with the finding, where there is nothing to flow. */
bool flow_compile(struct compiler *compiler, const struct flow_request *request,
                  struct flow *out);
/* MIM's tree. NULL, with the finding, where it is none. */
const struct expr *function_compile(struct compiler *compiler, const struct side *from,
                                    const struct function_node *node);

/* --- parameters.c --- */

/* Every %Name% that an expression, as expr_print gives it, reads. */
void parameters_each(const char *text, void (*found)(void *context, const char *name),
                     void *context);
/* Warns of those that no object of the agent has. */
void parameters_check(struct compiler *compiler, const struct compiled_agent *agent,
                      const struct expr *expr, struct place place);

/* --- declarative.c, classic.c --- */

void declarative_compile(struct compiler *compiler);
void classic_compile(struct compiler *compiler);

/* --- compile.c --- */

struct draft *draft_new(struct compiler *compiler, enum rule_direction direction,
                        size_t agent);
/* The index of the agent of this id; false, with the finding, where there is none. */
bool compile_agent_of(struct compiler *compiler, const struct guid *id,
                      struct place place, const char *consequence, size_t *out);
/* NAME_NONE for NULL, "" and "*". */
uint32_t type_number(struct compiler *compiler, const char *name);

/* --- targets.c, fingerprint.c --- */

void targets_compile(struct compiler *compiler);
void fingerprint_compile(struct compiler *compiler);

/* Sorted, unique, without NAME_NONE, in place; the new count. */
size_t numbers_unique(uint32_t *numbers, size_t count);
/* The same for a list, into the arena; the list is ended. */
const uint32_t *numbers_keep(struct compiler *compiler, number_list *numbers,
                             size_t *count);

#endif
