/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_VEC_H
#define BASE_VEC_H

#include <stddef.h>
#include <stdlib.h>

#include "base/mem.h"

/*
 * An array that grows: a struct with `items`, `count` and `capacity`, of any type.
 *
 *     struct names { char **items; size_t count, capacity; } names = {0};
 *     VEC_ADD(&names, mem_text("mail"));
 *     VEC_FREE(&names);
 */
#define VEC_OF(type)                                                                     \
    struct {                                                                             \
        type *items;                                                                     \
        size_t count;                                                                    \
        size_t capacity;                                                                 \
    }

#define VEC_ADD(vec, ...)                                                                \
    do {                                                                                 \
        if ((vec)->count == (vec)->capacity) {                                           \
            (vec)->capacity = (vec)->capacity == 0 ? 8 : (vec)->capacity * 2;            \
            (vec)->items =                                                               \
                mem_resize((vec)->items, (vec)->capacity * sizeof *(vec)->items);        \
        }                                                                                \
        (vec)->items[(vec)->count++] = (__VA_ARGS__);                                    \
    } while (0)

#define VEC_FREE(vec)                                                                    \
    do {                                                                                 \
        free((vec)->items);                                                              \
        (vec)->items = NULL;                                                             \
        (vec)->count = 0;                                                                \
        (vec)->capacity = 0;                                                             \
    } while (0)

#endif
