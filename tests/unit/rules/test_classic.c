/* SPDX-License-Identifier: Apache-2.0 */
#include "sample.h"

static const struct source_attribute from_cn[] = {{"cn", false}};
static const struct source_attribute from_mail[] = {{"mail", false}};
static const struct source_attribute from_name[] = {{"displayName", false}};
static const struct source_attribute from_dn[] = {{"dn", true}};
static const struct source_attribute from_id[] = {{"object-id", true}};

#define DIRECT(list)                                                                     \
    {                                                                                    \
        .kind = MAPPING_DIRECT, .sources = (list), .source_count = 1                     \
    }
#define CONSTANT(text)                                                                   \
    {                                                                                    \
        .kind = MAPPING_CONSTANT, .constant = (text)                                     \
    }

static const struct guid fim_rule = {{70}};

static void begin(void)
{
    sample_begin();
    config.family = FAMILY_MIM;
}

static const struct rule *only_rule(void)
{
    ck_assert_uint_eq(program->rule_count, 1);
    return &program->rules[0];
}

/* --- joins and projections ------------------------------------------------------ */

static const struct join_condition by_mail[] = {
    {.cs_attribute = "mail", .mv_attribute = "mail"}};
static const struct join_condition by_dn[] = {
    {.mv_attribute = "displayName", .sources = from_dn, .source_count = 1}};
static const struct join_condition by_id[] = {
    {.cs_attribute = "cn", .mv_attribute = "object-id", .object_id = true}};
static const struct join_condition by_script[] = {{.mv_attribute = "mail",
                                                   .script = "findMail",
                                                   .sources = from_cn,
                                                   .source_count = 1}};
static const struct join_group criteria[] = {
    {.mv_type = "person", .conditions = by_mail, .count = 1},
    {.conditions = by_dn, .count = 1},
    {.conditions = by_id, .count = 1, .resolution = "choose"},
};
static const struct join_group more_criteria[] = {
    {.conditions = by_script, .count = 1, .sync_rule = true, .sync_rule_id = {{70}}}};
static const struct join_profile profiles[] = {
    {.cs_type = "user", .criteria = criteria, .count = 3},
    {.cs_type = "USER", .criteria = more_criteria, .count = 1}};

START_TEST(the_profiles_of_one_type_make_one_rule_with_their_criteria_in_order)
{
    const struct rule *rule;

    agents[0].joins = profiles;
    agents[0].join_count = 2;
    compile_well();

    rule = only_rule();
    ck_assert_int_eq(rule->direction, RULE_INBOUND);
    ck_assert_int_eq(rule->link, LINK_ACTION_JOIN);
    ck_assert_uint_eq(rule->cs_type, name_of("user"));
    ck_assert_uint_eq(rule->mv_type, NAME_NONE);
    ck_assert_uint_eq(rule->join_count, 4);
    ck_assert_uint_eq(rule->joins[0].mv_type, name_of("person"));
    ck_assert_uint_eq(rule->joins[1].mv_type, NAME_NONE);
    ck_assert(rule->joins[1].keys[0].dn);
    ck_assert(rule->joins[2].keys[0].object_id);
    ck_assert_uint_eq(rule->joins[2].keys[0].mv_attribute, NAME_NONE);
    ck_assert_str_eq(rule->joins[2].resolution, "choose");
    ck_assert_str_eq(rule->joins[3].keys[0].script, "findMail");
    ck_assert_uint_eq(rule->joins[3].keys[0].sources[0], name_of("cn"));
    ck_assert(!rule->needs_rule_service);
    ck_assert(!program->agents[0].declarative);
}
END_TEST

START_TEST(a_projection_belongs_to_the_rule_of_the_joins)
{
    static const struct projection projections[] = {
        {.kind = PROJECTION_DECLARED, .cs_type = "user", .mv_type = "person"},
        {.kind = PROJECTION_SCRIPTED, .cs_type = "contact"},
    };

    agents[0].joins = profiles;
    agents[0].join_count = 1;
    agents[0].projections = projections;
    agents[0].projection_count = 2;
    compile_well();

    ck_assert_uint_eq(program->rule_count, 2);
    ck_assert_uint_eq(program->rules[0].join_count, 3);
    ck_assert_int_eq(program->rules[0].link, LINK_ACTION_PROVISION);
    ck_assert_uint_eq(program->rules[0].link_type, name_of("person"));
    ck_assert_ptr_null(program->rules[0].link_script);
    ck_assert_uint_eq(program->rules[1].cs_type, name_of("contact"));
    ck_assert_int_eq(program->rules[1].link, LINK_ACTION_PROVISION);
    ck_assert_ptr_nonnull(program->rules[1].link_script);
}
END_TEST

START_TEST(a_projection_with_a_scope_is_a_rule_behind_the_joins)
{
    static const struct clause clause = {"mail", SCOPE_ISNOTNULL, "", {0}};
    static const struct clause_group group = {&clause, 1, {0}};
    static const struct projection projections[] = {
        {.kind = PROJECTION_SYNC_RULE,
         .cs_type = "user",
         .mv_type = "person",
         .sync_rule_id = {{70}},
         .scope = &group,
         .scope_count = 1},
        {.kind = PROJECTION_DECLARED, .cs_type = "user", .mv_type = "group"},
    };

    agents[0].joins = profiles;
    agents[0].join_count = 1;
    agents[0].projections = projections;
    agents[0].projection_count = 2;
    compile_well();

    ck_assert_uint_eq(program->rule_count, 3);
    ck_assert_int_eq(program->rules[0].link, LINK_ACTION_JOIN);
    ck_assert_uint_eq(program->rules[0].join_count, 3);
    ck_assert_uint_eq(program->rules[1].scope.count, 1);
    ck_assert_uint_eq(program->rules[1].link_type, name_of("person"));
    ck_assert_uint_eq(program->rules[2].link_type, name_of("group"));
    ck_assert(!guid_equal(&program->rules[1].id, &program->rules[2].id));
    ck_assert_uint_eq(program_inbound(&program->agents[0], name_of("user")).count, 3);
}
END_TEST

START_TEST(a_projection_without_a_type_is_an_error)
{
    static const struct projection projection = {
        .kind = PROJECTION_DECLARED, .cs_type = "user", .place = {"MA.XML", 5, 3}};

    agents[0].projections = &projection;
    agents[0].projection_count = 1;

    ck_assert_int_eq(compile(), MA_INVALID);
    ck_assert_ptr_eq(strstr(error.text, "MA.XML:5:3: "), error.text);
}
END_TEST

/* --- import flows ----------------------------------------------------------------- */

static struct import_flow import_flows[3];
static struct import_flow_group import_group;

static void import_three(void)
{
    import_flows[0] = (struct import_flow){
        .id = {{31}}, .agent = cloud_id, .cs_type = "user", .mapping = DIRECT(from_mail)};
    import_flows[1] = (struct import_flow){
        .id = {{32}}, .agent = corp_id, .cs_type = "user", .mapping = DIRECT(from_dn)};
    import_flows[2] =
        (struct import_flow){.id = {{33}},
                             .agent = corp_id,
                             .cs_type = "user",
                             .mapping = {.kind = MAPPING_DN_PART, .dn_part = 2}};
    import_group = (struct import_flow_group){.mv_type = "person",
                                              .mv_attribute = "displayName",
                                              .flows = import_flows,
                                              .count = 3};
    config.metaverse.flow_groups = &import_group;
    config.metaverse.flow_group_count = 1;
}

START_TEST(import_flows_rank_by_their_place_across_agents)
{
    const struct mv_target *target;

    import_three();
    compile_well();

    ck_assert_uint_eq(program->rule_count, 2);
    target = program_mv_target(program, name_of("person"), name_of("displayName"));
    ck_assert_uint_eq(target->count, 3);
    ck_assert_uint_eq(target->flows[0]->rule->agent, 1);
    ck_assert_uint_eq(target->flows[1]->rule->agent, 0);
    ck_assert_ptr_eq(target->flows[1]->rule, target->flows[2]->rule);
    ck_assert_int_eq(target->flows[1]->kind, FLOW_INTRINSIC);
    ck_assert_int_eq(target->flows[2]->kind, FLOW_DN_PART);
    ck_assert_uint_eq(target->flows[2]->dn_part, 2);
    ck_assert(target->flows[0]->read_layer_imported);
    ck_assert_int_eq(target->flows[0]->rule->link, LINK_ACTION_NONE);
    ck_assert(guid_equal(&target->flows[2]->id, &import_flows[2].id));
    ck_assert_ptr_eq(program_rule(program, &import_flows[2].id), target->flows[2]->rule);
}
END_TEST

START_TEST(equal_precedence_is_kept_and_manual_wants_scripts_only)
{
    const struct mv_target *target;

    import_three();
    import_group.precedence = PRECEDENCE_EQUAL;
    compile_well();
    target = program_mv_target(program, name_of("person"), name_of("displayName"));
    ck_assert_int_eq(target->precedence, PRECEDENCE_EQUAL);

    import_group.precedence = PRECEDENCE_MANUAL;
    compile_well();
    target = program_mv_target(program, name_of("person"), name_of("displayName"));
    ck_assert_int_eq(target->precedence, PRECEDENCE_RANKED);
    ck_assert(has_finding("manual precedence of 'displayName'"));

    for (size_t i = 0; i < 3; i++)
        import_flows[i].mapping = (struct mapping){.kind = MAPPING_SCRIPTED,
                                                   .script = "decide",
                                                   .sources = from_mail,
                                                   .source_count = 1};
    compile_well();
    target = program_mv_target(program, name_of("person"), name_of("displayName"));
    ck_assert_int_eq(target->precedence, PRECEDENCE_MANUAL);
    ck_assert_str_eq(target->flows[0]->script, "decide");
    ck_assert_uint_eq(target->flows[0]->source_count, 1);
}
END_TEST

START_TEST(a_flow_of_an_agent_that_is_not_there_is_left_out)
{
    import_three();
    import_flows[0].agent = nobody_id;
    compile_well();

    ck_assert_uint_eq(
        program_mv_target(program, name_of("person"), name_of("displayName"))->count, 2);
    ck_assert(has_finding("there is no management agent"));
}
END_TEST

START_TEST(a_tree_of_functions_becomes_an_expression)
{
    static const struct function_node cut[] = {{.text = "mail"}, {.text = "1"}};
    static const struct function_node parts[] = {
        {.text = "cn"},
        {.text = "\" \""},
        {.name = "Left", .arguments = cut, .argument_count = 2}};
    static const struct function_node tree = {
        .name = "+", .arguments = parts, .argument_count = 3};
    const struct flow *flow;
    ARENA_AUTO arena = {0};
    struct expr *same = NULL;

    import_three();
    import_group.count = 1;
    import_flows[0].agent = corp_id;
    import_flows[0].mapping = (struct mapping){.kind = MAPPING_EXPRESSION,
                                               .function = &tree,
                                               .sync_rule = true,
                                               .sync_rule_id = fim_rule};
    compile_well();

    flow = &only_rule()->flows[0];
    ck_assert_int_eq(flow->kind, FLOW_EXPRESSION);
    ck_assert_uint_eq(flow->source_count, 2);
    ck_assert(guid_equal(&flow->sync_rule, &fim_rule));
    ck_assert(!flow->rule->needs_rule_service);
    ck_assert_int_eq(expr_parse(&same, &arena, names,
                                slice_text(expr_print(&arena, flow->expr)), &error),
                     MA_OK);
    ck_assert(expr_equal(flow->expr, same));
}
END_TEST

START_TEST(a_tree_with_an_unknown_function_is_an_error_at_its_place)
{
    static const struct function_node argument = {.text = "mail"};
    static const struct function_node tree = {.place = {"MV.XML", 30, 8},
                                              .name = "Frobnicate",
                                              .arguments = &argument,
                                              .argument_count = 1};

    import_three();
    import_flows[1].mapping =
        (struct mapping){.kind = MAPPING_EXPRESSION, .function = &tree};

    ck_assert_int_eq(compile(), MA_INVALID);
    ck_assert_ptr_eq(strstr(error.text, "MV.XML:30:8: "), error.text);
    ck_assert_ptr_nonnull(strstr(error.text, "Frobnicate"));
}
END_TEST

/* --- export flows ----------------------------------------------------------------- */

START_TEST(an_export_set_is_cut_into_its_own_flows_and_those_of_fim_rules)
{
    static const struct export_flow flows[] = {
        {.id = {{51}},
         .cs_attribute = "cn",
         .mapping = DIRECT(from_name),
         .suppress_deletions = true},
        {.id = {{52}},
         .cs_attribute = "mail",
         .mapping = {.kind = MAPPING_CONSTANT,
                     .constant = "later",
                     .sync_rule = true,
                     .sync_rule_id = {{70}}}},
        {.id = {{53}},
         .cs_attribute = "mail",
         .mapping = {.kind = MAPPING_CONSTANT,
                     .constant = "at creation",
                     .sync_rule = true,
                     .sync_rule_id = {{71}},
                     .initial_flow_only = true}},
        {.id = {{54}},
         .cs_attribute = "mail",
         .mapping = {.kind = MAPPING_CONSTANT,
                     .constant = "test",
                     .sync_rule = true,
                     .sync_rule_id = {{70}},
                     .existence_test = true}},
    };
    static const struct export_flow_set set = {
        .cs_type = "user", .mv_type = "person", .flows = flows, .count = 4};
    const struct cs_target *target;

    agents[0].export_sets = &set;
    agents[0].export_set_count = 1;
    compile_well();

    ck_assert_uint_eq(program->rule_count, 3);
    ck_assert(!program->rules[0].needs_rule_service);
    ck_assert(program->rules[0].flows[0].keep_on_null);
    ck_assert(program->rules[1].needs_rule_service);
    ck_assert_uint_eq(program->rules[1].flow_count, 2);
    ck_assert(program->rules[2].needs_rule_service);
    ck_assert(!program->rules[1].flows[0].keep_on_null);
    target = program_cs_target(&program->agents[0], name_of("person"), name_of("user"),
                               name_of("mail"));
    ck_assert_uint_eq(target->count, 2);
    ck_assert(target->flows[0]->once);
    ck_assert(guid_equal(&target->flows[0]->id, &flows[2].id));
    ck_assert(!target->flows[1]->once);
}
END_TEST

START_TEST(an_expression_that_allows_no_null_keeps_the_target)
{
    static const struct function_node leaf = {.text = "displayName"};
    static const struct export_flow flows[] = {
        {.cs_attribute = "dn",
         .mapping = {.kind = MAPPING_EXPRESSION, .function = &leaf, .sync_rule = true}},
        {.cs_attribute = "cn",
         .mapping = {.kind = MAPPING_EXPRESSION,
                     .function = &leaf,
                     .sync_rule = true,
                     .allows_null = true}},
        {.cs_attribute = "mail", .mapping = DIRECT(from_id)},
    };
    static const struct export_flow_set set = {
        .cs_type = "user", .mv_type = "person", .flows = flows, .count = 3};

    agents[0].export_sets = &set;
    agents[0].export_set_count = 1;
    compile_well();

    ck_assert(program->rules[0].flows[0].to_dn);
    ck_assert(program->rules[0].flows[0].keep_on_null);
    ck_assert(!program->rules[0].flows[1].keep_on_null);
    ck_assert_int_eq(program->rules[1].flows[0].intrinsic, INTRINSIC_OBJECT_ID);
    ck_assert(!program->rules[1].needs_rule_service);
}
END_TEST

/* --- filters, deletion, recall ---------------------------------------------------- */

START_TEST(a_connector_filter_is_a_scope_of_its_type)
{
    static const struct clause clauses[] = {{"mail", SCOPE_ISNULL, "", {0}},
                                            {"cn", SCOPE_EQUAL, "admin", {0}}};
    static const struct clause_group alternatives[] = {{&clauses[0], 1, {0}},
                                                       {&clauses[1], 1, {0}}};
    static const struct filter_set filters[] = {
        {.cs_type = "user", .alternatives = alternatives, .count = 2},
        {.cs_type = "contact", .script = "FilterForDisconnection"}};
    struct entry nobody = {0};
    struct subject subject = {.entry = &nobody};

    agents[0].filters = filters;
    agents[0].filter_count = 2;
    compile_well();

    ck_assert_uint_eq(program->agents[0].filter_count, 2);
    ck_assert_uint_eq(program->agents[0].filters[0].cs_type, name_of("user"));
    ck_assert(scope_holds(&program->agents[0].filters[0].scope, &subject));
    ck_assert_ptr_nonnull(program->agents[0].filters[1].script);
}
END_TEST

START_TEST(deletion_rules_know_agents_by_their_number)
{
    static const struct guid sources[] = {{{2}}, {{9}}};
    static const struct mv_deletion_rule rules[] = {
        {.mv_type = "person", .kind = MV_DELETE_ANY, .agents = sources, .count = 2},
        {.mv_type = "group", .kind = MV_DELETE_SCRIPTED}};
    const struct compiled_deletion *deletion;

    config.metaverse.deletion_rules = rules;
    config.metaverse.deletion_rule_count = 2;
    compile_well();

    deletion = program_deletion(program, name_of("person"));
    ck_assert_int_eq(deletion->kind, MV_DELETE_ANY);
    ck_assert_uint_eq(deletion->count, 1);
    ck_assert_uint_eq(deletion->agents[0], 12);
    ck_assert_int_eq(program_deletion(program, name_of("group"))->kind,
                     MV_DELETE_SCRIPTED);
    ck_assert_ptr_null(program_deletion(program, name_of("user")));
    ck_assert(has_finding("there is no management agent"));
}
END_TEST

START_TEST(recall_is_on_where_nothing_says_otherwise)
{
    static const struct agent_options options[] = {{.agent = {{2}}}};

    config.metaverse.options = options;
    config.metaverse.option_count = 1;
    compile_well();

    ck_assert(program->agents[0].recall);
    ck_assert(!program->agents[1].recall);
}
END_TEST

START_TEST(ids_of_classic_rules_last_as_long_as_what_they_are_for)
{
    struct guid before;

    import_three();
    compile_well();
    before = program->rules[1].id;
    import_flows[1].mapping = (struct mapping)DIRECT(from_cn);
    import_group.mv_type = "PERSON";
    names_free(names);
    names = names_new();
    compile_well();
    ck_assert(guid_equal(&program->rules[1].id, &before));

    import_flows[1].cs_type = import_flows[2].cs_type = "contact";
    compile_well();
    ck_assert(!guid_equal(&program->rules[1].id, &before));
    ck_assert(!guid_is_zero(&before));
}
END_TEST

SUITE_WITH("rules/classic", begin, sample_end,
           the_profiles_of_one_type_make_one_rule_with_their_criteria_in_order,
           a_projection_belongs_to_the_rule_of_the_joins,
           a_projection_with_a_scope_is_a_rule_behind_the_joins,
           a_projection_without_a_type_is_an_error,
           import_flows_rank_by_their_place_across_agents,
           equal_precedence_is_kept_and_manual_wants_scripts_only,
           a_flow_of_an_agent_that_is_not_there_is_left_out,
           a_tree_of_functions_becomes_an_expression,
           a_tree_with_an_unknown_function_is_an_error_at_its_place,
           an_export_set_is_cut_into_its_own_flows_and_those_of_fim_rules,
           an_expression_that_allows_no_null_keeps_the_target,
           a_connector_filter_is_a_scope_of_its_type,
           deletion_rules_know_agents_by_their_number,
           recall_is_on_where_nothing_says_otherwise,
           ids_of_classic_rules_last_as_long_as_what_they_are_for)
