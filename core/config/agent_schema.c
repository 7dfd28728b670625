/* SPDX-License-Identifier: Apache-2.0 */
#include "config/agent_schema.h"

#include "base/error.h"
#include "config/folder_edit.h"
#include "config/xml_out.h"

/* --- DSML --------------------------------------------------------------------------- */

static const char *reference(struct arena *arena, const char *name)
{
    return arena_print(arena, "#%s", name);
}

static void put_attribute(struct xml_out *out, const struct schema_attribute *a)
{
    xml_out_open(out, "dsml:attribute-type");
    xml_out_attribute(out, "id", a->name);
    xml_out_attribute(out, "single-value", a->single_valued ? "true" : NULL);
    xml_out_attribute(out, "user-modification", a->read_only ? "false" : NULL);
    xml_out_attribute(out, "ms-dsml:immutable", a->immutable ? "true" : NULL);
    xml_out_attribute(out, "ms-dsml:export-only", a->export_only ? "true" : NULL);
    xml_out_attribute(out, "ms-dsml:encrypted", a->encrypted ? "true" : NULL);
    xml_out_attribute(out, "ms-dsml:indexed", a->indexed ? "true" : NULL);
    xml_out_element(out, "dsml:name", a->name);
    xml_out_element(out, "dsml:syntax", a->syntax);
    xml_out_close(out);
}

static void put_members(struct xml_out *out, const struct schema *schema,
                        const struct schema_class *c)
{
    for (size_t i = 0; i < c->attribute_count; i++) {
        ARENA_AUTO arena = {0};
        const char *name = schema->attributes[c->attributes[i]].name;

        xml_out_open(out, "dsml:attribute");
        xml_out_attribute(out, "ref", reference(&arena, name));
        xml_out_attribute(out, "required", c->required[i] ? "true" : "false");
        xml_out_close(out);
    }
    for (size_t i = 0; i < c->auxiliary_count; i++)
        put_members(out, schema, &schema->classes[c->auxiliaries[i]]);
}

static void put_class(struct xml_out *out, const struct schema *schema,
                      const struct schema_class *c)
{
    static const char *const kinds[] = {[CLASS_STRUCTURAL] = "structural",
                                        [CLASS_AUXILIARY] = "auxiliary",
                                        [CLASS_ABSTRACT] = "abstract"};
    ARENA_AUTO arena = {0};

    xml_out_open(out, "dsml:class");
    xml_out_attribute(out, "id", c->name);
    xml_out_attribute(out, "type", kinds[c->kind]);
    if (c->superior >= 0)
        xml_out_attribute(out, "superior",
                          reference(&arena, schema->classes[c->superior].name));
    xml_out_element(out, "dsml:name", c->name);
    put_members(out, schema, c);
    xml_out_close(out);
}

static void put_schema(struct xml_out *out, const struct schema *schema)
{
    xml_out_open(out, "schema");
    xml_out_open(out, "dsml:dsml");
    xml_out_attribute(out, "xmlns:dsml", "http://www.dsml.org/DSML");
    xml_out_attribute(out, "xmlns:ms-dsml", "http://www.microsoft.com/MMS/DSML");
    xml_out_open(out, "dsml:directory-schema");
    xml_out_attribute(out, "ms-dsml:no-objectclass-validation",
                      schema->validated ? NULL : "true");
    for (size_t i = 0; i < schema->class_count; i++)
        put_class(out, schema, &schema->classes[i]);
    for (size_t i = 0; i < schema->attribute_count; i++)
        put_attribute(out, &schema->attributes[i]);
}

/* A writer begins with a declaration, which only a file has. */
static struct slice without_declaration(struct slice text)
{
    const char *end = memmem(text.at, text.length, "?>\n", 3);
    size_t skipped = end == NULL ? 0 : (size_t)(end - text.at) + 3;

    text = slice_of(text.at + skipped, text.length - skipped);
    while (text.length > 0 && text.at[text.length - 1] == '\n')
        text.length--;
    return text;
}

void agent_schema_write(const struct schema *schema, struct buf *to)
{
    BUF_AUTO text = {0};
    struct slice bare;
    struct xml_out *out = xml_out_new(&text);

    put_schema(out, schema);
    xml_out_end(out);
    bare = without_declaration(buf_view(&text));
    buf_bytes(to, bare.at, bare.length);
}

/* --- into the file ------------------------------------------------------------------ */

static const char *find(struct slice in, const char *what)
{
    return memmem(in.at, in.length, what, strlen(what));
}

enum ma_status agent_schema_replace(struct slice file, const struct schema *schema,
                                    struct buf *out, struct ma_error *err)
{
    static const char end[] = "</schema>";
    const char *from = find(file, "<schema");
    const char *to =
        from == NULL ? NULL
                     : find(slice_of(from, file.length - (size_t)(from - file.at)), end);

    if (to == NULL)
        return ma_fail(err, MA_INVALID,
                       "there is no <schema> that could be written anew: is the file in "
                       "UTF-8?");
    to += strlen(end);
    buf_bytes(out, file.at, (size_t)(from - file.at));
    agent_schema_write(schema, out);
    buf_bytes(out, to, file.length - (size_t)(to - file.at));
    return MA_OK;
}

/* --- into the configuration ------------------------------------------------------- */

struct storing {
    const struct guid *agent;
    const struct schema *schema;
};

/* A folder_editor: the file is the one that is there now, whoever changed it meanwhile.
 */
static enum ma_status store(void *context, const struct config *current,
                            struct folder_files *files, struct ma_error *err)
{
    const struct storing *storing = context;
    const struct agent *agent = config_agent(current, storing->agent);
    BUF_AUTO now = {0};
    struct slice before;

    if (agent == NULL)
        return ma_fail(err, MA_NOT_FOUND, "it is not in the configuration any more");
    if (folder_files_get(files, agent->file, &before, err) != MA_OK ||
        agent_schema_replace(before, storing->schema, &now, err) != MA_OK)
        return err->status;
    folder_files_put(files, agent->file, buf_view(&now));
    return MA_OK;
}

enum ma_status agent_schema_store(const char *folder, const struct agent *agent,
                                  const struct schema *schema, struct ma_error *err)
{
    struct storing storing = {&agent->id, schema};
    struct folder_plan *plan = NULL;
    enum ma_status status = folder_plan_edit(&plan, folder, false, store, &storing, err);

    if (status == MA_OK && plan->copy_count > 0)
        status = folder_apply(plan, err);
    folder_plan_free(plan);
    return status == MA_OK ? MA_OK : error_in(err, "%s", agent->name);
}
