/* SPDX-License-Identifier: Apache-2.0 */
#include "objects.h"

#include "support/sid.h"

static const char *const attributes[] = {"nTSecurityDescriptor", "objectSid",
                                         "objectClass", "adminCount", NULL};
static const char *const more_attributes[] = {
    "nTSecurityDescriptor",       "objectSid", "objectClass", "adminCount",
    "allowedAttributesEffective", NULL};

struct reading {
    struct pool *pool;
    struct object_state *objects;
    bool second_opinion;
    const struct objects_listener *listener;
    size_t told;
};

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

static void take_writable(struct reading *in, struct object_state *object,
                          const struct answer *entry)
{
    const struct answer_attribute *found =
        answer_find(entry, "allowedAttributesEffective");
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

/* Object classes go from the top down: the last is the most specific. */
static const char *last_class(struct reading *in, const struct answer *entry)
{
    const struct answer_attribute *found = answer_find(entry, "objectClass");

    if (found == NULL || found->count == 0)
        return "";
    return pool_text(in->pool, found->values[found->count - 1].data,
                     found->values[found->count - 1].length);
}

static enum admin_count admin_count_of(struct ma_value value)
{
    if (value.length == 0)
        return ADMIN_COUNT_UNREAD;
    return value.length == 1 && value.data[0] == '0' ? ADMIN_COUNT_ZERO : ADMIN_COUNT_SET;
}

static enum ma_status take(void *context, size_t index, const struct answer *entry,
                           struct ma_error *err)
{
    struct reading *in = context;
    struct object_state *object = &in->objects[index];
    struct ma_value value = origin_value(entry, "objectSid");

    (void)err;
    object->found = true;
    object->object_class = last_class(in, entry);
    if (sid_length((const unsigned char *)value.data, value.length) != 0)
        object->sid =
            (const unsigned char *)pool_value(in->pool, value.data, value.length).data;
    object->admin_count = admin_count_of(origin_value(entry, "adminCount"));
    value = origin_value(entry, "nTSecurityDescriptor");
    if (value.length > 0)
        take_descriptor(in, object, value);
    if (in->second_opinion)
        take_writable(in, object, entry);
    return MA_OK;
}

static enum ma_status tell(void *context, size_t index, struct ma_error *err)
{
    struct reading *in = context;

    in->told = index + 1;
    return in->listener->ready(in->listener->context, index, err);
}

enum ma_status objects_read(struct origin *origin, struct pool *pool,
                            struct object_state *objects, size_t count,
                            bool second_opinion, const struct objects_listener *listener,
                            struct ma_error *err)
{
    struct reading in = {pool, objects, second_opinion, listener, 0};
    const struct origin_taker taker = {
        .entry = take, .context = &in, .ready = listener == NULL ? NULL : tell};
    const char **dns = pool_alloc(pool, (count + 1) * sizeof *dns);
    enum ma_status status = MA_OK;
    size_t i;

    for (i = 0; dns != NULL && i < count; i++)
        dns[i] = objects[i].dn;
    if (dns != NULL)
        status = origin->read(origin, dns, count,
                              second_opinion ? more_attributes : attributes, &taker, err);
    while (listener != NULL && status == MA_OK && in.told < count)
        status = tell(&in, in.told, err);
    if (status == MA_OK && pool->failed)
        return ma_fail(err, MA_NO_MEMORY, "no memory for descriptors");
    return status;
}
