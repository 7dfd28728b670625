/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The schema of a directory calls mS-DS-CreatorSID a reference, and its value is a binary
 * SID: it names the object with that objectSid. Until that object shows up, a placeholder
 * "<SID=...>", as the directory itself writes it, stands for it.
 */

#include "base/text.h"
#include "stage/state.h"
#include "store/tree.h"

/* MS-DTYP 2.4.2.2: revision 1, up to 15 sub-authorities of 4 bytes behind 8. */
bool sid_is(struct slice value)
{
    return value.length >= 12 && value.at[0] == 1 && value.at[1] >= 1 &&
           value.at[1] <= 15 && value.length == 8 + 4 * (size_t)value.at[1];
}

static const char *sid_name(struct stage *stage, struct slice sid)
{
    return arena_print(&stage->scratch, "<SID=%s>", text_hex(&stage->scratch, sid).at);
}

static enum ma_status find_owner(struct stage *stage, struct slice sid, uint64_t *out,
                                 struct ma_error *err)
{
    id_list found = {0};
    enum ma_status status = MA_NOT_FOUND;

    if (stage->sid == NAME_NONE)
        return MA_NOT_FOUND;
    status = cs_find_value(stage->batch, stage->agent, stage->sid, VALUE_BINARY, sid,
                           true, &found, err);
    if (status == MA_OK && found.count == 0)
        status = MA_NOT_FOUND;
    if (status == MA_OK)
        *out = found.items[0];
    VEC_FREE(&found);
    return status;
}

enum ma_status sid_resolve(struct stage *stage, struct slice sid, uint64_t *out,
                           struct ma_error *err)
{
    enum ma_status status = find_owner(stage, sid, out, err);

    if (status != MA_NOT_FOUND)
        return status;
    return cs_reference(stage->batch, stage->agent, sid_name(stage, sid),
                        PLACEHOLDER_LINK, out, err);
}

enum ma_status sid_settle(struct stage *stage, const struct cs_object *object,
                          struct ma_error *err)
{
    struct image image;
    const struct attr *attr;
    enum ma_status status;
    uint64_t placeholder;

    if (stage->sid == NAME_NONE)
        return MA_OK;
    image = object_image(&stage->scratch, object, LAYER_IMPORT);
    attr = image.exists ? entry_find(&image.entry, stage->sid) : NULL;
    if (attr == NULL || !sid_is(attr->values[0]))
        return MA_OK;
    status = cs_find_dn(stage->batch, stage->agent, sid_name(stage, attr->values[0]),
                        &placeholder, err);
    if (status == MA_OK)
        status = tree_heirs_add(stage->heirs, placeholder, object->id, err);
    return status == MA_NOT_FOUND ? MA_OK : status;
}
