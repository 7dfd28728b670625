/* SPDX-License-Identifier: Apache-2.0 */
#include "config/agent_edit.h"

#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "config/disk.h"
#include "config/instance_file.h"
#include "config/splice.h"

enum { LARGEST_FILE = 16 << 20 };

struct edit {
    const struct agent_change *change;
    struct arena *arena;
    struct layout layout;
    struct splices splices;
    int agent; /* its element; LAYOUT_NONE: there is none yet */
};

/* --- what is put in --------------------------------------------------------------- */

static const char *parameter_xml(struct edit *edit, const struct parameter *parameter)
{
    return arena_print(edit->arena, "<parameter name=\"%s\">%s</parameter>",
                       splice_escape(edit->arena, parameter->name),
                       splice_escape(edit->arena, parameter->value));
}

static const char *secret_xml(struct edit *edit, const struct secret_source *secret)
{
    return arena_print(edit->arena, "<secret name=\"%s\" %s=\"%s\"/>",
                       splice_escape(edit->arena, secret->name),
                       secret->kind == SECRET_FILE ? "file" : "credential",
                       splice_escape(edit->arena, secret->where));
}

/* The first of this name becomes `xml`, the others go; NULL: all go. */
static void set_one(struct edit *edit, const char *element, const char *name,
                    const char *xml, struct buf *news)
{
    bool placed = xml == NULL;

    for (int i = edit->agent == LAYOUT_NONE
                     ? LAYOUT_NONE
                     : layout_child(&edit->layout, edit->agent, element, LAYOUT_NONE);
         i != LAYOUT_NONE; i = layout_child(&edit->layout, edit->agent, element, i)) {
        const char *called = layout_attribute(&edit->layout, i, "name");

        if (called == NULL || strcasecmp(called, name) != 0)
            continue;
        if (placed)
            splice_remove(&edit->splices, i);
        else
            splice_replace(&edit->splices, i, xml);
        placed = true;
    }
    if (!placed)
        buf_print(news, "%s\n", xml);
}

static void set_all(struct edit *edit, struct buf *news)
{
    const struct agent_change *change = edit->change;

    for (size_t i = 0; i < change->parameter_count; i++) {
        const struct parameter *parameter = &change->parameters[i];

        set_one(edit, "parameter", parameter->name,
                parameter->value == NULL ? NULL : parameter_xml(edit, parameter), news);
    }
    for (size_t i = 0; i < change->secret_count; i++) {
        const struct secret_source *secret = &change->secrets[i];

        set_one(edit, "secret", secret->name,
                secret->where == NULL ? NULL : secret_xml(edit, secret), news);
    }
}

/* Its lines as those of a new element of the file. */
static void append_agent(struct edit *edit, const char *news)
{
    BUF_AUTO xml = {0};

    buf_print(&xml, "<agent name=\"%s\">\n",
              splice_escape(edit->arena, edit->change->agent->name));
    while (*news != '\0') {
        size_t length = strcspn(news, "\n");

        buf_print(&xml, "  %.*s\n", (int)length, news);
        news += length + 1;
    }
    buf_text(&xml, "</agent>");
    splice_append(&edit->splices, 0, arena_text(edit->arena, xml.at));
}

static void make(struct edit *edit, struct buf *out)
{
    BUF_AUTO news = {0};

    set_all(edit, &news);
    if (news.length > 0 && edit->agent == LAYOUT_NONE)
        append_agent(edit, news.at);
    else if (news.length > 0)
        splice_append(&edit->splices, edit->agent,
                      arena_textn(edit->arena, news.at, news.length - 1));
    splice_apply(&edit->splices, out);
}

/* --- is it so? -------------------------------------------------------------------- */

static bool says_parameter(const struct agent_binding *binding,
                           const struct parameter *wanted)
{
    const char *value =
        binding == NULL
            ? NULL
            : parameter_find(binding->parameters, binding->parameter_count, wanted->name);

    return wanted->value == NULL ? value == NULL
                                 : value != NULL && strcmp(value, wanted->value) == 0;
}

static bool says_secret(const struct agent_binding *binding,
                        const struct secret_source *wanted)
{
    const struct secret_source *found = NULL;

    for (size_t i = 0; binding != NULL && i < binding->secret_count; i++)
        if (strcasecmp(binding->secrets[i].name, wanted->name) == 0)
            found = &binding->secrets[i];
    return wanted->where == NULL ? found == NULL
                                 : found != NULL && found->kind == wanted->kind &&
                                       strcmp(found->where, wanted->where) == 0;
}

static enum ma_status check(const struct edit *edit, struct slice text,
                            struct ma_error *err)
{
    struct instance instance = {.folder = "", .arena = edit->arena};
    const struct agent_change *change = edit->change;
    const struct agent_binding *binding;
    bool good = true;

    if (instance_file_parse(&instance, text, "mactl.xml", err) != MA_OK)
        return err->status;
    binding = instance_binding(&instance, change->agent);
    for (size_t i = 0; i < change->parameter_count; i++)
        good = good && says_parameter(binding, &change->parameters[i]);
    for (size_t i = 0; i < change->secret_count; i++)
        good = good && says_secret(binding, &change->secrets[i]);
    return good ? MA_OK
                : ma_fail(err, MA_INVALID,
                          "mactl.xml is not of a form that can be changed here: write "
                          "the <agent> of '%s' by hand",
                          change->agent->name);
}

/* --- all of it -------------------------------------------------------------------- */

static int find_agent(const struct edit *edit, const struct instance *instance)
{
    const struct agent_binding *binding = instance_binding(instance, edit->change->agent);
    int at = LAYOUT_NONE;

    while (binding != NULL &&
           (at = layout_child(&edit->layout, 0, "agent", at)) != LAYOUT_NONE) {
        const char *name = layout_attribute(&edit->layout, at, "name");

        if (name != NULL && strcasecmp(name, binding->agent) == 0)
            return at;
    }
    return LAYOUT_NONE;
}

enum ma_status agent_edit_text(struct slice text, const struct agent_change *change,
                               struct buf *out, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct instance instance = {.folder = "", .arena = &arena};
    struct edit edit = {.change = change, .arena = &arena};
    enum ma_status status = instance_file_parse(&instance, text, "mactl.xml", err);

    edit.splices = (struct splices){.layout = &edit.layout, .arena = &arena};
    if (status == MA_OK)
        status = layout_read(&edit.layout, &arena, text, "mactl.xml", err);
    if (status != MA_OK)
        return status;
    edit.agent = find_agent(&edit, &instance);
    make(&edit, out);
    status = check(&edit, buf_view(out), err);
    splice_free(&edit.splices);
    return status;
}

static unsigned mode_of(const char *file)
{
    struct stat st;

    return stat(file, &st) == 0 ? st.st_mode & 0777 : 0640;
}

static enum ma_status new_text(const char *file, const struct agent_change *change,
                               struct buf *out, struct ma_error *err)
{
    BUF_AUTO old = {0};
    enum ma_status status = disk_read(&old, file, LARGEST_FILE, err);

    return status == MA_OK ? agent_edit_text(buf_view(&old), change, out, err) : status;
}

enum ma_status agent_edit_check(const char *folder, const struct agent_change *change,
                                struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    BUF_AUTO text = {0};

    return new_text(arena_print(&arena, "%s/mactl.xml", folder), change, &text, err);
}

enum ma_status agent_edit(const char *folder, const struct agent_change *change,
                          struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *file = arena_print(&arena, "%s/mactl.xml", folder);
    BUF_AUTO text = {0};
    enum ma_status status = new_text(file, change, &text, err);

    if (status == MA_OK)
        status = disk_replace(file, buf_view(&text), mode_of(file), err);
    return status == MA_OK ? disk_sync(folder, err) : status;
}
