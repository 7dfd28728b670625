/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include "suite.h"

/* Two small exports, one of each family, that hold what is hard to read about them. */
#define DATA SOURCE_DIR "/tests/unit/config/data"

static struct config *mim;
static struct config *connect;

static struct config *read_export(const char *path)
{
    struct ma_error err = {0};
    struct config *config = NULL;

    ck_assert_msg(config_read(&config, path, &err) == MA_OK, "%s", err.text);
    return config;
}

static void begin(void)
{
    mim = read_export(DATA "/mim");
    connect = read_export(DATA "/connect");
}

static void end(void)
{
    config_free(mim);
    config_free(connect);
}

static const struct agent *hr(void)
{
    return config_agent_named(mim, "hr");
}

static const struct agent *ad(void)
{
    return config_agent_named(mim, "{22222222-bbbb-4bbb-8bbb-222222222222}");
}

static const struct import_flow_group *group_of(const char *attribute)
{
    for (size_t i = 0; i < mim->metaverse.flow_group_count; i++)
        if (strcmp(mim->metaverse.flow_groups[i].mv_attribute, attribute) == 0)
            return &mim->metaverse.flow_groups[i];
    ck_abort_msg("no flow into %s", attribute);
}

static bool was_said(const struct config *config, enum finding_level level,
                     const char *file, unsigned line, const char *part)
{
    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        if (finding->level == level && finding->place.file != NULL &&
            strcmp(finding->place.file, file) == 0 &&
            (line == 0 || finding->place.line == line) &&
            strstr(finding->text, part) != NULL)
            return true;
    }
    return false;
}

/* --- agents ------------------------------------------------------------------------ */

START_TEST(agents_are_found_by_name_and_by_id_in_any_case)
{
    struct guid id;

    ck_assert_uint_eq(mim->agent_count, 2);
    ck_assert_ptr_nonnull(hr());
    ck_assert_str_eq(hr()->name, "HR");
    ck_assert_str_eq(hr()->file, "MA-HR.XML");
    ck_assert_str_eq(hr()->subtype, "");
    ck_assert_str_eq(ad()->name, "Fabrikam AD");
    ck_assert(guid_parse(slice_text("11111111-AAAA-4aaa-8AAA-111111111111"), &id));
    ck_assert_ptr_eq(config_agent(mim, &id), hr());
    ck_assert_ptr_null(config_agent_named(mim, "nobody"));
}
END_TEST

START_TEST(an_element_that_was_indented_into_blanks_is_empty)
{
    ck_assert_ptr_null(ad()->extension);
    ck_assert_str_eq(hr()->extension, "Fabrikam.HR.dll");
    ck_assert(hr()->extension_isolated);
    ck_assert_uint_eq(hr()->export_set_count, 0);
    ck_assert_str_eq(connect->metaverse.parameters[1].value, "500");
}
END_TEST

START_TEST(a_private_configuration_is_flattened_with_attributes_and_in_order)
{
    const struct agent *agent = ad();
    const struct parameter *parameters = hr()->private_configuration;
    size_t count = hr()->private_count;
    static const char *const columns[] = {"Number", "First", "Last"};
    size_t names = 0;

    ck_assert_str_eq(parameter_find(agent->private_configuration, agent->private_count,
                                    "adma-configuration/forest-name"),
                     "fabrikam.example");
    ck_assert_str_eq(parameter_find(agent->private_configuration, agent->private_count,
                                    "adma-configuration/ssl-bind@crl-check"),
                     "1");
    for (size_t i = 0; i < count; i++)
        if (strcmp(parameters[i].name,
                   "MAConfig/delimited_format/attributes/attribute/name") == 0)
            ck_assert_str_eq(parameters[i].value, columns[names++]);
    ck_assert_uint_eq(names, 3);
    ck_assert_str_eq(hr()->anchor[0], "Number");
    ck_assert_ptr_null(hr()->anchor[1]);
    ck_assert_ptr_null(ad()->anchor[0]);
}
END_TEST

START_TEST(numbers_in_hexadecimal_and_selected_attributes)
{
    ck_assert_uint_eq(hr()->capabilities, 0x9000);
    ck_assert_uint_eq(ad()->capabilities, 0xfb7f);
    ck_assert_int_eq(ad()->export_type, 1);
    ck_assert_uint_eq(hr()->attribute_count, 3);
    ck_assert_str_eq(hr()->attributes[2], "Last");
    ck_assert_ptr_null(hr()->attributes[3]);
    ck_assert_uint_eq(hr()->dn_construction_count, 1);
    ck_assert_ptr_null(hr()->dn_construction[0].object_type);
    ck_assert_str_eq(hr()->dn_construction[0].attributes[0], "Number");
    ck_assert_str_eq(ad()->component_mappings[0].object_class, "organizationalUnit");
}
END_TEST

/* --- schema ------------------------------------------------------------------------ */

START_TEST(ids_of_a_schema_differ_by_case_and_names_do_not)
{
    const struct schema *schema = &ad()->schema;
    const struct schema_class *user = schema_class(schema, "USER");

    ck_assert_ptr_nonnull(user);
    ck_assert(schema_class_has(schema, user, "employeeid"));
    ck_assert(schema_class_has(schema, user, "displayName"));
    ck_assert(schema->validated);
    ck_assert(!hr()->schema.validated);
}
END_TEST

START_TEST(a_class_has_what_its_superior_its_rule_and_its_auxiliaries_have)
{
    const struct schema *schema = &ad()->schema;
    const struct schema_class *user = schema_class(schema, "user");

    ck_assert_str_eq(schema->classes[user->superior].name, "top");
    ck_assert_int_eq(schema_class(schema, "top")->superior, -1);
    ck_assert(schema_class_has(schema, user, "objectClass"));
    ck_assert(schema_class_has(schema, user, "proxyAddresses"));
    ck_assert(schema_class_has(schema, user, "sesame"));
    ck_assert(!schema_class_has(schema, user, "unicodePwd"));
    ck_assert_int_eq(schema_class(schema, "mailRecipient")->kind, CLASS_AUXILIARY);
}
END_TEST

START_TEST(an_attribute_without_single_value_has_many)
{
    ck_assert(!schema_attribute(&ad()->schema, "proxyAddresses")->single_valued);
    ck_assert(schema_attribute(&ad()->schema, "displayName")->single_valued);
    ck_assert(schema_attribute(&ad()->schema, "sesame")->encrypted);
    ck_assert(schema_attribute(&ad()->schema, "sesame")->export_only);
    ck_assert(schema_attribute(&hr()->schema, "Hired")->read_only);
    ck_assert_int_eq(schema_attribute(&hr()->schema, "Hired")->type, VALUE_NUMBER);
    ck_assert(schema_attribute(&hr()->schema, "Number")->immutable);
    ck_assert(!schema_attribute(&hr()->schema, "First")->read_only);
    ck_assert(schema_attribute(&mim->metaverse.schema, "employeeID")->indexed);
}
END_TEST

/* --- the rules of the classic family ----------------------------------------------- */

START_TEST(a_filter_is_alternatives_of_conditions)
{
    const struct filter_set *set = &hr()->filters[0];

    ck_assert_uint_eq(hr()->filter_count, 2);
    ck_assert_uint_eq(set->count, 2);
    ck_assert_int_eq(set->alternatives[0].clauses[0].op, SCOPE_ISNULL);
    ck_assert_uint_eq(set->alternatives[1].count, 2);
    ck_assert_str_eq(set->alternatives[1].clauses[0].value, "Test ");
    ck_assert_int_eq(set->alternatives[1].clauses[1].op, SCOPE_NOTSTARTSWITH);
    ck_assert_ptr_null(set->script);
    ck_assert_str_eq(hr()->filters[1].script, "FilterForDisconnection");
}
END_TEST

START_TEST(a_join_is_direct_scripted_or_by_the_metaverse_id)
{
    const struct join_profile *profile = &hr()->joins[0];
    const struct join_group *first = &profile->criteria[0];
    const struct join_group *second = &profile->criteria[1];

    ck_assert_uint_eq(profile->count, 2);
    ck_assert_str_eq(first->mv_type, "person");
    ck_assert_str_eq(first->conditions[0].cs_attribute, "Number");
    ck_assert_str_eq(first->conditions[1].script, "full name");
    ck_assert_ptr_null(first->conditions[1].cs_attribute);
    ck_assert_uint_eq(first->conditions[1].source_count, 2);
    ck_assert_str_eq(first->resolution, "pick one");
    ck_assert_ptr_null(second->mv_type);
    ck_assert_ptr_null(second->resolution);
    ck_assert(second->sync_rule);
    ck_assert(second->conditions[0].object_id);
    ck_assert(second->conditions[0].sources[0].intrinsic);
    ck_assert_uint_eq(second->scope_count, 1);
    ck_assert_int_eq(second->scope[0].clauses[0].op, SCOPE_ISNOTNULL);
}
END_TEST

START_TEST(flows_inside_a_compiled_rule_are_not_flows)
{
    ck_assert_uint_eq(config_count(mim).import_flow_groups, 5);
    ck_assert_uint_eq(config_count(mim).import_flows, 7);
    ck_assert_uint_eq(config_count(mim).import_flows_sync_rule, 1);
    ck_assert_uint_eq(config_count(mim).import_flows_dn_part, 1);
    ck_assert_uint_eq(config_count(mim).export_flows, 5);
    ck_assert_uint_eq(group_of("displayName")->count, 2);
}
END_TEST

START_TEST(a_function_tree_keeps_literals_attributes_and_nesting)
{
    const struct mapping *mapping = &group_of("displayName")->flows[0].mapping;
    const struct function_node *plus = mapping->function;
    const struct function_node *iif = &plus->arguments[2];

    ck_assert_int_eq(mapping->kind, MAPPING_EXPRESSION);
    ck_assert(mapping->sync_rule && mapping->allows_null && !mapping->initial_flow_only);
    ck_assert_str_eq(plus->name, "+");
    ck_assert_uint_eq(plus->argument_count, 3);
    ck_assert_str_eq(plus->arguments[0].text, "Last");
    ck_assert_str_eq(plus->arguments[1].text, "\", \"");
    ck_assert_str_eq(iif->name, "IIF");
    ck_assert_ptr_null(iif->text);
    ck_assert_str_eq(iif->arguments[0].name, "IsPresent");
    ck_assert_str_eq(iif->arguments[2].text, "\" \"");
    ck_assert_ptr_null(mapping->constant);
}
END_TEST

START_TEST(blanks_of_a_constant_are_data_unless_they_are_all)
{
    const struct import_flow_group *company = group_of("company");

    ck_assert_str_eq(company->flows[0].mapping.constant, " Fabrikam ");
    ck_assert_str_eq(company->flows[1].mapping.constant, "");
}
END_TEST

START_TEST(precedence_scripts_and_dn_parts)
{
    const struct import_flow_group *ou = group_of("ou");
    const struct import_flow_group *account = group_of("accountName");

    ck_assert_int_eq(ou->precedence, PRECEDENCE_MANUAL);
    ck_assert_str_eq(ou->flows[0].mapping.script, "cd.person:First->mv.person:ou");
    ck_assert(ou->flows[0].mapping.sources[1].intrinsic);
    ck_assert_int_eq(account->precedence, PRECEDENCE_EQUAL);
    ck_assert_int_eq(account->flows[0].mapping.kind, MAPPING_DN_PART);
    ck_assert_uint_eq(account->flows[0].mapping.dn_part, 1);
    ck_assert_int_eq(group_of("employeeID")->precedence, PRECEDENCE_RANKED);
    ck_assert_str_eq(ou->mv_type, "person");
}
END_TEST

START_TEST(export_flows_say_whether_nulls_flow_and_what_is_secret)
{
    const struct export_flow_set *set = &ad()->export_sets[0];

    ck_assert_str_eq(set->flows[0].cs_attribute, "dn");
    ck_assert(set->flows[0].mapping.initial_flow_only);
    ck_assert(set->flows[1].mapping.secret);
    ck_assert_str_eq(set->flows[1].mapping.constant, "Horse Battery 1");
    ck_assert_msg(set->flows[2].mapping.secret, "an encrypted attribute of the schema");
    ck_assert(set->flows[3].suppress_deletions && !set->flows[3].mapping.secret);
    ck_assert(!set->flows[4].suppress_deletions);
    ck_assert(set->flows[4].mapping.sources[0].intrinsic);
}
END_TEST

START_TEST(deletion_and_deprovisioning)
{
    ck_assert_int_eq(hr()->deprovisioning, DEPROVISION_EXPLICIT_DISCONNECTOR);
    ck_assert_int_eq(ad()->deprovisioning, DEPROVISION_DELETE);
    ck_assert_int_eq(mim->metaverse.provisioning, PROVISION_SCRIPTED);
    ck_assert_int_eq(mim->metaverse.deletion_rules[0].kind, MV_DELETE_LAST);
    ck_assert_uint_eq(mim->metaverse.deletion_rules[1].count, 2);
    ck_assert(guid_equal(&mim->metaverse.deletion_rules[1].agents[1], &ad()->id));
    ck_assert(mim->metaverse.options[0].recall);
    ck_assert(!mim->metaverse.options[1].recall);
}
END_TEST

/* --- partitions and run profiles --------------------------------------------------- */

START_TEST(a_partition_has_its_filter_and_its_data)
{
    const struct partition *partition = &ad()->partitions[0];

    ck_assert(partition->selected && !ad()->partitions[1].selected);
    ck_assert_str_eq(partition->object_types[1], "organizationalUnit");
    ck_assert_str_eq(partition->exclusions[0], "OU=Old,DC=fabrikam,DC=example");
    ck_assert_str_eq(parameter_find(partition->parameters, partition->parameter_count,
                                    "adma-partition-data/preferred-dcs/preferred-dc"),
                     "dc1.fabrikam.example");
    ck_assert_ptr_null(hr()->partitions[0].inclusions[0]);
    ck_assert_ptr_null(ad()->partitions[1].object_types[0]);
}
END_TEST

START_TEST(a_partition_is_found_by_id_in_any_case_or_by_name)
{
    const struct agent *agent = hr();

    ck_assert_ptr_eq(agent_partition(agent, "{44444444-DDDD-4ddd-8ddd-444444444444}"),
                     &agent->partitions[0]);
    ck_assert_ptr_eq(agent_partition(agent, "DEFAULT"), &agent->partitions[0]);
    ck_assert_ptr_null(agent_partition(agent, "other"));
    ck_assert_ptr_null(agent_partition(agent, NULL));
}
END_TEST

START_TEST(steps_are_what_their_types_and_subtypes_say)
{
    const struct run_profile *import = agent_profile(hr(), "FULL import");
    const struct run_profile *audit = agent_profile(hr(), "Audit");
    const struct step *steps = audit->steps;

    ck_assert_int_eq(import->steps[0].type, STEP_FULL_IMPORT);
    ck_assert(import->steps[0].stage_only);
    ck_assert_uint_eq(import->steps[0].object_limit, 100);
    ck_assert_uint_eq(import->steps[0].delete_limit, 0);
    ck_assert_uint_eq(import->steps[0].batch_size, 50);
    ck_assert_str_eq(parameter_find(import->steps[0].parameters,
                                    import->steps[0].parameter_count, "input-file"),
                     "hr.csv");
    ck_assert_int_eq(import->steps[1].type, STEP_DELTA_SYNC);
    ck_assert(!steps[0].stage_only && steps[0].to_file && steps[0].resume_from_file);
    ck_assert_str_eq(steps[0].dropfile, "audit.xml");
    ck_assert_uint_eq(steps[0].object_limit, 20);
    ck_assert(steps[1].stage_only && steps[1].to_file && !steps[1].resume_from_file);
    ck_assert_int_eq(steps[2].type, STEP_FULL_IMPORT_FULL_SYNC);
    ck_assert_ptr_null(steps[2].dropfile);
    ck_assert_int_eq(steps[3].type, STEP_FULL_SYNC);
    ck_assert(steps[3].rejoin_all);
    ck_assert_uint_eq(ad()->profiles[0].steps[0].page_size, 500);
}
END_TEST

/* --- Azure AD Connect -------------------------------------------------------------- */

START_TEST(rules_come_by_precedence)
{
    const struct sync_rule *out = &connect->rules[0];
    const struct sync_rule *in = &connect->rules[1];

    ck_assert_int_eq(connect->family, FAMILY_AADCONNECT);
    ck_assert_int_eq(out->precedence, 100);
    ck_assert_int_eq(out->direction, RULE_OUTBOUND);
    ck_assert_int_eq(out->link_type, LINK_TYPE_STICKY_JOIN);
    ck_assert(out->disabled && !in->disabled);
    ck_assert_str_eq(out->soft_delete_expiry, "30.00:00:00");
    ck_assert_int_eq(in->link_type, LINK_TYPE_PROVISION);
    ck_assert_ptr_eq(config_agent(connect, &in->agent), &connect->agents[0]);
}
END_TEST

START_TEST(the_expression_decides_what_a_mapping_is)
{
    const struct rule_mapping *mappings = connect->rules[1].mappings;

    ck_assert_int_eq(mappings[0].mapping.kind, MAPPING_DIRECT);
    ck_assert_int_eq(mappings[1].mapping.kind, MAPPING_EXPRESSION);
    ck_assert_str_eq(mappings[1].mapping.expression, "ConvertToBase64([objectGUID])");
    ck_assert(mappings[1].execute_once && !mappings[0].execute_once);
    ck_assert_int_eq(mappings[2].mapping.kind, MAPPING_CONSTANT);
    ck_assert_str_eq(mappings[2].mapping.constant, " none ");
    ck_assert_int_eq(mappings[2].merge, MERGE_CASE_INSENSITIVE);
    ck_assert(mappings[3].mapping.secret);
    ck_assert_int_eq(connect->rules[0].mappings[0].mapping.kind, MAPPING_EXPRESSION);
    ck_assert_uint_eq(connect->rules[0].mappings[0].mapping.source_count, 0);
}
END_TEST

START_TEST(a_rule_has_scopes_and_joins_and_empty_groups_are_none)
{
    const struct sync_rule *rule = &connect->rules[1];

    ck_assert_uint_eq(rule->join_count, 1);
    ck_assert(rule->joins[0].conditions[0].case_sensitive);
    ck_assert_str_eq(rule->joins[0].conditions[0].mv_attribute, "sourceAnchor");
    ck_assert_uint_eq(rule->scope_count, 1);
    ck_assert_uint_eq(rule->scope[0].count, 2);
    ck_assert_int_eq(rule->scope[0].clauses[0].op, SCOPE_ISBITNOTSET);
    ck_assert_int_eq(rule->scope[0].clauses[1].op, SCOPE_ISNOTNULL);
    ck_assert_str_eq(rule->scope[0].clauses[1].value, "");
    ck_assert_uint_eq(connect->rules[0].scope_count, 0);
}
END_TEST

START_TEST(connector_parameters_are_those_of_parameter_values)
{
    const struct agent *agent = &connect->agents[0];

    ck_assert_str_eq(
        parameter_find(agent->parameters, agent->parameter_count, "forest.fqdn"),
        "fabrikam.example");
    ck_assert(agent->parameters[1].encrypted);
    ck_assert_str_eq(agent->parameters[1].value, "");
    ck_assert_str_eq(agent->parameters[1].type, "encrypted-string");
    ck_assert_ptr_null(parameter_find(agent->private_configuration, agent->private_count,
                                      "adma-configuration/parameter-values/parameter"));
    ck_assert_str_eq(parameter_find(agent->partitions[0].parameters,
                                    agent->partitions[0].parameter_count, "Domain.FQDN"),
                     "fabrikam.example");
}
END_TEST

/* --- findings ---- */

START_TEST(a_reference_that_leads_nowhere_is_a_warning_with_its_place)
{
    ck_assert(was_said(mim, FINDING_WARNING, "MV.xml", 48,
                       "there is no management agent "
                       "{33333333-CCCC-4CCC-8CCC-333333333333}"));
    ck_assert(was_said(mim, FINDING_WARNING, "MA-HR.XML", 25, "'contractor'"));
}
END_TEST

START_TEST(what_is_not_done_says_what_that_means)
{
    ck_assert(was_said(mim, FINDING_UNSUPPORTED, "MA-HR.XML", 2, "Fabrikam.HR.dll"));
    ck_assert(was_said(mim, FINDING_UNSUPPORTED, "MV.xml", 5, "Fabrikam.Metaverse.dll"));
    ck_assert(was_said(mim, FINDING_APPROXIMATED, "MA-HR.XML", 33, "1 import flows"));
    ck_assert(was_said(connect, FINDING_APPROXIMATED, "GlobalSettings/MV.XML", 25,
                       "StagingMode is True"));
    for (size_t i = 0; i < mim->finding_count; i++)
        ck_assert(mim->findings[i].level != FINDING_UNSUPPORTED ||
                  mim->findings[i].consequence != NULL);
}
END_TEST

START_TEST(findings_are_in_order_of_file_and_line)
{
    for (size_t i = 1; i < mim->finding_count; i++) {
        const struct place *before = &mim->findings[i - 1].place;
        const struct place *place = &mim->findings[i].place;
        int order = strcmp(before->file, place->file);

        ck_assert(order < 0 || (order == 0 && before->line <= place->line));
    }
}
END_TEST

/* --- single files ---- */

START_TEST(an_exported_agent_brings_its_import_flows)
{
    struct config *config = read_export(DATA "/export-ma.xml");

    ck_assert_int_eq(config->family, FAMILY_MIM);
    ck_assert_uint_eq(config->agent_count, 1);
    ck_assert_uint_eq(config->metaverse.flow_group_count, 1);
    ck_assert(!config->metaverse.present);
    config_free(config);
}
END_TEST

START_TEST(a_bare_agent_is_of_the_family_that_its_rules_are_of)
{
    struct config *config =
        read_export(DATA "/connect/Connectors/"
                         "connector_{77777777-1111-4111-8111-777777777777}.xml");

    ck_assert_int_eq(config->family, FAMILY_AADCONNECT);
    ck_assert_str_eq(config->agents[0].file,
                     "connector_{77777777-1111-4111-8111-777777777777}.xml");
    for (size_t i = 0; i < config->finding_count; i++)
        ck_assert_int_eq(config->findings[i].level, FINDING_NOTE);
    config_free(config);
}
END_TEST

SUITE_WITH("config/config", begin, end, agents_are_found_by_name_and_by_id_in_any_case,
           an_element_that_was_indented_into_blanks_is_empty,
           a_private_configuration_is_flattened_with_attributes_and_in_order,
           numbers_in_hexadecimal_and_selected_attributes,
           ids_of_a_schema_differ_by_case_and_names_do_not,
           a_class_has_what_its_superior_its_rule_and_its_auxiliaries_have,
           an_attribute_without_single_value_has_many,
           a_filter_is_alternatives_of_conditions,
           a_join_is_direct_scripted_or_by_the_metaverse_id,
           flows_inside_a_compiled_rule_are_not_flows,
           a_function_tree_keeps_literals_attributes_and_nesting,
           blanks_of_a_constant_are_data_unless_they_are_all,
           precedence_scripts_and_dn_parts,
           export_flows_say_whether_nulls_flow_and_what_is_secret,
           deletion_and_deprovisioning, a_partition_has_its_filter_and_its_data,
           a_partition_is_found_by_id_in_any_case_or_by_name,
           steps_are_what_their_types_and_subtypes_say, rules_come_by_precedence,
           the_expression_decides_what_a_mapping_is,
           a_rule_has_scopes_and_joins_and_empty_groups_are_none,
           connector_parameters_are_those_of_parameter_values,
           a_reference_that_leads_nowhere_is_a_warning_with_its_place,
           what_is_not_done_says_what_that_means, findings_are_in_order_of_file_and_line,
           an_exported_agent_brings_its_import_flows,
           a_bare_agent_is_of_the_family_that_its_rules_are_of)
