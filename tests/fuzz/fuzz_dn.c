/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dn.h"

#include <stdlib.h>

#include "base/buf.h"

/*
 * Any text as a DN: its key is its own key and names the same; an LDAP name comes
 * apart into as many RDNs as it has, lies under its parent, and is found again when it is
 * put together from them. Any bytes, escaped, are one value.
 */
static void must(bool good)
{
    if (!good)
        abort();
}

static struct slice joined(struct arena *arena, struct slice rdn, struct slice parent)
{
    BUF_AUTO out = {0};

    buf_slice(&out, rdn);
    if (parent.length > 0)
        buf_char(&out, ',');
    buf_slice(&out, parent);
    return arena_slice(arena, buf_view(&out));
}

static void check_ldap(struct arena *arena, struct slice dn)
{
    struct slice parent = dn_parent(dn);
    struct slice rdn = dn_rdn(dn);
    struct slice type;
    struct slice value;

    must(rdn.at >= dn.at && rdn.at + rdn.length <= dn.at + dn.length);
    must(parent.length == 0 || parent.at + parent.length == dn.at + dn.length);
    must(dn_depth(parent) + 1 == dn_depth(dn));
    must(dn_equal(joined(arena, rdn, parent), dn));
    must(dn_is_under(dn, parent) && !dn_is_under(parent, dn));
    must(dn_component(dn, 1, &type, &value) && type.length > 0);
    must(!dn_component(dn, dn_depth(dn) + 1, &type, &value));
}

static void check_escape(struct arena *arena, struct slice value)
{
    struct slice escaped = dn_escape(arena, value);
    struct slice dn = slice_text(arena_print(arena, "cn=%s,dc=x", escaped.at));

    must(dn_is_ldap(dn) && dn_depth(dn) == 2);
    must(dn_rdn(dn).length == escaped.length + 3);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ARENA_AUTO arena = {0};
    struct slice dn = slice_of(data, size);
    struct slice key = dn_key(&arena, dn);

    must(slice_equal(dn_key(&arena, key), key));
    must(dn_is_ldap(key) || !dn_is_ldap(dn));
    must(dn_depth(key) == dn_depth(dn) || !dn_is_ldap(dn));
    if (dn_is_ldap(dn))
        check_ldap(&arena, dn);
    check_escape(&arena, dn);
    return 0;
}
