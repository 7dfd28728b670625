/* SPDX-License-Identifier: Apache-2.0 */
#include "data_file.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "reply.h"

enum { FILE_LIMIT = 1 << 20 };

/* Beside the program that runs, wherever its tree was moved to. */
static void beside_program(char *out, size_t capacity)
{
    char program[512];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

    program[length > 0 ? length : 0] = '\0';
    if (strrchr(program, '/') != NULL)
        *strrchr(program, '/') = '\0';
    snprintf(out, capacity, "%s/../share/mactl/schemas", program);
}

const char *data_file_find(const struct ma_host *host, struct pool *pool,
                           const char *kind, const char *name)
{
    char beside[600], path[1200];
    const char *const folders[] = {getenv("MACTL_SCHEMAS"), beside, MACTL_SCHEMA_DIR};

    if (name[0] == '/')
        return name;
    snprintf(path, sizeof path, "%s/%s", host->folder(host), name);
    if (access(path, R_OK) == 0 || strchr(name, '/') != NULL)
        return pool_text(pool, path, strlen(path));
    beside_program(beside, sizeof beside);
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (folders[i] == NULL)
            continue;
        snprintf(path, sizeof path, "%s/%s/%s.json", folders[i], kind, name);
        if (access(path, R_OK) == 0)
            break;
    }
    return pool_text(pool, path, strlen(path));
}

/* The caller's to free; NULL: *err says why. */
static char *read_text(const char *path, const char *what, size_t *length,
                       struct ma_error *err)
{
    FILE *file = fopen(path, "re");
    char *text = file == NULL ? NULL : malloc(FILE_LIMIT + 1);

    *length = 0;
    if (file == NULL)
        ma_fail(err, MA_INVALID, "%s: %s: %s", what, path, strerror(errno));
    else if (text == NULL)
        ma_fail(err, MA_NO_MEMORY, "out of memory");
    else
        *length = fread(text, 1, FILE_LIMIT, file);
    if (file != NULL)
        (void)fclose(file); /* it was read */
    if (text != NULL && *length == FILE_LIMIT) {
        ma_fail(err, MA_INVALID, "%s: larger than %d bytes", path, FILE_LIMIT);
        free(text);
        return NULL;
    }
    if (text != NULL)
        text[*length] = '\0';
    return text;
}

enum ma_status data_file_read(const char *path, const char *what, json_t **out,
                              struct ma_error *err)
{
    size_t length;
    char *text = read_text(path, what, &length, err);
    enum ma_status status =
        text == NULL ? err->status : reply_parse(text, length, path, out, err);

    free(text);
    return status;
}

static bool is_member(const char *at, const char *name, size_t length)
{
    if (at[0] != '"' || strncmp(at + 1, name, length) != 0 || at[length + 1] != '"')
        return false;
    for (at += length + 2; isspace((unsigned char)*at);)
        at++;
    return *at == ':';
}

void data_file_place(const char *path, const char *name, char *out, size_t capacity)
{
    struct ma_error ignored = {0};
    size_t length, line = 1, column = 1;
    char *text = read_text(path, "", &length, &ignored);
    const char *at = text;

    for (; at != NULL && *at != '\0' && !is_member(at, name, strlen(name)); at++) {
        line += *at == '\n';
        column = *at == '\n' ? 1 : column + 1;
    }
    if (at != NULL && *at != '\0')
        snprintf(out, capacity, "%s:%zu:%zu", path, line, column);
    else
        snprintf(out, capacity, "%s", path);
    free(text);
}
