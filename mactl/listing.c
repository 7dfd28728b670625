/* SPDX-License-Identifier: Apache-2.0 */
#include "listing.h"

#include <string.h>

void listing_add(struct listing *listing, json_t *item, const char *const *cells)
{
    if (listing->items == NULL)
        listing->items = json_array();
    json_array_append_new(listing->items, item);
    for (size_t i = 0; i < listing->column_count; i++)
        VEC_ADD(&listing->cells, cells[i]);
    listing->rows++;
}

const char *listing_limit(struct arena *arena, size_t limit)
{
    return arena_print(arena, "cut after %zu: the same with --limit %zu shows more",
                       limit, limit * 10);
}

static void print_lines(const struct listing *listing)
{
    size_t at;
    json_t *item;

    json_array_foreach(listing->items, at, item)
    {
        json_dumpf(item, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
        putchar('\n');
    }
}

/* RFC 4180: quoted where it has to be. */
static void print_csv_cell(const char *text)
{
    if (strpbrk(text, ",\"\r\n") == NULL) {
        fputs(text, stdout);
        return;
    }
    putchar('"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            putchar('"');
        putchar(*text);
    }
    putchar('"');
}

static void print_csv_row(const char *const *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            putchar(',');
        print_csv_cell(cells[i] == NULL ? "" : cells[i]);
    }
    fputs("\r\n", stdout);
}

static void print_csv(const struct listing *listing)
{
    for (size_t i = 0; i < listing->column_count; i++)
        printf("%s%s", i == 0 ? "" : ",", listing->columns[i].title);
    fputs("\r\n", stdout);
    for (size_t i = 0; i < listing->rows; i++)
        print_csv_row(&listing->cells.items[i * listing->column_count],
                      listing->column_count);
}

static void print_names(const struct listing *listing)
{
    for (size_t i = 0; i < listing->rows; i++)
        puts(listing->cells.items[i * listing->column_count + listing->name]);
}

static void print_table(const struct invocation *call, const struct listing *listing)
{
    if (listing->rows > 0)
        render_table(call, listing->columns, listing->column_count, listing->cells.items,
                     listing->rows);
    else if (listing->empty != NULL && !call->quiet)
        fprintf(stderr, "%s\n", listing->empty);
}

static enum exit_code print(const struct invocation *call, struct listing *listing)
{
    switch (call->output) {
    case OUTPUT_JSON:
        return render_json(json_pack("{s:s, s:O}", "schema", listing->schema,
                                     listing->key, listing->items));
    case OUTPUT_JSONL:
        print_lines(listing);
        return EXIT_OK;
    case OUTPUT_CSV:
        print_csv(listing);
        return EXIT_OK;
    case OUTPUT_NAME:
        print_names(listing);
        return EXIT_OK;
    case OUTPUT_TEXT:
    case OUTPUT_WIDE:
        print_table(call, listing);
        return EXIT_OK;
    default:
        return command_error(EXIT_USAGE, NULL,
                             "this list comes as text, wide, json, jsonl, csv or name");
    }
}

void listing_drop(struct listing *listing)
{
    VEC_FREE(&listing->cells);
    json_decref(listing->items);
    listing->items = NULL;
    listing->rows = 0;
}

void listing_hint(const struct invocation *call, const struct listing *listing)
{
    if (listing->more != NULL)
        command_next(call, "%s", listing->more);
}

enum exit_code listing_print(const struct invocation *call, struct listing *listing)
{
    enum exit_code code;

    if (listing->items == NULL)
        listing->items = json_array();
    code = print(call, listing);
    if (code == EXIT_OK)
        listing_hint(call, listing);
    listing_drop(listing);
    return code;
}
