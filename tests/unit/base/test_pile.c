/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/pile.h"
#include "suite.h"

/* Some 24 bytes, as a plan of an export has; many of them are more than stay in memory.
 */
struct row {
    uint64_t number;
    uint32_t key;
    char rest[12];
};

enum { FEW = 100, MANY = 100000 };

static char folder[64];

static void begin(void)
{
    strcpy(folder, "/tmp/mactl-pile.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

/* Nothing is left in the folder. */
static void end(void)
{
    ck_assert_int_eq(rmdir(folder), 0);
}

static struct row row_of(uint64_t number)
{
    return (struct row){.number = number,
                        .key = (uint32_t)(number * 2654435761u >> 7) % 11,
                        .rest = "the rest"};
}

static struct pile filled(const char *where, size_t count)
{
    struct pile pile = pile_of(sizeof(struct row), where);

    for (size_t i = 0; i < count; i++) {
        struct row row = row_of(i);

        pile_add(&pile, &row);
    }
    return pile;
}

static int by_key(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;

    return (x->key > y->key) - (x->key < y->key);
}

static const struct row *at(const struct pile *pile, size_t i)
{
    return (const struct row *)pile->items + i;
}

/* In order, equals as they came, each with all that it had. */
static void check_sorted(const struct pile *pile)
{
    for (size_t i = 0; i < pile->count; i++) {
        const struct row *row = at(pile, i);
        struct row whole = row_of(row->number);

        ck_assert_int_eq(memcmp(row, &whole, sizeof whole), 0);
        if (i > 0)
            ck_assert(at(pile, i - 1)->key < row->key ||
                      (at(pile, i - 1)->key == row->key &&
                       at(pile, i - 1)->number < row->number));
    }
}

static size_t names_in(const char *path)
{
    DIR *directory = opendir(path);
    size_t count = 0;

    ck_assert_ptr_nonnull(directory);
    for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count;
}

START_TEST(a_short_list_is_in_memory)
{
    struct pile pile = filled(folder, FEW);

    ck_assert_int_eq(pile.file, -1);
    pile_sort(&pile, by_key);
    ck_assert_uint_eq(pile.count, FEW);
    check_sorted(&pile);
    pile_end(&pile);
}
END_TEST

START_TEST(a_long_list_is_in_a_file_without_a_name)
{
    struct pile pile = filled(folder, MANY);

    ck_assert_int_ge(pile.file, 0);
    ck_assert_uint_eq(names_in(folder), 0);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_uint_eq(at(&pile, i)->number, i);
    pile_sort(&pile, by_key);
    ck_assert_int_ge(pile.file, 0);
    ck_assert_uint_eq(pile.count, MANY);
    check_sorted(&pile);
    pile_end(&pile);
    ck_assert_uint_eq(pile.count, 0);
}
END_TEST

START_TEST(what_is_in_order_stays_where_it_is)
{
    struct pile pile = pile_of(sizeof(struct row), folder);
    struct row row = {.key = 7};

    pile_sort(&pile, by_key);
    pile_add(&pile, &row);
    pile_sort(&pile, by_key);
    row.key = 8;
    pile_add(&pile, &row);
    pile_sort(&pile, by_key);
    ck_assert_uint_eq(at(&pile, 0)->key, 7);
    ck_assert_uint_eq(at(&pile, 1)->key, 8);
    pile_end(&pile);
}
END_TEST

START_TEST(without_a_folder_it_stays_in_memory)
{
    static const char *const places[] = {NULL, "/nonexistent/folder"};

    for (size_t i = 0; i < 2; i++) {
        struct pile pile = filled(places[i], MANY);

        ck_assert_int_eq(pile.file, -1);
        pile_sort(&pile, by_key);
        check_sorted(&pile);
        pile_end(&pile);
    }
}
END_TEST

START_TEST(a_disk_that_is_full_brings_it_back)
{
    struct pile pile;
    struct rlimit before;
    struct rlimit low;

    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    low = (struct rlimit){1500 * 1024, before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &low), 0);
    pile = filled(folder, MANY);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);

    ck_assert_int_eq(pile.file, -1);
    ck_assert_uint_eq(pile.count, MANY);
    pile_sort(&pile, by_key);
    check_sorted(&pile);
    pile_end(&pile);
}
END_TEST

SUITE_WITH("base/pile", begin, end, a_short_list_is_in_memory,
           a_long_list_is_in_a_file_without_a_name, what_is_in_order_stays_where_it_is,
           without_a_folder_it_stays_in_memory, a_disk_that_is_full_brings_it_back)
