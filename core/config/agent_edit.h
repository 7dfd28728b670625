/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_AGENT_EDIT_H
#define CONFIG_AGENT_EDIT_H

#include "base/buf.h"
#include "config/instance.h"

/*
 * What mactl.xml says of one agent, changed by a command: its parameters, and where its
 * secrets come from. All else of the file stays as the admin wrote it. The new text is
 * read before it is written, as any mactl.xml is: where it does not say what was asked
 * for, the file stays as it was, and the status is MA_INVALID with file:line:column.
 */
struct agent_change {
    const struct agent *agent;
    const struct parameter *parameters; /* name and value; value NULL: it goes */
    size_t parameter_count;
    const struct secret_source *secrets; /* `where` NULL: it goes */
    size_t secret_count;
};

/* The whole text as it will be, appended. */
enum ma_status agent_edit_text(struct slice text, const struct agent_change *change,
                               struct buf *out, struct ma_error *err);
/* Whether the file can be changed so; nothing is. */
enum ma_status agent_edit_check(const char *folder, const struct agent_change *change,
                                struct ma_error *err);
/* The same in the file, at once or not at all. */
enum ma_status agent_edit(const char *folder, const struct agent_change *change,
                          struct ma_error *err);

#endif
