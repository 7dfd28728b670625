/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dn.h"

#include <strings.h>

#include "base/buf.h"
#include "model/dn_pair.h"

bool dn_is_ldap(struct slice dn)
{
    struct dn_rdn rdn;
    size_t depth;

    return dn_pair_rdn(dn, 0, &rdn, &depth);
}

/* --- parts ------------------------------------------------------------------------ */

struct slice dn_parent(struct slice dn)
{
    struct dn_rdn rdn;
    size_t depth;

    if (!dn_pair_rdn(dn, 0, &rdn, &depth))
        return slice_of("", 0);
    return slice_of(dn.at + rdn.next, dn.length - rdn.next);
}

struct slice dn_parent_again(struct slice dn, struct slice last)
{
    size_t at = dn.length - last.length;
    struct dn_pair pair;
    size_t next = 0;

    if (last.length > 0 && dn.length > last.length && dn.at[at - 1] == ',' &&
        memcmp(dn.at + at, last.at, last.length) == 0 &&
        dn_pair_read_plain(dn, &next, &pair) && next == at)
        return slice_of(dn.at + at, last.length);
    return dn_parent(dn);
}

struct slice dn_rdn(struct slice dn)
{
    struct dn_rdn rdn;
    size_t depth;

    return dn_pair_rdn(dn, 0, &rdn, &depth) ? rdn.text : dn;
}

size_t dn_depth(struct slice dn)
{
    struct dn_rdn rdn;
    size_t depth;

    return dn_pair_rdn(dn, 0, &rdn, &depth) ? depth : dn.length > 0;
}

bool dn_component(struct slice dn, size_t n, struct slice *type, struct slice *value)
{
    struct dn_rdn rdn = {0};
    size_t depth;

    if (!dn_pair_rdn(dn, n - 1, &rdn, &depth)) {
        rdn.first.type = slice_of("", 0);
        rdn.first.value = dn;
        depth = dn.length > 0;
    }
    if (n == 0 || n > depth)
        return false;
    *type = rdn.first.type;
    *value = rdn.first.value;
    return true;
}

/* What nearly every name is: the base as it is spelled, but for the case, behind a comma
 * that is not escaped. False says nothing. */
static bool is_plainly_under(struct slice dn, struct slice base)
{
    size_t at = dn.length - base.length;
    size_t escapes = 0;

    if (base.length == 0 || base.length > dn.length ||
        strncasecmp(dn.at + at, base.at, base.length) != 0 ||
        memchr(dn.at, '"', dn.length) != NULL)
        return false;
    if (at == 0)
        return true;
    while (escapes + 1 < at && dn.at[at - 2 - escapes] == '\\')
        escapes++;
    return dn.at[at - 1] == ',' && escapes % 2 == 0 && memchr(dn.at, '=', at) != NULL;
}

bool dn_is_under(struct slice dn, struct slice base)
{
    size_t above;
    size_t depth;
    struct dn_rdn rdn;

    if (is_plainly_under(dn, base))
        return true;
    above = dn_depth(base);
    depth = dn_depth(dn);
    if (above > depth)
        return false;
    if (above == 0 || above == depth)
        return above == 0 || dn_equal(dn, base);
    if (!dn_pair_rdn(dn, depth - above - 1, &rdn, &depth))
        return false;
    return dn_equal(slice_of(dn.at + rdn.next, dn.length - rdn.next), base);
}

/* --- writing ---------------------------------------------------------------------- */

struct slice dn_escape(struct arena *arena, struct slice value)
{
    BUF_AUTO out = {0};

    for (size_t i = 0; i < value.length; i++) {
        unsigned char c = (unsigned char)value.at[i];
        bool edge =
            (c == ' ' && (i == 0 || i + 1 == value.length)) || (c == '#' && i == 0);

        if (c < ' ' || c == 0x7f)
            buf_print(&out, "\\%02X", c);
        else if (edge || (c < 0x80 && strchr("\"+,;<>\\", c) != NULL))
            buf_print(&out, "\\%c", c);
        else
            buf_char(&out, (char)c);
    }
    return arena_slice(arena, buf_view(&out));
}
