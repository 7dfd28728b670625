/* SPDX-License-Identifier: Apache-2.0 */
#include "config/password.h"

#include <string.h>
#include <strings.h>

/* Attributes that hold a password, or what a password can be got from, in directories,
 * metaverses and the files that people feed them with. */
static const char *const known[] = {
    "unicodePwd",
    "userPassword",
    "password",
    "pwd",
    "passwd",
    "initialPassword",
    "export_password",
    "accountPassword",
    "userPwd",
    "dBCSPwd",
    "ntPwdHistory",
    "lmPwdHistory",
    "supplementalCredentials",
    "sambaNTPassword",
    "sambaLMPassword",
    "krbPrincipalKey",
    "ms-Mcs-AdmPwd",
    "msLAPS-Password",
    "msLAPS-EncryptedPassword",
    "msDS-ManagedPassword",
    "msFVE-RecoveryPassword",
    "msTPM-OwnerInformation",
    "trustAuthIncoming",
    "trustAuthOutgoing",
    "initialAuthIncoming",
    "initialAuthOutgoing",
    "authPassword",
    "userPKCS12",
    "PwdHash",
    "windowsLegacyCredentials",
    "windowsSupplementalCredentials",
};

/* What is only about passwords: when one was set, how often it was wrong. */
static const char *const about[] = {"lastset", "timestamp", "count", "time",
                                    "age",     "length",    "date",  "policy",
                                    "expired", "expires"};

static bool is_about(const char *attribute)
{
    size_t length = strlen(attribute);

    for (size_t i = 0; i < sizeof about / sizeof about[0]; i++) {
        size_t tail = strlen(about[i]);

        if (length > tail && strcasecmp(attribute + length - tail, about[i]) == 0)
            return true;
    }
    return false;
}

bool password_is(const char *attribute)
{
    static const char *const parts[] = {"pwd", "password", "passwd", "passphrase",
                                        "secret"};

    if (attribute == NULL)
        return false;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcasecmp(known[i], attribute) == 0)
            return true;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcasestr(attribute, parts[i]) != NULL)
            return !is_about(attribute);
    return false;
}

static bool is_encrypted(const struct schema *schema, const char *attribute)
{
    for (size_t i = 0; schema != NULL && i < schema->attribute_count; i++)
        if (schema->attributes[i].encrypted &&
            strcasecmp(schema->attributes[i].name, attribute) == 0)
            return true;
    return false;
}

/* --- the mappings of a configuration ------------------------------------------------ */

/* A mapping, and the attribute of this schema that it gives a value to. */
typedef void visitor(void *context, const struct mapping *mapping,
                     const struct schema *schema, const char *target);

static void visit_exports(const struct agent *agent, visitor *visit, void *context)
{
    for (size_t i = 0; i < agent->export_set_count; i++)
        for (size_t j = 0; j < agent->export_sets[i].count; j++) {
            const struct export_flow *flow = &agent->export_sets[i].flows[j];

            visit(context, &flow->mapping, &agent->schema, flow->cs_attribute);
        }
}

static void visit_imports(const struct metaverse *mv, visitor *visit, void *context)
{
    for (size_t i = 0; i < mv->flow_group_count; i++)
        for (size_t j = 0; j < mv->flow_groups[i].count; j++)
            visit(context, &mv->flow_groups[i].flows[j].mapping, &mv->schema,
                  mv->flow_groups[i].mv_attribute);
}

static void visit_rule(const struct config *config, const struct sync_rule *rule,
                       visitor *visit, void *context)
{
    const struct agent *agent = config_agent(config, &rule->agent);
    const struct schema *schema = &config->metaverse.schema;

    if (rule->direction == RULE_OUTBOUND)
        schema = agent == NULL ? NULL : &agent->schema;
    for (size_t i = 0; i < rule->mapping_count; i++)
        visit(context, &rule->mappings[i].mapping, schema, rule->mappings[i].destination);
}

static void visit_all(const struct config *config, visitor *visit, void *context)
{
    for (size_t i = 0; i < config->agent_count; i++)
        visit_exports(&config->agents[i], visit, context);
    visit_imports(&config->metaverse, visit, context);
    for (size_t i = 0; i < config->rule_count; i++)
        visit_rule(config, &config->rules[i], visit, context);
}

/* --- what is done with them --------------------------------------------------------- */

/* The structs are constant for all but those that make them. */
static void mark(void *context, const struct mapping *mapping,
                 const struct schema *schema, const char *target)
{
    (void)context;
    ((struct mapping *)(uintptr_t)mapping)->secret =
        password_is(target) || is_encrypted(schema, target);
}

void password_mark(struct config *config)
{
    visit_all(config, mark, NULL);
}

static void look(void *context, const struct mapping *mapping,
                 const struct schema *schema, const char *target)
{
    bool *found = context;

    (void)schema;
    (void)target;
    *found = *found || (mapping->secret &&
                        (mapping->constant != NULL || mapping->expression != NULL ||
                         mapping->function != NULL));
}

bool password_inside(const struct config *config)
{
    bool found = false;

    visit_all(config, look, &found);
    return found;
}
