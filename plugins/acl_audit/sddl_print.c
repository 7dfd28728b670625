/* SPDX-License-Identifier: Apache-2.0 */
#include "condition.h"
#include "support/guid.h"
#include "support/sid.h"
#include "words.h"

void sddl_print_sid(const unsigned char *sid, const struct sddl_domains *domains,
                    struct bytes *out)
{
    const char *alias = words_alias(sid, domains);
    char text[SID_TEXT];

    bytes_text(out, alias != NULL ? alias : sid_format(sid, text));
}

static const struct word *whole_word(const struct word *words, uint32_t bits)
{
    for (; words->text != NULL; words++)
        if (words->bits == bits)
            return words;
    return NULL;
}

static uint32_t all_bits(const struct word *words)
{
    uint32_t bits = 0;

    for (; words->text != NULL; words++)
        bits |= words->bits;
    return bits;
}

static void print_words(const struct word *words, uint32_t bits, struct bytes *out)
{
    for (; words->text != NULL; words++)
        if (bits & words->bits)
            bytes_text(out, words->text);
}

void sddl_print_rights(uint32_t mask, struct bytes *out)
{
    const struct word *whole = whole_word(words_whole_rights, mask);
    char text[16];

    if ((mask & ~all_bits(words_rights)) == 0) {
        print_words(words_rights, mask, out);
    } else if (whole != NULL) {
        bytes_text(out, whole->text);
    } else {
        (void)snprintf(text, sizeof text, "0x%x", (unsigned)mask);
        bytes_text(out, text);
    }
}

static void print_rights(const struct ace *ace, struct bytes *out)
{
    if (ace->type == 0x11 && (ace->mask & ~all_bits(words_label_rights)) == 0)
        print_words(words_label_rights, ace->mask, out);
    else
        sddl_print_rights(ace->mask, out);
}

static void print_guid(const unsigned char *guid, struct bytes *out)
{
    if (guid != NULL)
        guid_text(out, guid);
}

static void print_data(const struct ace *ace, const struct sddl_domains *domains,
                       struct bytes *out)
{
    bool printed;

    if (ace->type != 0x12 && !ace_type(ace->type)->callback)
        return;
    bytes_char(out, ';');
    printed = ace->type == 0x12
                  ? resource_print(ace->data, ace->data_length, domains, out)
                  : condition_print(ace->data, ace->data_length, domains, out);
    if (!printed)
        bytes_text(out, "{unreadable}");
}

static void print_unknown(const struct ace *ace, struct bytes *out)
{
    char text[48];

    (void)snprintf(text, sizeof text, "{ACE of type 0x%02x, %zu bytes}", ace->type,
                   ace->size);
    bytes_text(out, text);
}

void sddl_print_ace(const struct ace *ace, const struct sddl_domains *domains,
                    struct bytes *out)
{
    const char *type = ace_type(ace->type)->sddl;

    if (ace->sid == NULL || type == NULL) {
        print_unknown(ace, out);
        return;
    }
    bytes_char(out, '(');
    bytes_text(out, type);
    bytes_char(out, ';');
    print_words(words_flags, ace->flags, out);
    bytes_char(out, ';');
    print_rights(ace, out);
    bytes_char(out, ';');
    print_guid(ace->object_type, out);
    bytes_char(out, ';');
    print_guid(ace->inherited_type, out);
    bytes_char(out, ';');
    sddl_print_sid(ace->sid, domains, out);
    print_data(ace, domains, out);
    bytes_char(out, ')');
}

static void print_list(const struct acl *list, unsigned control,
                       const struct sddl_domains *domains, struct bytes *out)
{
    struct acl_walk walk = acl_start();
    struct ace ace;

    if (list->at == NULL) {
        bytes_text(out, "NO_ACCESS_CONTROL");
        return;
    }
    bytes_text(out, control & 0x1000 ? "P" : "");
    bytes_text(out, control & 0x0100 ? "AR" : "");
    bytes_text(out, control & 0x0400 ? "AI" : "");
    while (acl_next(list, &walk, &ace))
        sddl_print_ace(&ace, domains, out);
}

static void print_owner(const char *name, const unsigned char *sid,
                        const struct sddl_domains *domains, struct bytes *out)
{
    if (sid == NULL)
        return;
    bytes_text(out, name);
    sddl_print_sid(sid, domains, out);
}

void sddl_print(const struct descriptor *sd, const struct sddl_domains *domains,
                struct bytes *out)
{
    print_owner("O:", sd->owner, domains, out);
    print_owner("G:", sd->group, domains, out);
    if (sd->control & CONTROL_DACL_PRESENT) {
        bytes_text(out, "D:");
        print_list(&sd->dacl, sd->control, domains, out);
    }
    if (sd->control & CONTROL_SACL_PRESENT) {
        bytes_text(out, "S:");
        print_list(&sd->sacl, sd->control >> 1, domains, out);
    }
}

static const char *into(struct pool *pool, struct bytes *text)
{
    const char *kept = text->failed ? NULL : pool_text(pool, text->at, text->length);

    bytes_free(text);
    return kept;
}

const char *sddl_one_ace(const struct ace *ace, const struct sddl_domains *domains,
                         struct pool *pool)
{
    struct bytes out = {0};

    sddl_print_ace(ace, domains, &out);
    return into(pool, &out);
}

const char *sddl_grant(const char *right, const unsigned char *item,
                       const unsigned char *class, const unsigned char *sid,
                       struct pool *pool)
{
    struct bytes out = {0};

    bytes_text(&out, class != NULL ? "(OA;CIIO;" : "(OA;;");
    bytes_text(&out, right);
    bytes_char(&out, ';');
    guid_text(&out, item);
    bytes_char(&out, ';');
    if (class != NULL)
        guid_text(&out, class);
    bytes_char(&out, ';');
    sddl_print_sid(sid, NULL, &out);
    bytes_char(&out, ')');
    return into(pool, &out);
}

const char *sddl_ace_text(const struct descriptor *sd, int index,
                          const struct sddl_domains *domains, struct pool *pool)
{
    struct acl_walk walk = acl_start();
    struct ace ace;

    while (sd != NULL && index >= 0 && acl_next(&sd->dacl, &walk, &ace))
        if ((int)walk.index - 1 == index)
            return sddl_one_ace(&ace, domains, pool);
    return NULL;
}
