/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_IMAGE_H
#define CONFIG_IMAGE_H

#include "base/buf.h"
#include "config/config.h"

/*
 * A configuration as one run of bytes that is read back where it lies: its structs as
 * they are in memory, each pointer as the place of what it points to, and a list of these
 * places. Good for the same build of the program on the same kind of machine only; who
 * keeps it (config/cache.h) sees to that. Written by walking the shapes of image_shape.c,
 * one for each struct of config.h that has a pointer.
 */

/* Appended. The bytes of files (config_file.bytes) are left out. */
void image_write(const struct config *config, struct buf *out);
/* The configuration in a copy of the bytes that lives in the arena, which it owns from
 * then on. NULL: this is nothing that image_write made. */
struct config *image_read(struct arena *arena, struct slice bytes);

/* What a pointer of a struct points to. */
enum image_kind {
    IMAGE_TEXT,    /* a text or NULL */
    IMAGE_TEXTS,   /* a list of them that ends with NULL, or NULL */
    IMAGE_ONE,     /* a struct of this shape or NULL */
    IMAGE_MANY,    /* as many of them as the count says */
    IMAGE_PLAIN,   /* as many things of this size, without pointers */
    IMAGE_INSIDE,  /* no pointer: a struct that is a member */
    IMAGE_NOTHING, /* is not kept */
    IMAGE_NO_SLICE /* likewise, and its length is 0 */
};

struct image_field {
    enum image_kind kind;
    size_t at;       /* in the struct */
    size_t count_at; /* of the size_t */
    size_t size;     /* of a plain thing */
    const struct image_shape *shape;
};

struct image_shape {
    size_t size;
    const struct image_field *fields;
    size_t count;
};

extern const struct image_shape image_config;

#endif
