/* SPDX-License-Identifier: Apache-2.0 */
#include "model/names.h"

#include "base/arena.h"
#include "base/text.h"
#include "base/vec.h"

/* Open addressing over the folded spelling; the number is the place in `spellings`. */
struct names {
    struct arena arena;
    VEC_OF(const char *) spellings;
    VEC_OF(struct slice) folded;
    uint32_t *slots; /* 0: free, else the number */
    size_t slot_count;
    names_claim claim; /* NULL: the numbers are ours alone */
    void *context;
};

enum { FIRST_SLOTS = 1024, SHORT = 128 };

struct names *names_new(void)
{
    struct names *names = mem_zero(sizeof *names);

    names->slot_count = FIRST_SLOTS;
    names->slots = mem_zero_array(names->slot_count, sizeof *names->slots);
    return names;
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    VEC_FREE(&names->spellings);
    VEC_FREE(&names->folded);
    free(names->slots);
    arena_free(&names->arena);
    free(names);
}

/* The slot of this folded name, or the free one where it belongs. */
static size_t slot_of(const struct names *names, struct slice folded)
{
    size_t at = (size_t)text_hash(folded, 0) & (names->slot_count - 1);

    while (names->slots[at] != NAME_NONE &&
           !slice_equal(names->folded.items[names->slots[at] - 1], folded))
        at = (at + 1) & (names->slot_count - 1);
    return at;
}

static void grow(struct names *names)
{
    free(names->slots);
    names->slot_count *= 2;
    names->slots = mem_zero_array(names->slot_count, sizeof *names->slots);
    for (size_t i = 0; i < names->folded.count; i++)
        names->slots[slot_of(names, names->folded.items[i])] = (uint32_t)i + 1;
}

uint32_t names_find(const struct names *names, struct slice name)
{
    ARENA_AUTO scratch = {0};
    char plain[SHORT];

    if (name.length <= SHORT && text_fold_ascii(name, plain))
        return names->slots[slot_of(names, slice_of(plain, name.length))];
    return names->slots[slot_of(names, text_fold(&scratch, name))];
}

static uint32_t add(struct names *names, struct slice name)
{
    struct slice folded = text_fold(&names->arena, name);

    if ((names->spellings.count + 1) * 2 > names->slot_count)
        grow(names);
    VEC_ADD(&names->spellings, arena_textn(&names->arena, name.at, name.length));
    VEC_ADD(&names->folded, folded);
    names->slots[slot_of(names, folded)] = (uint32_t)names->spellings.count;
    return (uint32_t)names->spellings.count;
}

void names_ask(struct names *names, names_claim claim, void *context)
{
    names->claim = claim;
    names->context = context;
}

uint32_t names_add(struct names *names, struct slice name)
{
    uint32_t found = names_find(names, name);

    return found != NAME_NONE ? found : add(names, name);
}

uint32_t names_intern(struct names *names, struct slice name)
{
    uint32_t found = names_find(names, name);

    if (found != NAME_NONE)
        return found;
    if (names->claim != NULL)
        names->claim(names->context, &name, 1);
    return names_add(names, name);
}

void names_intern_all(struct names *names, const struct slice *list, size_t count)
{
    VEC_OF(struct slice) fresh = {0};

    for (size_t i = 0; i < count; i++)
        if (names_find(names, list[i]) == NAME_NONE)
            VEC_ADD(&fresh, list[i]);
    if (fresh.count > 0 && names->claim != NULL)
        names->claim(names->context, fresh.items, fresh.count);
    for (size_t i = 0; i < fresh.count; i++)
        (void)names_add(names, fresh.items[i]);
    VEC_FREE(&fresh);
}

uint32_t names_intern_text(struct names *names, const char *name)
{
    return names_intern(names, slice_text(name));
}

const char *names_text(const struct names *names, uint32_t name)
{
    if (name == NAME_NONE || name > names->spellings.count)
        return "";
    return names->spellings.items[name - 1];
}

uint32_t names_count(const struct names *names)
{
    return (uint32_t)names->spellings.count;
}
