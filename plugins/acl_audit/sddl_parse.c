/* SPDX-License-Identifier: Apache-2.0 */
#include "sddl.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "assemble.h"
#include "condition.h"
#include "support/guid.h"
#include "support/sid.h"
#include "words.h"

/* What stands between the semicolons of one ACE. */
struct ace_text {
    unsigned char type;
    unsigned char flags;
    uint32_t mask;
    bool has_object;
    bool has_inherited;
    unsigned char object[16];
    unsigned char inherited[16];
    unsigned char sid[SID_MOST];
};

enum { ACE_TYPES = 0x14, RESOURCE_TYPE = 0x12, LABEL_TYPE = 0x11 };

static enum ma_status parse_type(struct word_scan *scan, struct ace_text *ace)
{
    size_t length = strcspn(scan->at, ";()");
    unsigned i;

    for (i = 0; i < ACE_TYPES; i++) {
        const char *text = ace_type((unsigned char)i)->sddl;

        if (text == NULL || strlen(text) != length ||
            strncmp(text, scan->at, length) != 0)
            continue;
        ace->type = (unsigned char)i;
        scan->at += length;
        return MA_OK;
    }
    return words_fail(scan, "this is no type of an ACE");
}

static enum ma_status parse_flags(struct word_scan *scan, struct ace_text *ace)
{
    while (*scan->at != ';') {
        const struct word *word = words_find(words_flags, scan->at);

        if (word == NULL)
            return words_fail(scan, "this is no flag of an ACE");
        ace->flags |= (unsigned char)word->bits;
        scan->at += 2;
    }
    return MA_OK;
}

static enum ma_status parse_mask_number(struct word_scan *scan, struct ace_text *ace)
{
    char *end;
    unsigned long long number;

    errno = 0;
    number = strtoull(scan->at, &end, 0);
    if (errno != 0 || number > UINT32_MAX)
        return words_fail(scan, "a mask has 32 bits");
    scan->at = end;
    ace->mask = (uint32_t)number;
    return *scan->at == ';' ? MA_OK : words_fail(scan, "';' is expected behind the mask");
}

static const struct word *find_right(const struct word_scan *scan,
                                     const struct ace_text *ace)
{
    const struct word *word = NULL;

    if (ace->type == LABEL_TYPE)
        word = words_find(words_label_rights, scan->at);
    if (word == NULL)
        word = words_find(words_rights, scan->at);
    return word != NULL ? word : words_find(words_whole_rights, scan->at);
}

static enum ma_status parse_rights(struct word_scan *scan, struct ace_text *ace)
{
    if (isdigit((unsigned char)*scan->at))
        return parse_mask_number(scan, ace);
    while (*scan->at != ';') {
        const struct word *word = find_right(scan, ace);

        if (word == NULL)
            return words_fail(scan, "this is no right");
        ace->mask |= word->bits;
        scan->at += 2;
        if (*scan->at == ' ')
            words_skip_blanks(scan);
        if (*scan->at == ';' && scan->at[-1] == ' ')
            return words_fail(scan, "a blank behind the last right");
    }
    return MA_OK;
}

static enum ma_status parse_guid(struct word_scan *scan, unsigned char out[16], bool *has)
{
    size_t length = strcspn(scan->at, ";()");

    *has = length != 0;
    if (length != 0 && !guid_read(scan->at, length, out))
        return words_fail(scan, "this is no GUID of 36 characters");
    scan->at += length;
    return MA_OK;
}

static enum ma_status parse_guids(struct word_scan *scan, struct ace_text *ace)
{
    const char *start = scan->at;

    if (parse_guid(scan, ace->object, &ace->has_object) != MA_OK)
        return MA_INVALID;
    if (!words_take(scan, ";"))
        return words_fail(scan, "an ACE has six fields, with ';' between them");
    if (parse_guid(scan, ace->inherited, &ace->has_inherited) != MA_OK)
        return MA_INVALID;
    if (ace_type(ace->type)->body == ACE_OBJECT ||
        !(ace->has_object || ace->has_inherited))
        return MA_OK;
    scan->at = start;
    return words_fail(scan,
                      "an ACE of this type cannot hold a GUID: it would reach every "
                      "attribute (OA, OD and OU can)");
}

typedef enum ma_status field_parser(struct word_scan *, struct ace_text *);

static enum ma_status parse_sid(struct word_scan *scan, struct ace_text *ace)
{
    words_skip_blanks(scan);
    return words_sid(scan, ace->sid);
}

static enum ma_status parse_fields(struct word_scan *scan, struct ace_text *ace)
{
    static field_parser *const fields[] = {parse_type, parse_flags, parse_rights,
                                           parse_guids, parse_sid};
    size_t i;

    for (i = 0; i < sizeof fields / sizeof *fields; i++) {
        if (i > 0 && !words_take(scan, ";"))
            return words_fail(scan, "an ACE has six fields, with ';' between them");
        if (fields[i](scan, ace) != MA_OK)
            return MA_INVALID;
    }
    return MA_OK;
}

static void put_ace(const struct ace_text *ace, struct bytes *out)
{
    bytes_char(out, (char)ace->type);
    bytes_char(out, (char)ace->flags);
    assemble_u16(out, 0); /* the size, once it is known */
    assemble_u32(out, ace->mask);
    if (ace_type(ace->type)->body == ACE_OBJECT) {
        assemble_u32(out, (ace->has_object ? ACE_HAS_TYPE : 0) |
                              (ace->has_inherited ? ACE_HAS_INHERITED_TYPE : 0));
        bytes_add(out, ace->object, ace->has_object ? 16 : 0);
        bytes_add(out, ace->inherited, ace->has_inherited ? 16 : 0);
    }
    bytes_add(out, ace->sid, sid_size(ace->sid));
}

static enum ma_status put_size(const struct word_scan *scan, struct bytes *out,
                               size_t start)
{
    size_t size = out->length - start;

    if (out->failed)
        return ma_fail(scan->error, MA_NO_MEMORY, "no memory for an ACE");
    if (size > ACL_MOST)
        return words_fail(scan, "an ACE of more than 65 535 bytes");
    out->at[start + 2] = (char)(size & 0xff);
    out->at[start + 3] = (char)(size >> 8);
    return MA_OK;
}

static enum ma_status parse_data(struct word_scan *scan, const struct ace_text *ace,
                                 struct bytes *out)
{
    static const unsigned char everyone[] = {1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0};

    if (ace->type == RESOURCE_TYPE) {
        if (!sid_equal(ace->sid, everyone))
            return words_fail(scan, "a resource attribute is for everyone, WD");
        if (words_take(scan, ";"))
            return resource_parse(scan, out);
        return words_fail(scan, "a resource attribute has an attribute behind its SID");
    }
    if (!ace_type(ace->type)->callback)
        return MA_OK;
    if (words_take(scan, ";"))
        return condition_parse(scan, out);
    return words_fail(scan, "a callback ACE has a condition behind its SID");
}

static enum ma_status parse_ace(struct word_scan *scan, struct bytes *out)
{
    struct ace_text ace = {0};
    size_t start = out->length;

    if (!words_take(scan, "("))
        return words_fail(scan, "'(' is expected");
    if (parse_fields(scan, &ace) != MA_OK)
        return MA_INVALID;
    put_ace(&ace, out);
    if (parse_data(scan, &ace, out) != MA_OK)
        return MA_INVALID;
    if (!words_take(scan, ")"))
        return words_fail(scan, "')' is expected behind an ACE");
    return put_size(scan, out, start);
}

/* A descriptor as far as it has been read. */
struct building {
    struct word_scan scan;
    struct bytes lists[2]; /* DACL, SACL */
    bool has[2];
    unsigned char sids[2][SID_MOST]; /* owner, group */
    bool has_sid[2];
    uint16_t control;
};

static enum ma_status parse_owner(struct building *in, int which)
{
    if (in->has_sid[which])
        return words_fail(&in->scan, "this part stands there twice");
    in->has_sid[which] = true;
    words_skip_blanks(&in->scan);
    return words_sid(&in->scan, in->sids[which]);
}

static const struct word list_flags[] = {
    {"P", 0x1000}, {"AR", 0x0100}, {"AI", 0x0400}, {NULL, 0}};

static void parse_list_flags(struct building *in, int which)
{
    const struct word *word;

    words_skip_blanks(&in->scan);
    while ((word = words_find(list_flags, in->scan.at)) != NULL) {
        in->control |= (uint16_t)(word->bits << which); /* those of the SACL are next */
        in->scan.at += strlen(word->text);
    }
}

static enum ma_status parse_list(struct building *in, int which)
{
    if (in->control & (which == 0 ? CONTROL_DACL_PRESENT : CONTROL_SACL_PRESENT))
        return words_fail(&in->scan, "this part stands there twice");
    in->control |= which == 0 ? CONTROL_DACL_PRESENT : CONTROL_SACL_PRESENT;
    if (words_take(&in->scan, "NO_ACCESS_CONTROL"))
        return MA_OK;
    in->has[which] = true;
    parse_list_flags(in, which);
    for (;;) {
        words_skip_blanks(&in->scan);
        if (*in->scan.at != '(')
            return MA_OK;
        if (parse_ace(&in->scan, &in->lists[which]) != MA_OK)
            return MA_INVALID;
    }
}

static enum ma_status parse_section(struct building *in)
{
    if (words_take(&in->scan, "O:"))
        return parse_owner(in, 0);
    if (words_take(&in->scan, "G:"))
        return parse_owner(in, 1);
    if (words_take(&in->scan, "D:"))
        return parse_list(in, 0);
    if (words_take(&in->scan, "S:"))
        return parse_list(in, 1);
    return words_fail(&in->scan, "O:, G:, D: or S: is expected");
}

static enum ma_status finish(struct building *in, struct bytes *out)
{
    struct assembly parts = {
        .control = in->control,
        .owner = in->has_sid[0] ? in->sids[0] : NULL,
        .group = in->has_sid[1] ? in->sids[1] : NULL,
        .dacl = in->has[0] ? &in->lists[0] : NULL,
        .sacl = in->has[1] ? &in->lists[1] : NULL,
    };

    return assemble(&parts, out, in->scan.error);
}

enum ma_status sddl_parse(const char *text, const struct sddl_domains *domains,
                          struct bytes *out, struct ma_error *error)
{
    struct building in = {.scan = {text, text, domains, error}};
    enum ma_status status = MA_OK;

    while (status == MA_OK && *in.scan.at != '\0')
        status = parse_section(&in);
    if (status == MA_OK)
        status = finish(&in, out);
    bytes_free(&in.lists[0]);
    bytes_free(&in.lists[1]);
    return status;
}

enum ma_status sddl_parse_ace(const char *text, const struct sddl_domains *domains,
                              struct bytes *out, struct ma_error *error)
{
    struct word_scan scan = {text, text, domains, error};

    if (parse_ace(&scan, out) != MA_OK)
        return error->status;
    return *scan.at == '\0' ? MA_OK
                            : words_fail(&scan, "nothing may stand behind the ACE");
}
