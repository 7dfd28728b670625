/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ACL_AUDIT_WORDS_H
#define ACL_AUDIT_WORDS_H

#include "sddl.h"

/*
 * The words of SDDL: aliases of SIDs, letters of rights and flags, types of ACEs. One
 * table each, read by sddl_parse.c and sddl_print.c; and the reader that both parsers and
 * the conditions move along a text.
 */
struct word {
    const char *text;
    uint32_t bits;
};

/* Each ends with a NULL text. */
extern const struct word words_rights[]; /* one bit each, from the low one */
extern const struct word
    words_whole_rights[]; /* sums with a name: FA FR FW FX, and KA .. */
extern const struct word words_flags[];
extern const struct word words_label_rights[]; /* of ML alone */

struct word_scan {
    const char *start;
    const char *at; /* ends with NUL */
    const struct sddl_domains *domains;
    struct ma_error *error;
};

/* MA_INVALID with the character (from 1) where the scan stands. */
enum ma_status words_fail(const struct word_scan *scan, const char *what);
/* Takes `text` if it stands there. */
bool words_take(struct word_scan *scan, const char *text);
void words_skip_blanks(struct word_scan *scan);
/* An alias or S-1-...; into `out` of SID_MOST bytes. */
enum ma_status words_sid(struct word_scan *scan, unsigned char *out);
/* The alias of this SID, or NULL. */
const char *words_alias(const unsigned char *sid, const struct sddl_domains *domains);
/* The word there, the longest first; NULL: none. */
const struct word *words_find(const struct word *words, const char *at);

#endif
