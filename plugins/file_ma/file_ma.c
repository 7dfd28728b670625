/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The management agent for files: delimited, fixed-width, attribute-value pairs and LDIF.
 * It is what a user without a server starts with. Read from the bottom; the parameters
 * are the manual.
 */

#include <stdlib.h>

#include "directory.h"
#include "session.h"

static void file_close(void *session)
{
    struct session *s = session;

    if (s == NULL)
        return;
    directory_close(s->directory);
    settings_free(&s->set);
    free(s);
}

static enum ma_status file_open_session(const struct ma_host *host, void **out,
                                        struct ma_error *err)
{
    struct session *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    s->host = host;
    if (settings_read(&s->set, host, err) != MA_OK) {
        file_close(s);
        return err->status;
    }
    *out = s;
    return MA_OK;
}

static const struct ma_agent agent = {
    .size = sizeof agent,
    .capabilities =
        MA_CAN_RENAME | MA_CAN_FULL_IMPORT | MA_CAN_DELTA_IMPORT | MA_CAN_EXPORT,
    .open = file_open_session,
    .close = file_close,
    .import_entries = import_entries,
    .export_entries = export_entries,
    .read_entries = import_again,
    .least_batch = 500, /* each batch is a sync */
    .finish_export = export_finish,
};

static const struct ma_param params[] = {
    {"format", MA_STRING, NULL, "ldif, delimited, avp or fixed-width."},
    {"mode", MA_STRING, NULL,
     "directory: the file is the connected system, exports rewrite it; records: exports "
     "write the output-file of the run step."},
    {"file", MA_STRING, NULL, "The data file, below the agent's folder or absolute."},
    {"delta-file", MA_STRING, NULL, "The file of changes that a delta import reads."},
    {"append", MA_BOOLEAN, NULL, "Records are added to an output-file of earlier runs."},
    {"code-page", MA_NUMBER, NULL, "Windows code page of the file: 65001, 1252, 1200."},
    {"delimiter", MA_STRING, NULL, "Character or its code; a comma, for avp a colon."},
    {"qualifier", MA_STRING, NULL, "Text qualifier, or its code; none: there is none."},
    {"header", MA_BOOLEAN, NULL, "The first row has the names of the columns."},
    {"column", MA_STRING, NULL,
     "Names of the columns, where no header has them; fixed-width: name:width."},
    {"multi-value-separator", MA_STRING, NULL, "Stands between the values of a column."},
    {"anchor", MA_STRING, NULL, "Attributes that form the anchor; dn: the DN does."},
    {"anchor-seed", MA_STRING, NULL,
     "Anchors given to new objects are made from this text and the DN."},
    {"dn", MA_STRING, NULL, "Columns that form the DN; by default the anchor."},
    {"ldap-dn", MA_BOOLEAN, NULL, "DNs are LDAP names, and checked."},
    {"object-class", MA_STRING, NULL, "Class of every object."},
    {"object-class-column", MA_STRING, NULL, "Attribute that has the class."},
    {"change-type", MA_STRING, NULL, "Column that says what happened to the object."},
    {"add-value", MA_STRING, NULL, "What that column says of a new object: Add."},
    {"modify-value", MA_STRING, NULL, "What it says of a changed object: Modify."},
    {"delete-value", MA_STRING, NULL, "What it says of one that is gone: Delete."},
    {"write-secrets", MA_BOOLEAN, NULL,
     "Exports write passwords into the file, in clear."},
    {NULL, MA_STRING, NULL, NULL},
};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "file_ma",
    .version = "1.0",
    .params = params,
    .agent = &agent,
};

MA_PLUGIN(plugin)
