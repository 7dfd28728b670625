/* SPDX-License-Identifier: Apache-2.0 */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

/* A head, then batches. Numbers are of this machine: the file does not travel. */
struct head {
    char magic[16];
    char identity[IDENTITY_SIZE];
};

enum kind { KIND_OBJECTS = 1, KIND_SEAL };

struct frame {
    uint64_t hash; /* of all behind it, the content included */
    uint64_t length;
    uint32_t kind;
    uint32_t reserved;
};

static const char magic[16] = "mactl journal 2";

/* --- begin and end ---------------------------------------------------------------- */

static enum ma_status trouble(const struct journal *j, struct ma_error *err)
{
    return ma_fail(err, MA_UNREACHABLE, "'%s' cannot be written: %s", j->path,
                   strerror(errno));
}

enum ma_status journal_prepare(struct journal *j, const char *file, struct ma_error *err)
{
    *j = (struct journal){.fd = -1};
    if (asprintf(&j->path, "%s.journal", file) >= 0)
        return MA_OK;
    j->path = NULL;
    return ma_fail(err, MA_NO_MEMORY, "out of memory");
}

void journal_end(struct journal *j)
{
    if (j->fd >= 0)
        close(j->fd);
    free(j->path);
    bytes_free(&j->batch);
    *j = (struct journal){.fd = -1};
}

void journal_remove(struct journal *j)
{
    if (j->fd < 0)
        return;
    (void)unlink(j->path); /* what is left says that it has served */
    close(j->fd);
    j->fd = -1;
    j->size = 0;
}

bool journal_exists(const char *file)
{
    struct journal j;
    struct ma_error ignored;
    bool exists =
        journal_prepare(&j, file, &ignored) == MA_OK && access(j.path, F_OK) == 0;

    journal_end(&j);
    return exists;
}

/* --- writing ---------------------------------------------------------------------- */

static enum ma_status put(struct journal *j, const void *data, size_t length,
                          struct ma_error *err)
{
    const char *at = data;

    while (length > 0) {
        ssize_t n = pwrite(j->fd, at, length, (off_t)j->size);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return trouble(j, err);
        at += n;
        length -= (size_t)n;
        j->size += (size_t)n;
    }
    return MA_OK;
}

enum ma_status journal_begin(struct journal *j, const char *identity,
                             struct ma_error *err)
{
    struct head head = {0};

    memcpy(head.magic, magic, sizeof magic);
    snprintf(head.identity, sizeof head.identity, "%s", identity);
    j->size = 0;
    j->fd = open(j->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (j->fd < 0)
        return trouble(j, err);
    if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
        return ma_fail(err, MA_CONFLICT, "'%s': another run exports to this file",
                       j->path);
    if (ftruncate(j->fd, 0) != 0)
        return trouble(j, err);
    if (put(j, &head, sizeof head, err) != MA_OK)
        return err->status;
    return file_sync_folder(j->path) ? MA_OK : trouble(j, err);
}

static void begin_batch(struct bytes *out)
{
    if (out->length == 0)
        bytes_add(out, &(struct frame){0}, sizeof(struct frame));
}

/* In front of each object. */
struct entry {
    uint32_t number;
    uint32_t length; /* 0: it is gone */
};

void journal_add(struct journal *j, size_t number, struct packed record)
{
    const struct entry entry = {(uint32_t)number, (uint32_t)record.length};

    begin_batch(&j->batch);
    bytes_add(&j->batch, &entry, sizeof entry);
    bytes_add(&j->batch, record.at, record.length);
}

static uint64_t hash_of(const void *frame, size_t length)
{
    const char *behind = (const char *)frame + sizeof(uint64_t);

    return XXH3_64bits(behind, sizeof(struct frame) - sizeof(uint64_t) + length);
}

static enum ma_status commit(struct journal *j, enum kind kind, struct ma_error *err)
{
    struct bytes *out = &j->batch;
    struct frame frame = {.length = out->length - sizeof frame, .kind = kind};
    enum ma_status status;

    if (out->failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    memcpy(out->at, &frame, sizeof frame);
    frame.hash = hash_of(out->at, frame.length);
    memcpy(out->at, &frame, sizeof frame);
    status = put(j, out->at, out->length, err);
    bytes_clear(out);
    if (status == MA_OK && fdatasync(j->fd) != 0)
        status = trouble(j, err);
    return status;
}

enum ma_status journal_commit(struct journal *j, struct ma_error *err)
{
    return j->batch.length == 0 ? MA_OK : commit(j, KIND_OBJECTS, err);
}

enum ma_status journal_seal(struct journal *j, const char *identity, struct ma_error *err)
{
    bytes_clear(&j->batch);
    begin_batch(&j->batch);
    bytes_add(&j->batch, identity, strlen(identity));
    return commit(j, KIND_SEAL, err);
}

/* --- reading ---------------------------------------------------------------------- */

/* What a hash has vouched for does not end early: such a batch is none of ours. */
static enum ma_status read_batch(const char *at, size_t left, journal_take take,
                                 void *context, struct ma_error *err)
{
    enum ma_status status = MA_OK;
    struct entry entry;

    while (status == MA_OK && left >= sizeof entry) {
        memcpy(&entry, at, sizeof entry);
        at += sizeof entry;
        left -= sizeof entry;
        if (entry.length > left)
            break;
        status = take(context, entry.number, (struct packed){at, entry.length}, err);
        at += entry.length;
        left -= entry.length;
    }
    return status;
}

/* The next batch that is whole; false behind the last one: of what a dead run was
 * writing nothing was reported. */
static bool next_frame(const char **at, size_t *left, struct frame *frame,
                       const char **content)
{
    if (*left < sizeof *frame)
        return false;
    memcpy(frame, *at, sizeof *frame);
    if (frame->length > *left - sizeof *frame ||
        frame->hash != hash_of(*at, frame->length))
        return false;
    *content = *at + sizeof *frame;
    *at = *content + frame->length;
    *left -= sizeof *frame + frame->length;
    return true;
}

static enum ma_status read_frames(const char *at, size_t left, const char *identity,
                                  journal_take take, void *context,
                                  enum journal_found *found, struct ma_error *err)
{
    struct frame frame;
    const char *content;
    enum ma_status status = MA_OK;

    while (status == MA_OK && next_frame(&at, &left, &frame, &content)) {
        if (frame.kind == KIND_OBJECTS && *found == JOURNAL_OURS)
            status = read_batch(content, frame.length, take, context, err);
        if (frame.kind == KIND_SEAL && frame.length == strlen(identity) &&
            memcmp(content, identity, frame.length) == 0)
            *found = JOURNAL_SERVED;
    }
    return status;
}

static enum ma_status read_map(const char *map, size_t size, const char *identity,
                               journal_take take, void *context,
                               enum journal_found *found, struct ma_error *err)
{
    struct head head;

    *found = JOURNAL_SERVED;
    if (size <= sizeof head) /* it died before the first batch */
        return MA_OK;
    *found = JOURNAL_STALE;
    memcpy(&head, map, sizeof head);
    if (memcmp(head.magic, magic, sizeof magic) == 0 &&
        strncmp(head.identity, identity, sizeof head.identity) == 0)
        *found = JOURNAL_OURS;
    return read_frames(map + sizeof head, size - sizeof head, identity, take, context,
                       found, err);
}

enum ma_status journal_read(struct journal *j, const char *identity, journal_take take,
                            void *context, enum journal_found *found,
                            struct ma_error *err)
{
    struct stat st;
    enum ma_status status;
    void *map;

    *found = JOURNAL_NONE;
    j->fd = open(j->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (j->fd < 0)
        return errno == ENOENT ? MA_OK : trouble(j, err);
    if (flock(j->fd, LOCK_EX | LOCK_NB) != 0)
        return ma_fail(err, MA_CONFLICT, "'%s': another run exports to this file",
                       j->path);
    if (fstat(j->fd, &st) != 0)
        return trouble(j, err);
    j->size = (size_t)st.st_size;
    if (j->size == 0) {
        *found = JOURNAL_SERVED;
        return MA_OK;
    }
    map = mmap(NULL, j->size, PROT_READ, MAP_PRIVATE, j->fd, 0);
    if (map == MAP_FAILED)
        return trouble(j, err);
    status = read_map(map, j->size, identity, take, context, found, err);
    munmap(map, j->size);
    return status;
}
