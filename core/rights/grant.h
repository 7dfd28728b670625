/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_GRANT_H
#define RIGHTS_GRANT_H

#include <jansson.h>

#include "base/vec.h"
#include "config/instance.h"
#include "rights/audit_plan.h"

/*
 * Carries out what an audit planned, in two acts that may be days apart: a plan is a
 * document that says which entry has to stand where and what each list looked like; later
 * somebody with the right to do it has it applied. Everything that can be known before
 * the first write is checked before it: a list that changed since stops all of it. What
 * the lists were is on disk before one of them is written, and puts them back.
 *
 *   {"schema": "mactl/acl-plan/1", "agent", "made",
 *    "entries": [{"place", "grant", "attribute", "type", "trustee", "objects",
 * "consent"}],
 *    "removals": [{"place", "grant", "type", "trustee", "consent"}],
 *    "lists": [{"dn", "mark", "text"}], "by_hand": [...]}
 *   {"schema": "mactl/acl-backup/1", "agent", "made",
 *    "lists": [{"dn", "bytes", "text", "mark", "after"}],
 *    "entries": those of the plan that were not there before}
 */
struct grant_admin {
    const char *login;    /* as the agent's parameter 'login'; NULL: the agent's own */
    const char *password; /* NULL: the agent's own secrets */
    const char *cache;    /* a cache of Kerberos tickets instead of a password */
};

enum { GRANT_ON_HOLDER = 1, GRANT_ON_BLOCKED = 2 }; /* consents */

enum grant_outcome {
    GRANT_SET,
    GRANT_PRESENT,  /* it stands there already */
    GRANT_SKIPPED,  /* nobody said the word that it needs */
    GRANT_RESTORED, /* the list as it was */
    GRANT_AS_WAS,   /* nothing to put back */
    GRANT_TAKEN,    /* it stands there no more */
    GRANT_ABSENT    /* nor did it before */
};

struct grant_step {
    enum grant_outcome outcome;
    const char *place;
    const char *grant; /* NULL: the list as a whole */
    const char *attribute;
    const char *type;
    const char *trustee;
    const char *consent; /* of GRANT_SKIPPED: the word */
};

struct grant_request {
    struct instance *instance;
    const struct agent *agent;
    const char *plugin;
    struct grant_admin admin;
    unsigned consents;
    const char *backup; /* a file that is not there yet */
    /* Each entry, or list, once it stands; what it points to lives until this returns. */
    void (*step)(void *context, const struct grant_step *step);
    void *context;
};

/* The word of a consent, "adminsdholder" or "blocked-inheritance", as a bit; 0: no such
 * word. */
unsigned grant_consent(const char *word);

/* Whether somebody is let in who can look at lists at all: before anything is begun that
 * would stop half way for it. Nothing is written. */
enum ma_status grant_try(const struct grant_request *request, struct ma_error *err);

/* The document of a plan, with the lists as they are now; nothing is written. */
enum ma_status grant_plan(const struct grant_request *request,
                          const struct audit_plan *plan, json_t **out,
                          struct ma_error *err);
/* Sets the entries of a plan and takes out its removals, of each list in one write; those
 * whose list the plan does not have are set whatever it is like. No backup is made where
 * nothing has to be written. MA_CONFLICT: a list changed since the plan, or needs a
 * human; before the first write. An error after it names what was written. */
enum ma_status grant_apply(const struct grant_request *request, const json_t *plan,
                           struct ma_error *err);
/* The lists of a backup as they were; what they are now is kept in request->backup.
 * MA_CONFLICT: somebody changed one after it was applied, unless `force`. */
enum ma_status grant_roll_back(const struct grant_request *request, const json_t *backup,
                               bool force, struct ma_error *err);
/* The other way to undo it: the entries that the backup says were set are taken out, and
 * whatever else was done to the lists since stays. A place that is gone has none. */
enum ma_status grant_take_out(const struct grant_request *request, const json_t *backup,
                              struct ma_error *err);

/* What the lists of a plan would be, for a script: `bytes` is Base64. */
struct grant_list {
    const char *dn;
    const char *bytes;
    const char *text; /* as it is now, for people */
};
enum ma_status grant_lists(const struct grant_request *request, const json_t *plan,
                           void (*take)(void *context, const struct grant_list *),
                           void *context, struct ma_error *err);

/* A file with a document of this kind, of this agent. MA_INVALID: it is another. */
enum ma_status grant_read(const char *path, const char *schema, const char *agent,
                          json_t **out, struct ma_error *err);
/* Readable by its owner alone. */
enum ma_status grant_write(const char *path, const json_t *document, bool replace,
                           struct ma_error *err);

/* A file of this folder for a backup of now, that is not there yet: "PREFIX-STAMP.json",
 * or "PREFIX-STAMP-2.json" in the same second. In the arena. */
const char *grant_backup_path(struct arena *arena, const char *folder,
                              const char *prefix);

#define GRANT_PLAN "mactl/acl-plan/1"
#define GRANT_BACKUP "mactl/acl-backup/1"

#endif
