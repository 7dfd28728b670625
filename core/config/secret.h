/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include "config/instance.h"

/*
 * Where mactl.xml says that a secret comes from, and what must be true there: a file that
 * only its owner can read (0600), or a credential of systemd. A sealed secret and one
 * that is asked for need somebody who can: they are MA_DENIED here. No message has the
 * secret in it.
 */

/* `base` is the folder that paths are relative to; NULL: the current one. `capacity`
 * counts the NUL; on failure `out` holds nothing. */
enum ma_status secret_read(const struct secret_source *source, const char *base,
                           char *out, size_t capacity, struct ma_error *err);
/* Whether secret_read would find a file that it may use, in the same words; nothing is
 * read. */
enum ma_status secret_check(const struct secret_source *source, const char *base,
                            struct ma_error *err);
/* "file secrets/contoso", "credential cloud": for lists. Lives in the arena. */
const char *secret_origin(struct arena *arena, const struct secret_source *source);

#endif
