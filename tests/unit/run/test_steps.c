/* SPDX-License-Identifier: Apache-2.0 */
#include "run/steps.h"
#include "show/secret.h"
#include "world.h"

static struct world w;
static struct opened opened;

static void before(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/integration/data/pair/export",
                     "<setting name=\"plugin-grace\">4</setting>"
                     "<setting name=\"plugin-silence\">900</setting>"
                     "<setting name=\"sync-threads\">3</setting>");
    opened = (struct opened){w.instance, w.config, w.store, w.program, false};
}

static void after(void)
{
    world_end(&w);
}

START_TEST(a_step_is_described_in_the_words_of_the_product)
{
    static const struct {
        struct step step;
        const char *type;
        const char *subtype;
    } cases[] = {
        {{.type = STEP_FULL_IMPORT, .stage_only = true}, "full-import", "to-cs"},
        {{.type = STEP_DELTA_IMPORT}, "delta-import", NULL},
        {{.type = STEP_FULL_IMPORT_FULL_SYNC}, "full-import-reevaluate-rules", NULL},
        {{.type = STEP_DELTA_SYNC}, "apply-rules", "apply-pending"},
        {{.type = STEP_FULL_SYNC}, "apply-rules", "reevaluate-flow-connectors"},
        {{.type = STEP_FULL_SYNC, .rejoin_all = true},
         "apply-rules",
         "reevaluate-join-flow-all"},
        {{.type = STEP_EXPORT, .to_file = true, .resume_from_file = true},
         "export",
         "to-file,resume-from-file"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *subtype = step_subtype_text(&cases[i].step, &w.arena);

        ck_assert_str_eq(step_type_text(&cases[i].step), cases[i].type);
        ck_assert_pstr_eq(subtype, cases[i].subtype);
    }
}
END_TEST

static const char *partition_of(const char *reference, const char **result)
{
    const struct partition *partition = NULL;
    const struct step step = {.partition = reference, .place = {"ma.xml", 7, 1}};

    *result = NULL;
    return step_partition(world_agent(&w, "HR")->config, &step, &partition, result,
                          &w.err) == MA_OK
               ? partition->name
               : NULL;
}

START_TEST(a_partition_goes_by_guid_by_name_or_by_being_the_only_one_selected)
{
    const char *result;

    ck_assert_str_eq(partition_of("{cccccccc-0000-4000-8000-000000000001}", &result),
                     "default");
    ck_assert_str_eq(partition_of("default", &result), "default");
    ck_assert_str_eq(partition_of(NULL, &result), "default");
}
END_TEST

START_TEST(a_partition_that_cannot_be_used_is_named)
{
    const char *result;

    ck_assert_ptr_null(partition_of("nowhere", &result));
    ck_assert_str_eq(result, "missing-partition-for-run-step");
    ck_assert_ptr_nonnull(
        strstr(w.err.text, "ma.xml:7: 'HR' has no partition 'nowhere'"));
    ck_assert_ptr_null(partition_of("archive", &result));
    ck_assert_str_eq(result, "no-start-partition-not-configured");
}
END_TEST

START_TEST(
    a_plugin_may_be_silent_for_its_time_limit_and_a_grace_and_never_longer_than_any)
{
    struct step step = {.time_limit = 120};
    struct step_context context = {.opened = &opened, .step = &step};

    ck_assert_uint_eq(step_patience(&context), 124);
    step.time_limit = 7200;
    ck_assert_uint_eq(step_patience(&context), 900);
    step.time_limit = 0;
    ck_assert_uint_eq(step_patience(&context), 900);
}
END_TEST

START_TEST(a_synchronisation_has_the_threads_of_mactl_xml_or_one_a_processor)
{
    const struct instance silent = {.folder = "i"};
    const struct parameter many = {.name = "sync-threads", .value = "1000"};
    const struct instance loud = {.folder = "i", .settings = &many, .setting_count = 1};

    ck_assert_uint_eq(step_threads(w.instance), 3);
    ck_assert_uint_ge(step_threads(&silent), 1);
    ck_assert_uint_le(step_threads(&silent), 8);
    ck_assert_uint_eq(step_threads(&loud), 64);
}
END_TEST

START_TEST(what_is_never_shown_is_known_by_name_by_schema_and_by_rule)
{
    ck_assert(secret_name("UNICODEPWD"));
    ck_assert(!secret_name("displayName"));
    ck_assert(secret_attribute(w.program, world_agent(&w, "Directory"), "unicodePwd"));
    ck_assert(secret_attribute(NULL, NULL, "userPassword"));
    ck_assert(!secret_attribute(w.program, world_agent(&w, "Directory"), "title"));
    ck_assert(!secret_attribute(w.program, NULL, "title"));
}
END_TEST

SUITE_WITH(
    "run/steps", before, after, a_step_is_described_in_the_words_of_the_product,
    a_partition_goes_by_guid_by_name_or_by_being_the_only_one_selected,
    a_partition_that_cannot_be_used_is_named,
    a_plugin_may_be_silent_for_its_time_limit_and_a_grace_and_never_longer_than_any,
    a_synchronisation_has_the_threads_of_mactl_xml_or_one_a_processor,
    what_is_never_shown_is_known_by_name_by_schema_and_by_rule)
