/* SPDX-License-Identifier: Apache-2.0 */
#include "config/xml.h"

/*
 * private-configuration: what each kind of agent wants to know for itself. All of it is
 * handed to the plugin, flattened to parameters named by their path; so the rows here say
 * what is known, not where it goes. The exception are parameter-values, which are
 * parameters of the agent already. A kind that is not listed is handed on all the same,
 * and named as unknown.
 */

#define ANY_OF(path)                                                                     \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_MUST                                                 \
    }
#define MUST(path)                                                                       \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD                                   \
    }
#define MANY(path)                                                                       \
    {                                                                                    \
        path, OCCURS_MANY, DUTY_MUST, CONTENT_WORD                                       \
    }
#define SHOULD(path)                                                                     \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_SHOULD, CONTENT_WORD                                 \
    }
#define KEEP(path)                                                                       \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD                                   \
    }
#define KEEP_MANY(path)                                                                  \
    {                                                                                    \
        path, OCCURS_MANY, DUTY_KEEP, CONTENT_WORD                                       \
    }
#define KEEP_ALL(path)                                                                   \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_KEEP                                                 \
    }
#define KEEP_UNSEEN(path)                                                                \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_ANYTHING                               \
    }
#define PARAMETERS(path)                                                                 \
    {path, OCCURS_OPTIONAL, DUTY_MUST},                                                  \
    {                                                                                    \
        path "/parameter", OCCURS_MANY, DUTY_MUST, CONTENT_WORD,                         \
            FIELD(struct parameter, value),                                              \
            .attributes = parameter_attributes, .begin = parameter_begin,                \
            .list = LIST(struct agent, parameters, parameter_count, struct parameter)    \
    }

static const struct attribute_row owner_attributes[] = {
    {"data-owner", false, DUTY_KEEP, CONTENT_WORD}, {.name = NULL}};

/* --- shared by several kinds ------------------------------------------------------ */

static const struct element password_rows[] = {
    KEEP_ALL("password-extension-config"),
    KEEP("password-extension-config/password-extension-enabled"),
    {"password-extension-config/dll", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD,
     .attributes = owner_attributes},
    KEEP("password-extension-config/password-set-enabled"),
    KEEP("password-extension-config/password-change-enabled"),
    KEEP_ALL("password-extension-config/connection-info"),
    KEEP("password-extension-config/connection-info/connect-to"),
    KEEP("password-extension-config/connection-info/user"),
    KEEP("password-extension-config/timeout"),
    KEEP("enable-unapplied-merge"),
};
static const struct group password_group = GROUP("password-extension", password_rows);

/* --- AD, ADAM, AD GAL -------------------------------------------------------------- */

const struct attribute_row ssl_attributes[] = {
    {"crl-check", false, DUTY_MUST, CONTENT_FLAG,
     .remark = {FINDING_APPROXIMATED, "ssl-bind with crl-check",
                "revoked certificates are refused by the lists of a file, the parameter "
                "'crl-file' in mactl.xml: nothing is fetched, and without the file no "
                "TLS connection is made",
                "0"}},
    {.name = NULL}};

#define ADMA "adma-configuration"
static const struct element directory_rows[] = {
    ANY_OF(ADMA),
    MUST(ADMA "/forest-name"),
    MUST(ADMA "/forest-port"),
    KEEP(ADMA "/forest-guid"),
    MUST(ADMA "/forest-login-domain"),
    MUST(ADMA "/forest-login-user"),
    MUST(ADMA "/sign-and-seal"),
    MUST(ADMA "/default-ssl-strength"),
    {ADMA "/ssl-bind", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD,
     .attributes = ssl_attributes},
    MUST(ADMA "/simple-bind"),
    KEEP(ADMA "/enable-unapplied-merge"),
    KEEP_ALL(ADMA "/cd-extension"),
    KEEP(ADMA "/cd-extension/assembly-name"),
    KEEP(ADMA "/cd-extension/server-name"),
    KEEP(ADMA "/cd-extension/exchange-version"),
    KEEP(ADMA "/cd-extension/application-protection"),
    KEEP(ADMA "/cd-extension/pre-export"),
    {ADMA "/cd-extension/post-export", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_FLAG,
     .remark = {FINDING_UNSUPPORTED, "cd-extension with post-export",
                "no Exchange provisioning behind an export: mailbox attributes are "
                "written, the mailbox is not made",
                "0"}},
    KEEP(ADMA "/cd-extension/pre-import"),
    {ADMA "/ui-data", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_ANYTHING},
    KEEP_ALL(ADMA "/password-hash-sync-config"),
    {ADMA "/password-hash-sync-config/enabled", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_FLAG,
     .remark = {FINDING_UNSUPPORTED, "password-hash-sync-config",
                "password hashes are not synchronised", "0"}},
    KEEP(ADMA "/password-hash-sync-config/target"),
    PARAMETERS(ADMA "/parameter-values"),
};
static const struct group directory_group = GROUP("adma", directory_rows);

/* --- MSSQL, ORACLE, DB2 ------------------------------------------------------------ */

static const struct attribute_row type_attributes[] = {
    {"dn", false, DUTY_MUST, CONTENT_FLAG}, {.name = NULL}};
static const struct element column_rows[] = {
    {"column", OCCURS_MANY, DUTY_MUST},
    MUST("column/name"),
    MUST("column/data-type"),
    MUST("column/length"),
    MUST("column/isnullable"),
    MUST("column/isreadonly"),
    MUST("column/islongcolumn"),
    {"column/mms-type", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD,
     .attributes = type_attributes},
    MUST("column/imp-conv-flag"),
    MUST("column/exp-conv-flag"),
};
static const struct group column_group = GROUP("column", column_rows);

#define SQL "oledbma-configuration"
#define INFO SQL "/mms-info"
static const struct element sql_rows[] = {
    {SQL, OCCURS_OPTIONAL, DUTY_MUST, .groups = GROUPS(&password_group)},
    ANY_OF(SQL "/connection-info"),
    MUST(SQL "/connection-info/authentication"),
    MUST(SQL "/connection-info/provider"),
    MUST(SQL "/connection-info/server"),
    MUST(SQL "/connection-info/datasource"),
    MUST(SQL "/connection-info/databasename"),
    MUST(SQL "/connection-info/tablename"),
    MUST(SQL "/connection-info/delta-tablename"),
    MUST(SQL "/connection-info/multivalued-tablename"),
    MUST(SQL "/connection-info/user"),
    MUST(SQL "/connection-info/domain"),
    ANY_OF(INFO),
    {INFO "/column-info", OCCURS_OPTIONAL, DUTY_MUST, .groups = GROUPS(&column_group)},
    ANY_OF(INFO "/column-info/primary-key"),
    MANY(INFO "/column-info/primary-key/column-name"),
    ANY_OF(INFO "/anchor"),
    MANY(INFO "/anchor/attribute"),
    MUST(INFO "/object-type"),
    ANY_OF(INFO "/object-type-info"),
    MUST(INFO "/object-type-info/object-type-column"),
    ANY_OF(INFO "/object-type-info/object-types"),
    MANY(INFO "/object-type-info/object-types/object-type"),
    ANY_OF(INFO "/multivalued-info"),
    {INFO "/multivalued-info/extra-columns", OCCURS_OPTIONAL, DUTY_MUST,
     .groups = GROUPS(&column_group)},
    {INFO "/multivalued-info/multivalued-columns", OCCURS_OPTIONAL, DUTY_MUST,
     .groups = GROUPS(&column_group)},
    MUST(INFO "/multivalued-info/attribute-column"),
    MUST(INFO "/multivalued-info/string-column"),
    MUST(INFO "/multivalued-info/numeric-column"),
    MUST(INFO "/multivalued-info/binary-column"),
    MUST(INFO "/multivalued-info/long-string-column"),
    MUST(INFO "/multivalued-info/long-binary-column"),
    ANY_OF(INFO "/delta-info"),
    MUST(INFO "/delta-info/change-column"),
    MUST(INFO "/delta-info/add"),
    MUST(INFO "/delta-info/update"),
    MUST(INFO "/delta-info/delete"),
    MUST(INFO "/delta-info/update-attribute"),
};
static const struct group sql_group = GROUP("oledbma", sql_rows);

/* --- the FIM Service --------------------------------------------------------------- */

static const struct attribute_row fim_column_attributes[] = {
    {"name", false, DUTY_SHOULD, CONTENT_WORD},
    {"isDynamic", false, DUTY_KEEP, CONTENT_FLAG},
    {.name = NULL},
};

#define FIMMA "fimma-configuration"
static const struct element fim_rows[] = {
    {FIMMA, OCCURS_OPTIONAL, DUTY_SHOULD},
    {FIMMA "/mms-info", OCCURS_OPTIONAL, DUTY_SHOULD},
    {FIMMA "/mms-info/column-info", OCCURS_MANY, DUTY_SHOULD,
     .attributes = fim_column_attributes},
    {FIMMA "/mms-info/column-info/column", OCCURS_MANY, DUTY_SHOULD},
    SHOULD(FIMMA "/mms-info/column-info/column/name"),
    SHOULD(FIMMA "/mms-info/column-info/column/data-type"),
    SHOULD(FIMMA "/mms-info/column-info/column/isrequired"),
    SHOULD(FIMMA "/mms-info/column-info/column/ismultivalued"),
    KEEP(FIMMA "/enable-unapplied-merge"),
    KEEP(FIMMA "/watermark"),
    {FIMMA "/connection-info", OCCURS_OPTIONAL, DUTY_SHOULD},
    SHOULD(FIMMA "/connection-info/server"),
    SHOULD(FIMMA "/connection-info/databasename"),
    SHOULD(FIMMA "/connection-info/authentication"),
    SHOULD(FIMMA "/connection-info/user"),
    SHOULD(FIMMA "/connection-info/domain"),
    SHOULD(FIMMA "/connection-info/serviceHost"),
};
static const struct group fim_group = GROUP("fimma", fim_rows);

/* --- text files and Extensible2 ---------------------------------------------------- */

static const struct attribute_row class_attributes[] = {
    {"object_class", false, DUTY_MUST, CONTENT_WORD}, {.name = NULL}};

#define NAMED(path)                                                                      \
    {                                                                                    \
        path, OCCURS_MANY, DUTY_MUST, CONTENT_WORD, .attributes = class_attributes       \
    }

static const struct element columns_rows[] = {
    MUST("code_page"),
    MUST("delimiter"),
    MUST("text_qualifier"),
    MUST("first_row_contains_headers"),
    MUST("multi_value_separator"),
    ANY_OF("attributes"),
    {"attributes/attribute", OCCURS_MANY, DUTY_MUST},
    MANY("attributes/attribute/name"),
    MANY("attributes/attribute/width"),
};
static const struct group columns_group = GROUP("text-format", columns_rows);

#define FILES "MAConfig"
#define FORMAT(name)                                                                     \
    {                                                                                    \
        FILES "/" name, OCCURS_OPTIONAL, DUTY_MUST, .groups = GROUPS(&columns_group)     \
    }

static const struct element file_rows[] = {
    {FILES, OCCURS_OPTIONAL, DUTY_MUST, .groups = GROUPS(&password_group)},
    KEEP_UNSEEN(FILES "/ui-data"),
    ANY_OF(FILES "/importing"),
    ANY_OF(FILES "/importing/dn"),
    NAMED(FILES "/importing/dn/attribute"),
    ANY_OF(FILES "/importing/anchor"),
    NAMED(FILES "/importing/anchor/attribute"),
    ANY_OF(FILES "/importing/per-class-settings"),
    {FILES "/importing/per-class-settings/class", OCCURS_MANY, DUTY_MUST},
    MUST(FILES "/importing/per-class-settings/class/name"),
    ANY_OF(FILES "/importing/per-class-settings/class/anchor"),
    MANY(FILES "/importing/per-class-settings/class/anchor/attribute"),
    MUST(FILES "/importing/object_class_attribute"),
    KEEP_UNSEEN(FILES "/exporting"),
    MUST(FILES "/ldap-dn"),
    FORMAT("delimited_format"),
    FORMAT("fixed-width_format"),
    FORMAT("avp_format"),
    FORMAT("ldif_format"),
    FORMAT("dsml_format"),
    ANY_OF(FILES "/primary_class_mappings"),
    {FILES "/primary_class_mappings/mapping", OCCURS_MANY, DUTY_MUST},
    MUST(FILES "/primary_class_mappings/mapping/primary_class"),
    MANY(FILES "/primary_class_mappings/mapping/oc-value"),
    MUST(FILES "/change_type_attribute"),
    MUST(FILES "/add_change_type_value"),
    MUST(FILES "/modify_change_type_value"),
    MUST(FILES "/delete_change_type_value"),
    ANY_OF(FILES "/data_normalization"),
    MUST(FILES "/data_normalization/force-uppercase"),
    MUST(FILES "/data_normalization/remove-accents"),
    MUST(FILES "/case_normalize_dn_for_anchor"),
    KEEP(FILES "/file-type"),

    ANY_OF(FILES "/extension-config"),
    {FILES "/extension-config/filename", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD,
     .attributes = owner_attributes},
    MUST(FILES "/extension-config/import-default-page-size"),
    MUST(FILES "/extension-config/import-max-page-size"),
    MUST(FILES "/extension-config/export-default-page-size"),
    MUST(FILES "/extension-config/export-max-page-size"),
    KEEP(FILES "/extension-config/import-mode"),
    KEEP(FILES "/extension-config/export-mode"),
    KEEP(FILES "/extension-config/import-enabled"),
    KEEP(FILES "/extension-config/export-enabled"),
    KEEP(FILES "/extension-config/capability-bits"),
    KEEP(FILES "/extension-config/export-type"),
    KEEP(FILES "/extension-config/discovery-partition"),
    KEEP(FILES "/extension-config/discovery-schema"),
    KEEP(FILES "/extension-config/discovery-hierarchy"),
    KEEP(FILES "/extension-config/password-management-enabled"),
    KEEP(FILES "/extension-config/assembly-version"),
    KEEP(FILES "/extension-config/supports-parameters-ex"),
    {FILES "/parameter-definitions", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_ANYTHING},
    PARAMETERS(FILES "/parameter-values"),
    KEEP_ALL(FILES "/default_visible_attributes"),
    KEEP_MANY(FILES "/default_visible_attributes/attribute"),
    KEEP_UNSEEN(FILES "/possible_component_mappings"),
    KEEP_ALL(FILES "/aad-password-reset-config"),
    KEEP(FILES "/aad-password-reset-config/enabled"),
    KEEP(FILES "/aad-password-reset-config/modified-timestamp"),
    KEEP(FILES "/aad-password-reset-config/adal-authority"),
};
static const struct group text_group = GROUP("MAConfig", file_rows);

static const struct element rows[] = {
    {"private-configuration", OCCURS_OPTIONAL, DUTY_MUST, .flatten = true,
     .groups = GROUPS(&directory_group, &sql_group, &fim_group, &text_group),
     .list = LIST(struct agent, private_configuration, private_count, struct parameter)},
};
const struct group private_group = GROUP("private-configuration", rows);
