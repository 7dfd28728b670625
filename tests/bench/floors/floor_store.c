/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What the parts of a run would cost without an engine:
 *
 *   floor_store read FILE          cuts the LDIF into values
 *   floor_store import FILE DIR    the same, and stores each entry: a canonical row and
 * an index of six hashes, 5 000 in a durable transaction floor_store again FILE DIR the
 * same, found by anchor and compared where it lies floor_store sync DIR           each
 * row decoded, a scope, a join by the index, 100 flows; what comes of it compared, and
 * written if new floor_store export FILE OUT    each entry written to a file, 1 000 in a
 * durable batch
 *
 * No schema, no names, no references, no history, no pending changes: a bound, not a
 * rival.
 */

#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "ldif.h"

enum { BATCH = 5000, EXPORT_BATCH = 1000, KEYS = 6, ROW = 2 << 20, FLOWS = 100 };

static const char *const key_names[KEYS] = {
    "objectGUID", "dn", "mail", "sAMAccountName", "userPrincipalName", "mailNickname"};

static struct ldif ldif;
static MDB_env *env;
static MDB_dbi rows;
static MDB_dbi hashes;
static MDB_dbi results;
static MDB_dbi links;

static void check(int rc, const char *what)
{
    if (rc == 0)
        return;
    fprintf(stderr, "floor_store: %s: %s\n", what, mdb_strerror(rc));
    exit(1);
}

/* --- the store -------------------------------------------------------------------- */

static void open_store(const char *folder)
{
    const unsigned index =
        MDB_CREATE | MDB_INTEGERKEY | MDB_DUPSORT | MDB_DUPFIXED | MDB_INTEGERDUP;
    MDB_txn *txn;

    (void)mkdir(folder, 0700); /* it may be there */
    check(mdb_env_create(&env), "create");
    check(mdb_env_set_maxdbs(env, 4), "maxdbs");
    check(mdb_env_set_mapsize(env, (size_t)64 << 30), "mapsize");
    check(mdb_env_open(env, folder, 0, 0600), folder);
    check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
    check(mdb_dbi_open(txn, "rows", MDB_CREATE | MDB_INTEGERKEY, &rows), "rows");
    check(mdb_dbi_open(txn, "hashes", index, &hashes), "hashes");
    check(mdb_dbi_open(txn, "results", MDB_CREATE | MDB_INTEGERKEY, &results), "results");
    check(mdb_dbi_open(txn, "links", MDB_CREATE | MDB_INTEGERKEY, &links), "links");
    check(mdb_txn_commit(txn), "commit");
}

static MDB_val number(const uint64_t *n)
{
    return (MDB_val){sizeof *n, (void *)(uintptr_t)n};
}

struct hash {
    uint64_t hash;
    uint64_t id;
};

static struct hash pending[BATCH * KEYS];
static size_t pending_count;

static int by_hash(const void *a, const void *b)
{
    const struct hash *x = a;
    const struct hash *y = b;

    return (x->hash > y->hash) - (x->hash < y->hash);
}

static void commit(MDB_txn *txn)
{
    qsort(pending, pending_count, sizeof *pending, by_hash);
    for (size_t i = 0; i < pending_count; i++) {
        MDB_val key = number(&pending[i].hash);
        MDB_val value = number(&pending[i].id);

        check(mdb_put(txn, hashes, &key, &value, 0), "index");
    }
    pending_count = 0;
    check(mdb_txn_commit(txn), "commit");
}

/* --- rows: u16 count, then of each value u16 name, u32 length, bytes -------------- */

static unsigned char row[ROW];
static size_t row_length;

static struct text names[512];
static size_t name_count;

static uint16_t name_number(struct text name)
{
    for (size_t i = 0; i < name_count; i++)
        if (names[i].length == name.length &&
            memcmp(names[i].at, name.at, name.length) == 0)
            return (uint16_t)i;
    if (name_count == 512)
        exit(1);
    names[name_count] = name;
    return (uint16_t)name_count++;
}

struct field {
    uint16_t name;
    struct text value;
};

static int by_field(const void *a, const void *b)
{
    const struct field *x = a;
    const struct field *y = b;
    size_t least = x->value.length < y->value.length ? x->value.length : y->value.length;
    int order = (x->name > y->name) - (x->name < y->name);

    if (order == 0)
        order = memcmp(x->value.at, y->value.at, least);
    return order != 0 ? order
                      : (x->value.length > y->value.length) -
                            (x->value.length < y->value.length);
}

static void add_bytes(const void *bytes, size_t length)
{
    if (row_length + length > ROW)
        exit(1);
    memcpy(row + row_length, bytes, length);
    row_length += length;
}

static void add_field(const struct field *field)
{
    uint32_t length = (uint32_t)field->value.length;

    add_bytes(&field->name, sizeof field->name);
    add_bytes(&length, sizeof length);
    add_bytes(field->value.at, field->value.length);
}

static void encode(void)
{
    static struct field fields[MOST_VALUES];
    uint16_t count = (uint16_t)ldif.count;

    for (size_t i = 0; i < ldif.count; i++)
        fields[i] = (struct field){name_number(ldif.pairs[i].name), ldif.pairs[i].value};
    qsort(fields, ldif.count, sizeof *fields, by_field);
    row_length = 0;
    add_bytes(&count, sizeof count);
    for (size_t i = 0; i < ldif.count; i++)
        add_field(&fields[i]);
}

static size_t decode(const unsigned char *at, struct field *out)
{
    uint16_t count;

    memcpy(&count, at, sizeof count);
    at += sizeof count;
    for (size_t i = 0; i < count; i++) {
        uint32_t length;

        memcpy(&out[i].name, at, 2);
        memcpy(&length, at + 2, 4);
        out[i].value = (struct text){(const char *)at + 6, length};
        at += 6 + length;
    }
    return count;
}

static uint64_t hash_of(size_t key, struct text value)
{
    return XXH3_64bits_withSeed(value.at, value.length, key + 1);
}

/* --- import ----------------------------------------------------------------------- */

static uint64_t read_all(const char *path)
{
    uint64_t values = 0;

    ldif_open(&ldif, path);
    while (ldif_next(&ldif))
        values += ldif.count;
    return values;
}

static void store_one(MDB_txn *txn, uint64_t id)
{
    MDB_val key = number(&id);
    MDB_val value;

    encode();
    value = (MDB_val){row_length, row};
    check(mdb_put(txn, rows, &key, &value, MDB_APPEND), "row");
    for (size_t k = 0; k < KEYS; k++) {
        struct text text = ldif_value(&ldif, key_names[k]);

        if (text.length > 0)
            pending[pending_count++] = (struct hash){hash_of(k, text), id};
    }
}

static uint64_t import(const char *path, const char *folder)
{
    uint64_t id = 0;
    MDB_txn *txn;

    open_store(folder);
    ldif_open(&ldif, path);
    check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
    while (ldif_next(&ldif)) {
        store_one(txn, ++id);
        if (id % BATCH == 0) {
            commit(txn);
            check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
        }
    }
    commit(txn);
    return id;
}

static uint64_t again(const char *path, const char *folder)
{
    uint64_t same = 0;
    MDB_txn *txn;

    open_store(folder);
    ldif_open(&ldif, path);
    check(mdb_txn_begin(env, NULL, MDB_RDONLY, &txn), "begin");
    while (ldif_next(&ldif)) {
        uint64_t hash = hash_of(0, ldif_value(&ldif, key_names[0]));
        MDB_val key = number(&hash);
        MDB_val id;
        MDB_val value;

        encode();
        if (mdb_get(txn, hashes, &key, &id) == 0 &&
            mdb_get(txn, rows, &id, &value) == 0 && value.mv_size == row_length)
            same += memcmp(value.mv_data, row, row_length) == 0;
    }
    mdb_txn_abort(txn);
    return same;
}

/* --- synchronisation -------------------------------------------------------------- */

static struct text trimmed(struct text text)
{
    while (text.length > 0 && *text.at == ' ')
        text = (struct text){text.at + 1, text.length - 1};
    while (text.length > 0 && text.at[text.length - 1] == ' ')
        text.length--;
    return text;
}

/* Of a hundred flows, 60 copy and 40 look at the value; they give what there is. */
static void flow(const struct field *fields, size_t count)
{
    uint16_t given = FLOWS;

    row_length = 0;
    add_bytes(&given, sizeof given);
    for (size_t i = 0; i < FLOWS; i++) {
        const struct field *from = &fields[i % count];
        struct field to = {(uint16_t)i, from->value};

        if (to.value.length > 64)
            to.value.length = 64;
        if (i >= 60)
            to.value = trimmed(to.value);
        add_field(&to);
    }
}

static bool in_scope(const struct field *fields, size_t count)
{
    return count > 2 && fields[0].value.length > 0;
}

static void join(MDB_txn *txn, const struct field *fields)
{
    uint64_t hash = hash_of(2, fields[1].value);
    MDB_val key = number(&hash);
    MDB_val found;

    (void)mdb_get(txn, hashes, &key, &found);
}

static bool write_result(MDB_txn *txn, uint64_t id)
{
    MDB_val key = number(&id);
    MDB_val there;
    MDB_val value = {row_length, row};

    if (mdb_get(txn, results, &key, &there) == 0 && there.mv_size == row_length &&
        memcmp(there.mv_data, row, row_length) == 0)
        return false;
    check(mdb_put(txn, results, &key, &value, 0), "result");
    value = number(&id);
    check(mdb_put(txn, links, &key, &value, 0), "link");
    pending[pending_count++] = (struct hash){XXH3_64bits_withSeed(row, 64, 77), id};
    return true;
}

static uint64_t sync_all(const char *folder)
{
    static struct field fields[MOST_VALUES];
    uint64_t written = 0;
    bool more = true;

    open_store(folder);
    for (uint64_t id = 1; more;) {
        MDB_txn *txn;

        check(mdb_txn_begin(env, NULL, 0, &txn), "begin");
        for (size_t i = 0; more && i < BATCH; i++, id++) {
            MDB_val key = number(&id);
            MDB_val value;
            size_t count;

            more = mdb_get(txn, rows, &key, &value) == 0;
            count = more ? decode(value.mv_data, fields) : 0;
            if (!in_scope(fields, count))
                continue;
            join(txn, fields);
            flow(fields, count);
            written += write_result(txn, id);
        }
        commit(txn);
    }
    return written;
}

/* --- export ----------------------------------------------------------------------- */

static uint64_t export_all(const char *path, const char *to)
{
    FILE *out = fopen(to, "w");
    uint64_t count = 0;

    if (out == NULL)
        exit(1);
    ldif_open(&ldif, path);
    while (ldif_next(&ldif)) {
        fwrite(ldif.begin, 1, (size_t)(ldif.at - ldif.begin), out);
        fputc('\n', out);
        if (++count % EXPORT_BATCH == 0 &&
            (fflush(out) != 0 || fdatasync(fileno(out)) != 0))
            exit(1);
    }
    if (fflush(out) != 0 || fdatasync(fileno(out)) != 0 || fclose(out) != 0)
        exit(1);
    return count;
}

int main(int argc, char **argv)
{
    const char *what = argc > 2 ? argv[1] : "";
    uint64_t count;

    if (strcmp(what, "read") == 0)
        count = read_all(argv[2]);
    else if (strcmp(what, "sync") == 0)
        count = sync_all(argv[2]);
    else if (argc == 4 && strcmp(what, "import") == 0)
        count = import(argv[2], argv[3]);
    else if (argc == 4 && strcmp(what, "again") == 0)
        count = again(argv[2], argv[3]);
    else if (argc == 4 && strcmp(what, "export") == 0)
        count = export_all(argv[2], argv[3]);
    else {
        fputs("usage: floor_store read|import|again|sync|export ...\n", stderr);
        return 2;
    }
    printf("%llu\n", (unsigned long long)count);
    return 0;
}
