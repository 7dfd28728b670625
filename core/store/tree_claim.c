/* SPDX-License-Identifier: Apache-2.0 */

/* Whose a DN is: engine 1.4. */

#include "space/tower.h"
#include "store/held.h"

/* --- who gives way ---------------------------------------------------------------- */

static void withdraw(struct delta *delta, const char *dn)
{
    if (delta->op != DELTA_UPDATE || !tree_same_dn(delta->dn, dn))
        return;
    delta->dn = NULL;
    if (delta->count == 0)
        *delta = (struct delta){.op = DELTA_NONE};
}

static const char *transient_dn(struct held *held)
{
    char guid[GUID_TEXT];

    return arena_print(&held->arena, "mactl-transient=%s",
                       guid_format(&held->object.guid, GUID_PLAIN, guid));
}

enum ma_status tree_give_way(struct held *held, const char *dn,
                             const struct tree_readers *readers, struct ma_error *err)
{
    const struct delta change = {.op = DELTA_UPDATE, .dn = transient_dn(held)};
    bool imported = object_was_imported(&held->object);

    if (imported)
        tower_changed(&held->arena, &held->object, &change);
    held->object.transient = true; /* the transition takes it for found */
    if (held_put(held, err) != MA_OK)
        return err->status;
    if (!imported)
        return MA_OK;
    return tree_follow(held->batch, held->agent, held->object.id, dn, change.dn,
                       TREE_IMPORTED, readers, err);
}

static enum ma_status displace(struct held *held, const char *dn,
                               const struct tree_readers *readers, struct ma_error *err)
{
    const char *imported = object_imported_dn(&held->object);

    if (tree_left(held->batch, held->agent, held->object.id, dn, readers, err) != MA_OK)
        return err->status;
    /* References to itself may have been among them. */
    if (held_get(held, held->object.id, err) != MA_OK)
        return err->status;
    withdraw(&held->object.unapplied, dn);
    withdraw(&held->object.escrowed, dn);
    withdraw(&held->object.unconfirmed, dn);
    if (imported == NULL || tree_same_dn(imported, dn))
        return tree_give_way(held, dn, readers, err);
    /* It only should have come here. Synchronisation says what it wants now. */
    held->object.full_sync = true;
    return held_put(held, err);
}

bool tree_was_sent(const struct cs_object *object)
{
    /* Of an add that a dead run had sent, a refusal tells more than the doubt. */
    bool doubt = object->rebuild && object->export_error.count == 0;

    return doubt || object->escrowed.op != DELTA_NONE ||
           object->unconfirmed.op != DELTA_NONE;
}

bool tree_never_left(const struct cs_object *object)
{
    return !object->has_hologram && object->pending_import.op == DELTA_NONE &&
           !tree_was_sent(object);
}

/* --- claiming --------------------------------------------------------------------- */

enum claim { CLAIM_AGAIN, CLAIM_HEIR, CLAIM_FREE };

static enum ma_status claim_from(struct held *held, const char *dn,
                                 const struct tree_readers *readers, enum claim *claim,
                                 struct ma_error *err)
{
    *claim = CLAIM_AGAIN;
    if (held->object.placeholder != PLACEHOLDER_NOT) {
        *claim = CLAIM_HEIR;
        return MA_OK;
    }
    if (tree_never_left(&held->object))
        return tree_drop_unexported(held->batch, &held->object, err);
    return displace(held, dn, readers, err);
}

/* Who has the DN, with all that is said of it: an heir that is displaced takes nothing
 * along that was said of the placeholder. */
static enum ma_status find_holder(struct held *held, const char *dn,
                                  const struct tree_readers *readers, uint64_t *out,
                                  struct ma_error *err)
{
    enum ma_status status = cs_find_dn(held->batch, held->agent, dn, out, err);

    if (status != MA_OK || readers == NULL || !tree_heirs_has(readers->heirs, *out))
        return status;
    if (tree_heirs_settle(readers->heirs, err) != MA_OK)
        return err->status;
    return cs_find_dn(held->batch, held->agent, dn, out, err);
}

/* From the one that has it now. */
static enum ma_status claim_once(struct held *held, const char *dn, uint64_t claimant,
                                 const struct tree_readers *readers, enum claim *claim,
                                 struct ma_error *err)
{
    uint64_t holder = 0;
    enum ma_status status = find_holder(held, dn, readers, &holder, err);

    *claim = CLAIM_FREE;
    if (status == MA_OK && holder != claimant)
        status = held_get(held, holder, err);
    if (status != MA_OK || holder == claimant)
        return unless_missing(status);
    return claim_from(held, dn, readers, claim, err);
}

/* One holder in the system, one that has it pending, one placeholder; one to spare. */
enum { MOST_HOLDERS = 4 };

static enum ma_status inherit(struct batch *batch, uint32_t agent, uint64_t from,
                              uint64_t to, const struct tree_readers *readers,
                              struct ma_error *err)
{
    if (readers != NULL && readers->heirs != NULL)
        return tree_heirs_add(readers->heirs, from, to, err);
    return tree_inherit(batch, agent, from, to, err);
}

enum ma_status tree_claim(struct batch *batch, uint32_t agent, const char *dn,
                          uint64_t claimant, const struct tree_readers *readers,
                          uint64_t *heir, struct ma_error *err)
{
    enum claim claim = CLAIM_AGAIN;
    uint64_t placeholder = 0;

    for (int i = 0; claim == CLAIM_AGAIN && i < MOST_HOLDERS; i++) {
        HELD_AUTO held = {.batch = batch, .agent = agent};

        if (claim_once(&held, dn, claimant, readers, &claim, err) != MA_OK)
            return err->status;
        if (claim == CLAIM_HEIR)
            placeholder = held.object.id;
    }
    if (heir != NULL)
        *heir = placeholder;
    if (placeholder == 0 || claimant == 0)
        return MA_OK;
    return inherit(batch, agent, placeholder, claimant, readers, err);
}
