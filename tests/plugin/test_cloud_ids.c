/* SPDX-License-Identifier: Apache-2.0 */

/* The table of all objects of a service, and its file. */

#include "suite.h"

#include "ids.h"
#include "tree.h"

static struct tree tree;
static struct ids ids;
static struct ma_error err;

static void begin(void)
{
    tree_begin(&tree);
    err = (struct ma_error){0};
    ids_begin(&ids, tree.folder);
}

static void end(void)
{
    ids_free(&ids);
    tree_end(&tree);
}

static void put(unsigned number)
{
    char id[48], dn[96];

    snprintf(id, sizeof id, "00000000-0000-4000-8000-%012u", number);
    snprintf(dn, sizeof dn, "CN={4D6F6E6461792C2054756573646179202620%012u}", number);
    (void)ids_put(&ids, 1, id, dn); /* who acts on the table asks whether it failed */
}

/* kB that only memory can hold */
static long anonymous(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    char line[256];
    long kb = -1;

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "RssAnon: %ld", &kb) == 1)
            break;
    fclose(file);
    ck_assert_int_ge(kb, 0);
    return kb;
}

/* They are 21 MB, of which AddressSanitizer keeps an eighth in memory, and
 * ThreadSanitizer more than all. */
START_TEST(a_hundred_thousand_objects_are_not_in_memory)
{
    const unsigned count = 100000;
    long before;

    begin();
    put(0);
    before = anonymous();

    for (unsigned i = 1; i < count; i++)
        put(i);

#ifndef __SANITIZE_THREAD__
    ck_assert_int_lt(anonymous() - before, 6000);
#else
    (void)before;
#endif
    ck_assert_uint_eq(ids.count, count);
    ck_assert(!ids.failed);
    end();
}
END_TEST

START_TEST(what_is_saved_in_portions_is_loaded_again)
{
    const unsigned count = 5000;

    begin();
    for (unsigned i = 0; i < count; i++)
        put(i);
    ck_assert_ptr_nonnull(ids_put(&ids, 2, "odd", "a\\b\nc"));
    ck_assert_ptr_nonnull(ids_put(&ids, 205, "far", "d"));
    for (size_t i = 0; i < ids.count; i++)
        ids.items[i].flags = ID_EMITTED | (i == 7 ? ID_SYNCED : 0);
    ids.items[3].flags |= ID_GONE;
    ck_assert_int_eq(ids_save(&ids, tree.folder, "1", ID_EMITTED, &err), MA_OK);

    ids_begin(&ids, tree.folder);
    ck_assert_int_eq(ids_load(&ids, tree.folder, "1", ID_KNOWN, &err), MA_OK);

    ck_assert_uint_eq(ids.count, count + 1);
    ck_assert_uint_eq(ids_find(&ids, "far")->class, 205);
    ck_assert_str_eq(ids_find(&ids, "odd")->dn, "a\\b\nc");
    ck_assert_uint_eq(ids_find(&ids, "odd")->class, 2);
    ck_assert_ptr_null(ids_find(&ids, "00000000-0000-4000-8000-000000000003"));
    ck_assert_uint_eq(ids_find(&ids, "00000000-0000-4000-8000-000000000007")->flags,
                      ID_KNOWN | ID_SYNCED);
    end();
}
END_TEST

/* Of a run that died while it wrote. */
START_TEST(a_torn_last_line_is_not_believed)
{
    begin();
    tree_file(&tree, "cloud-ids.part", "mactl-cloud-ids 1\n1\tone\tcn=one\n1\ttwo\tcn=t");

    ck_assert_int_eq(ids_load(&ids, tree.folder, "part", ID_EMITTED, &err), MA_OK);

    ck_assert_uint_eq(ids.count, 1);
    ck_assert_str_eq(ids_find(&ids, "one")->dn, "cn=one");
    end();
}
END_TEST

START_TEST(a_name_that_changes_all_the_time_leaves_room_for_others)
{
    begin();
    ids_index_dns(&ids);
    for (unsigned i = 0; i < 10000; i++) {
        char dn[32];

        snprintf(dn, sizeof dn, "name %u", i);
        ck_assert_ptr_nonnull(ids_put(&ids, 1, "one", dn));
    }

    ck_assert_ptr_null(ids_by_dn(&ids, "name 5000"));
    ck_assert_ptr_eq(ids_by_dn(&ids, "NAME 9999"), ids_find(&ids, "one"));
    ck_assert_uint_eq(ids.count, 1);
    end();
}
END_TEST

START_TEST(a_dn_is_found_whether_it_came_before_the_index_or_after_it)
{
    begin();
    for (unsigned i = 0; i < 3000; i++)
        put(i);
    ids_index_dns(&ids);
    for (unsigned i = 3000; i < 6000; i++)
        put(i);

    for (size_t i = 0; i < ids.count; i++)
        ck_assert_ptr_eq(ids_by_dn(&ids, ids.items[i].dn), &ids.items[i]);
    ck_assert_ptr_null(ids_by_dn(&ids, "CN={4D}"));
    end();
}
END_TEST

START_TEST(without_a_folder_it_is_kept_in_memory)
{
    begin();
    ids_begin(&ids, "/nowhere/at/all");
    for (unsigned i = 0; i < 1000; i++)
        put(i);

    ck_assert_ptr_nonnull(ids_find(&ids, "00000000-0000-4000-8000-000000000999"));
    ck_assert(!ids.failed);
    end();
}
END_TEST

SUITE("plugin/cloud_ids", a_hundred_thousand_objects_are_not_in_memory,
      what_is_saved_in_portions_is_loaded_again, a_torn_last_line_is_not_believed,
      a_name_that_changes_all_the_time_leaves_room_for_others,
      a_dn_is_found_whether_it_came_before_the_index_or_after_it,
      without_a_folder_it_is_kept_in_memory)
