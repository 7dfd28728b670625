/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

static const struct source_attribute from_mail[] = {{"mail", false}};
static const struct rule_mapping to_mail = {
    .destination = "mail",
    .mapping = {.kind = MAPPING_DIRECT, .sources = from_mail, .source_count = 1}};
static const struct rule_mapping to_mail_merged = {
    .destination = "mail",
    .mapping = {.kind = MAPPING_DIRECT, .sources = from_mail, .source_count = 1},
    .merge = MERGE_MERGE};
static const struct rule_mapping to_name = {
    .destination = "displayName",
    .mapping = {.kind = MAPPING_DIRECT, .sources = from_mail, .source_count = 1}};

static struct sync_rule rules[6];

static struct sync_rule *add(const struct guid *agent, enum rule_direction direction,
                             const char *source, const char *target, long precedence)
{
    struct sync_rule *rule = &rules[config.rule_count++];

    *rule = (struct sync_rule){
        .id = {{(unsigned char)precedence}},
        .name = "a rule",
        .direction = direction,
        .agent = *agent,
        .source_type = source,
        .target_type = target,
        .link_type = LINK_TYPE_JOIN,
        .precedence = precedence,
        .mappings = &to_mail,
        .mapping_count = 1,
    };
    config.rules = rules;
    return rule;
}

START_TEST(rules_are_in_order_of_precedence_whatever_the_order_of_the_files)
{
    add(&corp_id, RULE_INBOUND, "user", "person", 120);
    add(&cloud_id, RULE_OUTBOUND, "person", "user", 110);
    add(&corp_id, RULE_INBOUND, "user", "person", 100);
    compile_well();

    ck_assert_int_eq(program->rules[0].precedence, 100);
    ck_assert_int_eq(program->rules[1].precedence, 110);
    ck_assert_int_eq(program->rules[2].precedence, 120);
    for (uint32_t i = 0; i < 3; i++)
        ck_assert_uint_eq(program->rules[i].index, i);
    ck_assert_uint_eq(program->agents[0].inbound_count, 2);
    ck_assert_uint_eq(program->agents[0].outbound_count, 0);
    ck_assert_ptr_eq(program->agents[0].inbound[0], &program->rules[0]);
    ck_assert_ptr_eq(program->agents[1].outbound[0], &program->rules[1]);
}
END_TEST

START_TEST(an_object_finds_the_rules_of_its_type_and_those_for_any)
{
    const struct compiled_agent *corp;
    struct rule_list list;

    add(&corp_id, RULE_INBOUND, "user", "person", 100);
    add(&corp_id, RULE_INBOUND, "contact", "person", 101);
    add(&corp_id, RULE_INBOUND, "*", "person", 102);
    add(&corp_id, RULE_OUTBOUND, "person", "user", 103);
    compile_well();

    corp = &program->agents[0];
    list = program_inbound(corp, name_of("user"));
    ck_assert_uint_eq(list.count, 2);
    ck_assert_int_eq(list.rules[0]->precedence, 100);
    ck_assert_int_eq(list.rules[1]->precedence, 102);
    ck_assert_uint_eq(program_inbound(corp, name_of("contact")).count, 2);
    ck_assert_uint_eq(program_inbound(corp, name_of("mail")).count, 1);
    ck_assert_uint_eq(program_inbound(corp, 1000000).count, 1);
    ck_assert_uint_eq(program_inbound(corp, NAME_NONE).count, 1);
    ck_assert_uint_eq(program_outbound(corp, name_of("person")).count, 1);
    ck_assert_uint_eq(program_outbound(corp, name_of("group")).count, 0);
    ck_assert_uint_eq(program_outbound(&program->agents[1], name_of("person")).count, 0);
}
END_TEST

START_TEST(import_flows_of_all_agents_stand_at_their_attribute_by_rank)
{
    const struct mv_target *target;

    add(&cloud_id, RULE_INBOUND, "user", "person", 130);
    add(&corp_id, RULE_INBOUND, "contact", "person", 120);
    add(&corp_id, RULE_INBOUND, "user", "group", 110);
    add(&corp_id, RULE_INBOUND, "user", "person", 105);
    compile_well();

    target = program_mv_target(program, name_of("person"), name_of("mail"));
    ck_assert_uint_eq(target->count, 3);
    ck_assert_int_eq(target->flows[0]->rank, 105);
    ck_assert_int_eq(target->flows[1]->rank, 120);
    ck_assert_int_eq(target->flows[2]->rank, 130);
    ck_assert_uint_eq(target->flows[2]->rule->agent, 1);
    ck_assert(!target->mixed_merge);
    ck_assert_int_eq(target->precedence, PRECEDENCE_RANKED);
    target = program_mv_target(program, name_of("group"), name_of("mail"));
    ck_assert_uint_eq(target->count, 1);
    ck_assert_ptr_null(
        program_mv_target(program, name_of("person"), name_of("displayName")));
    ck_assert_ptr_null(program_mv_target(program, 1000000, name_of("mail")));
}
END_TEST

START_TEST(a_rule_for_any_type_stands_at_every_type)
{
    add(&corp_id, RULE_INBOUND, "user", "*", 100);
    add(&corp_id, RULE_INBOUND, "user", "group", 101);
    compile_well();

    ck_assert_uint_eq(
        program_mv_target(program, name_of("person"), name_of("mail"))->count, 1);
    ck_assert_uint_eq(
        program_mv_target(program, name_of("group"), name_of("mail"))->count, 2);
}
END_TEST

START_TEST(all_targets_of_a_type_lie_together)
{
    static const struct rule_mapping two[] = {
        {.destination = "displayName",
         .mapping = {.kind = MAPPING_CONSTANT, .constant = "x"}},
        {.destination = "mail", .mapping = {.kind = MAPPING_CONSTANT, .constant = "y"}},
    };
    struct sync_rule *rule = add(&corp_id, RULE_INBOUND, "user", "person", 100);
    const struct mv_target *targets;
    size_t count;

    rule->mappings = two;
    rule->mapping_count = 2;
    add(&corp_id, RULE_INBOUND, "user", "group", 101);
    compile_well();

    targets = program_mv_targets(program, name_of("person"), &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_lt(targets[0].attribute, targets[1].attribute);
    ck_assert_ptr_nonnull(program_mv_targets(program, name_of("group"), &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_null(program_mv_targets(program, name_of("user"), &count));
    ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(what_a_type_may_give_to_another_is_one_list)
{
    const struct compiled_agent *corp;
    struct inflow_list list;

    add(&corp_id, RULE_INBOUND, "user", "person", 100);
    add(&corp_id, RULE_INBOUND, "user", "person", 101)->mappings = &to_name;
    add(&corp_id, RULE_INBOUND, "contact", "person", 102);
    add(&corp_id, RULE_INBOUND, "*", "group", 103);
    add(&cloud_id, RULE_INBOUND, "contact", "person", 104)->mappings = &to_name;
    compile_well();

    corp = &program->agents[0];
    list = program_inflows(corp, name_of("user"), name_of("person"));
    ck_assert_uint_eq(list.count, 2);
    ck_assert_uint_lt(list.targets[0]->attribute, list.targets[1]->attribute);
    list = program_inflows(corp, name_of("contact"), name_of("person"));
    ck_assert_uint_eq(list.count, 1);
    ck_assert_ptr_eq(list.targets[0],
                     program_mv_target(program, name_of("person"), name_of("mail")));
    ck_assert_uint_eq(program_inflows(corp, name_of("user"), name_of("group")).count, 1);
    ck_assert_uint_eq(program_inflows(corp, name_of("cn"), name_of("group")).count, 1);
    ck_assert_uint_eq(program_inflows(corp, name_of("cn"), name_of("person")).count, 0);
    ck_assert_uint_eq(program_inflows(corp, name_of("user"), name_of("cn")).count, 0);
}
END_TEST

START_TEST(export_flows_stand_at_their_attribute_by_pair_of_types)
{
    const struct compiled_agent *corp;
    const struct cs_target *target;
    size_t count;

    add(&corp_id, RULE_OUTBOUND, "person", "contact", 103);
    add(&corp_id, RULE_OUTBOUND, "person", "user", 102)->mappings = &to_mail_merged;
    add(&corp_id, RULE_OUTBOUND, "person", "user", 101);
    add(&cloud_id, RULE_OUTBOUND, "person", "user", 100);
    compile_well();

    corp = &program->agents[0];
    target = program_cs_target(corp, name_of("person"), name_of("user"), name_of("mail"));
    ck_assert_uint_eq(target->count, 2);
    ck_assert_int_eq(target->flows[0]->rank, 101);
    ck_assert(target->mixed_merge);
    ck_assert_ptr_nonnull(
        program_cs_targets(corp, name_of("person"), name_of("contact"), &count));
    ck_assert_uint_eq(count, 1);
    ck_assert_ptr_null(
        program_cs_target(corp, name_of("group"), name_of("user"), name_of("mail")));
    ck_assert_ptr_null(
        program_cs_target(corp, name_of("person"), name_of("user"), name_of("cn")));
}
END_TEST

START_TEST(rules_that_merge_differently_are_warned_of_and_replace_is_update)
{
    static const struct rule_mapping replaced = {
        .destination = "mail",
        .mapping = {.kind = MAPPING_DIRECT, .sources = from_mail, .source_count = 1},
        .merge = MERGE_REPLACE};

    add(&corp_id, RULE_INBOUND, "user", "person", 100);
    add(&corp_id, RULE_INBOUND, "user", "person", 101)->mappings = &replaced;
    compile_well();
    ck_assert(
        !program_mv_target(program, name_of("person"), name_of("mail"))->mixed_merge);
    ck_assert_uint_eq(program->finding_count, 0);

    rules[1].mappings = &to_mail_merged;
    compile_well();
    ck_assert(
        program_mv_target(program, name_of("person"), name_of("mail"))->mixed_merge);
    ck_assert(has_finding("do not agree how values of 'mail' are merged"));
    ck_assert_uint_eq(program->finding_count, 1);
}
END_TEST

START_TEST(an_export_rule_for_any_type_stands_at_every_pair)
{
    size_t count;

    add(&corp_id, RULE_OUTBOUND, "*", "*", 100);
    compile_well();

    ck_assert_ptr_nonnull(program_cs_targets(&program->agents[0], name_of("group"),
                                             name_of("contact"), &count));
    ck_assert_ptr_nonnull(program_cs_targets(&program->agents[0], name_of("person"),
                                             name_of("user"), &count));
    ck_assert_uint_eq(count, 1);
}
END_TEST

START_TEST(of_two_flows_in_one_rule_the_first_ranks_higher)
{
    static const struct rule_mapping twice[] = {
        {.destination = "mail", .mapping = {.kind = MAPPING_CONSTANT, .constant = "a"}},
        {.destination = "mail", .mapping = {.kind = MAPPING_CONSTANT, .constant = "b"}},
    };
    struct sync_rule *rule = add(&corp_id, RULE_INBOUND, "user", "person", 100);
    const struct mv_target *target;

    rule->mappings = twice;
    rule->mapping_count = 2;
    compile_well();

    target = program_mv_target(program, name_of("person"), name_of("mail"));
    ck_assert_uint_eq(target->count, 2);
    ck_assert_ptr_eq(target->flows[0], &program->rules[0].flows[0]);
}
END_TEST

START_TEST(a_rule_is_found_by_its_id)
{
    static const struct guid unknown = {{99}};
    static const struct guid known = {{101}};

    add(&corp_id, RULE_INBOUND, "user", "person", 100);
    add(&corp_id, RULE_INBOUND, "user", "person", 101);
    compile_well();

    ck_assert_ptr_eq(program_rule(program, &known), &program->rules[1]);
    ck_assert_ptr_null(program_rule(program, &unknown));
    config.rule_count = 0;
    compile_well();
    ck_assert_ptr_null(program_rule(program, &known));
    ck_assert_ptr_null(program_mv_target(program, 1, 1));
}
END_TEST

/* --- attributes, parameters ------------------------------------------------------ */

START_TEST(attributes_are_known_by_number_on_both_sides)
{
    const struct compiled_agent *corp;
    struct attribute_info info;

    compile_well();
    corp = &program->agents[0];

    info = program_cs_attribute(corp, program, name_of("unicodePwd"));
    ck_assert(info.known && info.secret && info.export_only && info.selected);
    info = program_cs_attribute(corp, program, name_of("title"));
    ck_assert(info.known && !info.selected);
    info = program_cs_attribute(corp, program, name_of("cn"));
    ck_assert(info.known && info.single && info.selected);
    ck_assert(!program_cs_attribute(corp, program, name_of("memberCount")).known);
    ck_assert(!program_cs_attribute(corp, program, 1000000).known);
    ck_assert(!program_cs_attribute(corp, program, NAME_NONE).known);
    info = program_mv_attribute(program, name_of("memberCount"));
    ck_assert(info.known && info.type == VALUE_NUMBER && info.selected);
    ck_assert(!program_mv_attribute(program, name_of("cn")).known);
}
END_TEST

START_TEST(a_parameter_is_of_the_partition_then_the_agent_then_of_all)
{
    const struct compiled_agent *corp;
    const struct compiled_agent *cloud;
    uint32_t first;

    compile_well();
    corp = &program->agents[0];
    cloud = &program->agents[1];
    first = partition_tag(&corp->config->partitions[0]);

    ck_assert_str_eq(program_parameter(program, corp, first, "Domain.FQDN"),
                     "corp.example");
    ck_assert_str_eq(program_parameter(program, corp, 0, "Domain.FQDN"), "of the agent");
    ck_assert_str_eq(program_parameter(program, corp, first + 1, "Domain.FQDN"),
                     "of the agent");
    ck_assert_str_eq(program_parameter(program, corp, first, "Forest.FQDN"),
                     "forest.example");
    ck_assert_str_eq(program_parameter(program, cloud, 0, "Forest.FQDN"), "global");
    ck_assert_str_eq(program_parameter(program, corp, first, "Limit"), "500");
    ck_assert_str_eq(program_parameter(program, cloud, 0, "Connector.ID"),
                     "{00000002-0000-0000-0000-000000000000}");
    ck_assert_ptr_null(program_parameter(program, corp, first, "Nothing"));
}
END_TEST

/* --- fingerprint ---------------------------------------------------------------- */

static uint64_t print_of_all(void)
{
    compile_well();
    return program->fingerprint;
}

static void the_usual(void)
{
    config.rule_count = 0;
    add(&corp_id, RULE_INBOUND, "user", "person", 100);
    add(&cloud_id, RULE_OUTBOUND, "person", "user", 101);
}

START_TEST(the_fingerprint_does_not_see_names_places_and_the_order_of_files)
{
    struct agent corp = agents[0];
    struct sync_rule first;
    uint64_t before;

    the_usual();
    before = print_of_all();

    rules[0].name = "renamed";
    rules[0].description = "another";
    rules[0].place.line = 77;
    first = rules[0];
    rules[0] = rules[1];
    rules[1] = first;
    agents[0] = agents[1];
    agents[1] = corp;
    names_free(names);
    names = names_new();
    (void)names_intern_text(names, "pushes all numbers");

    ck_assert_uint_eq(print_of_all(), before);
}
END_TEST

#define CHANGES(statement)                                                               \
    do {                                                                                 \
        uint64_t before_;                                                                \
                                                                                         \
        sample_end();                                                                    \
        sample_begin();                                                                  \
        the_usual();                                                                     \
        before_ = print_of_all();                                                        \
        statement;                                                                       \
        ck_assert_uint_ne(print_of_all(), before_);                                      \
    } while (0)

START_TEST(the_fingerprint_sees_every_change_of_a_rule)
{
    static const struct clause clause = {"mail", SCOPE_ISNULL, "", {0}};
    static const struct clause_group group = {&clause, 1, {0}};
    static const struct join_condition condition = {.cs_attribute = "mail",
                                                    .mv_attribute = "mail"};
    static const struct join_group join = {.conditions = &condition, .count = 1};

    CHANGES(rules[0].precedence = 99);
    CHANGES(rules[0].link_type = LINK_TYPE_PROVISION);
    CHANGES(rules[0].source_type = "contact");
    CHANGES(rules[1].disabled = true);
    CHANGES(rules[0].mappings = &to_name);
    CHANGES(rules[1].mappings = &to_mail_merged);
    CHANGES(rules[0].mapping_count = 0);
    CHANGES((rules[0].scope = &group, rules[0].scope_count = 1));
    CHANGES((rules[0].joins = &join, rules[0].join_count = 1));
    CHANGES(config.metaverse.provisioning = PROVISION_SCRIPTED);
    CHANGES(agents[0].deprovisioning = DEPROVISION_DELETE);
}
END_TEST

START_TEST(the_fingerprint_sees_the_parameters_that_an_expression_reads)
{
    static const struct rule_mapping mapping = {
        .destination = "mail",
        .mapping = {.kind = MAPPING_EXPRESSION,
                    .expression = "\"%Limit%\" & %Forest.FQDN%"}};
    static const struct parameter another[] = {
        {.name = "Forest.FQDN", .value = "other.example"}};
    static const struct parameter limit[] = {{.name = "Limit", .value = "7"}};
    uint64_t before;

    the_usual();
    rules[0].mappings = &mapping;
    before = print_of_all();

    config.metaverse.parameters = limit;
    config.metaverse.parameter_count = 1;
    ck_assert_uint_eq(print_of_all(), before);
    agents[0].parameters = another;
    agents[0].parameter_count = 1;
    ck_assert_uint_ne(print_of_all(), before);
}
END_TEST

START_TEST(the_fingerprint_of_an_agent_is_of_its_own_rules)
{
    uint64_t corp;
    uint64_t cloud;

    the_usual();
    compile_well();
    corp = program->agents[0].fingerprint;
    cloud = program->agents[1].fingerprint;
    rules[1].precedence = 150;
    compile_well();

    ck_assert_uint_eq(program->agents[0].fingerprint, corp);
    ck_assert_uint_ne(program->agents[1].fingerprint, cloud);
}
END_TEST

START_TEST(each_space_spells_types_and_attributes_its_own_way)
{
    uint32_t user = names_intern_text(names, "USER");
    uint32_t person = names_intern_text(names, "Person");
    uint32_t stranger = names_intern_text(names, "Stranger");
    uint32_t mail = names_intern_text(names, "MAIL");
    const struct compiled_agent *corp;

    compile_well();
    corp = &program->agents[0];

    ck_assert_str_eq(program_type_name(program, corp, user), "user");
    ck_assert_str_eq(program_type_name(program, NULL, person), "person");
    ck_assert_str_eq(program_type_name(program, corp, stranger), "Stranger");
    ck_assert_str_eq(program_attribute_name(program, corp, mail), "mail");
}
END_TEST

SUITE_WITH("rules/targets", sample_begin, sample_end,
           rules_are_in_order_of_precedence_whatever_the_order_of_the_files,
           an_object_finds_the_rules_of_its_type_and_those_for_any,
           import_flows_of_all_agents_stand_at_their_attribute_by_rank,
           a_rule_for_any_type_stands_at_every_type, all_targets_of_a_type_lie_together,
           what_a_type_may_give_to_another_is_one_list,
           export_flows_stand_at_their_attribute_by_pair_of_types,
           rules_that_merge_differently_are_warned_of_and_replace_is_update,
           an_export_rule_for_any_type_stands_at_every_pair,
           of_two_flows_in_one_rule_the_first_ranks_higher, a_rule_is_found_by_its_id,
           attributes_are_known_by_number_on_both_sides,
           a_parameter_is_of_the_partition_then_the_agent_then_of_all,
           the_fingerprint_does_not_see_names_places_and_the_order_of_files,
           the_fingerprint_sees_every_change_of_a_rule,
           the_fingerprint_sees_the_parameters_that_an_expression_reads,
           the_fingerprint_of_an_agent_is_of_its_own_rules,
           each_space_spells_types_and_attributes_its_own_way)
