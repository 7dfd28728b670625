/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DESIGNER_FACTS_H
#define DESIGNER_FACTS_H

#include "base/vec.h"
#include "config/config.h"

/*
 * A configuration as a flat list of what it says: one text for each thing that an admin
 * can decide. Whatever decides nothing is not in it: order where it has no meaning, the
 * spelling of GUIDs, blanks in expressions, descriptions, versions, times. Two
 * configurations mean the same where their facts are the same.
 */
enum fact_part { FACT_METAVERSE, FACT_AGENT, FACT_RULE };

struct fact {
    enum fact_part part;
    const char *key;   /* of the thing: the same in both configurations */
    const char *thing; /* its name */
    const char *owner; /* agent of a rule; NULL */
    const char *what;  /* "flow title"; "": that the thing is there */
    const char *value; /* compared */
    const char *shown; /* printed: the value, without what is secret */
    bool is_order;     /* the value is a list of lines: only their order counts */
};

typedef VEC_OF(struct fact) fact_list;

struct facts {
    struct arena *arena;
    const struct config *config;
    const struct config *other; /* the one that it is compared with: things pair up */
    fact_list list;
    struct fact of; /* the thing whose facts are added; what and value empty */
};

/* Appends all facts of `config`. */
void facts_read(struct facts *facts);

/* --- for those who know one part -------------------------------------------------- */

void fact_thing(struct facts *facts, enum fact_part part, const char *key,
                const char *thing, const char *owner);
void fact_add(struct facts *facts, const char *value, const char *what, ...)
    MA_PRINTF(3, 4);
/* What flows; expressions in their canonical form. */
void fact_mapping(struct facts *facts, const struct mapping *mapping, const char *more,
                  const char *what, ...) MA_PRINTF(4, 5);
void fact_parameters(struct facts *facts, const struct parameter *parameters,
                     size_t count);
void fact_schema(struct facts *facts, const struct schema *schema);
/* Each group of clauses a fact of this name, its clauses in order of their texts. */
void fact_groups(struct facts *facts, const struct clause_group *groups, size_t count,
                 const char *what);
/* Conditions of a join, in one text. */
const char *fact_join(struct facts *facts, const struct join_group *join);
/* The order of texts that are facts of their own. */
void fact_order(struct facts *facts, const char *const *texts, size_t count,
                const char *what, ...) MA_PRINTF(4, 5);
/* The name of an agent, else its GUID. */
const char *fact_agent(const struct facts *facts, const struct guid *id);
/* "" for the usual one. */
const char *fact_merge(enum merge_type merge);

void facts_agent(struct facts *facts, const struct agent *agent);
void facts_metaverse(struct facts *facts);
void facts_rule(struct facts *facts, const struct sync_rule *rule);

#endif
