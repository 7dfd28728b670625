/* SPDX-License-Identifier: Apache-2.0 */
#ifndef STORE_BACKEND_H
#define STORE_BACKEND_H

#include "store/overlay.h"

/*
 * What lies below the batches: one folder with data, snapshots of it for reading, and a
 * way to apply an overlay as a whole. One implementation is linked: store/lmdb/. Knows
 * tables and bytes, nothing of what they mean.
 */
struct backend;
struct snapshot;

/* MA_CONFLICT: this process has the folder open already.
 * MA_NOT_FOUND: read_only, and there is nothing. */
enum ma_status backend_open(struct backend **out, const char *folder,
                            const struct store_options *options, struct ma_error *err);
void backend_close(struct backend *backend);
const char *backend_folder(const struct backend *backend);
enum store_trouble backend_trouble(const struct backend *backend);

/*
 * Everything or nothing, durable on return. Snapshots see it when they are taken anew.
 * MA_CONFLICT: another process changed one of these rows since `base`, the snapshot that
 * they were thought out with, was taken; a base that is not held knows of nothing to
 * compare with. A name never takes the number of another one.
 */
enum ma_status backend_apply(struct backend *backend, const struct overlay *overlay,
                             const struct snapshot *base, struct ma_error *err);
/* The same for who may not move the map, as somebody else reads in it: MA_LIMIT where it
 * is too small. */
enum ma_status backend_apply_in_place(struct backend *backend,
                                      const struct overlay *overlay,
                                      const struct snapshot *base, struct ma_error *err);
enum ma_status backend_statistics(struct backend *backend, struct store_stats *out,
                                  struct ma_error *err);
enum ma_status backend_backup(struct backend *backend, const char *folder,
                              struct ma_error *err);

/* A view of one commit. Reads take it where it is not held; bytes read from it live until
 * it is given back. */
struct snapshot *snapshot_new(struct backend *backend);
void snapshot_free(struct snapshot *snapshot);
enum ma_status snapshot_take(struct snapshot *snapshot, struct ma_error *err);
void snapshot_release(struct snapshot *snapshot);
/* Changes whenever a snapshot was taken: what was derived from older ones is stale. */
uint64_t snapshot_number(const struct snapshot *snapshot);
/* Whether both are held, and show the same commit. */
bool snapshot_same(const struct snapshot *a, const struct snapshot *b);
/* How many commits it shows that are not this process's: where that is what it was,
 * nobody else wrote meanwhile. (May grow by a commit that only removed something.) */
uint64_t snapshot_of_others(const struct snapshot *snapshot);

enum ma_status snapshot_get(struct snapshot *snapshot, enum store_table table,
                            struct slice key, struct slice *out, struct ma_error *err);
enum ma_status snapshot_find(struct snapshot *snapshot, uint64_t hash, id_list *out,
                             struct ma_error *err);
/* Some who had the hash at the last merge, `most` at most: a guess whom to look at, from
 * a hash that a million may have. */
enum ma_status snapshot_guess(struct snapshot *snapshot, uint64_t hash, size_t most,
                              id_list *out, struct ma_error *err);

/* A place in a table. `row` is the row there; `ended`: none. */
struct walk {
    void *cursor;
    struct store_row row;
    bool ended;
};

/* At the first row whose key is not below `key`. walk_end() in any case. */
enum ma_status walk_begin(struct walk *walk, struct snapshot *snapshot,
                          enum store_table table, struct slice key, struct ma_error *err);
enum ma_status walk_next(struct walk *walk, const struct snapshot *snapshot,
                         struct ma_error *err);
void walk_end(struct walk *walk);

/* Whether the index has this very entry; costs the same however many the hash has. */
enum ma_status snapshot_has(struct snapshot *snapshot, uint64_t hash, uint64_t id,
                            bool *out, struct ma_error *err);
/* Bytes of the pages of the index that a commit writes to, about. */
uint64_t snapshot_recent_bytes(struct snapshot *snapshot);

/* The index in the order of (hash, id): up to `limit` pairs behind the given one (NULL:
 * from the start). For verification. */
struct index_pair {
    uint64_t hash;
    uint64_t id;
};
typedef VEC_OF(struct index_pair) index_pairs;
enum ma_status snapshot_index(struct snapshot *snapshot, const struct index_pair *after,
                              size_t limit, index_pairs *out, struct ma_error *err);

#endif
