/* SPDX-License-Identifier: Apache-2.0 */
#include "history/beacon.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/vec.h"

struct beacon {
    char *folder; /* INSTANCE/running */
    char *file;
    int fd;
    struct arena arena; /* texts of the state */
    struct beacon_state state;
};

static struct flock whole_file(void)
{
    return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET};
}

/* --- the run's side --------------------------------------------------------------- */

static void write_state(const struct beacon *beacon)
{
    const struct beacon_state *s = &beacon->state;
    json_t *document = json_object();
    BUF_AUTO line = {0};

    json_put_number(document, "process", (uint64_t)s->process);
    json_put_number(document, "run", s->run);
    json_put_text(document, "agent", s->agent);
    json_put_text(document, "profile", s->profile);
    json_put_time(document, "start", s->start);
    json_put_number(document, "step", s->step);
    json_put_number(document, "steps", s->steps);
    json_put_text(document, "type", s->type);
    json_put_number(document, "done", s->done);
    json_put_number(document, "expected", s->expected);
    json_write(document, &line);
    /* Whoever reads meanwhile may see half of it: he looks again. */
    if (pwrite(beacon->fd, line.at, line.length, 0) == (ssize_t)line.length)
        (void)!ftruncate(beacon->fd, (off_t)line.length); /* of use to readers only */
}

/* Locked before it has its name: a reader never meets it without the lock. */
static bool place_file(struct beacon *beacon)
{
    struct flock lock = whole_file();
    char *hidden = mem_print("%s/.%ld", beacon->folder, (long)getpid());
    bool placed;

    beacon->fd = open(hidden, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    placed = beacon->fd >= 0 && fcntl(beacon->fd, F_OFD_SETLK, &lock) == 0 &&
             rename(hidden, beacon->file) == 0;
    if (beacon->fd >= 0 && !placed)
        unlink(hidden);
    free(hidden);
    return placed;
}

struct beacon *beacon_light(const char *folder)
{
    struct beacon *beacon = mem_zero(sizeof *beacon);

    beacon->folder = mem_print("%s/running", folder);
    beacon->file = mem_print("%s/%ld", beacon->folder, (long)getpid());
    beacon->fd = -1;
    beacon->state.process = (long)getpid();
    /* twice: who ends at this moment takes the empty folder away */
    for (int i = 0; i < 2; i++) {
        (void)mkdir(beacon->folder, 0750); /* there, or the next step fails */
        if (place_file(beacon))
            return beacon;
    }
    beacon_end(beacon);
    return NULL;
}

static const char *kept(struct beacon *beacon, const char *text)
{
    return text == NULL ? NULL : arena_text(&beacon->arena, text);
}

void beacon_hear(struct beacon *beacon, const struct event *event)
{
    struct beacon_state *s;

    if (beacon == NULL)
        return;
    s = &beacon->state;
    switch (event->kind) {
    case EVENT_RUN_STARTED:
        s->run = event->run;
        s->agent = kept(beacon, event->agent);
        s->profile = kept(beacon, event->profile);
        s->steps = event->steps;
        s->start = event->time;
        break;
    case EVENT_STEP_STARTED:
        s->step = event->step;
        s->type = kept(beacon, event->type);
        s->done = s->expected = 0;
        break;
    case EVENT_TICK:
        s->done = event->done;
        s->expected = event->expected;
        break;
    default:
        return;
    }
    write_state(beacon);
}

void beacon_end(struct beacon *beacon)
{
    if (beacon == NULL)
        return;
    if (beacon->fd >= 0) {
        unlink(beacon->file);
        close(beacon->fd);
    }
    (void)rmdir(beacon->folder); /* others may be in it */
    arena_free(&beacon->arena);
    free(beacon->folder);
    free(beacon->file);
    free(beacon);
}

/* --- the reader's side ------------------------------------------------------------ */

static bool is_lit(int fd)
{
    struct flock lock = whole_file();

    return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

static json_t *read_file(const char *file)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    json_t *document = NULL;

    if (fd < 0)
        return NULL;
    if (is_lit(fd))
        document = json_loadfd(fd, JSON_DISABLE_EOF_CHECK, NULL);
    close(fd);
    return document;
}

/* False: it has no number yet, or nobody holds it. */
static bool read_state(struct arena *arena, const char *file, struct beacon_state *out)
{
    json_t *document = read_file(file);

    if (document == NULL)
        return false;
    *out = (struct beacon_state){
        .process = (long)json_get_number(document, "process"),
        .run = json_get_number(document, "run"),
        .agent = json_get_text(arena, document, "agent"),
        .profile = json_get_text(arena, document, "profile"),
        .start = json_get_time(document, "start"),
        .step = (unsigned)json_get_number(document, "step"),
        .steps = (unsigned)json_get_number(document, "steps"),
        .type = json_get_text(arena, document, "type"),
        .done = json_get_number(document, "done"),
        .expected = json_get_number(document, "expected"),
    };
    json_decref(document);
    return out->agent != NULL && out->profile != NULL;
}

static int by_run(const void *a, const void *b)
{
    const struct beacon_state *x = a;
    const struct beacon_state *y = b;

    return (x->run > y->run) - (x->run < y->run);
}

size_t beacon_list(const char *folder, struct arena *arena, struct beacon_state **out)
{
    VEC_OF(struct beacon_state) found = {0};
    DIR *dir = opendir(arena_print(arena, "%s/running", folder));
    struct dirent *entry;
    size_t count;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        struct beacon_state state;

        if (entry->d_name[0] != '.' &&
            read_state(arena, arena_print(arena, "%s/running/%s", folder, entry->d_name),
                       &state))
            VEC_ADD(&found, state);
    }
    if (dir != NULL)
        closedir(dir);
    count = found.count;
    *out = ARENA_ARRAY(arena, struct beacon_state, count);
    for (size_t i = 0; i < count; i++)
        (*out)[i] = found.items[i];
    VEC_FREE(&found);
    qsort(*out, count, sizeof **out, by_run);
    return count;
}
