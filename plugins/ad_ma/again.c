/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Objects that are read whole, because a change of them does not tell all: what is new to
 * us, was moved, or lies below what was moved.
 */

#include "import.h"

enum { AT_ONCE = 100 };

static enum ma_status take(void *context, LDAPMessage *entry, struct ma_error *err)
{
    return shown_whole(context, entry, err);
}

static enum ma_status read_whole(struct import *import, const char *base,
                                 const char *filter, struct ma_error *err)
{
    const struct page_search search = {
        .kind = PAGE_RESULTS,
        .base = base,
        .scope = LDAP_SCOPE_SUBTREE,
        .filter = filter,
        .attributes = import->attributes,
        .size = import->page_size,
    };
    const struct page_taker taker = {.entry = take, .context = import};

    return page_each(import->link, &search, &taker, NULL, err);
}

/* RFC 4515 3: any byte as \xx. */
static void add_anchor(struct bytes *filter, const char *name, struct ma_value anchor)
{
    char text[8];

    bytes_char(filter, '(');
    bytes_text(filter, name);
    bytes_char(filter, '=');
    for (size_t i = 0; i < anchor.length; i++) {
        snprintf(text, sizeof text, "\\%02x", (unsigned char)anchor.data[i]);
        bytes_text(filter, text);
    }
    bytes_char(filter, ')');
}

static enum ma_status read_some(struct import *import, const struct ma_value *anchors,
                                size_t count, struct ma_error *err)
{
    struct bytes filter = {0};
    enum ma_status status;

    bytes_text(&filter, "(&");
    bytes_text(&filter, import->filter);
    bytes_text(&filter, "(|");
    for (size_t i = 0; i < count; i++)
        add_anchor(&filter, import->session->set.anchor, anchors[i]);
    bytes_text(&filter, "))");
    status = filter.failed ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                           : read_whole(import, import->base, filter.at, err);
    bytes_free(&filter);
    return status;
}

enum ma_status again_by_anchor(struct import *import, const struct ma_value *anchors,
                               size_t count, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < count && status == MA_OK; i += AT_ONCE)
        status = read_some(import, anchors + i, count - i < AT_ONCE ? count - i : AT_ONCE,
                           err);
    return status;
}

enum ma_status again_below(struct import *import, const char *dn, struct ma_error *err)
{
    enum ma_status status = read_whole(import, dn, import->filter, err);

    return status == MA_NOT_FOUND ? MA_OK : status;
}
