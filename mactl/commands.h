/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_COMMANDS_H
#define MACTL_COMMANDS_H

#include "command.h"

/* Every command there is, in the order in which help lists them. A new one is one line
 * here, one in commands.c, and its cmd_*.c. */
extern const struct command command_coexistence_disable;
extern const struct command command_coexistence_enable;
extern const struct command command_coexistence_status;
extern const struct command command_config_diff;
extern const struct command command_config_export;
extern const struct command command_config_import;
extern const struct command command_config_report;
extern const struct command command_config_validate;
extern const struct command command_cs_search;
extern const struct command command_cs_show;
extern const struct command command_cycle;
extern const struct command command_db_backup;
extern const struct command command_db_stats;
extern const struct command command_db_verify;
extern const struct command command_dump;
extern const struct command command_errors_list;
extern const struct command command_errors_show;
extern const struct command command_explain;
extern const struct command command_acl_audit;
extern const struct command command_acl_effective;
extern const struct command command_acl_fix;
extern const struct command command_export_approve;
extern const struct command command_export_revoke;
extern const struct command command_expr_eval;
extern const struct command command_expr_functions;
extern const struct command command_help;
extern const struct command command_init;
extern const struct command command_ma_list;
extern const struct command command_ma_partitions;
extern const struct command command_ma_schema;
extern const struct command command_ma_set_ad;
extern const struct command command_ma_set_cloud;
extern const struct command command_ma_test;
extern const struct command command_scim_probe;
extern const struct command command_ma_show;
extern const struct command command_mv_search;
extern const struct command command_mv_show;
extern const struct command command_pending;
extern const struct command command_plugin_inspect;
extern const struct command command_plugin_list;
extern const struct command command_plugin_new_rules;
extern const struct command command_preview;
extern const struct command command_run;
extern const struct command command_run_profile;
extern const struct command command_run_worker;
extern const struct command command_runs_list;
extern const struct command command_runs_show;
extern const struct command command_staging_off;
extern const struct command command_staging_on;
extern const struct command command_staging_status;
extern const struct command command_status;
extern const struct command command_sync_object;
extern const struct command command_sync_start;
extern const struct command command_writeback_set;

/* What mactl is, every command with its summary, and where to begin. */
void help_overview(FILE *out);

extern const struct command *const commands[];
extern const size_t commands_count;

#endif
