/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/slice.h"

/*
 * Text as the field treats it: UTF-8, compared "ordinal, ignoring case" as the product
 * does, one code point to one (U+00DF stays itself). Hex, Base64 and numbers.
 */

/* Orders two texts by their folded code points; invalid UTF-8 compares by byte. */
int text_casecompare(struct slice a, struct slice b);
bool text_caseequal(struct slice a, struct slice b);
/* The folded form, for keys. Lives in the arena. */
struct slice text_fold(struct arena *arena, struct slice text);
/* The same without memory of its own, into `out`, which has room for as many bytes. False
 * where there is more than ASCII: then `out` is of no use. */
bool text_fold_ascii(struct slice text, char *out);
/* What is done to a text in two ways: `plain` writes as many bytes as there are into
 * `out`, which is all that most texts need; where it gives false, `slow` does it. Lives
 * in the arena, with a NUL behind it. */
struct slice text_plainly(struct arena *arena, struct slice text,
                          bool (*plain)(struct slice text, char *out),
                          struct slice (*slow)(struct arena *arena, struct slice text));
bool text_is_utf8(struct slice text);
/* Number of code points; invalid bytes count one each. */
size_t text_length(struct slice text);
/* White space of .NET's Char.IsWhiteSpace, off both ends; the result points into `text`.
 */
struct slice text_trim(struct slice text);
/* The same off one end only. */
struct slice text_trim_start(struct slice text);
struct slice text_trim_end(struct slice text);
/* ASCII blanks and line ends only: for scalars of an XML file. */
struct slice text_strip(struct slice text);

/* Exact: the whole text is one decimal number, sign allowed, that fits. */
bool text_to_number(struct slice text, int64_t *out);
/* "true"/"false" in any case, "1"/"0". */
bool text_to_flag(struct slice text, bool *out);

/* Standard alphabet, padded. The results live in the arena, NUL-terminated. */
struct slice text_base64(struct arena *arena, struct slice bytes);
/* False where it is not Base64; blanks and line ends inside are passed over. */
bool text_from_base64(struct arena *arena, struct slice text, struct slice *out);
/* Upper-case hex. */
struct slice text_hex(struct arena *arena, struct slice bytes);
/* Of either case. False where it is no hex, or half a byte. */
bool text_from_hex(struct arena *arena, struct slice text, struct slice *out);

/* XXH3, 64 bits; seed it per store. */
uint64_t text_hash(struct slice bytes, uint64_t seed);

/* The same to the letter, or both NULL. */
static inline bool text_same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The index of the only one of `names` that begins so, else of the nearest to a mistyped
 * one, or count: none is near. */
size_t text_nearest(const char *typed, const char *const *names, size_t count);

#endif
