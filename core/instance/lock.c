/* SPDX-License-Identifier: Apache-2.0 */
#include "instance/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

/* The bytes of the file that stand for something; none of them need exist. */
enum { EVERYBODY = 0, THE_TEXT = 1, AGENTS = 16 };
enum { MOST_TEXT = 1 << 20 };

/* Two agents would have to share 62 bits of a hash to be in each other's way. */
static struct flock range_of(const struct guid *agent, short type)
{
    uint64_t hash =
        text_hash(slice_of((const char *)agent->bytes, sizeof agent->bytes), 0);

    return (struct flock){.l_type = type,
                          .l_whence = SEEK_SET,
                          .l_start = AGENTS + (off_t)(hash >> 2),
                          .l_len = 1};
}

static struct flock byte_of(off_t at, short type)
{
    return (struct flock){
        .l_type = type, .l_whence = SEEK_SET, .l_start = at, .l_len = 1};
}

enum ma_status run_lock_open(int *out, const char *folder, struct ma_error *err)
{
    char *path = mem_print("%s/run.lock", folder);
    /* no O_CLOEXEC: the worker shall have it too */
    int fd = open(path, O_RDWR | O_CREAT, 0644);

    free(path);
    if (fd < 0)
        return ma_fail(err, MA_DENIED, "%s/run.lock: %s", folder, strerror(errno));
    *out = fd;
    return MA_OK;
}

/* --- the text ----------------------------------------------------------------------- */

/* One line a run: the agent, whether it is alone, what it does. */
struct line {
    struct guid agent;
    bool alone;
    struct slice what;
};

static bool read_line(struct slice text, struct line *out)
{
    enum { GUID_LENGTH = 36, HEAD = GUID_LENGTH + 3 };

    if (text.length < HEAD || !guid_parse(slice_of(text.at, GUID_LENGTH), &out->agent))
        return false;
    out->alone = text.at[GUID_LENGTH + 1] == 'a';
    out->what = slice_of(text.at + HEAD, text.length - HEAD);
    return true;
}

static void read_text(int fd, struct buf *out)
{
    char block[4096];
    ssize_t got;

    while (out->length < MOST_TEXT &&
           (got = pread(fd, block, sizeof block, (off_t)out->length)) > 0)
        buf_bytes(out, block, (size_t)got);
}

bool run_lock_is_held(int fd, const struct guid *agent)
{
    struct flock lock = range_of(agent, F_WRLCK);

    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* Calls `each` with every line whose run goes on. */
static void each_line(int fd, void (*each)(void *context, const struct line *line),
                      void *context)
{
    BUF_AUTO text = {0};
    const char *at;
    const char *end;
    const char *newline;
    struct line line;

    read_text(fd, &text);
    if (text.length == 0)
        return;
    at = text.at;
    end = at + text.length;
    for (; at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL;
         at = newline + 1)
        if (read_line(slice_of(at, (size_t)(newline - at)), &line) &&
            run_lock_is_held(fd, &line.agent))
            each(context, &line);
}

static void copy_line(void *context, const struct line *line)
{
    char guid[GUID_TEXT];

    buf_print(context, "%s %c %.*s\n", guid_format(&line->agent, GUID_PLAIN, guid),
              line->alone ? 'a' : 'b', (int)line->what.length, line->what.at);
}

/* Lines of the dead go. Of use to a reader only: a failure is none. */
static void write_text(int fd, const struct run_lock *lock)
{
    BUF_AUTO text = {0};
    struct flock mine = byte_of(THE_TEXT, F_WRLCK);
    const struct line line = {lock->agent, lock->alone, slice_text(lock->what)};

    if (fcntl(fd, F_OFD_SETLKW, &mine) != 0)
        return;
    each_line(fd, copy_line, &text);
    copy_line(&text, &line);
    if (ftruncate(fd, 0) == 0 && pwrite(fd, text.at, text.length, 0) < 0)
        (void)ftruncate(fd, 0);
    mine.l_type = F_UNLCK;
    (void)fcntl(fd, F_OFD_SETLK, &mine);
}

/* --- the locks ---------------------------------------------------------------------- */

struct search {
    const struct run_lock *lock;
    bool same_agent; /* looked for: its own run; else: any that is in the way */
    struct buf found;
};

static void add_name(void *context, const struct line *line)
{
    struct search *search = context;

    if (search->same_agent && !guid_equal(&line->agent, &search->lock->agent))
        return;
    if (!search->same_agent && !search->lock->alone && !line->alone)
        return;
    buf_print(&search->found, "%s%.*s", search->found.length == 0 ? "" : "; ",
              (int)line->what.length, line->what.at);
}

static enum ma_status refuse(int fd, const struct run_lock *lock, bool same_agent,
                             struct ma_error *err)
{
    struct search search = {.lock = lock, .same_agent = same_agent};
    const char *why = same_agent ? "this management agent is running"
                      : lock->alone
                          ? "a synchronisation runs alone, and another run goes on"
                          : "a synchronisation is running";
    enum ma_status status;

    each_line(fd, add_name, &search);
    status = search.found.length == 0
                 ? ma_fail(err, MA_CONFLICT, "%s", why)
                 : ma_fail(err, MA_CONFLICT, "%s: %s", why, search.found.at);
    buf_free(&search.found);
    return status;
}

static bool is_taken(int code)
{
    return code == EAGAIN || code == EACCES;
}

static enum ma_status try_take(int fd, const struct run_lock *lock, bool agent,
                               struct ma_error *err)
{
    struct flock range = agent ? range_of(&lock->agent, F_WRLCK)
                               : byte_of(EVERYBODY, lock->alone ? F_WRLCK : F_RDLCK);

    if (fcntl(fd, F_OFD_SETLK, &range) == 0)
        return MA_OK;
    return is_taken(errno) ? refuse(fd, lock, agent, err)
                           : ma_fail(err, MA_BROKEN, "run.lock: it cannot be locked: %s",
                                     strerror(errno));
}

enum ma_status run_lock_take(int fd, const struct run_lock *lock, struct ma_error *err)
{
    struct flock agent = range_of(&lock->agent, F_UNLCK);
    enum ma_status status = try_take(fd, lock, true, err);

    if (status == MA_OK) {
        status = try_take(fd, lock, false, err);
        if (status != MA_OK)
            (void)fcntl(fd, F_OFD_SETLK, &agent);
    }
    if (status == MA_OK)
        write_text(fd, lock);
    return status;
}
