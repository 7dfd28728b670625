/* SPDX-License-Identifier: Apache-2.0 */
#include "acl_audit_reading_fuzz.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static enum ma_status take(void *context, size_t index, const struct answer *entry,
                           struct ma_error *err)
{
    (void)index;
    (void)err;
    *(size_t *)context += answer_find(entry, "objectClass") != NULL;
    return MA_OK;
}

/* What was read can be searched; what was refused says where. */
static void look(struct dump *dump)
{
    static const char *const classes[] = {"group", NULL};
    const struct origin_term terms[] = {{"member", "CN=a,DC=x", 9},
                                        {"memberOf", "CN=a,DC=x", 9}};
    const struct origin_query query = {
        .base = "DC=x", .classes = classes, .terms = terms, .count = 2};
    size_t found = 0;
    const struct origin_taker taker = {.entry = take, .context = &found};
    struct ma_error err = {0};

    if (dump->origin.search(&dump->origin, &query, &taker, &err) != MA_OK ||
        found > dump->count)
        abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    FILE *in = size == 0 ? NULL : fmemopen((void *)(uintptr_t)data, size, "r");
    struct ma_error err = {0};
    struct dump dump;

    if (in == NULL)
        return 0;
    dump_begin(&dump, NULL);
    if (dump_ldif_read(&dump, in, "dump", &err) == MA_OK &&
        dump_ready(&dump, &err) == MA_OK)
        look(&dump);
    else if (strncmp(err.text, "dump:", 5) != 0)
        abort();
    dump_end(&dump);
    (void)fclose(in);
    return 0;
}
