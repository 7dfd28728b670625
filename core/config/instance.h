/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_INSTANCE_H
#define CONFIG_INSTANCE_H

#include "config/config.h"

/*
 * An instance is a folder: mactl.xml (what the imported XML cannot say), config/ (the
 * XML as imported or edited), store/, madata/<MA>/ and secrets/. Made by `mactl init` or
 * by the first import; config/ is only ever replaced as a whole (folder.h). mactl.xml:
 *
 *   <mactl version="1">
 *     <agent name="contoso.com" plugin="file_ma">
 *       <parameter name="format">ldif</parameter>
 *       <secret name="password" file="secrets/contoso"/>
 *     </agent>
 *     <extension assembly="Corp.Rules.dll" plugin="corp_rules"/>
 *     <setting name="sync-rule-flows-without-service">true</setting>
 *     <guard agent="contoso.com" export-deletes="500" export-deletes-percent="5"
 *            import-loss-percent="10"/>
 *     <cycle agent="HR" delta-import="Nightly Delta"/>
 *   </mactl>
 *
 * It is read by one table of elements and attributes; what is not in the table is an
 * error with file:line:column, and so is everything that is given twice.
 */
struct agent_binding {
    const char *agent;  /* name or GUID as written */
    const char *plugin; /* name of a plugin, or path of a file; NULL: see the tables */
    const struct parameter *parameters;
    size_t parameter_count;
    const struct secret_source *secrets;
    size_t secret_count;
    struct place place;
};

/* mactl.xml gives the first two; nothing opens the others yet. */
enum secret_kind { SECRET_FILE, SECRET_CREDENTIAL, SECRET_SEALED, SECRET_PROMPT };

struct secret_source {
    const char *name;
    enum secret_kind kind;
    const char
        *where; /* file, credential, name in the sealed store, text of the prompt */
};

struct extension_binding {
    const char *assembly;
    const char *plugin;
    struct place place;
};

/* Which numbers of a guard mactl.xml gives; the others are the defaults, from
 * GUARD_EXPORT_UPDATES on: off. */
enum guard_number {
    GUARD_EXPORT_DELETES = 1,
    GUARD_EXPORT_PERCENT = 2,
    GUARD_IMPORT_LOSS = 4,
    GUARD_EXPORT_UPDATES = 8,
    GUARD_EXPORT_RENAMES = 16,
    GUARD_MEMBER_REMOVALS = 32,
    GUARD_ATTRIBUTE_CLEARS = 64,
    GUARD_UPDATES_PERCENT = 128,
    GUARD_RENAMES_PERCENT = 256,
    GUARD_REMOVALS_PERCENT = 512,
    GUARD_CLEARS_PERCENT = 1024
};

/* The numbers of the guards; architecture.md, decision 15. agent NULL: for all. */
struct guard {
    const char *agent;
    uint64_t export_deletes;         /* absolute; default 500 */
    unsigned export_deletes_percent; /* default 5, from 100 objects on */
    unsigned import_loss_percent;    /* default 10 */
    uint64_t export_updates;         /* only where given, as all that follow */
    uint64_t export_renames;
    uint64_t export_member_removals;  /* values of references of many values */
    uint64_t export_attribute_clears; /* attributes that lose all values */
    unsigned export_updates_percent;  /* from 100 objects on, as of all that follow */
    unsigned export_renames_percent;
    unsigned
        export_member_removals_percent; /* ... 100 members of groups that lose some */
    unsigned export_attribute_clears_percent;
    unsigned given; /* enum guard_number */
    struct place place;
};

/* Which run profile of an agent `mactl cycle` takes for what; without it, the one whose
 * steps say so. */
enum cycle_kind {
    CYCLE_FULL_IMPORT,
    CYCLE_DELTA_IMPORT,
    CYCLE_FULL_SYNC,
    CYCLE_DELTA_SYNC,
    CYCLE_EXPORT,
    CYCLE_KINDS
};

struct cycle_binding {
    const char *agent;
    const char *profiles[CYCLE_KINDS]; /* NULL: not said */
    bool skip;                         /* the agent is left out */
    struct place place;
};

struct instance {
    const char *folder;
    const struct agent_binding *agents;
    size_t agent_count;
    const struct extension_binding *extensions;
    size_t extension_count;
    const struct guard *guards;
    size_t guard_count;
    const struct cycle_binding *cycles;
    size_t cycle_count;
    const struct parameter *settings;
    size_t setting_count;
    uint64_t sum;        /* of the bytes of mactl.xml */
    struct arena *arena; /* owned */
};

/* A setting that mactl.xml may give: the table in instance_table.c is all there are. */
struct setting_kind {
    const char *name;
    bool flag;            /* true or false; else any text */
    const char *fallback; /* what holds where it is not given */
    const char *summary;
};

/* Makes the folder with an empty configuration. MA_CONFLICT: it holds something else. */
enum ma_status instance_create(const char *folder, struct ma_error *err);
/* Whether one could be made there, in the words of instance_create. */
enum ma_status instance_vacant(const char *folder, struct ma_error *err);
/* MA_NOT_FOUND: there is no mactl.xml. An import that was killed is finished, or undone,
 * first. */
enum ma_status instance_open(struct instance **out, const char *folder,
                             struct ma_error *err);
void instance_close(struct instance *instance);
/* Only that mactl.xml is right; for `mactl config validate`. MA_INVALID with
 * file:line:column. */
enum ma_status instance_check(const char *file, struct ma_error *err);
/* A path below the folder; lives in the instance. */
const char *instance_path(struct instance *instance, const char *below);
/* The agent's folder for its files, made if need be. */
const char *instance_madata(struct instance *instance, const char *agent_name);

const struct agent_binding *instance_binding(const struct instance *instance,
                                             const struct agent *agent);
/* The name of the plugin that serves this agent: mactl.xml, then the table of categories
 * (architecture.md, decision 12), then the stem of the extension's file. NULL: none. */
const char *instance_plugin(const struct instance *instance, const struct agent *agent);
/* The name of the plugin that stands for an assembly ("Corp.Rules.dll"): mactl.xml, then
 * the stem of its file name. NULL for NULL. */
const char *instance_extension(const struct instance *instance, const char *assembly);
/* NULL: mactl.xml says nothing about this agent. */
const struct cycle_binding *instance_cycle(const struct instance *instance,
                                           const struct agent *agent);
/* What mactl.xml says, else the fallback of the table; NULL: neither. */
const char *instance_setting(const struct instance *instance, const char *name);
bool instance_flag(const struct instance *instance, const char *name, bool fallback);
/* Every number filled in: the agent's own guard, then the one for all, then the
 * defaults. */
struct guard instance_guard(const struct instance *instance, const struct agent *agent);

/* All settings there are, for help and for the manual. */
const struct setting_kind *instance_settings(size_t *count);

#endif
