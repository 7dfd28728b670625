/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_GRANT_CHANGE_H
#define RIGHTS_GRANT_CHANGE_H

#include "rights/audit_role.h"
#include "rights/grant.h"

/*
 * Lists of rights on their way from what they are to what they are to be: first all of
 * them are looked at, then what they were is kept, then they are written one by one, and
 * each is read again.
 */
struct grant_state {
    struct slice bytes;
    const char *text;
    const char *mark;
};

struct grant_change {
    const char *dn;
    struct grant_state before;
    struct grant_state after;
};

struct granting {
    const struct grant_request *request;
    const json_t *plan; /* NULL: lists are put back */
    json_t *fresh;      /* entries of the plan that were not there; NULL: none */
    json_t *gone;       /* removals of the plan that were; NULL: none */
    struct audit_role role;
    struct parameter parameters[4];
    struct arena arena;
    VEC_OF(struct grant_change) changes;
};

/* A partition that the agent reads, which says which domain; "": none. */
const char *granting_some_dn(const struct agent *agent);

/* What a plugin is told instead of the agent's own account; at most 4. */
size_t granting_parameters(const struct grant_admin *admin, struct parameter *out);

/* Of the lists of a plan or a backup that of this place; NULL: none. */
const json_t *granting_list(const json_t *lists, const char *dn);

/* Ended after a failure, too. */
enum ma_status granting_begin(struct granting *granting,
                              const struct grant_request *request, struct ma_error *err);
void granting_end(struct granting *granting);

/* The list of a place as the system has it; lives in the arena of `granting`.
 * MA_NOT_FOUND: there is no such place. */
enum ma_status granting_look(struct granting *granting, const char *dn,
                             struct grant_state *out, struct ma_error *err);
/* One entry more, or, `out`, one less, in the state: nothing is written. */
enum ma_status granting_edit(struct granting *granting, const char *grant, bool out,
                             struct grant_state *state, struct ma_error *err);
/* The list of a place among those looked at, which it then is; MA_NOT_FOUND: there is no
 * such place. */
enum ma_status granting_change(struct granting *granting, const char *dn,
                               struct grant_change **out, struct ma_error *err);
/* What became of an entry, to whoever wants to know. */
void granting_tell(const struct granting *granting, const json_t *entry,
                   enum grant_outcome outcome);
/* Same marks: nothing to write. */
bool granting_is_done(const struct grant_change *change);
/* Keeps what the lists are in the backup, then writes those that are not done; `written`
 * after each. MA_CONFLICT: a list changed since it was looked at; it is left alone. */
enum ma_status granting_carry_out(struct granting *granting,
                                  void (*written)(struct granting *,
                                                  const struct grant_change *),
                                  struct ma_error *err);

#endif
