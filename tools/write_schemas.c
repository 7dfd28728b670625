/* SPDX-License-Identifier: Apache-2.0 */

/* Writes schemas/<root element>.rng for each file that a server export has. Run by
 * `cmake --build BUILD --target schemas` after a change of the table of elements. */

#include <stdio.h>

#include "config/relaxng.h"

static int write_schema(const char *folder, const char *root)
{
    BUF_AUTO schema = {0};
    char path[1024];
    FILE *file;
    size_t written;

    relaxng_write(root, &schema);
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
    int failed = 0;

    if (argc != 2) {
        fputs("usage: write-schemas FOLDER\n", stderr);
        return 2;
    }
    for (size_t i = 0; relaxng_roots[i] != NULL; i++)
        failed |= write_schema(argv[1], relaxng_roots[i]);
    return failed;
}
