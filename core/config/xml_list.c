/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "config/xml.h"

/* Arrays that grow in the arena of a configuration while it is read. */

void *xml_add(struct xml *xml, const struct list_field *list, void *object)
{
    char *items;
    size_t count;
    size_t size = list->size;

    memcpy(&items, (char *)object + list->items, sizeof items);
    memcpy(&count, (char *)object + list->count, sizeof count);
    /* Grows at the powers of two; the old array stays behind in the arena. */
    if ((count & (count - 1)) == 0) {
        char *grown = arena_zero(xml->arena, size * (count == 0 ? 1 : count * 2));

        if (count > 0)
            memcpy(grown, items, size * count);
        items = grown;
        memcpy((char *)object + list->items, &items, sizeof items);
    }
    if (list->place != 0)
        memcpy(items + size * count + list->place - 1, &xml->frames[xml->depth].place,
               sizeof(struct place));
    count++;
    memcpy((char *)object + list->count, &count, sizeof count);
    return items + size * (count - 1);
}

/* Before the first text of a text_list. */
struct text_list_head {
    size_t count;
    size_t capacity; /* the NULL at its end included */
};

static const struct {
    struct text_list_head head;
    const char *end;
} empty_list = {{0, 1}, NULL};
const text_list text_list_empty = &empty_list.end;

static struct text_list_head *head_of(text_list list)
{
    return (struct text_list_head *)(uintptr_t)list - 1;
}

size_t text_list_count(text_list list)
{
    return head_of(list)->count;
}

void xml_add_text(struct xml *xml, text_list *list, struct slice text)
{
    size_t count = text_list_count(*list);
    const char **items = (const char **)(uintptr_t)*list;

    if (count + 1 == head_of(*list)->capacity) {
        size_t capacity = head_of(*list)->capacity * 2 + 2;
        struct text_list_head *head =
            arena_alloc(xml->arena, sizeof *head + capacity * sizeof *items);

        head->capacity = capacity;
        items = memcpy(head + 1, *list, count * sizeof *items);
        *list = items;
    }
    items[count] = arena_textn(xml->arena, text.at, text.length);
    items[count + 1] = NULL;
    head_of(*list)->count = count + 1;
}

enum { LONGEST_SET = 100 };

void xml_add_new_text(struct xml *xml, text_list *list, struct slice text)
{
    if (text_list_count(*list) >= LONGEST_SET)
        return;
    for (size_t i = 0; i < text_list_count(*list); i++)
        if (text_caseequal(slice_text((*list)[i]), text))
            return;
    xml_add_text(xml, list, text);
}
