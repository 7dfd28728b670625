/* SPDX-License-Identifier: Apache-2.0 */

/*
 * main() of a fuzz target that is run as an ordinary test: every file of the folders
 * given is one input, then each of them cut short at a few places and with a few bytes
 * turned over, always in the same way. A folder without files is a failure.
 */

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VARIANTS = 64 };

/* A copy of exactly that size, so that a sanitizer sees one byte too many. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size == 0 ? 1 : size);

    if (copy == NULL)
        abort();
    memcpy(copy, data, size);
    (void)LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void vary(uint8_t *data, size_t size)
{
    uint32_t state = 2463534242u;

    for (unsigned i = 0; i < VARIANTS && size > 0; i++) {
        uint8_t old;
        size_t at;

        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        at = state % size;
        run(data, at);
        old = data[at];
        data[at] = (uint8_t)(state >> 24);
        run(data, size);
        data[at] = old;
    }
}

static int run_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t size = 0;
    int c;

    if (file == NULL) {
        perror(path);
        return 1;
    }
    while ((c = fgetc(file)) != EOF) {
        if ((size & (size - 1)) == 0)
            data = realloc(data, size == 0 ? 1 : size * 2);
        if (data == NULL)
            abort();
        data[size++] = (uint8_t)c;
    }
    fclose(file);
    run(data == NULL ? (const uint8_t *)"" : data, size);
    vary(data, size);
    free(data);
    return 0;
}

static int run_folder(const char *folder)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    int failed = 0;
    int files = 0;

    for (int i = 0; i < count; i++) {
        char path[1024];

        snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.') {
            failed |= run_file(path);
            files++;
        }
        free(entries[i]);
    }
    free(entries);
    printf("%s: %d seeds\n", folder, files);
    return failed | (files == 0);
}

int main(int argc, char **argv)
{
    int failed = argc < 2;

    for (int i = 1; i < argc; i++)
        failed |= run_folder(argv[i]);
    return failed;
}
