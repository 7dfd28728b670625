/* SPDX-License-Identifier: Apache-2.0 */
#include "acl_audit_fuzz.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
    struct descriptor sd;
    struct ma_error error;
    struct bytes text = {0};

    if (descriptor_read((struct ma_value){(const char *)data, size}, &sd, &error) !=
        MA_OK)
        return 0;
    (void)acl_is_canonical(&sd.dacl);
    bytes_text(&text, "");
    sddl_print(&sd, &fuzz_domains, &text);
    fuzz_is_fixed(text.at);
    bytes_free(&text);
    return 0;
}
