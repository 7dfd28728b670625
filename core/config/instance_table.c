/* SPDX-License-Identifier: Apache-2.0 */
#include "config/instance_table.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

const struct mactl_rule mactl_rules[ELEMENT_COUNT] = {
    [ELEMENT_MACTL] = {"mactl",
                       ELEMENT_NONE,
                       false,
                       {{"version", ATTRIBUTE_REQUIRED, ATTRIBUTE_VERSION}}},
    [ELEMENT_AGENT] = {"agent",
                       ELEMENT_MACTL,
                       false,
                       {{"name", ATTRIBUTE_REQUIRED, ATTRIBUTE_TEXT},
                        {"plugin", ATTRIBUTE_OPTIONAL, ATTRIBUTE_TEXT}}},
    [ELEMENT_EXTENSION] = {"extension",
                           ELEMENT_MACTL,
                           false,
                           {{"assembly", ATTRIBUTE_REQUIRED, ATTRIBUTE_TEXT},
                            {"plugin", ATTRIBUTE_REQUIRED, ATTRIBUTE_TEXT}}},
    [ELEMENT_SETTING] = {"setting",
                         ELEMENT_MACTL,
                         true,
                         {{"name", ATTRIBUTE_REQUIRED, ATTRIBUTE_TEXT}}},
    [ELEMENT_GUARD] =
        {"guard",
         ELEMENT_MACTL,
         false,
         {{"agent", ATTRIBUTE_OPTIONAL, ATTRIBUTE_TEXT},
          {"export-deletes", ATTRIBUTE_SOME_OF, ATTRIBUTE_NUMBER},
          {"export-deletes-percent", ATTRIBUTE_SOME_OF, ATTRIBUTE_PERCENT},
          {"import-loss-percent", ATTRIBUTE_SOME_OF, ATTRIBUTE_PERCENT},
          {"export-updates", ATTRIBUTE_SOME_OF, ATTRIBUTE_NUMBER},
          {"export-renames", ATTRIBUTE_SOME_OF, ATTRIBUTE_NUMBER},
          {"export-member-removals", ATTRIBUTE_SOME_OF, ATTRIBUTE_NUMBER},
          {"export-attribute-clears", ATTRIBUTE_SOME_OF, ATTRIBUTE_NUMBER},
          {"export-updates-percent", ATTRIBUTE_SOME_OF, ATTRIBUTE_PERCENT},
          {"export-renames-percent", ATTRIBUTE_SOME_OF, ATTRIBUTE_PERCENT},
          {"export-member-removals-percent", ATTRIBUTE_SOME_OF, ATTRIBUTE_PERCENT},
          {"export-attribute-clears-percent", ATTRIBUTE_SOME_OF, ATTRIBUTE_PERCENT}}},
    [ELEMENT_CYCLE] = {"cycle",
                       ELEMENT_MACTL,
                       false,
                       {{"agent", ATTRIBUTE_REQUIRED, ATTRIBUTE_TEXT},
                        {"full-import", ATTRIBUTE_SOME_OF, ATTRIBUTE_TEXT},
                        {"delta-import", ATTRIBUTE_SOME_OF, ATTRIBUTE_TEXT},
                        {"full-synchronization", ATTRIBUTE_SOME_OF, ATTRIBUTE_TEXT},
                        {"delta-synchronization", ATTRIBUTE_SOME_OF, ATTRIBUTE_TEXT},
                        {"export", ATTRIBUTE_SOME_OF, ATTRIBUTE_TEXT},
                        {"skip", ATTRIBUTE_SOME_OF, ATTRIBUTE_FLAG}}},
    [ELEMENT_PARAMETER] = {"parameter",
                           ELEMENT_AGENT,
                           true,
                           {{"name", ATTRIBUTE_REQUIRED, ATTRIBUTE_TEXT}}},
    [ELEMENT_SECRET] = {"secret",
                        ELEMENT_AGENT,
                        false,
                        {{"name", ATTRIBUTE_REQUIRED, ATTRIBUTE_TEXT},
                         {"file", ATTRIBUTE_ONE_OF, ATTRIBUTE_TEXT},
                         {"credential", ATTRIBUTE_ONE_OF, ATTRIBUTE_TEXT}}},
};

size_t mactl_attribute_count(const struct mactl_rule *rule)
{
    size_t count = 0;

    while (count < MOST_ATTRIBUTES && rule->attributes[count].name != NULL)
        count++;
    return count;
}

static const struct setting_kind settings[] = {
    {"sync-rule-flows-without-service", true, "false",
     "Flows of FIM synchronisation rules hold for every connector of their class"},
    {"staging-mode", true, NULL,
     "Nothing is exported; not set: as the imported configuration says"},
    {"audit-before-export", true, "true",
     "The rights to what is pending in Active Directory are audited before its export"},
    {"exchange-hybrid", true, "false",
     "Exchange hybrid was set up here, so `coexistence disable` may take it back; "
     "written "
     "by `coexistence enable` and `writeback set`"},
    {"strict-joins", true, "true",
     "A join criterion with several matches is an error of its object"},
    {"run-history-days", false, NULL,
     "Days that the history of runs is kept, 0 for ever; not set: as the imported "
     "configuration says"},
    {"run-history-megabytes", false, "1000",
     "How much the history of runs may take in the store, 0 for any"},
    {"plugin-grace", false, "10",
     "Seconds beyond its step's time limit that a plugin may give no sign of life"},
    {"plugin-silence", false, "1800",
     "Seconds that a plugin may give no sign of life in any step, 0 for ever"},
    {"sync-threads", false, "0",
     "Threads that evaluate a synchronisation, 0 for one a processor, at most 8"},
};

const struct setting_kind *instance_settings(size_t *count)
{
    *count = COUNT(settings);
    return settings;
}

/* --- the schema -------------------------------------------------------------------- */

#define FLAG                                                                             \
    "<data type=\"token\"><param name=\"pattern\">"                                      \
    "[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee]|0|1</param></data>"

static const char *const patterns[] = {
    [ATTRIBUTE_TEXT] = "<data type=\"string\"><param name=\"minLength\">1</param></data>",
    [ATTRIBUTE_VERSION] = "<value>1</value>",
    [ATTRIBUTE_NUMBER] =
        "<data type=\"long\"><param name=\"minInclusive\">0</param></data>",
    [ATTRIBUTE_PERCENT] = "<data type=\"long\"><param name=\"minInclusive\">0</param>"
                          "<param name=\"maxInclusive\">100</param></data>",
    [ATTRIBUTE_FLAG] = FLAG,
};

static void put_attribute(struct buf *out, const char *indent,
                          const struct mactl_attribute *attribute)
{
    buf_print(out, "%s<attribute name=\"%s\">%s</attribute>\n", indent, attribute->name,
              patterns[attribute->kind]);
}

static void put_single(struct buf *out, const struct mactl_attribute *attribute)
{
    if (attribute->duty == ATTRIBUTE_REQUIRED)
        put_attribute(out, "      ", attribute);
    if (attribute->duty != ATTRIBUTE_OPTIONAL)
        return;
    buf_text(out, "      <optional>\n");
    put_attribute(out, "        ", attribute);
    buf_text(out, "      </optional>\n");
}

/* "Some of" three is: the first and any others, or the second and perhaps the third, or
 * the third. */
static void put_later(struct buf *out, const struct mactl_rule *rule, size_t after)
{
    for (size_t i = after + 1; i < mactl_attribute_count(rule); i++) {
        if (rule->attributes[i].duty != ATTRIBUTE_SOME_OF)
            continue;
        buf_text(out, "          <optional>\n");
        put_attribute(out, "            ", &rule->attributes[i]);
        buf_text(out, "          </optional>\n");
    }
}

static void put_choice(struct buf *out, const struct mactl_rule *rule,
                       enum attribute_duty duty)
{
    bool any = false;

    for (size_t i = 0; i < mactl_attribute_count(rule); i++) {
        if (rule->attributes[i].duty != duty)
            continue;
        buf_text(out, any ? "" : "      <choice>\n");
        any = true;
        buf_text(out, "        <group>\n");
        put_attribute(out, "          ", &rule->attributes[i]);
        if (duty == ATTRIBUTE_SOME_OF)
            put_later(out, rule, i);
        buf_text(out, "        </group>\n");
    }
    buf_text(out, any ? "      </choice>\n" : "");
}

static void put_attributes(struct buf *out, const struct mactl_rule *rule)
{
    for (size_t i = 0; i < mactl_attribute_count(rule); i++)
        put_single(out, &rule->attributes[i]);
    put_choice(out, rule, ATTRIBUTE_ONE_OF);
    put_choice(out, rule, ATTRIBUTE_SOME_OF);
}

/* A setting is one of those there are, each with its kind of text. */
static void put_settings(struct buf *out)
{
    buf_text(out, "      <choice>\n");
    for (size_t i = 0; i < COUNT(settings); i++)
        buf_print(out,
                  "        <group>\n"
                  "          <attribute name=\"name\"><value>%s</value></attribute>\n"
                  "          %s\n"
                  "        </group>\n",
                  settings[i].name, settings[i].flag ? FLAG : "<text/>");
    buf_text(out, "      </choice>\n");
}

static void put_children(struct buf *out, enum mactl_element element)
{
    bool any = false;

    for (size_t i = 0; i < ELEMENT_COUNT; i++) {
        if (mactl_rules[i].parent != element)
            continue;
        buf_text(out, any ? "" : "      <interleave>\n");
        any = true;
        buf_print(out, "        <zeroOrMore><ref name=\"%s\"/></zeroOrMore>\n",
                  mactl_rules[i].name);
    }
    if (any)
        buf_text(out, "      </interleave>\n");
    else
        buf_text(out, mactl_rules[element].text ? "      <text/>\n" : "      <empty/>\n");
}

static void put_element(struct buf *out, enum mactl_element element)
{
    const struct mactl_rule *rule = &mactl_rules[element];

    buf_print(out, "  <define name=\"%s\">\n    <element name=\"%s\">\n", rule->name,
              rule->name);
    if (element == ELEMENT_SETTING) {
        put_settings(out);
    } else {
        put_attributes(out, rule);
        put_children(out, element);
    }
    buf_text(out, "    </element>\n  </define>\n");
}

void mactl_schema_write(struct buf *out)
{
    buf_text(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                  "<!-- SPDX-License-Identifier: Apache-2.0 -->\n"
                  "<!-- Written by tools/write_schemas.c from the table of mactl.xml in "
                  "core/config; a test compares them. -->\n"
                  "<grammar xmlns=\"http://relaxng.org/ns/structure/1.0\" ns=\"\"\n"
                  "  datatypeLibrary=\"http://www.w3.org/2001/XMLSchema-datatypes\">\n"
                  "  <start><ref name=\"mactl\"/></start>\n");
    for (size_t i = 0; i < ELEMENT_COUNT; i++)
        put_element(out, (enum mactl_element)i);
    buf_text(out, "</grammar>\n");
}
