/* SPDX-License-Identifier: Apache-2.0 */
#include "dump_ldif.h"

#include <stdlib.h>

#include "support/dn.h"
#include "support/text.h"

enum { LINE_MOST = 16 * 1024 * 1024 };

struct reader {
    struct dump *dump;
    FILE *in;
    const char *file;
    unsigned long next;  /* number of the next physical line */
    unsigned long first; /* of `line` */
    struct bytes line;   /* unfolded */
    struct pool value;   /* of the line */
    bool ended;
    struct ma_error *err;
    /* the record in hand; its values live in the dump */
    const char *dn;
    unsigned long dn_line;
    struct answer_attribute *attributes;
    size_t count;
    size_t capacity;
};

static enum ma_status bad(const struct reader *in, const char *what)
{
    return ma_fail(in->err, MA_INVALID, "%s:%lu: %s", in->file, in->first, what);
}

/* --- lines ------------------------------------------------------------------------ */

static int peek(struct reader *in)
{
    int c = getc(in->in);

    (void)ungetc(c, in->in);
    return c;
}

/* Up to the end of a physical line, which is not kept, nor is CR before it. */
static bool add_physical(struct reader *in)
{
    int c;

    in->next++;
    while ((c = getc(in->in)) != EOF && c != '\n') {
        if (in->line.length >= LINE_MOST)
            return false;
        bytes_char(&in->line, (char)c);
    }
    if (in->line.length > 0 && in->line.at[in->line.length - 1] == '\r')
        in->line.at[--in->line.length] = '\0';
    return true;
}

static enum ma_status next_line(struct reader *in)
{
    bytes_clear(&in->line);
    bytes_text(&in->line, "");
    in->first = in->next;
    in->ended = peek(in) == EOF;
    if (in->ended)
        return MA_OK;
    do {
        if (!add_physical(in))
            return bad(in, "a line of more than 16 MB");
        if (in->line.length == 0 || peek(in) != ' ')
            break;
        (void)getc(in->in);
    } while (true);
    if (in->line.failed)
        return ma_fail(in->err, MA_NO_MEMORY, "no memory for a line");
    return in->line.length > 0 && memchr(in->line.at, '\0', in->line.length) != NULL
               ? bad(in, "a NUL: this is no LDIF, or UTF-16, as of ldifde -u")
               : MA_OK;
}

static bool is_comment(const struct reader *in)
{
    return in->line.length > 0 && in->line.at[0] == '#';
}

/* --- name and value --------------------------------------------------------------- */

struct pair {
    const char *name;
    size_t name_length;
    struct ma_value value; /* lives as long as the line */
};

static bool is(const struct pair *pair, const char *name)
{
    return strlen(name) == pair->name_length &&
           strncasecmp(pair->name, name, pair->name_length) == 0;
}

static enum ma_status decode(struct reader *in, const char *text, struct pair *pair)
{
    struct bytes out = {0};
    bool good;

    bytes_text(&out, "");
    good = text_from_base64(&out, text, strlen(text));
    pair->value = pool_value(&in->value, out.at, out.length);
    bytes_free(&out);
    return good ? MA_OK : bad(in, "this is no Base64");
}

static const char *skip_blanks(const char *at)
{
    while (*at == ' ')
        at++;
    return at;
}

static enum ma_status split(struct reader *in, struct pair *pair)
{
    char *line = in->line.at;
    char *colon = strchr(line, ':');
    char *end = line + in->line.length;

    if (colon == NULL)
        return bad(in, "a line without ':'");
    pool_reset(&in->value);
    *pair = (struct pair){line, (size_t)(colon - line), {"", 0}};
    if (pair->name_length == 0 || strcspn(line, " \t\"\\") < pair->name_length)
        return bad(in, "this is no name of an attribute");
    if (colon[1] == '<')
        return bad(in, "a value by URL, which is not read: dump the value itself");
    if (colon[1] != ':') {
        const char *text = skip_blanks(colon + 1);

        pair->value = pool_value(&in->value, text, (size_t)(end - text));
        return MA_OK;
    }
    while (end > colon + 2 && end[-1] == ' ')
        *--end = '\0';
    return decode(in, skip_blanks(colon + 2), pair);
}

/* --- records ---------------------------------------------------------------------- */

/* "member;range=0-1499" is the beginning of member, "1500-*" its end. */
static void read_options(const struct pair *pair, size_t length,
                         struct answer_attribute *out)
{
    const char *range;

    if (length == pair->name_length)
        return;
    range = strstr(pair->name + length, "range=");
    if (range == NULL || range > pair->name + pair->name_length)
        return;
    out->ranged = true;
    out->last |= pair->name[pair->name_length - 1] == '*';
}

static struct answer_attribute *attribute_of(struct reader *in, const char *name,
                                             size_t length)
{
    struct answer_attribute *grown;
    size_t i;

    for (i = 0; i < in->count; i++)
        if (strlen(in->attributes[i].name) == length &&
            strncasecmp(in->attributes[i].name, name, length) == 0)
            return &in->attributes[i];
    grown = pool_grow(&in->dump->pool, in->attributes, in->count, &in->capacity,
                      sizeof *grown);
    if (grown == NULL)
        return NULL;
    in->attributes = grown;
    grown[in->count] =
        (struct answer_attribute){.name = pool_text(&in->dump->pool, name, length)};
    return &grown[in->count++];
}

static bool add_value(struct reader *in, const struct pair *pair)
{
    const char *option = memchr(pair->name, ';', pair->name_length);
    size_t length = option == NULL ? pair->name_length : (size_t)(option - pair->name);
    struct answer_attribute *attribute;
    struct ma_value *grown;
    size_t capacity;

    if (!dump_keeps(pair->name, length))
        return true;
    attribute = attribute_of(in, pair->name, length);
    if (attribute == NULL)
        return false;
    capacity = attribute->to; /* of a dump nobody asks for the end of a range */
    grown = pool_grow(&in->dump->pool, (void *)(uintptr_t)attribute->values,
                      attribute->count, &capacity, sizeof *grown);
    if (grown == NULL)
        return false;
    attribute->to = capacity;
    attribute->values = grown;
    grown[attribute->count++] =
        pool_value(&in->dump->pool, pair->value.data, pair->value.length);
    read_options(pair, length, attribute);
    return true;
}

static enum ma_status take_line(struct reader *in)
{
    struct pair pair;
    enum ma_status status = split(in, &pair);

    if (status != MA_OK)
        return status;
    if (is(&pair, "dn"))
        return bad(in, "a second dn: a blank line between the records is missing");
    if (is(&pair, "changetype"))
        return strcasecmp(pair.value.data, "add") == 0
                   ? MA_OK
                   : bad(in, "a change: a dump has entries as they are");
    return add_value(in, &pair) ? MA_OK
                                : ma_fail(in->err, MA_NO_MEMORY, "no memory for a dump");
}

/* What tools print around the entries, with no dn in front. */
static bool is_of_a_tool(const struct pair *pair)
{
    static const char *const names[] = {"version", "search",       "result",
                                        "ref",     "control",      "matchedDN",
                                        "text",    "pagedresults", NULL};
    size_t i;

    for (i = 0; names[i] != NULL; i++)
        if (is(pair, names[i]))
            return true;
    return false;
}

static enum ma_status begin(struct reader *in, bool *out)
{
    struct pair pair;
    enum ma_status status = split(in, &pair);

    *out = false;
    if (status != MA_OK || is_of_a_tool(&pair))
        return status;
    if (!is(&pair, "dn"))
        return bad(in, "a record begins with its dn");
    if (memchr(pair.value.data, '\0', pair.value.length) != NULL)
        return bad(in, "a NUL in the dn");
    *out = pair.value.length > 0; /* the root DSE says nothing that is asked for */
    if (*out && !dn_is_ldap(pair.value.data))
        return bad(in, "this is no DN: type=value, separated by commas, is wanted");
    in->dn = pool_text(&in->dump->pool, pair.value.data, pair.value.length);
    in->dn_line = in->first;
    in->attributes = NULL;
    in->count = in->capacity = 0;
    return MA_OK;
}

static enum ma_status read_record(struct reader *in)
{
    bool wanted;
    enum ma_status status = begin(in, &wanted);

    while (status == MA_OK && (status = next_line(in)) == MA_OK && in->line.length > 0)
        if (wanted && !is_comment(in))
            status = take_line(in);
    if (status != MA_OK || !wanted)
        return status;
    return dump_add(in->dump,
                    &(struct dump_entry){.dn = in->dn,
                                         .file = in->file,
                                         .line = in->dn_line,
                                         .attributes = in->attributes,
                                         .count = in->count},
                    in->err);
}

enum ma_status dump_ldif_read(struct dump *dump, FILE *in, const char *file,
                              struct ma_error *err)
{
    struct reader reader = {.dump = dump, .in = in, .file = file, .next = 1, .err = err};
    enum ma_status status;

    while ((status = next_line(&reader)) == MA_OK && !reader.ended)
        if (reader.line.length > 0 && !is_comment(&reader) &&
            (status = read_record(&reader)) != MA_OK)
            break;
    bytes_free(&reader.line);
    pool_free(&reader.value);
    if (status == MA_OK && ferror(in))
        status = ma_fail(err, MA_INVALID, "%s: it cannot be read", file);
    return status;
}
