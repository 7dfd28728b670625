/* SPDX-License-Identifier: Apache-2.0 */
#include "config/writeback.h"

#include <stdarg.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "config/writeback_parts.h"

#define TEXT "1.3.6.1.4.1.1466.115.121.1.15"
#define NUMBER "1.3.6.1.4.1.1466.115.121.1.27"
#define OCTETS "1.3.6.1.4.1.1466.115.121.1.5"
#define REFERENCE "1.3.6.1.4.1.1466.115.121.1.12"

const struct writeback_value writeback_values[] = {
    {{"msExchArchiveStatus"}, "cloudMSExchArchiveStatus", WRITEBACK_DIRECT, NUMBER, true},
    {{"msExchBlockedSendersHash"},
     "cloudMSExchBlockedSendersHash",
     WRITEBACK_OF_MAILBOX,
     OCTETS,
     true},
    {{"msExchSafeRecipientsHash", "msExchSafeRecipientHash"},
     "cloudMSExchSafeRecipientsHash",
     WRITEBACK_OF_MAILBOX,
     OCTETS,
     true},
    {{"msExchSafeSendersHash"},
     "cloudMSExchSafeSendersHash",
     WRITEBACK_OF_MAILBOX,
     OCTETS,
     true},
    {{"msExchUCVoiceMailSettings"},
     "cloudMSExchUCVoiceMailSettings",
     WRITEBACK_DIRECT,
     TEXT,
     false},
    {{"msExchUserHoldPolicies"},
     "cloudMSExchUserHoldPolicies",
     WRITEBACK_IF_ANY,
     TEXT,
     false},
    {{"proxyAddresses"}, "cloudLegacyExchangeDN", WRITEBACK_X500, TEXT, true},
    {{"msDS-ExternalDirectoryObjectID"}, "cloudAnchor", WRITEBACK_DIRECT, TEXT, true},
    {{"publicDelegates"}, "cloudPublicDelegates", WRITEBACK_DIRECT, REFERENCE, false},
    {{NULL}, NULL, WRITEBACK_DIRECT, NULL, false},
};

/* --- what is answered ------------------------------------------------------------- */

static const char *printed(struct arena *arena, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));

static const char *printed(struct arena *arena, const char *fmt, va_list args)
{
    char text[1024];

    vsnprintf(text, sizeof text, fmt, args);
    return arena_text(arena, text);
}

void writeback_done(struct writing *w, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    VEC_ADD(&w->request->done, printed(w->request->arena, fmt, args));
    va_end(args);
}

void writeback_note(struct writing *w, const char *fmt, ...)
{
    const char *note;
    va_list args;

    va_start(args, fmt);
    note = printed(w->request->arena, fmt, args);
    va_end(args);
    for (size_t i = 0; i < w->request->notes.count; i++)
        if (strcmp(w->request->notes.items[i], note) == 0)
            return;
    VEC_ADD(&w->request->notes, note);
}

void writeback_free(struct writeback *writeback)
{
    VEC_FREE(&writeback->done);
    VEC_FREE(&writeback->notes);
}

/* --- the agents ------------------------------------------------------------------- */

static bool is_directory(const struct agent *agent)
{
    return strcasecmp(agent->category, "AD") == 0;
}

static bool is_cloud(const struct agent *agent)
{
    return strcasecmp(agent->category, "Extensible2") == 0;
}

static enum ma_status find_agent(const struct config *config, const char *name,
                                 bool (*is_one)(const struct agent *), const char *what,
                                 const struct agent **out, struct ma_error *err)
{
    *out = NULL;
    if (name != NULL && config_find_agent(config, name, out, err) != MA_OK)
        return MA_NOT_FOUND;
    for (size_t i = 0; name == NULL && i < config->agent_count; i++) {
        if (!is_one(&config->agents[i]))
            continue;
        if (*out != NULL)
            return ma_fail(err, MA_NOT_FOUND,
                           "there are several agents %s, '%s' and '%s': name one", what,
                           (*out)->name, config->agents[i].name);
        *out = &config->agents[i];
    }
    if (*out == NULL)
        return ma_fail(err, MA_NOT_FOUND, "there is no agent %s", what);
    return is_one(*out)
               ? MA_OK
               : ma_fail(err, MA_INVALID, "'%s' is no agent %s", (*out)->name, what);
}

enum ma_status writeback_agents(const struct config *config, const char *ad_name,
                                const char *cloud_name, const struct agent **ad,
                                const struct agent **cloud, struct ma_error *err)
{
    enum ma_status status =
        find_agent(config, ad_name, is_directory, "for a directory (--ad-ma)", ad, err);

    return status == MA_OK ? find_agent(config, cloud_name, is_cloud,
                                        "for the cloud (--cloud-ma)", cloud, err)
                           : status;
}

/* --- files ------------------------------------------------------------------------ */

enum ma_status writeback_file(struct writing *w, const char *path,
                              struct changed_file **out)
{
    struct changed_file *file;
    struct slice bytes;
    enum ma_status status;

    for (size_t i = 0; i < w->changed.count; i++)
        if (strcmp(w->changed.items[i]->path, path) == 0) {
            *out = w->changed.items[i];
            return MA_OK;
        }
    status = folder_files_get(w->files, path, &bytes, w->err);
    if (status != MA_OK)
        return status;
    file = arena_zero(w->arena, sizeof *file);
    file->path = path;
    status = layout_read(&file->layout, w->arena, bytes, path, w->err);
    file->splices = (struct splices){.layout = &file->layout, .arena = w->arena};
    if (status == MA_OK)
        VEC_ADD(&w->changed, file);
    *out = file;
    return status;
}

enum ma_status writeback_agent_file(struct writing *w, const struct agent *agent,
                                    struct changed_file **out, int *data)
{
    enum ma_status status = writeback_file(w, agent->file, out);

    if (status != MA_OK)
        return status;
    *data = strcmp((*out)->layout.elements[0].name, "ma-data") == 0
                ? 0
                : layout_child(&(*out)->layout, 0, "ma-data", LAYOUT_NONE);
    return *data != LAYOUT_NONE
               ? MA_OK
               : ma_fail(w->err, MA_INVALID, "%s: there is no <ma-data>", agent->file);
}

static void put_files(struct writing *w)
{
    for (size_t i = 0; i < w->changed.count; i++) {
        struct changed_file *file = w->changed.items[i];
        BUF_AUTO bytes = {0};

        if (file->splices.list.count > 0) {
            splice_apply(&file->splices, &bytes);
            folder_files_put(w->files, file->path, buf_view(&bytes));
        }
        splice_free(&file->splices);
    }
    VEC_FREE(&w->changed);
    VEC_FREE(&w->flowing);
    VEC_FREE(&w->declared);
}

/* --- attributes ------------------------------------------------------------------- */

const char *writeback_spelling(const struct writing *w,
                               const struct writeback_value *value)
{
    for (size_t i = 0; i < 2 && value->names[i] != NULL; i++)
        if (schema_attribute(&w->ad->schema, value->names[i]) != NULL)
            return value->names[i];
    return NULL;
}

static bool is_selected(const struct agent *agent, const char *attribute)
{
    for (size_t i = 0; i < agent->attribute_count; i++)
        if (strcasecmp(agent->attributes[i], attribute) == 0)
            return true;
    return agent->attribute_count == 0;
}

static bool remembered(const char *const *list, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

bool writeback_select(struct writing *w, const struct agent *agent, const char *attribute,
                      enum ma_status *status)
{
    const char *key = arena_print(w->arena, "%s %s", agent->name, attribute);
    struct changed_file *file;
    int data;
    int list;

    if (schema_attribute(&agent->schema, attribute) == NULL) {
        writeback_note(w,
                       "%s: its schema has no %s, so it is left out: `mactl ma schema "
                       "--refresh` reads what the system has now",
                       agent->name, attribute);
        return false;
    }
    if (is_selected(agent, attribute) ||
        remembered(w->flowing.items, w->flowing.count, key))
        return true;
    *status = writeback_agent_file(w, agent, &file, &data);
    if (*status != MA_OK)
        return false;
    list = layout_child(&file->layout, data, "attribute-inclusion", LAYOUT_NONE);
    if (list == LAYOUT_NONE)
        return true; /* every attribute is */
    splice_append(&file->splices, list,
                  arena_print(w->arena, "<attribute>%s</attribute>", attribute));
    VEC_ADD(&w->flowing, key);
    writeback_done(w, "%s: reads %s", agent->name, attribute);
    return true;
}

/* "dsml:" or "", as the element is written. */
static const char *prefix_of(struct writing *w, const struct changed_file *file,
                             int element)
{
    const struct layout_element *e = &file->layout.elements[element];
    const char *name = file->layout.bytes.at + e->from + 1;
    const char *colon = memchr(name, ':', strcspn(name, " \t\r\n/>"));

    return colon == NULL ? "" : arena_textn(w->arena, name, (size_t)(colon - name) + 1);
}

static int class_named(const struct changed_file *file, int schema, const char *name)
{
    int at = LAYOUT_NONE;

    while ((at = layout_child(&file->layout, schema, "class", at)) != LAYOUT_NONE) {
        int called = layout_child(&file->layout, at, "name", LAYOUT_NONE);

        if (called != LAYOUT_NONE &&
            strcasecmp(file->layout.elements[called].text, name) == 0)
            return at;
    }
    return LAYOUT_NONE;
}

static void write_type(struct writing *w, struct changed_file *file, int schema,
                       const char *attribute, const char *syntax, bool single)
{
    const char *p = prefix_of(w, file, schema);

    splice_append(&file->splices, schema,
                  arena_print(w->arena,
                              "<%sattribute-type id=\"%s\"%s>\n  <%sname>%s</%sname>\n"
                              "  <%ssyntax>%s</%ssyntax>\n</%sattribute-type>",
                              p, attribute, single ? " single-value=\"true\"" : "", p,
                              attribute, p, p, syntax, p, p));
}

enum ma_status writeback_declare(struct writing *w, const char *mv_type,
                                 const char *attribute, const char *syntax, bool single)
{
    const struct schema *mv = &w->config->metaverse.schema;
    const struct schema_class *class = schema_class(mv, mv_type);
    const char *key = arena_print(w->arena, "%s %s", mv_type, attribute);
    struct changed_file *file;
    int schema;
    int place;
    enum ma_status status;

    if ((class != NULL && schema_class_has(mv, class, attribute)) ||
        remembered(w->declared.items, w->declared.count, key))
        return MA_OK;
    status = writeback_file(w, w->config->metaverse.file, &file);
    if (status != MA_OK)
        return status;
    schema = layout_path(&file->layout, 0, "mv-data/schema/dsml/directory-schema");
    place = schema == LAYOUT_NONE ? LAYOUT_NONE : class_named(file, schema, mv_type);
    if (place == LAYOUT_NONE)
        return ma_fail(w->err, MA_INVALID, "%s: the metaverse has no class '%s'",
                       file->path, mv_type);
    splice_append(&file->splices, place,
                  arena_print(w->arena, "<%sattribute ref=\"#%s\" required=\"false\" />",
                              prefix_of(w, file, schema), attribute));
    if (schema_attribute(mv, attribute) == NULL &&
        !remembered(w->declared.items, w->declared.count, attribute))
        write_type(w, file, schema, attribute, syntax, single);
    VEC_ADD(&w->declared, attribute);
    VEC_ADD(&w->declared, key);
    writeback_done(w, "metaverse: %s has %s", mv_type, attribute);
    return MA_OK;
}

struct guid writeback_id(const struct agent *agent, const char *words)
{
    struct guid id;

    for (size_t i = 0; i < 2; i++) {
        uint64_t half = text_hash(slice_of((const char *)agent->id.bytes, 16), i + 1);

        half = text_hash(slice_text(words), half);
        memcpy(id.bytes + 8 * i, &half, sizeof half);
    }
    id.bytes[7] = (unsigned char)((id.bytes[7] & 0x0f) | 0x80); /* version 8: ours */
    id.bytes[8] = (unsigned char)((id.bytes[8] & 0x3f) | 0x80);
    return id;
}

/* --- all of it -------------------------------------------------------------------- */

static enum ma_status write_form(struct writing *w)
{
    bool connect = w->config->family == FAMILY_AADCONNECT;

    if (w->request->off)
        return connect ? writeback_connect_off(w) : writeback_classic_off(w);
    return connect ? writeback_connect(w) : writeback_classic(w);
}

enum ma_status writeback_edit(void *context, const struct config *current,
                              struct folder_files *files, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct writing w = {.request = context,
                        .config = current,
                        .files = files,
                        .arena = &arena,
                        .err = err};
    enum ma_status status =
        writeback_agents(current, w.request->ad, w.request->cloud, &w.ad, &w.cloud, err);

    if (status != MA_OK)
        return status;
    w.request->ad_name = arena_text(w.request->arena, w.ad->name);
    w.request->cloud_name = arena_text(w.request->arena, w.cloud->name);
    status = write_form(&w);
    if (status == MA_OK && !w.any && !w.request->off)
        status = ma_fail(err, MA_INVALID,
                         "nothing can be written back from '%s' to '%s': their schemas "
                         "have none of the values",
                         w.cloud->name, w.ad->name);
    if (status != MA_OK)
        for (size_t i = 0; i < w.changed.count; i++)
            w.changed.items[i]->splices.list.count = 0;
    put_files(&w);
    return status;
}
