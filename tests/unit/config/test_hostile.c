/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <sys/resource.h>

#include "config/config.h"
#include "config/xml.h"
#include "suite.h"
#include "tree.h"

/*
 * Files that were not written by the product, or not to the end. Each gives one clear
 * error with its place, in bounded memory; what is only foreign gives a warning.
 */
#define DATA SOURCE_DIR "/tests/unit/config/data"

static struct tree tree;
static struct config *config;
static struct ma_error err;

static void begin(void)
{
    tree_begin(&tree);
    config = NULL;
    err = (struct ma_error){0};
}

static void end(void)
{
    config_free(config);
    tree_end(&tree);
}

static enum ma_status reading(const char *path)
{
    config_free(config);
    config = NULL;
    err = (struct ma_error){0};
    return config_read(&config, path, &err);
}

static size_t count_of(enum finding_level level)
{
    size_t count = 0;

    for (size_t i = 0; config != NULL && i < config->finding_count; i++)
        count += config->findings[i].level == level;
    return count;
}

static void is_refused(const char *path, const char *text)
{
    ck_assert_int_eq(reading(path), MA_INVALID);
    ck_assert_msg(strstr(err.text, text) != NULL, "'%s' is not '%s'", err.text, text);
    ck_assert_uint_eq(count_of(FINDING_ERROR), 1);
    ck_assert_uint_lt(config->arena->used, 1024 * 1024);
}

static void text_is_refused(const char *content, const char *text)
{
    is_refused(tree_file(&tree, "file.xml", content), text);
}

static const char *bytes(const char *name, const char *data, size_t length)
{
    const char *path = tree_path(&tree, name);
    FILE *out = fopen(path, "w");

    ck_assert_ptr_nonnull(out);
    ck_assert_uint_eq(fwrite(data, 1, length, out), length);
    fclose(out);
    return path;
}

/* An agent with as little as may be; `inside` stands behind its schema. */
#define AGENT_WITH(id, name, inside)                                                     \
    "<ma-data>\n<format-version>1</format-version>\n<id>" id "</id>\n<name>" name        \
    "</name>\n<category>AD</category>\n<schema/>\n" inside "</ma-data>\n"
#define ID_1 "{11111111-0000-4000-8000-000000000001}"
#define ID_2 "{11111111-0000-4000-8000-000000000002}"
#define METAVERSE                                                                        \
    "<saved-mv-configuration><mv-data><format-version>1</format-version><schema/>"       \
    "</mv-data></saved-mv-configuration>"

/* --- entities ---------------------------------------------------------------------- */

START_TEST(a_doctype_is_refused_before_anything_in_it)
{
    text_is_refused("<!DOCTYPE ma-data [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>\n"
                    "<ma-data><name>&x;</name></ma-data>",
                    "file.xml:1:");
    ck_assert_ptr_nonnull(strstr(err.text, "DOCTYPE"));
    ck_assert_ptr_null(strstr(err.text, "root:"));
    text_is_refused("<!DOCTYPE ma-data SYSTEM \"http://127.0.0.1:9/x.dtd\"><ma-data/>",
                    "DOCTYPE");
    text_is_refused("<!DOCTYPE b [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">"
                    "<!ENTITY c \"&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;\">]>"
                    "<ma-data>&d;&d;&d;</ma-data>",
                    "DOCTYPE");
    text_is_refused("<!DOCTYPE a [<!ENTITY % p SYSTEM \"file:///etc/passwd\"> %p;]><a/>",
                    "DOCTYPE");
}
END_TEST

START_TEST(an_entity_that_nobody_declared_is_refused)
{
    text_is_refused("<ma-data>\n <name>&x;</name>\n</ma-data>", "file.xml:2:");
    ck_assert_ptr_nonnull(strstr(err.text, "not well-formed"));
}
END_TEST

START_TEST(the_five_entities_of_xml_are_read)
{
    const char *path =
        tree_file(&tree, "a.xml",
                  AGENT_WITH(ID_1, "A &amp; B &lt;&#x263a;&gt; <![CDATA[&C;]]>", ""));

    ck_assert_int_eq(reading(path), MA_OK);
    ck_assert_str_eq(config->agents[0].name, "A & B <\xe2\x98\xba> &C;");
}
END_TEST

/* --- size and depth ---------------------------------------------------------------- */

static const char *repeated(const char *before, const char *unit, size_t count,
                            const char *after)
{
    const char *path = tree_path(&tree, "large.xml");
    FILE *out = fopen(path, "w");

    ck_assert_ptr_nonnull(out);
    fputs(before, out);
    for (size_t i = 0; i < count; i++)
        fputs(unit, out);
    fputs(after, out);
    fclose(out);
    return path;
}

START_TEST(elements_may_not_be_nested_without_end)
{
    is_refused(repeated("", "<ma-data>", 100000, ""), "nested deeper than 200");
    is_refused(repeated("<ma-data><ma-ui-settings>", "<x>", 100000, ""),
               "nested deeper than 200");
}
END_TEST

/* 200 MB with MACTL_LONG=1, else a tenth. */
static size_t large(void)
{
    const char *is_long = getenv("MACTL_LONG");

    return is_long != NULL && strcmp(is_long, "1") == 0 ? 200000000 : 20000000;
}

START_TEST(a_long_line_of_elements_is_read_as_a_stream)
{
    const char *path =
        repeated("<ma-data><format-version>1</format-version><id>" ID_1 "</id>"
                 "<name>A</name><category>AD</category><schema/><ma-ui-settings>",
                 "<cell width=\"100\">text of a cell</cell>", large() / 40,
                 "</ma-ui-settings></ma-data>");

    ck_assert_int_eq(reading(path), MA_OK);
    ck_assert_str_eq(config->agents[0].name, "A");
    ck_assert_uint_lt(config->arena->used, 64 * 1024);
}
END_TEST

START_TEST(a_long_text_that_nobody_reads_is_passed_over)
{
    const char *path =
        repeated("<ma-data><format-version>1</format-version><id>" ID_1 "</id>"
                 "<name>A</name><category>AD</category><schema/><zap>",
                 "0123456789", large() / 10, "</zap></ma-data>");

    ck_assert_int_eq(reading(path), MA_OK);
    ck_assert_uint_lt(config->arena->used, 64 * 1024);
}
END_TEST

START_TEST(a_long_text_that_would_be_kept_is_refused)
{
    is_refused(
        repeated("<ma-data>\n  <name>", "0123456789", large() / 10, "</name></ma-data>"),
        "large.xml:2:3: the text of 'name' is longer than 4 MiB");
}
END_TEST

START_TEST(a_long_attribute_is_refused)
{
    is_refused(repeated("<ma-data zap=\"", "0123456789", large() / 10, "\"/>"),
               "large.xml:1:");
}
END_TEST

START_TEST(a_file_beyond_the_limit_is_not_even_read)
{
    const char *path = tree_file(&tree, "sparse.xml", "<ma-data>");

    ck_assert_int_eq(truncate(path, (off_t)LARGEST_FILE + 1), 0);
    is_refused(path, "sparse.xml: the file is larger than 256 MiB");
}
END_TEST

START_TEST(unknown_names_without_number_are_listed_to_a_limit)
{
    const char *path = tree_path(&tree, "names.xml");
    FILE *out = fopen(path, "w");

    fputs("<ma-data>", out);
    for (int i = 0; i < 100000; i++)
        fprintf(out, "<n%d/>", i);
    fputs("</ma-data>", out);
    fclose(out);

    ck_assert_int_eq(reading(path), MA_INVALID);
    ck_assert_uint_le(config->finding_count, MOST_FINDINGS + 10);
    ck_assert_uint_gt(config->finding_count, MOST_FINDINGS);
    ck_assert_uint_eq(count_of(FINDING_ERROR), 5);
}
END_TEST

START_TEST(references_without_number_that_lead_nowhere_are_listed_to_a_limit)
{
    tree_file(
        &tree, "MV.xml",
        tree_read(&tree, repeated("<saved-mv-configuration><mv-data><format-version>1"
                                  "</format-version><schema/><import-attribute-flow>"
                                  "<per-ma-options>",
                                  "<ma-options ma-id=\"" ID_1 "\"/>", 50000,
                                  "</per-ma-options></import-attribute-flow></mv-data>"
                                  "</saved-mv-configuration>")));
    ck_assert_int_eq(unlink(tree_path(&tree, "large.xml")), 0);

    ck_assert_int_eq(reading(tree.folder), MA_OK);
    ck_assert_uint_eq(config->metaverse.option_count, 50000);
    ck_assert_uint_le(config->finding_count, MOST_FINDINGS);
    ck_assert_uint_gt(config->finding_count, 900);
}
END_TEST

START_TEST(an_unknown_name_is_listed_once)
{
    const char *path = repeated("<ma-data>", "<zap zip=\"1\"/><name zop=\"2\">A</name>",
                                10, "</ma-data>");
    size_t unknown = 0;

    reading(path);
    for (size_t i = 0; i < config->finding_count; i++)
        unknown += strncmp(config->findings[i].text, "unknown", 7) == 0;
    ck_assert_uint_eq(unknown, 2);
}
END_TEST

/* --- broken files ------------------------------------------------------------------ */

START_TEST(a_file_cut_anywhere_is_refused)
{
    const char *whole = tree_read(&tree, DATA "/mim/MA-HR.XML");
    size_t length = strlen(whole);

    while (whole[length - 1] != '>')
        length--;
    for (size_t cut = 0; cut < length; cut += cut < 400 ? 1 : 37) {
        ck_assert_int_eq(reading(bytes("cut.xml", whole, cut)), MA_INVALID);
        ck_assert_uint_ge(count_of(FINDING_ERROR), 1);
    }
    ck_assert_int_eq(reading(bytes("cut.xml", whole, length)), MA_OK);
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_refused_with_their_line)
{
    text_is_refused("<ma-data>\n<name>M\xfcller</name>\n</ma-data>", "file.xml:2:");
    ck_assert_ptr_nonnull(strstr(err.text, "UTF-8"));
    text_is_refused("<?xml version=\"1.0\" encoding=\"klingon\"?><ma-data/>", "klingon");
    text_is_refused("<ma-data>\x01</ma-data>", "not well-formed");
}
END_TEST

START_TEST(a_declared_encoding_is_read)
{
    const char *path =
        tree_file(&tree, "a.xml",
                  "<?xml version=\"1.0\" encoding=\"windows-1252\"?>\n" AGENT_WITH(
                      ID_1, "M\xfcller", ""));

    ck_assert_int_eq(reading(path), MA_OK);
    ck_assert_str_eq(config->agents[0].name, "M\xc3\xbcller");
}
END_TEST

static const char *as_utf16(const char *name, const char *text, bool big_endian)
{
    BUF_AUTO out = {0};

    buf_bytes(&out, big_endian ? "\xfe\xff" : "\xff\xfe", 2);
    for (; *text != '\0'; text++) {
        char wide[2] = {big_endian ? '\0' : *text, big_endian ? *text : '\0'};

        buf_bytes(&out, wide, 2);
    }
    return bytes(name, out.at, out.length);
}

START_TEST(utf16_with_a_mark_is_read_either_way_round)
{
    const char *text = tree_read(&tree, DATA "/mim/MA-HR.XML");

    for (int big = 0; big < 2; big++) {
        ck_assert_int_eq(reading(as_utf16("MA-wide.xml", text, big == 1)), MA_OK);
        ck_assert_str_eq(config->agents[0].name, "HR");
        ck_assert_uint_eq(config_count(config).steps, 6);
        ck_assert_str_eq(
            config->agents[0].joins[0].criteria[0].conditions[0].cs_attribute, "Number");
        ck_assert_uint_eq(config->agents[0].joins[0].criteria[0].place.line, 29);
    }
    ck_assert_int_eq(reading(as_utf16("x.xml", "{\"a\": 1}", false)), MA_INVALID);
}
END_TEST

/* --- files that are something else ------------------------------------------------- */

START_TEST(a_wrong_root_is_named)
{
    text_is_refused("<project/>", "the root element is 'project'");
    text_is_refused("<mv-data/>", "the root element is 'mv-data'");
    text_is_refused("<ma-data xmlns='urn:other'/>", "the root element is 'ma-data'");
}
END_TEST

START_TEST(a_wrapper_without_its_agent_is_refused)
{
    text_is_refused("<saved-ma-configuration/>", "there is no ma-data in it");
    text_is_refused("<export-ma><mv-data/></export-ma>", "there is no ma-data in it");
    text_is_refused("<saved-mv-configuration/>", "'mv-data' is missing");
}
END_TEST

START_TEST(a_file_with_a_name_of_ours_must_be_ours)
{
    tree_file(&tree, "MV.xml", "<project/>");
    is_refused(tree.folder, "MV.xml: the root element is 'project'");
}
END_TEST

START_TEST(a_policy_of_connect_is_named)
{
    text_is_refused("\n {\"deploymentMetadata\": {}}", "policy file");
    ck_assert_ptr_nonnull(strstr(err.text, "Get-ADSyncServerConfiguration"));
}
END_TEST

START_TEST(what_is_no_xml_is_refused)
{
    text_is_refused("", "the file is empty");
    text_is_refused("dn: cn=ada\n", "this is not XML");
    ck_assert_int_eq(reading(tree_path(&tree, "nowhere")), MA_NOT_FOUND);
    ck_assert_ptr_null(config);
    ck_assert_int_eq(reading("/dev/null"), MA_DENIED);
    ck_assert_ptr_null(config);
}
END_TEST

START_TEST(an_empty_folder_is_refused)
{
    is_refused(tree.folder, "there is no server configuration here");
    tree_file(&tree, "notes.txt", "x");
    tree_file(&tree, "other/MV.xml", METAVERSE);
    ck_assert_int_eq(reading(tree.folder), MA_INVALID);
    ck_assert_uint_eq(count_of(FINDING_ERROR), 1);
    ck_assert_uint_eq(count_of(FINDING_WARNING), 2);
}
END_TEST

START_TEST(a_foreign_file_is_a_warning)
{
    tree_file(&tree, "mv.XML", METAVERSE);
    tree_file(&tree, "readme.txt", "x");
    tree_file(&tree, "pom.xml", "<project/>");
    tree_file(&tree, "Applied-SynchronizationPolicy-1.json", "{}");

    ck_assert_int_eq(reading(tree.folder), MA_OK);
    ck_assert_uint_eq(count_of(FINDING_WARNING), 3);
    ck_assert_uint_eq(config->file_count, 4);
    for (size_t i = 0; i < config->file_count; i++)
        ck_assert(config->files[i].recognised ==
                  (strcmp(config->files[i].path, "mv.XML") == 0));
}
END_TEST

START_TEST(a_pipe_with_a_name_of_ours_is_not_waited_for)
{
    ck_assert_int_eq(mkfifo(tree_path(&tree, "MV.xml"), 0600), 0);
    ck_assert_int_eq(reading(tree.folder), MA_INVALID);
}
END_TEST

/* --- sets that do not go together -------------------------------------------------- */

static void two_agents(const char *first, const char *second)
{
    tree_file(&tree, "MV.xml", METAVERSE);
    tree_file(&tree, "Connectors/a.xml", first);
    tree_file(&tree, "Connectors/b.xml", second);
}

START_TEST(two_agents_with_one_id_are_an_error)
{
    two_agents(AGENT_WITH(ID_1, "A", ""),
               AGENT_WITH("11111111-0000-4000-8000-000000000001", "B", ""));
    is_refused(tree.folder, "Connectors/b.xml:1:1: management agent 'B' has the id of "
                            "management agent 'A' (Connectors/a.xml:1)");
}
END_TEST

START_TEST(two_agents_with_one_name_are_an_error)
{
    two_agents(AGENT_WITH(ID_1, "HR", ""), AGENT_WITH(ID_2, "hr", ""));
    is_refused(tree.folder, "a second management agent 'hr'");
}
END_TEST

START_TEST(two_metaverses_are_an_error)
{
    tree_file(&tree, "MV.xml", METAVERSE);
    tree_file(&tree, "Other.xml", METAVERSE);
    is_refused(tree.folder, "a second metaverse: the first is in MV.xml");
}
END_TEST

START_TEST(two_families_in_one_folder_are_an_error)
{
    tree_file(&tree, "MV.xml", METAVERSE);
    tree_file(
        &tree, "a.xml",
        "<saved-ma-configuration>" AGENT_WITH(ID_1, "A", "") "</saved-ma-configuration>");
    tree_file(&tree, "b.xml", AGENT_WITH(ID_2, "B", ""));
    is_refused(tree.folder, "both product families");
}
END_TEST

START_TEST(another_format_version_is_an_error)
{
    text_is_refused("<ma-data>\n<format-version>2</format-version><id>" ID_1
                    "</id><name>A</name><category>AD</category><schema/></ma-data>",
                    "file.xml:2:1: format-version is '2'");
}
END_TEST

/* --- all errors, each with its place ----------------------------------------------- */

static const char five_errors[] =
    "<ma-data>\n"
    "  <format-version>1</format-version>\n"
    "  <id>not a guid</id>\n"
    "  <name>A</name>\n"
    "  <category>AD</category><schema/>\n"
    "  <stay-disconnector><filter-set cd-object-type=\"x\" type=\"declared\">\n"
    "    <filter-alternative><condition cd-attribute=\"a\" operator=\"smells-like\"/>\n"
    "    </filter-alternative></filter-set></stay-disconnector>\n"
    "  <ma-run-data><run-configuration><id>" ID_1 "</id><name>p</name><configuration>\n"
    "    <step><step-type type=\"teleport\"/><threshold><object>-5</object></threshold>\n"
    "    </step><step/></configuration></run-configuration></ma-run-data>\n"
    "</ma-data>\n";

START_TEST(every_error_is_listed_with_line_and_column)
{
    static const struct {
        unsigned line;
        unsigned column;
        const char *text;
    } wanted[] = {
        {3, 3, "id='not a guid'"},
        {7, 25, "operator='smells-like': wanted one of equality,"},
        {10, 11, "type='teleport'"},
        {10, 50, "object='-5': wanted a number"},
        {11, 12, "'step-type' is missing in 'step'"},
    };
    size_t at = 0;

    ck_assert_int_eq(reading(tree_file(&tree, "five.xml", five_errors)), MA_INVALID);
    ck_assert_str_eq(err.text, "five.xml:3:3: id='not a guid': wanted a GUID");
    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        if (finding->level != FINDING_ERROR)
            continue;
        ck_assert_uint_lt(at, sizeof wanted / sizeof wanted[0]);
        ck_assert_uint_eq(finding->place.line, wanted[at].line);
        ck_assert_uint_eq(finding->place.column, wanted[at].column);
        ck_assert_msg(strstr(finding->text, wanted[at].text) != NULL, "%s",
                      finding->text);
        at++;
    }
    ck_assert_uint_eq(at, sizeof wanted / sizeof wanted[0]);
}
END_TEST

START_TEST(a_tag_over_several_lines_has_the_place_of_its_beginning)
{
    const char *path = tree_file(&tree, "a.xml",
                                 "<ma-data>\n <export-attribute-flow>  <export-flow-set\n"
                                 "   cd-object-type=\"\"\n   mv-object-type=\"p\"/>\n"
                                 " </export-attribute-flow>\n</ma-data>");
    bool found = false;

    reading(path);
    for (size_t i = 0; i < config->finding_count; i++)
        if (strstr(config->findings[i].text, "'cd-object-type' is missing") != NULL) {
            ck_assert_uint_eq(config->findings[i].place.line, 2);
            ck_assert_uint_eq(config->findings[i].place.column, 27);
            ck_assert_str_eq(config->findings[i].path,
                             "ma-data/export-attribute-flow/export-flow-set");
            found = true;
        }
    ck_assert(found);
}
END_TEST

START_TEST(a_reference_to_an_id_that_is_not_defined_is_left_out_with_a_warning)
{
    const char *path = tree_file(
        &tree, "a.xml",
        "<ma-data><format-version>1</format-version><id>" ID_1 "</id><name>A</name>"
        "<category>AD</category><schema><dsml xmlns='http://www.dsml.org/DSML'>"
        "<directory-schema><class id='C' superior='#nowhere'><name>user</name>"
        "<attribute ref='#a'/><attribute ref='#b'/></class><attribute-type id='a'>"
        "<name>a</name><syntax>1.2.3</syntax></attribute-type></directory-schema></dsml>"
        "</schema></ma-data>");

    ck_assert_int_eq(reading(path), MA_OK);
    ck_assert_uint_eq(config->agents[0].schema.classes[0].attribute_count, 1);
    ck_assert_int_eq(config->agents[0].schema.classes[0].superior, -1);
    ck_assert_uint_eq(count_of(FINDING_WARNING), 3);
}
END_TEST

START_TEST(a_password_in_a_broken_place_is_not_printed)
{
    const char *path = tree_file(
        &tree, "a.xml",
        AGENT_WITH(ID_1, "A",
                   "<export-attribute-flow><export-flow-set cd-object-type='user' "
                   "mv-object-type='person'><export-flow cd-attribute='unicodePwd'>"
                   "<constant-mapping><zap>Geheim1</zap>Geheim2<constant-value>Geheim3"
                   "</constant-value></constant-mapping></export-flow></export-flow-set>"
                   "</export-attribute-flow>"));

    reading(path);
    ck_assert_uint_ge(config->finding_count, 2);
    for (size_t i = 0; i < config->finding_count; i++)
        ck_assert_ptr_null(strstr(config->findings[i].text, "Geheim"));
}
END_TEST

SUITE_WITH("config/hostile", begin, end, a_doctype_is_refused_before_anything_in_it,
           an_entity_that_nobody_declared_is_refused, the_five_entities_of_xml_are_read,
           elements_may_not_be_nested_without_end,
           a_long_line_of_elements_is_read_as_a_stream,
           a_long_text_that_nobody_reads_is_passed_over,
           a_long_text_that_would_be_kept_is_refused, a_long_attribute_is_refused,
           a_file_beyond_the_limit_is_not_even_read,
           unknown_names_without_number_are_listed_to_a_limit,
           references_without_number_that_lead_nowhere_are_listed_to_a_limit,
           an_unknown_name_is_listed_once, a_file_cut_anywhere_is_refused,
           bytes_that_are_no_utf8_are_refused_with_their_line,
           a_declared_encoding_is_read, utf16_with_a_mark_is_read_either_way_round,
           a_wrong_root_is_named, a_wrapper_without_its_agent_is_refused,
           a_file_with_a_name_of_ours_must_be_ours, a_policy_of_connect_is_named,
           what_is_no_xml_is_refused, an_empty_folder_is_refused,
           a_foreign_file_is_a_warning, a_pipe_with_a_name_of_ours_is_not_waited_for,
           two_agents_with_one_id_are_an_error, two_agents_with_one_name_are_an_error,
           two_metaverses_are_an_error, two_families_in_one_folder_are_an_error,
           another_format_version_is_an_error, every_error_is_listed_with_line_and_column,
           a_tag_over_several_lines_has_the_place_of_its_beginning,
           a_reference_to_an_id_that_is_not_defined_is_left_out_with_a_warning,
           a_password_in_a_broken_place_is_not_printed)
