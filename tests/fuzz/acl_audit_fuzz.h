/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FUZZ_ACL_AUDIT_H
#define FUZZ_ACL_AUDIT_H

#include <stdlib.h>

#include "sddl.h"

/* What the targets of acl_audit share: a domain, and what must hold of each descriptor.
 */
static const unsigned char fuzz_domain[] = {1, 4, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0,
                                            1, 0, 0, 0, 2, 0, 0, 0, 3,  0, 0, 0};
static const struct sddl_domains fuzz_domains = {fuzz_domain, fuzz_domain};

static inline struct ma_value fuzz_value(const struct bytes *bytes)
{
    return (struct ma_value){bytes->at == NULL ? "" : bytes->at, bytes->length};
}

static inline void fuzz_print(const struct bytes *bytes, struct bytes *out)
{
    struct descriptor sd;
    struct ma_error error;

    if (descriptor_read(fuzz_value(bytes), &sd, &error) != MA_OK)
        abort(); /* we wrote it */
    bytes_text(out, "");
    sddl_print(&sd, &fuzz_domains, out);
}

/* Once it was printed, reading and printing change nothing any more. */
static inline void fuzz_is_fixed(const char *text)
{
    struct bytes first = {0};
    struct bytes second = {0};
    struct bytes printed = {0};
    struct bytes again = {0};
    struct ma_error error;

    if (sddl_parse(text, &fuzz_domains, &first, &error) == MA_OK) {
        fuzz_print(&first, &printed);
        if (strchr(printed.at, '{') == NULL ||
            strstr(printed.at, "{unreadable}") == NULL) {
            if (sddl_parse(printed.at, &fuzz_domains, &second, &error) != MA_OK)
                abort();
            fuzz_print(&second, &again);
            if (strcmp(printed.at, again.at) != 0)
                abort();
        }
    }
    bytes_free(&first);
    bytes_free(&second);
    bytes_free(&printed);
    bytes_free(&again);
}

#endif
