/* SPDX-License-Identifier: Apache-2.0 */
#include "config/partition_edit.h"

#include <string.h>

#include "base/text.h"
#include "config/splice.h"
#include "model/dn.h"

#define XML "adma-configuration/"

struct editing {
    const struct partition_change *change;
    const struct agent *agent;
    struct arena *arena;
    struct layout layout;
    struct splices splices;
    int data; /* <ma-data> */
    struct ma_error *err;
};

/* --- the text --------------------------------------------------------------------- */

/* <ma-data> stands alone, or in a frame. */
static int find_data(const struct layout *layout)
{
    return strcmp(layout->elements[0].name, "ma-data") == 0
               ? 0
               : layout_child(layout, 0, "ma-data", LAYOUT_NONE);
}

static enum ma_status begin(struct editing *e, struct slice bytes)
{
    enum ma_status status =
        layout_read(&e->layout, e->arena, bytes, e->agent->file, e->err);

    if (status != MA_OK)
        return status;
    e->splices = (struct splices){.layout = &e->layout, .arena = e->arena};
    e->data = find_data(&e->layout);
    return e->data != LAYOUT_NONE
               ? MA_OK
               : ma_fail(e->err, MA_INVALID, "%s: there is no <ma-data>", e->agent->file);
}

static struct slice end(struct editing *e)
{
    struct buf out = {0};
    struct slice bytes;

    splice_apply(&e->splices, &out);
    splice_free(&e->splices);
    bytes = arena_slice(e->arena, buf_view(&out));
    buf_free(&out);
    return bytes;
}

/* --- another forest --------------------------------------------------------------- */

struct renaming {
    struct slice old_name, new_name; /* "contoso.com" */
    struct slice old_dn, new_dn;     /* "DC=contoso,DC=com" */
};

static struct slice dn_of(struct arena *arena, const char *name)
{
    BUF_AUTO dn = {0};

    while (*name != '\0') {
        size_t length = strcspn(name, ".");

        buf_print(&dn, "%sDC=%.*s", dn.length == 0 ? "" : ",", (int)length, name);
        name += length + (name[length] == '.');
    }
    return arena_slice(arena, buf_view(&dn));
}

/* The text with another end, where it ends with the old one, alone or behind `before`. */
static const char *with_end(struct arena *arena, struct slice text, char before,
                            struct slice old, struct slice new)
{
    size_t rest = text.length - old.length;

    if (text.length < old.length ||
        !text_caseequal(slice_of(text.at + rest, old.length), old) ||
        (rest > 0 && text.at[rest - 1] != before))
        return NULL;
    return arena_print(arena, "%.*s%.*s", (int)rest, text.at, (int)new.length, new.at);
}

static const char *renamed(struct arena *arena, const struct renaming *r,
                           const char *text)
{
    const char *as_dn = with_end(arena, slice_text(text), ',', r->old_dn, r->new_dn);

    return as_dn != NULL
               ? as_dn
               : with_end(arena, slice_text(text), '.', r->old_name, r->new_name);
}

static bool is_leaf(const struct layout *layout, int element)
{
    return element + 1 == layout->count ||
           layout->elements[element + 1].parent != element;
}

/* Every text below the element that names the forest. */
static void rename_below(struct editing *e, const struct renaming *r, const char *part)
{
    int top = layout_child(&e->layout, e->data, part, LAYOUT_NONE);

    if (top == LAYOUT_NONE)
        return;
    for (int i = top + 1;
         i < e->layout.count && e->layout.elements[i].from < e->layout.elements[top].to;
         i++) {
        const char *text = renamed(e->arena, r, e->layout.elements[i].text);

        if (text != NULL && is_leaf(&e->layout, i))
            splice_text(&e->splices, i, text);
    }
}

static enum ma_status rename_forest(struct editing *e, struct slice *bytes)
{
    const char *old = parameter_find(e->agent->private_configuration,
                                     e->agent->private_count, XML "forest-name");
    const char *new = e->change->forest;
    struct renaming r;
    enum ma_status status;

    if (new == NULL || (old != NULL && strcasecmp(old, new) == 0))
        return MA_OK;
    if (old == NULL || old[0] == '\0')
        return ma_fail(e->err, MA_INVALID,
                       "%s: it names no forest that another could "
                       "take the place of: set forest-name there",
                       e->agent->file);
    r = (struct renaming){slice_text(old), slice_text(new), dn_of(e->arena, old),
                          dn_of(e->arena, new)};
    status = begin(e, *bytes);
    if (status != MA_OK)
        return status;
    rename_below(e, &r, "private-configuration");
    rename_below(e, &r, "ma-partition-data");
    *bytes = end(e);
    return MA_OK;
}

/* --- containers ------------------------------------------------------------------- */

static const char *name_of(const struct editing *e, int partition)
{
    int name = layout_child(&e->layout, partition, "name", LAYOUT_NONE);

    return name == LAYOUT_NONE ? "" : e->layout.elements[name].text;
}

static int next_partition(const struct editing *e, int after)
{
    int all = layout_child(&e->layout, e->data, "ma-partition-data", LAYOUT_NONE);

    return all == LAYOUT_NONE ? LAYOUT_NONE
                              : layout_child(&e->layout, all, "partition", after);
}

/* The nearest above the container. */
static int partition_of(const struct editing *e, const char *container)
{
    int best = LAYOUT_NONE;

    for (int i = next_partition(e, LAYOUT_NONE); i != LAYOUT_NONE;
         i = next_partition(e, i)) {
        const char *name = name_of(e, i);

        if (dn_is_ldap(slice_text(name)) &&
            dn_is_under(slice_text(container), slice_text(name)) &&
            (best == LAYOUT_NONE || strlen(name) > strlen(name_of(e, best))))
            best = i;
    }
    return best;
}

static enum ma_status check_containers(const struct editing *e)
{
    for (const char *const *c = e->change->containers; *c != NULL; c++)
        if (!dn_is_ldap(slice_text(*c)) || partition_of(e, *c) == LAYOUT_NONE)
            return ma_fail(e->err, MA_INVALID,
                           "no partition of '%s' holds the container '%s': `mactl ma "
                           "partitions` lists them",
                           e->agent->name, *c);
    return MA_OK;
}

/* What is between <containers> and </containers>; empty: none is in this partition. */
static const char *containers_xml(const struct editing *e, int partition)
{
    const char *root = name_of(e, partition);
    BUF_AUTO in = {0};
    BUF_AUTO xml = {0};
    bool whole = false;

    for (const char *const *c = e->change->containers; *c != NULL; c++) {
        if (partition_of(e, *c) != partition)
            continue;
        whole = whole || dn_equal(slice_text(*c), slice_text(root));
        buf_print(&in, "  <inclusion>%s</inclusion>\n", splice_escape(e->arena, *c));
    }
    if (in.length == 0)
        return "";
    if (!whole)
        buf_print(&xml,
                  "<exclusions>\n  <exclusion>%s</exclusion>\n</exclusions>\n"
                  "<inclusions>\n%s</inclusions>",
                  splice_escape(e->arena, root), in.at);
    else
        buf_print(&xml, "<exclusions />\n<inclusions>\n%s</inclusions>", in.at);
    return arena_text(e->arena, xml.at);
}

static void set_containers(struct editing *e, int partition, const char *xml)
{
    int filter = layout_child(&e->layout, partition, "filter", LAYOUT_NONE);
    int containers = layout_path(&e->layout, partition, "filter/containers");

    if (containers != LAYOUT_NONE)
        splice_fill(&e->splices, containers, xml);
    else if (filter != LAYOUT_NONE)
        splice_append(&e->splices, filter,
                      arena_print(e->arena, "<containers>\n%s\n</containers>", xml));
    else
        splice_append(&e->splices, partition,
                      arena_print(e->arena,
                                  "<filter>\n<containers>\n%s\n</containers>\n</filter>",
                                  xml));
}

/* Whoever names a container wants it read. */
static void select_partition(struct editing *e, int partition)
{
    int selected = layout_child(&e->layout, partition, "selected", LAYOUT_NONE);

    if (selected != LAYOUT_NONE && strcmp(e->layout.elements[selected].text, "0") == 0)
        splice_text(&e->splices, selected, "1");
}

static enum ma_status choose_containers(struct editing *e, struct slice *bytes)
{
    enum ma_status status;

    if (e->change->containers == NULL)
        return MA_OK;
    status = begin(e, *bytes);
    if (status == MA_OK)
        status = check_containers(e);
    if (status != MA_OK)
        return status;
    for (int i = next_partition(e, LAYOUT_NONE); i != LAYOUT_NONE;
         i = next_partition(e, i)) {
        const char *xml = containers_xml(e, i);

        if (xml[0] == '\0')
            continue;
        set_containers(e, i, xml);
        select_partition(e, i);
    }
    *bytes = end(e);
    return MA_OK;
}

enum ma_status partition_edit(void *context, const struct config *current,
                              struct folder_files *files, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    struct editing e = {.change = context, .arena = &arena, .err = err};
    struct slice bytes;
    enum ma_status status;

    e.agent = config_agent(current, e.change->agent);
    if (e.agent == NULL)
        return ma_fail(err, MA_CONFLICT, "the agent went away");
    status = folder_files_get(files, e.agent->file, &bytes, err);
    if (status == MA_OK)
        status = rename_forest(&e, &bytes);
    if (status == MA_OK)
        status = choose_containers(&e, &bytes);
    if (status == MA_OK)
        folder_files_put(files, e.agent->file, bytes);
    return status;
}
