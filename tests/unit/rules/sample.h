/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_RULES_SAMPLE_H
#define TESTS_UNIT_RULES_SAMPLE_H

#include "rules/program.h"
#include "suite.h"

/*
 * Two small agents and a metaverse, as the structs that config_read gives. A test puts
 * its rules or flows into them and compiles. The agents' numbers of the store are 11 and
 * 12.
 */
static struct names *names;
static struct program *program;
static struct ma_error error;

static const struct guid corp_id = {{1}};
static const struct guid cloud_id = {{2}};
static const struct guid nobody_id = {{9}};

static inline uint32_t number_of(void *context, const struct guid *agent)
{
    (void)context;
    return 10u + agent->bytes[0];
}

static const struct schema_attribute corp_attributes[] = {
    {.name = "cn", .type = VALUE_STRING, .single_valued = true},
    {.name = "mail", .type = VALUE_STRING, .single_valued = true},
    {.name = "objectSid", .type = VALUE_BINARY, .single_valued = true},
    {.name = "userAccountControl", .type = VALUE_NUMBER, .single_valued = true},
    {.name = "proxyAddresses", .type = VALUE_STRING},
    {.name = "manager", .type = VALUE_REFERENCE, .single_valued = true},
    {.name = "title", .type = VALUE_STRING, .single_valued = true},
    {.name = "whenChanged",
     .type = VALUE_STRING,
     .single_valued = true,
     .read_only = true},
    {.name = "unicodePwd",
     .type = VALUE_BINARY,
     .single_valued = true,
     .export_only = true,
     .encrypted = true},
};
static const struct schema_attribute cloud_attributes[] = {
    {.name = "cloudAnchor", .type = VALUE_STRING, .single_valued = true},
    {.name = "sourceAnchor", .type = VALUE_STRING, .single_valued = true},
    {.name = "accountEnabled", .type = VALUE_BOOLEAN, .single_valued = true},
    {.name = "mail", .type = VALUE_STRING, .single_valued = true},
};
static const struct schema_attribute mv_attributes[] = {
    {.name = "displayName", .type = VALUE_STRING, .single_valued = true},
    {.name = "mail", .type = VALUE_STRING, .single_valued = true},
    {.name = "objectSid", .type = VALUE_BINARY, .single_valued = true},
    {.name = "accountEnabled", .type = VALUE_BOOLEAN, .single_valued = true},
    {.name = "memberCount", .type = VALUE_NUMBER, .single_valued = true},
    {.name = "sourceAnchor", .type = VALUE_STRING, .single_valued = true},
    {.name = "manager", .type = VALUE_REFERENCE, .single_valued = true},
    {.name = "proxyAddresses", .type = VALUE_STRING},
};
static const struct schema_class mv_classes[] = {{.name = "person", .superior = -1},
                                                 {.name = "group", .superior = -1}};

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
#define SCHEMA_OF(list)                                                                  \
    {                                                                                    \
        .attributes = (list), .attribute_count = COUNT_OF(list)                          \
    }

static const char *const corp_selected[] = {
    "CN",      "mail",        "objectSid",  "userAccountControl", "proxyAddresses",
    "manager", "whenChanged", "unicodePwd", "notInTheSchema",     NULL};
static const char *const corp_types[] = {"user", "contact", NULL};
static const struct parameter corp_domain[] = {
    {.name = "Domain.FQDN", .value = "corp.example"}};
static const struct parameter corp_forest[] = {
    {.name = "Forest.FQDN", .value = "forest.example"},
    {.name = "Domain.FQDN", .value = "of the agent"}};
static const struct parameter global[] = {{.name = "Limit", .value = "500"},
                                          {.name = "Forest.FQDN", .value = "global"}};
static const struct partition corp_partition = {
    .name = "DC=corp",
    .object_types = corp_types,
    .parameters = corp_domain,
    .parameter_count = 1,
};

static struct agent agents[2];
static struct config config;

static const char *const *lacking; /* what the system of corp has not; NULL: nothing */

static inline const char *const *lacking_of(void *context, struct arena *arena,
                                            uint32_t agent)
{
    (void)context, (void)arena;
    return agent == 10u + corp_id.bytes[0] ? lacking : NULL;
}

static inline void sample_begin(void)
{
    lacking = NULL;
    agents[0] = (struct agent){
        .id = corp_id,
        .name = "corp",
        .schema = SCHEMA_OF(corp_attributes),
        .attributes = corp_selected,
        .attribute_count = COUNT_OF(corp_selected) - 1,
        .partitions = &corp_partition,
        .partition_count = 1,
        .parameters = corp_forest,
        .parameter_count = COUNT_OF(corp_forest),
    };
    agents[1] = (struct agent){
        .id = cloud_id,
        .name = "cloud",
        .schema = SCHEMA_OF(cloud_attributes),
    };
    config = (struct config){
        .family = FAMILY_AADCONNECT,
        .agents = agents,
        .agent_count = 2,
        .metaverse = {
            .present = true,
            .schema = {mv_attributes, COUNT_OF(mv_attributes), mv_classes, 2, false},
            .parameters = global,
            .parameter_count = COUNT_OF(global),
        }};
    names = names_new();
    program = NULL;
    error = (struct ma_error){0};
}

static inline void sample_end(void)
{
    program_free(program);
    names_free(names);
}

static inline enum ma_status compile(void)
{
    program_free(program);
    program = NULL;
    return program_compile(&program, &config, NULL, names,
                           &(struct program_agents){number_of, lacking_of, NULL}, &error);
}

static inline void compile_well(void)
{
    enum ma_status status = compile();

    ck_assert_msg(status == MA_OK, "%s", error.text);
}

static inline uint32_t name_of(const char *text)
{
    return names_find(names, slice_text(text));
}

static inline bool has_finding(const char *text)
{
    for (size_t i = 0; i < program->finding_count; i++)
        if (strstr(program->findings[i].text, text) != NULL)
            return true;
    return false;
}

#endif
