/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_AGENT_SET_H
#define CONFIG_AGENT_SET_H

#include "config/folder_edit.h"

/*
 * How one agent reaches its system: where that is, who goes there, and what opens it. An
 * account and its secret change at one moment, in mactl.xml; a forest and containers
 * before it, in config/, as a whole. On any error what was there still holds.
 *
 * A secret that was typed, or came through a pipe, is kept in a file of secrets/ that
 * only its owner may read, under a name of its own: until mactl.xml names the new one,
 * the old one is there. No message has it in it.
 */
struct agent_set_request {
    const char *folder;
    const char *agent;                  /* name or id */
    const struct parameter *parameters; /* for mactl.xml; value NULL: it goes */
    size_t parameter_count;
    const char *secret;            /* which; NULL: all stay */
    enum secret_kind kind;         /* SECRET_FILE, SECRET_CREDENTIAL */
    const char *where;             /* NULL: none any more, or `value` */
    const char *value;             /* to be kept in a file of secrets/ */
    const char *const *gone;       /* secrets that this one stands for; NULL: none */
    const char *forest;            /* NULL: stays */
    const char *const *containers; /* NULL: stay */
    bool only_plan;                /* agent_set_apply will not follow */
};

struct agent_set_change {
    const char *what;
    const char *old; /* NULL: none */
    const char *now; /* NULL: none any more */
};

struct agent_set {
    const struct agent_set_request *request;
    const struct agent *agent; /* as it is */
    const struct agent_set_change *changes;
    size_t change_count; /* 0: all is so already */
    struct folder_plan *plan;
    struct instance *instance;
    struct arena *arena; /* owned */
};

/* MA_NOT_FOUND: no such agent. Ended by agent_set_free after a failure, too. */
enum ma_status agent_set_plan(struct agent_set *out,
                              const struct agent_set_request *request,
                              struct ma_error *err);
/* Does it. After a failure the account and its secret are those that were there. */
enum ma_status agent_set_apply(struct agent_set *set, struct ma_error *err);
void agent_set_free(struct agent_set *set);

#endif
