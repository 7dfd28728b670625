/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MODEL_COUNTERS_H
#define MODEL_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The counters of a step, under the product's own names, because scripts read them. An
 * object stands in exactly one of the staging, one of the inbound and one of the export
 * counters of a step. Outbound counters are kept per target agent.
 */
#define COUNTERS_STAGING(X)                                                              \
    X(STAGE_NO_CHANGE, "stage-no-change")                                                \
    X(STAGE_ADD, "stage-add") X(STAGE_UPDATE, "stage-update")                            \
        X(STAGE_RENAME, "stage-rename") X(STAGE_DELETE, "stage-delete")                  \
            X(STAGE_DELETE_ADD, "stage-delete-add") X(STAGE_FAILURE, "stage-failure")
#define COUNTERS_DISCOVERY(X)                                                            \
    X(FILTERED_DELETIONS, "filtered-deletions") X(FILTERED_OBJECTS, "filtered-objects")
#define COUNTERS_INBOUND(X)                                                              \
    X(DISCONNECTOR_FILTERED, "disconnector-filtered")                                    \
    X(DISCONNECTOR_JOINED_NO_FLOW, "disconnector-joined-no-flow")                        \
    X(DISCONNECTOR_JOINED_FLOW, "disconnector-joined-flow")                              \
    X(DISCONNECTOR_JOINED_REMOVE_MV, "disconnector-joined-remove-mv")                    \
    X(DISCONNECTOR_PROJECTED_NO_FLOW, "disconnector-projected-no-flow")                  \
    X(DISCONNECTOR_PROJECTED_FLOW, "disconnector-projected-flow")                        \
    X(DISCONNECTOR_PROJECTED_REMOVE_MV, "disconnector-projected-remove-mv")              \
    X(DISCONNECTOR_REMAINS, "disconnector-remains")                                      \
    X(CONNECTOR_FILTERED_REMOVE_MV, "connector-filtered-remove-mv")                      \
    X(CONNECTOR_FILTERED_LEAVE_MV, "connector-filtered-leave-mv")                        \
    X(CONNECTOR_FLOW, "connector-flow")                                                  \
    X(CONNECTOR_FLOW_REMOVE_MV, "connector-flow-remove-mv")                              \
        X(CONNECTOR_NO_FLOW, "connector-no-flow")                                        \
            X(CONNECTOR_DELETE_REMOVE_MV, "connector-delete-remove-mv")                  \
                X(CONNECTOR_DELETE_LEAVE_MV, "connector-delete-leave-mv")                \
                    X(CONNECTOR_DELETE_ADD_PROCESSED, "connector-delete-add-processed")  \
                        X(FLOW_FAILURE, "flow-failure")
#define COUNTERS_OUTBOUND(X)                                                             \
    X(OUT_ADD_NO_FLOW, "provisioned-add-no-flow")                                        \
    X(OUT_ADD_FLOW, "provisioned-add-flow")                                              \
        X(OUT_RENAME_NO_FLOW, "provisioned-rename-no-flow")                              \
            X(OUT_RENAME_FLOW, "provisioned-rename-flow")                                \
                X(OUT_DISCONNECT, "provisioned-disconnect")                              \
                    X(OUT_FLOW, "connector-flow") X(OUT_NO_FLOW, "connector-no-flow")    \
                        X(OUT_DELETE_ADD_NO_FLOW, "provisioned-delete-add-no-flow")      \
                            X(OUT_DELETE_ADD_FLOW, "provisioned-delete-add-flow")
#define COUNTERS_EXPORT(X)                                                               \
    X(EXPORT_ADD, "export-add")                                                          \
    X(EXPORT_UPDATE, "export-update") X(EXPORT_RENAME, "export-rename")                  \
        X(EXPORT_DELETE, "export-delete") X(EXPORT_DELETE_ADD, "export-delete-add")      \
            X(EXPORT_FAILURE, "export-failure")

#define COUNTER_ENUM(id, text) COUNTER_##id,
enum counter {
    COUNTERS_STAGING(COUNTER_ENUM) COUNTERS_DISCOVERY(COUNTER_ENUM)
        COUNTERS_INBOUND(COUNTER_ENUM) COUNTERS_OUTBOUND(COUNTER_ENUM)
            COUNTERS_EXPORT(COUNTER_ENUM) COUNTER_COUNT
};
#undef COUNTER_ENUM

enum counter_group {
    COUNTERS_OF_STAGING,
    COUNTERS_OF_DISCOVERY,
    COUNTERS_OF_INBOUND,
    COUNTERS_OF_OUTBOUND,
    COUNTERS_OF_EXPORT,
    COUNTER_GROUPS
};

/* One step's counters of one agent; outbound ones belong to the target agent. */
struct counters {
    uint64_t of[COUNTER_COUNT];
};

const char *counter_text(enum counter counter);
enum counter_group counter_group(enum counter counter);
/* Whether the objects behind it are kept with the history. */
bool counter_has_detail(enum counter counter);

#endif
