/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "rules/program.h"
#include "suite.h"

/*
 * The two sample exports as a whole, where they are there ($MACTL_CORPUS, else beside the
 * source): the numbers of the manual, and rules whose meaning was worked out by hand.
 */
static struct config *config;
static struct names *names;
static struct program *program;
static struct ma_error error;

static uint32_t number_of(void *context, const struct guid *agent)
{
    (void)context;
    return agent->bytes[0] + 1u;
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

static void path_of(const char *name, char *out, size_t size)
{
    const char *corpus = getenv("MACTL_CORPUS");

    if (corpus != NULL)
        snprintf(out, size, "%s/%s", corpus, name);
    else
        snprintf(out, size, "%s/../shared/corpus/%s", SOURCE_DIR, name);
}

static void compile(const char *name)
{
    char path[1024];

    path_of(name, path, sizeof path);
    names = names_new();
    ck_assert_msg(config_read(&config, path, &error) == MA_OK, "%s", error.text);
    ck_assert_msg(program_compile(&program, config, NULL, names,
                                  &(struct program_agents){.number = number_of},
                                  &error) == MA_OK,
                  "%s", error.text);
}

static uint32_t name_of(const char *text)
{
    return names_find(names, slice_text(text));
}

static const struct compiled_agent *agent_named(const char *name)
{
    for (size_t i = 0; i < program->agent_count; i++)
        if (strcmp(program->agents[i].config->name, name) == 0)
            return &program->agents[i];
    ck_abort_msg("no agent '%s'", name);
    return NULL;
}

static const struct flow *flow_into(const struct rule *rule, const char *attribute)
{
    for (size_t i = 0; i < rule->flow_count; i++)
        if (rule->flows[i].target == name_of(attribute))
            return &rule->flows[i];
    ck_abort_msg("nothing flows into %s by '%s'", attribute, rule->name);
    return NULL;
}

static bool depends_on(const struct flow *flow, const char *attribute)
{
    for (size_t i = 0; i < flow->source_count; i++)
        if (flow->sources[i] == name_of(attribute))
            return true;
    return false;
}

static size_t count_flows(enum flow_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < program->rule_count; i++)
        for (size_t k = 0; k < program->rules[i].flow_count; k++)
            count += program->rules[i].flows[k].kind == kind ? 1 : 0;
    return count;
}

static bool in_scope(const struct rule *rule, struct entry_builder *builder)
{
    struct entry entry = entry_build(builder);
    struct subject subject = {.entry = &entry};

    return scope_holds(&rule->scope, &subject);
}

static void give(struct entry_builder *builder, const char *name, enum value_type type,
                 struct slice value)
{
    entry_add(builder, name_of(name), type,
              arena_copy(builder->arena, &value, sizeof value), 1);
}

/* --- Azure AD Connect ------------------------------------------------------------- */

static void connect(void)
{
    compile("aadconnect-contoso");
}

/* Precedences are 100 to 161 without a gap. */
static const struct rule *rule_at(long precedence)
{
    const struct rule *rule = &program->rules[precedence - 100];

    ck_assert_int_eq(rule->precedence, precedence);
    return rule;
}

START_TEST(every_rule_of_connect_compiles_and_nothing_is_left_out)
{
    size_t inbound = 0;
    size_t provision = 0;

    connect();
    for (size_t i = 0; i < program->rule_count; i++) {
        inbound += program->rules[i].direction == RULE_INBOUND ? 1 : 0;
        provision += program->rules[i].link == LINK_ACTION_PROVISION ? 1 : 0;
    }

    ck_assert_uint_eq(program->rule_count, 62);
    ck_assert_uint_eq(inbound, 28);
    ck_assert_uint_eq(provision, 9);
    ck_assert_uint_eq(program->finding_count, 0);
    ck_assert_uint_eq(count_flows(FLOW_DIRECT), 802);
    ck_assert_uint_eq(count_flows(FLOW_CONSTANT), 7);
    ck_assert_uint_eq(count_flows(FLOW_EXPRESSION), 391);
}
END_TEST

START_TEST(the_391_flows_by_expression_share_86_expressions)
{
    const struct expr *seen[128];
    size_t count = 0;

    connect();
    for (size_t i = 0; i < program->rule_count; i++)
        for (size_t k = 0; k < program->rules[i].flow_count; k++) {
            const struct expr *expr = program->rules[i].flows[k].expr;
            size_t at = 0;

            while (at < count && seen[at] != expr)
                at++;
            if (expr != NULL && at == count && count < 128)
                seen[count++] = expr;
        }

    ck_assert_uint_eq(count, 86);
}
END_TEST

START_TEST(scopes_and_joins_of_connect_are_all_there)
{
    size_t groups = 0;
    size_t clauses = 0;
    size_t joins = 0;
    size_t keys = 0;

    connect();
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct rule *rule = &program->rules[i];

        groups += rule->scope.count;
        for (size_t k = 0; k < rule->scope.count; k++)
            clauses += rule->scope.groups[k].count;
        joins += rule->join_count;
        for (size_t k = 0; k < rule->join_count; k++)
            keys += rule->joins[k].count;
    }

    ck_assert_uint_eq(groups, 48);
    ck_assert_uint_eq(clauses, 92);
    ck_assert_uint_eq(joins, 40);
    ck_assert_uint_eq(keys, 40);
    ck_assert_uint_eq(agent_named("contoso.com")->indexed_count, 7);
    ck_assert_uint_eq(agent_named("contoso.onmicrosoft.com - AAD")->indexed_count, 2);
    ck_assert_uint_eq(program->mv_indexed_count, 8);
}
END_TEST

START_TEST(targets_of_connect_stand_by_precedence)
{
    static const long names_of_person[] = {104, 105, 106, 107, 116};
    const struct compiled_agent *cloud;
    const struct mv_target *in;
    const struct cs_target *out;
    size_t count;

    connect();
    cloud = agent_named("contoso.onmicrosoft.com - AAD");
    in = program_mv_target(program, name_of("person"), name_of("displayName"));
    out = program_cs_target(cloud, name_of("person"), name_of("user"),
                            name_of("accountEnabled"));

    ck_assert_uint_eq(in->count, 5);
    for (size_t i = 0; i < in->count; i++)
        ck_assert_int_eq(in->flows[i]->rank, names_of_person[i]);
    ck_assert_uint_eq(out->count, 7);
    ck_assert_int_eq(out->flows[0]->rank, 123);
    ck_assert_int_eq(out->flows[6]->rank, 129);
    ck_assert_ptr_nonnull(program_mv_targets(program, name_of("person"), &count));
    ck_assert_uint_eq(count, 142);
    ck_assert_ptr_nonnull(
        program_cs_targets(cloud, name_of("person"), name_of("user"), &count));
    ck_assert_uint_eq(count, 132);
    ck_assert_ptr_nonnull(program_cs_targets(agent_named("contoso.com"),
                                             name_of("person"), name_of("user"), &count));
    ck_assert_uint_eq(count, 6);
}
END_TEST

START_TEST(an_object_of_connect_meets_the_rules_of_its_type_only)
{
    const struct compiled_agent *corp;
    const struct compiled_agent *cloud;

    connect();
    corp = agent_named("contoso.com");
    cloud = agent_named("contoso.onmicrosoft.com - AAD");

    ck_assert_uint_eq(program_inbound(corp, name_of("user")).count, 6);
    ck_assert_uint_eq(program_inbound(corp, name_of("foreignSecurityPrincipal")).count,
                      1);
    ck_assert_uint_eq(rule_at(118)->mv_type, NAME_NONE);
    ck_assert_uint_eq(program_inbound(cloud, name_of("user")).count, 3);
    ck_assert_uint_eq(program_outbound(cloud, name_of("group")).count, 8);
    ck_assert_uint_eq(program_outbound(corp, name_of("person")).count, 6);
    ck_assert_uint_eq(program_outbound(cloud, name_of("device")).count, 1);
}
END_TEST

/* "Out to AD - User Exchange Hybrid": six flows, no scope, no join; proxyAddresses is
 * merged and not replaced. */
START_TEST(the_write_back_of_a_user_is_six_flows_of_which_one_merges)
{
    const struct rule *rule;
    const struct flow *flow;

    connect();
    rule = rule_at(158);
    flow = flow_into(rule, "proxyAddresses");

    ck_assert_str_eq(rule->name, "Out to AD - User Exchange Hybrid");
    ck_assert_int_eq(rule->link, LINK_ACTION_JOIN);
    ck_assert_uint_eq(rule->scope.count + rule->join_count, 0);
    ck_assert_uint_eq(rule->flow_count, 6);
    ck_assert_int_eq(flow->merge, MERGE_CASE_INSENSITIVE);
    ck_assert(!flow->target_single);
    ck_assert_uint_eq(flow->source_count, 1);
    ck_assert(depends_on(flow, "cloudLegacyExchangeDN"));
    ck_assert_int_eq(flow_into(rule, "msExchUCVoiceMailSettings")->kind, FLOW_DIRECT);
    ck_assert_int_eq(flow_into(rule, "msExchUCVoiceMailSettings")->merge, MERGE_UPDATE);
    ck_assert(
        depends_on(flow_into(rule, "msExchSafeSendersHash"), "cloudSOAExchMailbox"));
}
END_TEST

START_TEST(the_filter_of_a_user_depends_on_more_than_the_file_says)
{
    const struct flow *flow;

    connect();
    flow = flow_into(rule_at(100), "cloudFiltered");

    ck_assert(depends_on(flow, "isCriticalSystemObject"));
    ck_assert(depends_on(flow, "sAMAccountName"));
    ck_assert(depends_on(flow, "mailNickname"));
    ck_assert(depends_on(flow, "msExchRecipientTypeDetails"));
    ck_assert(depends_on(flow, "dn"));
}
END_TEST

/* Scope of "In from AD - User AccountEnabled": userAccountControl ISBITNOTSET 2. */
START_TEST(a_user_without_account_control_counts_as_enabled)
{
    ARENA_AUTO arena = {0};
    struct entry_builder none = entry_builder(&arena);
    struct entry_builder enabled = entry_builder(&arena);
    struct entry_builder disabled = entry_builder(&arena);

    connect();
    give(&enabled, "userAccountControl", VALUE_NUMBER, value_of_number(&arena, 512));
    give(&disabled, "userAccountControl", VALUE_NUMBER, value_of_number(&arena, 514));

    ck_assert(in_scope(rule_at(102), &none));
    ck_assert(in_scope(rule_at(102), &enabled));
    ck_assert(!in_scope(rule_at(102), &disabled));
}
END_TEST

/* Scope of "Out to AAD - Group Join": four groups; a security group of up to 49 999
 * members, or one that is in the cloud already. */
START_TEST(a_group_is_provisioned_by_its_size_or_because_it_was)
{
    ARENA_AUTO arena = {0};
    struct entry_builder small = entry_builder(&arena);
    struct entry_builder big = entry_builder(&arena);
    struct entry_builder kept = entry_builder(&arena);
    struct entry_builder *groups[] = {&small, &big, &kept};

    connect();
    for (size_t i = 0; i < 3; i++) {
        give(groups[i], "sourceAnchor", VALUE_STRING, slice_text("anchor"));
        give(groups[i], "securityEnabled", VALUE_BOOLEAN, value_of_flag(true));
        give(groups[i], "memberCount", VALUE_NUMBER,
             value_of_number(&arena, i == 0 ? 9 : 50000));
    }
    give(&kept, "cloudAnchor", VALUE_STRING, slice_text("Group_1"));

    ck_assert(in_scope(rule_at(139), &small));
    ck_assert(!in_scope(rule_at(139), &big));
    ck_assert(in_scope(rule_at(139), &kept));
}
END_TEST

START_TEST(parameters_are_read_from_agent_partition_and_scope)
{
    const struct compiled_agent *corp;
    const struct predicate *predicate;
    uint32_t first;

    connect();
    corp = agent_named("contoso.com");
    first = partition_tag(&corp->config->partitions[0]);
    predicate = &rule_at(157)->scope.groups[0].items[0];

    ck_assert_str_eq(predicate->text.at, "{AE4DB4CC-B16B-4EB2-ACF5-837CA84E4D7D}");
    ck_assert_str_eq(program_parameter(program, corp, first, "Domain.FQDN"),
                     "contoso.com");
    ck_assert_ptr_nonnull(program_parameter(program, corp, first, "Forest.FQDN"));
    ck_assert_ptr_nonnull(
        program_parameter(program, corp, 0, "Microsoft.Synchronize.TimeInterval"));
    ck_assert_ptr_null(program_parameter(program, corp, 0, "Domain.FQDN"));
}
END_TEST

START_TEST(what_a_computer_gets_once_is_marked)
{
    const struct flow *created;

    connect();
    created = flow_into(rule_at(159), "cloudCreated");

    ck_assert(created->once && created->constant_count == 1);
    ck_assert(!value_flag(created->constant[0]));
    ck_assert(flow_into(rule_at(159), "registeredOwnerReference")->once);
    ck_assert_uint_eq(flow_into(rule_at(159), "registeredOwnerReference")->constant_count,
                      0);
    ck_assert(!flow_into(rule_at(159), "displayName")->once);
}
END_TEST

/* --- MIM ------------------------------------------------------------------------ */

static void mim(void)
{
    compile("mim-contoso");
}

static size_t count_of_direction(enum rule_direction direction)
{
    size_t count = 0;

    for (size_t i = 0; i < program->rule_count; i++)
        if (program->rules[i].direction == direction)
            count += program->rules[i].flow_count;
    return count;
}

START_TEST(every_flow_and_criterion_of_mim_compiles_and_nothing_is_left_out)
{
    size_t joins = 0;
    size_t projections = 0;
    size_t alternatives = 0;

    mim();
    for (size_t i = 0; i < program->rule_count; i++) {
        joins += program->rules[i].join_count;
        projections += program->rules[i].link == LINK_ACTION_PROVISION ? 1 : 0;
    }
    for (size_t i = 0; i < program->agent_count; i++)
        for (size_t k = 0; k < program->agents[i].filter_count; k++)
            alternatives += program->agents[i].filters[k].scope.count;

    ck_assert_uint_eq(count_of_direction(RULE_INBOUND), 92);
    ck_assert_uint_eq(count_of_direction(RULE_OUTBOUND), 116);
    ck_assert_uint_eq(joins, 20);
    ck_assert_uint_eq(projections, 8);
    ck_assert_uint_eq(alternatives, 3);
    ck_assert_uint_eq(program->deletion_count, 4);
    ck_assert_uint_eq(program->finding_count, 0);
    ck_assert_int_eq(program->provisioning, PROVISION_BOTH);
}
END_TEST

START_TEST(precedence_of_mim_is_the_order_of_the_file)
{
    const struct mv_target *name;
    const struct mv_target *mobile;
    const struct compiled_agent *hr;

    mim();
    hr = agent_named("Contoso HR System");
    name = program_mv_target(program, name_of("person"), name_of("displayName"));
    mobile = program_mv_target(program, name_of("person"), name_of("mobile"));

    ck_assert_uint_eq(name->count, 2);
    ck_assert_ptr_eq(&program->agents[name->flows[0]->rule->agent], hr);
    ck_assert_int_eq(name->flows[0]->kind, FLOW_EXPRESSION);
    ck_assert(depends_on(name->flows[0], "MiddleName"));
    ck_assert_uint_eq(name->flows[0]->source_count, 3);
    ck_assert_uint_eq(mobile->count, 2);
    ck_assert_ptr_eq(&program->agents[mobile->flows[1]->rule->agent], hr);
    ck_assert_int_eq(
        program_mv_target(program, name_of("group"), name_of("member"))->precedence,
        PRECEDENCE_EQUAL);
}
END_TEST

START_TEST(flows_of_fim_rules_are_marked_on_the_way_out_only)
{
    size_t marked = 0;
    size_t of_fim = 0;

    mim();
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct rule *rule = &program->rules[i];

        ck_assert(!(rule->needs_rule_service && rule->direction == RULE_INBOUND));
        for (size_t k = 0; k < rule->flow_count; k++) {
            bool fim = !guid_is_zero(&rule->flows[k].sync_rule);

            marked += rule->needs_rule_service ? 1 : 0;
            of_fim += fim && rule->direction == RULE_OUTBOUND ? 1 : 0;
        }
    }

    ck_assert_uint_eq(marked, 60);
    ck_assert_uint_eq(of_fim, 60);
}
END_TEST

/* AD LDS: msDS-UserAccountDisabled is the constant 0 at creation and an expression
 * later; unicodePwd is a password. */
START_TEST(what_lds_gets_at_creation_ranks_before_what_it_gets_later)
{
    const struct cs_target *disabled;
    const struct cs_target *password;
    const struct cs_target *dn;
    const struct compiled_agent *lds;

    mim();
    lds = agent_named("Active Directory LDS");
    disabled = program_cs_target(lds, name_of("person"), name_of("user"),
                                 name_of("msDS-UserAccountDisabled"));
    password =
        program_cs_target(lds, name_of("person"), name_of("user"), name_of("unicodePwd"));
    dn = program_cs_target(lds, name_of("person"), name_of("user"), NAME_NONE);

    ck_assert_uint_eq(disabled->count, 2);
    ck_assert(disabled->flows[0]->once && disabled->flows[0]->kind == FLOW_CONSTANT);
    ck_assert(!value_flag(disabled->flows[0]->constant[0]));
    ck_assert_int_eq(disabled->flows[1]->kind, FLOW_EXPRESSION);
    ck_assert(disabled->flows[1]->keep_on_null);
    ck_assert(password->flows[0]->secret);
    ck_assert(dn->flows[0]->to_dn && dn->flows[0]->once);
    ck_assert(depends_on(dn->flows[0], "accountName"));
}
END_TEST

START_TEST(agents_of_mim_filter_deprovision_and_recall_as_their_files_say)
{
    ARENA_AUTO arena = {0};
    struct entry nobody = {0};
    struct subject subject = {.entry = &nobody};

    mim();

    ck_assert_int_eq(agent_named("Contoso Active Directory")->deprovisioning,
                     DEPROVISION_DELETE);
    ck_assert_int_eq(agent_named("HROrg")->deprovisioning,
                     DEPROVISION_NORMAL_DISCONNECTOR);
    ck_assert(scope_holds(&agent_named("BHOLD FIMEmployee")->filters[0].scope, &subject));
    ck_assert(!scope_holds(&agent_named("FIM Service")->filters[0].scope, &subject));
    ck_assert_str_eq(agent_named("BHOLD FIMEmployee")->extension,
                     "BHOLD FIMEmployeeExtension.dll");
    ck_assert(agent_named("HROrg")->recall);
    ck_assert_uint_eq(program_deletion(program, name_of("person"))->count, 2);
    ck_assert_int_eq(program_deletion(program, name_of("printer"))->kind,
                     MV_DELETE_SCRIPTED);
}
END_TEST

START_TEST(the_fingerprint_is_the_same_each_time)
{
    uint64_t first;

    mim();
    first = program->fingerprint;
    end();
    mim();
    ck_assert_uint_eq(program->fingerprint, first);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        every_rule_of_connect_compiles_and_nothing_is_left_out,
        the_391_flows_by_expression_share_86_expressions,
        scopes_and_joins_of_connect_are_all_there,
        targets_of_connect_stand_by_precedence,
        an_object_of_connect_meets_the_rules_of_its_type_only,
        the_write_back_of_a_user_is_six_flows_of_which_one_merges,
        the_filter_of_a_user_depends_on_more_than_the_file_says,
        a_user_without_account_control_counts_as_enabled,
        a_group_is_provisioned_by_its_size_or_because_it_was,
        parameters_are_read_from_agent_partition_and_scope,
        what_a_computer_gets_once_is_marked,
        every_flow_and_criterion_of_mim_compiles_and_nothing_is_left_out,
        precedence_of_mim_is_the_order_of_the_file,
        flows_of_fim_rules_are_marked_on_the_way_out_only,
        what_lds_gets_at_creation_ranks_before_what_it_gets_later,
        agents_of_mim_filter_deprovision_and_recall_as_their_files_say,
        the_fingerprint_is_the_same_each_time,
    };
    char path[1024];

    path_of("mim-contoso/MV.XML", path, sizeof path);
    if (access(path, R_OK) != 0) {
        printf("skipped: there is no %s (set MACTL_CORPUS)\n", path);
        return 77;
    }
    return suite_run("rules/corpus", tests, sizeof tests / sizeof tests[0], NULL, end);
}
