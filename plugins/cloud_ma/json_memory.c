/* SPDX-License-Identifier: Apache-2.0 */
#include "json_memory.h"

#include <pthread.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

/* Where the address sanitizer is, it is told what is free: nobody may look at it. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

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
    uint32_t all;                   /* as many as that when the page was complete */
    struct block *head;             /* of its page; NULL: it goes piece by piece */
    struct block *next;             /* of the page */
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

/* The page of a thread. Together: where it lies is asked for each piece. */
static _Thread_local struct {
    bool active;
    bool scattered; /* a piece came from elsewhere */
    struct block *first, *last;
    size_t used; /* of the last block */
    uint32_t taken;
} mine;

/* --- blocks ----------------------------------------------------------------------- */

static struct block *block_at(uint32_t number)
{
    return (struct block *)(void *)(region + (size_t)number * BLOCK);
}

/* NULL: the piece is from elsewhere. */
static struct block *block_of(const void *piece)
{
    uintptr_t at = (uintptr_t)piece - (uintptr_t)region;

    return at < (uintptr_t)BLOCK * BLOCKS ? block_at((uint32_t)(at / BLOCK)) : NULL;
}

static struct block *choose(void)
{
    struct block *block = NULL;

    pthread_mutex_lock(&freed.lock);
    if (freed.kept_count > 0)
        block = block_at(freed.kept[--freed.kept_count]);
    else if (freed.cold_count > 0)
        block = block_at(freed.cold[--freed.cold_count]);
    else if (freed.begun < BLOCKS &&
             mprotect(block_at(freed.begun), BLOCK, PROT_READ | PROT_WRITE) == 0)
        block = block_at(freed.begun++);
    pthread_mutex_unlock(&freed.lock);
    return block;
}

static void count_last(void)
{
    if (mine.last != NULL)
        mine.last->all = mine.taken;
    mine.taken = 0;
}

static bool open_block(void)
{
    struct block *block = choose();

    if (block == NULL)
        return false;
    ASAN_UNPOISON_MEMORY_REGION(block, sizeof *block);
    ASAN_POISON_MEMORY_REGION(block + 1, BLOCK - sizeof *block);
    *block = (struct block){.pieces = OPEN};
    count_last();
    *(mine.last == NULL ? &mine.first : &mine.last->next) = block;
    mine.last = block;
    mine.used = sizeof *block;
    return true;
}

static void free_block(struct block *block)
{
    uint32_t number = (uint32_t)((size_t)((char *)block - region) / BLOCK);

    ASAN_POISON_MEMORY_REGION(block, BLOCK);
    pthread_mutex_lock(&freed.lock);
    if (freed.kept_count < KEPT) {
        freed.kept[freed.kept_count++] = number;
    } else {
        (void)madvise(block, BLOCK, MADV_DONTNEED); /* it is only slower to reuse */
        freed.cold[freed.cold_count++] = number;
    }
    pthread_mutex_unlock(&freed.lock);
}

/* --- jansson's -------------------------------------------------------------------- */

static void *take(size_t size)
{
    size_t room = (size + 15) & ~(size_t)15;
    void *out;

    if (!mine.active)
        return elsewhere(size);
    if (room > LARGEST ||
        ((mine.last == NULL || mine.used + room > BLOCK) && !open_block())) {
        mine.scattered = true;
        return elsewhere(size);
    }
    out = (char *)mine.last + mine.used;
    ASAN_UNPOISON_MEMORY_REGION(out, size);
    mine.used += room;
    mine.taken++;
    return out;
}

static void give_back(void *piece)
{
    struct block *block = block_of(piece);

    if (block == NULL)
        back_elsewhere(piece);
    else if (atomic_fetch_sub_explicit(&block->pieces, 1, memory_order_acq_rel) == 1)
        free_block(block);
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

/* --- a page ----------------------------------------------------------------------- */

void json_memory_begin(void)
{
    mine.active = region != NULL;
}

/* Blocks of nothing but what the parser needed meanwhile are free. */
void json_memory_end(void)
{
    struct block *head = NULL, **last = &head;

    count_last();
    for (struct block *block = mine.first, *next; block != NULL; block = next) {
        uint32_t left = atomic_load(&block->pieces) - OPEN + block->all;

        next = block->next;
        if (left == 0) {
            free_block(block);
            continue;
        }
        *last = block;
        last = &block->next;
        block->head = mine.scattered ? NULL : head;
        block->next = NULL;
        block->all = left;
        atomic_store(&block->pieces, left);
    }
    memset(&mine, 0, sizeof mine);
}

/* As it was when it was complete: what was given back of it is no part of it any more. */
static bool is_whole(const json_t *page)
{
    struct block *head = block_of(page);

    if (head == NULL || head->head != head || page->refcount != 1)
        return false;
    for (const struct block *block = head; block != NULL; block = block->next)
        if (block->head != head || atomic_load(&block->pieces) != block->all)
            return false;
    return true;
}

void json_memory_drop(json_t *page)
{
    if (!is_whole(page)) {
        json_decref(page);
        return;
    }
    for (struct block *block = block_of(page), *next; block != NULL; block = next) {
        next = block->next;
        free_block(block);
    }
}
