/* SPDX-License-Identifier: Apache-2.0 */

/* Out of the group, and out of the lists, what enabling has brought there. */

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "cmd_writeback.h"
#include "coexistence.h"
#include "render_run.h"

static const char plugin[] = "acl_audit";

/* --- the rights ------------------------------------------------------------------- */

struct taking {
    struct coexistence *c;
    size_t taken;
    size_t absent;
};

static void on_step(void *context, const struct grant_step *step)
{
    struct taking *taking = context;

    taking->taken += step->outcome == GRANT_TAKEN;
    taking->absent += step->outcome == GRANT_ABSENT;
}

static glob_t find_files(struct coexistence *c, const char *prefix)
{
    struct arena *arena = c->call->arena;
    const char *folder = instance_madata(c->instance, c->ad_agent->name);
    glob_t found = {0};

    if (glob(arena_print(arena, "%s/%s-*.json", folder, prefix), 0, NULL, &found) != 0)
        found.gl_pathc = 0;
    return found;
}

static glob_t find_backups(struct coexistence *c)
{
    return find_files(c, COEXISTENCE_BACKUP);
}

/* Who enabled it before there was a mark has left what the lists were. */
static bool has_files(struct coexistence *c, const char *prefix)
{
    glob_t found = find_files(c, prefix);
    bool any = found.gl_pathc > 0;

    globfree(&found);
    return any;
}

bool coexistence_was_enabled(struct coexistence *c)
{
    return c->imported || instance_flag(c->instance, WRITEBACK_MARK, false) ||
           has_files(c, COEXISTENCE_BACKUP) || has_files(c, COEXISTENCE_UNDONE);
}

/* A backup that has done its service is no more looked for, and still there. */
static enum ma_status put_by(struct coexistence *c, const char *path,
                             struct ma_error *err)
{
    const char *undone = coexistence_backup(c, COEXISTENCE_UNDONE);

    return rename(path, undone) == 0
               ? MA_OK
               : ma_fail(err, MA_DENIED, "%s: %s", path, strerror(errno));
}

static enum ma_status take_out(struct taking *taking, const char *path,
                               struct ma_error *err)
{
    struct coexistence *c = taking->c;
    const struct grant_request request = {.instance = c->instance,
                                          .agent = c->ad_agent,
                                          .plugin = plugin,
                                          .admin = coexistence_who(c),
                                          .backup = coexistence_backup(c, "acl-backup"),
                                          .step = on_step,
                                          .context = taking};
    json_t *backup = NULL;
    enum ma_status status =
        grant_read(path, GRANT_BACKUP, c->ad_agent->name, &backup, err);

    if (status == MA_OK)
        status = grant_take_out(&request, backup, err);
    json_decref(backup);
    return status == MA_OK ? put_by(c, path, err) : status;
}

static enum ma_status count_entries(const struct coexistence *c, const glob_t *found,
                                    size_t *out, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    *out = 0;
    for (size_t i = 0; status == MA_OK && i < found->gl_pathc; i++) {
        json_t *backup = NULL;

        status =
            grant_read(found->gl_pathv[i], GRANT_BACKUP, c->ad_agent->name, &backup, err);
        *out += json_array_size(json_object_get(backup, "entries"));
        json_decref(backup);
    }
    return status;
}

/* The last first: an entry that two of them name is in the list once. */
static enum ma_status take_out_all(struct coexistence *c, const glob_t *found,
                                   struct ma_error *err)
{
    struct taking taking = {.c = c};
    enum ma_status status = MA_OK;

    for (size_t i = found->gl_pathc; status == MA_OK && i > 0; i--)
        status = take_out(&taking, found->gl_pathv[i - 1], err);
    if (taking.taken > 0)
        coexistence_undo(c, "rights: %s coexistence enable", render_program(c->call));
    if (status == MA_OK)
        coexistence_say(c, "rights", "%zu taken out, %zu were not there", taking.taken,
                        taking.absent);
    coexistence_detail(c, "taken_out",
                       status == MA_OK ? json_integer((json_int_t)taking.taken) : NULL);
    return status;
}

static enum ma_status rights_off(struct coexistence *c, const glob_t *found,
                                 struct ma_error *err)
{
    size_t count;
    enum ma_status status = count_entries(c, found, &count, err);

    if (status != MA_OK)
        return status;
    if (c->keep_rights)
        coexistence_say(c, "rights", "%zu that were set stay", count);
    else if (count == 0)
        coexistence_say(c, "rights", "there are none that were set");
    else if (!coexistence_has_admin(c))
        coexistence_say(c, "rights",
                        "%zu that were set stay: --admin LOGIN takes them out", count);
    else if (c->what_if)
        coexistence_say(c, "rights", "%zu that were set are taken out", count);
    else
        return take_out_all(c, found, err);
    coexistence_detail(c, "entries", json_integer((json_int_t)count));
    return MA_OK;
}

/* The rules go first, so what could stop the rest is looked at before them: a backup that
 * cannot be read, an administrator who is not let in. */
static enum ma_status may_end(const struct coexistence *c, const glob_t *found,
                              struct ma_error *err)
{
    const struct grant_request request = {.instance = c->instance,
                                          .agent = c->ad_agent,
                                          .plugin = plugin,
                                          .admin = coexistence_who(c)};
    size_t count;
    enum ma_status status = count_entries(c, found, &count, err);

    if (status != MA_OK || !coexistence_has_admin(c) || c->what_if)
        return status;
    return grant_try(&request, err);
}

enum exit_code coexistence_may_end(struct coexistence *c)
{
    glob_t found = find_backups(c);
    struct ma_error err = {0};
    enum ma_status status = may_end(c, &found, &err);

    globfree(&found);
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}

enum exit_code coexistence_rights_off(struct coexistence *c)
{
    glob_t found = find_backups(c);
    struct ma_error err = {0};
    enum ma_status status = rights_off(c, &found, &err);

    globfree(&found);
    return status == MA_OK ? EXIT_OK : command_fail(&err);
}

/* --- the group -------------------------------------------------------------------- */

/* Without an administrator the group stays as it is. */
enum exit_code coexistence_group_off(struct coexistence *c)
{
    const struct enroll_request request = {.instance = c->instance,
                                           .agent = c->ad_agent,
                                           .plugin = plugin,
                                           .admin = coexistence_who(c),
                                           .account = c->account,
                                           .group = coexistence_group_name(c)};
    const char *account = c->account == NULL ? "the account" : c->account;
    struct ma_error err = {0};

    if (!coexistence_was_enabled(c)) {
        coexistence_say(c, "group", "%s stays as it is: it was made no member here",
                        account);
        return EXIT_OK;
    }
    if (!coexistence_has_admin(c)) {
        coexistence_say(c, "group", "%s stays a member: --admin LOGIN takes it out",
                        account);
        return EXIT_OK;
    }
    if (c->what_if) {
        coexistence_say(c, "group", "%s is taken out of %s", account, request.group);
        return EXIT_OK;
    }
    if (enroll_account(&request, c->call->arena, &c->enrolled, &err) != MA_OK)
        return command_fail(&err);
    coexistence_say(c, "group", "%s %s", c->enrolled.member, c->enrolled.joined);
    return instance_flag(c->instance, WRITEBACK_MARK, false) && !c->keep_rights
               ? writeback_mark(c->call, false)
               : EXIT_OK;
}
