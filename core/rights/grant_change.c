/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/grant_change.h"

#include <string.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "model/dn.h"

/* --- the session ------------------------------------------------------------------- */

size_t granting_parameters(const struct grant_admin *admin, struct parameter *out)
{
    struct parameter *at = out;

    if (admin->login != NULL)
        *at++ = (struct parameter){.name = "login", .value = admin->login};
    if (admin->password == NULL && admin->cache == NULL)
        return (size_t)(at - out);
    /* a key of the agent's own must not win over what was given */
    *at++ = (struct parameter){.name = "keytab", .value = ""};
    *at++ = (struct parameter){.name = "credentials-cache",
                               .value = admin->cache == NULL ? "" : admin->cache};
    if (admin->cache != NULL)
        *at++ = (struct parameter){.name = "authentication", .value = "kerberos"};
    return (size_t)(at - out);
}

const char *granting_some_dn(const struct agent *agent)
{
    for (size_t i = 0; i < agent->partition_count; i++)
        if (agent->partitions[i].selected)
            return agent->partitions[i].name;
    return "";
}

const json_t *granting_list(const json_t *lists, const char *dn)
{
    size_t at;
    json_t *list;

    json_array_foreach(lists, at, list)
    {
        const char *own = json_string_value(json_object_get(list, "dn"));

        if (own != NULL && dn_equal(slice_text(own), slice_text(dn)))
            return list;
    }
    return NULL;
}

static enum ma_status check_role(const struct granting *granting, struct ma_error *err)
{
    const struct ma_audit *role = granting->role.role;

    if (role->read_list != NULL && role->edit_list != NULL && role->write_list != NULL)
        return MA_OK;
    return ma_fail(err, MA_INVALID, "plugin '%s' changes no lists",
                   granting->request->plugin);
}

enum ma_status granting_begin(struct granting *granting,
                              const struct grant_request *request, struct ma_error *err)
{
    struct audit_role_request role = {
        .instance = request->instance,
        .agent = request->agent,
        .plugin = request->plugin,
        .password = request->admin.password,
    };
    enum ma_status status;

    *granting = (struct granting){.request = request};
    role.parameters = granting->parameters;
    role.parameter_count = granting_parameters(&request->admin, granting->parameters);
    status = audit_role_open(&granting->role, &role, err);
    return status == MA_OK ? check_role(granting, err) : status;
}

void granting_end(struct granting *granting)
{
    audit_role_close(&granting->role);
    json_decref(granting->fresh);
    json_decref(granting->gone);
    VEC_FREE(&granting->changes);
    arena_free(&granting->arena);
}

/* --- one list ---------------------------------------------------------------------- */

static struct grant_state kept(struct arena *arena, const struct ma_list *list)
{
    return (struct grant_state){
        .bytes = arena_slice(arena, slice_of(list->bytes.data, list->bytes.length)),
        .text = arena_text(arena, list->text),
        .mark = arena_text(arena, list->mark),
    };
}

enum ma_status granting_look(struct granting *granting, const char *dn,
                             struct grant_state *out, struct ma_error *err)
{
    const struct audit_role *role = &granting->role;
    struct ma_list list = {.size = sizeof list};

    if (role->role->read_list(role->session, dn, &list, err) != MA_OK)
        return error_in(err, "the list of %s", dn);
    *out = kept(&granting->arena, &list);
    return MA_OK;
}

enum ma_status granting_edit(struct granting *granting, const char *grant, bool out,
                             struct grant_state *state, struct ma_error *err)
{
    const struct ma_audit *role = granting->role.role;
    struct ma_list list = {.size = sizeof list};
    const struct ma_value value = {state->bytes.at, state->bytes.length};

    if ((out ? role->reduce_list : role->edit_list)(granting->role.session, value, grant,
                                                    &list, err) != MA_OK)
        return err->status;
    *state = kept(&granting->arena, &list);
    return MA_OK;
}

static struct grant_change *change_of(struct granting *granting, const char *dn)
{
    for (size_t i = 0; i < granting->changes.count; i++) {
        struct grant_change *change = &granting->changes.items[i];

        if (dn_equal(slice_text(change->dn), slice_text(dn)))
            return change;
    }
    return NULL;
}

enum ma_status granting_change(struct granting *granting, const char *dn,
                               struct grant_change **out, struct ma_error *err)
{
    struct grant_change change = {.dn = arena_text(&granting->arena, dn)};

    *out = change_of(granting, dn);
    if (*out != NULL)
        return MA_OK;
    if (granting_look(granting, dn, &change.before, err) != MA_OK)
        return err->status;
    change.after = change.before;
    VEC_ADD(&granting->changes, change);
    *out = &granting->changes.items[granting->changes.count - 1];
    return MA_OK;
}

void granting_tell(const struct granting *granting, const json_t *entry,
                   enum grant_outcome outcome)
{
    const struct grant_request *request = granting->request;
    const struct grant_step step = {
        .outcome = outcome,
        .place = json_string_value(json_object_get(entry, "place")),
        .grant = json_string_value(json_object_get(entry, "grant")),
        .attribute = json_string_value(json_object_get(entry, "attribute")),
        .type = json_string_value(json_object_get(entry, "type")),
        .trustee = json_string_value(json_object_get(entry, "trustee")),
        .consent = json_string_value(json_object_get(entry, "consent"))};

    if (request->step != NULL)
        request->step(request->context, &step);
}

bool granting_is_done(const struct grant_change *change)
{
    return strcmp(change->before.mark, change->after.mark) == 0;
}

/* --- the backup -------------------------------------------------------------------- */

static json_t *list_json(struct arena *arena, const struct grant_change *change)
{
    json_t *json = json_object();

    json_put_text(json, "dn", change->dn);
    json_put_text(json, "bytes", text_base64(arena, change->before.bytes).at);
    json_put_text(json, "text", change->before.text);
    json_put_text(json, "mark", change->before.mark);
    json_put_text(json, "after", change->after.mark);
    return json;
}

static size_t count_open(const struct granting *granting)
{
    size_t count = 0;

    for (size_t i = 0; i < granting->changes.count; i++)
        count += !granting_is_done(&granting->changes.items[i]);
    return count;
}

static enum ma_status keep(struct granting *granting, struct ma_error *err)
{
    const struct grant_request *request = granting->request;
    json_t *document = json_object();
    json_t *lists = json_array();
    enum ma_status status;

    json_put_text(document, "schema", GRANT_BACKUP);
    json_put_text(document, "agent", request->agent->name);
    json_put_time(document, "made", clock_now());
    for (size_t i = 0; i < granting->changes.count; i++)
        if (!granting_is_done(&granting->changes.items[i]))
            json_array_append_new(
                lists, list_json(&granting->arena, &granting->changes.items[i]));
    json_object_set_new(document, "lists", lists);
    if (granting->plan != NULL)
        json_object_set(document, "entries", granting->fresh);
    status = grant_write(request->backup, document, false, err);
    json_decref(document);
    return status == MA_OK ? MA_OK : error_in(err, "the backup, and nothing was changed");
}

/* --- the writes -------------------------------------------------------------------- */

static enum ma_status send(const struct granting *granting, const char *dn,
                           struct slice list, struct ma_error *err)
{
    const struct audit_role *role = &granting->role;

    return role->role->write_list(role->session, dn,
                                  (struct ma_value){list.at, list.length}, err);
}

/* The system kept something else than it was given: as it was before is better. */
static enum ma_status take_back(struct granting *granting,
                                const struct grant_change *change, struct ma_error *err)
{
    if (send(granting, change->dn, change->before.bytes, err) != MA_OK)
        return error_in(err,
                        "%s keeps another list than it was given, and not the old "
                        "one either",
                        change->dn);
    return ma_fail(err, MA_CONFLICT,
                   "%s kept another list than it was given: it has its old one again",
                   change->dn);
}

static enum ma_status write_one(struct granting *granting,
                                const struct grant_change *change, struct ma_error *err)
{
    struct grant_state now;

    if (granting_look(granting, change->dn, &now, err) != MA_OK)
        return err->status;
    if (strcmp(now.mark, change->before.mark) != 0)
        return ma_fail(err, MA_CONFLICT, "%s: its list was changed at this moment",
                       change->dn);
    if (send(granting, change->dn, change->after.bytes, err) != MA_OK)
        return error_in(err, "the list of %s", change->dn);
    if (granting_look(granting, change->dn, &now, err) != MA_OK)
        return err->status;
    return strcmp(now.mark, change->after.mark) == 0 ? MA_OK
                                                     : take_back(granting, change, err);
}

/* What was written before a failure is worth knowing. */
static enum ma_status stopped(const struct granting *granting, size_t done,
                              struct ma_error *err)
{
    if (done == 0)
        return err->status;
    return error_in(err, "%zu of %zu lists are written, their backup is %s", done,
                    count_open(granting), granting->request->backup);
}

enum ma_status granting_carry_out(struct granting *granting,
                                  void (*written)(struct granting *,
                                                  const struct grant_change *),
                                  struct ma_error *err)
{
    size_t done = 0;

    if (count_open(granting) > 0 && keep(granting, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < granting->changes.count; i++) {
        const struct grant_change *change = &granting->changes.items[i];

        if (!granting_is_done(change)) {
            if (write_one(granting, change, err) != MA_OK)
                return stopped(granting, done, err);
            done++;
        }
        written(granting, change);
    }
    return MA_OK;
}
