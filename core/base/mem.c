/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *or_die(void *p)
{
    if (p == NULL) {
        fputs("mactl: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *mem_zero(size_t size)
{
    return or_die(calloc(1, size == 0 ? 1 : size));
}

void *mem_zero_array(size_t count, size_t size)
{
    return or_die(calloc(count == 0 ? 1 : count, size));
}

void *mem_resize(void *old, size_t size)
{
    return or_die(realloc(old, size == 0 ? 1 : size));
}

void *mem_copy(const void *data, size_t size)
{
    void *p = mem_zero(size);

    if (size > 0)
        memcpy(p, data, size);
    return p;
}

char *mem_text(const char *text)
{
    return or_die(strdup(text));
}

char *mem_textn(const char *text, size_t length)
{
    return or_die(strndup(text, length));
}

char *mem_print(const char *fmt, ...)
{
    char *text = NULL;
    va_list args;
    int length;

    va_start(args, fmt);
    length = vasprintf(&text, fmt, args);
    va_end(args);
    return or_die(length < 0 ? NULL : text);
}
