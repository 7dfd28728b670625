/* SPDX-License-Identifier: Apache-2.0 */
#include "objects.h"

#include <stdlib.h>

#include "support/answer.h"
#include "support/sid.h"

enum { WINDOW = 128 }; /* requests under way at once */

static const char *const attributes[] = {"nTSecurityDescriptor", "objectSid",
                                         "objectClass", "adminCount", NULL};
static const char *const more_attributes[] = {
    "nTSecurityDescriptor",       "objectSid", "objectClass", "adminCount",
    "allowedAttributesEffective", NULL};

struct reading {
    struct link *link;
    struct pool *pool;
    struct object_state *objects;
    size_t count;
    size_t sent;
    size_t done;
    int ids[WINDOW];      /* message id of each request under way; 0: free */
    size_t which[WINDOW]; /* the object it asks for */
    bool second_opinion;
    struct answer answer;
};

/* OWNER, GROUP and DACL: BER of a sequence with the number 7. */
static LDAPControl flags_control(void)
{
    static char value[] = {0x30, 0x03, 0x02, 0x01, 0x07};

    return (LDAPControl){.ldctl_oid = (char *)"1.2.840.113556.1.4.801",
                         .ldctl_value = {sizeof value, value},
                         .ldctl_iscritical = 0};
}

static enum ma_status send_one(struct reading *in, size_t slot, struct ma_error *err)
{
    LDAPControl control = flags_control();
    LDAPControl *controls[] = {&control, NULL};
    const char *const *wanted = in->second_opinion ? more_attributes : attributes;
    int code = ldap_search_ext(in->link->ld, in->objects[in->sent].dn, LDAP_SCOPE_BASE,
                               "(objectClass=*)", (char **)wanted, 0, controls, NULL,
                               NULL, 0, &in->ids[slot]);

    if (code != LDAP_SUCCESS)
        return link_not_sent(in->link, code, "reading descriptors", err);
    in->which[slot] = in->sent++;
    return MA_OK;
}

static enum ma_status fill_window(struct reading *in, struct ma_error *err)
{
    size_t slot;

    for (slot = 0; slot < WINDOW && in->sent < in->count; slot++)
        if (in->ids[slot] == 0 && send_one(in, slot, err) != MA_OK)
            return err->status;
    return MA_OK;
}

static void take_descriptor(struct reading *in, struct object_state *object,
                            struct ma_value value)
{
    struct ma_error why = {0};

    object->bytes = pool_value(in->pool, value.data, value.length);
    object->has_sd = descriptor_read(object->bytes, &object->sd, &why) == MA_OK;
    object->malformed = !object->has_sd;
    object->why =
        object->malformed ? pool_text(in->pool, why.text, strlen(why.text)) : NULL;
}

static void take_writable(struct reading *in, struct object_state *object)
{
    const struct answer_attribute *found =
        answer_find(&in->answer, "allowedAttributesEffective");
    size_t count = found == NULL ? 0 : found->count;
    const char **list = pool_alloc(in->pool, (count + 1) * sizeof *list);
    size_t i;

    if (list == NULL)
        return;
    for (i = 0; i < count; i++)
        list[i] = pool_text(in->pool, found->values[i].data, found->values[i].length);
    list[count] = NULL;
    object->writable = list;
}

/* The first value, or the last: object classes go from the top down. */
static struct ma_value value_of(const struct reading *in, const char *name, bool last)
{
    const struct answer_attribute *found = answer_find(&in->answer, name);

    if (found == NULL || found->count == 0)
        return (struct ma_value){NULL, 0};
    return found->values[last ? found->count - 1 : 0];
}

static enum ma_status take_entry(struct reading *in, struct object_state *object,
                                 LDAPMessage *entry, struct ma_error *err)
{
    struct ma_value value;

    if (answer_read(&in->answer, in->link, entry, err) != MA_OK)
        return err->status;
    object->found = true;
    value = value_of(in, "objectClass", true);
    object->object_class = pool_text(in->pool, value.data, value.length);
    value = value_of(in, "objectSid", false);
    if (sid_length((const unsigned char *)value.data, value.length) != 0)
        object->sid =
            (const unsigned char *)pool_value(in->pool, value.data, value.length).data;
    value = value_of(in, "adminCount", false);
    object->admin_count = value.length > 0 && strcmp(value.data, "0") != 0;
    value = value_of(in, "nTSecurityDescriptor", false);
    if (value.length > 0)
        take_descriptor(in, object, value);
    if (in->second_opinion)
        take_writable(in, object);
    return MA_OK;
}

static size_t slot_of(const struct reading *in, int id)
{
    size_t slot = 0;

    while (slot < WINDOW && in->ids[slot] != id)
        slot++;
    return slot;
}

static enum ma_status take_end(struct reading *in, size_t slot, LDAPMessage *message,
                               struct ma_error *err)
{
    char *said = NULL;
    int code = link_code(in->link, message, &said);
    enum ma_status status = MA_OK;

    if (code != LDAP_SUCCESS && code != LDAP_NO_SUCH_OBJECT)
        status = link_fail(in->link, code, "reading descriptors", said, err);
    ldap_memfree(said);
    in->ids[slot] = 0;
    in->done++;
    return status;
}

static enum ma_status take_message(struct reading *in, LDAPMessage *message,
                                   struct ma_error *err)
{
    size_t slot = slot_of(in, ldap_msgid(message));

    if (slot == WINDOW)
        return MA_OK; /* of a request that was given up */
    if (ldap_msgtype(message) == LDAP_RES_SEARCH_ENTRY)
        return take_entry(in, &in->objects[in->which[slot]], message, err);
    if (ldap_msgtype(message) == LDAP_RES_SEARCH_RESULT)
        return take_end(in, slot, message, err);
    return MA_OK;
}

/* An operation's answer comes whole: its entry, and its result. */
static enum ma_status take_answer(struct reading *in, LDAPMessage *answer,
                                  struct ma_error *err)
{
    LDAPMessage *message = ldap_first_message(in->link->ld, answer);
    enum ma_status status = MA_OK;

    for (; message != NULL && status == MA_OK;
         message = ldap_next_message(in->link->ld, message))
        status = take_message(in, message, err);
    return status;
}

enum ma_status objects_read(struct link *link, struct pool *pool,
                            struct object_state *objects, size_t count,
                            bool second_opinion, struct ma_error *err)
{
    struct reading in = {.link = link,
                         .pool = pool,
                         .objects = objects,
                         .count = count,
                         .second_opinion = second_opinion};
    enum ma_status status = MA_OK;

    while (status == MA_OK && in.done < count) {
        LDAPMessage *message = NULL;

        status = fill_window(&in, err);
        if (status == MA_OK)
            status = link_wait_any(link, &message, err);
        if (status == MA_OK)
            status = take_answer(&in, message, err);
        ldap_msgfree(message);
    }
    answer_free(&in.answer);
    if (status == MA_OK && pool->failed)
        return ma_fail(err, MA_NO_MEMORY, "no memory for descriptors");
    return status;
}
