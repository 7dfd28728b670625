/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PLUGIN_HOST_H
#define PLUGIN_HOST_H

#include <mactl/ma.h>

#include "config/instance.h"

/*
 * The engine's half of struct ma_host. It answers by itself what a configuration can
 * answer: parameters, secrets, the schema, the folder; the rest it hands to a sink: the
 * run in an import, an export or a discovery. Made for one session of one plugin and
 * ended after that session was closed; what it is given must live as long.
 *
 * A name is looked up among the parameters of the run step, then in mactl.xml, then in
 * the private configuration of the imported XML (by its path), then among the
 * parameter-values of the agent, then in the fallbacks of the plugin's table.
 */

/* Where the calls of a plugin go. A slot that is NULL refuses the call with MA_BROKEN
 * ("not in this kind of step"); log, absent and served_by may be NULL: nobody wants to
 * know; cancelled may be NULL: never; more may be NULL: there is none. Structs are given
 * with our own size: what an older plugin does not know is zero.
 */
struct host_sink {
    void *context;
    enum ma_status (*emit)(void *context, const struct ma_entry *, struct ma_error *);
    enum ma_status (*reject)(void *context, const struct ma_rejection *,
                             struct ma_error *);
    enum ma_status (*checkpoint)(void *context, struct ma_value where, struct ma_error *);
    enum ma_status (*watermark)(void *context, struct ma_value mark, struct ma_error *);
    enum ma_status (*exported)(void *context, size_t index, const struct ma_result *,
                               struct ma_error *);
    enum ma_status (*more)(void *context, bool wait,
                           const struct ma_entry *const **entries, size_t *count,
                           struct ma_error *);
    enum ma_status (*found_schema)(void *context, const struct ma_schema *,
                                   struct ma_error *);
    enum ma_status (*found_partition)(void *context, const struct ma_partition *,
                                      struct ma_error *);
    enum ma_status (*finding)(void *context, const struct ma_finding *,
                              struct ma_error *);
    enum ma_status (*absent)(void *context, const char *attribute, struct ma_error *);
    enum ma_status (*start_over)(void *context, struct ma_error *);
    void (*served_by)(void *context, const char *server, const struct ma_error *lost);
    void (*log)(void *context, enum ma_level level, const char *text);
    bool (*cancelled)(void *context);
};

struct host_request {
    const struct agent *agent;           /* NULL: none, as for a rules extension */
    const struct agent_binding *binding; /* NULL: mactl.xml does not name the agent */
    const struct parameter *step;        /* parameters of the run step */
    size_t step_count;
    const struct ma_plugin *plugin; /* for the fallbacks; NULL: none */
    const char *madata;             /* folder of the agent's files */
    const char *instance; /* folder that the paths of secret files are relative to */
    /* Answers for the kinds that are no file and no credential (sealed, prompt); NULL:
     * those are refused. */
    enum ma_status (*secret)(void *context, const struct secret_source *source, char *out,
                             size_t capacity, struct ma_error *err);
    void *secret_context;
    bool without_secrets; /* all kinds are refused: nobody is to be connected to */
    struct host_sink sink;
};

/* Never fails. Ended by host_free, which takes NULL too. */
struct ma_host *host_new(const struct host_request *request);
void host_free(struct ma_host *host);

#endif
