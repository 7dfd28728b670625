/* SPDX-License-Identifier: Apache-2.0 */
#include "run/drop.h"
#include "world.h"

static struct world w;
static struct drop_writer *drop;

static void before(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/integration/data/pair/export", "");
    drop = NULL;
}

static void after(void)
{
    drop_end(drop);
    world_end(&w);
}

static void create(const char *agent)
{
    WORLD_OK(&w, drop_create(&drop, w.folder, "x.drop", "import", true, w.program,
                             world_agent(&w, agent), &w.err));
}

/* --- what is read back, as text --------------------------------------------------- */

static enum ma_status heard_entry(void *context, const struct ma_entry *entry,
                                  struct ma_error *err)
{
    struct buf *out = context;

    (void)err;
    buf_print(out, "%d %s>%s [%.*s] %s %llu", (int)entry->change,
              entry->dn == NULL ? "-" : entry->dn,
              entry->new_dn == NULL ? "-" : entry->new_dn, (int)entry->anchor.length,
              entry->anchor.length == 0 ? "" : entry->anchor.data,
              entry->object_type == NULL ? "-" : entry->object_type,
              (unsigned long long)entry->position);
    for (size_t i = 0; i < entry->count; i++) {
        const struct ma_attribute *a = &entry->attributes[i];

        buf_print(out, " %s%s%d", a->name, a->op == MA_VALUES ? "+" : "=", (int)a->type);
        for (size_t v = 0; v < a->count; v++)
            buf_print(out, ",%zu:%s", a->values[v].length, a->values[v].data);
        for (size_t v = 0; v < a->removed_count; v++)
            buf_print(out, ",-%zu:%s", a->removed[v].length, a->removed[v].data);
    }
    buf_char(out, '\n');
    return MA_OK;
}

static enum ma_status heard_rejection(void *context, const struct ma_rejection *rejection,
                                      struct ma_error *err)
{
    (void)err;
    buf_print(context, "! %s %s line %llu\n", rejection->type, rejection->text,
              (unsigned long long)rejection->line);
    return MA_OK;
}

static enum ma_status read_back(struct buf *out, const char *kind, bool full,
                                const char *agent)
{
    const struct drop_reader reader = {out, heard_entry, heard_rejection};

    return drop_read(w.folder, "x.drop", kind, full, world_agent(&w, agent)->config,
                     &reader, &w.err);
}

static void write_file(const char *text)
{
    char path[128];
    FILE *file;

    snprintf(path, sizeof path, "%s/x.drop", w.folder);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

START_TEST(entries_come_back_as_they_went_in)
{
    const struct ma_value values[] = {{"Lima", 4}, {"a\0b", 3}};
    const struct ma_value gone[] = {{"\xff\x00", 2}};
    const struct ma_attribute attributes[] = {
        {.name = "sn", .op = MA_SET, .type = MA_TEXT, .values = values, .count = 1},
        {.name = "photo",
         .op = MA_VALUES,
         .type = MA_BYTES,
         .values = values + 1,
         .count = 1,
         .removed = gone,
         .removed_count = 1},
        {.name = "title", .op = MA_SET},
    };
    const struct ma_entry entry = {.size = sizeof entry,
                                   .change = MA_MODIFY,
                                   .anchor = {"17", 2},
                                   .dn = "cn=ana",
                                   .new_dn = "cn=ana lima",
                                   .object_type = "person",
                                   .attributes = attributes,
                                   .count = 3,
                                   .position = 12};
    const struct ma_rejection rejection = {
        .size = sizeof rejection, .type = "missing-dn", .text = "no name", .line = 4};
    BUF_AUTO out = {0};

    create("HR");
    drop_entry(drop, &entry);
    drop_rejection(drop, &rejection);
    drop_watermark(drop, ma_value_of("here"));
    WORLD_OK(&w, drop_finish(drop, &w.err));

    WORLD_OK(&w, read_back(&out, "import", true, "HR"));
    ck_assert_str_eq(out.at, "2 cn=ana>cn=ana lima [17] person 12 sn=1,4:Lima "
                             "photo+4,3:a,-2:\xff title=0\n"
                             "! missing-dn no name line 4\n");
}
END_TEST

START_TEST(a_secret_is_not_written_and_passed_over_when_read)
{
    const struct ma_value value = {"Geheim1", 7};
    const struct ma_attribute attributes[] = {
        {.name = "unicodePwd", .values = &value, .count = 1},
        {.name = "title", .values = &value, .count = 1},
    };
    const struct ma_entry entry = {.size = sizeof entry,
                                   .change = MA_ADD,
                                   .dn = "cn=ana",
                                   .attributes = attributes,
                                   .count = 2};
    BUF_AUTO out = {0};

    create("Directory");
    drop_entry(drop, &entry);
    WORLD_OK(&w, drop_finish(drop, &w.err));

    WORLD_OK(&w, read_back(&out, "import", true, "Directory"));
    ck_assert_str_eq(out.at, "1 cn=ana>- [] - 0 title=0,7:Geheim1\n");
}
END_TEST

START_TEST(a_file_appears_only_when_it_is_whole)
{
    BUF_AUTO out = {0};

    create("HR");
    ck_assert_int_eq(read_back(&out, "import", true, "HR"), MA_NOT_FOUND);
    drop_end(drop);
    drop = NULL;

    ck_assert_int_eq(read_back(&out, "import", true, "HR"), MA_NOT_FOUND);
}
END_TEST

#define HEADER                                                                           \
    "{\"schema\":\"mactl/drop/1\",\"kind\":\"import\",\"agent\":\"HR\",\"full\":true}\n"

START_TEST(what_is_wrong_with_a_file_is_said_with_its_line)
{
    static const struct {
        const char *text;
        const char *said;
    } cases[] = {
        {"", "the file ends in the middle"},
        {HEADER, "the file ends in the middle"},
        {HEADER "{\"change\":\"add\"}\n", "the file ends in the middle"},
        {"{\"end\":0}\n", ":1: no drop file"},
        {HEADER "{\"end\":1}\n", ":2: the number of entries is another one"},
        {HEADER "{\"change\":\"eat\"}\n{\"end\":1}\n", ":2: there is no such change"},
        {HEADER "{\"change\":\"add\",\"attributes\":[{}]}\n{\"end\":1}\n",
         ":2: an attribute without a name"},
        {HEADER "{\"reject\":7}\n{\"end\":0}\n", ":2: a rejection without a type"},
        {HEADER "[]\n{\"end\":0}\n", ":2: wanted an entry"},
        {HEADER "what?\n{\"end\":0}\n", ":2: no JSON document"},
        {HEADER "{\"end\":0}\n{\"end\":0}\n", ":3: something behind the end"},
    };
    BUF_AUTO out = {0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_file(cases[i].text);
        ck_assert_int_eq(read_back(&out, "import", true, "HR"), MA_INVALID);
        ck_assert_msg(strstr(w.err.text, cases[i].said) != NULL, "%s: %s", cases[i].text,
                      w.err.text);
    }
}
END_TEST

START_TEST(a_file_of_another_step_is_refused)
{
    BUF_AUTO out = {0};

    write_file(HEADER "{\"end\":0}\n");

    WORLD_OK(&w, read_back(&out, "import", true, "HR"));
    ck_assert_int_eq(read_back(&out, "export", true, "HR"), MA_INVALID);
    ck_assert_int_eq(read_back(&out, "import", false, "HR"), MA_INVALID);
    ck_assert_int_eq(read_back(&out, "import", true, "Directory"), MA_INVALID);
}
END_TEST

START_TEST(a_name_stays_in_its_folder)
{
    ck_assert(drop_name_is_good("a file.xml"));
    ck_assert(!drop_name_is_good(NULL));
    ck_assert(!drop_name_is_good(""));
    ck_assert(!drop_name_is_good(".hidden"));
    ck_assert(!drop_name_is_good("../x"));
    ck_assert(!drop_name_is_good("a/b"));
    ck_assert(!drop_name_is_good("a\\b"));
}
END_TEST

SUITE_WITH("run/drop", before, after, entries_come_back_as_they_went_in,
           a_secret_is_not_written_and_passed_over_when_read,
           a_file_appears_only_when_it_is_whole,
           what_is_wrong_with_a_file_is_said_with_its_line,
           a_file_of_another_step_is_refused, a_name_stays_in_its_folder)
