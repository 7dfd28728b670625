/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <unistd.h>

static const struct {
    unsigned code_page;
    const char *name;
} code_pages[] = {
    {0, "UTF-8"},          {1200, "UTF-16LE"},    {1201, "UTF-16BE"},
    {12000, "UTF-32LE"},   {12001, "UTF-32BE"},   {20127, "ASCII"},
    {20866, "KOI8-R"},     {21866, "KOI8-U"},     {28591, "ISO-8859-1"},
    {28592, "ISO-8859-2"}, {28593, "ISO-8859-3"}, {28594, "ISO-8859-4"},
    {28595, "ISO-8859-5"}, {28596, "ISO-8859-6"}, {28597, "ISO-8859-7"},
    {28598, "ISO-8859-8"}, {28599, "ISO-8859-9"}, {28605, "ISO-8859-15"},
    {51932, "EUC-JP"},     {51949, "EUC-KR"},     {54936, "GB18030"},
    {65000, "UTF-7"},      {65001, "UTF-8"},
};

void input_code_page(unsigned code_page, char *out, size_t size)
{
    for (size_t i = 0; i < sizeof code_pages / sizeof code_pages[0]; i++)
        if (code_pages[i].code_page == code_page) {
            snprintf(out, size, "%s", code_pages[i].name);
            return;
        }
    snprintf(out, size, "CP%u", code_page);
}

enum ma_status input_open(struct input **out, int fd, unsigned code_page,
                          struct ma_error *err)
{
    char name[32];
    iconv_t conversion;
    struct input *input;

    input_code_page(code_page, name, sizeof name);
    conversion = iconv_open("UTF-8", name);
    if (conversion == (iconv_t)-1)
        return ma_fail(err, MA_INVALID, "code page %u (%s) is not known here", code_page,
                       name);
    input = calloc(1, sizeof *input);
    if (input == NULL) {
        iconv_close(conversion);
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    }
    input->fd = fd;
    input->conversion = conversion;
    input->is_utf8 = strcmp(name, "UTF-8") == 0;
    input->line = 1;
    input->column = 1;
    *out = input;
    return MA_OK;
}

void input_close(struct input *input)
{
    if (input == NULL)
        return;
    iconv_close(input->conversion);
    free(input);
}

/* One block more behind what an incomplete character left over. */
static bool read_block(struct input *input)
{
    ssize_t got;

    do
        got = read(input->fd, input->raw + input->raw_used,
                   sizeof input->raw - input->raw_used);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        input->error = errno;
        return false;
    }
    input->ended = got == 0;
    input->raw_used += (size_t)got;
    return true;
}

/* What of the block is converted, and where it goes. */
struct piece {
    char *in;
    size_t left;
    char *out;
    size_t room;
};

static size_t ascii_at(const char *at, size_t most)
{
    size_t count = 0;
    uint64_t word;

    for (; count + sizeof word <= most; count += sizeof word) {
        memcpy(&word, at + count, sizeof word);
        if ((word & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (count < most && (unsigned char)at[count] < 0x80)
        count++;
    return count;
}

static size_t beyond_ascii_at(const char *at, size_t most)
{
    size_t count = 0;

    while (count < most && (unsigned char)at[count] >= 0x80)
        count++;
    return count;
}

static void copy_ascii(struct piece *p)
{
    size_t count = ascii_at(p->in, p->left < p->room ? p->left : p->room);

    memcpy(p->out, p->in, count);
    p->in += count;
    p->left -= count;
    p->out += count;
    p->room -= count;
}

/* Gives errno, or 0 once all was converted. */
static int convert_part(const struct input *input, struct piece *p, size_t part)
{
    size_t left = part;
    size_t failed = iconv(input->conversion, &p->in, &left, &p->out, &p->room);

    p->left -= part - left;
    return failed == (size_t)-1 ? errno : 0;
}

static void put_bad(const struct input *input, struct piece *p)
{
    *p->out++ = (char)INPUT_BAD;
    p->room--;
    p->in++;
    p->left--;
    (void)iconv(input->conversion, NULL, NULL, NULL, NULL);
}

/* Converts what there is; bytes that mean nothing become INPUT_BAD, one by one. */
static void convert(struct input *input)
{
    struct piece p = {input->raw, input->raw_used, input->text, sizeof input->text - 1};

    while (p.left > 0 && p.room > 8) {
        size_t part = input->is_utf8 ? beyond_ascii_at(p.in, p.left) : p.left;
        bool rest = part < p.left;
        int error = part == 0 ? 0 : convert_part(input, &p, part);

        if (error == E2BIG || (error == EINVAL && !rest && !input->ended))
            break;
        if (error != 0)
            put_bad(input, &p);
        else if (input->is_utf8)
            copy_ascii(&p);
    }
    memmove(input->raw, p.in, p.left);
    input->raw_used = p.left;
    input->at = 0;
    input->end = (size_t)(p.out - input->text);
}

static void skip_byte_order_mark(struct input *input)
{
    if (input->line == 1 && input->column == 1 && input->end >= 3 &&
        memcmp(input->text, "\xef\xbb\xbf", 3) == 0)
        input->at = 3;
}

int input_fill(struct input *input)
{
    while (input->at == input->end) {
        if (input->error != 0)
            return INPUT_FAILED;
        if (input->ended && input->raw_used == 0)
            return INPUT_END;
        if (!input->ended && !read_block(input))
            return INPUT_FAILED;
        convert(input);
        skip_byte_order_mark(input);
    }
    return 0;
}

/* The line is looked for in the block at once; only its characters are counted. */
static void count_columns(struct input *input, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        input->column += ((unsigned char)text[i] & 0xc0) != 0x80;
}

int input_line(struct input *input, struct bytes *line, size_t limit, bool *cut)
{
    int c = input_peek(input);

    if (c < 0)
        return c;
    while ((c = input_peek(input)) >= 0) {
        const char *text = input->text + input->at;
        size_t left = input->end - input->at;
        const char *end = memchr(text, '\n', left);
        size_t length = end == NULL ? left : (size_t)(end - text);
        size_t room = line->length < limit ? limit - line->length : 0;

        *cut |= length > room;
        bytes_add(line, text, length < room ? length : room);
        input->at += length;
        if (end != NULL) {
            (void)input_get(input);
            break;
        }
        count_columns(input, text, length);
    }
    if (line->length > 0 && line->at[line->length - 1] == '\r') {
        line->length--;
        line->at[line->length] = '\0';
    }
    return c == INPUT_FAILED ? INPUT_FAILED : 0;
}
