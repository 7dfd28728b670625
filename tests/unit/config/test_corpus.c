/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The two public exports, read unchanged from $MACTL_CORPUS. Where they are not, the test
 * says so and is skipped (exit code 77).
 */

#include <stdio.h>
#include <unistd.h>

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

int main(void)
{
    const TTest *const tests[] = {the_mim_export_is_counted,
                                  the_connect_export_is_counted,
                                  nothing_of_either_export_is_unknown};
    char path[1024];

    path_of("mim-contoso/MV.XML", path, sizeof path);
    if (access(path, R_OK) != 0) {
        printf("skipped: there is no %s (set MACTL_CORPUS)\n", path);
        return 77;
    }
    return suite_run("config/corpus", tests, sizeof tests / sizeof tests[0], begin, end);
}
