/* SPDX-License-Identifier: Apache-2.0 */

/* The engine's half of ma_host, and the example agent hosted by it. */

#include "hosted.h"

static struct hosted h;
static const struct parameter step[] = {
    {.name = "input-file", .value = "step", .type = ""}};
static const struct parameter values[] = {
    {.name = "Forest.FQDN", .value = "x.example", .type = ""},
    {.name = "password", .value = "sealed", .type = "", .encrypted = true}};

static void begin(void)
{
    hosted_begin(&h);
    hosted_attribute(&h, "uid", VALUE_STRING, true);
    hosted_attribute(&h, "age", VALUE_NUMBER, true);
    hosted_attribute(&h, "friend", VALUE_REFERENCE, false);
    hosted_class(&h, "person", -1);
}

static void end(void)
{
    hosted_end(&h);
}

static struct ma_host *make(const struct ma_plugin *plugin)
{
    struct host_request request = {.agent = &h.agent,
                                   .binding = &h.binding,
                                   .step = step,
                                   .step_count = 1,
                                   .plugin = plugin,
                                   .madata = h.folder,
                                   .instance = h.folder};

    return host_new(&request);
}

START_TEST(a_parameter_comes_from_the_first_source_that_has_it)
{
    static const struct ma_param params[] = {{.name = "mode", .fallback = "fallback"},
                                             {.name = "file", .fallback = "fallback"},
                                             {.name = NULL}};
    const struct ma_plugin plugin = {.params = params};
    struct ma_host *host;

    hosted_param(&h, "input-file", "mactl.xml");
    hosted_param(&h, "file", "mactl.xml");
    hosted_private(&h, "file", "private");
    hosted_private(&h, "MAConfig/x@y", "private");
    h.agent.parameters = values;
    h.agent.parameter_count = 2;
    host = make(&plugin);

    ck_assert_str_eq(host->param(host, "INPUT-FILE"), "step");
    ck_assert_str_eq(host->param(host, "file"), "mactl.xml");
    ck_assert_str_eq(host->param(host, "maconfig/x@y"), "private");
    ck_assert_str_eq(host->param(host, "Forest.FQDN"), "x.example");
    ck_assert_str_eq(host->param(host, "mode"), "fallback");
    ck_assert_ptr_null(host->param(host, "password"));
    ck_assert_ptr_null(host->param(host, "nowhere"));
    host_free(host);
}
END_TEST

START_TEST(component_mappings_are_a_parameter_that_repeats)
{
    static const struct component_mapping mappings[] = {
        {.dn_component = "ou", .object_class = "organizationalUnit"},
        {.dn_component = "o", .object_class = "organization"}};
    struct ma_host *host;

    h.agent.component_mappings = mappings;
    h.agent.component_count = 2;
    host = make(NULL);

    ck_assert_str_eq(host->param_at(host, "component-mapping", 0),
                     "ou=organizationalUnit");
    ck_assert_str_eq(host->param_at(host, "component-mapping", 1), "o=organization");
    ck_assert_ptr_null(host->param_at(host, "component-mapping", 2));
    host_free(host);
}
END_TEST

START_TEST(a_repeated_parameter_is_never_mixed_from_two_sources)
{
    struct ma_host *host;
    const char *name = NULL;

    hosted_param(&h, "anchor", "a");
    hosted_param(&h, "anchor", "b");
    hosted_private(&h, "anchor", "x");
    hosted_private(&h, "other", "y");
    hosted_private(&h, "anchor", "z");
    host = make(NULL);

    ck_assert_str_eq(host->param_at(host, "anchor", 1), "b");
    ck_assert_ptr_null(host->param_at(host, "anchor", 2));
    ck_assert_str_eq(host->param_item(host, 1, &name), "y");
    ck_assert_str_eq(name, "other");
    ck_assert_ptr_null(host->param_item(host, 3, &name));
    host_free(host);
}
END_TEST

START_TEST(partitions_that_are_selected_and_what_is_said_of_each)
{
    static const struct parameter of_x[] = {
        {.name = "adma-partition-data/preferred-dcs/preferred-dc", .value = "dc1"},
        {.name = "adma-partition-data/dc-failover", .value = "0"},
        {.name = "adma-partition-data/preferred-dcs/preferred-dc", .value = "dc2"}};
    static const struct partition partitions[] = {
        {.name = "DC=w"},
        {.name = "DC=x", .selected = true, .parameters = of_x, .parameter_count = 3},
        {.name = "DC=y", .selected = true}};
    static const char preferred[] = "adma-partition-data/preferred-dcs/preferred-dc";
    struct ma_host *host;

    h.agent.partitions = partitions;
    h.agent.partition_count = 3;
    host = make(NULL);

    ck_assert_str_eq(host->partition(host, 0)->name, "DC=x");
    ck_assert_str_eq(host->partition(host, 1)->name, "DC=y");
    ck_assert_ptr_null(host->partition(host, 2));
    ck_assert_str_eq(host->partition_param(host, "dc=X", preferred, 1), "dc2");
    ck_assert_ptr_null(host->partition_param(host, "DC=x", preferred, 2));
    ck_assert_ptr_null(host->partition_param(host, "DC=y", preferred, 0));
    ck_assert_ptr_null(host->partition_param(host, NULL, preferred, 0));
    host_free(host);
}
END_TEST

START_TEST(a_secret_file_that_others_can_read_is_refused)
{
    static const struct secret_source sources[] = {
        {.name = "password", .kind = SECRET_FILE, .where = "secret"},
        {.name = "unit", .kind = SECRET_CREDENTIAL, .where = "cred"},
        {.name = "outside", .kind = SECRET_CREDENTIAL, .where = "../cred"},
        {.name = "sealed", .kind = SECRET_SEALED, .where = "x"}};
    struct ma_host *host;
    struct ma_error err = {0};
    char out[16];

    h.binding.secrets = sources;
    h.binding.secret_count = 4;
    host = make(NULL);
    hosted_text(&h, "secret", "s3cret\r\n");
    hosted_text(&h, "cred", "from systemd");
    setenv("CREDENTIALS_DIRECTORY", h.folder, 1);

    ck_assert_int_eq(chmod(hosted_path(&h, "secret"), 0640), 0);
    ck_assert_int_eq(host->secret(host, "password", out, sizeof out, &err), MA_DENIED);
    ck_assert_ptr_nonnull(strstr(err.text, "0640"));
    ck_assert_int_eq(chmod(hosted_path(&h, "secret"), 0600), 0);
    ck_assert_int_eq(host->secret(host, "password", out, sizeof out, &err), MA_OK);
    ck_assert_str_eq(out, "s3cret");
    ck_assert_int_eq(host->secret(host, "password", out, 6, &err), MA_INVALID);
    ck_assert_ptr_null(strstr(err.text, "s3c"));
    ck_assert_int_eq(host->secret(host, "unit", out, sizeof out, &err), MA_OK);
    ck_assert_str_eq(out, "from systemd");
    ck_assert_int_eq(host->secret(host, "outside", out, sizeof out, &err), MA_INVALID);
    ck_assert_int_eq(host->secret(host, "sealed", out, sizeof out, &err), MA_DENIED);
    ck_assert_int_eq(host->secret(host, "none", out, sizeof out, &err), MA_NOT_FOUND);
    unsetenv("CREDENTIALS_DIRECTORY");
    host_free(host);
}
END_TEST

START_TEST(the_schema_has_types_anchors_and_inherited_attributes)
{
    static const char *const anchor[] = {"uid", NULL};
    static const int own[] = {2};
    struct ma_host *host;
    const struct ma_schema *schema;

    h.agent.anchor = anchor;
    h.classes[0].attribute_count = 2;
    h.classes[1] = (struct schema_class){
        .name = "boss", .superior = 0, .attributes = own, .attribute_count = 1};
    h.agent.schema.class_count = 2;
    host = make(NULL);
    schema = host->schema(host);

    ck_assert_uint_eq(schema->attribute_count, 3);
    ck_assert(schema->attributes[0].anchor && !schema->attributes[1].anchor);
    ck_assert_int_eq(schema->attributes[1].type, MA_INTEGER);
    ck_assert_int_eq(schema->attributes[2].type, MA_REFERENCE);
    ck_assert_str_eq(schema->classes[1].superior, "person");
    ck_assert_str_eq(schema->classes[1].attributes[0], "uid");
    ck_assert_str_eq(schema->classes[1].attributes[2], "friend");
    ck_assert_ptr_null(schema->classes[1].attributes[3]);
    ck_assert_ptr_null(schema->classes[0].attributes[2]);
    ck_assert_ptr_eq(schema, host->schema(host));
    host_free(host);
}
END_TEST

START_TEST(a_call_that_does_not_fit_the_step_is_the_plugins_fault)
{
    struct ma_host *host = make(NULL);
    struct ma_entry entry = {.size = sizeof entry};
    struct ma_error err = {0};

    ck_assert_int_eq(host->emit(host, &entry, &err), MA_BROKEN);
    ck_assert_ptr_nonnull(strstr(err.text, "emit"));
    ck_assert(!host->cancelled(host));
    host->log(host, MA_LOG_INFO, "nobody hears %s", "this");
    host_free(host);
    host_free(NULL);
}
END_TEST

static struct ma_entry last;

static enum ma_status keep(void *context, const struct ma_entry *entry,
                           struct ma_error *err)
{
    (void)context;
    (void)err;
    last = *entry;
    return MA_OK;
}

START_TEST(a_shorter_struct_is_read_as_if_the_rest_were_zero)
{
    struct host_request request = {.sink = {.emit = keep}};
    struct ma_host *host = host_new(&request);
    struct ma_entry entry = {.size = offsetof(struct ma_entry, new_dn),
                             .dn = "cn=a",
                             .new_dn = "not ours",
                             .position = 7};
    struct ma_error err = {0};

    ck_assert_int_eq(host->emit(host, &entry, &err), MA_OK);
    ck_assert_str_eq(last.dn, "cn=a");
    ck_assert_ptr_null(last.new_dn);
    ck_assert_uint_eq(last.position, 0);
    ck_assert_uint_eq(last.size, sizeof last);
    entry.size = 1;
    ck_assert_int_eq(host->emit(host, &entry, &err), MA_BROKEN);
    host_free(host);
}
END_TEST

START_TEST(the_example_agent_imports_whom_it_is_told_about)
{
    ck_assert_int_eq(hosted_import(&h, LIST_MA, true), MA_OK);
    ck_heard(&h, "present 1 [cn=1] person displayName=Ada Lovelace\n");

    hosted_param(&h, "person", "7:Grace");
    hosted_param(&h, "person", "nobody");
    hosted_param(&h, "person", "8:Alan");
    ck_assert_int_eq(hosted_import(&h, LIST_MA, true), MA_OK);
    ck_heard(&h, "present 7 [cn=7] person displayName=Grace\n"
                 "reject missing-anchor-component entry 0 line 0\n"
                 "present 8 [cn=8] person displayName=Alan\n");
    ck_assert_str_eq(h.watermark.at, "all");
}
END_TEST

START_TEST(the_example_agent_accepts_every_export_once)
{
    const struct ma_entry entry = {.size = sizeof entry, .dn = "cn=1"};

    ck_assert_int_eq(
        hosted_export(&h, LIST_MA, (const struct ma_entry *const[]){&entry, &entry}, 2),
        MA_OK);
    ck_heard(&h, "0 exported\n1 exported\n");
}
END_TEST

SUITE_WITH("plugin/host", begin, end, a_parameter_comes_from_the_first_source_that_has_it,
           component_mappings_are_a_parameter_that_repeats,
           a_repeated_parameter_is_never_mixed_from_two_sources,
           partitions_that_are_selected_and_what_is_said_of_each,
           a_secret_file_that_others_can_read_is_refused,
           the_schema_has_types_anchors_and_inherited_attributes,
           a_call_that_does_not_fit_the_step_is_the_plugins_fault,
           a_shorter_struct_is_read_as_if_the_rest_were_zero,
           the_example_agent_imports_whom_it_is_told_about,
           the_example_agent_accepts_every_export_once)
