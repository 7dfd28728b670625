/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The two public exports, read unchanged from $MACTL_CORPUS. Where they are not, the test
 * says so and is skipped (exit code 77).
 */

#include <stdio.h>
#include <unistd.h>

#include "base/vec.h"
#include "config/config.h"
#include "suite.h"

static struct config *mim;
static struct config *connect;

static void path_of(const char *below, char *path, size_t size)
{
    const char *corpus = getenv("MACTL_CORPUS");

    snprintf(path, size, "%s/%s",
             corpus == NULL ? SOURCE_DIR "/../shared/corpus" : corpus, below);
}

static struct config *read_corpus(const char *below)
{
    struct ma_error err = {0};
    struct config *config = NULL;
    char path[1024];

    path_of(below, path, sizeof path);
    ck_assert_msg(config_read(&config, path, &err) == MA_OK, "%s", err.text);
    return config;
}

static void begin(void)
{
    mim = read_corpus("mim-contoso");
    connect = read_corpus("aadconnect-contoso");
}

static void end(void)
{
    config_free(mim);
    config_free(connect);
}

static void same_counts(const struct config *config, struct config_counts wanted)
{
    struct config_counts counts = config_count(config);

#define SAME(name)                                                                       \
    ck_assert_msg(counts.name == wanted.name, #name ": %zu, not %zu", counts.name,       \
                  wanted.name);
    CONFIG_COUNTS(SAME)
#undef SAME
}

START_TEST(the_mim_export_is_counted)
{
    same_counts(mim, (struct config_counts){
                         .management_agents = 8,
                         .run_profiles = 76,
                         .steps = 93,
                         .partitions = 13,
                         .partitions_selected = 8,
                         .mv_classes = 13,
                         .mv_attribute_types = 126,
                         .import_flow_groups = 69,
                         .import_flows = 92,
                         .import_flows_direct = 63,
                         .import_flows_sync_rule = 29,
                         .export_flow_sets = 12,
                         .export_flows = 116,
                         .export_flows_direct = 52,
                         .export_flows_constant = 3,
                         .export_flows_scripted = 1,
                         .export_flows_sync_rule = 60,
                         .join_criteria = 20,
                         .projections = 8,
                         .filter_alternatives = 3,
                         .mv_deletion_rules = 4,
                         .ma_options = 8,
                     });
}
END_TEST

START_TEST(the_connect_export_is_counted)
{
    same_counts(connect, (struct config_counts){
                             .management_agents = 2,
                             .run_profiles = 10,
                             .steps = 10,
                             .partitions = 2,
                             .partitions_selected = 2,
                             .mv_classes = 3,
                             .mv_attribute_types = 219,
                             .sync_rules = 62,
                             .sync_rules_inbound = 28,
                             .sync_rules_outbound = 34,
                             .sync_rules_provision = 9,
                             .mappings = 1200,
                             .mappings_direct = 802,
                             .mappings_constant = 7,
                             .mappings_expression = 391,
                             .distinct_expressions = 86,
                             .scope_groups = 48,
                             .scope_clauses = 92,
                             .join_groups = 40,
                             .global_parameters = 37,
                         });
}
END_TEST

static void no_unknown(const struct config *config)
{
    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        ck_assert_msg(strncmp(finding->text, "unknown", 7) != 0 &&
                          finding->level != FINDING_ERROR,
                      "%s:%u:%u: %s", finding->place.file, finding->place.line,
                      finding->place.column, finding->text);
    }
}

START_TEST(nothing_of_either_export_is_unknown)
{
    no_unknown(mim);
    no_unknown(connect);
}
END_TEST

/* The constructs refused, "construct - reason", sorted, one of each. */
static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

struct lines {
    char **items;
    size_t count;
    size_t capacity;
};

static void add_refused(struct lines *lines, const struct config *config)
{
    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        if (finding->level == FINDING_UNSUPPORTED)
            VEC_ADD(lines,
                    mem_print("%s - %s", finding->construct, finding->consequence));
    }
}

static void keep_distinct(struct lines *lines)
{
    size_t kept = 0;

    qsort(lines->items, lines->count, sizeof *lines->items, by_text);
    for (size_t i = 0; i < lines->count; i++)
        if (kept > 0 && strcmp(lines->items[kept - 1], lines->items[i]) == 0)
            free(lines->items[i]);
        else
            lines->items[kept++] = lines->items[i];
    lines->count = kept;
}

static void read_lines(struct lines *lines, const char *path)
{
    FILE *file = fopen(path, "r");
    char line[1024];

    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] != '#' && line[0] != '\0')
            VEC_ADD(lines, mem_text(line));
    }
    fclose(file);
}

static void free_lines(struct lines *lines)
{
    for (size_t i = 0; i < lines->count; i++)
        free(lines->items[i]);
    VEC_FREE(lines);
}

START_TEST(what_is_refused_is_exactly_what_the_list_says)
{
    struct lines refused = {0};
    struct lines listed = {0};

    add_refused(&refused, mim);
    add_refused(&refused, connect);
    keep_distinct(&refused);
    read_lines(&listed, SOURCE_DIR "/tests/corpus/refused.txt");
    keep_distinct(&listed);

    for (size_t i = 0; i < refused.count && i < listed.count; i++)
        ck_assert_str_eq(refused.items[i], listed.items[i]);
    ck_assert_uint_eq(refused.count, listed.count);
    free_lines(&refused);
    free_lines(&listed);
}
END_TEST

START_TEST(every_finding_has_a_place_and_no_password)
{
    const struct config *both[] = {mim, connect};

    for (size_t c = 0; c < 2; c++)
        for (size_t i = 0; i < both[c]->finding_count; i++) {
            const struct config_finding *finding = &both[c]->findings[i];

            ck_assert_ptr_nonnull(finding->place.file);
            ck_assert_ptr_null(strstr(finding->text, "Pa$$w0rd"));
            if (finding->level == FINDING_UNSUPPORTED ||
                finding->level == FINDING_APPROXIMATED) {
                ck_assert_ptr_nonnull(finding->construct);
                ck_assert_ptr_nonnull(finding->consequence);
                ck_assert_uint_gt(finding->place.line, 0);
            }
        }
}
END_TEST

START_TEST(what_the_fim_service_agent_would_do_is_said)
{
    bool said = false;

    for (size_t i = 0; i < mim->finding_count; i++)
        said =
            said ||
            (mim->findings[i].level == FINDING_UNSUPPORTED &&
             strstr(mim->findings[i].text, "'FIM Service' of category FIM") != NULL &&
             strstr(mim->findings[i].text, "Person to person (26 import flows)") !=
                 NULL &&
             strstr(mim->findings[i].text, "person to Person (29 export flows)") != NULL);
    ck_assert(said);
}
END_TEST

static const struct export_flow *flow_to(const struct agent *agent, const char *attribute)
{
    for (size_t i = 0; i < agent->export_set_count; i++)
        for (size_t j = 0; j < agent->export_sets[i].count; j++)
            if (strcmp(agent->export_sets[i].flows[j].cs_attribute, attribute) == 0)
                return &agent->export_sets[i].flows[j];
    return NULL;
}

START_TEST(an_initial_password_of_the_export_is_secret)
{
    const struct agent *ad = config_agent_named(mim, "contoso active directory");
    const struct export_flow *flow = flow_to(ad, "unicodePwd");

    ck_assert_ptr_nonnull(flow);
    ck_assert(flow->mapping.secret);
    ck_assert(flow->mapping.initial_flow_only);
    ck_assert_int_eq(flow->mapping.kind, MAPPING_CONSTANT);
    ck_assert_uint_gt(strlen(flow->mapping.constant), 0);
    ck_assert(!flow_to(ad, "displayName")->mapping.secret);
}
END_TEST

START_TEST(ids_of_a_directory_schema_are_resolved_with_superiors_and_auxiliaries)
{
    const struct agent *ad = config_agent_named(mim, "Contoso Active Directory");
    const struct schema_class *user = schema_class(&ad->schema, "user");

    ck_assert_ptr_nonnull(user);
    ck_assert_int_ge(user->superior, 0);
    ck_assert_str_eq(ad->schema.classes[user->superior].name, "organizationalPerson");
    ck_assert_uint_gt(user->auxiliary_count, 0);
    ck_assert(schema_class_has(&ad->schema, user, "sAMAccountName"));
    ck_assert(schema_class_has(&ad->schema, user, "cn"));
    ck_assert(schema_class_has(&ad->schema, user, "mail"));
    ck_assert(!schema_attribute(&ad->schema, "member")->single_valued);
    ck_assert_int_eq(schema_attribute(&ad->schema, "member")->type, VALUE_REFERENCE);
    ck_assert_uint_eq(schema_class_depth(&ad->schema, user), 3);
}
END_TEST

START_TEST(a_step_finds_its_partition_whatever_the_case_of_its_id)
{
    const struct agent *ad = config_agent_named(connect, "contoso.com");
    const struct run_profile *profile = agent_profile(ad, "full import");

    ck_assert_ptr_nonnull(profile);
    ck_assert_uint_eq(profile->count, 1);
    ck_assert_int_eq(profile->steps[0].type, STEP_FULL_IMPORT);
    ck_assert(profile->steps[0].stage_only);
    ck_assert_ptr_eq(agent_partition(ad, profile->steps[0].partition),
                     &ad->partitions[0]);
    ck_assert_str_eq(ad->partitions[0].exclusions[0], "DC=contoso,DC=com");
    ck_assert_str_eq(parameter_find(ad->partitions[0].parameters,
                                    ad->partitions[0].parameter_count, "Domain.FQDN"),
                     "contoso.com");
}
END_TEST

START_TEST(the_family_is_known_by_the_files)
{
    ck_assert_int_eq(mim->family, FAMILY_MIM);
    ck_assert_int_eq(connect->family, FAMILY_AADCONNECT);
    ck_assert_int_lt(connect->rules[0].precedence, connect->rules[1].precedence);
    ck_assert_str_eq(
        config_agent_named(connect, "contoso.onmicrosoft.com - AAD")->anchor[0],
        "cloudAnchor");
    ck_assert_str_eq(config_agent_named(mim, "BHOLD Authorizations")->anchor[0],
                     "ObjectID");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_mim_export_is_counted,
        the_connect_export_is_counted,
        nothing_of_either_export_is_unknown,
        what_is_refused_is_exactly_what_the_list_says,
        every_finding_has_a_place_and_no_password,
        what_the_fim_service_agent_would_do_is_said,
        an_initial_password_of_the_export_is_secret,
        ids_of_a_directory_schema_are_resolved_with_superiors_and_auxiliaries,
        a_step_finds_its_partition_whatever_the_case_of_its_id,
        the_family_is_known_by_the_files};
    char path[1024];

    path_of("mim-contoso/MV.XML", path, sizeof path);
    if (access(path, R_OK) != 0) {
        printf("skipped: there is no %s (set MACTL_CORPUS)\n", path);
        return 77;
    }
    return suite_run("config/corpus", tests, sizeof tests / sizeof tests[0], begin, end);
}
