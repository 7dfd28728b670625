/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The schema of a directory: attributes and classes as its schema entry publishes them;
 * of Active Directory their GUIDs too, what is linked and what is computed.
 */

#include <ldap_schema.h>
#include <stdlib.h>

#include "discover.h"

struct reading {
    struct discovery *discovery;
    struct link *link;
    struct pool pool;
    struct subschema subschema;
    struct ma_schema_attribute *attributes;
    size_t attribute_count;
    struct ma_schema_class *classes;
    size_t class_count;
};

static enum ma_status no_memory(struct ma_error *err)
{
    return ma_fail(err, MA_NO_MEMORY, "out of memory");
}

static const char *copy(struct reading *d, const char *text)
{
    return text == NULL ? NULL : pool_text(&d->pool, text, strlen(text));
}

/* --- attributes --------------------------------------------------------------------- */

static const struct {
    const char *syntax;
    enum ma_type type;
} syntaxes[] = {
    {"1.3.6.1.4.1.1466.115.121.1.12", MA_REFERENCE}, /* a DN */
    {"1.2.840.113556.1.4.903", MA_REFERENCE},        /* with bytes beside it */
    {"1.2.840.113556.1.4.904", MA_REFERENCE},        /* with text beside it */
    {"1.2.840.113556.1.4.1221", MA_REFERENCE},       /* an OR-name */
    {"1.3.6.1.4.1.1466.115.121.1.27", MA_INTEGER},
    {"1.2.840.113556.1.4.906", MA_INTEGER}, /* of 64 bits */
    {"1.3.6.1.4.1.1466.115.121.1.7", MA_FLAG},
    {"1.3.6.1.4.1.1466.115.121.1.5", MA_BYTES},
    {"1.3.6.1.4.1.1466.115.121.1.40", MA_BYTES},
    {"1.2.840.113556.1.4.907", MA_BYTES}, /* a security descriptor */
};

static enum ma_type type_of(const char *syntax)
{
    for (size_t i = 0; syntax != NULL && i < sizeof syntaxes / sizeof syntaxes[0]; i++)
        if (strcmp(syntaxes[i].syntax, syntax) == 0)
            return syntaxes[i].type;
    return MA_TEXT;
}

static void take_attribute(struct reading *d, const char *definition)
{
    int code;
    const char *at;
    LDAPAttributeType *type =
        ldap_str2attributetype(definition, &code, &at, LDAP_SCHEMA_ALLOW_ALL);

    if (type != NULL && type->at_names != NULL && type->at_names[0] != NULL)
        d->attributes[d->attribute_count++] = (struct ma_schema_attribute){
            .name = copy(d, type->at_names[0]),
            .type = type_of(type->at_syntax_oid),
            .syntax = copy(d, type->at_syntax_oid),
            .single_valued = type->at_single_value != 0,
            .read_only = type->at_no_user_mod != 0,
        };
    ldap_attributetype_free(type);
}

static int by_name(const void *a, const void *b)
{
    return strcasecmp(((const struct ma_schema_attribute *)a)->name,
                      ((const struct ma_schema_attribute *)b)->name);
}

static struct ma_schema_attribute *find_attribute(struct reading *d, const char *name)
{
    const struct ma_schema_attribute wanted = {.name = name};

    return d->attribute_count == 0 ? NULL
                                   : bsearch(&wanted, d->attributes, d->attribute_count,
                                             sizeof wanted, by_name);
}

static enum ma_status take_attributes(struct reading *d, struct ma_error *err)
{
    const struct answer_attribute *types =
        answer_find(&d->subschema.answer, "attributeTypes");
    size_t count = types == NULL ? 0 : types->count;

    d->attributes = pool_alloc(&d->pool, (count + 1) * sizeof *d->attributes);
    if (d->attributes == NULL)
        return no_memory(err);
    for (size_t i = 0; i < count; i++)
        take_attribute(d, types->values[i].data);
    if (d->pool.failed)
        return no_memory(err);
    qsort(d->attributes, d->attribute_count, sizeof *d->attributes, by_name);
    return MA_OK;
}

/* --- GUIDs -------------------------------------------------------------------------- */

/* What stands between quotes behind this word; "" where it is not there. */
static const char *quoted(struct reading *d, const char *definition, const char *word)
{
    const char *at = strstr(definition, word);
    const char *end = at == NULL ? NULL : strchr(at + strlen(word), '\'');

    return end == NULL ? ""
                       : pool_text(&d->pool, at + strlen(word),
                                   (size_t)(end - at) - strlen(word));
}

/* The bytes of the GUID in their order, as hex. */
static struct ma_value bytes_of(struct reading *d, const char *hex)
{
    struct ma_value none = {"", 0};
    char *out = pool_alloc(&d->pool, 17);

    if (out == NULL || strlen(hex) != 32 ||
        strspn(hex, "0123456789abcdefABCDEF") != strlen(hex))
        return none;
    for (size_t i = 0; i < 16; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};

        out[i] = (char)strtoul(digits, NULL, 16);
    }
    return (struct ma_value){out, 16};
}

static void take_attribute_guids(struct reading *d)
{
    const struct answer_attribute *infos =
        answer_find(&d->subschema.answer, "extendedAttributeInfo");

    for (size_t i = 0; infos != NULL && i < infos->count; i++) {
        const char *info = infos->values[i].data;
        struct ma_schema_attribute *a = find_attribute(d, quoted(d, info, " NAME '"));

        if (a != NULL)
            a->id = bytes_of(d, quoted(d, info, " PROPERTY-GUID '"));
    }
}

static void take_class_guids(struct reading *d)
{
    const struct answer_attribute *infos =
        answer_find(&d->subschema.answer, "extendedClassInfo");

    for (size_t i = 0; infos != NULL && i < infos->count; i++) {
        const char *info = infos->values[i].data;
        const char *name = quoted(d, info, " NAME '");

        for (size_t k = 0; k < d->class_count; k++)
            if (strcasecmp(d->classes[k].name, name) == 0)
                d->classes[k].id = bytes_of(d, quoted(d, info, " CLASS-GUID '"));
    }
}

/* --- links, and what is computed (MS-ADTS 2.2.10, 3.1.1.1.6) ---------------------- */

#define CONSTRUCTED "(systemFlags:1.2.840.113556.1.4.803:=4)"

static enum ma_status take_kind(void *context, LDAPMessage *entry, struct ma_error *err)
{
    struct reading *d = context;
    struct answer answer = {0};
    enum ma_status status = answer_read(&answer, d->link, entry, err);
    const struct answer_attribute *name = answer_find(&answer, "lDAPDisplayName");
    const struct answer_attribute *flags = answer_find(&answer, "systemFlags");
    struct ma_schema_attribute *a =
        name == NULL || name->count == 0 ? NULL : find_attribute(d, name->values[0].data);

    if (status == MA_OK && a != NULL) {
        a->linked = answer_find(&answer, "linkID") != NULL;
        a->constructed = flags != NULL && flags->count > 0 &&
                         (strtoul(flags->values[0].data, NULL, 10) & 4) != 0;
        a->read_only |= a->constructed;
    }
    answer_free(&answer);
    return status;
}

static enum ma_status take_kinds(struct reading *d, const char *schema,
                                 struct ma_error *err)
{
    static const char *const attributes[] = {"lDAPDisplayName", "linkID", "systemFlags",
                                             NULL};
    const struct page_search search = {
        .kind = PAGE_RESULTS,
        .base = schema,
        .scope = LDAP_SCOPE_ONELEVEL,
        .filter = "(&(objectClass=attributeSchema)(|(linkID=*)" CONSTRUCTED "))",
        .attributes = attributes,
        .size = 1000,
    };
    const struct page_taker taker = {.entry = take_kind, .context = d};

    return schema[0] == '\0' ? MA_OK : page_each(d->link, &search, &taker, NULL, err);
}

/* --- classes ------------------------------------------------------------------------ */

struct names {
    const char **items;
    size_t count;
    size_t capacity;
};

static void add_name(struct reading *d, struct names *to, const char *name)
{
    const char **grown;

    for (size_t i = 0; i < to->count; i++)
        if (strcasecmp(to->items[i], name) == 0)
            return;
    grown = pool_grow(&d->pool, to->items, to->count, &to->capacity, sizeof *grown);
    if (grown == NULL)
        return;
    to->items = grown;
    to->items[to->count++] = copy(d, name);
}

static void add_names(struct reading *d, struct names *to, char *const *names)
{
    for (; names != NULL && *names != NULL; names++)
        add_name(d, to, *names);
}

static const char *const *end_names(struct reading *d, struct names *names)
{
    const char **grown =
        pool_grow(&d->pool, names->items, names->count, &names->capacity, sizeof *grown);

    if (grown == NULL)
        return NULL;
    grown[names->count] = NULL;
    return grown;
}

/* What a content rule adds to its class: of Active Directory its own attributes and all
 * those of its auxiliary classes. */
static void add_rule(struct reading *d, struct names *to, const char *oid)
{
    const struct answer_attribute *rules =
        answer_find(&d->subschema.answer, "dITContentRules");
    size_t length = oid == NULL ? 0 : strlen(oid);

    for (size_t i = 0; length > 0 && rules != NULL && i < rules->count; i++) {
        const char *text = rules->values[i].data;
        LDAPContentRule *rule;
        const char *at;
        int code;

        if (strncmp(text, "( ", 2) != 0 || strncmp(text + 2, oid, length) != 0 ||
            text[2 + length] != ' ')
            continue;
        rule = ldap_str2contentrule(text, &code, &at, LDAP_SCHEMA_ALLOW_ALL);
        if (rule != NULL) {
            add_names(d, to, rule->cr_at_oids_must);
            add_names(d, to, rule->cr_at_oids_may);
        }
        ldap_contentrule_free(rule);
    }
}

static void take_class(struct reading *d, const char *definition)
{
    struct names names = {0};
    int code;
    const char *at;
    LDAPObjectClass *class =
        ldap_str2objectclass(definition, &code, &at, LDAP_SCHEMA_ALLOW_ALL);

    if (class != NULL && class->oc_names != NULL && class->oc_names[0] != NULL) {
        char **sup = class->oc_sup_oids;

        add_names(d, &names, class->oc_at_oids_must);
        add_names(d, &names, class->oc_at_oids_may);
        add_rule(d, &names, class->oc_oid);
        d->classes[d->class_count++] = (struct ma_schema_class){
            .name = copy(d, class->oc_names[0]),
            .superior = copy(d, sup == NULL ? NULL : sup[0]),
            .structural = class->oc_kind == LDAP_SCHEMA_STRUCTURAL,
            .attributes = end_names(d, &names),
        };
    }
    ldap_objectclass_free(class);
}

static enum ma_status take_classes(struct reading *d, struct ma_error *err)
{
    const struct answer_attribute *classes =
        answer_find(&d->subschema.answer, "objectClasses");
    size_t count = classes == NULL ? 0 : classes->count;

    d->classes = pool_alloc(&d->pool, (count + 1) * sizeof *d->classes);
    if (d->classes == NULL)
        return no_memory(err);
    for (size_t i = 0; i < count; i++)
        take_class(d, classes->values[i].data);
    return d->pool.failed ? no_memory(err) : MA_OK;
}

/* --- the schema --------------------------------------------------------------------- */

static enum ma_status tell(struct reading *d, const char *schema_place,
                           struct ma_error *err)
{
    static const char *const attributes[] = {"attributeTypes",    "objectClasses",
                                             "dITContentRules",   "extendedAttributeInfo",
                                             "extendedClassInfo", NULL};
    const struct ma_host *host = d->discovery->session->host;
    enum ma_status status = subschema_read(&d->subschema, d->link, attributes, err);
    struct ma_schema schema = {.size = sizeof schema};

    if (status == MA_OK)
        status = take_attributes(d, err);
    if (status == MA_OK && d->attribute_count == 0)
        return ma_fail(err, MA_DENIED,
                       "%s does not publish its schema, or not to this account",
                       d->link->host);
    if (status == MA_OK)
        status = take_kinds(d, schema_place, err);
    if (status == MA_OK)
        status = take_classes(d, err);
    if (status != MA_OK)
        return status;
    take_attribute_guids(d);
    take_class_guids(d);
    schema.attributes = d->attributes;
    schema.attribute_count = d->attribute_count;
    schema.classes = d->classes;
    schema.class_count = d->class_count;
    return d->pool.failed ? no_memory(err) : host->found_schema(host, &schema, err);
}

enum ma_status discover_schema(struct discovery *discovery, const char *schema,
                               struct ma_error *err)
{
    struct reading d = {.discovery = discovery, .link = discovery->link};
    enum ma_status status = tell(&d, schema, err);

    subschema_end(&d.subschema);
    pool_free(&d.pool);
    return status;
}
