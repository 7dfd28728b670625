/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RIGHTS_AUDIT_H
#define RIGHTS_AUDIT_H

#include "instance/opened.h"
#include "rights/audit_feature.h"

/*
 * Asks a plugin of the audit role what an export would run into, before it does. What is
 * planned comes from the configuration, not from a list: for each object that the agent's
 * system has and that is linked, the attributes that some export flow writes to objects
 * of its type, and what is pending. Nothing is written anywhere.
 */
struct audit_request {
    const struct opened *opened;
    struct batch *batch;
    const struct compiled_agent *agent;
    const char *plugin;                /* its name or file */
    uint64_t only;                     /* this object; 0: all */
    const id_list *ids;                /* these objects; NULL: all */
    const struct partition *partition; /* objects of this one; NULL: of all */
    bool pending; /* only objects with pending exports, and only what those
                     write */
    const char *const *attributes; /* only these, NULL-terminated; NULL: all that flow */
    const struct audit_feature *feature; /* only what it needs; NULL: all that flows */
    /* Each finding; what it points to lives until this returns. */
    enum ma_status (*finding)(void *context, const struct ma_finding *,
                              struct ma_error *);
    void *context;
    const struct parameter *parameters; /* for the plugin, before those of the agent */
    size_t parameter_count;
    const char *password; /* of a login among them; NULL: the agent's own secrets */
};

struct audit;

/* A session of the plugin; it connects at the first question. The request has to live as
 * long, its batch only while audit_all runs. MA_INVALID: the plugin has no such role, or
 * the agent writes nothing; MA_NOT_FOUND: there is no such plugin. */
enum ma_status audit_open(struct audit **out, const struct audit_request *request,
                          struct ma_error *err);
void audit_close(struct audit *audit);
/* It may connect before there is a question; on any thread, with no other call under way.
 */
void audit_prepare(struct audit *audit);
/* What the request says. `objects`: how many were asked about. */
enum ma_status audit_all(struct audit *audit, uint64_t *objects, struct ma_error *err);
/* This, whatever the request says. */
enum ma_status audit_planned(struct audit *audit, const struct ma_planned *planned,
                             struct ma_error *err);

/* All three at once. */
enum ma_status audit_run(const struct audit_request *request, uint64_t *objects,
                         struct ma_error *err);

#endif
