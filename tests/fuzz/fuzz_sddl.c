/* SPDX-License-Identifier: Apache-2.0 */
#include "acl_audit_fuzz.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct bytes text = {0};

    bytes_text(&text, "");
    bytes_add(&text, data, size);
    fuzz_is_fixed(text.at);
    bytes_free(&text);
    return 0;
}
