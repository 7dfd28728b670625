/* SPDX-License-Identifier: Apache-2.0 */

/*
 * bench_store [OBJECTS] [FOLDER]: what the store costs an object, in a temporary folder
 * unless one is named (which must not exist). Objects are users of 42 attributes, about
 * 1.4 KB, with four indexed attributes. Prints objects a second of wall clock and
 * microseconds of CPU each, and at the end the peak of anonymous memory.
 */

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "base/text.h"
#include "space/tower.h"
#include "store/mv.h"
#include "store/verify.h"

enum { AGENT = 1, TEXTS = 36, GROUP_SIZE = 50000 };

static struct store *store;
static struct batch *batch;
static struct ma_error err;
static uint32_t attributes[64];
static uint32_t member;
static long peak;

static void or_die(enum ma_status status, const char *what)
{
    if (status == MA_OK)
        return;
    fprintf(stderr, "%s: status %d: %s\n", what, (int)status, err.text);
    exit(1);
}

/* --- measuring --------------------------------------------------------------------- */

static double clock_of(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static long anonymous_kb(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kb = 0;

    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "RssAnon: %ld", &kb) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kb;
}

static void sample(void)
{
    long kb = anonymous_kb();

    peak = kb > peak ? kb : peak;
}

struct lap {
    double wall;
    double cpu;
};

static struct lap lap_begin(void)
{
    return (struct lap){clock_of(CLOCK_MONOTONIC), clock_of(CLOCK_PROCESS_CPUTIME_ID)};
}

static void lap_end(struct lap lap, const char *what, double operations)
{
    double wall = clock_of(CLOCK_MONOTONIC) - lap.wall;
    double cpu = clock_of(CLOCK_PROCESS_CPUTIME_ID) - lap.cpu;

    printf("%-34s %9.0f /s  %8.2f us CPU  %7.2f s\n", what, operations / wall,
           cpu / operations * 1e6, wall);
    fflush(stdout);
}

/* --- objects ----------------------------------------------------------------------- */

static void name_attributes(void)
{
    char name[32];

    for (int i = 0; i < TEXTS + 6; i++) {
        snprintf(name, sizeof name, "attribute%d", i);
        attributes[i] = names_intern_text(store_names(store), name);
    }
    member = names_intern_text(store_names(store), "member");
}

static struct slice text_of(struct arena *arena, int attribute, uint64_t n, int change)
{
    return slice_text(arena_print(arena, "value %d of the object %llu, %d%s", attribute,
                                  (unsigned long long)n, change,
                                  attribute % 4 == 0 ? " and some more" : ""));
}

static struct entry entry_of(struct arena *arena, uint64_t n, int change)
{
    struct entry_builder builder = entry_builder(arena);

    for (int i = 0; i < TEXTS; i++) {
        struct slice *value = ARENA_ARRAY(arena, struct slice, 1);

        *value = text_of(arena, i, n, i == TEXTS - 1 ? change : 0);
        entry_add(&builder, attributes[i], VALUE_STRING, value, 1);
    }
    for (int i = TEXTS; i < TEXTS + 6; i++) {
        struct slice *value = ARENA_ARRAY(arena, struct slice, 2);

        value[0] = value_of_number(arena, (int64_t)n * i);
        value[1] = value_of_number(arena, (int64_t)n * i + 1);
        entry_add(&builder, attributes[i], VALUE_NUMBER, value, 2);
    }
    return entry_build(&builder);
}

static struct cs_object user(struct arena *arena, uint64_t n, int change)
{
    struct cs_object object = {.agent = AGENT, .id = n, .has_hologram = true};

    object.anchor = slice_text(arena_print(arena, "anchor-%llu", (unsigned long long)n));
    object.guid.bytes[0] = 1;
    object.guid.bytes[4] = (unsigned char)n;
    object.hologram = (struct image){
        .exists = true,
        .object_type = attributes[0],
        .dn = arena_print(arena, "CN=User %llu,OU=Unit %u,OU=People,DC=example,DC=com",
                          (unsigned long long)n, (unsigned)(n % 50)),
        .entry = entry_of(arena, n, change)};
    return object;
}

static void commit_if_due(void)
{
    if (!batch_is_due(batch))
        return;
    sample();
    or_die(batch_commit(batch, &err), "commit");
    sample();
}

static void commit(void)
{
    sample();
    or_die(batch_commit(batch, &err), "commit");
}

static void put_users(uint64_t from, uint64_t to, int change, const char *what)
{
    struct lap lap = lap_begin();
    ARENA_AUTO arena = {0};

    for (uint64_t n = from; n <= to; n++) {
        struct cs_object object = user(&arena, n, change);

        if (what[0] == 'i')
            object.id = 0;
        or_die(cs_put(batch, &object, &err), "cs_put");
        commit_if_due();
        arena_reset(&arena);
    }
    commit();
    lap_end(lap, what, (double)(to - from + 1));
}

static void make_users(uint64_t count)
{
    struct lap lap = lap_begin();
    ARENA_AUTO arena = {0};

    for (uint64_t n = 1; n <= count; n++) {
        user(&arena, n, 0);
        arena_reset(&arena);
    }
    lap_end(lap, "(making them alone)", (double)count);
}

/* --- reading ----------------------------------------------------------------------- */

static uint64_t random_of(uint64_t *state, uint64_t count)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (*state >> 20) % count + 1;
}

static void find_anchors(uint64_t count, uint64_t lookups)
{
    struct lap lap = lap_begin();
    ARENA_AUTO arena = {0};
    uint64_t state = 1;

    for (uint64_t i = 0; i < lookups; i++) {
        const char *anchor = arena_print(&arena, "anchor-%llu",
                                         (unsigned long long)random_of(&state, count));
        uint64_t id;

        or_die(cs_find_anchor(batch, AGENT, slice_text(anchor), &id, &err), "anchor");
        arena_reset(&arena);
    }
    batch_release(batch);
    lap_end(lap, "find by anchor, verified", (double)lookups);
}

static void find_values(uint64_t count, uint64_t lookups)
{
    struct lap lap = lap_begin();
    ARENA_AUTO arena = {0};
    uint64_t state = 2;
    id_list ids = {0};

    for (uint64_t i = 0; i < lookups; i++) {
        struct slice value = text_of(&arena, 1, random_of(&state, count), 0);

        ids.count = 0;
        or_die(cs_find_value(batch, AGENT, attributes[1], VALUE_STRING, value, false,
                             &ids, &err),
               "value");
        if (ids.count != 1)
            or_die(MA_BROKEN, "a value was not found");
        arena_reset(&arena);
    }
    VEC_FREE(&ids);
    batch_release(batch);
    lap_end(lap, "find by join attribute, verified", (double)lookups);
}

static void scan_all(uint64_t count)
{
    struct lap lap = lap_begin();
    ARENA_AUTO arena = {0};
    id_list ids = {0};
    uint64_t after = 0;

    do {
        or_die(cs_scan(batch, AGENT, after, 1000, &ids, &err), "scan");
        for (size_t i = 0; i < ids.count; i++) {
            struct cs_object object;

            or_die(cs_get(batch, &arena, AGENT, ids.items[i], &object, &err), "get");
            after = ids.items[i];
            arena_reset(&arena);
        }
    } while (ids.count == 1000);
    VEC_FREE(&ids);
    batch_release(batch);
    lap_end(lap, "scan and decode", (double)count);
}

static void small_batches(uint64_t count, uint64_t size)
{
    struct lap lap = lap_begin();
    ARENA_AUTO arena = {0};
    uint64_t state = 3;
    char what[64];
    int rounds = 20;

    for (int i = 1; i <= rounds; i++) {
        for (uint64_t k = 0; k < size; k++) {
            struct cs_object object = user(&arena, random_of(&state, count), 100 + i);

            or_die(cs_put(batch, &object, &err), "cs_put");
            arena_reset(&arena);
        }
        commit();
    }
    snprintf(what, sizeof what, "batch of %llu changes, committed",
             (unsigned long long)size);
    lap_end(lap, what, rounds);
}

/* --- a large group ----------------------------------------------------------------- */

static uint64_t make_group(uint64_t size)
{
    struct lap lap = lap_begin();
    ARENA_AUTO arena = {0};
    struct slice *values = ARENA_ARRAY(&arena, struct slice, size);
    struct cs_object group = {.agent = AGENT, .has_hologram = true};
    struct entry nothing = {0};

    for (uint64_t i = 0; i < size; i++)
        values[i] = value_of_id(&arena, i + 1);
    group.hologram =
        (struct image){.exists = true,
                       .object_type = attributes[0],
                       .dn = "CN=Everybody,DC=example,DC=com",
                       .entry = entry_with(&arena, &nothing, member, VALUE_REFERENCE,
                                           values, (uint32_t)size)};
    or_die(cs_put(batch, &group, &err), "group");
    commit();
    lap_end(lap, "a member of a large group", (double)size);
    lap = lap_begin();
    or_die(cs_put(batch, &group, &err), "group");
    lap_end(lap, "the same group again (whole)", 1);
    lap = lap_begin();
    or_die(cs_get(batch, &arena, AGENT, group.id, &group, &err), "group");
    lap_end(lap, "the same group read (whole)", 1);
    batch_release(batch);
    return group.id;
}

/* Imported and synchronised, each in its own commit. */
static void change_group(uint64_t id)
{
    struct lap lap = lap_begin();
    ARENA_AUTO arena = {0};
    int rounds = 50;

    for (int i = 0; i < rounds; i++) {
        struct slice value = value_of_id(&arena, (uint64_t)i / 2 + 1);
        struct attr_delta attr = {member, VALUE_REFERENCE, DELTA_VALUES, i % 2 == 1,
                                  &value, i % 2 == 0,      &value};
        struct delta change = {.op = DELTA_UPDATE, .count = 1, .attrs = &attr};
        struct value_set wanted = {member, &value, 1};
        struct cs_object group;

        or_die(cs_get_values(batch, &arena, AGENT, id, &wanted, 1, &group, &err), "get");
        tower_changed(&arena, &group, &change);
        or_die(cs_put(batch, &group, &err), "put");
        commit();
        or_die(cs_get_values(batch, &arena, AGENT, id, NULL, 0, &group, &err), "get");
        tower_absorb(&arena, &group);
        or_die(cs_put(batch, &group, &err), "put");
        commit();
        arena_reset(&arena);
    }
    lap_end(lap, "one member more or less, by value", rounds);
}

/* --- all --------------------------------------------------------------------------- */

static int unlink_one(const char *path, const struct stat *about, int kind,
                      struct FTW *place)
{
    (void)about;
    (void)kind;
    (void)place;
    return remove(path);
}

static void print_defect(void *context, const char *defect)
{
    (void)context;
    printf("%s\n", defect);
}

static void verify(uint64_t count)
{
    struct lap lap = lap_begin();
    struct store_verification result;

    or_die(store_verify(store, print_defect, NULL, &result, &err), "verify");
    lap_end(lap, "verify", (double)count);
}

static void bench(uint64_t count)
{
    uint64_t lookups = count < 100000 ? count : 100000;
    uint64_t group_size = count < GROUP_SIZE ? count : GROUP_SIZE;
    struct store_stats stats;
    uint64_t group;

    name_attributes();
    or_die(store_index_attributes(batch, AGENT, attributes, 4, &err), "index");
    make_users(count);
    put_users(1, count, 0, "insert");
    put_users(1, count, 0, "put, no change");
    put_users(1, lookups, 1, "put, one attribute changed");
    find_anchors(count, lookups);
    find_values(count, lookups);
    scan_all(count);
    small_batches(count, 1);
    small_batches(count, 100);
    small_batches(count, 1000);
    sample();
    printf("peak RssAnon so far                %6.1f MB\n", (double)peak / 1024);
    group = make_group(group_size);
    change_group(group);
    verify(count);
    or_die(store_statistics(store, &stats, &err), "stats");
    printf(
        "store                              %6.1f MB\npeak RssAnon                       "
        "%6.1f MB\n",
        (double)stats.file_bytes / 1048576, (double)peak / 1024);
}

int main(int argc, char **argv)
{
    char folder[] = "/tmp/mactl-bench-XXXXXX";
    const char *path = argc > 2 ? argv[2] : folder;
    int64_t count = 100000;

    if (argc > 1 && (!text_to_number(slice_text(argv[1]), &count) || count < 1)) {
        fprintf(stderr, "usage: bench_store [OBJECTS] [FOLDER]\n");
        return 2;
    }
    if (argc <= 2 && mkdtemp(folder) == NULL)
        return 1;
    or_die(store_open(&store, path, NULL, &err), "open");
    batch = batch_begin(store);
    bench((uint64_t)count);
    batch_end(batch);
    store_close(store);
    if (argc <= 2)
        nftw(folder, unlink_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
