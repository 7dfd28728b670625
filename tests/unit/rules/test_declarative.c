/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

static const struct source_attribute from_cn[] = {{"cn", false}};
static const struct source_attribute from_mail[] = {{"mail", false}};
static const struct source_attribute from_dn[] = {{"dn", false}};
static const struct source_attribute from_nowhere[] = {{"msExchGone", false}};

#define DIRECT(list)                                                                     \
    {                                                                                    \
        .kind = MAPPING_DIRECT, .sources = (list), .source_count = 1                     \
    }
#define CONSTANT(text)                                                                   \
    {                                                                                    \
        .kind = MAPPING_CONSTANT, .constant = (text)                                     \
    }
#define EXPRESSION(text)                                                                 \
    {                                                                                    \
        .kind = MAPPING_EXPRESSION, .expression = (text)                                 \
    }

static struct sync_rule rules[4];

/* One inbound rule user -> person with these mappings. */
static void one_inbound(const struct rule_mapping *mappings, size_t count)
{
    rules[0] = (struct sync_rule){
        .id = {{101}},
        .name = "In from corp",
        .direction = RULE_INBOUND,
        .agent = corp_id,
        .source_type = "user",
        .target_type = "person",
        .link_type = LINK_TYPE_PROVISION,
        .precedence = 100,
        .mappings = mappings,
        .mapping_count = count,
        .place = {"rule.xml", 2, 1},
    };
    config.rules = rules;
    config.rule_count = 1;
}

static void one_outbound(const struct rule_mapping *mappings, size_t count)
{
    one_inbound(mappings, count);
    rules[0].direction = RULE_OUTBOUND;
    rules[0].source_type = "person";
    rules[0].target_type = "user";
}

static const struct flow *flow_to(const char *attribute)
{
    for (size_t i = 0; i < program->rules[0].flow_count; i++)
        if (program->rules[0].flows[i].target == name_of(attribute))
            return &program->rules[0].flows[i];
    ck_abort_msg("nothing flows into %s", attribute);
    return NULL;
}

START_TEST(a_rule_keeps_its_types_link_and_precedence)
{
    one_inbound(NULL, 0);
    compile_well();

    ck_assert_uint_eq(program->rule_count, 1);
    ck_assert_uint_eq(program->rules[0].cs_type, name_of("USER"));
    ck_assert_uint_eq(program->rules[0].mv_type, name_of("person"));
    ck_assert_uint_eq(program->rules[0].link_type, name_of("person"));
    ck_assert_int_eq(program->rules[0].link, LINK_ACTION_PROVISION);
    ck_assert_int_eq(program->rules[0].precedence, 100);
    ck_assert_uint_eq(program->rules[0].agent, 0);
    ck_assert(program->agents[0].declarative && program->agents[0].recall);
    ck_assert_uint_eq(program->agents[1].number, 12);
    ck_assert_ptr_eq(program_agent(program, 12), &program->agents[1]);
    ck_assert_ptr_null(program_agent(program, 13));
    ck_assert(program->strict_joins && !program->flows_without_service);
}
END_TEST

START_TEST(each_kind_of_mapping_becomes_its_flow)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "displayName", .mapping = DIRECT(from_cn)},
        {.destination = "accountEnabled",
         .mapping = CONSTANT("True"),
         .execute_once = true},
        {.destination = "memberCount", .mapping = CONSTANT(" 12 ")},
        {.destination = "sourceAnchor", .mapping = DIRECT(from_dn)},
        {.destination = "proxyAddresses",
         .mapping =
             EXPRESSION("RemoveDuplicates(Trim(ImportedValue(\"proxyAddresses\")))"),
         .merge = MERGE_CASE_INSENSITIVE},
    };

    one_inbound(mappings, COUNT_OF(mappings));
    compile_well();

    ck_assert_uint_eq(program->rules[0].flow_count, 5);
    ck_assert_int_eq(flow_to("displayName")->kind, FLOW_DIRECT);
    ck_assert_uint_eq(flow_to("displayName")->source, name_of("cn"));
    ck_assert_uint_eq(flow_to("displayName")->sources[0], name_of("cn"));
    ck_assert_int_eq(flow_to("displayName")->rank, 100);
    ck_assert(guid_equal(&flow_to("displayName")->id, &rules[0].id));
    ck_assert(!flow_to("displayName")->read_layer_imported);
    ck_assert(flow_to("accountEnabled")->once);
    ck_assert(value_flag(flow_to("accountEnabled")->constant[0]));
    ck_assert_int_eq(value_number(flow_to("memberCount")->constant[0]), 12);
    ck_assert_int_eq(flow_to("sourceAnchor")->kind, FLOW_INTRINSIC);
    ck_assert_int_eq(flow_to("sourceAnchor")->intrinsic, INTRINSIC_DN);
    ck_assert_uint_eq(flow_to("sourceAnchor")->source_count, 0);
    ck_assert_int_eq(flow_to("proxyAddresses")->merge, MERGE_CASE_INSENSITIVE);
    ck_assert(!flow_to("proxyAddresses")->target_single);
    ck_assert_uint_eq(flow_to("proxyAddresses")->source_count, 1);
    ck_assert_uint_eq(flow_to("proxyAddresses")->sources[0], name_of("proxyAddresses"));
    ck_assert_ptr_eq(flow_to("proxyAddresses")->rule, &program->rules[0]);
    ck_assert_uint_eq(program->finding_count, 0);
}
END_TEST

START_TEST(a_flow_depends_on_what_its_expression_reads_and_on_what_the_file_names)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "displayName",
         .mapping = {.kind = MAPPING_EXPRESSION,
                     .expression = "IIF(IsPresent([cn]),[cn],[mail])",
                     .sources = from_mail,
                     .source_count = 1}},
        {.destination = "mail",
         .mapping = {.kind = MAPPING_EXPRESSION,
                     .expression = "Trim([mail])",
                     .sources = from_cn,
                     .source_count = 1}},
    };

    one_inbound(mappings, COUNT_OF(mappings));
    compile_well();

    ck_assert_uint_eq(flow_to("displayName")->source_count, 2);
    ck_assert_uint_eq(flow_to("mail")->source_count, 2);
}
END_TEST

START_TEST(one_expression_is_parsed_once)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "displayName", .mapping = EXPRESSION("Trim([mail])")},
        {.destination = "mail", .mapping = EXPRESSION("Trim([mail])")},
    };

    one_inbound(mappings, 2);
    compile_well();

    ck_assert_ptr_nonnull(flow_to("mail")->expr);
    ck_assert_ptr_eq(flow_to("mail")->expr, flow_to("displayName")->expr);
}
END_TEST

START_TEST(what_a_schema_lacks_is_left_out_with_a_warning)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "msExchArchiveStatus", .mapping = DIRECT(from_mail)},
        {.destination = "mail", .mapping = DIRECT(from_nowhere)},
        {.destination = "cn", .mapping = EXPRESSION("[displayName] & [cloudGone]")},
        {.destination = "whenChanged", .mapping = DIRECT(from_mail)},
        {.destination = "proxyAddresses", .mapping = DIRECT(from_mail)},
    };

    one_outbound(mappings, COUNT_OF(mappings));
    compile_well();

    ck_assert_uint_eq(program->rules[0].flow_count, 2);
    ck_assert_ptr_nonnull(flow_to("cn"));
    ck_assert_ptr_nonnull(flow_to("proxyAddresses"));
    ck_assert(has_finding("the schema of 'corp' has no attribute 'msExchArchiveStatus'"));
    ck_assert(has_finding("the metaverse has no attribute 'msExchGone'"));
    ck_assert(has_finding("the metaverse has no attribute 'cloudGone'"));
    ck_assert(has_finding("'whenChanged' belongs to the system"));
    ck_assert_uint_eq(program->finding_count, 4);
    ck_assert_int_eq(program->findings[0].level, FINDING_WARNING);
}
END_TEST

START_TEST(a_flow_to_what_the_system_lacks_is_left_out_and_the_rule_stays)
{
    static const char *const without_cn[] = {"CN", NULL};
    static const struct rule_mapping out[] = {
        {.destination = "cn", .mapping = DIRECT(from_mail)},
        {.destination = "mail", .mapping = DIRECT(from_mail)}};
    uint64_t before;

    one_outbound(out, 2);
    compile_well();
    before = program->fingerprint;
    ck_assert_uint_eq(program->rules[0].flow_count, 2);

    lacking = without_cn;
    compile_well();
    ck_assert_uint_eq(program->rules[0].flow_count, 1);
    ck_assert_ptr_nonnull(flow_to("mail"));
    ck_assert_uint_eq(program->agents[0].flows_absent, 1);
    ck_assert(has_finding("the system of 'corp' has no attribute 'cn'"));
    ck_assert_int_eq(program->findings[0].level, FINDING_NOTE);
    ck_assert_uint_ne(program->fingerprint, before);

    one_inbound(out, 0);
    compile_well();
    ck_assert_uint_eq(program->finding_count, 0);
}
END_TEST

START_TEST(what_an_agent_does_not_select_is_left_out_too)
{
    static const struct rule_mapping out[] = {
        {.destination = "title", .mapping = DIRECT(from_mail)}};
    static const struct source_attribute from_title[] = {{"title", false}};
    static const struct rule_mapping in[] = {
        {.destination = "mail", .mapping = DIRECT(from_title)}};

    one_outbound(out, 1);
    compile_well();
    ck_assert_uint_eq(program->rules[0].flow_count, 0);
    ck_assert(has_finding("the attribute 'title' of 'corp' is not selected"));

    one_inbound(in, 1);
    compile_well();
    ck_assert_uint_eq(program->rules[0].flow_count, 0);
    agents[0].attribute_count = 0;
    compile_well();
    ck_assert_uint_eq(program->rules[0].flow_count, 1);
    ck_assert_uint_eq(program->finding_count, 0);
}
END_TEST

START_TEST(the_dn_is_a_target_on_the_way_out_only)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "dn", .mapping = EXPRESSION("\"CN=\" & [displayName]")}};

    one_outbound(mappings, 1);
    compile_well();
    ck_assert(program->rules[0].flows[0].to_dn);
    ck_assert_uint_eq(program->rules[0].flows[0].target, NAME_NONE);
    ck_assert_int_eq(program->rules[0].flows[0].target_type, VALUE_STRING);

    one_inbound(mappings, 1);
    compile_well();
    ck_assert_uint_eq(program->rules[0].flow_count, 0);
    ck_assert(has_finding("the metaverse has no attribute 'dn'"));
}
END_TEST

START_TEST(secrets_are_known_by_the_mapping_and_by_the_schema)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "unicodePwd", .mapping = CONSTANT("Pa$$w0rd")},
        {.destination = "cn",
         .mapping = {.kind = MAPPING_CONSTANT, .constant = "x", .secret = true}},
        {.destination = "mail", .mapping = CONSTANT("y")},
    };

    one_outbound(mappings, 3);
    compile_well();

    ck_assert(flow_to("unicodePwd")->secret && flow_to("cn")->secret);
    ck_assert(!flow_to("mail")->secret);
    ck_assert(flow_to("unicodePwd")->target_export_only);
    ck_assert(slice_equal(flow_to("unicodePwd")->constant[0], slice_text("Pa$$w0rd")));
}
END_TEST

START_TEST(an_empty_constant_contributes_nothing)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "manager", .mapping = CONSTANT("\n        ")},
        {.destination = "mail", .mapping = CONSTANT("")},
        {.destination = "displayName", .mapping = CONSTANT(" ")},
    };

    one_inbound(mappings, 3);
    compile_well();

    ck_assert_uint_eq(flow_to("manager")->constant_count, 0);
    ck_assert_uint_eq(flow_to("mail")->constant_count, 0);
    ck_assert_uint_eq(flow_to("displayName")->constant_count, 1);
}
END_TEST

START_TEST(a_constant_for_a_reference_is_an_expression_that_gives_the_dn)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "manager", .mapping = CONSTANT(" CN=Ada,DC=corp ")}};
    ARENA_AUTO arena = {0};
    struct expr_source source = {0};
    struct expr_value value;

    one_inbound(mappings, 1);
    compile_well();

    ck_assert_int_eq(flow_to("manager")->kind, FLOW_EXPRESSION);
    ck_assert_uint_eq(flow_to("manager")->source_count, 0);
    value = expr_eval(flow_to("manager")->expr, &source, &arena);
    ck_assert_int_eq(value.kind, EXPR_STRING);
    ck_assert(slice_equal(value.bytes, slice_text("CN=Ada,DC=corp")));
}
END_TEST

START_TEST(types_that_never_convert_are_warned_of)
{
    static const struct source_attribute sid[] = {{"objectSid", false}};
    static const struct source_attribute uac[] = {{"userAccountControl", false}};
    static const struct rule_mapping mappings[] = {
        {.destination = "displayName", .mapping = DIRECT(sid)},
        {.destination = "mail", .mapping = DIRECT(uac)},
        {.destination = "memberCount", .mapping = DIRECT(from_mail)},
        {.destination = "manager", .mapping = DIRECT(from_mail)},
        {.destination = "accountEnabled", .mapping = DIRECT(uac)},
    };

    one_inbound(mappings, COUNT_OF(mappings));
    compile_well();

    ck_assert_uint_eq(program->rules[0].flow_count, 5);
    ck_assert_uint_eq(program->finding_count, 2);
    ck_assert(has_finding("'objectSid' is a binary and flows into 'displayName'"));
    ck_assert(has_finding("'userAccountControl' is a number and flows into"));
}
END_TEST

START_TEST(every_error_is_found_and_the_first_is_told_with_its_place)
{
    static const struct clause mask = {
        "userAccountControl", SCOPE_ISBITSET, "two", {"rule.xml", 40, 9}};
    static const struct clause_group scope = {&mask, 1, {"rule.xml", 39, 7}};
    static const struct rule_mapping mappings[] = {
        {.destination = "mail",
         .mapping = EXPRESSION("Trim([mail]"),
         .place = {"rule.xml", 20, 5}},
        {.destination = "memberCount",
         .mapping = CONSTANT("many"),
         .place = {"rule.xml", 12, 5}},
    };
    ARENA_AUTO arena = {0};
    const struct config_finding *findings;

    one_inbound(mappings, 2);
    rules[0].scope = &scope;
    rules[0].scope_count = 1;

    ck_assert_int_eq(compile(), MA_INVALID);
    ck_assert_ptr_null(program);
    ck_assert_ptr_eq(strstr(error.text, "rule.xml:12:5: "), error.text);
    ck_assert_ptr_nonnull(strstr(error.text, "memberCount"));
    ck_assert_uint_eq(program_check(&arena, &config, NULL, &findings), 3);
    ck_assert_uint_eq(findings[1].place.line, 20);
    ck_assert_uint_eq(findings[2].place.line, 40);
    ck_assert_int_eq(findings[2].level, FINDING_ERROR);
}
END_TEST

START_TEST(settings_of_the_instance_are_taken_over)
{
    static const struct parameter settings[] = {
        {.name = "strict-joins", .value = "false"},
        {.name = "sync-rule-flows-without-service", .value = "true"}};
    static const struct instance instance = {.settings = settings, .setting_count = 2};
    uint64_t before;

    one_inbound(NULL, 0);
    compile_well();
    before = program->fingerprint;
    program_free(program);

    ck_assert_int_eq(program_compile(&program, &config, &instance, names,
                                     &(struct program_agents){.number = number_of},
                                     &error),
                     MA_OK);
    ck_assert(!program->strict_joins && program->flows_without_service);
    ck_assert_uint_ne(program->fingerprint, before);
}
END_TEST

START_TEST(parameters_that_no_object_has_are_warned_of)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "mail", .mapping = EXPRESSION("%Domain.FQDN% & %Connector.ID%")},
        {.destination = "displayName", .mapping = EXPRESSION("\"%Not.One%\" & [cn]")},
        {.destination = "sourceAnchor", .mapping = EXPRESSION("[cn] & %Gone%")},
    };

    one_inbound(mappings, 3);
    compile_well();

    ck_assert_uint_eq(program->finding_count, 1);
    ck_assert(has_finding("'corp' has no parameter %Gone%"));
    ck_assert_uint_eq(program->rules[0].flow_count, 3);
}
END_TEST

START_TEST(a_report_has_no_place_twice)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "gone",
         .mapping = DIRECT(from_mail),
         .place = {"rule.xml", 20, 5}},
        {.destination = "gone too",
         .mapping = DIRECT(from_mail),
         .place = {"rule.xml", 30, 5}},
    };
    static const struct config_finding known = {.level = FINDING_WARNING,
                                                .place = {"rule.xml", 20, 5}};
    ARENA_AUTO arena = {0};
    const struct config_finding *findings;

    one_inbound(mappings, 2);
    config.findings = &known;
    config.finding_count = 1;

    ck_assert_uint_eq(program_check(&arena, &config, NULL, &findings), 1);
    ck_assert_uint_eq(findings[0].place.line, 30);
}
END_TEST

START_TEST(a_wrong_secret_is_not_printed)
{
    static const struct rule_mapping mappings[] = {
        {.destination = "memberCount",
         .mapping = {.kind = MAPPING_CONSTANT, .constant = "hunter2", .secret = true}}};

    one_inbound(mappings, 1);

    ck_assert_int_eq(compile(), MA_INVALID);
    ck_assert_ptr_null(strstr(error.text, "hunter2"));
}
END_TEST

START_TEST(rules_that_are_disabled_or_of_nobody_are_left_out)
{
    one_inbound(NULL, 0);
    rules[1] = rules[2] = rules[0];
    rules[1].disabled = true;
    rules[2].agent = nobody_id;
    config.rule_count = 3;
    compile_well();

    ck_assert_uint_eq(program->rule_count, 1);
    ck_assert(has_finding("there is no management agent {00000009-"));
}
END_TEST

START_TEST(a_rule_that_provisions_has_to_say_what)
{
    one_inbound(NULL, 0);
    rules[0].target_type = "*";

    ck_assert_int_eq(compile(), MA_INVALID);
    rules[0].link_type = LINK_TYPE_JOIN;
    compile_well();
    ck_assert_uint_eq(program->rules[0].mv_type, NAME_NONE);
}
END_TEST

/* --- scope and joins ------------------------------------------------------------- */

START_TEST(a_scope_is_of_the_source_and_knows_parameters)
{
    static const struct clause clauses[] = {
        {"sourceAnchor", SCOPE_EQUAL, "%Connector.ID%", {0}},
        {"mail", SCOPE_EQUAL, "%Forest.FQDN%", {0}},
        {"mail", SCOPE_EQUAL, "50%", {0}},
        {"mail", SCOPE_EQUAL, "%Unknown%", {0}},
        {"memberCount", SCOPE_LESSTHAN, "50000", {0}},
        {"cloudFiltered", SCOPE_NOTEQUAL, "True", {0}},
        {"memberCount", SCOPE_ISBITSET, "0x10", {0}},
    };
    static const struct clause_group group = {clauses, 7, {0}};
    const struct predicate *items;

    one_outbound(NULL, 0);
    rules[0].scope = &group;
    rules[0].scope_count = 1;
    compile_well();

    items = program->rules[0].scope.groups[0].items;
    ck_assert_str_eq(items[0].text.at, "{00000001-0000-0000-0000-000000000000}");
    ck_assert_str_eq(items[1].text.at, "forest.example");
    ck_assert_str_eq(items[2].text.at, "50%");
    ck_assert_str_eq(items[3].text.at, "%Unknown%");
    ck_assert(items[4].is_number && items[4].number == 50000);
    ck_assert_int_eq(items[4].type, VALUE_NUMBER);
    ck_assert_uint_eq(items[5].attribute, NAME_NONE);
    ck_assert(!items[5].intrinsic);
    ck_assert_int_eq(items[6].number, 16);
    ck_assert_ptr_eq(items[6].source, &clauses[6]);
    ck_assert(has_finding("'%Unknown%' is no parameter of 'corp'"));
    ck_assert(has_finding("the metaverse has no attribute 'cloudFiltered'"));
}
END_TEST

START_TEST(a_clause_may_look_at_the_dn_of_a_connector_space_object)
{
    static const struct clause clause = {"dn", SCOPE_ENDSWITH, "DC=corp", {0}};
    static const struct clause_group group = {&clause, 1, {0}};

    one_inbound(NULL, 0);
    rules[0].scope = &group;
    rules[0].scope_count = 1;
    compile_well();

    ck_assert(program->rules[0].scope.groups[0].items[0].intrinsic);
    ck_assert_uint_eq(program->finding_count, 0);
}
END_TEST

static const struct join_condition by_sid = {.cs_attribute = "objectSid",
                                             .mv_attribute = "objectSid"};
static const struct join_condition by_mail = {
    .cs_attribute = "mail", .mv_attribute = "mail", .case_sensitive = true};
static const struct join_condition by_nothing = {.cs_attribute = "msRTCSIP-Gone",
                                                 .mv_attribute = "objectSid"};

START_TEST(joins_keep_their_order_and_types)
{
    static const struct join_condition both[] = {
        {.cs_attribute = "objectSid", .mv_attribute = "objectSid"},
        {.cs_attribute = "mail", .mv_attribute = "mail", .case_sensitive = true}};
    static const struct join_group groups[] = {
        {.conditions = &by_nothing, .count = 1},
        {.conditions = both, .count = 2},
        {.conditions = &by_mail, .count = 1},
    };
    const struct rule *rule;

    one_inbound(NULL, 0);
    rules[0].joins = groups;
    rules[0].join_count = 3;
    compile_well();

    rule = &program->rules[0];
    ck_assert_uint_eq(rule->join_count, 2);
    ck_assert_uint_eq(rule->joins[0].count, 2);
    ck_assert_int_eq(rule->joins[0].keys[0].cs_type, VALUE_BINARY);
    ck_assert_int_eq(rule->joins[0].keys[0].mv_type, VALUE_BINARY);
    ck_assert(rule->joins[0].keys[1].case_sensitive);
    ck_assert_ptr_eq(rule->joins[1].source, &groups[2]);
    ck_assert(has_finding("the schema of 'corp' has no attribute 'msRTCSIP-Gone'"));
}
END_TEST

START_TEST(what_joins_compare_is_indexed_on_both_sides)
{
    static const struct join_group in = {.conditions = &by_sid, .count = 1};
    static const struct join_group out = {.conditions = &by_mail, .count = 1};

    one_inbound(NULL, 0);
    rules[0].joins = &in;
    rules[0].join_count = 1;
    rules[1] = rules[0];
    rules[1].direction = RULE_OUTBOUND;
    rules[1].source_type = "person";
    rules[1].target_type = "user";
    rules[1].joins = &out;
    config.rule_count = 2;
    compile_well();

    ck_assert_uint_eq(program->agents[0].indexed_count, 2);
    ck_assert_uint_eq(program->agents[1].indexed_count, 0);
    ck_assert_uint_eq(program->mv_indexed_count, 2);
    ck_assert_uint_lt(program->mv_indexed[0], program->mv_indexed[1]);
}
END_TEST

SUITE_WITH(
    "rules/declarative", sample_begin, sample_end,
    a_rule_keeps_its_types_link_and_precedence, each_kind_of_mapping_becomes_its_flow,
    a_flow_depends_on_what_its_expression_reads_and_on_what_the_file_names,
    one_expression_is_parsed_once, what_a_schema_lacks_is_left_out_with_a_warning,
    a_flow_to_what_the_system_lacks_is_left_out_and_the_rule_stays,
    what_an_agent_does_not_select_is_left_out_too, the_dn_is_a_target_on_the_way_out_only,
    secrets_are_known_by_the_mapping_and_by_the_schema,
    an_empty_constant_contributes_nothing,
    a_constant_for_a_reference_is_an_expression_that_gives_the_dn,
    types_that_never_convert_are_warned_of,
    every_error_is_found_and_the_first_is_told_with_its_place,
    settings_of_the_instance_are_taken_over, parameters_that_no_object_has_are_warned_of,
    a_report_has_no_place_twice, a_wrong_secret_is_not_printed,
    rules_that_are_disabled_or_of_nobody_are_left_out,
    a_rule_that_provisions_has_to_say_what, a_scope_is_of_the_source_and_knows_parameters,
    a_clause_may_look_at_the_dn_of_a_connector_space_object,
    joins_keep_their_order_and_types, what_joins_compare_is_indexed_on_both_sides)
