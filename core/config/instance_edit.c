/* SPDX-License-Identifier: Apache-2.0 */
#include "config/instance_edit.h"

#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/buf.h"
#include "config/disk.h"
#include "config/instance_file.h"

enum { LARGEST_FILE = 16 << 20 };

static const char end_of_root[] = "</mactl";

/* --- where ------------------------------------------------------------------------ */

/* Columns count characters. */
static size_t offset_of(struct slice text, const struct place *place)
{
    size_t at = 0;

    for (unsigned line = 1; line < place->line && at < text.length; at++)
        line += text.at[at] == '\n';
    for (unsigned column = 1; at < text.length; at++)
        if (((unsigned char)text.at[at] & 0xc0) != 0x80 && column++ == place->column)
            break;
    return at;
}

static size_t find(struct slice text, size_t from, const char *what)
{
    const char *found = from >= text.length ? NULL
                                            : memmem(text.at + from, text.length - from,
                                                     what, strlen(what));

    return found == NULL ? text.length : (size_t)(found - text.at);
}

static size_t find_last(struct slice text, const char *what)
{
    size_t last = text.length;

    for (size_t at = find(text, 0, what); at < text.length; at = find(text, at + 1, what))
        last = at;
    return last;
}

static const struct parameter *setting_of(const struct instance *instance,
                                          const char *name)
{
    for (size_t i = 0; i < instance->setting_count; i++)
        if (strcmp(instance->settings[i].name, name) == 0)
            return &instance->settings[i];
    return NULL;
}

/* --- the text --------------------------------------------------------------------- */

static void put(struct buf *out, struct slice text, size_t from, size_t to)
{
    buf_bytes(out, text.at + from, to - from);
}

/* What stands between the tags of the setting that is there. */
static void replace(struct slice text, const struct place *place, const char *value,
                    struct buf *out)
{
    size_t tag = offset_of(text, place);
    size_t begin = find(text, tag, ">");
    size_t end = find(text, begin, "</setting");

    put(out, text, 0, begin < text.length ? begin + 1 : begin);
    buf_text(out, value);
    put(out, text, end, text.length);
}

/* As the last one. */
static void append(struct slice text, const char *name, const char *value,
                   struct buf *out)
{
    size_t end = find_last(text, end_of_root);

    put(out, text, 0, end);
    buf_print(out, "  <setting name=\"%s\">%s</setting>\n", name, value);
    put(out, text, end, text.length);
}

/* Whether the new text says what was asked for. */
static bool says(struct slice text, const char *name, const char *value)
{
    struct arena arena = {0};
    struct instance instance = {.folder = "", .arena = &arena};
    struct ma_error ignored; /* the caller has a better text */
    bool good = instance_file_parse(&instance, text, "mactl.xml", &ignored) == MA_OK;
    const struct parameter *setting = good ? setting_of(&instance, name) : NULL;

    good = setting != NULL && strcmp(setting->value, value) == 0;
    arena_free(&arena);
    return good;
}

enum ma_status instance_edit_text(struct slice text, const struct instance *instance,
                                  const char *name, const char *value, struct buf *out,
                                  struct ma_error *err)
{
    const struct parameter *setting = setting_of(instance, name);

    if (setting != NULL)
        replace(text, &setting->place, value, out);
    else
        append(text, name, value, out);
    if (says(buf_view(out), name, value))
        return MA_OK;
    return ma_fail(err, MA_INVALID,
                   "mactl.xml is not of a form that can be changed here: write <setting "
                   "name=\"%s\">%s</setting> into it",
                   name, value);
}

/* --- the file --------------------------------------------------------------------- */

static unsigned mode_of(const char *file)
{
    struct stat st;

    return stat(file, &st) == 0 ? st.st_mode & 0777 : 0640;
}

static enum ma_status rewrite(const char *folder, const struct instance *instance,
                              const char *name, const char *value, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char *file = arena_print(&arena, "%s/mactl.xml", folder);
    BUF_AUTO old = {0};
    BUF_AUTO text = {0};
    enum ma_status status = disk_read(&old, file, LARGEST_FILE, err);

    if (status == MA_OK)
        status = instance_edit_text(buf_view(&old), instance, name, value, &text, err);
    if (status == MA_OK)
        status = disk_replace(file, buf_view(&text), mode_of(file), err);
    return status == MA_OK ? disk_sync(folder, err) : status;
}

enum ma_status instance_set(const char *folder, const char *name, const char *value,
                            bool *changed, struct ma_error *err)
{
    struct instance *instance = NULL;
    const struct parameter *setting;
    enum ma_status status = instance_open(&instance, folder, err);

    if (status != MA_OK)
        return status;
    setting = setting_of(instance, name);
    *changed = setting == NULL || strcmp(setting->value, value) != 0;
    if (*changed)
        status = rewrite(folder, instance, name, value, err);
    instance_close(instance);
    return status;
}
