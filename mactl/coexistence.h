/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_COEXISTENCE_H
#define MACTL_COEXISTENCE_H

#include <jansson.h>

#include "base/vec.h"
#include "cloud_given.h"
#include "command.h"
#include "config/instance.h"
#include "rights/enroll.h"

/*
 * What `mactl coexistence` was asked for, and how far it came. Each step is one line, or
 * one object of JSON; what it needs of an earlier one it finds here. A step that is so
 * already does nothing, so the whole can be done again.
 *
 *   {"schema": "mactl/coexistence/1", "what_if", "ad", "cloud",
 *    "steps": [{"step", "text", ...}], "failed": the step or null, "undo": [...]}
 */
struct coexistence {
    const struct invocation *call;
    /* as it was given */
    char *ad;
    char *cloud;
    char *group;
    char *admin;
    char *admin_cache;
    struct secret_given admin_secret;
    char *login;
    char *domain;
    char *keytab;
    struct secret_given login_secret;
    struct cloud_given service; /* of the cloud */
    int what_if;
    int all_attributes;
    int keep_rights;
    int imported; /* disable what was imported, too */
    int no_start;
    int wizard;
    /* as it is; until coexistence_end */
    struct instance *instance;
    struct config *config;
    const struct agent *ad_agent;
    const struct agent *cloud_agent;
    const char *account; /* of the directory's agent */
    struct enrolled enrolled;
    bool rules_changed;        /* so a synchronisation is due */
    VEC_OF(const char *) undo; /* of what was done, the last first */
    json_t *told;              /* the steps; NULL: they are told as text */
};

/* One step: tells its line, notes how to undo it, or says what is wrong. */
struct coexistence_step {
    const char *name;
    enum exit_code (*run)(struct coexistence *);
};

/* The instance, and both agents. */
enum exit_code coexistence_begin(struct coexistence *c);
void coexistence_end(struct coexistence *c);
/* One after the other, until one fails: then how to undo what was done is told, and that
 * `again` goes on from there. */
enum exit_code coexistence_run(struct coexistence *c,
                               const struct coexistence_step *steps, size_t count,
                               const char *again);

/* Somebody who may change the directory: asked for where nothing was given. */
enum exit_code coexistence_admin(struct coexistence *c);
bool coexistence_has_admin(const struct coexistence *c);
struct grant_admin coexistence_who(const struct coexistence *c);
const char *coexistence_group_name(const struct coexistence *c);

/* "group: ...", "What if: group: ..." */
void coexistence_say(struct coexistence *c, const char *step, const char *fmt, ...)
    MA_PRINTF(3, 4);
/* Behind it "note: ...". */
void coexistence_note(struct coexistence *c, const char *fmt, ...) MA_PRINTF(2, 3);
/* More of the line that was told last, for -o json alone; takes the value. */
void coexistence_detail(struct coexistence *c, const char *key, json_t *value);
void coexistence_undo(struct coexistence *c, const char *fmt, ...) MA_PRINTF(2, 3);
/* The document, where it is wanted. `failed`: a step, or NULL. */
void coexistence_document(struct coexistence *c, const char *failed);

/* The steps, in this order. */
enum exit_code coexistence_idle(struct coexistence *c);
enum exit_code coexistence_group(struct coexistence *c);
enum exit_code coexistence_rights(struct coexistence *c);
enum exit_code coexistence_rules(struct coexistence *c);
enum exit_code coexistence_directory(struct coexistence *c);
enum exit_code coexistence_cloud(struct coexistence *c);
enum exit_code coexistence_mark(struct coexistence *c);
enum exit_code coexistence_start(struct coexistence *c);
/* Whether any of it was done here, not imported; --imported-rules counts as that. */
bool coexistence_was_enabled(struct coexistence *c);
/* The other way; first, whether it could be gone to its end. */
enum exit_code coexistence_may_end(struct coexistence *c);
enum exit_code coexistence_rules_off(struct coexistence *c);
enum exit_code coexistence_rights_off(struct coexistence *c);
enum exit_code coexistence_group_off(struct coexistence *c);

/* A file in the agent's folder, "PREFIX-20261130T101500Z.json", that is not there yet. */
const char *coexistence_backup(struct coexistence *c, const char *prefix);
#define COEXISTENCE_BACKUP "coexistence-backup" /* of rights that enable has set */
#define COEXISTENCE_UNDONE "coexistence-undone" /* ... and disable has taken out */

/* Asks a terminal for what was not given. */
enum exit_code coexistence_ask(struct coexistence *c);
/* The command that does the same without a question. */
void coexistence_print_command(const struct coexistence *c);

#endif
