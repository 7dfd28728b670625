/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/program.h"
#include "suite.h"

/*
 * From files on: exports that were written for this project are read and compiled, and
 * what is wrong is told with the line of the file.
 */
static struct config *config;
static struct names *names;
static struct program *program;
static struct ma_error error;

static uint32_t number_of(void *context, const struct guid *agent)
{
    (void)context;
    return agent->bytes[15];
}

static void end(void)
{
    program_free(program);
    names_free(names);
    config_free(config);
    program = NULL;
    names = NULL;
    config = NULL;
}

static enum ma_status compile(const char *folder)
{
    char path[1024];

    snprintf(path, sizeof path, "%s/%s", SOURCE_DIR, folder);
    names = names_new();
    ck_assert_msg(config_read(&config, path, &error) == MA_OK, "%s", error.text);
    return program_compile(&program, config, NULL, names,
                           &(struct program_agents){.number = number_of}, &error);
}

static void compile_well(const char *folder)
{
    ck_assert_msg(compile(folder) == MA_OK, "%s", error.text);
    for (size_t i = 0; i < program->finding_count; i++)
        printf("%s:%u: %s\n", program->findings[i].place.file,
               program->findings[i].place.line, program->findings[i].text);
    ck_assert_uint_eq(program->finding_count, 0);
}

static uint32_t name_of(const char *text)
{
    return names_find(names, slice_text(text));
}

START_TEST(a_classic_export_becomes_rules)
{
    const struct compiled_agent *ad;

    compile_well("tests/support/exports/classic");

    ck_assert_uint_eq(program->rule_count, 5);
    ad = program_agent(program, 2);
    ck_assert_str_eq(ad->config->name, "fabrikam.example");
    ck_assert_int_eq(ad->deprovisioning, DEPROVISION_DELETE);
    ck_assert_str_eq(ad->extension, "Fabrikam.Rules.dll");
    ck_assert_uint_eq(ad->indexed_count, 1);
    ck_assert(
        program_cs_target(ad, name_of("person"), name_of("user"), name_of("unicodePwd"))
            ->flows[0]
            ->secret);
    ck_assert_ptr_nonnull(
        program_mv_target(program, name_of("person"), name_of("givenName")));
}
END_TEST

START_TEST(a_connect_export_becomes_rules)
{
    const struct rule *rule;

    compile_well("tests/support/exports/connect");

    ck_assert_uint_eq(program->rule_count, 3);
    rule = &program->rules[2];
    ck_assert_str_eq(rule->name, "In from AAD - User");
    ck_assert_uint_eq(rule->join_count, 1);
    ck_assert(!rule->joins[0].keys[0].case_sensitive);
    ck_assert_ptr_eq(program_rule(program, &rule->id), rule);
    ck_assert_int_eq(program->rules[0].link, LINK_ACTION_PROVISION);
    ck_assert_int_eq(program->rules[0].flows[1].kind, FLOW_EXPRESSION);
}
END_TEST

START_TEST(the_example_of_the_manual_compiles_whole)
{
    size_t flows = 0;
    size_t mappings = 0;

    compile_well("docs/examples/hybrid/export");

    for (size_t i = 0; i < program->rule_count; i++)
        flows += program->rules[i].flow_count;
    for (size_t i = 0; i < config->rule_count; i++)
        mappings += config->rules[i].mapping_count;
    ck_assert_uint_eq(program->rule_count, config->rule_count);
    ck_assert_uint_eq(flows, mappings);
}
END_TEST

/* Expressions are shared by flows that have the same one, and so is what was fused. */
START_TEST(most_flows_of_the_example_are_one_step)
{
    static const char *const evaluated[] = {"RemoveDuplicates(Trim(", "ImportedValue(",
                                            "IIF(IsPresent([userPrincipalName])",
                                            "%Domain.FQDN%"};
    size_t shapes[EXPR_SHAPE_CHOICE + 1] = {0};
    size_t alone = 0;

    compile_well("docs/examples/hybrid/export");

    for (size_t r = 0; r < program->rule_count; r++)
        for (size_t f = 0; f < program->rules[r].flow_count; f++) {
            const struct flow *flow = &program->rules[r].flows[f];
            bool known = false;

            if (flow->kind != FLOW_EXPRESSION)
                continue;
            if (flow->fusion != NULL) {
                shapes[flow->fusion->shape]++;
                continue;
            }
            alone++;
            for (size_t i = 0; i < sizeof evaluated / sizeof evaluated[0]; i++)
                known = known || strncmp(expr_print(program->arena, flow->expr),
                                         evaluated[i], strlen(evaluated[i])) == 0;
            ck_assert_msg(known, "%s", expr_print(program->arena, flow->expr));
        }
    ck_assert_uint_eq(shapes[EXPR_SHAPE_TEXT], 16);
    ck_assert_uint_eq(shapes[EXPR_SHAPE_CHOICE], 3);
    ck_assert_uint_eq(shapes[EXPR_SHAPE_OTHER], 13);
    ck_assert_uint_eq(alone, 8);
}
END_TEST

START_TEST(what_does_not_compile_is_told_with_its_line)
{
    ARENA_AUTO arena = {0};
    const struct config_finding *findings;

    ck_assert_int_eq(compile("tests/unit/rules/data/broken"), MA_INVALID);

    ck_assert_ptr_null(program);
    ck_assert_ptr_nonnull(strstr(error.text, "000000000001}.xml:21:"));
    ck_assert_ptr_nonnull(strstr(error.text, "Frobnicate"));
    ck_assert_uint_eq(program_check(&arena, config, NULL, &findings), 3);
    ck_assert_uint_eq(findings[1].place.line, 22);
    ck_assert_ptr_nonnull(strstr(findings[1].text, "the expression for 'mail'"));
    ck_assert_uint_eq(findings[2].place.line, 26);
    ck_assert_ptr_nonnull(strstr(findings[2].text, "'two' is no mask of bits"));
}
END_TEST

SUITE_WITH("rules/exports", NULL, end, a_classic_export_becomes_rules,
           a_connect_export_becomes_rules, the_example_of_the_manual_compiles_whole,
           most_flows_of_the_example_are_one_step,
           what_does_not_compile_is_told_with_its_line)
