/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

/* One a line. */
/* clang-format off */
const struct command *const commands[] = {
    &command_init,
    &command_config_import,
    &command_config_validate,
    &command_config_report,
    &command_config_export,
    &command_ma_list,
    &command_ma_show,
    &command_ma_partitions,
    &command_run_profile,
    &command_run,
    &command_run_worker,
    &command_cycle,
    &command_status,
    &command_staging_on,
    &command_staging_off,
    &command_staging_status,
    &command_runs_list,
    &command_runs_show,
    &command_errors_list,
    &command_errors_show,
    &command_pending,
    &command_export_approve,
    &command_export_revoke,
    &command_cs_search,
    &command_cs_show,
    &command_mv_search,
    &command_mv_show,
    &command_explain,
    &command_acl_audit,
    &command_acl_effective,
    &command_preview,
    &command_db_stats,
    &command_db_verify,
    &command_db_backup,
    &command_dump,
    &command_expr_eval,
    &command_expr_functions,
    &command_plugin_list,
    &command_plugin_inspect,
    &command_help,
};
/* clang-format on */
const size_t commands_count = sizeof commands / sizeof commands[0];
