/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A directory with a will of its own, for the tests of exports. An object is a file in
 * the folder "objects" of its agent, named by the number that the system gave it: DN,
 * type, then "name: value". A write is done when it was reported or not, whatever becomes
 * of the run. Parameters:
 *
 *   refuse      no object that has this attribute is written: permission-issue
 *   gate-after  so many writes after its opening it tells the FIFO "ready" in its folder
 * and waits for the FIFO "gate"
 */

#include <dirent.h>
#include <fcntl.h>
#include <mactl/ma.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE = 512, MOST = 64 };

struct line {
    char name[LINE];
    char value[LINE];
};

struct object {
    char anchor[32];
    char dn[LINE];
    char type[LINE];
    struct line lines[MOST];
    size_t count;
};

struct session {
    const struct ma_host *host;
    char folder[LINE];
    long writes;
};

static enum ma_status stubborn_open(const struct ma_host *host, void **out,
                                    struct ma_error *err)
{
    struct session *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    s->host = host;
    snprintf(s->folder, sizeof s->folder, "%s/objects", host->folder(host));
    mkdir(s->folder, 0777); /* or it is there; what is not shows when it is read */
    *out = s;
    return MA_OK;
}

static void stubborn_close(void *session)
{
    free(session);
}

/* --- the files -------------------------------------------------------------------- */

static void path_of(const struct session *s, const char *anchor, char *path)
{
    snprintf(path, 2 * LINE, "%s/%s", s->folder, anchor);
}

static bool read_line(FILE *file, char *text)
{
    if (fgets(text, LINE, file) == NULL)
        return false;
    text[strcspn(text, "\n")] = '\0';
    return true;
}

static bool object_read(const struct session *s, const char *anchor, struct object *o)
{
    char path[2 * LINE];
    char text[LINE];
    FILE *file;

    path_of(s, anchor, path);
    memset(o, 0, sizeof *o);
    snprintf(o->anchor, sizeof o->anchor, "%s", anchor);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    if (read_line(file, o->dn) && read_line(file, o->type))
        while (o->count < MOST && read_line(file, text)) {
            struct line *line = &o->lines[o->count++];
            size_t length = strcspn(text, ":");

            snprintf(line->name, LINE, "%.*s", (int)length, text);
            snprintf(line->value, LINE, "%s", text + length + 2);
        }
    fclose(file);
    return true;
}

/* Beside it, then over it: the file is the old object or the new one. */
static bool object_write(const struct session *s, const struct object *o)
{
    char path[2 * LINE];
    char fresh[2 * LINE];
    FILE *file;

    path_of(s, o->anchor, path);
    path_of(s, ".new", fresh);
    file = fopen(fresh, "w");
    if (file == NULL)
        return false;
    fprintf(file, "%s\n%s\n", o->dn, o->type);
    for (size_t i = 0; i < o->count; i++)
        fprintf(file, "%s: %s\n", o->lines[i].name, o->lines[i].value);
    return fclose(file) == 0 && rename(fresh, path) == 0;
}

/* Calls `each` with every object until it answers true. */
static bool objects_scan(struct session *s, struct object *o,
                         bool (*each)(struct session *, struct object *, void *),
                         void *context)
{
    DIR *folder = opendir(s->folder);
    const struct dirent *item;
    bool stop = false;

    if (folder == NULL)
        return false;
    while (!stop && (item = readdir(folder)) != NULL)
        if (item->d_name[0] != '.' && object_read(s, item->d_name, o))
            stop = each(s, o, context);
    closedir(folder);
    return stop;
}

static bool has_dn(struct session *s, struct object *o, void *dn)
{
    (void)s;
    return strcasecmp(o->dn, dn) == 0;
}

static bool is_last(struct session *s, struct object *o, void *last)
{
    long *number = last;

    (void)s;
    if (atol(o->anchor) > *number)
        *number = atol(o->anchor);
    return false;
}

/* --- import ----------------------------------------------------------------------- */

struct reading {
    enum ma_status status;
    struct ma_error *err;
};

static bool emit_object(struct session *s, struct object *o, void *context)
{
    struct reading *reading = context;
    struct ma_value values[MOST];
    struct ma_attribute attributes[MOST] = {0};
    struct ma_entry entry = {.size = sizeof entry,
                             .change = MA_PRESENT,
                             .anchor = ma_value_of(o->anchor),
                             .dn = o->dn,
                             .object_type = o->type,
                             .attributes = attributes,
                             .count = o->count};

    for (size_t i = 0; i < o->count; i++) {
        values[i] = ma_value_of(o->lines[i].value);
        attributes[i] = (struct ma_attribute){
            .name = o->lines[i].name, .values = &values[i], .count = 1};
    }
    reading->status = s->host->emit(s->host, &entry, reading->err);
    return reading->status != MA_OK;
}

static enum ma_status stubborn_import(void *session, const struct ma_import *request,
                                      struct ma_error *err)
{
    struct session *s = session;
    struct object object;
    struct reading reading = {MA_OK, err};

    (void)request; /* every import is a full one */
    objects_scan(s, &object, emit_object, &reading);
    return reading.status != MA_OK ? reading.status
                                   : s->host->watermark(s->host, ma_value_of("all"), err);
}

/* --- export ----------------------------------------------------------------------- */

static void take_away(struct object *o, const char *name, const struct ma_value *value)
{
    size_t kept = 0;

    for (size_t i = 0; i < o->count; i++)
        if (strcasecmp(o->lines[i].name, name) != 0 ||
            (value != NULL && strcmp(o->lines[i].value, value->data) != 0))
            o->lines[kept++] = o->lines[i];
    o->count = kept;
}

static void apply(struct object *o, const struct ma_attribute *attribute)
{
    if (attribute->op == MA_SET)
        take_away(o, attribute->name, NULL);
    for (size_t i = 0; i < attribute->removed_count; i++)
        take_away(o, attribute->name, &attribute->removed[i]);
    for (size_t i = 0; i < attribute->count && o->count < MOST; i++) {
        struct line *line = &o->lines[o->count++];

        snprintf(line->name, LINE, "%s", attribute->name);
        snprintf(line->value, LINE, "%s", attribute->values[i].data);
    }
}

static void apply_all(struct object *o, const struct ma_entry *entry)
{
    if (entry->new_dn != NULL)
        snprintf(o->dn, LINE, "%s", entry->new_dn);
    for (size_t i = 0; i < entry->count; i++)
        apply(o, &entry->attributes[i]);
}

static struct ma_result failed(const char *type, const char *code, const char *literal)
{
    return (struct ma_result){.size = sizeof(struct ma_result),
                              .outcome = MA_EXPORT_FAILED,
                              .error_type = type,
                              .error_code = code,
                              .error_literal = literal};
}

static struct ma_result done(const struct object *o, enum ma_outcome outcome)
{
    return (struct ma_result){.size = sizeof(struct ma_result),
                              .outcome = outcome,
                              .anchor = ma_value_of(o->anchor)};
}

static struct ma_result add(struct session *s, const struct ma_entry *entry,
                            struct object *o)
{
    char dn[LINE];
    long last = 0;

    snprintf(dn, LINE, "%s", entry->dn);
    if (objects_scan(s, o, has_dn, dn))
        return done(o, MA_ADD_TO_UPDATE);
    objects_scan(s, o, is_last, &last);
    memset(o, 0, sizeof *o);
    snprintf(o->anchor, sizeof o->anchor, "%ld", last + 1);
    snprintf(o->dn, LINE, "%s", entry->dn);
    snprintf(o->type, LINE, "%s", entry->object_type);
    apply_all(o, entry);
    return object_write(s, o) ? done(o, MA_EXPORTED) : failed("cd-error", NULL, NULL);
}

static struct ma_result change(struct session *s, const struct ma_entry *entry,
                               struct object *o)
{
    char path[2 * LINE];
    char anchor[32];

    snprintf(anchor, sizeof anchor, "%.*s", (int)entry->anchor.length,
             entry->anchor.data);
    path_of(s, anchor, path);
    if (entry->change == MA_DELETE && (unlink(path) == 0 || access(path, F_OK) != 0))
        return done(o, MA_EXPORTED);
    if (!object_read(s, anchor, o))
        return done(o, MA_UPDATE_TO_ADD);
    apply_all(o, entry);
    return object_write(s, o) ? done(o, MA_EXPORTED) : failed("cd-error", NULL, NULL);
}

static struct ma_result write_entry(struct session *s, const struct ma_entry *entry,
                                    struct object *o)
{
    const char *refused = s->host->param(s->host, "refuse");

    if (refused != NULL && ma_find(entry, refused) != NULL)
        return failed("permission-issue", "8344",
                      "Insufficient access rights to perform the operation.");
    return entry->change == MA_ADD ? add(s, entry, o) : change(s, entry, o);
}

static int open_fifo(const struct ma_host *host, const char *name, int flags)
{
    char path[2 * LINE];

    snprintf(path, sizeof path, "%s/%s", host->folder(host), name);
    return open(path, flags);
}

/* Both opens wait for the test at the other end. */
static void wait_at_gate(const struct ma_host *host)
{
    int ready = open_fifo(host, "ready", O_WRONLY);
    int gate;
    char byte;

    if (write(ready, "here\n", 5) != 5)
        abort();
    close(ready);
    gate = open_fifo(host, "gate", O_RDONLY);
    while (read(gate, &byte, 1) > 0)
        ;
    close(gate);
}

static enum ma_status stubborn_export(void *session,
                                      const struct ma_entry *const *entries, size_t count,
                                      struct ma_error *err)
{
    struct session *s = session;
    const char *gate = s->host->param(s->host, "gate-after");
    enum ma_status status = MA_OK;
    struct object object;

    for (size_t i = 0; status == MA_OK && i < count; i++) {
        struct ma_result result;

        memset(&object, 0, sizeof object);
        result = write_entry(s, entries[i], &object);
        if (gate != NULL && ++s->writes == atol(gate))
            wait_at_gate(s->host);
        status = s->host->exported(s->host, i, &result, err);
    }
    return status;
}

/* --- the table -------------------------------------------------------------------- */

static const struct ma_agent agent = {
    .size = sizeof agent,
    .capabilities = MA_CAN_FULL_IMPORT | MA_CAN_EXPORT | MA_CAN_RENAME,
    .open = stubborn_open,
    .close = stubborn_close,
    .import_entries = stubborn_import,
    .export_entries = stubborn_export,
};

static const struct ma_param params[] = {
    {"refuse", MA_STRING, NULL, "The attribute that may not be written."},
    {"gate-after", MA_NUMBER, NULL, "How many writes go before it waits at the gate."},
    {NULL, MA_STRING, NULL, NULL},
};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "stubborn_ma",
    .version = "1.0",
    .params = params,
    .agent = &agent,
};

MA_PLUGIN(plugin)
