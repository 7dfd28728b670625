/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_PREVIEW_H
#define RUN_PREVIEW_H

#include "history/record.h"
#include "run/extensions.h"
#include "show/show.h"

/*
 * What a synchronisation would do: the ordinary one, on a copy of the store, and then
 * both states side by side. Two copies are made, so nobody has to wait for a preview and
 * whatever runs at the same time is no part of what it shows. Both are gone from the disk
 * as soon as they are open.
 */
struct preview_request {
    const char *folder;     /* of the instance */
    const char *config;     /* a proposed configuration; NULL: the instance's own */
    const char *agent;      /* NULL: every agent, in the order of the configuration */
    const char *dn;         /* one object of the agent; NULL: all of it */
    bool read;              /* ... is read from its system first, where that can be */
    bool delta;             /* only what waits; else every object is evaluated */
    const char *const *set; /* "attribute=value" of this object; "attribute=": none */
    size_t set_count;
};

struct preview {
    struct opened before;
    struct opened after;
    struct batch *old;
    struct batch *now;
    struct extensions extensions;
    struct run_record record; /* of the synchronisation, step by step */
    uint64_t object;          /* the one that was asked for; 0: all */
    bool config_differs;      /* a proposed one was given */
};

/* Runs it. MA_NOT_FOUND: no such agent or object. What single objects ran into is in the
 * record and in the changes. */
enum ma_status preview_begin(struct preview *out, const struct preview_request *request,
                             struct ma_error *err);
void preview_end(struct preview *preview);

struct change_attribute {
    uint32_t number;
    const char *name;
    enum value_type type;
    const struct slice *gone; /* values that go */
    uint32_t gone_count;
    const struct slice *come;
    uint32_t come_count;
    const char *rule;     /* that gives what is there now; NULL: none does */
    const char *old_rule; /* that gave what was there; NULL: none, or the same */
};

/* One object that is not as it was. Of a connector space what the system would be made to
 * hold is compared: that is what an export brings it. */
struct change {
    const struct compiled_agent *agent; /* NULL: of the metaverse */
    uint64_t id;
    const char *name; /* DN; what a metaverse object is called */
    const char *type;
    const char *operation; /* "add", "update", "rename", "delete", "delete-add", "none" */
    const char *old_dn;    /* of a rename */
    const char *link; /* "joined", "projected", "provisioned", "disconnected", "moved",
                         "filtered"; NULL: as it was */
    const char *rule; /* that made, or had made, the link */
    const char
        *error; /* that its synchronisation ended with; NULL: none, or an old one */
    struct change_attribute *attributes;
    size_t attribute_count;
};

/* The metaverse first, then the agents, each in the order of ids. What `each` is given
 * lives until it returns. A failure is the store's. */
enum ma_status preview_changes(struct preview *preview,
                               void (*each)(void *context, const struct change *change),
                               void *context, struct ma_error *err);

#endif
