/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_MA_H
#define MACTL_MA_H

/*
 * Everything a plugin sees of the engine, and all it may use.
 *
 * A plugin exports one function, written by MA_PLUGIN(), that returns a constant
 * description of itself: a name, the parameters it takes, the roles it plays. The
 * engine passes back a struct ma_host, the only way into the engine. A plugin links
 * to no engine library, so a test can be its host.
 *
 *   memory   What you are given is yours to read until you return; copy to keep.
 *            What you allocate, you free.
 *   values   Bytes with a length. Text is UTF-8, a number is decimal text, a boolean
 *            is "true" or "false", binary is the bytes themselves, a reference is the
 *            DN of an object of the same system.
 *   errors   Return MA_OK, or ma_fail(): the status decides what the engine does
 *            next, the text tells the operator what happened. What is wrong with one
 *            object is reported (reject, exported) and does not end the run.
 *   threads  A session is used by one thread at a time, not always by the same.
 *   secrets  Ask for them by name when you need them; never log or keep them.
 *   growth   Members are added at the end only. `size` says how many you know: a
 *            shorter struct is read as if the rest were zero.
 */

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MA_ABI                                                                           \
    0u /* 0 until the border is frozen; then raised only when an old plugin can no       \
          longer work */

#define MA_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define MA_CHECK __attribute__((warn_unused_result))

/* Named after what the caller does about it, not after where it came from. */
enum ma_status {
    MA_OK = 0,
    MA_INVALID,     /* the data or the configuration is wrong: report it */
    MA_NOT_FOUND,   /* the object is not there: often an answer, not a fault */
    MA_CONFLICT,    /* the other side changed underneath: import again first */
    MA_DENIED,      /* credentials or rights: stop the run */
    MA_UNREACHABLE, /* the other side is away: try later */
    MA_CANCELLED,   /* somebody asked us to stop */
    MA_NO_MEMORY,
    MA_BROKEN,      /* our own bug: stop and say so */
    MA_LIMIT,       /* a guard or a limit said stop */
    MA_FULL_NEEDED, /* the watermark is of no use any more: a full import is needed */
    MA_UNEXPECTED   /* the other side answers with what makes no sense: believe none of it
                     */
};

/* Owned by the caller, usually on its stack: reporting a failure never allocates. */
struct ma_error {
    enum ma_status status;
    char text[508];
};

enum ma_level { MA_LOG_ERROR, MA_LOG_WARNING, MA_LOG_INFO, MA_LOG_DEBUG };

/* How values are to be read. MA_UNTYPED: as the schema of the agent says. */
enum ma_type { MA_UNTYPED, MA_TEXT, MA_INTEGER, MA_FLAG, MA_BYTES, MA_REFERENCE };

/* Frozen: arrays of these cross the border, so they never grow. */
struct ma_value {
    const char *data; /* text is followed by a NUL that `length` does not count */
    size_t length;
};

/* MA_SET: `values` are all there are, none removes the attribute.
 * MA_VALUES: `values` are added, `removed` taken away, the rest stays. */
enum ma_attribute_op { MA_SET, MA_VALUES };

/* Frozen, as above. */
struct ma_attribute {
    const char *name;
    enum ma_attribute_op op;
    enum ma_type type;
    const struct ma_value *values;
    size_t count;
    const struct ma_value *removed;
    size_t removed_count;
};

/* MA_PRESENT   import: the object as it is now, every selected attribute.
 * MA_ADD       export: create it. Import: the same as MA_PRESENT.
 * MA_MODIFY    only what is listed changes; with new_dn also a rename or move. Import: in
 *              a delta import only.
 * MA_REPLACE   export of whole objects: the object shall be exactly this.
 * MA_DELETE    it is gone, or shall go. Import: in a delta import only.
 * MA_DELETE_ADD export: delete it and create it again, its type changed. */
enum ma_change { MA_PRESENT, MA_ADD, MA_MODIFY, MA_REPLACE, MA_DELETE, MA_DELETE_ADD };

struct ma_entry {
    size_t size;
    enum ma_change change;
    struct ma_value anchor; /* survives a rename; unique in its system; empty: none yet */
    const char *dn;         /* NULL in systems without: the anchor serves */
    const char *new_dn;     /* NULL: no rename */
    const char *object_type;
    const struct ma_attribute *attributes;
    size_t count;
    uint64_t position; /* where it was read: line or entry number, 0 unknown */
};

/* An entry that cannot be staged. `type` is one of the discovery errors of the manual:
 * "invalid-attribute-value", "missing-anchor-component", "parse-error" ... */
struct ma_rejection {
    size_t size;
    const char *type;
    const char *dn;        /* NULL where not known */
    const char *attribute; /* NULL where none is to blame */
    const char *text;      /* for the operator */
    uint64_t entry;        /* 1-based number in the source, 0 unknown */
    uint64_t line;         /* 1-based, 0 unknown */
    uint64_t column;
};

/* What became of one exported entry. The last four are no failures: the engine offers
 * the object again, in the form asked for, in the next pass of the same run; what never
 * gets on fails in the end. */
enum ma_outcome {
    MA_EXPORTED,
    MA_EXPORT_FAILED,
    MA_UPDATE_TO_ADD, /* it is not there: add it */
    MA_ADD_TO_UPDATE, /* it is there already: update it */
    MA_RETRY_LATER,   /* a reference is not there yet */
    MA_PARENT_MISSING /* its container is not there yet */
};

struct ma_result {
    size_t size;
    enum ma_outcome outcome;
    struct ma_value anchor;    /* given by the system at an add; empty: unchanged */
    const char *dn;            /* where the system chose another DN, else NULL */
    const char *error_type;    /* "permission-issue", "cd-missing-object" ... */
    const char *error_code;    /* the system's own code as text, e.g. "8344" */
    const char *error_literal; /* the system's own words */
    const char *server_detail; /* what it added */
};

/* The schema that the configuration stores for this agent, or that discovery found. Both
 * parts are frozen, as above. */
struct ma_schema_attribute {
    const char *name;
    enum ma_type type;
    bool single_valued;
    bool export_only; /* never read back: passwords */
    bool read_only;   /* owned by the system: never exported */
    bool anchor;
    bool secret;
    /* Of discovery alone: */
    const char *syntax; /* OID of its syntax; NULL: as the type tells */
    struct ma_value id; /* by which the system knows it; empty: by its name alone */
    bool linked;        /* a reference whose other end the system keeps */
    bool constructed;   /* computed when it is asked for, never stored */
};

struct ma_schema_class {
    const char *name;
    const char *superior; /* NULL at the top */
    bool structural;
    /* Names, NULL-terminated. Of the configuration, inherited ones included; of
     * discovery, without those of the superior. */
    const char *const *attributes;
    struct ma_value id; /* of discovery, as of an attribute */
};

struct ma_schema {
    size_t size;
    const struct ma_schema_attribute *attributes;
    size_t attribute_count;
    const struct ma_schema_class *classes;
    size_t class_count;
};

struct ma_partition {
    size_t size;
    const char *id;
    const char *name;  /* a DN, or "default" */
    bool is_container; /* found below a partition, for selection */
};

/* What an import step asks for. */
struct ma_import {
    size_t size;
    bool full;
    struct ma_value watermark;  /* of the last complete import; empty: none */
    struct ma_value checkpoint; /* where a killed run of this step stood; empty: start */
    const char *partition;      /* its name; NULL: the agent has no partitions */
    uint32_t page_size;         /* 0: as the plugin likes */
    uint32_t time_limit;        /* seconds for one call to the system, 0: none. A session
                                   that calls nothing for much longer is killed */
    const char *const *object_types; /* selected ones, NULL-terminated; NULL: all */
    const char *const *attributes;   /* selected ones, NULL-terminated; NULL: all */
    const char *const *included; /* containers; the longest match of both lists wins */
    const char *const *excluded;
};

/* What an audit found out about one planned write. Without a DN: about the account, or
 * the system as a whole. */
enum ma_verdict { MA_ALLOWED, MA_REFUSED, MA_UNSURE };

struct ma_finding {
    size_t size;
    enum ma_verdict verdict;
    const char *dn;
    const char *attribute; /* NULL: the whole modification */
    const char *code;
    const char *cause;
    const char *remedy;
    const char *evidence; /* what decided, as the system writes it: an entry of a list */
    const char *place;    /* the object, or its container, at which the remedy works */
    const char *grant;    /* what has to stand there, as the system writes it */
    const char *trustee;  /* whom it is for, by name */
    const char *object_type; /* of the objects it is for */
    const char *revoke;      /* what should stand there no more, once the grants do */
    size_t index;            /* of foresee: which of the pending exports it is about */
};

/* Frozen, as above. One pending export that the agent is asked about. */
struct ma_pending {
    const struct ma_entry *entry; /* as export_entries will be given it; of what exists
                                     the changes, whatever the capabilities */
    /* MA_PRESENT: the object as the last import showed it, without attributes of more
     * than a hundred values. NULL: no import has shown it. */
    const struct ma_entry *stored;
};

/* What the engine does for a plugin. The engine keeps more behind it. */
struct ma_host {
    size_t size;
    void (*log)(const struct ma_host *, enum ma_level, const char *fmt, ...)
        MA_PRINTF(3, 4);
    /* A parameter by name. First the run step's own, then what mactl.xml says for this
     * agent, then the private configuration of the imported XML (by its path below
     * private-configuration, "MAConfig/delimited_format/delimiter", an XML attribute as
     * "path@name"), then the parameter-values of the agent, then its component_mappings
     * ("component-mapping": "ou=organizationalUnit"), then the fallback of the plugin's
     * table. What is encrypted there is passed over. NULL: nowhere. */
    const char *(*param)(const struct ma_host *, const char *name);
    /* The index-th of a repeated parameter, from 0; NULL behind the last. */
    const char *(*param_at)(const struct ma_host *, const char *name, size_t index);
    /* Copies a secret into `out`, NUL-terminated; the caller wipes it after use. */
    enum ma_status (*secret)(const struct ma_host *, const char *name, char *out,
                             size_t capacity, struct ma_error *);
    const struct ma_schema *(*schema)(const struct ma_host *);
    /* The folder of this agent for input, output and drop files; it may have to be made.
     */
    const char *(*folder)(const struct ma_host *);

    /* Import. Whatever is not MA_OK: stop, close, return it. It is back-pressure,
     * a limit, or a cancel. */
    enum ma_status (*emit)(const struct ma_host *, const struct ma_entry *,
                           struct ma_error *);
    enum ma_status (*reject)(const struct ma_host *, const struct ma_rejection *,
                             struct ma_error *);
    /* A page is complete: `where` resumes behind it if this run dies. */
    enum ma_status (*checkpoint)(const struct ma_host *, struct ma_value where,
                                 struct ma_error *);
    /* All was read: `mark` is where the next delta import starts. The engine keeps it
     * only if the whole step ends well. */
    enum ma_status (*watermark)(const struct ma_host *, struct ma_value mark,
                                struct ma_error *);

    /* Export: what became of entries[index]. Exactly once for each entry: a second report
     * ends the step, an entry without one has failed if the call went well, and is of
     * unknown outcome if not. */
    enum ma_status (*exported)(const struct ma_host *, size_t index,
                               const struct ma_result *, struct ma_error *);

    /* Discovery. */
    enum ma_status (*found_schema)(const struct ma_host *, const struct ma_schema *,
                                   struct ma_error *);
    enum ma_status (*found_partition)(const struct ma_host *, const struct ma_partition *,
                                      struct ma_error *);
    bool (*cancelled)(const struct ma_host *);

    /* Audit: one finding. */
    enum ma_status (*finding)(const struct ma_host *, const struct ma_finding *,
                              struct ma_error *);

    /* The index-th of all parameters of the private configuration, in the order of the
     * file, with its name: for groups, whose members param_at() cannot tell apart. NULL
     * behind the last. */
    const char *(*param_item)(const struct ma_host *, size_t index, const char **name);

    /* Import: the schema of the system has no such attribute, selected though it is. What
     * a complete full import tells takes the place of what the last one told; what would
     * flow to such an attribute is left out, and the run says so. */
    enum ma_status (*absent)(const struct ma_host *, const char *attribute,
                             struct ma_error *);

    /* Full import: the system is read from its beginning once more, say from another
     * server that has another state. What was shown until here, of a killed run too, does
     * not count as shown; checkpoints are forgotten. */
    enum ma_status (*start_over)(const struct ma_host *, struct ma_error *);
    /* For the history, which server when: the session speaks to this one from here on;
     * or, `lost` not NULL, it could not or can no longer, and why. */
    void (*served_by)(const struct ma_host *, const char *server,
                      const struct ma_error *lost);
    /* The index-th of the partitions that the configuration selects; NULL behind the
     * last. */
    const struct ma_partition *(*partition)(const struct ma_host *, size_t index);
    /* What the configuration says of a partition, by the path below its custom-data
     * ("adma-partition-data/preferred-dcs/preferred-dc"): the index-th value of that
     * name; NULL behind the last. */
    const char *(*partition_param)(const struct ma_host *, const char *partition,
                                   const char *name, size_t index);
    /* Export: the next batch, for an agent that keeps several entries under way and would
     * have none while it returns. Its entries are counted on: they follow the last that
     * this call of export_entries was given. *count 0: there is none yet. With `wait`,
     * when nothing is under way, it waits for one, and 0 says that none comes: return.
     * Once it was called, an entry lives until it is reported on, and `entries` until all
     * of them are. What it returns besides MA_OK: as of exported(). */
    enum ma_status (*more)(const struct ma_host *, bool wait,
                           const struct ma_entry *const **entries, size_t *count,
                           struct ma_error *);
};

enum ma_param_type { MA_STRING, MA_NUMBER, MA_BOOLEAN, MA_SECRET };

/* Frozen, as above. */
struct ma_param {
    const char *name;
    enum ma_param_type type;
    /* NULL: the operator must give one if the plugin needs it. Of a secret, "": it is not
     * always needed. */
    const char *fallback;
    const char *help; /* one sentence, for `mactl plugin inspect` */
};

/* What a system can do. The numbers are those of the capabilities-mask of an imported
 * configuration (MS-UPSDBDAP 2.2.2.11). What is told to operators only, has a star. */
enum ma_capability {
    MA_CAN_CONFIRM_AT_ONCE = 0x1,   /* an accepted export needs no confirming import */
    MA_CAN_DN_IS_ANCHOR = 0x2,      /* an entry without an anchor has its DN as one */
    MA_CAN_LDAP_DN = 0x40,          /* a DN that is no LDAP name is an error */
    MA_CAN_RENAME_CONTAINER = 0x80, /* * */
    MA_CAN_RENAME = 0x200,          /* * */
    MA_CAN_NO_REFERENCES_FIRST = 0x400, /* a new object wants its references later */
    MA_CAN_FULL_IMPORT = 0x800,
    MA_CAN_DELTA_IMPORT = 0x1000,
    MA_CAN_EXPORT = 0x2000,
    MA_CAN_WHOLE_OBJECTS_ONLY = 0x10000, /* exports replace the object: send all of it */
    MA_CAN_DISCOVER_SCHEMA = 0x40000,    /* * */
    /* Not of the product. Where a delta import ends with MA_FULL_NEEDED before it gave
     * anything, the engine calls it again in the same step, as a full one. */
    MA_CAN_READ_ALL_INSTEAD = 0x1000000,
    MA_DELTA_MAY_MISS = 0x2000000 /* * a change that the system gives no time or number:
                                     a full import now and then sees it */
};

/* Role: a management agent, which speaks to one connected system. */
struct ma_agent {
    size_t size;
    uint32_t capabilities; /* enum ma_capability, or-ed */
    enum ma_status (*open)(const struct ma_host *, void **session, struct ma_error *);
    void (*close)(void *session);
    /* Push: calls emit for each entry, checkpoint after a page, watermark at the end.
     * MA_NOT_FOUND: the file to be read is not there. */
    enum ma_status (*import_entries)(void *session, const struct ma_import *,
                                     struct ma_error *);
    /* Reports each by exported(). What fails for one object is no failure of the call. It
     * is called on a thread of its own, while the engine prepares the next batch; no
     * other call of the session is under way then. It may ask for more(), else it is
     * called again. */
    enum ma_status (*export_entries)(void *session, const struct ma_entry *const *entries,
                                     size_t count, struct ma_error *);
    /* Reads the objects with these anchors, whole, and emits what is there; NULL: cannot.
     * Called at the end of a delta import for objects that it changed and that no import
     * had shown. */
    enum ma_status (*read_entries)(void *session, const struct ma_value *anchors,
                                   size_t count, struct ma_error *);
    /* Schema and partitions, by found_schema, once, and found_partition, which tells of
     * containers too. NULL: cannot. */
    enum ma_status (*discover)(void *session, struct ma_error *);
    /* NULL where the system has no passwords. Not called yet. */
    enum ma_status (*set_password)(void *session, struct ma_value anchor,
                                   const char *password, struct ma_error *);
    /* For a system that pays for each batch, not for what is in it: a batch that the
     * configuration wants smaller than this is given this many entries, as long as they
     * are no more than some megabytes. 0: any size. */
    uint32_t least_batch;
    /* Tries what an import of this partition would do, without an import: each thing
     * tried is a finding (MA_ALLOWED, MA_UNSURE: it works, but; MA_REFUSED), `code` is
     * what was tried, `dn` or `attribute` of what, `cause` and `remedy` are for the
     * operator. What makes further trying pointless is returned. NULL: cannot. */
    enum ma_status (*test)(void *session, const struct ma_import *what,
                           struct ma_error *);
    /* After the last batch of a step, whatever came of it: what is safe but not in its
     * place yet gets there. NULL: there is no such thing. */
    enum ma_status (*finish_export)(void *session, struct ma_error *);
    /* Which of these the agent would refuse by itself, before it sends anything, told by
     * finding(): MA_REFUSED, `index`, `attribute` or NULL for all of the entry, `code`
     * and `cause` the error_type and error_literal that the export will end with,
     * `remedy`; or MA_UNSURE: what decides is not known, and the remedy lets it be known.
     * For whoever looks at what is pending: without a session, and perhaps in a process
     * of its own that is killed after half a minute. The host has parameters, the schema
     * and the folder, but no secrets; connect to nothing. NULL: it refuses nothing. */
    enum ma_status (*foresee)(const struct ma_host *, const struct ma_pending *pending,
                              size_t count, struct ma_error *);
    /* Something is pending, and the engine is about to find out what: the time to
     * connect. On a thread of its own; no other call of the session is under way. What
     * fails is told by export_entries. NULL: nothing can be done so early. */
    void (*prepare_export)(void *session);
};

/* Role: a rules extension. Rules compute; they do no I/O, and what they remember in their
 * `state` is gone with the run. What a hook returns besides MA_OK is an error of the
 * object, extension-dll-exception, and all that was done for the object is taken back. */

/* What an attribute of a metaverse object has now, and who gave it last. */
struct ma_contribution {
    size_t size;
    const struct ma_value *values;
    size_t count;
    const char *agent; /* name of a management agent */
    int64_t time;      /* ms since 1970 */
};

/* The object under construction: takes values for the one attribute that the hook is for;
 * without any it contributes nothing. */
struct ma_draft {
    size_t size;
    enum ma_status (*set)(struct ma_draft *, const char *name,
                          const struct ma_value *values, size_t count, struct ma_error *);
    /* Of an import flow: what its target has now, which a flow of manual precedence
     * decides by. NULL: nothing, or another attribute. Lives until the hook returns. */
    const struct ma_contribution *(*current)(struct ma_draft *, const char *name);
};

/* Frozen, as above. `from` has the attributes that the configuration declares as sources
 * of the flow, as far as the object has them, and the flow runs if it has one. */
struct ma_flow {
    const char *name; /* as the configuration refers to it, to the letter */
    enum ma_status (*run)(const struct ma_entry *from, struct ma_draft *to,
                          struct ma_error *);
};

/* What becomes of a connector that is cut off. */
enum ma_deprovision {
    MA_DISCONNECT,            /* a normal disconnector: it may join again */
    MA_DISCONNECT_EXPLICITLY, /* it stays one until somebody joins it by hand */
    MA_DELETE_OBJECT          /* its delete is exported */
};

/* The connectors of the metaverse object that provisioning is asked about, and what may
 * be done to them. `agent` is the name of a management agent; the index-th of its
 * connectors counts from 0. Nothing is done before the hook returns MA_OK for good: an
 * error of it takes all of it back. */
struct ma_connectors {
    size_t size;
    size_t (*count)(struct ma_connectors *, const char *agent);
    /* As it is expected to be, or NULL; lives until the hook returns. */
    const struct ma_entry *(*at)(struct ma_connectors *, const char *agent, size_t index);
    /* A new object: its object_type, its DN (without one it is made of the attributes
     * that form it, as the configuration says), and first values. MA_CONFLICT: there is
     * an object with this DN. */
    enum ma_status (*add)(struct ma_connectors *, const char *agent,
                          const struct ma_entry *entry, struct ma_error *);
    enum ma_status (*rename)(struct ma_connectors *, const char *agent, size_t index,
                             const char *dn, struct ma_error *);
    /* Cut off, as the agent's deprovisioning says. Later connectors move up by one. */
    enum ma_status (*disconnect)(struct ma_connectors *, const char *agent, size_t index,
                                 struct ma_error *);
};

/* The hooks of IMASynchronization and IMVSynchronization. Each but `flows` may be NULL:
 * the configuration then must not ask for it. An extension serves an agent, or the
 * metaverse, or both. `state` is what open gave. */
struct ma_rules {
    size_t size;
    const struct ma_flow *flows; /* ends with a NULL name */
    /* Initialize and Terminate: before the first and behind the last call of a run.
     * Without an open that goes well the extension counts as one that is not there. */
    enum ma_status (*open)(void **state, struct ma_error *);
    void (*close)(void *state);
    /* FilterForDisconnection */
    enum ma_status (*filter)(void *state, const struct ma_entry *object, bool *filtered,
                             struct ma_error *);
    /* MapAttributesForJoin: to->set(to, rule, ...) gives the values to search for */
    enum ma_status (*map_join)(void *state, const char *rule,
                               const struct ma_entry *object, struct ma_draft *to,
                               struct ma_error *);
    /* ResolveJoinSearch: `chosen` is the index of a candidate, or `count`: none */
    enum ma_status (*resolve_join)(void *state, const char *context,
                                   const struct ma_entry *object,
                                   const struct ma_entry *const *candidates, size_t count,
                                   size_t *chosen, struct ma_error *);
    /* ShouldProjectToMV: the type to project to, or NULL: do not */
    enum ma_status (*project)(void *state, const struct ma_entry *object,
                              const char **mv_type, struct ma_error *);
    /* MapAttributesForImport and -Export, for the flows that `flows` does not name: `to`
     * takes the target's values, or none. `target` is the object that they go to. */
    enum ma_status (*map_import)(void *state, const char *flow,
                                 const struct ma_entry *object,
                                 const struct ma_entry *target, struct ma_draft *to,
                                 struct ma_error *);
    enum ma_status (*map_export)(void *state, const char *flow,
                                 const struct ma_entry *object,
                                 const struct ma_entry *target, struct ma_draft *to,
                                 struct ma_error *);
    /* Deprovision */
    enum ma_status (*deprovision)(void *state, const struct ma_entry *object,
                                  enum ma_deprovision *action, struct ma_error *);
    /* Provision, of the metaverse's extension */
    enum ma_status (*provision)(void *state, const struct ma_entry *object,
                                struct ma_connectors *connectors, struct ma_error *);
    /* ShouldDeleteFromMV, of the metaverse's extension: `lost` was just disconnected */
    enum ma_status (*delete_object)(void *state, const struct ma_entry *lost,
                                    const struct ma_entry *object, bool *yes,
                                    struct ma_error *);
};

/* Role: an audit. Told what the engine plans to write, it says what will fail and why:
 * one finding for each attribute of each object, and one without an attribute where the
 * whole modification would fail. It is given the parameters and secrets of the agent that
 * it audits. */
/* Frozen, as above. */
struct ma_planned {
    const char *dn;
    struct ma_value anchor;
    const char *object_type;
    const char *const *attributes; /* NULL-terminated */
};

/* The list of rights of one object, as its system keeps it. */
struct ma_list {
    size_t size;
    struct ma_value bytes;
    const char *text; /* the same for people */
    const char *mark; /* the same as long as nobody changed what is the object's own; what
                         comes down to it from above is not in it */
};

struct ma_audit {
    size_t size;
    enum ma_status (*open)(const struct ma_host *, void **session, struct ma_error *);
    void (*close)(void *session);
    enum ma_status (*check)(void *session, const struct ma_planned *planned, size_t count,
                            struct ma_error *);
    /* What sets the grants of findings; NULL, all three: this audit changes nothing. What
     * `out` points to lives until the next call. */
    enum ma_status (*read_list)(void *session, const char *dn, struct ma_list *out,
                                struct ma_error *);
    /* A list with one grant more; nothing is sent. The same mark: it has it already.
     * MA_INVALID: no program may set this; MA_CONFLICT: the list needs a human. */
    enum ma_status (*edit_list)(void *session, struct ma_value list, const char *grant,
                                struct ma_list *out, struct ma_error *);
    /* In the place of what is there. What comes down from above may be left out. */
    enum ma_status (*write_list)(void *session, const char *dn, struct ma_value list,
                                 struct ma_error *);
    /* The audited account becomes a member of its group, which is made where there is
     * none; `member` false: it is one no more. `dn` is any of the domain. What is so then
     * is told by findings, MA_ALLOWED, `code` "group" and "member": `dn`, `cause` (what
     * was done, or that it was so), and of the group as `evidence` what grants name it
     * by. NULL: cannot. */
    enum ma_status (*enroll)(void *session, const char *dn, bool member,
                             struct ma_error *);
    /* As edit_list, with the grant less. The same mark: it has not got it. NULL: cannot.
     */
    enum ma_status (*reduce_list)(void *session, struct ma_value list, const char *grant,
                                  struct ma_list *out, struct ma_error *);
    /* As prepare_export of an agent: a check of what is pending is about to come. What
     * fails is told by it. NULL: nothing can be done so early. */
    void (*prepare)(void *session);
};

struct ma_plugin {
    uint32_t abi; /* MA_ABI */
    uint32_t size;
    const char *name;
    const char *version;
    const struct ma_param *params; /* ends with a NULL name */
    const struct ma_agent *agent;  /* each role may be NULL */
    const struct ma_rules *rules;
    const struct ma_audit *audit;
};

/* The one symbol that a plugin exports, whatever else its author hides. */
#ifdef __cplusplus
extern "C"
#endif
    __attribute__((visibility("default"))) const struct ma_plugin *
    ma_plugin_entry(void);

#define MA_PLUGIN(description)                                                           \
    const struct ma_plugin *ma_plugin_entry(void)                                        \
    {                                                                                    \
        return &(description);                                                           \
    }

/* Records what happened and returns the status, so that the two cannot disagree. */
static inline enum ma_status MA_PRINTF(3, 4)
    ma_fail(struct ma_error *err, enum ma_status status, const char *fmt, ...)
{
    va_list args;

    err->status = status;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    return status;
}

/* A text as a value. NULL gives the empty one. */
static inline struct ma_value ma_value_of(const char *text)
{
    struct ma_value value = {text, text == NULL ? 0 : strlen(text)};

    return value;
}

/* The attribute of that name, without regard to case, or NULL. */
static inline const struct ma_attribute *ma_find(const struct ma_entry *entry,
                                                 const char *name)
{
    for (size_t i = 0; i < entry->count; i++)
        if (strcasecmp(entry->attributes[i].name, name) == 0)
            return &entry->attributes[i];
    return NULL;
}

/* The first value of an attribute, or NULL. */
static inline const char *ma_text(const struct ma_entry *entry, const char *name)
{
    const struct ma_attribute *a = ma_find(entry, name);

    return a != NULL && a->count > 0 ? a->values[0].data : NULL;
}

#endif
