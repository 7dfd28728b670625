/* SPDX-License-Identifier: Apache-2.0 */
#include "config/instance_table.h"

#include <libxml/relaxng.h>

#include "config/disk.h"
#include "config/instance_file.h"
#include "suite.h"
#include "tree.h"

static const char schema_file[] = SOURCE_DIR "/schemas/mactl.rng";
static struct tree tree;
static xmlRelaxNG *schema;

static void be_quiet(void *context, const char *text, ...)
{
    (void)context;
    (void)text;
}

static void begin(void)
{
    xmlRelaxNGParserCtxt *parser = xmlRelaxNGNewParserCtxt(schema_file);

    tree_begin(&tree);
    schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    ck_assert_ptr_nonnull(schema);
}

static void end(void)
{
    xmlRelaxNGFree(schema);
    tree_end(&tree);
}

static bool schema_takes(const char *text)
{
    xmlDoc *document = xmlReadMemory(text, (int)strlen(text), NULL, NULL, 0);
    xmlRelaxNGValidCtxt *valid = xmlRelaxNGNewValidCtxt(schema);
    int result;

    ck_assert_ptr_nonnull(document);
    xmlRelaxNGSetValidErrors(valid, be_quiet, be_quiet, NULL);
    result = xmlRelaxNGValidateDoc(valid, document);
    xmlRelaxNGFreeValidCtxt(valid);
    xmlFreeDoc(document);
    return result == 0;
}

static bool reader_takes(const char *text)
{
    struct ma_error err = {0};

    return instance_check(tree_file(&tree, "mactl.xml", text), &err) == MA_OK;
}

START_TEST(the_schema_is_that_of_the_table)
{
    BUF_AUTO wanted = {0};

    mactl_schema_write(&wanted);
    ck_assert_msg(strcmp(tree_read(&tree, schema_file), wanted.at) == 0,
                  "schemas/mactl.rng is not what the table says: build the target "
                  "'schemas'");
}
END_TEST

START_TEST(schema_and_reader_take_the_same)
{
    static const struct {
        const char *inside;
        bool right;
    } cases[] = {
        {"", true},
        {"<agent name=\"a\"/>", true},
        {"<agent name=\"a\" plugin=\"p\"><secret name=\"s\" file=\"f\"/>"
         "<parameter name=\"x\">y</parameter><secret name=\"t\" "
         "credential=\"T\"/></agent>",
         true},
        {"<guard export-deletes=\"0\"/><agent name=\"a\"/><guard agent=\"a\" "
         "import-loss-percent=\"100\"/>",
         true},
        {"<guard export-deletes=\"1\" export-deletes-percent=\"2\" "
         "import-loss-percent=\"3\"/>",
         true},
        {"<guard export-deletes-percent=\"2\" import-loss-percent=\"3\"/>", true},
        {"<setting name=\"sync-rule-flows-without-service\"> TRUE </setting>", true},
        {"<extension assembly=\"a.dll\" plugin=\"a\"/>", true},
        {"<cycle agent=\"a\" export=\"Export\" delta-import=\"DI\"/>", true},
        {"<cycle agent=\"a\" skip=\"TRUE\"/>", true},
        {"<cycle agent=\"a\"/>", false},
        {"<cycle export=\"Export\"/>", false},
        {"<cycle agent=\"a\" skip=\"perhaps\"/>", false},
        {"<cycle agent=\"a\" export=\"\"/>", false},
        {"<agent/>", false},
        {"<agent name=\"\"/>", false},
        {"<agent name=\"a\" plugin=\"\"/>", false},
        {"<agent name=\"a\">text</agent>", false},
        {"<agent name=\"a\"><guard export-deletes=\"1\"/></agent>", false},
        {"<agent name=\"a\"><secret name=\"s\"/></agent>", false},
        {"<agent name=\"a\"><secret name=\"s\" file=\"f\" credential=\"x\"/></agent>",
         false},
        {"<agent name=\"a\"><parameter>y</parameter></agent>", false},
        {"<parameter name=\"x\">y</parameter>", false},
        {"<guard/>", false},
        {"<guard agent=\"a\"/>", false},
        {"<guard export-deletes=\"-1\"/>", false},
        {"<guard import-loss-percent=\"101\"/>", false},
        {"<setting name=\"sync-rule-flows-without-service\">perhaps</setting>", false},
        {"<setting name=\"other\">true</setting>", false},
        {"<extension assembly=\"a.dll\"/>", false},
        {"<other/>", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text =
            arena_print(&tree.arena, "<mactl version=\"1\">%s</mactl>", cases[i].inside);

        ck_assert_msg(reader_takes(text) == cases[i].right, "reader: %s",
                      cases[i].inside);
        ck_assert_msg(schema_takes(text) == cases[i].right, "schema: %s",
                      cases[i].inside);
    }
    ck_assert(!schema_takes("<mactl version=\"2\"/>") && !schema_takes("<mactl/>"));
}
END_TEST

START_TEST(the_schema_takes_the_template)
{
    ck_assert(schema_takes(instance_file_template));
}
END_TEST

SUITE_WITH("config/instance_table", begin, end, the_schema_is_that_of_the_table,
           schema_and_reader_take_the_same, the_schema_takes_the_template)
