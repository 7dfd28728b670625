/* SPDX-License-Identifier: Apache-2.0 */
#include "config/xml.h"
#include "suite.h"

/*
 * What holds for every row of the table of elements: above all that none with a duty is
 * without anything that does it.
 */

static struct arena arena;
static struct table table;

static void begin(void)
{
    arena = (struct arena){0};
    table = table_build(&arena);
}

static void end(void)
{
    arena_free(&arena);
}

/* Calls `look` once for each node below, whether it is inside a flattened one or not. */
struct walk {
    VEC_OF(const struct node *) seen;
    void (*look)(const struct node *node, bool flat);
};

static bool was_seen(const struct walk *walk, const struct node *node)
{
    for (size_t i = 0; i < walk->seen.count; i++)
        if (walk->seen.items[i] == node)
            return true;
    return false;
}

static void walk_node(struct walk *walk, const struct node *node, bool flat)
{
    if (was_seen(walk, node))
        return;
    VEC_ADD(&walk->seen, node);
    walk->look(node, flat);
    for (size_t i = 0; i < node->child_count; i++)
        walk_node(walk, node->children[i], flat || node->row->flatten);
}

static size_t walk_all(void (*look)(const struct node *, bool))
{
    struct walk walk = {.look = look};
    size_t count;

    for (size_t i = 0; i < table.root->child_count; i++)
        walk_node(&walk, table.root->children[i], false);
    count = walk.seen.count;
    VEC_FREE(&walk.seen);
    return count;
}

static bool does_something(const struct element *row)
{
    return row->field.size > 0 || row->list.size > 0 || row->begin != NULL ||
           row->end != NULL || row->remark.consequence != NULL;
}

static bool has_fields(const struct element *row)
{
    for (const struct attribute_row *at = row->attributes; at != NULL && at->name != NULL;
         at++)
        if (at->field.size > 0 || at->remark.consequence != NULL)
            return true;
    return false;
}

static bool a_child_does(const struct node *node)
{
    for (size_t i = 0; i < node->child_count; i++)
        if (does_something(node->children[i]->row) ||
            has_fields(node->children[i]->row) || a_child_does(node->children[i]))
            return true;
    return false;
}

/* A leaf with a duty stores, acts or remarks; what is flattened is handed to a plugin;
 * version elements of mv-data/extension/application-protection are checked only. */
static void has_a_handler(const struct node *node, bool flat)
{
    const struct element *row = node->row;

    if (row->duty == DUTY_KEEP || flat || does_something(row) || has_fields(row))
        return;
    ck_assert_msg(a_child_does(node) || row->content == CONTENT_CHOICE,
                  "'%s' has a duty and nothing that does it", row->path);
}

static void fits_the_bits_of_a_frame(const struct node *node, bool flat)
{
    (void)flat;
    ck_assert_msg(node->child_count <= 64, "'%s' has more than 64 children",
                  node->row->path);
}

static void has_no_child_twice(const struct node *node, bool flat)
{
    (void)flat;
    for (size_t i = 0; i < node->child_count; i++)
        for (size_t j = i + 1; j < node->child_count; j++)
            ck_assert_msg(strcmp(node->children[i]->name, node->children[j]->name) != 0,
                          "'%s' has '%s' twice", node->row->path,
                          node->children[i]->name);
}

static void has_its_choices(const struct node *node, bool flat)
{
    const struct element *row = node->row;

    (void)flat;
    ck_assert_msg((row->content == CONTENT_CHOICE) == (row->choices != NULL), "'%s'",
                  row->path);
    for (const struct attribute_row *at = row->attributes; at != NULL && at->name != NULL;
         at++)
        ck_assert_msg((at->content == CONTENT_CHOICE) == (at->choices != NULL),
                      "'%s' attribute '%s'", row->path, at->name);
}

START_TEST(every_row_with_a_duty_has_something_that_does_it)
{
    ck_assert_uint_gt(walk_all(has_a_handler), 300);
}
END_TEST

START_TEST(no_element_has_more_children_than_a_frame_remembers)
{
    walk_all(fits_the_bits_of_a_frame);
}
END_TEST

START_TEST(no_name_stands_twice_below_an_element)
{
    walk_all(has_no_child_twice);
}
END_TEST

START_TEST(a_choice_has_words_and_nothing_else_has)
{
    walk_all(has_its_choices);
}
END_TEST

START_TEST(every_row_is_linked_below_its_parent)
{
    unsigned hint = 0;
    const struct node *node =
        node_child(table.root, "saved-ma-configuration", false, &hint);

    node = node_child(node, "ma-data", false, &hint);
    node = node_child(node, "join", false, &hint);
    node = node_child(node, "join-profile", false, &hint);
    ck_assert_str_eq(node->row->path, "join/join-profile");
    ck_assert_ptr_null(node_child(node, "ma-data", false, &hint));
    ck_assert_ptr_null(node_child(node, "join-criterion", true, &hint));
}
END_TEST

SUITE_WITH("config/table", begin, end, every_row_with_a_duty_has_something_that_does_it,
           no_element_has_more_children_than_a_frame_remembers,
           no_name_stands_twice_below_an_element, a_choice_has_words_and_nothing_else_has,
           every_row_is_linked_below_its_parent)
