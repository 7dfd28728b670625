/* SPDX-License-Identifier: Apache-2.0 */
#include "packed.h"

/* In place of the length of a text that is not there. */
#define NO_TEXT UINT32_MAX

/* --- in --------------------------------------------------------------------------- */

static void add_number(struct bytes *out, size_t number)
{
    uint32_t n = (uint32_t)number;

    bytes_add(out, &n, sizeof n);
}

static void add_data(struct bytes *out, const char *data, size_t length)
{
    add_number(out, length);
    bytes_add(out, data, length);
    bytes_char(out, '\0');
}

static void add_field(struct bytes *out, const struct field *field)
{
    add_data(out, field->name, field->length);
    add_number(out, field->count);
    for (size_t i = 0; i < field->count; i++)
        add_data(out, field->values[i].data, field->values[i].length);
}

void packed_add(struct bytes *out, const struct record *record)
{
    if (record->dn == NULL)
        add_number(out, NO_TEXT);
    else
        add_data(out, record->dn, strlen(record->dn));
    add_number(out, record->count);
    for (size_t i = 0; i < record->count; i++)
        add_field(out, &record->fields[i]);
}

/* --- out -------------------------------------------------------------------------- */

struct reading {
    const char *at;
    size_t left;
    bool bad;
};

static const char *get(struct reading *r, size_t length)
{
    const char *at = r->at;

    r->bad |= length > r->left;
    if (r->bad)
        return NULL;
    r->at += length;
    r->left -= length;
    return at;
}

static uint32_t get_number(struct reading *r)
{
    const char *at = get(r, sizeof(uint32_t));
    uint32_t number = 0;

    if (at != NULL)
        memcpy(&number, at, sizeof number);
    return number;
}

/* With the NUL behind it. */
static struct ma_value get_data(struct reading *r)
{
    size_t length = get_number(r);
    const char *at = get(r, length + 1);

    r->bad |= at != NULL && at[length] != '\0';
    return r->bad ? (struct ma_value){"", 0} : (struct ma_value){at, length};
}

static const char *get_dn(struct reading *r)
{
    struct reading ahead = *r;

    if (get_number(&ahead) != NO_TEXT)
        return get_data(r).data;
    *r = ahead;
    return NULL;
}

/* How many there may be at most: each has a length and a NUL. */
static size_t get_count(struct reading *r)
{
    size_t count = get_number(r);

    r->bad |= count > r->left / (sizeof(uint32_t) + 1);
    return r->bad ? 0 : count;
}

static void *list(struct record *record, size_t count, size_t size)
{
    return count == 0 ? NULL : pool_alloc(record->pool, count * size);
}

static void get_field(struct reading *r, struct record *record)
{
    struct field *field = &record->fields[record->count++];
    struct ma_value name = get_data(r);

    *field = (struct field){.name = name.data, .length = name.length};
    field->capacity = get_count(r);
    field->values = list(record, field->capacity, sizeof *field->values);
    for (size_t i = 0; field->values != NULL && i < field->capacity; i++)
        field->values[field->count++] = get_data(r);
}

bool packed_open(struct packed packed, struct record *record)
{
    struct reading r = {.at = packed.at, .left = packed.length};
    size_t count;

    record->dn = get_dn(&r);
    count = get_count(&r);
    record->capacity = count;
    record->fields = list(record, count, sizeof *record->fields);
    for (size_t i = 0; record->fields != NULL && i < count && !r.bad; i++)
        get_field(&r, record);
    return !r.bad && r.left == 0;
}

const char *packed_dn(struct packed packed)
{
    return get_dn(&(struct reading){.at = packed.at, .left = packed.length});
}
