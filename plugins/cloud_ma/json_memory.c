/* SPDX-License-Identifier: Apache-2.0 */
#include "json_memory.h"

#include <jansson.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

enum {
    BLOCK = 256 << 10, /* bytes; a block begins at a multiple of it */
    BLOCKS = 64 << 10, /* of addresses, 16 GB; memory is what is used of them */
    LARGEST = BLOCK / 16,
    KEPT = 32, /* free blocks whose memory the kernel is not given back */
};
static const uint32_t OPEN = 1u << 30;

/* At the head of each block. */
struct block {
    alignas(16) atomic_uint pieces; /* not given back; OPEN more until all are known */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static json_malloc_t elsewhere;
static json_free_t back_elsewhere;
static char *region; /* NULL: there is none */

static struct {
    pthread_mutex_t lock;
    uint32_t begun; /* blocks that were ever used */
    uint32_t kept_count, cold_count;
    uint32_t kept[KEPT];
    uint32_t cold[BLOCKS];
} freed = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Of a thread. */
static _Thread_local bool active;
static _Thread_local struct block *open_block;
static _Thread_local size_t used;
static _Thread_local uint32_t taken;

/* --- blocks --------------------------------------------------------------------------
 */

static bool choose(uint32_t *number)
{
    bool good = true;

    pthread_mutex_lock(&freed.lock);
    if (freed.kept_count > 0)
        *number = freed.kept[--freed.kept_count];
    else if (freed.cold_count > 0)
        *number = freed.cold[--freed.cold_count];
    else if (freed.begun < BLOCKS)
        *number = freed.begun++;
    else
        good = false;
    pthread_mutex_unlock(&freed.lock);
    return good;
}

static struct block *new_block(void)
{
    uint32_t number;
    struct block *block;

    if (!choose(&number))
        return NULL;
    block = (struct block *)(void *)(region + (size_t)number * BLOCK);
    if (mprotect(block, BLOCK, PROT_READ | PROT_WRITE) != 0)
        return NULL; /* its number is lost: memory is short, and that is worse */
    atomic_init(&block->pieces, OPEN);
    return block;
}

static void free_block(struct block *block)
{
    uint32_t number = (uint32_t)((size_t)((char *)block - region) / BLOCK);

    pthread_mutex_lock(&freed.lock);
    if (freed.kept_count < KEPT) {
        freed.kept[freed.kept_count++] = number;
    } else {
        (void)madvise(block, BLOCK, MADV_DONTNEED); /* it is only slower to reuse */
        freed.cold[freed.cold_count++] = number;
    }
    pthread_mutex_unlock(&freed.lock);
}

static void less(struct block *block, uint32_t count)
{
    if (atomic_fetch_sub_explicit(&block->pieces, count, memory_order_acq_rel) == count)
        free_block(block);
}

static void close_block(void)
{
    if (open_block != NULL)
        less(open_block, OPEN - taken);
    open_block = NULL;
}

/* --- jansson's -----------------------------------------------------------------------
 */

static void *take(size_t size)
{
    size_t room = (size + 15) & ~(size_t)15;
    void *out;

    if (!active || size > LARGEST)
        return elsewhere(size);
    if (open_block == NULL || used + room > BLOCK) {
        close_block();
        open_block = new_block();
        used = sizeof *open_block;
        taken = 0;
    }
    if (open_block == NULL)
        return elsewhere(size);
    out = (char *)open_block + used;
    used += room;
    taken++;
    return out;
}

static void give_back(void *piece)
{
    uintptr_t at = (uintptr_t)piece - (uintptr_t)region;

    if (at < (uintptr_t)BLOCK * BLOCKS)
        less((struct block *)(void *)(region + at / BLOCK * BLOCK), 1);
    else
        back_elsewhere(piece);
}

/* A block too many of addresses, to begin at a multiple. Whoever has taken JSON already
 * gives it back to where it is from. */
static void reserve(void)
{
    const size_t size = (size_t)BLOCK * (BLOCKS + 1);
    void *all =
        mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (all == MAP_FAILED)
        return;
    region = (char *)all + (BLOCK - (uintptr_t)all % BLOCK);
    json_get_alloc_funcs(&elsewhere, &back_elsewhere);
    json_set_alloc_funcs(take, give_back);
}

void json_memory_reserve(void)
{
    pthread_once(&once, reserve);
}

void json_memory_begin(void)
{
    active = region != NULL;
}

void json_memory_end(void)
{
    close_block();
    active = false;
}
