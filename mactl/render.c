/* SPDX-License-Identifier: Apache-2.0 */
#include "render.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <unistr.h>
#include <uniwidth.h>

#include "base/buf.h"
#include "base/text.h"

enum { GAP = 2, LEAST_COLUMN = 12, NO_LIMIT = 1 << 20 };

/* --- texts ----------------------------------------------------------------------- */

/* The length of the character at `text`, 0 where it must not reach a terminal: C0, C1,
 * DEL, and what is no UTF-8. */
static size_t shown(const char *text)
{
    ucs4_t c = 0;
    int length = u8_strmbtouc(&c, (const uint8_t *)text);

    return length <= 0 || c < 0x20 || (c >= 0x7f && c < 0xa0) ? 0 : (size_t)length;
}

/* Each byte that is not shown becomes what `instead` prints of it. */
static void replace(struct buf *out, const char *text, const char *instead)
{
    while (*text != '\0') {
        size_t length = shown(text);

        if (length == 0)
            buf_print(out, instead, (unsigned char)*text);
        else
            buf_bytes(out, text, length);
        text += length == 0 ? 1 : length;
    }
}

const char *render_clean(struct arena *arena, const char *text)
{
    BUF_AUTO out = {0};
    const char *at = text;

    while (at != NULL && *at != '\0' && shown(at) > 0)
        at += shown(at);
    if (at == NULL || *at == '\0')
        return text;
    replace(&out, text, "\\x%02X");
    return arena_textn(arena, out.at, out.length);
}

json_t *render_text(const char *text)
{
    json_t *string = text == NULL ? json_null() : json_string(text);
    BUF_AUTO out = {0};

    if (string != NULL)
        return string;
    replace(&out, text, "\ufffd");
    return json_string(out.at);
}

/* --- prose ----------------------------------------------------------------------- */

enum { LINE_WIDTH = 80 };

/* How much of the text is one line: up to a blank, unless a word is longer than that. */
static size_t line_length(const char *text, size_t width)
{
    size_t length = 0;

    for (size_t at = 0;; at++) {
        if (text[at] != ' ' && text[at] != '\0')
            continue;
        if ((size_t)u8_width((const uint8_t *)text, at, "UTF-8") > width && length > 0)
            return length;
        length = at;
        if (text[at] == '\0')
            return length;
    }
}

void render_hang(FILE *out, const char *first, const char *indent, const char *text)
{
    for (const char *before = first; *text != '\0'; before = indent) {
        size_t length = line_length(text, LINE_WIDTH - strlen(indent));

        fprintf(out, "%s%.*s\n", before, (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
}

void render_wrap(FILE *out, const char *indent, const char *text)
{
    render_hang(out, indent, indent, text);
}

static bool is_literal(const char *line)
{
    return strncmp(line, "    ", 4) == 0;
}

static const char *end_of_paragraph(const char *text)
{
    while (*text != '\0' && strncmp(text, "\n\n", 2) != 0 &&
           !(*text == '\n' && is_literal(text + 1)))
        text++;
    return text;
}

void render_prose(FILE *out, const char *text)
{
    ARENA_AUTO arena = {0};

    while (*text != '\0') {
        size_t length = is_literal(text) || *text == '\n'
                            ? strcspn(text, "\n")
                            : (size_t)(end_of_paragraph(text) - text);
        char *line = arena_textn(&arena, text, length);

        for (char *at = line; *at != '\0'; at++)
            *at = *at == '\n' ? ' ' : *at;
        if (is_literal(line) || length == 0)
            fprintf(out, "%s\n", line);
        else
            render_wrap(out, "", line);
        text += length;
        text += *text == '\n';
    }
}

/* --- tables ---------------------------------------------------------------------- */

static size_t columns_of(const char *text)
{
    return (size_t)u8_strwidth((const uint8_t *)text, "UTF-8");
}

/* A pipe has no width: scripts and pagers get everything. */
static size_t screen_width(const struct invocation *call)
{
    const char *told = getenv("COLUMNS");
    struct winsize size;
    int64_t width;

    if (call->output == OUTPUT_WIDE)
        return NO_LIMIT;
    if (told != NULL && text_to_number(slice_text(told), &width) && width > 0)
        return (size_t)width;
    if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 &&
        size.ws_col > 0)
        return size.ws_col;
    return NO_LIMIT;
}

static const char *cell_text(struct arena *arena, const char *text)
{
    return text == NULL || text[0] == '\0' ? "-" : render_clean(arena, text);
}

static bool is_shown(const struct invocation *call, const struct render_column *column)
{
    return !column->wide || call->output == OUTPUT_WIDE;
}

static void measure(struct arena *arena, const struct render_column *columns,
                    size_t column_count, const char *const *cells, size_t row_count,
                    size_t *widths)
{
    for (size_t c = 0; c < column_count; c++) {
        widths[c] = columns_of(columns[c].title);
        for (size_t r = 0; r < row_count; r++) {
            size_t width = columns_of(cell_text(arena, cells[r * column_count + c]));

            widths[c] = width > widths[c] ? width : widths[c];
        }
    }
}

static size_t widest(const struct render_column *columns, size_t count,
                     const size_t *widths)
{
    size_t best = count;

    for (size_t c = 0; c < count; c++)
        if (columns[c].shrinks && widths[c] > LEAST_COLUMN &&
            (best == count || widths[c] > widths[best]))
            best = c;
    return best;
}

/* Takes from the widest until all fits or nothing can be taken any more. */
static void shrink(const struct invocation *call, const struct render_column *columns,
                   size_t count, size_t *widths)
{
    size_t limit = screen_width(call);
    size_t total = 0;

    for (size_t c = 0; c < count; c++)
        total += is_shown(call, &columns[c]) ? widths[c] + GAP : 0;
    for (total -= total == 0 ? 0 : GAP; total > limit; total--) {
        size_t c = widest(columns, count, widths);

        if (c == count)
            return;
        widths[c]--;
    }
}

/* The first bytes of the text that are at most `width` columns wide. */
static size_t head_of(const char *text, size_t width)
{
    size_t at = 0;

    for (;;) {
        size_t next = at;

        while (text[next] != '\0' &&
               (next == at || ((unsigned char)text[next] & 0xc0) == 0x80))
            next++;
        if (next == at || (size_t)u8_width((const uint8_t *)text, next, "UTF-8") > width)
            return at;
        at = next;
    }
}

/* Where the last `width` columns begin. */
static size_t tail_of(const char *text, size_t width)
{
    size_t at = 0;

    while (columns_of(text + at) > width)
        do
            at++;
        while (((unsigned char)text[at] & 0xc0) == 0x80);
    return at;
}

/* Head and tail, with the ellipsis between them: both ends of a DN say more. */
static const char *fit(struct arena *arena, const char *text, size_t width)
{
    size_t left;

    if (columns_of(text) <= width)
        return text;
    left = (width - 1) / 2 + (width - 1) % 2;
    return arena_print(arena, "%.*s…%s", (int)head_of(text, left), text,
                       text + tail_of(text, width - 1 - left));
}

static void print_row(const struct invocation *call, const struct render_column *columns,
                      size_t count, const char *const *cells, const size_t *widths)
{
    size_t owed = 0; /* blanks that only matter if anything follows */

    for (size_t c = 0; c < count; c++) {
        const char *text;
        size_t pad;

        if (!is_shown(call, &columns[c]))
            continue;
        text = fit(call->arena, cell_text(call->arena, cells[c]), widths[c]);
        pad = widths[c] - columns_of(text);
        owed += columns[c].number ? pad : 0;
        printf("%*s%s", (int)owed, "", text);
        owed = GAP + (columns[c].number ? 0 : pad);
    }
    putchar('\n');
}

void render_table(const struct invocation *call, const struct render_column *columns,
                  size_t column_count, const char *const *cells, size_t row_count)
{
    size_t *widths = ARENA_ARRAY(call->arena, size_t, column_count);
    const char **titles = ARENA_ARRAY(call->arena, const char *, column_count);

    for (size_t c = 0; c < column_count; c++)
        titles[c] = columns[c].title;
    measure(call->arena, columns, column_count, cells, row_count, widths);
    shrink(call, columns, column_count, widths);
    print_row(call, columns, column_count, titles, widths);
    for (size_t r = 0; r < row_count; r++)
        print_row(call, columns, column_count, cells + r * column_count, widths);
}

/* --- documents -------------------------------------------------------------------- */

enum exit_code render_json(json_t *document)
{
    json_dumpf(document, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(document);
    return EXIT_OK;
}

/* --- parts of a configuration ----------------------------------------------------- */

const char *render_place(struct arena *arena, const struct config *config,
                         const struct place *place)
{
    struct stat about;
    const char *file = place->file == NULL ? "" : place->file;

    if (stat(config->root, &about) == 0 && !S_ISDIR(about.st_mode))
        file = config->root;
    else if (file[0] == '\0')
        return config->root;
    else
        file = arena_print(arena, "%s/%s", config->root, file);
    if (place->line == 0)
        return file;
    return arena_print(arena, "%s:%u:%u", file, place->line, place->column);
}

const char *render_constant(const struct mapping *mapping)
{
    if (mapping->kind != MAPPING_CONSTANT)
        return NULL;
    return mapping->secret ? "***" : mapping->constant;
}

const char *render_guid(struct arena *arena, const struct guid *id)
{
    char text[GUID_TEXT];

    return arena_text(arena, guid_format(id, GUID_PLAIN, text));
}

const char *render_count(struct arena *arena, size_t count, const char *one,
                         const char *many)
{
    return arena_print(arena, "%zu %s", count, count == 1 ? one : many);
}
