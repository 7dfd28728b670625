/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_JSON_MEMORY_H
#define CLOUD_MA_JSON_MEMORY_H

#include <jansson.h>
#include <stdbool.h>

/*
 * Memory for the JSON of pages. A page is tens of thousands of small pieces that come
 * together and go together; one by one they cost a quarter of an import. A thread that
 * asks for it takes them from large blocks in the order they come. Of a page that nobody
 * keeps anything of, the blocks are free at once, and none of its pieces is looked at
 * again; else a block is free when the last piece of it was given back, by whichever
 * thread and in whichever order. Nobody who uses JSON has to know: what was taken
 * elsewhere is given back there.
 */

/* Once, before there are threads that use jansson. */
void json_memory_reserve(void);
/* From now on what jansson takes on this thread is of one page, and comes from blocks.
 * Where there is no room for them, nothing changes. */
void json_memory_begin(void);
/* The page is complete. */
void json_memory_end(void);
/* Instead of json_decref, for a page as a whole: nobody refers to a part of it, and
 * nothing was put into it. By whichever thread. */
void json_memory_drop(json_t *page);

#endif
