/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_AGENT_SCHEMA_H
#define CONFIG_AGENT_SCHEMA_H

#include "base/buf.h"
#include "config/config.h"

/*
 * The schema of an agent written anew. Of the agent's file nothing else is touched; the
 * new file is read and checked with the rest of the configuration before it takes the
 * place of the old one (folder_edit.h).
 */

/* As DSML, with the element <schema> around it; ranges of values are not kept. */
void agent_schema_write(const struct schema *schema, struct buf *out);
/* The text of an agent's file with another schema. MA_INVALID: it has none, or is not
 * written in UTF-8. */
enum ma_status agent_schema_replace(struct slice file, const struct schema *schema,
                                    struct buf *out, struct ma_error *err);
/* In config/ of the instance; fails as folder_plan_edit and folder_apply do. */
enum ma_status agent_schema_store(const char *folder, const struct agent *agent,
                                  const struct schema *schema, struct ma_error *err);

#endif
