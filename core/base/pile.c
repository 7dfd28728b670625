/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pile.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mem.h"

enum { FIRST_ROOM = 16 * 1024, MOST_IN_MEMORY = 512 * 1024 };

struct pile pile_of(size_t size, const char *folder)
{
    return (struct pile){.size = size, .file = -1, .folder = folder};
}

static void let_go(struct pile *pile)
{
    if (pile->file < 0) {
        free(pile->items);
        return;
    }
    munmap(pile->items, pile->room);
    close(pile->file);
    pile->file = -1;
}

void pile_end(struct pile *pile)
{
    let_go(pile);
    *pile = pile_of(pile->size, pile->folder);
}

/* --- room --------------------------------------------------------------------------- */

/* The space is reserved first: a hole of a full disk would be a signal later. */
static void *map_file(int file, size_t room)
{
    void *map;

    if (posix_fallocate(file, 0, (off_t)room) != 0)
        return NULL;
    map = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return map == MAP_FAILED ? NULL : map;
}

static bool move_to_file(struct pile *pile, size_t room)
{
    int file = open(pile->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    void *map = file < 0 ? NULL : map_file(file, room);

    if (map == NULL) {
        if (file >= 0)
            close(file);
        pile->folder = NULL;
        return false;
    }
    if (pile->count > 0)
        memcpy(map, pile->items, pile->count * pile->size);
    free(pile->items);
    pile->items = map;
    pile->file = file;
    return true;
}

static bool grow_in_file(struct pile *pile, size_t room)
{
    void *map = map_file(pile->file, room);

    if (map == NULL)
        return false;
    munmap(pile->items, pile->room);
    pile->items = map;
    return true;
}

static void come_back(struct pile *pile, size_t room)
{
    void *items = mem_resize(NULL, room);

    memcpy(items, pile->items, pile->count * pile->size);
    let_go(pile);
    pile->items = items;
    pile->folder = NULL;
}

static void make_room(struct pile *pile, size_t wanted)
{
    size_t room = pile->room == 0 ? FIRST_ROOM : pile->room;

    while (room < wanted)
        room *= 2;
    if (room == pile->room)
        return;
    if (pile->file >= 0) {
        if (!grow_in_file(pile, room))
            come_back(pile, room);
    } else if (room <= MOST_IN_MEMORY || pile->folder == NULL ||
               !move_to_file(pile, room)) {
        pile->items = mem_resize(pile->items, room);
    }
    pile->room = room;
}

void pile_add(struct pile *pile, const void *item)
{
    size_t at = pile->count * pile->size;

    make_room(pile, at + pile->size);
    memcpy((char *)pile->items + at, item, pile->size);
    pile->count++;
}

/* --- order -------------------------------------------------------------------------- */

typedef int order_fn(const void *, const void *);

static char *item(const struct pile *pile, size_t at)
{
    return (char *)pile->items + at * pile->size;
}

/* Where the run that begins there ends: what stands in order already. */
static size_t end_of_run(const struct pile *pile, size_t at, order_fn *order)
{
    while (++at < pile->count)
        if (order(item(pile, at - 1), item(pile, at)) > 0)
            return at;
    return pile->count;
}

/* Two runs that lie one behind the other, into the same places of another pile. */
static void merge(const struct pile *from, struct pile *to, const size_t at[3],
                  order_fn *order)
{
    size_t left = at[0];
    size_t right = at[1];

    for (size_t out = at[0]; out < at[2]; out++) {
        bool takes_left =
            left < at[1] &&
            (right == at[2] || order(item(from, left), item(from, right)) <= 0);
        size_t *taken = takes_left ? &left : &right;

        memcpy(item(to, out), item(from, (*taken)++), from->size);
    }
}

/* False: it was one run, or two. */
static bool merge_all(const struct pile *from, struct pile *to, order_fn *order)
{
    size_t pairs = 0;

    for (size_t at[3] = {0}; at[0] < from->count; at[0] = at[2], pairs++) {
        at[1] = end_of_run(from, at[0], order);
        at[2] = at[1] < from->count ? end_of_run(from, at[1], order) : at[1];
        merge(from, to, at, order);
    }
    return pairs > 1;
}

void pile_sort(struct pile *pile, int (*order)(const void *, const void *))
{
    struct pile other = pile_of(pile->size, pile->folder);
    bool more = true;

    if (pile->count < 2 || end_of_run(pile, 0, order) == pile->count)
        return;
    make_room(&other, pile->room);
    other.count = pile->count;
    while (more) {
        struct pile sorted = other;

        more = merge_all(pile, &sorted, order);
        other = *pile;
        *pile = sorted;
    }
    pile_end(&other);
}
