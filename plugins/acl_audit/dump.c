/* SPDX-License-Identifier: Apache-2.0 */
#include "dump.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>

#include "dump_entry.h"
#include "dump_ldif.h"
#include "sddl.h"
#include "support/dn.h"
#include "support/guid.h"
#include "support/sid.h"

/* What an audit reads, and what a text stands for. */
enum kept_as { AS_IS, AS_SID, AS_GUID, AS_SDDL };

static const struct kept {
    const char *name;
    enum kept_as as;
} kept[] = {
    {"adminCount", AS_IS},
    {"attributeSecurityGUID", AS_GUID},
    {"auxiliaryClass", AS_IS},
    {"cn", AS_IS},
    {"distinguishedName", AS_IS},
    {"dSHeuristics", AS_IS},
    {"groupType", AS_IS},
    {"lDAPDisplayName", AS_IS},
    {"linkID", AS_IS},
    {"mayContain", AS_IS},
    {"member", AS_IS},
    {"memberOf", AS_IS},
    {"mustContain", AS_IS},
    {"nCName", AS_IS},
    {"nETBIOSName", AS_IS},
    {"nTSecurityDescriptor", AS_SDDL},
    {"objectClass", AS_IS},
    {"objectSid", AS_SID},
    {"primaryGroupID", AS_IS},
    {"rightsGuid", AS_IS},
    {"sAMAccountName", AS_IS},
    {"schemaIDGUID", AS_GUID},
    {"sIDHistory", AS_SID},
    {"subClassOf", AS_IS},
    {"systemAuxiliaryClass", AS_IS},
    {"systemFlags", AS_IS},
    {"systemMayContain", AS_IS},
    {"systemMustContain", AS_IS},
    {"systemOnly", AS_IS},
    {"tokenGroups", AS_SID},
    {"userAccountControl", AS_IS},
    {"userPrincipalName", AS_IS},
    {"validAccesses", AS_IS},
};

static const struct kept *kept_of(const char *name, size_t length)
{
    size_t i;

    for (i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strncasecmp(kept[i].name, name, length) == 0 && kept[i].name[length] == '\0')
            return &kept[i];
    return NULL;
}

bool dump_keeps(const char *attribute, size_t length)
{
    return kept_of(attribute, length) != NULL;
}

/* --- entries ---------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct dump_entry *)a)->key,
                  ((const struct dump_entry *)b)->key);
}

struct dump_entry *dump_by_key(const struct dump *dump, const char *key)
{
    struct dump_entry like = {.key = key};
    void *found = tfind(&like, &dump->tree, compare);

    return found == NULL ? NULL : *(struct dump_entry **)found;
}

struct dump_entry *dump_by_dn(const struct dump *dump, const char *dn)
{
    struct pool pool = {0};
    struct dump_entry *found = dump_by_key(dump, dn_fold(&pool, dn));

    pool_free(&pool);
    return found;
}

bool dump_has(const struct dump *dump, const char *dn)
{
    return dump_by_dn(dump, dn) != NULL;
}

const struct answer_attribute *dump_attribute(const struct dump_entry *entry,
                                              const char *name)
{
    const struct answer like = {.attributes = entry->attributes, .count = entry->count};

    return answer_find(&like, name);
}

/* An object that was dumped twice, by two searches: the first has the word. */
static bool merge(struct dump *dump, struct dump_entry *known,
                  const struct dump_entry *entry)
{
    struct answer_attribute *all =
        pool_alloc(&dump->pool, (known->count + entry->count) * sizeof *all);
    size_t count = known->count;
    size_t i;

    if (all == NULL)
        return false;
    if (count > 0)
        memcpy(all, known->attributes, count * sizeof *all);
    for (i = 0; i < entry->count; i++)
        if (dump_attribute(known, entry->attributes[i].name) == NULL)
            all[count++] = entry->attributes[i];
    known->attributes = all;
    known->count = count;
    return true;
}

static bool add_new(struct dump *dump, const struct dump_entry *entry, const char *key)
{
    struct dump_entry *copy = pool_alloc(&dump->pool, sizeof *copy);
    struct dump_entry **grown = pool_grow(&dump->pool, dump->entries, dump->count,
                                          &dump->capacity, sizeof(struct dump_entry *));

    if (copy == NULL || grown == NULL)
        return false;
    *copy = *entry;
    copy->key = key;
    dump->entries = grown;
    grown[dump->count++] = copy;
    return tsearch(copy, &dump->tree, compare) != NULL;
}

enum ma_status dump_add(struct dump *dump, const struct dump_entry *entry,
                        struct ma_error *err)
{
    const char *key = dn_fold(&dump->pool, entry->dn);
    struct dump_entry *known = dump_by_key(dump, key);
    bool good = !dump->pool.failed &&
                (known == NULL ? add_new(dump, entry, key) : merge(dump, known, entry));

    return good ? MA_OK : ma_fail(err, MA_NO_MEMORY, "no memory for a dump");
}

enum ma_status dump_load(struct dump *dump, const char *file, struct ma_error *err)
{
    FILE *in = fopen(file, "re");
    enum ma_status status;

    if (in == NULL)
        return ma_fail(err, MA_NOT_FOUND, "%s: %s", file, strerror(errno));
    status = dump_ldif_read(dump, in, pool_text(&dump->pool, file, strlen(file)), err);
    (void)fclose(in);
    return status;
}

/* --- texts that stand for bytes --------------------------------------------------- */

bool dump_is_class(const struct dump_entry *entry, const char *name)
{
    const struct answer_attribute *found = dump_attribute(entry, "objectClass");
    size_t i;

    for (i = 0; found != NULL && i < found->count; i++)
        if (strcasecmp(found->values[i].data, name) == 0)
            return true;
    return false;
}

static bool is_head(const struct dump_entry *entry)
{
    return dump_is_class(entry, "domainDNS") || dump_is_class(entry, "domain");
}

const char *dump_domain(const struct dump *dump, const char *dn)
{
    for (; dn[0] != '\0'; dn = dn_parent(dn)) {
        const struct dump_entry *entry = dump_by_dn(dump, dn);

        if (entry != NULL && is_head(entry))
            return entry->dn;
    }
    return NULL;
}

bool dump_is_domain(const struct dump *dump, const char *dn)
{
    const struct dump_entry *entry =
        strncasecmp(dn, "DC=", 3) != 0 ? NULL : dump_by_dn(dump, dn);

    return entry != NULL && is_head(entry);
}

static const unsigned char *sid_of(const struct dump *dump, const char *dn)
{
    const struct dump_entry *entry = dn == NULL ? NULL : dump_by_dn(dump, dn);
    const struct answer_attribute *found =
        entry == NULL ? NULL : dump_attribute(entry, "objectSid");

    if (found == NULL || found->count == 0 ||
        sid_length((const unsigned char *)found->values[0].data,
                   found->values[0].length) == 0)
        return NULL;
    return (const unsigned char *)found->values[0].data;
}

/* The root of the forest is the head with the shortest name. */
const char *dump_root(const struct dump *dump)
{
    const char *root = NULL;
    size_t i;

    for (i = 0; i < dump->count; i++)
        if (is_head(dump->entries[i]) &&
            (root == NULL || strlen(dump->entries[i]->dn) < strlen(root)))
            root = dump->entries[i]->dn;
    return root;
}

struct turning {
    struct dump *dump;
    const struct dump_entry *entry;
    const unsigned char *root;
    struct ma_error *err;
};

static void turn_sid(const struct turning *in, struct ma_value *value)
{
    unsigned char sid[SID_MOST];
    size_t length;

    if (strncmp(value->data, "S-1-", 4) == 0 &&
        sid_parse(value->data, value->length, sid) == value->length) {
        length = sid_size(sid);
        *value = pool_value(&in->dump->pool, sid, length);
    }
}

static void turn_guid(const struct turning *in, struct ma_value *value)
{
    unsigned char guid[GUID_SIZE];

    if (guid_read(value->data, value->length, guid))
        *value = pool_value(&in->dump->pool, guid, GUID_SIZE);
}

/* The bytes of a descriptor begin with its revision, 1; a text with a letter. */
static enum ma_status turn_sddl(const struct turning *in, struct ma_value *value)
{
    const struct dump_entry *entry = in->entry;
    const struct sddl_domains domains = {
        sid_of(in->dump, dump_domain(in->dump, entry->dn)), in->root};
    struct bytes out = {0};
    struct ma_error why = {0};
    enum ma_status status;

    if (value->length == 0 || strchr("OGDS", value->data[0]) == NULL)
        return MA_OK;
    status = sddl_parse(value->data, &domains, &out, &why);
    if (status == MA_OK)
        *value = pool_value(&in->dump->pool, out.at, out.length);
    bytes_free(&out);
    return status == MA_OK ? MA_OK
                           : ma_fail(in->err, status, "%s:%lu: %s: %s", entry->file,
                                     entry->line, entry->dn, why.text);
}

static enum ma_status turn(const struct turning *in, enum kept_as as)
{
    struct answer_attribute *attributes = in->entry->attributes;
    enum ma_status status = MA_OK;
    size_t i;
    size_t j;

    for (i = 0; i < in->entry->count && status == MA_OK; i++) {
        struct ma_value *values = (void *)(uintptr_t)attributes[i].values;

        if (kept_of(attributes[i].name, strlen(attributes[i].name))->as != as)
            continue;
        for (j = 0; j < attributes[i].count && status == MA_OK; j++) {
            if (as == AS_SID)
                turn_sid(in, &values[j]);
            else if (as == AS_GUID)
                turn_guid(in, &values[j]);
            else
                status = turn_sddl(in, &values[j]);
        }
    }
    return status;
}

/* SIDs first: the aliases of SDDL are relative to them. */
enum ma_status dump_ready(struct dump *dump, struct ma_error *err)
{
    struct turning in = {.dump = dump, .err = err};
    enum ma_status status = MA_OK;
    size_t i;

    for (i = 0; i < dump->count && status == MA_OK; i++) {
        in.entry = dump->entries[i];
        status = turn(&in, AS_SID);
        if (status == MA_OK)
            status = turn(&in, AS_GUID);
    }
    in.root = sid_of(dump, dump_root(dump));
    for (i = 0; i < dump->count && status == MA_OK; i++) {
        in.entry = dump->entries[i];
        status = turn(&in, AS_SDDL);
    }
    if (status == MA_OK && dump->pool.failed)
        return ma_fail(err, MA_NO_MEMORY, "no memory for a dump");
    return status;
}

/* --- beginning and end ------------------------------------------------------------ */

void dump_begin(struct dump *dump, const char *folder)
{
    *dump = (struct dump){.origin = {dump_search, dump_read, true}};
    if (folder != NULL)
        pool_begin_on_disk(&dump->pool, folder);
}

static void keep(void *node)
{
    (void)node; /* it lives in the pool */
}

void dump_end(struct dump *dump)
{
    tdestroy(dump->tree, keep);
    pool_free(&dump->pool);
    *dump = (struct dump){.count = 0};
}
