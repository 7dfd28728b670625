/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Why a server refuses. It names a code; which attribute, container or reference is
 * behind it, has to be found out by reading. All of this waits for its answers: it is
 * rare.
 */

#include "operation.h"
#include "support/answer.h"
#include "support/dn.h"

/* --- reading ---------------------------------------------------------------------- */

static const char *const nothing[] = {"1.1", NULL};

struct reading {
    struct answer answer;
    LDAPMessage *message;
    bool there;
};

/* `there` is false where the object is not, or may not be seen. */
static enum ma_status look(struct exporter *x, const char *dn,
                           const char *const *attributes, struct reading *r,
                           struct ma_error *err)
{
    LDAPMessage *entry;
    enum ma_status status = link_read(x->link, dn, LDAP_SCOPE_BASE, "(objectClass=*)",
                                      attributes, NULL, &r->message, err);

    if (status == MA_NOT_FOUND || status == MA_DENIED || status == MA_INVALID)
        return MA_OK;
    if (status != MA_OK)
        return status;
    entry = ldap_first_entry(x->link->ld, r->message);
    r->there = entry != NULL;
    return entry == NULL ? MA_OK : answer_read(&r->answer, x->link, entry, err);
}

static void look_away(struct reading *r)
{
    answer_free(&r->answer);
    ldap_msgfree(r->message);
    *r = (struct reading){0};
}

static enum ma_status is_there(struct exporter *x, const char *dn, bool *there,
                               struct ma_error *err)
{
    struct reading r = {0};
    enum ma_status status = look(x, dn, nothing, &r, err);

    *there = r.there;
    look_away(&r);
    return status;
}

static bool has_value(const struct answer_attribute *a, struct ma_value value)
{
    for (size_t i = 0; a != NULL && i < a->count; i++)
        if (a->values[i].length == value.length &&
            strncasecmp(a->values[i].data, value.data, value.length) == 0)
            return true;
    return false;
}

/* --- it is there already ---------------------------------------------------------- */

static bool has_reference(const struct answer_attribute *a, struct ma_value value)
{
    struct pool pool = {0};
    const char *folded = dn_fold(&pool, value.data);
    bool found = false;

    for (size_t i = 0; a != NULL && i < a->count && !found; i++)
        found = dn_is(a->values[i].data, folded);
    pool_free(&pool);
    return found;
}

static bool has_all(const struct reading *r, const struct ma_attribute *wanted)
{
    const struct answer_attribute *a = answer_find(&r->answer, wanted->name);

    if (strcasecmp(wanted->name, "unicodePwd") == 0)
        return true; /* nobody can see it */
    for (size_t i = 0; i < wanted->count; i++)
        if (wanted->type == MA_REFERENCE ? !has_reference(a, wanted->values[i])
                                         : !has_value(a, wanted->values[i]))
            return false;
    return true;
}

enum ma_status refusal_existing(struct exporter *x, struct operation *o,
                                struct ma_error *err)
{
    const char *const all[] = {"*", x->set->anchor, NULL};
    struct reading r = {0};
    enum ma_status status = look(x, o->dn, all, &r, err);
    const struct answer_attribute *guid = answer_find(&r.answer, x->set->anchor);
    bool ours = status == MA_OK && r.there && guid != NULL && guid->count == 1;

    if (ours && o->entry->object_type != NULL)
        ours = has_value(answer_find(&r.answer, "objectClass"),
                         ma_value_of(o->entry->object_type));
    for (size_t i = 0; ours && i < o->entry->count; i++)
        ours = has_all(&r, &o->entry->attributes[i]);
    if (ours) {
        o->outcome = MA_EXPORTED;
        o->anchor = pool_value(&o->pool, guid->values[0].data, guid->values[0].length);
        while (!operation_is_done(o))
            o->plan++;
    }
    look_away(&r);
    return status;
}

/* --- no answer at all ------------------------------------------------------------- */

static bool has_anchor(const struct exporter *x, const struct operation *o,
                       const struct reading *r)
{
    const struct answer_attribute *a = answer_find(&r->answer, x->set->anchor);

    return a != NULL && a->count == 1 && a->values[0].length == o->entry->anchor.length &&
           memcmp(a->values[0].data, o->entry->anchor.data, a->values[0].length) == 0;
}

/* Renamed is what is found, by its GUID or its new name, where it was to go. */
static enum ma_status doubt_rename(struct exporter *x, struct operation *o,
                                   struct ma_error *err)
{
    const char *const attributes[] = {x->set->anchor, NULL};
    const char *target = o->target == o->entry->dn ? o->dn : o->target;
    struct reading r = {0};
    enum ma_status status = look(x, target, attributes, &r, err);

    if (status == MA_OK && r.there && dn_is(r.answer.dn, o->to.text) &&
        has_anchor(x, o, &r)) {
        o->target = o->target == o->entry->dn ? o->dn : o->target;
        o->plan++;
    }
    look_away(&r);
    return status;
}

static bool is_in_doubt(const struct exporter *x, struct operation *o, const char *dn)
{
    return !x->set->resend_adds &&
           doubts_has(x->doubts, dn_fold(&o->pool, dn), x->directory->invocation);
}

/* Sent now, it might be there twice. */
static void put_off(const struct exporter *x, struct operation *o, const char *dn)
{
    errors_set(&o->failure, "cd-connectivity-error",
               "Whether the object was added is not known.");
    errors_add(&o->failure,
               "the domain controller that was to add '%.200s' went away without an "
               "answer, and %s does not have it, or not yet: the next export looks again",
               dn, x->directory->host);
    o->outcome = MA_EXPORT_FAILED;
}

static enum ma_status doubt_add(struct exporter *x, struct operation *o,
                                struct ma_error *err)
{
    enum ma_status status = refusal_existing(x, o, err);

    if (status == MA_OK && *o->plan == STEP_ADD && is_in_doubt(x, o, o->dn)) {
        put_off(x, o, o->dn);
        while (!operation_is_done(o))
            o->plan++;
    }
    return status;
}

enum ma_status refusal_doubt(struct exporter *x, struct operation *o,
                             struct ma_error *err)
{
    if (*o->plan == STEP_ADD)
        return doubt_add(x, o, err);
    return *o->plan == STEP_RENAME ? doubt_rename(x, o, err) : MA_OK;
}

/* --- something is missing --------------------------------------------------------- */

/* "ou=organizationalUnit": the class of a container that is made. NULL: none is known. */
static const char *class_of(struct exporter *x, const char *type)
{
    size_t length = strlen(type);
    const char *mapping;

    for (size_t i = 0;
         (mapping = x->host->param_at(x->host, "component-mapping", i)) != NULL; i++)
        if (strncasecmp(mapping, type, length) == 0 && mapping[length] == '=')
            return mapping + length + 1;
    return NULL;
}

static enum ma_status make_container(struct exporter *x, struct operation *o,
                                     const char *dn, const char *class, bool *made,
                                     struct ma_error *err)
{
    struct berval value = {strlen(class), (char *)(uintptr_t) class};
    struct berval *values[] = {&value, NULL};
    LDAPMod classes = {.mod_op = LDAP_MOD_ADD | LDAP_MOD_BVALUES,
                       .mod_type = (char *)(uintptr_t) "objectClass",
                       .mod_bvalues = values};
    LDAPMod *mods[] = {&classes, NULL};
    LDAPMessage *message = NULL;
    char *said = NULL;
    int id;
    int code = ldap_add_ext(x->link->ld, dn, mods, NULL, NULL, &id);

    if (code != LDAP_SUCCESS)
        return link_not_sent(x->link, code, dn, err);
    if (link_wait(x->link, id, true, &message, err) != MA_OK) {
        doubts_add(x->doubts, dn_fold(&o->pool, dn), x->directory->invocation);
        return err->status;
    }
    code = link_code(x->link, message, &said);
    *made = code == LDAP_SUCCESS || code == LDAP_ALREADY_EXISTS;
    if (!*made) {
        errors_of(&o->failure, code, said);
        errors_add(&o->failure, "the container '%s' cannot be made", dn);
        o->outcome = MA_EXPORT_FAILED;
    }
    ldap_memfree(said);
    ldap_msgfree(message);
    return MA_OK;
}

/* From the top down, as far as a class is known for each. *made: all are there now. */
static enum ma_status make_parents(struct exporter *x, struct operation *o,
                                   const char *dn, bool *made, struct ma_error *err)
{
    const char *type;
    const char *value;
    const char *class;
    enum ma_status status = is_there(x, dn, made, err);

    if (status != MA_OK || *made)
        return status;
    if (is_in_doubt(x, o, dn)) {
        put_off(x, o, dn);
        return MA_OK;
    }
    if (!dn_rdn(&o->pool, dn, &type, &value) || (class = class_of(x, type)) == NULL ||
        *dn_parent(dn) == '\0') {
        o->outcome = MA_PARENT_MISSING;
        return MA_OK;
    }
    status = make_parents(x, o, dn_parent(dn), made, err);
    return status == MA_OK && *made ? make_container(x, o, dn, class, made, err) : status;
}

/* The object of a rename or modify is away: it was deleted, and the next import tells. */
static enum ma_status check_object(struct exporter *x, struct operation *o, bool *there,
                                   struct ma_error *err)
{
    *there = true;
    return *o->plan == STEP_ADD ? MA_OK : is_there(x, o->target, there, err);
}

enum ma_status refusal_missing(struct exporter *x, struct operation *o, bool *again,
                               struct ma_error *err)
{
    bool there;
    bool made = true;
    enum ma_status status = check_object(x, o, &there, err);

    if (status != MA_OK || !there)
        return status;
    if (*o->plan != STEP_MODIFY && !o->parents_made) {
        o->parents_made = true;
        status = is_there(x, dn_parent(o->dn), &there, err);
        if (status != MA_OK)
            return status;
        if (!there) {
            status = make_parents(x, o, dn_parent(o->dn), &made, err);
            *again = status == MA_OK && made;
            if (*again)
                o->outcome = MA_EXPORTED;
            return status;
        }
    }
    o->outcome = MA_RETRY_LATER; /* all is there but what it refers to */
    return MA_OK;
}

/* --- rights ----------------------------------------------------------------------- */

static bool is_class_allowed(const struct reading *r, const char *class)
{
    return has_value(answer_find(&r->answer, "allowedChildClassesEffective"),
                     ma_value_of(class));
}

static enum ma_status explain_add(struct exporter *x, struct operation *o,
                                  struct ma_error *err)
{
    static const char *const attributes[] = {"allowedChildClassesEffective", NULL};
    const char *class = o->entry->object_type == NULL ? "" : o->entry->object_type;
    const char *parent = dn_parent(o->dn);
    struct reading r = {0};
    enum ma_status status = look(x, parent, attributes, &r, err);

    if (status == MA_OK && r.there && !is_class_allowed(&r, class))
        errors_add(&o->failure, "the account may not create a '%s' in '%s'", class,
                   parent);
    look_away(&r);
    return status;
}

static void add_name(struct bytes *list, const char *name)
{
    if (list->length > 0)
        bytes_text(list, ", ");
    bytes_text(list, name);
}

static bool parts(const struct answer_attribute *effective, struct operation *o,
                  struct bytes *refused)
{
    const char **allowed = pool_alloc(&o->pool, (o->entry->count + 1) * sizeof *allowed);
    size_t count = 0;

    if (allowed == NULL)
        return false;
    for (size_t i = 0; i < o->entry->count; i++) {
        const char *name = o->entry->attributes[i].name;

        if (has_value(effective, ma_value_of(name)))
            allowed[count++] = name;
        else
            add_name(refused, name);
    }
    allowed[count] = NULL;
    o->allowed = allowed;
    return count > 0 && count < o->entry->count;
}

static enum ma_status explain_modify(struct exporter *x, struct operation *o,
                                     struct ma_error *err)
{
    static const char *const attributes[] = {"allowedAttributesEffective", NULL};
    static const enum operation_step split[] = {STEP_ALLOWED, STEP_DONE};
    const struct answer_attribute *effective;
    struct reading r = {0};
    struct bytes refused = {0};
    bool some = false;
    enum ma_status status = look(x, o->target, attributes, &r, err);

    effective = answer_find(&r.answer, attributes[0]);
    if (status == MA_OK && r.there)
        some = parts(effective, o, &refused);
    if (refused.length > 0)
        errors_add(&o->failure, "the account may not write: %.200s", refused.at);
    if (some && x->set->split_refused)
        o->plan = split;
    else if (some)
        errors_add(&o->failure, "with the parameter split-refused the rest is written");
    bytes_free(&refused);
    look_away(&r);
    return status;
}

enum ma_status refusal_rights(struct exporter *x, struct operation *o,
                              struct ma_error *err)
{
    return *o->plan == STEP_ADD ? explain_add(x, o, err) : explain_modify(x, o, err);
}
