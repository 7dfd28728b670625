/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include <stdlib.h>

#include "support/text.h"

/* --- single parameters ---------------------------------------------------------------
 */

/* The short name of mactl.xml first, then where the private configuration says it. */
static const char *first_of(struct settings *set, const char *const *names)
{
    for (; *names != NULL; names++) {
        const char *value = set->host->param(set->host, *names);

        if (value != NULL && value[0] != '\0')
            return pool_text(&set->pool, value, strlen(value));
    }
    return NULL;
}

#define PARAM(set, ...) first_of(set, (const char *const[]){__VA_ARGS__, NULL})

static enum ma_status bad(const char *name, const char *value, const char *wanted,
                          struct ma_error *err)
{
    return ma_fail(err, MA_INVALID, "parameter %s='%s': wanted %s", name, value, wanted);
}

static enum ma_status flag(const char *name, const char *value, bool *out,
                           struct ma_error *err)
{
    if (value != NULL && !text_is_flag(value, strlen(value), out))
        return bad(name, value, "true or false", err);
    return MA_OK;
}

static enum ma_status number(const char *name, const char *value, unsigned *out,
                             struct ma_error *err)
{
    char *end = NULL;
    unsigned long n;

    if (value == NULL)
        return MA_OK;
    n = strtoul(value, &end, 10);
    if (value[0] < '0' || value[0] > '9' || *end != '\0' || n > 0x10ffff)
        return bad(name, value, "a number", err);
    *out = (unsigned)n;
    return MA_OK;
}

/* The XML has the code of a character; mactl.xml may have the character itself, or a
 * word. One digit is a code. */
static const char *character(struct settings *set, const char *value)
{
    static const struct {
        const char *word;
        const char *text;
    } words[] = {{"none", ""},   {"tab", "\t"},      {"comma", ","},
                 {"space", " "}, {"semicolon", ";"}, {"pipe", "|"}};
    struct bytes out = {0};
    unsigned code = 0;
    struct ma_error ignored;

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(words[i].word, value) == 0)
            return words[i].text;
    if (number("", value, &code, &ignored) != MA_OK)
        return value;
    if (code != 0)
        text_code_point(&out, code);
    set->pool.failed |= out.failed;
    value = pool_text(&set->pool, out.at == NULL ? "" : out.at, out.length);
    bytes_free(&out);
    return value;
}

/* --- lists ----------------------------------------------------------------------------
 */

bool names_has(const struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcasecmp(names->items[i], name) == 0)
            return true;
    return false;
}

static void names_add(struct settings *set, struct names *names, const char *name,
                      size_t length)
{
    const char *copy = pool_text(&set->pool, name, length);
    const char **grown;

    if (copy[0] == '\0' || names_has(names, copy))
        return;
    grown = pool_grow(&set->pool, names->items, names->count, &names->capacity,
                      sizeof *grown);
    if (grown == NULL)
        return;
    names->items = grown;
    names->items[names->count++] = copy;
}

/* Repeated parameters, each a name or several between commas. */
static void names_read(struct settings *set, struct names *names, const char *parameter)
{
    const char *value;

    for (size_t i = 0; (value = set->host->param_at(set->host, parameter, i)) != NULL;
         i++)
        while (*value != '\0') {
            size_t length = strcspn(value, ",");

            names_add(set, names, value, length);
            value += length + (value[length] == ',');
        }
}

static void names_first_of(struct settings *set, struct names *names,
                           const char *const *parameters)
{
    for (; *parameters != NULL && names->count == 0; parameters++)
        names_read(set, names, *parameters);
}

#define NAMES(set, names, ...)                                                           \
    names_first_of(set, names, (const char *const[]){__VA_ARGS__, NULL})

/* "name" or "name:width", several between commas. */
static void columns_add(struct settings *set, const char *name, size_t length,
                        unsigned width)
{
    struct columns *columns = &set->columns;
    struct column *grown = pool_grow(&set->pool, columns->items, columns->count,
                                     &columns->capacity, sizeof *grown);

    if (grown == NULL)
        return;
    columns->items = grown;
    grown[columns->count++] = (struct column){pool_text(&set->pool, name, length), width};
}

static enum ma_status columns_read(struct settings *set, const char *parameter,
                                   struct ma_error *err)
{
    const char *value;

    for (size_t i = 0; (value = set->host->param_at(set->host, parameter, i)) != NULL;
         i++)
        while (*value != '\0') {
            size_t length = strcspn(value, ",");
            size_t name = strcspn(value, ":,");
            unsigned width = 0;

            if (name < length) {
                const char *text =
                    pool_text(&set->pool, value + name + 1, length - name - 1);

                if (number(parameter, text, &width, err) != MA_OK)
                    return err->status;
            }
            columns_add(set, value, name, width);
            value += length + (value[length] == ',');
        }
    return MA_OK;
}

/* The XML: one element of names, for fixed width beside one of widths. */
static enum ma_status columns_of_xml(struct settings *set, const char *kind,
                                     struct ma_error *err)
{
    char path[160];

    for (size_t i = 0; set->columns.count == i; i++) {
        const char *name;
        const char *width;
        unsigned wide = 0;

        snprintf(path, sizeof path, "MAConfig/%s/attributes/attribute/name", kind);
        name = set->host->param_at(set->host, path, i);
        snprintf(path, sizeof path, "MAConfig/%s/attributes/attribute/width", kind);
        width = set->host->param_at(set->host, path, i);
        if (name == NULL)
            break;
        if (number(path, width, &wide, err) != MA_OK)
            return err->status;
        columns_add(set, name, strlen(name), wide);
    }
    return MA_OK;
}

static void mapping_add(struct settings *set, const char *primary, const char *value)
{
    struct class_mapping *grown = pool_grow(&set->pool, set->mappings, set->mapping_count,
                                            &set->mapping_capacity, sizeof *grown);

    if (grown == NULL)
        return;
    set->mappings = grown;
    grown[set->mapping_count++] =
        (struct class_mapping){pool_text(&set->pool, primary, strlen(primary)),
                               pool_text(&set->pool, value, strlen(value))};
}

/* A primary class stands in front of its values: the order of the file tells groups. */
static void mappings_read(struct settings *set)
{
    const char *primary = NULL;
    const char *name = NULL;
    const char *value;

    if (set->host->size <= offsetof(struct ma_host, param_item) ||
        set->host->param_item == NULL)
        return;
    for (size_t i = 0; (value = set->host->param_item(set->host, i, &name)) != NULL;
         i++) {
        if (strcasecmp(name, "MAConfig/primary_class_mappings/mapping/primary_class") ==
            0)
            primary = value;
        else if (primary != NULL &&
                 strcasecmp(name, "MAConfig/primary_class_mappings/mapping/oc-value") ==
                     0)
            mapping_add(set, primary, value);
    }
}

/* --- files ----------------------------------------------------------------------------
 */

static const char *path_of(struct settings *set, const char *file)
{
    const char *folder = set->host->folder(set->host);
    struct bytes out = {0};
    const char *path;

    if (file == NULL)
        return NULL;
    if (file[0] != '/' && folder != NULL) {
        bytes_text(&out, folder);
        bytes_char(&out, '/');
    }
    bytes_text(&out, file);
    set->pool.failed |= out.failed;
    path = pool_text(&set->pool, out.at == NULL ? "" : out.at, out.length);
    bytes_free(&out);
    return path;
}

/* The name in a run step is one of the agent's own folder: an imported configuration
 * must not choose files elsewhere. */
static enum ma_status step_file(struct settings *set, const char *name, const char *path,
                                const char **out, struct ma_error *err)
{
    const char *file = PARAM(set, name, path);

    if (file != NULL && (strchr(file, '/') != NULL || strchr(file, '\\') != NULL ||
                         strcmp(file, "..") == 0 || strcmp(file, ".") == 0))
        return bad(name, file, "a file name without a path", err);
    *out = path_of(set, file);
    return MA_OK;
}

static enum ma_status read_files(struct settings *set, struct ma_error *err)
{
    if (step_file(set, "input-file", "run-config/input-file", &set->input_file, err) !=
            MA_OK ||
        step_file(set, "output-file", "run-config/output-file", &set->output_file, err) !=
            MA_OK)
        return err->status;
    if (PARAM(set, "delete-file-after-use", "run-config/delete-file-after-use") != NULL)
        set->host->log(set->host, MA_LOG_WARNING,
                       "delete-file-after-use is not acted on: a run that dies must find "
                       "its input again");
    set->file = path_of(set, PARAM(set, "file"));
    set->delta_file = path_of(set, PARAM(set, "delta-file"));
    return MA_OK;
}

/* --- format ---------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    enum format format;
    const char *element; /* of the XML; that it is there tells the format */
} formats[] = {
    {"ldif", FORMAT_LDIF, "ldif_format"},
    {"delimited", FORMAT_DELIMITED, "delimited_format"},
    {"avp", FORMAT_AVP, "avp_format"},
    {"fixed-width", FORMAT_FIXED, "fixed-width_format"},
    {"csv", FORMAT_DELIMITED, "delimited_format"},
    {"fixed", FORMAT_FIXED, "fixed-width_format"},
};

enum { FORMATS = sizeof formats / sizeof formats[0] };

/* Whether the private configuration has anything below MAConfig/<element>. */
static bool has_element(const struct settings *set, const char *element)
{
    const char *name = NULL;
    size_t length = strlen(element);

    if (set->host->size <= offsetof(struct ma_host, param_item) ||
        set->host->param_item == NULL)
        return false;
    for (size_t i = 0; set->host->param_item(set->host, i, &name) != NULL; i++)
        if (strncasecmp(name, "MAConfig/", 9) == 0 &&
            strncasecmp(name + 9, element, length) == 0 &&
            (name[9 + length] == '/' || name[9 + length] == '\0'))
            return true;
    return false;
}

static enum ma_status read_format(struct settings *set, struct ma_error *err)
{
    const char *name = PARAM(set, "format");

    for (size_t i = 0; i < FORMATS; i++)
        if (name == NULL ? has_element(set, formats[i].element)
                         : strcasecmp(name, formats[i].name) == 0) {
            set->format = formats[i].format;
            return MA_OK;
        }
    if (name != NULL)
        return bad("format", name, "ldif, delimited, avp or fixed-width", err);
    return ma_fail(err, MA_INVALID,
                   "the format of the file is not known: give the parameter 'format' "
                   "(ldif, delimited, avp, fixed-width) in mactl.xml");
}

static const char *format_param(struct settings *set, const char *name, const char *leaf)
{
    char path[160];

    snprintf(path, sizeof path, "MAConfig/%s/%s", formats[set->format].element, leaf);
    return PARAM(set, name, path);
}

static enum ma_status read_text_format(struct settings *set, struct ma_error *err)
{
    const char *delimiter = format_param(set, "delimiter", "delimiter");
    const char *qualifier = format_param(set, "qualifier", "text_qualifier");
    const char *separator =
        format_param(set, "multi-value-separator", "multi_value_separator");

    set->code_page = 65001;
    if (number("code-page", format_param(set, "code-page", "code_page"), &set->code_page,
               err) != MA_OK ||
        flag("header", format_param(set, "header", "first_row_contains_headers"),
             &set->header, err) != MA_OK)
        return err->status;
    set->delimiter = set->format == FORMAT_AVP ? ":" : ",";
    if (delimiter != NULL)
        set->delimiter = character(set, delimiter);
    set->qualifier = qualifier == NULL ? "\"" : character(set, qualifier);
    set->separator = separator == NULL ? "" : character(set, separator);
    if (set->delimiter[0] == '\0' || set->delimiter[0] == '\n')
        return bad("delimiter", delimiter, "a character", err);
    if (columns_read(set, "column", err) != MA_OK)
        return err->status;
    if (set->columns.count == 0 &&
        columns_of_xml(set, formats[set->format].element, err) != MA_OK)
        return err->status;
    for (size_t i = 0; set->format == FORMAT_FIXED && i < set->columns.count; i++)
        if (set->columns.items[i].width == 0)
            return ma_fail(err, MA_INVALID, "column '%s' has no width",
                           set->columns.items[i].name);
    if (set->columns.count == 0 && (set->format == FORMAT_FIXED ||
                                    (set->format == FORMAT_DELIMITED && !set->header)))
        return ma_fail(err, MA_INVALID,
                       "the columns are not known: give 'header' or 'column'");
    return MA_OK;
}

/* --- schema ---------------------------------------------------------------------------
 */

static int by_attribute_name(const void *a, const void *b)
{
    return strcasecmp((*(const struct ma_schema_attribute *const *)a)->name,
                      (*(const struct ma_schema_attribute *const *)b)->name);
}

static int by_class_name(const void *a, const void *b)
{
    return strcasecmp((*(const struct ma_schema_class *const *)a)->name,
                      (*(const struct ma_schema_class *const *)b)->name);
}

static void read_schema(struct settings *set)
{
    static const struct ma_schema empty = {.size = sizeof empty};
    const struct ma_schema *schema = set->host->schema(set->host);

    set->schema = schema == NULL ? &empty : schema;
    schema = set->schema;
    set->index =
        pool_alloc(&set->pool, (schema->attribute_count + 1) * sizeof *set->index);
    set->classes =
        pool_alloc(&set->pool, (schema->class_count + 1) * sizeof *set->classes);
    if (set->pool.failed)
        return;
    for (size_t i = 0; i < schema->attribute_count; i++)
        set->index[i] = &schema->attributes[i];
    for (size_t i = 0; i < schema->class_count; i++)
        set->classes[i] = &schema->classes[i];
    qsort(set->index, schema->attribute_count, sizeof *set->index, by_attribute_name);
    qsort(set->classes, schema->class_count, sizeof *set->classes, by_class_name);
}

const struct ma_schema_attribute *settings_attribute(const struct settings *set,
                                                     const char *name)
{
    const struct ma_schema_attribute key = {.name = name};
    const struct ma_schema_attribute *at = &key;
    const struct ma_schema_attribute **found =
        bsearch(&at, set->index, set->schema->attribute_count, sizeof *set->index,
                by_attribute_name);

    return found == NULL ? NULL : *found;
}

const struct ma_schema_class *settings_class(const struct settings *set, const char *name)
{
    const struct ma_schema_class key = {.name = name};
    const struct ma_schema_class *at = &key;
    const struct ma_schema_class **found = bsearch(
        &at, set->classes, set->schema->class_count, sizeof *set->classes, by_class_name);

    return found == NULL ? NULL : *found;
}

/* What every directory keeps its passwords in, whatever a schema says of it. */
static const char *const secrets[] = {
    "unicodePwd",   "userPassword", "export_password", "dBCSPwd",
    "ntPwdHistory", "lmPwdHistory", "sambaNTPassword", "sambaLMPassword"};

bool settings_is_secret(const struct settings *set, const char *attribute)
{
    const struct ma_schema_attribute *a = settings_attribute(set, attribute);

    if (a != NULL && a->secret)
        return true;
    for (size_t i = 0; i < sizeof secrets / sizeof secrets[0]; i++)
        if (strcasecmp(secrets[i], attribute) == 0)
            return true;
    return false;
}

/* --- objects --------------------------------------------------------------------------
 */

/* What a directory calls its own, unchangeable key; the first that the schema has. */
static void anchor_of_schema(struct settings *set)
{
    static const char *const usual[] = {"objectGUID", "entryUUID", "nsUniqueId", "GUID"};

    for (size_t i = 0; i < set->schema->attribute_count; i++)
        if (set->schema->attributes[i].anchor)
            names_add(set, &set->anchor, set->schema->attributes[i].name,
                      strlen(set->schema->attributes[i].name));
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (set->format == FORMAT_LDIF && set->anchor.count == 0 &&
            settings_attribute(set, usual[i]) != NULL)
            names_add(set, &set->anchor, usual[i], strlen(usual[i]));
}

static enum ma_status read_names(struct settings *set, struct ma_error *err)
{
    NAMES(set, &set->anchor, "anchor", "MAConfig/importing/anchor/attribute",
          "oledbma-configuration/mms-info/anchor/attribute",
          "oledbma-configuration/mms-info/column-info/primary-key/column-name");
    if (set->anchor.count == 0)
        anchor_of_schema(set);
    if (set->anchor.count == 1 && strcasecmp(set->anchor.items[0], "dn") == 0)
        set->anchor.count = 0;
    if (set->format == FORMAT_LDIF)
        return MA_OK;
    NAMES(set, &set->dn, "dn", "MAConfig/importing/dn/attribute");
    if (set->dn.count == 0)
        set->dn = set->anchor;
    if (set->anchor.count == 0)
        set->anchor = set->dn;
    if (set->anchor.count == 0)
        return ma_fail(err, MA_INVALID,
                       "nothing says which columns form the anchor: give the parameter "
                       "'anchor'");
    return MA_OK;
}

static const char *only_structural_class(const struct settings *set)
{
    const char *only = NULL;

    for (size_t i = 0; i < set->schema->class_count; i++)
        if (set->schema->classes[i].structural) {
            if (only != NULL)
                return NULL;
            only = set->schema->classes[i].name;
        }
    return only;
}

static void read_classes(struct settings *set)
{
    mappings_read(set);
    set->object_class =
        PARAM(set, "object-class", "oledbma-configuration/mms-info/object-type");
    set->object_class_column =
        PARAM(set, "object-class-column", "MAConfig/importing/object_class_attribute",
              "oledbma-configuration/mms-info/object-type-info/object-type-column");
    if (set->format == FORMAT_LDIF && set->object_class_column == NULL)
        set->object_class_column = "objectClass";
    if (set->object_class == NULL && set->object_class_column == NULL)
        set->object_class = only_structural_class(set);
}

static void read_changes(struct settings *set)
{
    set->change_column = PARAM(set, "change-type", "MAConfig/change_type_attribute",
                               "oledbma-configuration/mms-info/delta-info/change-column");
    set->change_values[CHANGE_ADD] =
        PARAM(set, "add-value", "MAConfig/add_change_type_value",
              "oledbma-configuration/mms-info/delta-info/add");
    set->change_values[CHANGE_MODIFY] =
        PARAM(set, "modify-value", "MAConfig/modify_change_type_value",
              "oledbma-configuration/mms-info/delta-info/update");
    set->change_values[CHANGE_DELETE] =
        PARAM(set, "delete-value", "MAConfig/delete_change_type_value",
              "oledbma-configuration/mms-info/delta-info/delete");
    for (size_t i = 0; i < CHANGES; i++)
        if (set->change_values[i] == NULL)
            set->change_values[i] = (const char *const[]){"Add", "Modify", "Delete"}[i];
}

static enum ma_status read_mode(struct settings *set, struct ma_error *err)
{
    const char *mode = PARAM(set, "mode");

    set->mode =
        set->file != NULL && set->output_file == NULL ? MODE_DIRECTORY : MODE_RECORDS;
    if (mode == NULL)
        return MA_OK;
    if (strcasecmp(mode, "directory") != 0 && strcasecmp(mode, "records") != 0)
        return bad("mode", mode, "records or directory", err);
    set->mode = strcasecmp(mode, "directory") == 0 ? MODE_DIRECTORY : MODE_RECORDS;
    return MA_OK;
}

static enum ma_status read_rest(struct settings *set, struct ma_error *err)
{
    set->anchor_seed = PARAM(set, "anchor-seed");
    set->ldap_dn = set->format == FORMAT_LDIF;
    set->generate_anchor = set->format == FORMAT_LDIF || set->anchor_seed != NULL;
    if (flag("append", PARAM(set, "append"), &set->append, err) != MA_OK ||
        flag("write-secrets", PARAM(set, "write-secrets"), &set->write_secrets, err) !=
            MA_OK)
        return err->status;
    if (set->format != FORMAT_LDIF &&
        flag("ldap-dn", PARAM(set, "ldap-dn", "MAConfig/ldap-dn"), &set->ldap_dn, err) !=
            MA_OK)
        return err->status;
    return MA_OK;
}

enum ma_status settings_read(struct settings *set, const struct ma_host *host,
                             struct ma_error *err)
{
    *set = (struct settings){.host = host};
    if (read_format(set, err) != MA_OK || read_text_format(set, err) != MA_OK ||
        read_files(set, err) != MA_OK || read_mode(set, err) != MA_OK)
        return err->status;
    read_schema(set);
    read_classes(set);
    read_changes(set);
    if (read_names(set, err) != MA_OK || read_rest(set, err) != MA_OK)
        return err->status;
    if (set->pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    return MA_OK;
}

void settings_free(struct settings *set)
{
    pool_free(&set->pool);
}
