/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_COEXISTENCE_H
#define MACTL_COEXISTENCE_H

#include "base/vec.h"
#include "command.h"
#include "config/instance.h"
#include "run/enroll.h"
#include "secret_given.h"

/*
 * What `mactl coexistence` was asked for, and how far it came. Each step is one line;
 * what it needs of an earlier one it finds here. A step that is so already does nothing,
 * so the whole can be done again.
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
    struct secret_given login_secret;
    char *url;
    char *client;
    struct secret_given cloud_secret;
    int what_if;
    int all_attributes;
    int no_start;
    int wizard;
    /* as it is; until coexistence_end */
    struct instance *instance;
    struct config *config;
    const struct agent *ad_agent;
    const struct agent *cloud_agent;
    const char *account; /* of the directory's agent */
    struct enrolled enrolled;
    VEC_OF(const char *) undo; /* of what was done, the last first */
};

/* One step: prints its line, notes how to undo it, or says what is wrong. */
typedef enum exit_code (*coexistence_step)(struct coexistence *);

/* The instance, and both agents. */
enum exit_code coexistence_begin(struct coexistence *c);
void coexistence_end(struct coexistence *c);

/* Somebody who may change the directory: asked for where nothing was given. */
enum exit_code coexistence_admin(struct coexistence *c);
struct grant_admin coexistence_who(const struct coexistence *c);
const char *coexistence_group_name(const struct coexistence *c);

/* "group: ...", "What if: group: ..." */
void coexistence_say(const struct coexistence *c, const char *step, const char *fmt, ...)
    MA_PRINTF(3, 4);
void coexistence_undo(struct coexistence *c, const char *fmt, ...) MA_PRINTF(2, 3);

enum exit_code coexistence_idle(struct coexistence *c);
enum exit_code coexistence_group(struct coexistence *c);
enum exit_code coexistence_rights(struct coexistence *c);

/* Asks a terminal for what was not given. */
enum exit_code coexistence_ask(struct coexistence *c);
/* The command that does the same without a question. */
void coexistence_print_command(const struct coexistence *c);

#endif
