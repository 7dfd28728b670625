/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_FILE_MA_FUZZ_H
#define TESTS_FILE_MA_FUZZ_H

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "map.h"
#include "source.h"

/*
 * One file through a reader of file_ma: every record is mapped as a full and as a delta
 * import would; what can be written is read back, and must be one good record with as
 * many values.
 */
static const char *fuzz_format;

static const char *fuzz_param_at(const struct ma_host *host, const char *name,
                                 size_t index)
{
    static const struct {
        const char *name;
        const char *value;
    } all[] = {{"anchor", "id"},
               {"column", "id:4,name:6,mail:8"},
               {"multi-value-separator", ";"},
               {"object-class", "person"},
               {"change-type", "name"}};

    (void)host;
    if (index > 0)
        return NULL;
    if (strcmp(name, "format") == 0)
        return fuzz_format;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].name, name) == 0)
            return all[i].value;
    return NULL;
}

static const char *fuzz_param(const struct ma_host *host, const char *name)
{
    return fuzz_param_at(host, name, 0);
}

static const struct ma_schema *fuzz_schema(const struct ma_host *host)
{
    static const struct ma_schema_attribute attributes[] = {
        {.name = "id", .type = MA_TEXT, .single_valued = true},
        {.name = "name", .type = MA_TEXT},
        {.name = "mail", .type = MA_TEXT},
        {.name = "photo", .type = MA_BYTES},
        {.name = "number", .type = MA_INTEGER},
        {.name = "flag", .type = MA_FLAG},
        {.name = "manager", .type = MA_REFERENCE}};
    static const struct ma_schema_class class = {.name = "person", .structural = true};
    static const struct ma_schema schema = {.size = sizeof schema,
                                            .attributes = attributes,
                                            .attribute_count = 7,
                                            .classes = &class,
                                            .class_count = 1};

    (void)host;
    return &schema;
}

static const char *fuzz_folder(const struct ma_host *host)
{
    (void)host;
    return "/nowhere";
}

static size_t fuzz_values(const struct record *record)
{
    size_t count = 0;

    for (size_t i = 0; i < record->count; i++)
        count += record->fields[i].count + record->fields[i].removed_count;
    return count;
}

static int fuzz_file(const void *data, size_t size)
{
    int fd = memfd_create("fuzz", 0);

    if (fd < 0 || write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    return fd;
}

/* Behind a byte order mark: without, a value that begins with one would lose it. */
static void fuzz_again(const struct settings *set, const struct record *record,
                       const struct bytes *text)
{
    struct bytes file = {0};
    struct source source;
    struct record again;
    struct problem problem;
    struct ma_error err;

    bytes_text(&file, "\xef\xbb\xbf");
    bytes_add(&file, text->at, text->length);
    if (source_open(&source, set, fuzz_file(file.at, file.length), &err) != MA_OK ||
        source_next(&source, &again, &problem, &err) != NEXT_RECORD ||
        fuzz_values(&again) != fuzz_values(record) ||
        source_next(&source, &again, &problem, &err) != NEXT_END)
        abort();
    source_close(&source);
    bytes_free(&file);
}

static void fuzz_record(const struct settings *set, const struct columns *columns,
                        struct record *record)
{
    struct bytes text = {0};
    struct problem problem = {0};
    struct ma_entry entry;

    for (int delta = 0; delta < 2; delta++)
        (void)map_record(&(struct map){.set = set, .delta = delta}, record, &entry,
                         &problem);
    if (!record->is_change && fuzz_values(record) > 0 &&
        format_ops_of(set->format)->write(set, columns, record, &text, &problem))
        fuzz_again(set, record, &text);
    bytes_free(&text);
}

static int fuzz_one(const char *format, const uint8_t *data, size_t size)
{
    static const struct ma_host host = {.size = sizeof host,
                                        .param = fuzz_param,
                                        .param_at = fuzz_param_at,
                                        .schema = fuzz_schema,
                                        .folder = fuzz_folder};
    static struct settings set;
    struct source source;
    struct record record;
    struct problem problem;
    struct ma_error err = {0};
    enum next next;

    fuzz_format = format;
    if (set.host == NULL && settings_read(&set, &host, &err) != MA_OK)
        abort();
    if (source_open(&source, &set, fuzz_file(data, size), &err) != MA_OK)
        abort();
    while ((next = source_next(&source, &record, &problem, &err)) != NEXT_END) {
        if (next == NEXT_FAILED || (next == NEXT_BAD && problem.type == NULL))
            abort();
        if (next == NEXT_RECORD)
            fuzz_record(&set, &source.columns, &record);
    }
    source_close(&source);
    return 0;
}

#define FUZZ_FORMAT(format)                                                              \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);                        \
    int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)                         \
    {                                                                                    \
        return fuzz_one(format, data, size);                                             \
    }

#endif
