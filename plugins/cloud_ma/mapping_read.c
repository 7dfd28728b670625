/* SPDX-License-Identifier: Apache-2.0 */

/* The file of a mapping, checked, as the structures of mapping.h. */

#include "mapping.h"

#include <stdlib.h>

#include "data_file.h"
#include "onpremises.h"
#include "reply.h"

enum { FORMAT_VERSION = 1 };

/* By whether the agent has the schema of the Azure AD connector, and a tenant. */
static const char *const usual[2][2] = {{"scim", "graph"},
                                        {"aadconnect-scim", "aadconnect-graph"}};

/* --- what is in it ---------------------------------------------------------------- */

static const struct ma_schema_attribute *of_schema(const struct ma_schema *schema,
                                                   const char *name)
{
    for (size_t i = 0; i < schema->attribute_count; i++)
        if (strcasecmp(schema->attributes[i].name, name) == 0)
            return &schema->attributes[i];
    return NULL;
}

static const struct {
    const char *name;
    enum ma_type type;
} types[] = {
    {"string", MA_TEXT},  {"integer", MA_INTEGER},     {"boolean", MA_FLAG},
    {"binary", MA_BYTES}, {"reference", MA_REFERENCE}, {NULL, MA_UNTYPED},
};

static enum ma_type type_named(const char *name)
{
    size_t i = 0;

    while (name != NULL && types[i].name != NULL && strcmp(types[i].name, name) != 0)
        i++;
    return name == NULL ? MA_UNTYPED : types[i].type;
}

static bool flag(const json_t *object, const char *name)
{
    return json_is_true(member(object, name));
}

/* Why it is read-only: in the file's own words, if it has any. */
static const char *reason(const json_t *object, const char *usual_words)
{
    const char *words = member_text(object, "read-only");

    return words != NULL ? words : flag(object, "read-only") ? usual_words : NULL;
}

/* Directory extensions have the application that they are of in their names. */
static const char *extension(struct mapping *m, const char *prefix)
{
    const char *mark = strstr(prefix, "{extension-app}");
    struct bytes text = {0};
    const char *out;

    if (mark == NULL)
        return prefix;
    bytes_add(&text, prefix, (size_t)(mark - prefix));
    for (const char *c = m->extension_app; c != NULL && *c != '\0'; c++)
        if (*c != '-')
            bytes_char(&text, *c);
    bytes_text(&text, mark + strlen("{extension-app}"));
    out = text.failed ? "" : pool_text(&m->pool, text.at, text.length);
    bytes_free(&text);
    return out;
}

static enum ma_status read_mapped(struct mapping *m, const struct ma_schema *schema,
                                  struct mapped *out, const char *name,
                                  const json_t *value, struct ma_error *err)
{
    const struct ma_schema_attribute *known = of_schema(schema, name);
    const char *path =
        json_is_string(value) ? json_string_value(value) : member_text(value, "path");
    const char *type = member_text(value, "type");

    *out = (struct mapped){.name = name};
    if (path == NULL)
        return ma_fail(err, MA_INVALID,
                       "%s: attribute '%s': wanted is a path, or an object with one",
                       m->file, name);
    if (path_parse(&out->path, &m->pool, extension(m, path), err) != MA_OK)
        return ma_fail(err, MA_INVALID, "%s: attribute '%s': %s", m->file, name,
                       pool_text(&m->pool, err->text, strlen(err->text)));
    out->type = type_named(type);
    if (type != NULL && out->type == MA_UNTYPED)
        return ma_fail(err, MA_INVALID, "%s: attribute '%s': there is no type '%s'",
                       m->file, name, type);
    if (out->type == MA_UNTYPED)
        out->type = known != NULL ? known->type : MA_TEXT;
    out->many = flag(value, "many") || (known != NULL && !known->single_valued);
    if (json_is_false(member(value, "many")))
        out->many = false;
    out->members = flag(value, "members");
    out->link = flag(value, "link");
    out->read_only = reason(value, "the service alone writes this attribute");
    if (m->graph && out->read_only == NULL)
        out->read_only = graph_never(out->path.attribute);
    out->hidden = member_text(value, "hidden");
    out->write_only = flag(value, "write-only") || (known != NULL && known->export_only);
    return MA_OK;
}

static bool has_attribute(const struct ma_schema *schema, const char *class,
                          const char *name)
{
    for (size_t i = 0; i < schema->class_count; i++)
        if (strcasecmp(schema->classes[i].name, class) == 0)
            for (const char *const *a = schema->classes[i].attributes;
                 a != NULL && *a != NULL; a++)
                if (strcasecmp(*a, name) == 0)
                    return true;
    return false;
}

/* What the file does not name, but the schema of the agent has, is called as it is,
 * behind this prefix: the URN of an extension and a colon, or nothing. */
static enum ma_status add_others(struct mapping *m, struct mapped_class *class,
                                 const struct ma_schema *schema, const char *prefix,
                                 struct ma_error *err)
{
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const char *name = schema->attributes[i].name;
        char text[512];
        json_t *path;
        enum ma_status status;

        if (mapping_attribute(class, name) != NULL ||
            !has_attribute(schema, class->name, name) ||
            (m->anchor != NULL && strcasecmp(name, m->anchor) == 0))
            continue;
        snprintf(text, sizeof text, "%s%s", prefix, name);
        path = json_string(text);
        status =
            read_mapped(m, schema, &class->attributes[class->count++], name, path, err);
        json_decref(path);
        if (status != MA_OK)
            return status;
    }
    return MA_OK;
}

static enum ma_status read_attributes(struct mapping *m, struct mapped_class *class,
                                      const json_t *json, const struct ma_schema *schema,
                                      struct ma_error *err)
{
    json_t *attributes = member(json, "attributes");
    size_t most = json_object_size(attributes) + schema->attribute_count;
    const char *prefix;
    const char *name;
    json_t *value;

    class->attributes = pool_alloc(&m->pool, (most + 1) * sizeof *class->attributes);
    if (class->attributes == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    json_object_foreach(attributes, name,
                        value) if (read_mapped(m, schema,
                                               &class->attributes[class->count++], name,
                                               value, err) != MA_OK) return err->status;
    prefix = member_text(json, "others");
    return prefix == NULL ? MA_OK
                          : add_others(m, class, schema, extension(m, prefix), err);
}

static enum ma_status read_dn(struct mapping *m, struct mapped_class *class,
                              const json_t *dn, struct ma_error *err)
{
    const char *from = member_text(dn, "from");
    const char *form = member_text(dn, "form");
    const char *mark = form == NULL ? NULL : strstr(form, "{hex}");

    class->dn_is_id = from == NULL || strcmp(from, "id") == 0;
    if (path_parse(&class->dn_path, &m->pool, from == NULL ? "id" : extension(m, from),
                   err) != MA_OK)
        return err->status;
    if (form == NULL)
        return MA_OK;
    if (mark == NULL)
        return ma_fail(err, MA_INVALID,
                       "%s: class '%s': the form of a DN has {hex} in it", m->file,
                       class->name);
    class->dn_form = DN_HEX;
    class->dn_head = pool_text(&m->pool, form, (size_t)(mark - form));
    class->dn_tail = mark + 5;
    return MA_OK;
}

/* A list of paths, as an array of the pool. */
static enum ma_status read_paths(struct mapping *m, const struct mapped_class *class,
                                 const char *name, const json_t *list, struct path **out,
                                 size_t *count, struct ma_error *err)
{
    size_t i;
    json_t *item;

    *out = pool_alloc(&m->pool, (json_array_size(list) + 1) * sizeof **out);
    if (*out == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item) ||
            path_parse(&(*out)[(*count)++], &m->pool,
                       extension(m, json_string_value(item)), err) != MA_OK)
            return ma_fail(err, MA_INVALID, "%s: class '%s': '%s' is a list of paths",
                           m->file, class->name, name);
    }
    return MA_OK;
}

static bool in_list(const char *list, const char *name)
{
    size_t length = strlen(name);

    for (const char *at = list; (at = strstr(at, name)) != NULL; at += length)
        if ((at == list || at[-1] == ',') && (at[length] == ',' || at[length] == '\0'))
            return true;
    return false;
}

static void add_name(struct bytes *list, const char *name)
{
    if (list->length > 0 && in_list(list->at, name))
        return;
    if (list->length > 0)
        bytes_char(list, ',');
    bytes_text(list, name);
}

/* Graph gives what is asked for: the properties, and the id behind each link. */
static void make_select(struct mapping *m, struct mapped_class *class)
{
    struct bytes select = {0}, expand = {0};

    add_name(&select, "id");
    add_name(&select, class->dn_path.attribute);
    add_name(&select, "onPremisesSyncEnabled"); /* who may change it */
    for (size_t i = 0; i < class->count; i++) {
        const struct mapped *a = &class->attributes[i];

        if (a->link && expand.length == 0) { /* Graph expands one */
            bytes_text(&expand, a->path.attribute);
            bytes_text(&expand, "($select=id)");
        } else if (!a->members && !a->link && !a->write_only)
            add_name(&select, a->path.attribute);
    }
    class->select = pool_text(&m->pool, select.at, select.length);
    class->expand =
        expand.length == 0 ? NULL : pool_text(&m->pool, expand.at, expand.length);
    m->pool.failed |= select.failed || expand.failed;
    bytes_free(&select);
    bytes_free(&expand);
}

static enum ma_status read_class(struct mapping *m, struct mapped_class *class,
                                 const char *name, const json_t *json,
                                 const struct ma_schema *schema, struct ma_error *err)
{
    const char *anchor = member_text(json, "anchor");

    *class = (struct mapped_class){.name = name,
                                   .endpoint = member_text(json, "endpoint"),
                                   .schemas = member(json, "schemas"),
                                   .optional = flag(json, "optional"),
                                   .read_only =
                                       reason(json, "the service lets nobody write such "
                                                    "objects"),
                                   .defaults = member(json, "defaults"),
                                   .anchor_head = ""};
    if (class->endpoint == NULL || class->endpoint[0] != '/' ||
        (!m->graph && !json_is_array(class->schemas)))
        return ma_fail(err, MA_INVALID,
                       "%s: class '%s' needs an endpoint like \"/Users\" and a list "
                       "of schemas",
                       m->file, name);
    if (anchor != NULL && strlen(anchor) >= 4 &&
        strcmp(anchor + strlen(anchor) - 4, "{id}") == 0)
        class->anchor_head = pool_text(&m->pool, anchor, strlen(anchor) - 4);
    else if (anchor != NULL)
        return ma_fail(err, MA_INVALID, "%s: class '%s': the anchor ends with {id}",
                       m->file, name);
    if (read_dn(m, class, member(json, "dn"), err) != MA_OK ||
        read_paths(m, class, "unique", member(json, "unique"), &class->unique,
                   &class->unique_count, err) != MA_OK ||
        read_paths(m, class, "restore-by", member(json, "restore-by"), &class->restore,
                   &class->restore_count, err) != MA_OK)
        return err->status;
    if (read_attributes(m, class, json, schema, err) != MA_OK)
        return err->status;
    if (m->graph)
        make_select(m, class);
    return MA_OK;
}

static enum ma_status read_all(struct mapping *m, const struct ma_schema *schema,
                               struct ma_error *err)
{
    json_t *classes = member(m->json, "classes");
    const char *name;
    json_t *value;

    if (json_integer_value(member(m->json, "mactl-mapping")) != FORMAT_VERSION ||
        json_object_size(classes) == 0)
        return ma_fail(err, MA_INVALID,
                       "%s: no mapping of this version: wanted are \"mactl-mapping\": %d "
                       "and \"classes\"",
                       m->file, FORMAT_VERSION);
    m->anchor = member_text(m->json, "anchor");
    m->graph = member_text(m->json, "protocol") != NULL &&
               strcmp(member_text(m->json, "protocol"), "graph") == 0;
    m->classes = pool_alloc(&m->pool, json_object_size(classes) * sizeof *m->classes);
    if (m->classes == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    json_object_foreach(classes, name,
                        value) if (read_class(m, &m->classes[m->count++], name, value,
                                              schema, err) != MA_OK) return err->status;
    return m->pool.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
}

enum ma_status mapping_read(struct mapping *m, const struct ma_host *host,
                            const char *file, struct ma_error *err)
{
    const struct ma_schema *schema = host->schema(host);

    memset(m, 0, sizeof *m);
    if (schema == NULL)
        return ma_fail(err, MA_INVALID, "the agent has no schema");
    if (file == NULL)
        file = usual[of_schema(schema, "cloudAnchor") != NULL]
                    [host->param(host, "tenant") != NULL];
    m->file = data_file_find(host, &m->pool, "cloud", file);
    m->extension_app = host->param(host, "extension-app");
    if (m->extension_app == NULL)
        m->extension_app = host->param(host, "client-id");
    if (data_file_read(m->file, "the mapping", &m->json, err) != MA_OK ||
        read_all(m, schema, err) != MA_OK)
        return err->status;
    return MA_OK;
}
