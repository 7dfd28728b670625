/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_CMD_WRITEBACK_H
#define MACTL_CMD_WRITEBACK_H

#include <jansson.h>

#include "command.h"
#include "config/writeback.h"

/* What `writeback set` does, for whoever does it among other things. */
struct writeback_setting {
    const struct invocation *call;
    const char *ad; /* NULL: the only one */
    const char *cloud;
    bool off; /* nothing is written back any more */
    bool what_if;
    bool no_preview;
    bool sure;         /* nobody is asked */
    bool changed;      /* answered */
    json_t **document; /* of -o json; NULL: it is printed */
};

/* Shows the change and its effect and, unless `what_if`, makes it. */
enum exit_code writeback_setting_run(struct writeback_setting *setting);

/* The setting of mactl.xml that says that it was set up here, not imported. */
#define WRITEBACK_MARK "exchange-hybrid"
enum exit_code writeback_mark(const struct invocation *call, bool set);

#endif
