/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

/*
 * Memory that cannot fail. Out of memory ends the process, as a power cut would; the
 * store is built to survive both, so no other code has a branch for either. What these
 * return is ended with free().
 */

void *mem_zero(size_t size) __attribute__((returns_nonnull));
/* So many of that size; a product that does not fit is out of memory, too. */
void *mem_zero_array(size_t count, size_t size) __attribute__((returns_nonnull));
/* As realloc: `old` NULL is a new one, and what grows is not zeroed. */
void *mem_resize(void *old, size_t size) __attribute__((returns_nonnull));
void *mem_copy(const void *data, size_t size) __attribute__((returns_nonnull));
/* NUL-terminated copies; of `length` bytes at most, up to a NUL. */
char *mem_text(const char *text) __attribute__((returns_nonnull));
char *mem_textn(const char *text, size_t length) __attribute__((returns_nonnull));
char *mem_print(const char *fmt, ...)
    __attribute__((returns_nonnull, format(printf, 1, 2)));

#endif
