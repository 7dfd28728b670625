/* SPDX-License-Identifier: Apache-2.0 */
#include "operation.h"

#include "mods.h"
#include "support/dn.h"
#include "support/guid.h"

#define PERMISSIVE_MODIFY "1.2.840.113556.1.4.1413"
#define TREE_DELETE "1.2.840.113556.1.4.805"

static const enum operation_step plans[][5] = {
    [MA_ADD] = {STEP_ADD, STEP_ANCHOR, STEP_DONE},
    [MA_MODIFY] = {STEP_RENAME, STEP_MODIFY, STEP_DONE},
    [MA_REPLACE] = {STEP_RENAME, STEP_MODIFY, STEP_DONE},
    [MA_DELETE] = {STEP_DELETE, STEP_DONE},
    [MA_DELETE_ADD] = {STEP_DELETE, STEP_ADD, STEP_ANCHOR, STEP_DONE},
};
static const enum operation_step done[] = {STEP_DONE};

/* --- begin and end ---------------------------------------------------------------- */

/* MS-ADTS 3.1.1.3.1.2.4 */
static const char *guid_dn(struct pool *pool, struct ma_value guid)
{
    char text[8 + 2 * GUID_SIZE] = "<GUID=";

    for (size_t i = 0; i < GUID_SIZE; i++)
        snprintf(text + 6 + 2 * i, 3, "%02x", (unsigned char)guid.data[i]);
    strcat(text, ">");
    return pool_text(pool, text, strlen(text));
}

void operation_begin(struct operation *o, const struct ma_entry *entry, size_t index)
{
    bool renames = entry->new_dn != NULL && entry->new_dn[0] != '\0';

    *o = (struct operation){.entry = entry, .index = index, .id = -1};
    o->plan = plans[(size_t)entry->change < sizeof plans / sizeof plans[0] ? entry->change
                                                                           : MA_MODIFY];
    o->dn = renames ? entry->new_dn : entry->dn;
    o->target =
        entry->anchor.length == GUID_SIZE ? guid_dn(&o->pool, entry->anchor) : entry->dn;
    o->from = dn_folded(&o->pool, entry->dn);
    o->to = renames ? dn_folded(&o->pool, o->dn) : o->from;
    o->outcome = MA_EXPORTED;
}

void operation_end(struct operation *o)
{
    pool_free(&o->pool);
}

static void fail(struct operation *o)
{
    o->outcome = MA_EXPORT_FAILED;
    o->plan = done;
}

/* --- requests --------------------------------------------------------------------- */

/* LDAP_SUCCESS with an id: sent; without: nothing is to be sent. */
typedef int (*send_fn)(struct exporter *, struct operation *, int *id);

static int send_delete(struct exporter *x, struct operation *o, int *id)
{
    LDAPControl tree = {.ldctl_oid = (char *)(uintptr_t)TREE_DELETE,
                        .ldctl_iscritical = 1};
    LDAPControl *controls[] = {x->set->tree_delete ? &tree : NULL, NULL};

    return ldap_delete_ext(x->link->ld, o->target, controls, NULL, id);
}

static int send_mods(struct exporter *x, struct operation *o, bool add, int *id)
{
    LDAPControl permissive = {.ldctl_oid = (char *)(uintptr_t)PERMISSIVE_MODIFY};
    LDAPControl *controls[] = {&permissive, NULL};
    const struct mods_request request = {.entry = o->entry,
                                         .add = add,
                                         .sealed = x->sealed,
                                         .dn = o->dn,
                                         .only = o->allowed};
    struct mods mods;
    int code = LDAP_SUCCESS;

    if (!mods_make(&mods, &request, &o->failure))
        code = LDAP_PARAM_ERROR;
    else if (mods.pool.failed)
        code = LDAP_NO_MEMORY;
    else if (add)
        code = ldap_add_ext(x->link->ld, o->dn, mods.list, NULL, NULL, id);
    else if (mods.count > 0)
        code = ldap_modify_ext(x->link->ld, o->target, mods.list, controls, NULL, id);
    mods_free(&mods);
    return code;
}

static int send_add(struct exporter *x, struct operation *o, int *id)
{
    return send_mods(x, o, true, id);
}

static int send_modify(struct exporter *x, struct operation *o, int *id)
{
    return send_mods(x, o, false, id);
}

static int send_anchor(struct exporter *x, struct operation *o, int *id)
{
    const char *attributes[] = {x->set->anchor, NULL};

    return ldap_search_ext(x->link->ld, o->dn, LDAP_SCOPE_BASE, "(objectClass=*)",
                           (char **)(uintptr_t)attributes, 0, NULL, NULL, NULL, 0, id);
}

/* The container goes along even where it stays: somebody may have moved the object. */
static int send_rename(struct exporter *x, struct operation *o, int *id)
{
    const char *parent = dn_parent(o->dn);
    size_t length = (size_t)(parent - o->dn) - (*parent == '\0' ? 0 : 1);
    const char *rdn;

    if (o->dn == o->entry->dn)
        return LDAP_SUCCESS;
    rdn = pool_text(&o->pool, o->dn, length);
    return ldap_rename(x->link->ld, o->target, rdn, parent, 1, NULL, NULL, id);
}

static const send_fn senders[] = {
    [STEP_DELETE] = send_delete, [STEP_ADD] = send_add,
    [STEP_ANCHOR] = send_anchor, [STEP_RENAME] = send_rename,
    [STEP_MODIFY] = send_modify, [STEP_ALLOWED] = send_modify,
};

/* No fault of the object. */
static bool is_of_connection(int code)
{
    return code == LDAP_SERVER_DOWN || code == LDAP_TIMEOUT || code == LDAP_NO_MEMORY ||
           code == LDAP_CONNECT_ERROR;
}

enum ma_status operation_send(struct exporter *x, struct operation *o,
                              struct ma_error *err)
{
    int code = LDAP_SUCCESS;

    o->id = -1;
    if (o->doubted && refusal_doubt(x, o, err) != MA_OK)
        return err->status;
    o->doubted = false;
    while (!operation_is_done(o) && o->id < 0 && code == LDAP_SUCCESS) {
        code = senders[*o->plan](x, o, &o->id);
        if (code == LDAP_SUCCESS && o->id < 0)
            o->plan++;
    }
    if (code == LDAP_SUCCESS)
        return MA_OK;
    o->id = -1;
    if (is_of_connection(code))
        return link_not_sent(x->link, code, o->dn, err);
    if (o->failure.type == NULL)
        errors_of(&o->failure, code, NULL);
    fail(o);
    return MA_OK;
}

/* --- answers ---------------------------------------------------------------------- */

static void take_anchor(struct exporter *x, struct operation *o, LDAPMessage *message)
{
    LDAPMessage *entry = ldap_first_entry(x->link->ld, message);
    struct berval **values =
        entry == NULL ? NULL : ldap_get_values_len(x->link->ld, entry, x->set->anchor);

    if (values != NULL && values[0] != NULL)
        o->anchor = pool_value(&o->pool, values[0]->bv_val, values[0]->bv_len);
    if (values != NULL)
        ldap_value_free_len(values);
}

/* A step that is done on another way. */
static enum ma_status on_delete(struct exporter *x, struct operation *o,
                                struct ma_error *err)
{
    (void)x;
    (void)err;
    if (o->failure.ldap == LDAP_NO_SUCH_OBJECT) {
        o->outcome = MA_EXPORTED;
        o->plan++;
        return MA_OK;
    }
    if (o->failure.ldap == LDAP_NOT_ALLOWED_ON_NONLEAF)
        errors_add(&o->failure,
                   "something is below it: the parameter tree-delete takes it "
                   "along");
    fail(o);
    return MA_OK;
}

static enum ma_status missing(struct exporter *x, struct operation *o,
                              struct ma_error *err)
{
    bool again = false;
    enum ma_status status = refusal_missing(x, o, &again, err);

    if (status == MA_OK && !again)
        o->plan = done;
    return status;
}

static enum ma_status on_add(struct exporter *x, struct operation *o,
                             struct ma_error *err)
{
    enum ma_status status = MA_OK;

    if (o->failure.ldap == LDAP_NO_SUCH_OBJECT)
        return missing(x, o, err);
    if (o->failure.ldap == LDAP_ALREADY_EXISTS)
        status = refusal_existing(x, o, err);
    else if (o->failure.ldap == LDAP_INSUFFICIENT_ACCESS)
        status = refusal_rights(x, o, err);
    if (status == MA_OK && o->outcome != MA_EXPORTED)
        o->plan = done;
    return status;
}

static enum ma_status on_rename(struct exporter *x, struct operation *o,
                                struct ma_error *err)
{
    if (o->failure.ldap == LDAP_NO_SUCH_OBJECT)
        return missing(x, o, err);
    if (o->failure.ldap == LDAP_ALREADY_EXISTS)
        o->failure.type = "rename-to-existing-dn";
    fail(o);
    return MA_OK;
}

static enum ma_status on_modify(struct exporter *x, struct operation *o,
                                struct ma_error *err)
{
    enum ma_status status = MA_OK;

    if (o->failure.ldap == LDAP_NO_SUCH_OBJECT)
        return missing(x, o, err);
    if (o->failure.ldap == LDAP_INSUFFICIENT_ACCESS)
        status = refusal_rights(x, o, err);
    if (status == MA_OK && *o->plan != STEP_ALLOWED)
        fail(o);
    return status;
}

/* What may be written of a refused modify was not written either: the first refusal is
 * the one to tell. */
static enum ma_status on_anything(struct exporter *x, struct operation *o,
                                  struct ma_error *err)
{
    (void)x;
    (void)err;
    fail(o);
    return MA_OK;
}

typedef enum ma_status (*refused_fn)(struct exporter *, struct operation *,
                                     struct ma_error *);
static const refused_fn refused[] = {
    [STEP_DELETE] = on_delete, [STEP_ADD] = on_add,       [STEP_ANCHOR] = on_anything,
    [STEP_RENAME] = on_rename, [STEP_MODIFY] = on_modify, [STEP_ALLOWED] = on_anything,
};

static void accepted(struct exporter *x, struct operation *o, LDAPMessage *message)
{
    if (*o->plan == STEP_ANCHOR)
        take_anchor(x, o, message);
    if (*o->plan == STEP_RENAME && o->target == o->entry->dn)
        o->target = o->dn; /* no GUID: from here on it is spoken to by its new name */
    if (*o->plan == STEP_ALLOWED) {
        errors_add(&o->failure, "the rest was written");
        fail(o);
        return;
    }
    o->plan++;
}

enum ma_status operation_answer(struct exporter *x, struct operation *o,
                                LDAPMessage *message, struct ma_error *err)
{
    char *said = NULL;
    int code = link_code(x->link, message, &said);
    bool counts = *o->plan != STEP_ALLOWED && *o->plan != STEP_ANCHOR;
    enum ma_status status = MA_OK;

    o->id = -1; /* answered: should the server go away now, there is no doubt */
    if (code == LDAP_SUCCESS) {
        accepted(x, o, message);
    } else if (*o->plan == STEP_ANCHOR) {
        o->plan++; /* the next import tells which one it is */
    } else {
        if (counts)
            errors_of(&o->failure, code, said);
        o->outcome = MA_EXPORT_FAILED;
        status = refused[*o->plan](x, o, err);
    }
    ldap_memfree(said);
    return status;
}
