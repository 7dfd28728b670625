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
    &command_expr_eval,
    &command_expr_functions,
    &command_plugin_list,
    &command_plugin_inspect,
    &command_help,
};
/* clang-format on */
const size_t commands_count = sizeof commands / sizeof commands[0];
