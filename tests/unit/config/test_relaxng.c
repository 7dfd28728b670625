/* SPDX-License-Identifier: Apache-2.0 */
#include "config/relaxng.h"

#include <dirent.h>
#include <libxml/relaxng.h>
#include <stdio.h>

#include "config/instance_file.h"
#include "suite.h"
#include "tree.h"

#define SCHEMAS SOURCE_DIR "/schemas/"
#define DATA SOURCE_DIR "/tests/unit/config/data/"

static void be_quiet(void *context, const char *text, ...)
{
    (void)context, (void)text;
}

static xmlRelaxNGPtr schema_of(const char *root)
{
    char path[1024];
    xmlRelaxNGParserCtxtPtr parser;
    xmlRelaxNGPtr schema;

    snprintf(path, sizeof path, SCHEMAS "%s.rng", root);
    parser = xmlRelaxNGNewParserCtxt(path);
    schema = xmlRelaxNGParse(parser);
    xmlRelaxNGFreeParserCtxt(parser);
    ck_assert_msg(schema != NULL, "%s is no schema", path);
    return schema;
}

static bool is_valid(const char *root, xmlDocPtr file)
{
    xmlRelaxNGPtr schema = schema_of(root);
    xmlRelaxNGValidCtxtPtr valid = xmlRelaxNGNewValidCtxt(schema);
    int result;

    xmlRelaxNGSetValidErrors(valid, be_quiet, be_quiet, NULL);
    result = xmlRelaxNGValidateDoc(valid, file);
    xmlRelaxNGFreeValidCtxt(valid);
    xmlRelaxNGFree(schema);
    return result == 0;
}

static bool is_valid_file(const char *root, const char *path)
{
    xmlDocPtr file = xmlReadFile(path, NULL, XML_PARSE_NONET);
    bool valid;

    ck_assert_msg(file != NULL, "%s", path);
    valid = is_valid(root, file);
    xmlFreeDoc(file);
    return valid;
}

/* The first <elements> of that name in the sample get this text. */
static bool is_valid_with(const char *root, const char *path, const char *element,
                          const char *text)
{
    xmlDocPtr file = xmlReadFile(path, NULL, XML_PARSE_NONET);
    xmlNodePtr node = xmlDocGetRootElement(file);
    bool valid;

    while (node != NULL && strcmp((const char *)node->name, element) != 0)
        node = node->children != NULL && node->type == XML_ELEMENT_NODE
                   ? node->children
                   : (node->next != NULL ? node->next : node->parent->next);
    ck_assert_ptr_nonnull(node);
    xmlNodeSetContent(node, (const xmlChar *)text);
    valid = is_valid(root, file);
    xmlFreeDoc(file);
    return valid;
}

START_TEST(the_schemas_are_those_of_the_table)
{
    for (size_t i = 0; relaxng_roots[i] != NULL; i++) {
        BUF_AUTO wanted = {0};
        BUF_AUTO found = {0};
        char path[1024];
        char block[4096];
        size_t n;
        FILE *file;

        relaxng_write(relaxng_roots[i], &wanted);
        snprintf(path, sizeof path, SCHEMAS "%s.rng", relaxng_roots[i]);
        file = fopen(path, "r");
        ck_assert_ptr_nonnull(file);
        while ((n = fread(block, 1, sizeof block, file)) > 0)
            buf_bytes(&found, block, n);
        fclose(file);
        ck_assert_msg(slice_equal(buf_view(&wanted), buf_view(&found)),
                      "%s is not what the table says: build the target schemas", path);
    }
}
END_TEST

static void folder_is_valid(const char *root, const char *folder, const char *beginning)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    int valid = 0;

    for (int i = 0; i < count; i++) {
        char path[2048];

        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (strncasecmp(entries[i]->d_name, beginning, strlen(beginning)) == 0) {
            ck_assert_msg(is_valid_file(root, path), "%s", path);
            valid++;
        }
        free(entries[i]);
    }
    free(entries);
    ck_assert_int_gt(valid, 0);
}

START_TEST(the_samples_are_valid)
{
    folder_is_valid("saved-ma-configuration", DATA "mim", "MA-");
    folder_is_valid("saved-mv-configuration", DATA "mim", "MV");
    folder_is_valid("saved-mv-configuration", DATA "connect/GlobalSettings", "MV");
    folder_is_valid("ma-data", DATA "connect/Connectors", "Connector_");
    folder_is_valid("synchronizationRule", DATA "connect/SynchronizationRules",
                    "SynchronizationRule_");
    folder_is_valid("export-ma", DATA, "export-ma");
}
END_TEST

START_TEST(both_public_exports_are_valid)
{
    const char *corpus = getenv("MACTL_CORPUS");
    char path[1024];
    DIR *there;

    snprintf(path, sizeof path, "%s/mim-contoso",
             corpus == NULL ? SOURCE_DIR "/../shared/corpus" : corpus);
    there = opendir(path);
    if (there == NULL) {
        printf("skipped: there is no %s (set MACTL_CORPUS)\n", path);
        return;
    }
    closedir(there);
    folder_is_valid("saved-ma-configuration", path, "MA-");
    folder_is_valid("saved-mv-configuration", path, "MV");
    strcpy(strrchr(path, '/'), "/aadconnect-contoso/Connectors");
    folder_is_valid("ma-data", path, "Connector_");
    strcpy(strrchr(path, '/'), "/SynchronizationRules");
    folder_is_valid("synchronizationRule", path, "SynchronizationRule_");
}
END_TEST

static const char rule[] = DATA "connect/SynchronizationRules/"
                                "SynchronizationRule_{aaaaaaaa-0000-4000-8000-"
                                "000000000001}.xml";

START_TEST(a_wrong_value_is_not_valid)
{
    ck_assert(is_valid_with("synchronizationRule", rule, "linkType", " join "));
    ck_assert(!is_valid_with("synchronizationRule", rule, "linkType", "Glue"));
    ck_assert(!is_valid_with("synchronizationRule", rule, "connector", "{1}"));
    ck_assert(!is_valid_with("synchronizationRule", rule, "precedence", "first"));
    ck_assert(!is_valid_with("synchronizationRule", rule, "disabled", "maybe"));
    ck_assert(!is_valid_file("ma-data", rule));
}
END_TEST

/* --- mactl.xml --------------------------------------------------------------------- */

static bool is_valid_text(const char *root, const char *text)
{
    xmlDocPtr file =
        xmlReadMemory(text, (int)strlen(text), "mactl.xml", NULL, XML_PARSE_NONET);
    bool valid;

    ck_assert_ptr_nonnull(file);
    valid = is_valid(root, file);
    xmlFreeDoc(file);
    return valid;
}

static bool is_read(struct tree *tree, const char *text)
{
    struct ma_error err = {0};
    struct instance *instance = NULL;
    enum ma_status status;

    tree_file(tree, "mactl.xml", text);
    status = instance_open(&instance, tree->folder, &err);
    instance_close(instance);
    return status == MA_OK;
}

START_TEST(the_schema_of_mactl_xml_says_what_the_program_says)
{
    static const char *const texts[] = {
        "<mactl version='1'/>",
        "<mactl version='2'/>",
        "<mactl/>",
        "<instance version='1'/>",
        "<mactl version='1'><agent name='a' plugin='file_ma'/></mactl>",
        "<mactl version='1'><agent name='a'/></mactl>",
        "<mactl version='1'><agent plugin='file_ma'/></mactl>",
        "<mactl version='1'><agent name=''/></mactl>",
        "<mactl version='1'><agent name='a' colour='red'/></mactl>",
        "<mactl version='1'><agent name='a'>text</agent></mactl>",
        "<mactl version='1'><agent name='a'><parameter name='p'>v</parameter>"
        "<secret name='s' file='f'/><parameter name='q'/></agent></mactl>",
        "<mactl version='1'><agent name='a'><parameter>v</parameter></agent></mactl>",
        "<mactl version='1'><agent name='a'><secret name='s'/></agent></mactl>",
        "<mactl version='1'><agent name='a'><secret name='s' file='f' credential='p'/>"
        "</agent></mactl>",
        "<mactl version='1'><agent name='a'><secret name='s' "
        "credential='x'/></agent></mactl>",
        "<mactl version='1'><extension assembly='A.dll' plugin='a'/></mactl>",
        "<mactl version='1'><extension assembly='A.dll'/></mactl>",
        "<mactl version='1'><setting name='sync-rule-flows-without-service'>true"
        "</setting></mactl>",
        "<mactl version='1'><setting>true</setting></mactl>",
        "<mactl version='1'><guard export-deletes='500'/></mactl>",
        "<mactl version='1'><guard agent='a' export-deletes-percent='5' "
        "import-loss-percent='10'/></mactl>",
        "<mactl version='1'><guard import-loss-percent='101'/></mactl>",
        "<mactl version='1'><guard export-deletes='many'/></mactl>",
        "<mactl version='1'><guard agent='a'/></mactl>",
        "<mactl version='1'><zap/></mactl>",
        "<mactl version='1'><parameter name='p'>v</parameter></mactl>",
    };
    struct tree tree;
    size_t valid = 0;

    tree_begin(&tree);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        bool read = is_read(&tree, texts[i]);

        ck_assert_msg(is_valid_text("mactl", texts[i]) == read, "%s is %s", texts[i],
                      read ? "read" : "refused");
        valid += read;
    }
    ck_assert_uint_eq(valid, 9);
    ck_assert(is_valid_text("mactl", instance_file_template));
    tree_end(&tree);
}
END_TEST

/* A rule file with an element that no rule has, as if the reader had passed over it. */
static size_t check_odd_rule(const struct config_finding *already, size_t count)
{
    const struct config_file file = {.path = "rule.xml", .recognised = true};
    char folder[] = "/tmp/mactl-relaxng-XXXXXX";
    char path[64];
    ARENA_AUTO arena = {0};
    const struct config_finding *found;
    struct config config = {.root = folder,
                            .files = &file,
                            .file_count = 1,
                            .findings = already,
                            .finding_count = count};
    size_t answer;
    FILE *out;

    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/rule.xml", folder);
    out = fopen(path, "w");
    fputs("<synchronizationRule>\n<bogus/>\n</synchronizationRule>\n", out);
    fclose(out);
    answer = relaxng_check(&arena, &config, &found);
    if (answer > 0) {
        ck_assert_int_eq(found[0].level, FINDING_WARNING);
        ck_assert_uint_gt(found[0].place.line, 0);
    }
    remove(path);
    remove(folder);
    return answer;
}

START_TEST(a_file_that_does_not_match_its_schema_is_warned_of_once)
{
    ck_assert_uint_eq(check_odd_rule(NULL, 0), 1);
}
END_TEST

START_TEST(what_the_reader_complained_of_is_not_said_again)
{
    const struct config_finding already = {.level = FINDING_WARNING,
                                           .place = {.file = "rule.xml", .line = 2}};

    ck_assert_uint_eq(check_odd_rule(&already, 1), 0);
}
END_TEST

SUITE("config/relaxng", the_schemas_are_those_of_the_table, the_samples_are_valid,
      both_public_exports_are_valid, a_wrong_value_is_not_valid,
      the_schema_of_mactl_xml_says_what_the_program_says,
      a_file_that_does_not_match_its_schema_is_warned_of_once,
      what_the_reader_complained_of_is_not_said_again)
