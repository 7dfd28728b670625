/* SPDX-License-Identifier: Apache-2.0 */

/* Writes schemas/<root element>.rng for each file that a server export has, and for
 * mactl.xml. Run by
 * `cmake --build BUILD --target schemas` after a change of the table of elements. */

#include <stdio.h>

#include "config/instance_table.h"
#include "config/relaxng.h"

static int write_schema(const char *folder, const char *root, struct slice schema)
{
    char path[1024];
    FILE *file;
    size_t written;

    snprintf(path, sizeof path, "%s/%s.rng", folder, root);
    file = fopen(path, "w");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    written = fwrite(schema.at, 1, schema.length, file);
    if (fclose(file) != 0 || written != schema.length) {
        perror(path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    BUF_AUTO schema = {0};
    int failed = 0;

    if (argc != 2) {
        fputs("usage: write-schemas FOLDER\n", stderr);
        return 2;
    }
    for (size_t i = 0; relaxng_roots[i] != NULL; i++) {
        buf_clear(&schema);
        relaxng_write(relaxng_roots[i], &schema);
        failed |= write_schema(argv[1], relaxng_roots[i], buf_view(&schema));
    }
    buf_clear(&schema);
    mactl_schema_write(&schema);
    return failed | write_schema(argv[1], "mactl", buf_view(&schema));
}
