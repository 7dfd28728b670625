/* SPDX-License-Identifier: Apache-2.0 */
#include "config/instance.h"

#include <sys/wait.h>

#include "config/disk.h"
#include "config/instance_file.h"
#include "suite.h"
#include "tree.h"

static struct tree tree;
static struct instance *instance;
static struct ma_error err;

static void begin(void)
{
    tree_begin(&tree);
    instance = NULL;
    err = (struct ma_error){0};
}

static void end(void)
{
    instance_close(instance);
    tree_end(&tree);
}

/* The status of opening an instance whose mactl.xml has this text. */
static enum ma_status opened(const char *text)
{
    tree_file(&tree, "mactl.xml", text);
    return instance_open(&instance, tree.folder, &err);
}

static void ck_refused(const char *text, const char *why)
{
    err = (struct ma_error){0};
    ck_assert_int_eq(opened(text), MA_INVALID);
    ck_assert_msg(strstr(err.text, why) != NULL, "'%s' does not say '%s'", err.text, why);
}

static struct agent agent_of(const char *name, const char *category, const char *subtype)
{
    return (struct agent){.name = name, .category = category, .subtype = subtype};
}

/* --- making and opening ---------------------------------------------------------- */

START_TEST(a_new_instance_has_its_folders_and_opens)
{
    const char *folder = tree_path(&tree, "above/new");
    struct stat about;

    ck_assert_int_eq(instance_create(folder, &err), MA_OK);
    ck_assert_int_eq(instance_open(&instance, folder, &err), MA_OK);
    ck_assert_uint_eq(instance->agent_count, 0);
    ck_assert_int_eq(stat(instance_path(instance, "config"), &about), 0);
    ck_assert_int_eq(stat(instance_path(instance, "secrets"), &about), 0);
    ck_assert_uint_eq(about.st_mode & 0777, 0700);
}
END_TEST

START_TEST(an_instance_is_made_in_an_empty_folder_that_is_there)
{
    ck_assert_int_eq(instance_create(tree.folder, &err), MA_OK);
    ck_assert_int_eq(instance_open(&instance, tree.folder, &err), MA_OK);
}
END_TEST

START_TEST(a_folder_that_holds_something_else_stays_as_it_is)
{
    const char *before;

    tree_file(&tree, "config/mine.txt", "mine");
    before = tree_picture(&tree, tree.folder);

    ck_assert_int_eq(instance_create(tree.folder, &err), MA_CONFLICT);
    ck_assert_ptr_nonnull(strstr(err.text, "'config'"));
    ck_assert_str_eq(tree_picture(&tree, tree.folder), before);
}
END_TEST

START_TEST(an_instance_is_not_made_over_another)
{
    ck_assert_int_eq(instance_create(tree.folder, &err), MA_OK);
    ck_assert_int_eq(instance_create(tree.folder, &err), MA_CONFLICT);
    ck_assert_ptr_nonnull(strstr(err.text, "already"));
}
END_TEST

START_TEST(a_folder_without_the_file_is_no_instance)
{
    ck_assert_int_eq(instance_open(&instance, tree.folder, &err), MA_NOT_FOUND);
    ck_assert_ptr_nonnull(strstr(err.text, "mactl.xml"));
}
END_TEST

START_TEST(making_may_be_killed_at_any_step_and_tried_again)
{
    const char *folder = tree_path(&tree, "new");
    unsigned long nth = 0;
    int status;

    do {
        pid_t child = fork();

        nth++;
        if (child == 0) {
            disk_die_at(nth);
            _exit(instance_create(folder, &err) == MA_OK ? 0 : 1);
        }
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        if (WEXITSTATUS(status) == 0)
            break;
        ck_assert_int_eq(WEXITSTATUS(status), 137);
        ck_assert_int_eq(instance_open(&instance, folder, &err), MA_NOT_FOUND);
        ck_assert_int_eq(instance_create(folder, &err), MA_OK);
        ck_assert_int_eq(disk_remove(folder, &err), MA_OK);
    } while (nth < 100);

    ck_assert_uint_gt(nth, 6);
    ck_assert_int_eq(instance_open(&instance, folder, &err), MA_OK);
}
END_TEST

/* --- mactl.xml ------------------------------------------------------------------- */

static const char full[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<mactl version=\"1\">\n"
    "  <agent name=\"Contoso.com\" plugin=\"file_ma\">\n"
    "    <parameter name=\"format\"> ldif\n</parameter>\n"
    "    <parameter name=\"column\">a</parameter>\n"
    "    <parameter name=\"column\">b &lt;c&gt;</parameter>\n"
    "    <secret name=\"password\" file=\"secrets/contoso\"/>\n"
    "    <secret name=\"token\" credential=\"cloud\"/>\n"
    "  </agent>\n"
    "  <agent name=\"{18160047-5056-41cb-8d2b-9ec4380dff2e}\" plugin=\"build/x.so\"/>\n"
    "  <extension assembly=\"Corp.Rules.dll\" plugin=\"corp_rules\"/>\n"
    "  <setting name=\"sync-rule-flows-without-service\">true</setting>\n"
    "  <guard export-deletes=\"50\"/>\n"
    "  <guard agent=\"contoso.com\" export-deletes-percent=\"7\" "
    "export-updates=\"9\" export-renames=\"8\" export-member-removals=\"6\" "
    "export-attribute-clears=\"4\" export-updates-percent=\"10\" "
    "export-renames-percent=\"11\" export-member-removals-percent=\"12\" "
    "export-attribute-clears-percent=\"13\"/>\n"
    "</mactl>\n";

START_TEST(everything_that_the_file_says_is_there)
{
    struct agent agent = agent_of("contoso.com", "AD", "");
    const struct agent_binding *binding;

    ck_assert_msg(opened(full) == MA_OK, "%s", err.text);
    binding = instance_binding(instance, &agent);
    ck_assert_ptr_nonnull(binding);
    ck_assert_str_eq(binding->plugin, "file_ma");
    ck_assert_uint_eq(binding->parameter_count, 3);
    ck_assert_str_eq(binding->parameters[0].value, "ldif");
    ck_assert_str_eq(binding->parameters[2].value, "b <c>");
    ck_assert_uint_eq(binding->secret_count, 2);
    ck_assert_int_eq(binding->secrets[0].kind, SECRET_FILE);
    ck_assert_str_eq(binding->secrets[0].where, "secrets/contoso");
    ck_assert_int_eq(binding->secrets[1].kind, SECRET_CREDENTIAL);
    ck_assert_uint_eq(binding->place.line, 3);
    ck_assert_uint_eq(binding->place.column, 3);
}
END_TEST

START_TEST(the_template_of_a_new_instance_says_nothing)
{
    ck_assert_msg(opened(instance_file_template) == MA_OK, "%s", err.text);
    ck_assert_uint_eq(instance->agent_count + instance->guard_count, 0);
}
END_TEST

/* What stands in the comments of the template must be right once it is uncommented. */
START_TEST(the_examples_in_the_template_are_read)
{
    BUF_AUTO text = {0};
    const char *at = strstr(instance_file_template, "<mactl");

    while (*at != '\0') {
        const char *line = at;
        size_t length = strcspn(at, "\n") + 1;

        at += length;
        if (strstr(line, "<!--") != NULL && strstr(line, "<!--") < at)
            continue;
        if (length == 6 && strncmp(line, "  -->\n", 6) == 0)
            continue;
        buf_bytes(&text, line, length);
    }
    ck_assert_msg(opened(text.at) == MA_OK, "%s in\n%s", err.text, text.at);
    ck_assert_uint_eq(instance->agent_count, 1);
    ck_assert_uint_eq(instance->extension_count, 1);
    ck_assert_uint_eq(instance->guard_count, 1);
    ck_assert_uint_eq(instance->setting_count, 1);
}
END_TEST

START_TEST(what_is_not_known_is_refused_at_its_place_with_the_nearest_name)
{
    ck_refused("<mactl version=\"1\">\n  <agnet name=\"x\"/>\n</mactl>",
               "mactl.xml:2:3: <mactl> has no element <agnet>, did you mean 'agent'?");
    ck_refused("<mactl version=\"1\">\n\t<agent name=\"x\"\n plugni=\"y\"/></mactl>",
               ":2:2: <agent> has no attribute 'plugni', did you mean 'plugin'?");
    ck_refused("<mactl version=\"1\"><setting name=\"sync-rule-flow-without-service\">"
               "true</setting></mactl>",
               "1:20: there is no setting 'sync-rule-flow-without-service', did you mean "
               "'sync-rule-flows-without-service'?");
    ck_refused("<mactl version=\"1\"><parameter name=\"x\">y</parameter></mactl>",
               "<mactl> has no element <parameter>");
    ck_refused("<config/>", "1:1: the root is <mactl>, not <config>");
    ck_refused("<mactl version=\"1\" xmlns=\"urn:x\"/>", "no namespaces");
    ck_refused("<mactl version=\"1\"><agent name=\"x\"><parameter name=\"a\"><b/>"
               "</parameter></agent></mactl>",
               "<parameter> has no element <b>");
}
END_TEST

START_TEST(what_is_missing_or_wrong_is_refused)
{
    ck_refused("<mactl/>", "<mactl> needs the attribute 'version'");
    ck_refused("<mactl version=\"2\"/>", "reads version 1");
    ck_refused("<mactl version=\"1\"><agent plugin=\"x\"/></mactl>",
               "needs the attribute");
    ck_refused("<mactl version=\"1\"><agent name=\"\"/></mactl>", "'name' is empty");
    ck_refused("<mactl version=\"1\">text</mactl>", "<mactl> holds elements, no text");
    ck_refused("<mactl version=\"1\"><guard/></mactl>", "at least one number");
    ck_refused("<mactl version=\"1\"><guard export-deletes=\"-1\"/></mactl>",
               "export-deletes: '-1' is no number");
    ck_refused("<mactl version=\"1\"><guard import-loss-percent=\"101\"/></mactl>",
               "no number from 0 to 100");
    ck_refused("<mactl version=\"1\"><setting "
               "name=\"sync-rule-flows-without-service\">yes</setting></mactl>",
               "true or false, not 'yes'");
    ck_refused(
        "<mactl version=\"1\"><agent name=\"x\"><secret name=\"p\"/></agent></mactl>",
        "comes from one place");
    ck_refused("<mactl version=\"1\"><agent name=\"x\"><secret name=\"p\" file=\"a\" "
               "credential=\"b\"/></agent></mactl>",
               "comes from one place");
}
END_TEST

START_TEST(what_is_said_twice_is_refused)
{
    ck_refused("<mactl version=\"1\">\n<agent name=\"x\"/><agent name=\"X\"/></mactl>",
               "2:18: the agent 'X' is here already, in line 2");
    ck_refused("<mactl version=\"1\"><extension assembly=\"a.dll\" plugin=\"a\"/>"
               "<extension assembly=\"A.dll\" plugin=\"b\"/></mactl>",
               "'A.dll' is here already");
    ck_refused("<mactl version=\"1\"><guard export-deletes=\"1\"/>"
               "<guard export-deletes=\"2\"/></mactl>",
               "this guard is here already");
    ck_refused("<mactl version=\"1\"><agent name=\"x\"><secret name=\"p\" file=\"a\"/>"
               "<secret name=\"P\" file=\"b\"/></agent></mactl>",
               "the secret 'P' is here already");
    ck_refused("<mactl version=\"1\"><setting name=\"sync-rule-flows-without-service\">1"
               "</setting><setting name=\"sync-rule-flows-without-service\">1</setting>"
               "</mactl>",
               "is here already");
}
END_TEST

START_TEST(what_is_no_xml_or_hostile_is_refused_at_its_place)
{
    ck_refused("", "1:1: the file is empty");
    ck_refused("<mactl version=\"1\">\n  <agent name=\"x\">\n</mactl>", "mactl.xml:3:");
    ck_refused("<mactl version=\"1\">", "mactl.xml:1:");
    ck_refused("<!DOCTYPE mactl [<!ENTITY x SYSTEM \"/etc/passwd\">]>\n"
               "<mactl version=\"1\"><agent name=\"a\"><parameter "
               "name=\"p\">&x;</parameter></agent></mactl>",
               "1:1: a DOCTYPE has no place here");
    ck_refused("<mactl version=\"1\"><agent name=\"a\"><parameter name=\"p\">&x;"
               "</parameter></agent></mactl>",
               "Entity 'x' not defined");
    ck_refused("<mactl version=\"1\"><agent name=\"\xff\"/></mactl>", "mactl.xml:1:");
}
END_TEST

START_TEST(columns_count_characters)
{
    ck_refused("<mactl version=\"1\"><!-- äöü --><oops/></mactl>", ":1:32: ");
}
END_TEST

/* --- plugins --------------------------------------------------------------------- */

START_TEST(the_category_says_which_plugin_serves_an_agent)
{
    static const struct {
        const char *category;
        const char *subtype;
        const char *plugin;
    } cases[] = {
        {"AD", "", "ad_ma"},
        {"adam", NULL, "ad_ma"},
        {"Extensible2", "windows azure active directory (microsoft)", "cloud_ma"},
        {"Extensible2", "Generic LDAP (Microsoft)", NULL},
        {"Delimited", "", "file_ma"},
        {"Fixed Width", "", "file_ma"},
        {"AVP", "", "file_ma"},
        {"LDIF", "", "file_ma"},
        {"MSSQL", "", NULL},
        {"FIM", "", NULL},
    };

    ck_assert_int_eq(opened("<mactl version=\"1\"/>"), MA_OK);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct agent agent = agent_of("x", cases[i].category, cases[i].subtype);

        ck_assert_pstr_eq(instance_plugin(instance, &agent), cases[i].plugin);
    }
}
END_TEST

START_TEST(the_list_name_stands_in_for_an_empty_subtype)
{
    struct agent agent = agent_of("x", "Extensible2", "");

    agent.list_name = "Windows Azure Active Directory (Microsoft)";
    ck_assert_int_eq(opened("<mactl version=\"1\"/>"), MA_OK);
    ck_assert_pstr_eq(instance_plugin(instance, &agent), "cloud_ma");
}
END_TEST

START_TEST(the_file_name_of_a_connector_says_its_plugin)
{
    static const struct parameter private[] = {
        {.name = "MAConfig/extension-config/filename",
         .value = "C:\\Extensions\\Corp.Connector.DLL"}};
    struct agent agent = agent_of("x", "Extensible2", "Corp");

    agent.private_configuration = private;
    agent.private_count = 1;
    ck_assert_int_eq(opened("<mactl version=\"1\"><extension assembly=\"Other.dll\" "
                            "plugin=\"y\"/></mactl>"),
                     MA_OK);
    ck_assert_pstr_eq(instance_plugin(instance, &agent), "Corp.Connector");
}
END_TEST

START_TEST(what_mactl_xml_says_comes_first_by_name_or_id)
{
    struct agent named = agent_of("CONTOSO.com", "AD", "");
    struct agent by_id = agent_of("y", "AD", "");

    guid_parse(slice_text("{18160047-5056-41CB-8D2B-9EC4380DFF2E}"), &by_id.id);
    ck_assert_int_eq(opened(full), MA_OK);
    ck_assert_pstr_eq(instance_plugin(instance, &named), "file_ma");
    ck_assert_pstr_eq(instance_plugin(instance, &by_id), tree_path(&tree, "build/x.so"));
}
END_TEST

START_TEST(a_binding_without_a_plugin_leaves_it_to_the_category)
{
    struct agent agent = agent_of("x", "LDIF", "");

    ck_assert_int_eq(opened("<mactl version=\"1\"><agent name=\"x\"/></mactl>"), MA_OK);
    ck_assert_ptr_nonnull(instance_binding(instance, &agent));
    ck_assert_pstr_eq(instance_plugin(instance, &agent), "file_ma");
}
END_TEST

START_TEST(an_assembly_is_bound_or_means_its_stem)
{
    ck_assert_int_eq(opened(full), MA_OK);
    ck_assert_pstr_eq(instance_extension(instance, "corp.rules.dll"), "corp_rules");
    ck_assert_pstr_eq(instance_extension(instance, "MV.Rules.dll"), "MV.Rules");
    ck_assert_pstr_eq(instance_extension(instance, NULL), NULL);
    ck_assert_pstr_eq(instance_extension(instance, ".dll"), ".dll");
}
END_TEST

/* --- settings, guards, paths ----------------------------------------------------- */

START_TEST(a_setting_is_what_the_file_says_else_its_fallback)
{
    ck_assert_int_eq(opened(full), MA_OK);
    ck_assert(instance_flag(instance, "sync-rule-flows-without-service", false));
    instance_close(instance);
    ck_assert_int_eq(opened("<mactl version=\"1\"/>"), MA_OK);
    ck_assert(!instance_flag(instance, "sync-rule-flows-without-service", true));
    ck_assert_ptr_null(instance_setting(instance, "nothing"));
}
END_TEST

START_TEST(a_guard_of_an_agent_completes_the_general_one_and_the_defaults)
{
    struct agent named = agent_of("contoso.com", "AD", "");
    struct agent other = agent_of("other", "AD", "");
    struct guard guard;

    ck_assert_int_eq(opened(full), MA_OK);
    guard = instance_guard(instance, &named);
    ck_assert_uint_eq(guard.export_deletes, 50);
    ck_assert_uint_eq(guard.export_deletes_percent, 7);
    ck_assert_uint_eq(guard.import_loss_percent, 10);
    ck_assert_uint_eq(guard.export_updates, 9);
    ck_assert_uint_eq(guard.export_renames, 8);
    ck_assert_uint_eq(guard.export_member_removals, 6);
    ck_assert_uint_eq(guard.export_attribute_clears, 4);
    ck_assert_uint_eq(guard.export_updates_percent, 10);
    ck_assert_uint_eq(guard.export_renames_percent, 11);
    ck_assert_uint_eq(guard.export_member_removals_percent, 12);
    ck_assert_uint_eq(guard.export_attribute_clears_percent, 13);
    ck_assert_uint_eq(guard.given, GUARD_EXPORT_DELETES | GUARD_EXPORT_PERCENT |
                                       GUARD_EXPORT_UPDATES | GUARD_EXPORT_RENAMES |
                                       GUARD_MEMBER_REMOVALS | GUARD_ATTRIBUTE_CLEARS |
                                       GUARD_UPDATES_PERCENT | GUARD_RENAMES_PERCENT |
                                       GUARD_REMOVALS_PERCENT | GUARD_CLEARS_PERCENT);
    guard = instance_guard(instance, &other);
    ck_assert_uint_eq(guard.export_deletes_percent, 5);
    ck_assert_str_eq(guard.agent, "other");
}
END_TEST

START_TEST(the_data_of_an_agent_has_a_folder_below_madata_whatever_its_name)
{
    ck_assert_int_eq(opened("<mactl version=\"1\"/>"), MA_OK);
    ck_assert_str_eq(instance_madata(instance, "contoso.onmicrosoft.com - AAD"),
                     tree_path(&tree, "madata/contoso.onmicrosoft.com - AAD"));
    ck_assert(disk_exists(tree_path(&tree, "madata/contoso.onmicrosoft.com - AAD")));
    ck_assert_str_eq(instance_madata(instance, "a/../b"),
                     tree_path(&tree, "madata/a%2F..%2Fb"));
    ck_assert_str_eq(instance_madata(instance, ".."), tree_path(&tree, "madata/%.."));
}
END_TEST

SUITE_WITH("config/instance", begin, end, a_new_instance_has_its_folders_and_opens,
           an_instance_is_made_in_an_empty_folder_that_is_there,
           a_folder_that_holds_something_else_stays_as_it_is,
           an_instance_is_not_made_over_another, a_folder_without_the_file_is_no_instance,
           making_may_be_killed_at_any_step_and_tried_again,
           everything_that_the_file_says_is_there,
           the_template_of_a_new_instance_says_nothing,
           the_examples_in_the_template_are_read,
           what_is_not_known_is_refused_at_its_place_with_the_nearest_name,
           what_is_missing_or_wrong_is_refused, what_is_said_twice_is_refused,
           what_is_no_xml_or_hostile_is_refused_at_its_place, columns_count_characters,
           the_category_says_which_plugin_serves_an_agent,
           the_list_name_stands_in_for_an_empty_subtype,
           the_file_name_of_a_connector_says_its_plugin,
           what_mactl_xml_says_comes_first_by_name_or_id,
           a_binding_without_a_plugin_leaves_it_to_the_category,
           an_assembly_is_bound_or_means_its_stem,
           a_setting_is_what_the_file_says_else_its_fallback,
           a_guard_of_an_agent_completes_the_general_one_and_the_defaults,
           the_data_of_an_agent_has_a_folder_below_madata_whatever_its_name)
