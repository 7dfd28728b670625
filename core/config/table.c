/* SPDX-License-Identifier: Apache-2.0 */
#include "config/xml.h"

/*
 * Links the rows of the groups to a graph. A row's parent stands before it in its group,
 * so one pass does it; a group that takes itself in is linked to what is being built.
 */
struct table_group {
    const struct group *group;
    struct node *nodes;
    struct node **tops;
    size_t top_count;
    struct table_group *next;
};

static const char *last_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static void add_child(struct arena *arena, struct node ***items, size_t *count,
                      struct node *child)
{
    /* Grows at the powers of two; these arrays are short. */
    if ((*count & (*count - 1)) == 0) {
        struct node **grown =
            arena_alloc(arena, sizeof *grown * (*count == 0 ? 1 : *count * 2));

        if (*count > 0)
            memcpy(grown, *items, sizeof *grown * *count);
        *items = grown;
    }
    (*items)[(*count)++] = child;
}

/* The row above `at` in the same group whose path is all but the last name. */
static struct node *parent_of(struct node *nodes, size_t at)
{
    const char *path = nodes[at].row->path;
    size_t length = (size_t)(last_name(path) - path);

    for (size_t i = at; length > 0 && i-- > 0;)
        if (strncmp(nodes[i].row->path, path, length - 1) == 0 &&
            nodes[i].row->path[length - 1] == '\0')
            return &nodes[i];
    return NULL;
}

static struct table_group *build_group(struct table *table, struct arena *arena,
                                       const struct group *group);

static void take_in(struct table *table, struct arena *arena, struct node *node)
{
    const struct group *const *groups = node->row->groups;

    for (size_t i = 0; groups != NULL && groups[i] != NULL; i++) {
        struct table_group *built = build_group(table, arena, groups[i]);

        for (size_t j = 0; j < built->top_count; j++)
            add_child(arena, &node->children, &node->child_count, built->tops[j]);
    }
}

static struct table_group *begin_group(struct table *table, struct arena *arena,
                                       const struct group *group)
{
    struct table_group *built = arena_zero(arena, sizeof *built);

    *built = (struct table_group){.group = group, .next = table->groups};
    built->nodes = ARENA_ARRAY(arena, struct node, group->count);
    table->groups = built;
    for (size_t i = 0; i < group->count; i++) {
        struct node *node = &built->nodes[i];
        struct node *parent;

        *node =
            (struct node){.row = &group->rows[i], .name = last_name(group->rows[i].path)};
        parent = parent_of(built->nodes, i);
        if (parent == NULL)
            add_child(arena, &built->tops, &built->top_count, node);
        else
            add_child(arena, &parent->children, &parent->child_count, node);
    }
    return built;
}

static struct table_group *build_group(struct table *table, struct arena *arena,
                                       const struct group *group)
{
    struct table_group *built = table->groups;

    while (built != NULL && built->group != group)
        built = built->next;
    if (built != NULL)
        return built;
    built = begin_group(table, arena, group);
    for (size_t i = 0; i < group->count; i++)
        take_in(table, arena, &built->nodes[i]);
    return built;
}

const struct group *const root_groups[] = {&file_group, &agent_group, &rule_group, NULL};

struct table table_build(struct arena *arena)
{
    static const struct element file = {.path = "", .groups = root_groups};
    struct table table = {0};

    table.root = arena_zero(arena, sizeof *table.root);
    *table.root = (struct node){.row = &file, .name = ""};
    take_in(&table, arena, table.root);
    return table;
}

const struct node *node_child(const struct node *node, const char *name, bool dsml,
                              unsigned *hint)
{
    size_t count = node->child_count;
    size_t first = *hint < count ? *hint : 0;

    for (size_t i = 0; i < count; i++) {
        size_t at = first + i < count ? first + i : first + i - count;
        const struct node *child = node->children[at];

        if (child->row->dsml == dsml && strcmp(child->name, name) == 0) {
            *hint = (unsigned)at;
            return child;
        }
    }
    return NULL;
}
