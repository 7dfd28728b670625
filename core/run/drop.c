/* SPDX-License-Identifier: Apache-2.0 */
#include "run/drop.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/text.h"
#include "show/secret.h"

static const char *const changes[] = {
    [MA_PRESENT] = "present", [MA_ADD] = "add",       [MA_MODIFY] = "modify",
    [MA_REPLACE] = "replace", [MA_DELETE] = "delete", [MA_DELETE_ADD] = "delete-add"};

static const char *const types[] = {
    [MA_UNTYPED] = NULL, [MA_TEXT] = "text",   [MA_INTEGER] = "integer",
    [MA_FLAG] = "flag",  [MA_BYTES] = "bytes", [MA_REFERENCE] = "reference"};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

bool drop_name_is_good(const char *name)
{
    return name != NULL && name[0] != '\0' && name[0] != '.' &&
           strchr(name, '/') == NULL && strchr(name, '\\') == NULL;
}

/* --- writing ---------------------------------------------------------------------- */

struct drop_writer {
    FILE *file;
    char *path;
    char *temporary;
    const struct program *program;
    const struct compiled_agent *agent;
    struct buf line;
    uint64_t count;
    bool failed;
};

static void put_line(struct drop_writer *drop, json_t *document)
{
    buf_clear(&drop->line);
    json_write(document, &drop->line);
    buf_char(&drop->line, '\n');
    if (fwrite(drop->line.at, 1, drop->line.length, drop->file) != drop->line.length)
        drop->failed = true;
}

enum ma_status drop_create(struct drop_writer **out, const char *folder, const char *name,
                           const char *kind, bool full, const struct program *program,
                           const struct compiled_agent *agent, struct ma_error *err)
{
    struct drop_writer *drop = mem_zero(sizeof *drop);
    int fd;

    drop->program = program;
    drop->agent = agent;
    drop->path = mem_print("%s/%s", folder, name);
    drop->temporary = mem_print("%s/.%s.new", folder, name);
    fd = open(drop->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    drop->file = fd < 0 ? NULL : fdopen(fd, "w");
    if (drop->file == NULL) {
        ma_fail(err, MA_DENIED, "drop file %s: %s", drop->path, strerror(errno));
        drop_end(drop);
        return MA_DENIED;
    }
    put_line(drop,
             json_pack("{s:s, s:s, s:o, s:b}", "schema", "mactl/drop/1", "kind", kind,
                       "agent", json_of_text(agent->config->name), "full", full));
    *out = drop;
    return MA_OK;
}

static json_t *bytes_json(struct ma_value value)
{
    struct slice bytes = slice_of(value.data, value.length);
    ARENA_AUTO arena = {0};

    if (text_is_utf8(bytes) &&
        (bytes.length == 0 || memchr(bytes.at, 0, bytes.length) == NULL))
        return json_stringn(bytes.length == 0 ? "" : bytes.at, bytes.length);
    return json_pack("{s:s}", "base64", text_base64(&arena, bytes).at);
}

static json_t *values_json(const struct ma_value *values, size_t count, bool secret)
{
    json_t *all = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, secret ? json_pack("{s:b}", "secret", 1)
                                          : bytes_json(values[i]));
    return all;
}

static json_t *attribute_json(const struct drop_writer *drop,
                              const struct ma_attribute *attribute)
{
    bool secret = secret_attribute(drop->program, drop->agent, attribute->name);
    json_t *object = json_object();

    json_put_text(object, "name", attribute->name);
    if ((size_t)attribute->type < COUNT(types))
        json_put_text(object, "type", types[attribute->type]);
    json_put_text(object, "operation", attribute->op == MA_VALUES ? "values" : NULL);
    json_object_set_new(object, "values",
                        values_json(attribute->values, attribute->count, secret));
    if (attribute->op == MA_VALUES)
        json_object_set_new(
            object, "removed",
            values_json(attribute->removed, attribute->removed_count, secret));
    return object;
}

void drop_entry(struct drop_writer *drop, const struct ma_entry *entry)
{
    json_t *object = json_pack("{s:s}", "change", changes[entry->change]);
    json_t *attributes = json_array();

    json_put_text(object, "dn", entry->dn);
    json_put_text(object, "new_dn", entry->new_dn);
    if (entry->anchor.length > 0)
        json_object_set_new(object, "anchor", bytes_json(entry->anchor));
    json_put_text(object, "type", entry->object_type);
    for (size_t i = 0; i < entry->count; i++)
        json_array_append_new(attributes, attribute_json(drop, &entry->attributes[i]));
    json_object_set_new(object, "attributes", attributes);
    json_put_number(object, "position", entry->position);
    put_line(drop, object);
    drop->count++;
}

void drop_rejection(struct drop_writer *drop, const struct ma_rejection *rejection)
{
    json_t *object = json_pack("{s:s}", "reject", rejection->type);

    json_put_text(object, "dn", rejection->dn);
    json_put_text(object, "attribute", rejection->attribute);
    json_put_text(object, "text", rejection->text);
    json_put_number(object, "entry", rejection->entry);
    json_put_number(object, "line", rejection->line);
    json_put_number(object, "column", rejection->column);
    put_line(drop, object);
}

void drop_watermark(struct drop_writer *drop, struct ma_value mark)
{
    put_line(drop, json_pack("{s:o}", "watermark", bytes_json(mark)));
}

uint64_t drop_count(const struct drop_writer *drop)
{
    return drop->count;
}

enum ma_status drop_finish(struct drop_writer *drop, struct ma_error *err)
{
    put_line(drop, json_pack("{s:I}", "end", (json_int_t)drop->count));
    if (drop->failed || fflush(drop->file) != 0 || fsync(fileno(drop->file)) != 0 ||
        rename(drop->temporary, drop->path) != 0)
        return ma_fail(err, MA_DENIED, "drop file %s: %s", drop->path, strerror(errno));
    free(drop->temporary);
    drop->temporary = NULL;
    return MA_OK;
}

void drop_end(struct drop_writer *drop)
{
    if (drop == NULL)
        return;
    if (drop->file != NULL)
        fclose(drop->file);
    if (drop->temporary != NULL)
        unlink(drop->temporary);
    free(drop->temporary);
    free(drop->path);
    buf_free(&drop->line);
    free(drop);
}

/* --- reading ---------------------------------------------------------------------- */

struct reading {
    const char *path;
    unsigned long line;
    uint64_t entries;
    bool ended;
    struct arena arena;
};

static enum ma_status bad(const struct reading *reading, const char *what,
                          struct ma_error *err)
{
    return ma_fail(err, MA_INVALID, "%s:%lu: %s", reading->path, reading->line, what);
}

/* False: it is a secret, or no value. */
static bool value_from(struct arena *arena, const json_t *json, struct ma_value *out)
{
    const char *encoded = json_string_value(json_object_get(json, "base64"));
    struct slice bytes;

    if (json_is_string(json))
        bytes = arena_slice(arena,
                            slice_of(json_string_value(json), json_string_length(json)));
    else if (encoded == NULL || !text_from_base64(arena, slice_text(encoded), &bytes))
        return false;
    *out = (struct ma_value){bytes.at, bytes.length};
    return true;
}

static struct ma_value *values_from(struct arena *arena, const json_t *json,
                                    size_t *count)
{
    struct ma_value *values = ARENA_ARRAY(arena, struct ma_value, json_array_size(json));

    *count = 0;
    for (size_t i = 0; i < json_array_size(json); i++)
        *count += value_from(arena, json_array_get(json, i), &values[*count]);
    return values;
}

static bool has_secret(const json_t *json)
{
    const json_t *values = json_object_get(json, "values");

    for (size_t i = 0; i < json_array_size(values); i++)
        if (json_is_true(json_object_get(json_array_get(values, i), "secret")))
            return true;
    return false;
}

static size_t place_of(const char *const *names, size_t count, const char *name)
{
    size_t i = 0;

    while (i < count && (names[i] == NULL || name == NULL || strcmp(names[i], name) != 0))
        i++;
    return i;
}

static bool attribute_from(struct arena *arena, const json_t *json,
                           struct ma_attribute *out)
{
    const char *operation = json_string_value(json_object_get(json, "operation"));
    size_t type =
        place_of(types, COUNT(types), json_string_value(json_object_get(json, "type")));

    *out = (struct ma_attribute){
        .name = json_get_text(arena, json, "name"),
        .op = operation != NULL && strcmp(operation, "values") == 0 ? MA_VALUES : MA_SET,
        .type = type == COUNT(types) ? MA_UNTYPED : (enum ma_type)type,
    };
    out->values = values_from(arena, json_object_get(json, "values"), &out->count);
    out->removed =
        values_from(arena, json_object_get(json, "removed"), &out->removed_count);
    return out->name != NULL;
}

static enum ma_status read_entry(struct reading *reading, const json_t *json,
                                 const struct drop_reader *to, struct ma_error *err)
{
    const char *word = json_string_value(json_object_get(json, "change"));
    size_t change = place_of(changes, COUNT(changes), word);
    const json_t *list = json_object_get(json, "attributes");
    struct ma_attribute *attributes =
        ARENA_ARRAY(&reading->arena, struct ma_attribute, json_array_size(list));
    struct ma_entry entry = {
        .size = sizeof entry,
        .change = (enum ma_change)change,
        .dn = json_get_text(&reading->arena, json, "dn"),
        .new_dn = json_get_text(&reading->arena, json, "new_dn"),
        .object_type = json_get_text(&reading->arena, json, "type"),
        .attributes = attributes,
        .position = json_get_number(json, "position"),
    };

    if (change == COUNT(changes))
        return bad(reading, "there is no such change", err);
    (void)value_from(&reading->arena, json_object_get(json, "anchor"),
                     &entry.anchor); /* none: not known yet */
    for (size_t i = 0; i < json_array_size(list); i++) {
        if (has_secret(json_array_get(list, i)))
            continue;
        if (!attribute_from(&reading->arena, json_array_get(list, i),
                            &attributes[entry.count++]))
            return bad(reading, "an attribute without a name", err);
    }
    reading->entries++;
    return to->entry(to->context, &entry, err);
}

static enum ma_status read_rejection(struct reading *reading, const json_t *json,
                                     const struct drop_reader *to, struct ma_error *err)
{
    struct ma_rejection rejection = {
        .size = sizeof rejection,
        .type = json_get_text(&reading->arena, json, "reject"),
        .dn = json_get_text(&reading->arena, json, "dn"),
        .attribute = json_get_text(&reading->arena, json, "attribute"),
        .text = json_get_text(&reading->arena, json, "text"),
        .entry = json_get_number(json, "entry"),
        .line = json_get_number(json, "line"),
        .column = json_get_number(json, "column"),
    };

    if (rejection.type == NULL)
        return bad(reading, "a rejection without a type", err);
    return to->reject(to->context, &rejection, err);
}

static enum ma_status read_line(struct reading *reading, const json_t *json,
                                const struct drop_reader *to, struct ma_error *err)
{
    const json_t *end = json_object_get(json, "end");

    if (reading->ended)
        return bad(reading, "something behind the end", err);
    if (json_object_get(json, "change") != NULL)
        return read_entry(reading, json, to, err);
    if (json_object_get(json, "reject") != NULL)
        return read_rejection(reading, json, to, err);
    if (json_object_get(json, "watermark") != NULL)
        return MA_OK; /* of the source as it was then: kept for people */
    if (end == NULL)
        return bad(reading, "wanted an entry, a rejection, a watermark or the end", err);
    reading->ended = true;
    if ((uint64_t)json_integer_value(end) != reading->entries)
        return bad(reading, "the number of entries is another one", err);
    return MA_OK;
}

static enum ma_status read_header(struct reading *reading, const json_t *json,
                                  const char *kind, bool full, const struct agent *agent,
                                  struct ma_error *err)
{
    const char *schema = json_string_value(json_object_get(json, "schema"));
    const char *of = json_string_value(json_object_get(json, "kind"));
    const char *name = json_string_value(json_object_get(json, "agent"));

    if (schema == NULL || strcmp(schema, "mactl/drop/1") != 0)
        return bad(reading, "no drop file: the first line is not its header", err);
    if (of == NULL || strcmp(of, kind) != 0)
        return bad(reading, "the drop file of another kind of step", err);
    if (name == NULL || strcasecmp(name, agent->name) != 0)
        return bad(reading, "the drop file of another agent", err);
    if (json_is_true(json_object_get(json, "full")) != full)
        return bad(reading,
                   full ? "a full import reads no delta"
                        : "a delta import reads no full import",
                   err);
    return MA_OK;
}

static enum ma_status read_lines(struct reading *reading, FILE *file, const char *kind,
                                 bool full, const struct agent *agent,
                                 const struct drop_reader *to, struct ma_error *err)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    enum ma_status status = MA_OK;

    while (status == MA_OK && (length = getline(&line, &capacity, file)) >= 0) {
        json_t *json = json_loadb(line, (size_t)length, 0, NULL);

        arena_reset(&reading->arena);
        reading->line++;
        if (json == NULL)
            status = bad(reading, "no JSON document", err);
        else if (reading->line == 1)
            status = read_header(reading, json, kind, full, agent, err);
        else
            status = read_line(reading, json, to, err);
        json_decref(json);
    }
    free(line);
    return status;
}

/* Looked at first: of a file that was not finished nothing is read. */
static enum ma_status check_end(struct reading *reading, FILE *file, struct ma_error *err)
{
    char tail[64] = "";
    size_t length;
    const char *line;
    json_t *json;
    bool good;

    if (fseek(file, -(long)(sizeof tail - 1), SEEK_END) != 0)
        rewind(file);
    length = fread(tail, 1, sizeof tail - 1, file);
    rewind(file);
    while (length > 0 && tail[length - 1] == '\n')
        tail[--length] = '\0';
    line = strrchr(tail, '\n');
    json = json_loads(line == NULL ? tail : line + 1, 0, NULL);
    good = json_is_integer(json_object_get(json, "end"));
    json_decref(json);
    return good ? MA_OK
                : ma_fail(err, MA_INVALID,
                          "%s: the file ends in the middle: its last line is missing",
                          reading->path);
}

enum ma_status drop_read(const char *folder, const char *name, const char *kind,
                         bool full, const struct agent *agent,
                         const struct drop_reader *to, struct ma_error *err)
{
    char *path = mem_print("%s/%s", folder, name);
    struct reading reading = {.path = path};
    FILE *file = fopen(path, "re");
    enum ma_status status;

    if (file == NULL)
        status = ma_fail(err, errno == ENOENT ? MA_NOT_FOUND : MA_DENIED,
                         "drop file %s: %s", path, strerror(errno));
    else
        status = check_end(&reading, file, err);
    if (status == MA_OK)
        status = read_lines(&reading, file, kind, full, agent, to, err);
    if (file != NULL)
        fclose(file);
    arena_free(&reading.arena);
    free(path);
    return status;
}

/* --- comparing -------------------------------------------------------------------- */

static FILE *open_in(const char *folder, const char *name)
{
    char *path = mem_print("%s/%s", folder, name);
    FILE *file = fopen(path, "re");

    free(path);
    return file;
}

static bool same_bytes(FILE *a, FILE *b)
{
    char one[8192];
    char two[8192];
    size_t n;

    do {
        n = fread(one, 1, sizeof one, a);
        if (fread(two, 1, sizeof two, b) != n || memcmp(one, two, n) != 0)
            return false;
    } while (n == sizeof one);
    return true;
}

bool drop_equal(const char *folder, const char *a, const char *b)
{
    FILE *first = open_in(folder, a);
    FILE *second = open_in(folder, b);
    bool equal = first != NULL && second != NULL && same_bytes(first, second);

    if (first != NULL)
        fclose(first);
    if (second != NULL)
        fclose(second);
    return equal;
}
