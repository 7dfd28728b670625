/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLOUD_MA_IDS_H
#define CLOUD_MA_IDS_H

#include "support/bytes.h"

/*
 * Which objects the service has: the class, the id and the DN of each. It turns the ids
 * of references into DNs and back, tells an object that is listed twice, and finds what a
 * listing did not show.
 *
 * A complete import leaves it in the agent's folder, "cloud-ids.GENERATION"; its
 * watermark names the generation, so a delta import finds the file of just the import
 * that it follows, and what is gone is what the file has and the service has not. While a
 * full import lasts, "cloud-ids.part" grows with each page that was given to the engine,
 * and the checkpoint behind the page has its length: what is behind the length that the
 * engine remembers was of pages that it had not kept.
 *
 * The table is as large as the service has objects, so it lies in a nameless file that
 * the kernel can write back, not in memory. ids.c has the table, ids_file.c the files.
 */

enum id_flag {
    ID_KNOWN = 1,     /* an earlier import showed it */
    ID_LISTED = 2,    /* this run saw it in a listing */
    ID_EMITTED = 4,   /* the engine has it */
    ID_GONE = 8,      /* asked for, and not there */
    ID_DISABLED = 16, /* deleted by us, by disabling it */
    ID_MADE = 32,     /* by this session */
    ID_SYNCED = 64,   /* Graph: it comes from a directory on-premises */
};

struct id {
    const char *id;
    const char *dn; /* "": what it is made of was not shown */
    unsigned char class;
    unsigned char flags;
    uint32_t hash; /* of the id */
};

struct ids {
    struct id *items;
    size_t count;
    size_t capacity;
    uint32_t *by_id; /* number + 1; 0: free */
    size_t slots;
    uint32_t *by_dn; /* NULL: there is no index */
    size_t dn_slots;
    size_t named; /* entries of by_dn */
    const char *folder;
    struct pool pool;
    bool failed; /* memory; whoever acts on the table asks once */
};

/* Empty, and what comes in goes to a file in this folder, borrowed; NULL, or where there
 * can be none: to memory. */
void ids_begin(struct ids *ids, const char *folder);
/* NULL where memory failed. What is there already keeps its flags and gets the DN. */
struct id *ids_put(struct ids *ids, unsigned char class, const char *id, const char *dn);
struct id *ids_find(const struct ids *ids, const char *id);
/* Without regard to case, once there is an index, which then grows with the table:
 * imports need none. */
void ids_index_dns(struct ids *ids);
struct id *ids_by_dn(const struct ids *ids, const char *dn);
void ids_free(struct ids *ids);

/* MA_NOT_FOUND: there is no such file. Each gets the flags. */
enum ma_status ids_load(struct ids *ids, const char *folder, const char *generation,
                        unsigned char flags, struct ma_error *err);
/* Those with one of the flags, and without ID_GONE; on disk when it returns. */
enum ma_status ids_save(const struct ids *ids, const char *folder, const char *generation,
                        unsigned char flags, struct ma_error *err);
/* Appends those with these numbers; *length is that of the file then. It is not synced: a
 * machine that fails may lose its end. */
enum ma_status ids_append(const struct ids *ids, const char *folder,
                          const char *generation, const size_t *numbers, size_t count,
                          uint64_t *length, struct ma_error *err);
/* As ids_load, of the first `length` bytes or as many as are whole; what is behind them
 * is cut off. */
enum ma_status ids_load_first(struct ids *ids, const char *folder, const char *generation,
                              uint64_t length, unsigned char flags, struct ma_error *err);
/* Remembers, for good, that the object was disabled because it was to be deleted: as long
 * as it stays disabled it counts as gone. ids_load_disabled sets ID_DISABLED. */
enum ma_status ids_disabled(const char *folder, const char *id, struct ma_error *err);
enum ma_status ids_load_disabled(struct ids *ids, const char *folder,
                                 struct ma_error *err);
/* Removes every file of ids in the folder but those of these generations (or NULL). */
void ids_clean(const char *folder, const char *keep, const char *keep_too);
/* The newest complete file; false: none. */
bool ids_newest(const char *folder, char *generation, size_t capacity);

#endif
