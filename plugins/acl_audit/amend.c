/* SPDX-License-Identifier: Apache-2.0 */
#include "amend.h"

#include <sodium.h>
#include <stdlib.h>

#include "edit.h"
#include "sddl.h"
#include "support/sid.h"

/* --- what is the object's own ----------------------------------------------------- */

static bool is_cut_off(const struct descriptor *sd)
{
    return (sd->control & CONTROL_DACL_PROTECTED) != 0;
}

/* Where nothing comes down, all of it is explicit, whatever the flags of an entry say. */
static bool is_own(const struct descriptor *sd, const struct ace *ace)
{
    return is_cut_off(sd) || !(ace->flags & ACE_INHERITED);
}

static int by_bytes(const void *a, const void *b)
{
    const struct ace *left = a;
    const struct ace *right = b;
    size_t shorter = left->size < right->size ? left->size : right->size;
    int order = memcmp(left->at, right->at, shorter);

    return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

static size_t own_aces(const struct descriptor *sd, struct ace *out)
{
    struct acl_walk walk = acl_start();
    struct ace ace;
    size_t count = 0;

    while (acl_next(&sd->dacl, &walk, &ace))
        if (is_own(sd, &ace))
            out[count++] = ace;
    return count;
}

static void hash(const struct descriptor *sd, const struct ace *aces, size_t count,
                 unsigned char *out)
{
    const unsigned char head[] = {is_cut_off(sd), sd->dacl.at != NULL};
    crypto_hash_sha256_state state;
    size_t i;

    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, head, sizeof head);
    for (i = 0; i < count; i++)
        crypto_hash_sha256_update(&state, aces[i].at, aces[i].size);
    crypto_hash_sha256_final(&state, out);
}

enum ma_status amend_mark(struct ma_value list, char out[AMEND_MARK],
                          struct ma_error *error)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    struct descriptor sd;
    struct ace *aces;
    size_t count;

    if (descriptor_read(list, &sd, error) != MA_OK)
        return error->status;
    aces = calloc(sd.dacl.count + 1u, sizeof *aces);
    if (aces == NULL)
        return ma_fail(error, MA_NO_MEMORY, "no memory for a list");
    count = own_aces(&sd, aces);
    qsort(aces, count, sizeof *aces, by_bytes);
    hash(&sd, aces, count, digest);
    free(aces);
    sodium_bin2hex(out, AMEND_MARK, digest, sizeof digest);
    return MA_OK;
}

/* --- what a program may set ------------------------------------------------------- */

/* Everybody, everybody who logged on, the guests and users of a domain or machine. */
static bool is_everybody(const unsigned char *sid)
{
    static const char *const many[] = {"S-1-1-0", "S-1-5-7", "S-1-5-11", "S-1-5-32-545",
                                       "S-1-5-32-546"};
    char text[SID_TEXT];
    size_t i;

    sid_format(sid, text);
    for (i = 0; i < sizeof many / sizeof *many; i++)
        if (strcmp(many[i], text) == 0)
            return true;
    return sid[1] == 5 && strncmp(text, "S-1-5-21-", 9) == 0 && sid_rid(sid) >= 513 &&
           sid_rid(sid) <= 515;
}

static enum ma_status check_grant(const char *grant, const struct ace *ace,
                                  struct ma_error *error)
{
    const struct ace_type *type = ace_type(ace->type);
    uint32_t most = RIGHT_READ_PROPERTY | RIGHT_WRITE_PROPERTY;

    if (type->effect != ACE_ALLOWS || type->callback)
        return ma_fail(error, MA_INVALID, "%s: it does not allow anything", grant);
    if ((ace->mask & ~most) != 0 || !(ace->mask & RIGHT_WRITE_PROPERTY))
        return ma_fail(error, MA_INVALID, "%s: it is not the right to write alone",
                       grant);
    if (is_everybody(ace->sid))
        return ma_fail(error, MA_INVALID, "%s: it would let everybody write", grant);
    return MA_OK;
}

/* From the bytes of one ACE. A list around it lets the one reader check it. */
static enum ma_status parse_grant(const char *grant, struct bytes *bytes,
                                  struct descriptor *sd, struct ace *ace,
                                  struct ma_error *error)
{
    struct acl_walk walk = acl_start();
    struct bytes text = {0};
    enum ma_status status;

    bytes_text(&text, "D:");
    bytes_text(&text, grant);
    status = text.failed ? ma_fail(error, MA_NO_MEMORY, "no memory for an entry")
                         : sddl_parse(text.at, NULL, bytes, error);
    bytes_free(&text);
    if (status == MA_OK)
        status = descriptor_read((struct ma_value){bytes->at, bytes->length}, sd, error);
    if (status == MA_OK && (sd->dacl.count != 1 || !acl_next(&sd->dacl, &walk, ace)))
        status = ma_fail(error, MA_INVALID, "%s: one entry is wanted", grant);
    return status == MA_OK ? check_grant(grant, ace, error) : status;
}

/* --- the list as it is to be sent ------------------------------------------------- */

static enum ma_status not_canonical(struct ma_error *error)
{
    return ma_fail(error, MA_CONFLICT,
                   "the order of its entries is not canonical: an entry more could "
                   "change what it says; sort it by hand first");
}

static enum ma_status read_list(struct ma_value list, struct descriptor *sd,
                                struct ma_error *error)
{
    if (descriptor_read(list, sd, error) != MA_OK)
        return error->status;
    if (sd->dacl.at == NULL)
        return ma_fail(error, MA_INVALID,
                       "it has no list, so everybody may do everything: the first entry "
                       "would shut all others out");
    return MA_OK;
}

typedef struct edit_plan edit_planner(const struct acl *dacl, const struct ace *ace);

static enum ma_status amend(struct ma_value list, const char *grant,
                            edit_planner *plan_of, struct bytes *out,
                            struct ma_error *error)
{
    struct bytes bytes = {0};
    struct descriptor one;
    struct descriptor sd;
    struct edit_plan plan;
    struct ace ace;
    enum ma_status status = read_list(list, &sd, error);

    if (status == MA_OK)
        status = parse_grant(grant, &bytes, &one, &ace, error);
    if (status == MA_OK) {
        plan = plan_of(&sd.dacl, &ace);
        status = plan.outcome == EDIT_NOT_CANONICAL
                     ? not_canonical(error)
                     : edit_write(&sd, &plan, &ace, !is_cut_off(&sd), out, error);
    }
    bytes_free(&bytes);
    return status;
}

enum ma_status amend_add(struct ma_value list, const char *grant, struct bytes *out,
                         struct ma_error *error)
{
    return amend(list, grant, edit_plan, out, error);
}

enum ma_status amend_remove(struct ma_value list, const char *grant, struct bytes *out,
                            struct ma_error *error)
{
    return amend(list, grant, edit_plan_out, out, error);
}

enum ma_status amend_restore(struct ma_value list, struct bytes *out,
                             struct ma_error *error)
{
    const struct edit_plan nothing = {EDIT_PRESENT, 0};
    struct descriptor sd;

    if (read_list(list, &sd, error) != MA_OK)
        return error->status;
    return edit_write(&sd, &nothing, NULL, !is_cut_off(&sd), out, error);
}
