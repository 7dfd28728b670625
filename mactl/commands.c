/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

const struct command *const commands[] = {
    &command_plugin_list,
    &command_plugin_inspect,
    &command_help,
};
const size_t commands_count = sizeof commands / sizeof commands[0];
