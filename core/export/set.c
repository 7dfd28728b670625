/* SPDX-License-Identifier: Apache-2.0 */

/*
 * The set of pending exports of an agent: what its guards count, and a digest by which it
 * is known again. The digest is of ids and deltas in the order of ids, so it is the same
 * as long as exactly the same would be sent.
 */

#include "export/state.h"

void set_begin(struct gathering *gathering)
{
    *gathering = (struct gathering){.set = {.id = ""}};
    crypto_generichash_init(&gathering->hash, NULL, 0, SET_DIGEST);
}

static bool clears(const struct attr_delta *change, const struct entry *before)
{
    const struct attr *was = entry_find(before, change->name);

    if (was == NULL || change->add_count > 0)
        return false;
    return change->op == DELTA_SET || change->del_count >= was->count;
}

static void count_changes(struct export_set *set, const struct delta *delta,
                          const struct entry *before)
{
    for (uint32_t i = 0; i < delta->count; i++) {
        const struct attr_delta *change = &delta->attrs[i];

        if (change->type == VALUE_REFERENCE && change->op == DELTA_VALUES)
            set->of[GUARDED_MEMBER_REMOVALS] += change->del_count;
        set->of[GUARDED_ATTRIBUTE_CLEARS] += clears(change, before);
    }
}

void set_add(struct gathering *gathering, const struct cs_object *object,
             const struct image *before)
{
    const struct delta *delta = &object->unapplied;
    struct export_set *set = &gathering->set;
    BUF_AUTO bytes = {0};

    if (delta->op == DELTA_DELETE || delta->op == DELTA_DELETE_ADD)
        set->of[GUARDED_DELETES]++;
    if (delta->op == DELTA_UPDATE) {
        set->of[GUARDED_RENAMES] += delta->dn != NULL;
        set->of[GUARDED_UPDATES] += delta->count > 0;
        count_changes(set, delta, &before->entry);
    }
    buf_u64(&bytes, object->id);
    delta_encode(delta, &bytes);
    crypto_generichash_update(&gathering->hash, (const unsigned char *)bytes.at,
                              bytes.length);
}

void set_end(struct gathering *gathering)
{
    unsigned char digest[SET_DIGEST];

    crypto_generichash_final(&gathering->hash, digest, sizeof digest);
    sodium_bin2hex(gathering->set.id, sizeof gathering->set.id, digest, sizeof digest);
}
