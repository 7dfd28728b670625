/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FILE_MA_INPUT_H
#define FILE_MA_INPUT_H

#include "support/bytes.h"

/*
 * A file as a stream of UTF-8, whatever its code page, with the line and column for the
 * operator. Bytes that mean nothing in the code page come out as INPUT_BAD, which no
 * UTF-8 text holds, so that only the record they stand in is lost. A byte order mark is
 * passed over. Memory: one block, however long the file or a line is.
 */
enum { INPUT_END = -1, INPUT_FAILED = -2, INPUT_BAD = 0xff, INPUT_BLOCK = 64 * 1024 };

struct input {
    int fd;
    void *conversion;
    bool is_utf8; /* already: what is ASCII goes as it is */
    int error;    /* errno of a failed read */
    bool ended;
    uint64_t line; /* of the next byte, 1-based */
    uint64_t column;
    size_t raw_used;
    size_t at;
    size_t end;
    char raw[INPUT_BLOCK];
    char text[INPUT_BLOCK * 3 + 16];
};

/* "CP1252" for 1252, "UTF-8" for 65001; as Windows numbers them. */
void input_code_page(unsigned code_page, char *out, size_t size);
/* The descriptor is the caller's. MA_INVALID: nobody knows the code page. */
enum ma_status input_open(struct input **out, int fd, unsigned code_page,
                          struct ma_error *err);
void input_close(struct input *input);

int input_fill(struct input *input);

static inline int input_peek(struct input *input)
{
    if (input->at == input->end) {
        int status = input_fill(input);

        if (status != 0)
            return status;
    }
    return (unsigned char)input->text[input->at];
}

static inline int input_get(struct input *input)
{
    int c = input_peek(input);

    if (c < 0)
        return c;
    input->at++;
    if (c == '\n') {
        input->line++;
        input->column = 1;
    } else if ((c & 0xc0) != 0x80) {
        input->column++;
    }
    return c;
}

/* Appends the rest of the line, without its end, but never more than `limit` bytes to
 * the line: *cut says that there was more. INPUT_END: there is no line. */
int input_line(struct input *input, struct bytes *line, size_t limit, bool *cut);

#endif
