/* SPDX-License-Identifier: Apache-2.0 */
#include "ids.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STEM "cloud-ids."
#define HEAD "mactl-cloud-ids 1\n"

enum { FIRST_SLOTS = 1024, LINE = 8192 };

/* --- the table -----------------------------------------------------------------------
 */

static uint32_t hash(const char *text)
{
    uint32_t h = 2166136261u;

    for (; *text != '\0'; text++)
        h = (h ^ (uint32_t)tolower((unsigned char)*text)) * 16777619u;
    return h;
}

static void enter(uint32_t *table, size_t slots, const char *key, size_t number)
{
    size_t at = hash(key) & (slots - 1);

    while (table[at] != 0)
        at = (at + 1) & (slots - 1);
    table[at] = (uint32_t)number + 1;
}

static bool grow_tables(struct ids *ids)
{
    size_t slots = ids->slots == 0 ? FIRST_SLOTS : ids->slots * 2;
    uint32_t *by_id = calloc(slots, sizeof *by_id);
    uint32_t *by_dn = calloc(slots, sizeof *by_dn);

    if (by_id == NULL || by_dn == NULL) {
        free(by_id);
        free(by_dn);
        return false;
    }
    for (size_t i = 0; i < ids->count; i++) {
        enter(by_id, slots, ids->items[i].id, i);
        if (ids->items[i].dn[0] != '\0')
            enter(by_dn, slots, ids->items[i].dn, i);
    }
    free(ids->by_id);
    free(ids->by_dn);
    ids->by_id = by_id;
    ids->by_dn = by_dn;
    ids->slots = slots;
    return true;
}

struct id *ids_find(const struct ids *ids, const char *id)
{
    if (ids->slots == 0)
        return NULL;
    for (size_t at = hash(id) & (ids->slots - 1); ids->by_id[at] != 0;
         at = (at + 1) & (ids->slots - 1))
        if (strcmp(ids->items[ids->by_id[at] - 1].id, id) == 0)
            return &ids->items[ids->by_id[at] - 1];
    return NULL;
}

/* An entry of a DN that was changed since is passed over. */
struct id *ids_by_dn(const struct ids *ids, const char *dn)
{
    if (ids->slots == 0 || dn[0] == '\0')
        return NULL;
    for (size_t at = hash(dn) & (ids->slots - 1); ids->by_dn[at] != 0;
         at = (at + 1) & (ids->slots - 1)) {
        struct id *found = &ids->items[ids->by_dn[at] - 1];

        if (strcasecmp(found->dn, dn) == 0 && (found->flags & ID_GONE) == 0)
            return found;
    }
    return NULL;
}

static bool grow_items(struct ids *ids)
{
    size_t capacity = ids->capacity == 0 ? 256 : ids->capacity * 2;
    struct id *items;

    if (ids->count < ids->capacity)
        return true;
    items = realloc(ids->items, capacity * sizeof *items);
    if (items == NULL)
        return false;
    ids->items = items;
    ids->capacity = capacity;
    return true;
}

static struct id *rename_id(struct ids *ids, struct id *found, const char *dn)
{
    if (dn == NULL || dn[0] == '\0' || strcmp(found->dn, dn) == 0)
        return found;
    found->dn = pool_text(&ids->pool, dn, strlen(dn));
    enter(ids->by_dn, ids->slots, dn, (size_t)(found - ids->items));
    return found;
}

struct id *ids_put(struct ids *ids, unsigned char class, const char *id, const char *dn)
{
    struct id *found = ids_find(ids, id);

    if (found != NULL && class != UCHAR_MAX)
        found->class = class;
    if (found != NULL)
        return rename_id(ids, found, dn);
    if (!grow_items(ids) || (ids->count * 4 >= ids->slots && !grow_tables(ids))) {
        ids->failed = true;
        return NULL;
    }
    found = &ids->items[ids->count];
    *found = (struct id){.class = class,
                         .id = pool_text(&ids->pool, id, strlen(id)),
                         .dn = dn == NULL ? "" : pool_text(&ids->pool, dn, strlen(dn))};
    ids->failed |= ids->pool.failed;
    enter(ids->by_id, ids->slots, found->id, ids->count);
    if (found->dn[0] != '\0')
        enter(ids->by_dn, ids->slots, found->dn, ids->count);
    ids->count++;
    return found;
}

void ids_free(struct ids *ids)
{
    free(ids->items);
    free(ids->by_id);
    free(ids->by_dn);
    pool_free(&ids->pool);
    memset(ids, 0, sizeof *ids);
}

/* --- the file ------------------------------------------------------------------------
 */

static void file_name(char *out, size_t capacity, const char *folder,
                      const char *generation, const char *suffix)
{
    snprintf(out, capacity, "%s/" STEM "%s%s", folder, generation, suffix);
}

/* A line is "class TAB id TAB dn", with an s behind the class of what is synced; in a DN,
 * what would break a line is written as \n. */
static void put_line(struct bytes *text, const struct id *id)
{
    char class[8];

    snprintf(class, sizeof class, "%u%s\t", (unsigned)id->class,
             (id->flags & ID_SYNCED) != 0 ? "s" : "");
    bytes_text(text, class);
    bytes_text(text, id->id);
    bytes_char(text, '\t');
    for (const char *at = id->dn; *at != '\0'; at++) {
        if (*at == '\\' || *at == '\n')
            bytes_char(text, '\\');
        bytes_char(text, *at == '\n' ? 'n' : *at);
    }
    bytes_char(text, '\n');
}

static void unescape(char *text)
{
    char *out = text;

    for (; *text != '\0'; text++, out++) {
        if (*text == '\\' && text[1] != '\0')
            *out = *++text == 'n' ? '\n' : *text;
        else
            *out = *text;
    }
    *out = '\0';
}

/* A torn last line, of a run that died, is not believed. */
static void take_line(struct ids *ids, char *line, unsigned char flags)
{
    char *id = strchr(line, '\t');
    char *dn = id == NULL ? NULL : strchr(id + 1, '\t');
    size_t length = strlen(line);
    struct id *put;

    if (dn == NULL || line[length - 1] != '\n')
        return;
    line[length - 1] = *dn = *id = '\0';
    unescape(dn + 1);
    put = ids_put(ids, (unsigned char)atoi(line), id + 1, dn + 1);
    if (put != NULL)
        put->flags |= flags | (strchr(line, 's') != NULL ? ID_SYNCED : 0);
}

enum ma_status ids_load(struct ids *ids, const char *folder, const char *generation,
                        unsigned char flags, struct ma_error *err)
{
    char path[1024], line[LINE];
    FILE *file;

    file_name(path, sizeof path, folder, generation, "");
    file = fopen(path, "re");
    if (file == NULL)
        return ma_fail(err, errno == ENOENT ? MA_NOT_FOUND : MA_INVALID, "%s: %s", path,
                       strerror(errno));
    if (fgets(line, sizeof line, file) == NULL || strcmp(line, HEAD) != 0) {
        (void)fclose(file); /* it is of no use */
        return ma_fail(err, MA_NOT_FOUND, "%s: not a list of ids", path);
    }
    while (fgets(line, sizeof line, file) != NULL)
        take_line(ids, line, flags);
    (void)fclose(file); /* it was read */
    return ids->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

static enum ma_status write_out(const char *path, int flags, const struct bytes *text,
                                struct ma_error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    bool good = fd >= 0;
    size_t done = 0;

    while (good && done < text->length) {
        ssize_t n = write(fd, text->at + done, text->length - done);

        good = n > 0 || (n < 0 && errno == EINTR);
        done += n > 0 ? (size_t)n : 0;
    }
    good = good && fsync(fd) == 0;
    if (!good)
        (void)ma_fail(err, MA_INVALID, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        (void)close(fd); /* synced above */
    return good ? MA_OK : err->status;
}

enum ma_status ids_save(const struct ids *ids, const char *folder, const char *generation,
                        unsigned char flags, struct ma_error *err)
{
    char path[1024], draft[1024];
    struct bytes text = {0};
    enum ma_status status;

    bytes_text(&text, HEAD);
    for (size_t i = 0; i < ids->count; i++)
        if ((ids->items[i].flags & flags) != 0 && (ids->items[i].flags & ID_GONE) == 0)
            put_line(&text, &ids->items[i]);
    file_name(path, sizeof path, folder, generation, "");
    file_name(draft, sizeof draft, folder, generation, "~");
    status = text.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                         : write_out(draft, O_TRUNC, &text, err);
    if (status == MA_OK && rename(draft, path) != 0)
        status = ma_fail(err, MA_INVALID, "%s: %s", path, strerror(errno));
    bytes_free(&text);
    return status;
}

enum ma_status ids_append(const struct ids *ids, const char *folder,
                          const char *generation, const size_t *numbers, size_t count,
                          struct ma_error *err)
{
    char path[1024];
    struct bytes text = {0};
    enum ma_status status;

    file_name(path, sizeof path, folder, generation, "");
    if (access(path, F_OK) != 0)
        bytes_text(&text, HEAD);
    for (size_t i = 0; i < count; i++)
        put_line(&text, &ids->items[numbers[i]]);
    status = text.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                         : write_out(path, O_APPEND, &text, err);
    bytes_free(&text);
    return status;
}

#define DISABLED "cloud-disabled"

enum ma_status ids_disabled(const char *folder, const char *id, struct ma_error *err)
{
    struct bytes text = {0};
    char path[1024];
    enum ma_status status;

    snprintf(path, sizeof path, "%s/" DISABLED, folder);
    bytes_text(&text, id);
    bytes_char(&text, '\n');
    status = text.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                         : write_out(path, O_APPEND, &text, err);
    bytes_free(&text);
    return status;
}

enum ma_status ids_load_disabled(struct ids *ids, const char *folder,
                                 struct ma_error *err)
{
    char path[1024], line[LINE];
    FILE *file;

    snprintf(path, sizeof path, "%s/" DISABLED, folder);
    file = fopen(path, "re");
    if (file == NULL)
        return errno == ENOENT
                   ? MA_OK
                   : ma_fail(err, MA_INVALID, "%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, file) != NULL) {
        struct id *put;

        line[strcspn(line, "\n")] = '\0';
        put = ids_put(ids, UCHAR_MAX, line, NULL);
        if (put != NULL)
            put->flags |= ID_DISABLED;
    }
    (void)fclose(file); /* it was read */
    return ids->failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

static bool kept(const char *name, const char *keep)
{
    return keep != NULL && strcmp(name + strlen(STEM), keep) == 0;
}

void ids_clean(const char *folder, const char *keep, const char *keep_too)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL)
        if (strncmp(entry->d_name, STEM, strlen(STEM)) == 0 &&
            !kept(entry->d_name, keep) && !kept(entry->d_name, keep_too))
            (void)unlinkat(dirfd(dir), entry->d_name, 0); /* in the way of nobody */
    if (dir != NULL)
        (void)closedir(dir); /* it was read */
}

/* A generation is a time in hexadecimal digits, of one length until 2106. */
bool ids_newest(const char *folder, char *generation, size_t capacity)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    generation[0] = '\0';
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        const char *name = entry->d_name + strlen(STEM);

        if (strncmp(entry->d_name, STEM, strlen(STEM)) != 0 ||
            strcmp(name, "part") == 0 || strchr(name, '~') != NULL ||
            strcmp(name, generation) < 0)
            continue;
        snprintf(generation, capacity, "%s", name);
    }
    if (dir != NULL)
        (void)closedir(dir); /* it was read */
    return generation[0] != '\0';
}
