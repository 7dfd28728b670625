/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <strings.h>

#include "config/writeback_parts.h"

/* The rules as Azure AD Connect has them out of the box, and by whose names they are
 * known; the tag holds where somebody gave one another name. */
struct hybrid_rule {
    const char *name;
    const char *tag; /* without its revision */
    enum rule_direction direction;
    const char *source;
    const char *target;
    bool mailbox;       /* all values; else the address alone */
    bool mastered_here; /* not for what the cloud is the master of */
};

static const struct hybrid_rule hybrid_rules[] = {
    {"In from AAD - Contact Exchange Hybrid", "InfromAADContactExchangeHybrid",
     RULE_INBOUND, "contact", "person", false, false},
    {"In from AAD - Group Exchange Hybrid", "InfromAADGroupExchangeHybrid", RULE_INBOUND,
     "group", "group", false, false},
    {"In from AAD - User Exchange Hybrid", "InfromAADUserExchangeHybrid", RULE_INBOUND,
     "user", "person", true, false},
    {"Out to AD - Contact Exchange Hybrid", "OuttoADContactExchangeHybrid", RULE_OUTBOUND,
     "person", "contact", false, false},
    {"Out to AD - Group Exchange Hybrid", "OuttoADGroupExchangeHybrid", RULE_OUTBOUND,
     "group", "group", false, true},
    {"Out to AD - InetOrgPerson Exchange Hybrid", "OuttoADInetOrgPersonExchangeHybrid",
     RULE_OUTBOUND, "person", "inetOrgPerson", true, false},
    {"Out to AD - User Exchange Hybrid", "OuttoADUserExchangeHybrid", RULE_OUTBOUND,
     "person", "user", true, false},
};

enum { HYBRID_RULES = sizeof hybrid_rules / sizeof hybrid_rules[0] };

static const char display_type[] = "cloudMSExchRecipientDisplayType";
static const char in_the_cloud[] = "cloudSOAExchMailbox";

/* One mapping of a rule as XML. */
struct wanted {
    const char *dest;
    const char *sources[2];
    const char *expression; /* NULL: direct */
    const char *merge;
};

struct building {
    struct writing *w;
    const struct hybrid_rule *kind;
    const struct agent *agent;
    const struct sync_rule *rule; /* NULL: there is none */
    struct buf mappings;
    const char *added; /* names, for the report */
    enum ma_status status;
};

/* --- what is there ---------------------------------------------------------------- */

static bool is_for(const struct building *b, const struct sync_rule *rule)
{
    return guid_equal(&rule->agent, &b->agent->id) &&
           rule->direction == b->kind->direction &&
           strcasecmp(rule->source_type, b->kind->source) == 0 &&
           strcasecmp(rule->target_type, b->kind->target) == 0;
}

static bool is_it(const struct building *b, const struct sync_rule *rule)
{
    static const char maker[] = "Microsoft.";
    size_t length = strlen(b->kind->tag);
    const char *tag = rule->immutable_tag;

    if (!is_for(b, rule))
        return false;
    return strcasecmp(rule->name, b->kind->name) == 0 ||
           (strncasecmp(tag, maker, sizeof maker - 1) == 0 &&
            strncasecmp(tag + sizeof maker - 1, b->kind->tag, length) == 0 &&
            tag[sizeof maker - 1 + length] == '.');
}

static const struct sync_rule *find_rule(const struct building *b)
{
    for (size_t i = 0; i < b->w->config->rule_count; i++)
        if (is_it(b, &b->w->config->rules[i]))
            return &b->w->config->rules[i];
    return NULL;
}

/* In this rule, or in another that is at work. */
static bool is_mapped(const struct building *b, const char *dest)
{
    const struct config *config = b->w->config;

    for (size_t i = 0; i < config->rule_count; i++) {
        const struct sync_rule *rule = &config->rules[i];

        if (rule != b->rule && (rule->disabled || !is_for(b, rule)))
            continue;
        for (size_t k = 0; k < rule->mapping_count; k++)
            if (strcasecmp(rule->mappings[k].destination, dest) == 0)
                return true;
    }
    return false;
}

static bool either_is_mapped(const struct building *b,
                             const struct writeback_value *value)
{
    return is_mapped(b, value->names[0]) ||
           (value->names[1] != NULL && is_mapped(b, value->names[1]));
}

/* --- what is wanted --------------------------------------------------------------- */

static void add_mapping(struct building *b, const struct wanted *m)
{
    struct arena *arena = b->w->arena;

    buf_print(&b->mappings, "<mapping>\n  <dest>%s</dest>\n  <src>\n", m->dest);
    for (size_t i = 0; i < 2 && m->sources[i] != NULL; i++)
        buf_print(&b->mappings, "    <attr>%s</attr>\n", m->sources[i]);
    buf_text(&b->mappings, "  </src>\n");
    if (m->expression != NULL)
        buf_print(&b->mappings, "  <expression>%s</expression>\n",
                  splice_escape(arena, m->expression));
    buf_print(&b->mappings, "  <valueMergeType>%s</valueMergeType>\n</mapping>\n",
              m->merge == NULL ? "Update" : m->merge);
    b->added =
        b->added == NULL ? m->dest : arena_print(arena, "%s, %s", b->added, m->dest);
}

static void add_inbound(struct building *b, const char *dest, const char *source,
                        const char *expression, const char *syntax, bool single)
{
    if (b->status != MA_OK || is_mapped(b, dest) ||
        !writeback_select(b->w, b->agent, source, &b->status))
        return;
    b->status = writeback_declare(b->w, b->kind->target, dest, syntax, single);
    if (b->status == MA_OK)
        add_mapping(b, &(struct wanted){dest, {source}, expression, NULL});
}

static void want_inbound(struct building *b)
{
    static const char number[] = "1.3.6.1.4.1.1466.115.121.1.27";
    static const char boolean[] = "1.3.6.1.4.1.1466.115.121.1.7";

    if (b->kind->mailbox) {
        add_inbound(b, in_the_cloud, display_type,
                    "CBool(IIF(IsNullOrEmpty([cloudMSExchRecipientDisplayType]),NULL,"
                    "BitAnd([cloudMSExchRecipientDisplayType],&HFF) = 0))",
                    boolean, true);
        add_inbound(b, display_type, display_type, NULL, number, true);
    }
    for (const struct writeback_value *v = writeback_values; v->cloud != NULL; v++)
        if (b->kind->mailbox || v->how == WRITEBACK_X500)
            add_inbound(b, v->cloud, v->cloud, NULL, v->syntax, v->single);
}

/* What the cloud's agent does not bring cannot be written. */
static bool comes_in(const struct building *b, const char *attribute)
{
    const struct writing *w = b->w;

    return schema_attribute(&w->cloud->schema, attribute) != NULL;
}

static void add_outbound(struct building *b, const struct writeback_value *v)
{
    const char *dest = writeback_spelling(b->w, v);
    enum writeback_how how = v->how;
    struct arena *arena = b->w->arena;
    const struct wanted of[] = {
        [WRITEBACK_DIRECT] = {dest, {v->cloud}, NULL, NULL},
        [WRITEBACK_OF_MAILBOX] = {dest,
                                  {in_the_cloud, v->cloud},
                                  arena_print(arena,
                                              "IIF([%s] = True,[%s],IgnoreThisFlow)",
                                              in_the_cloud, v->cloud),
                                  NULL},
        [WRITEBACK_IF_ANY] = {dest,
                              {v->cloud},
                              arena_print(arena,
                                          "IIF(IsNullOrEmpty([%s]),IgnoreThisFlow,[%s])",
                                          v->cloud, v->cloud),
                              NULL},
        [WRITEBACK_X500] = {dest,
                            {v->cloud},
                            arena_print(arena,
                                        "IIF(IsNullOrEmpty([%s]),NULL,\"x500:\" & [%s])",
                                        v->cloud, v->cloud),
                            "MergeCaseInsensitive"},
    };

    b->w->any = b->w->any || either_is_mapped(b, v);
    if (b->status != MA_OK || either_is_mapped(b, v) || !comes_in(b, v->cloud))
        return;
    /* where nobody says what a mailbox is, none would ever be in the cloud */
    if (how == WRITEBACK_OF_MAILBOX && !comes_in(b, display_type))
        how = WRITEBACK_DIRECT;
    if (writeback_select(b->w, b->agent, dest == NULL ? v->names[0] : dest, &b->status)) {
        b->w->any = true;
        add_mapping(b, &of[how]);
    }
}

static void want_outbound(struct building *b)
{
    for (const struct writeback_value *v = writeback_values; v->cloud != NULL; v++)
        if (b->kind->mailbox || v->how == WRITEBACK_X500)
            add_outbound(b, v);
}

/* --- the rule --------------------------------------------------------------------- */

static long next_precedence(const struct building *b)
{
    const struct config *config = b->w->config;
    long last = 99;

    for (size_t i = 0; i < config->rule_count; i++)
        if (config->rules[i].precedence > last)
            last = config->rules[i].precedence;
    return last + 1 + (b->kind - hybrid_rules);
}

static const char scope[] = "  <synchronizationCriteria>\n"
                            "    <conditions>\n"
                            "      <scope>\n"
                            "        <csAttribute>cloudMastered</csAttribute>\n"
                            "        <csOperator>NOTEQUAL</csOperator>\n"
                            "        <csValue>True</csValue>\n"
                            "      </scope>\n"
                            "    </conditions>\n"
                            "  </synchronizationCriteria>\n";

/* The lines of `xml`, four blanks further in. */
static void put_indented(struct buf *out, const char *xml)
{
    while (*xml != '\0') {
        size_t length = strcspn(xml, "\n");

        buf_print(out, "    %.*s\n", (int)length, xml);
        xml += length + (xml[length] == '\n');
    }
}

static void write_rule(struct building *b)
{
    static const char zero[] = "{00000000-0000-0000-0000-000000000000}";
    const struct guid id = writeback_id(b->agent, b->kind->name);
    bool mastered =
        b->kind->mastered_here &&
        schema_attribute(&b->w->config->metaverse.schema, "cloudMastered") != NULL;
    char id_text[GUID_TEXT];
    char agent_text[GUID_TEXT];
    BUF_AUTO out = {0};

    guid_format(&id, GUID_PLAIN, id_text);
    guid_format(&b->agent->id, GUID_PLAIN, agent_text);
    buf_print(
        &out,
        "<synchronizationRule>\n  <id>{%s}</id>\n  <internal-id>{%s}</internal-id>\n"
        "  <version>1</version>\n  <name>%s</name>\n  <description />\n"
        "  <immutable-tag />\n  <direction>%s</direction>\n"
        "  <disabled>False</disabled>\n  <connector>{%s}</connector>\n"
        "  <sourceObjectType>%s</sourceObjectType>\n"
        "  <targetObjectType>%s</targetObjectType>\n  <linkType>Join</linkType>\n"
        "  <precedence>%ld</precedence>\n",
        id_text, id_text, b->kind->name,
        b->kind->direction == RULE_INBOUND ? "Inbound" : "Outbound", agent_text,
        b->kind->source, b->kind->target, next_precedence(b));
    buf_print(&out,
              "  <precedence-after>%s</precedence-after>\n"
              "  <precedence-before>%s</precedence-before>\n"
              "  <softDeleteExpiryInterval>00:00:00</softDeleteExpiryInterval>\n"
              "  <EnablePasswordSync>false</EnablePasswordSync>\n"
              "  <attribute-mappings>\n",
              zero, zero);
    put_indented(&out, b->mappings.at);
    buf_print(&out,
              "  </attribute-mappings>\n  <relationshipCriteria />\n%s"
              "</synchronizationRule>\n",
              mastered ? scope : "  <synchronizationCriteria />\n");
    folder_files_put(b->w->files,
                     arena_print(b->w->arena,
                                 "SynchronizationRules/SynchronizationRule_{%s}.xml",
                                 id_text),
                     buf_view(&out));
    writeback_done(b->w, "rule '%s': added, with %s", b->kind->name, b->added);
}

static void enable_rule(struct building *b, struct changed_file *file)
{
    int disabled = layout_child(&file->layout, 0, "disabled", LAYOUT_NONE);

    if (!b->rule->disabled || disabled == LAYOUT_NONE)
        return;
    splice_text(&file->splices, disabled, "False");
    writeback_done(b->w, "rule '%s': enabled", b->rule->name);
}

static void complete_rule(struct building *b, struct changed_file *file)
{
    int mappings = layout_child(&file->layout, 0, "attribute-mappings", LAYOUT_NONE);

    if (b->mappings.length == 0)
        return;
    if (mappings == LAYOUT_NONE)
        splice_append(&file->splices, 0,
                      arena_print(b->w->arena,
                                  "<attribute-mappings>\n%s</attribute-mappings>",
                                  b->mappings.at));
    else
        splice_append(&file->splices, mappings, arena_text(b->w->arena, b->mappings.at));
    writeback_done(b->w, "rule '%s': also flows %s", b->rule->name, b->added);
}

static enum ma_status change_rule(struct building *b)
{
    struct changed_file *file;
    enum ma_status status;

    if (b->mappings.length == 0 && !b->rule->disabled)
        return MA_OK;
    status = writeback_file(b->w, b->rule->place.file, &file);
    if (status != MA_OK)
        return status;
    enable_rule(b, file);
    complete_rule(b, file);
    return MA_OK;
}

/* --- all of them ------------------------------------------------------------------ */

/* A class that the agent does not read has no objects to write to. */
static bool has_type(const struct building *b)
{
    const char *type =
        b->kind->direction == RULE_INBOUND ? b->kind->source : b->kind->target;

    return b->rule != NULL || (schema_class(&b->agent->schema, type) != NULL &&
                               agent_reads_type(b->agent, type));
}

static enum ma_status build(struct writing *w, const struct hybrid_rule *kind)
{
    struct building b = {
        .w = w,
        .kind = kind,
        .agent = kind->direction == RULE_INBOUND ? w->cloud : w->ad,
    };

    b.rule = find_rule(&b);
    if (!has_type(&b))
        return MA_OK;
    if (kind->direction == RULE_INBOUND)
        want_inbound(&b);
    else
        want_outbound(&b);
    if (b.status == MA_OK && b.rule != NULL)
        b.status = change_rule(&b);
    else if (b.status == MA_OK && b.mappings.length > 0)
        write_rule(&b);
    buf_free(&b.mappings);
    return b.status;
}

enum ma_status writeback_connect(struct writing *w)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < HYBRID_RULES; i++)
        status = build(w, &hybrid_rules[i]);
    return status;
}

/* Inbound ones do no harm: what they bring is written nowhere. */
static enum ma_status switch_off(struct writing *w, const struct hybrid_rule *kind)
{
    struct building b = {.w = w, .kind = kind, .agent = w->ad};
    struct changed_file *file;
    int disabled;
    enum ma_status status;

    b.rule = kind->direction == RULE_OUTBOUND ? find_rule(&b) : NULL;
    if (b.rule == NULL || b.rule->disabled)
        return MA_OK;
    status = writeback_file(w, b.rule->place.file, &file);
    if (status != MA_OK)
        return status;
    disabled = layout_child(&file->layout, 0, "disabled", LAYOUT_NONE);
    if (disabled == LAYOUT_NONE)
        splice_append(&file->splices, 0, "<disabled>True</disabled>");
    else
        splice_text(&file->splices, disabled, "True");
    writeback_done(w, "rule '%s': disabled", b.rule->name);
    return MA_OK;
}

enum ma_status writeback_connect_off(struct writing *w)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < HYBRID_RULES; i++)
        status = switch_off(w, &hybrid_rules[i]);
    return status;
}
