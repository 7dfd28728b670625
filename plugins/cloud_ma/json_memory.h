/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_JSON_MEMORY_H
#define CLOUD_MA_JSON_MEMORY_H

/*
 * Memory for the JSON of pages. A page is tens of thousands of small pieces that come
 * together and go together; one by one they cost a quarter of an import. A thread that
 * asks for it takes them from large blocks in the order they come, and a block is free
 * when the last piece of it was given back, by whichever thread and in whichever order.
 * Nobody who uses JSON has to know: what was taken elsewhere is given back there.
 */

/* Once, before there are threads that use jansson. */
void json_memory_reserve(void);
/* From now on what jansson takes on this thread comes from blocks. Where there is no room
 * for them, nothing changes. */
void json_memory_begin(void);
/* Before the thread ends. What it took stays good. */
void json_memory_end(void);

#endif
