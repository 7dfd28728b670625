/* SPDX-License-Identifier: Apache-2.0 */
#include "settings.h"

#include "parameter.h"
#include "support/bytes.h"

/* --- mappings of classes ---------------------------------------------------------- */

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

/* --- files ------------------------------------------------------------------------ */

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
        return parameter_bad(name, file, "a file name without a path", err);
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

/* --- format ----------------------------------------------------------------------- */

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
        return parameter_bad("format", name, "ldif, delimited, avp or fixed-width", err);
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
    if (parameter_number("code-page", format_param(set, "code-page", "code_page"),
                         &set->code_page, err) != MA_OK ||
        parameter_flag("header",
                       format_param(set, "header", "first_row_contains_headers"),
                       &set->header, err) != MA_OK)
        return err->status;
    set->delimiter = set->format == FORMAT_AVP ? ":" : ",";
    if (delimiter != NULL)
        set->delimiter = parameter_character(set, delimiter);
    set->qualifier = qualifier == NULL ? "\"" : parameter_character(set, qualifier);
    set->separator = separator == NULL ? "" : parameter_character(set, separator);
    if (set->delimiter[0] == '\0' || set->delimiter[0] == '\n')
        return parameter_bad("delimiter", delimiter, "a character", err);
    if (parameter_columns(set, "column", err) != MA_OK)
        return err->status;
    if (set->columns.count == 0 &&
        parameter_columns_of_xml(set, formats[set->format].element, err) != MA_OK)
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

/* --- objects ---------------------------------------------------------------------- */

/* What a directory calls its own, unchangeable key; the first that the schema has. */
static void anchor_of_schema(struct settings *set)
{
    static const char *const usual[] = {"objectGUID", "entryUUID", "nsUniqueId", "GUID"};

    for (size_t i = 0; i < set->schema->attribute_count; i++)
        if (set->schema->attributes[i].anchor)
            parameter_add_name(set, &set->anchor, set->schema->attributes[i].name,
                               strlen(set->schema->attributes[i].name));
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
        if (set->format == FORMAT_LDIF && set->anchor.count == 0 &&
            settings_attribute(set, usual[i]) != NULL)
            parameter_add_name(set, &set->anchor, usual[i], strlen(usual[i]));
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
        return parameter_bad("mode", mode, "records or directory", err);
    set->mode = strcasecmp(mode, "directory") == 0 ? MODE_DIRECTORY : MODE_RECORDS;
    return MA_OK;
}

static enum ma_status read_rest(struct settings *set, struct ma_error *err)
{
    set->anchor_seed = PARAM(set, "anchor-seed");
    set->ldap_dn = set->format == FORMAT_LDIF;
    set->generate_anchor = set->format == FORMAT_LDIF || set->anchor_seed != NULL;
    if (parameter_flag("append", PARAM(set, "append"), &set->append, err) != MA_OK ||
        parameter_flag("write-secrets", PARAM(set, "write-secrets"), &set->write_secrets,
                       err) != MA_OK)
        return err->status;
    if (set->format != FORMAT_LDIF &&
        parameter_flag("ldap-dn", PARAM(set, "ldap-dn", "MAConfig/ldap-dn"),
                       &set->ldap_dn, err) != MA_OK)
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
    settings_schema_read(set);
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
