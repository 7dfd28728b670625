/* SPDX-License-Identifier: Apache-2.0 */
#include "config/cache.h"

#include <glob.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "config/disk.h"
#include "config/image.h"
#include "suite.h"

#define TESTS SOURCE_DIR "/tests"

static char top[64];
static char folder[96];
static char file[96];

static void begin(void)
{
    struct ma_error err = {0};

    snprintf(top, sizeof top, "/tmp/mactl-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(top));
    snprintf(folder, sizeof folder, "%s/config", top);
    snprintf(file, sizeof file, "%s/image", top);
    ck_assert_int_eq(disk_folder(folder, 0700, &err), MA_OK);
}

static void end(void)
{
    struct ma_error err = {0};

    ck_assert_int_eq(disk_remove(top, &err), MA_OK);
}

/* --- images ------------------------------------------------------------------------ */

static struct config *read_plainly(const char *path)
{
    struct ma_error err = {0};
    struct config *config = NULL;

    ck_assert_msg(config_read(&config, path, &err) == MA_OK, "%s", err.text);
    return config;
}

struct image {
    struct buf bytes;
    struct config *config; /* read back */
};

static struct image image_of(const char *path)
{
    struct config *config = read_plainly(path);
    struct arena *arena = calloc(1, sizeof *arena);
    struct image image = {0};

    image_write(config, &image.bytes);
    config_free(config);
    image.config = image_read(arena, buf_view(&image.bytes));
    ck_assert_ptr_nonnull(image.config);
    return image;
}

static void forget(struct image *image)
{
    buf_free(&image->bytes);
    config_free(image->config);
}

/* Of the program: a text that stands in the code is one of those that are copied. */
extern char __executable_start;
extern char _end;

static void has_no_address_of_the_program(const char *path, struct slice bytes)
{
    for (size_t i = 0; i + sizeof(uintptr_t) <= bytes.length; i += sizeof(uintptr_t)) {
        uintptr_t word;

        memcpy(&word, bytes.at + i, sizeof word);
        ck_assert_msg(word < (uintptr_t)&__executable_start || word >= (uintptr_t)&_end,
                      "%s: a pointer at %zu", path, i);
    }
}

/* Two readings lie at different addresses, so a pointer that the shapes do not know would
 * make a difference. What is read back and written again is the same, too. */
static void check_image(const char *path)
{
    struct image one = image_of(path);
    struct image other = image_of(path);
    struct buf again = {0};

    has_no_address_of_the_program(path, buf_view(&one.bytes));
    ck_assert_uint_eq(one.bytes.length, other.bytes.length);
    for (size_t i = 0; i < one.bytes.length; i++)
        ck_assert_msg(one.bytes.at[i] == other.bytes.at[i], "%s: differs at %zu of %zu",
                      path, i, one.bytes.length);
    image_write(one.config, &again);
    ck_assert_uint_eq(again.length, other.bytes.length);
    ck_assert_mem_eq(again.at, other.bytes.at, again.length);
    buf_free(&again);
    forget(&one);
    forget(&other);
}

START_TEST(every_configuration_of_the_tests_comes_back_as_it_was)
{
    static const char *const patterns[] = {
        TESTS "/corpus/*/config", TESTS "/unit/config/data/mim",
        TESTS "/unit/config/data/connect", SOURCE_DIR "/docs/examples/*/export",
        TESTS "/integration/data/pair/export"};
    glob_t found = {0};

    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        glob(patterns[i], i == 0 ? 0 : GLOB_APPEND, NULL, &found);
    ck_assert_uint_gt(found.gl_pathc, 20);
    for (size_t i = 0; i < found.gl_pathc; i++)
        check_image(found.gl_pathv[i]);
    globfree(&found);
}
END_TEST

START_TEST(what_is_cut_or_points_out_of_itself_is_no_image)
{
    struct image image = image_of(TESTS "/unit/config/data/mim");
    struct slice bytes = buf_view(&image.bytes);
    uint32_t far = UINT32_MAX;

    for (size_t length = 0; length < bytes.length; length += 97) {
        ARENA_AUTO arena = {0};

        ck_assert_ptr_null(image_read(&arena, slice_of(bytes.at, length)));
    }
    memcpy(image.bytes.at + bytes.length - sizeof far, &far, sizeof far);
    {
        ARENA_AUTO arena = {0};

        ck_assert_ptr_null(image_read(&arena, bytes));
    }
    forget(&image);
}
END_TEST

/* --- kept and found again ---------------------------------------------------------- */

static void put(const char *name, struct slice bytes)
{
    struct ma_error err = {0};
    char path[192];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_msg(disk_replace(path, bytes, 0600, &err) == MA_OK, "%s", err.text);
}

/* The lines of a text, but for those with one of these words. */
static void put_lines(const char *name, char *text, const char *const *without)
{
    struct buf bytes = {0};
    char *rest = NULL;

    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *const *word = without;

        while (*word != NULL && strstr(line, *word) == NULL)
            word++;
        if (*word == NULL)
            buf_print(&bytes, "%s\n", line);
    }
    put(name, buf_view(&bytes));
    buf_free(&bytes);
}

static void put_without(const char *const *words)
{
    struct ma_error err = {0};
    struct config *config = read_plainly(TESTS "/unit/config/data/mim");
    struct buf bytes = {0};
    char path[512];

    for (size_t i = 0; i < config->file_count; i++) {
        const char *name = config->files[i].path;

        if (!config->files[i].recognised)
            continue;
        snprintf(path, sizeof path, TESTS "/unit/config/data/mim/%s", name);
        buf_clear(&bytes);
        ck_assert_msg(disk_read(&bytes, path, 1 << 20, &err) == MA_OK, "%s", err.text);
        buf_bytes(&bytes, "", 1);
        put_lines(name, (char *)bytes.at, words);
    }
    buf_free(&bytes);
    config_free(config);
}

/* All of it, but for the two passwords that flows of it have. */
static void put_all(void)
{
    static const char *const passwords[] = {"Horse Battery 1", "Staple 2", NULL};

    put_without(passwords);
}

static ino_t kept(void)
{
    struct stat info;

    return stat(file, &info) == 0 ? info.st_ino : 0;
}

/* The same as without: its image says so. */
static void read_well(void)
{
    struct ma_error err = {0};
    struct config *config = NULL;
    struct config *plain = read_plainly(folder);
    struct buf is = {0};
    struct buf should_be = {0};

    ck_assert_msg(cache_read(&config, folder, file, &err) == MA_OK, "%s", err.text);
    image_write(config, &is);
    image_write(plain, &should_be);
    ck_assert_uint_eq(is.length, should_be.length);
    ck_assert_mem_eq(is.at, should_be.at, is.length);
    buf_free(&is);
    buf_free(&should_be);
    config_free(config);
    config_free(plain);
}

START_TEST(what_was_read_is_found_again)
{
    ino_t first;

    put_all();

    read_well();
    first = kept();
    ck_assert_uint_ne(first, 0);
    read_well();
    ck_assert_uint_eq(kept(), first);
}
END_TEST

START_TEST(by_another_path_it_is_the_same)
{
    struct ma_error err = {0};
    struct config *config = NULL;
    char path[160];
    ino_t first;

    put_all();
    read_well();
    first = kept();
    snprintf(path, sizeof path, "%s/../config", folder);
    ck_assert_int_eq(cache_read(&config, path, file, &err), MA_OK);
    ck_assert_str_eq(config->root, path);
    config_free(config);
    ck_assert_uint_eq(kept(), first);
}
END_TEST

static void change(const char *name)
{
    struct ma_error err = {0};
    struct buf bytes = {0};
    char path[192];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(disk_read(&bytes, path, 1 << 20, &err), MA_OK);
    buf_text(&bytes, "<!-- another -->\n");
    put(name, buf_view(&bytes));
    buf_free(&bytes);
}

static void add_one(const char *name)
{
    (void)name;
    put("MA-none.xml.txt", slice_text("what somebody wrote"));
}

static void leave_one_out(const char *name)
{
    char path[192];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    ck_assert_int_eq(unlink(path), 0);
}

START_TEST(what_changed_is_read_anew)
{
    static void (*const changes[])(const char *) = {change, leave_one_out, add_one};

    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        ino_t before;

        put_all();
        read_well();
        before = kept();
        changes[i]("MA-HR.XML");
        read_well();
        read_well();
        ck_assert(i == 2 || kept() != before); /* with a foreign file nothing is kept */
    }
}
END_TEST

/* The same words, at the same line, as often as it is read. */
START_TEST(what_is_wrong_is_said_as_without_it)
{
    struct ma_error with = {0};
    struct ma_error without = {0};
    struct config *config = NULL;
    ino_t before;

    put_all();
    read_well();
    before = kept();
    put("MA-HR.XML", slice_text("<saved-ma-configuration>\n <ma-data>\n"));

    ck_assert_int_eq(config_read(&config, folder, &without), MA_INVALID);
    config_free(config);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(cache_read(&config, folder, file, &with), MA_INVALID);
        ck_assert_str_eq(with.text, without.text);
        ck_assert_uint_gt(config->finding_count, 0);
        config_free(config);
    }
    ck_assert_uint_eq(kept(), before);
    put_all();
    read_well();
    ck_assert_uint_eq(kept(), before);
}
END_TEST

static void spoil(long at)
{
    FILE *stream = fopen(file, "r+");
    int byte;

    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(fseek(stream, at, at < 0 ? SEEK_END : SEEK_SET), 0);
    byte = fgetc(stream);
    ck_assert_int_eq(fseek(stream, -1, SEEK_CUR), 0);
    fputc(byte ^ 0x10, stream);
    ck_assert_int_eq(fclose(stream), 0);
}

START_TEST(what_is_spoiled_is_not_used)
{
    static const long places[] = {0, 9, 30, 200, 5000, -1, -400};

    put_all();
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        ino_t before;

        read_well();
        before = kept();
        spoil(places[i]);
        read_well();
        ck_assert_uint_ne(kept(), before);
    }
    ck_assert_int_eq(truncate(file, 100), 0);
    read_well();
    ck_assert_int_eq(truncate(file, 0), 0);
    read_well();
}
END_TEST

START_TEST(what_others_may_write_is_not_used)
{
    struct stat info;
    char elsewhere[96];
    ino_t before;

    put_all();
    read_well();
    before = kept();
    ck_assert_int_eq(stat(file, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    ck_assert_int_eq(chmod(file, 0620), 0);
    read_well();
    ck_assert_uint_ne(kept(), before);

    snprintf(elsewhere, sizeof elsewhere, "%s/elsewhere", top);
    ck_assert_int_eq(rename(file, elsewhere), 0);
    ck_assert_int_eq(symlink(elsewhere, file), 0);
    read_well();
    ck_assert_int_eq(lstat(file, &info), 0);
    ck_assert(S_ISREG(info.st_mode));
}
END_TEST

/* A constant for an attribute of that name, and one for what the schema says is
 * encrypted. */
START_TEST(a_password_is_in_no_file_but_that_of_the_configuration)
{
    static const char *const others[][2] = {
        {"Horse Battery 1", NULL}, {"Staple 2", NULL}, {NULL}};

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        put_without(others[i]);
        read_well();
        ck_assert_uint_eq(kept(), 0);
    }
    put_all();
    read_well();
    ck_assert_uint_ne(kept(), 0);
}
END_TEST

START_TEST(where_nothing_can_be_kept_it_is_read_each_time)
{
    put_all();
    snprintf(file, sizeof file, "%s/none/image", top);

    read_well();
    read_well();
    ck_assert_uint_eq(kept(), 0);
}
END_TEST

SUITE_WITH("config/cache", begin, end,
           every_configuration_of_the_tests_comes_back_as_it_was,
           what_is_cut_or_points_out_of_itself_is_no_image, what_was_read_is_found_again,
           by_another_path_it_is_the_same, what_changed_is_read_anew,
           what_is_wrong_is_said_as_without_it, what_is_spoiled_is_not_used,
           what_others_may_write_is_not_used,
           a_password_is_in_no_file_but_that_of_the_configuration,
           where_nothing_can_be_kept_it_is_read_each_time)
