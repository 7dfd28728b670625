/* SPDX-License-Identifier: Apache-2.0 */
#include "guarded.h"

#include <stdlib.h>

#include "support/dn.h"
#include "support/sid.h"

/* Who is protected, and the bit of dSHeuristics' sixteenth digit that takes it out. */
static const struct rule {
    uint32_t rid;
    bool builtin; /* of S-1-5-32, not of the domain */
    bool alone;   /* the object itself, not what is in it */
    unsigned waived;
} rules[] = {
    {544, true, false, 0},  {548, true, false, 1},  {549, true, false, 2},
    {550, true, false, 4},  {551, true, false, 8},  {552, true, false, 0},
    {512, false, false, 0}, {518, false, false, 0}, {519, false, false, 0},
    {526, false, false, 0}, {527, false, false, 0}, {516, false, true, 0},
    {521, false, true, 0},  {500, false, true, 0},  {502, false, true, 0},
};

struct collecting {
    struct origin *origin;
    const struct guarded_request *request;
    struct guarded *out;
    const char **groups; /* whose members are still to be found */
    size_t group_count;
    size_t group_capacity;
    const char *found; /* by a search for one */
};

static bool has(const struct collecting *in, const char *folded)
{
    size_t i;

    for (i = 0; i < in->out->count; i++)
        if (strcmp(in->out->dns[i], folded) == 0)
            return true;
    return false;
}

static enum ma_status no_memory(struct ma_error *err)
{
    return ma_fail(err, MA_NO_MEMORY, "no memory for the protected objects");
}

/* *news: it was not there. */
static enum ma_status add(struct collecting *in, const char *dn, bool *news,
                          struct ma_error *err)
{
    struct guarded *out = in->out;
    const char *folded = dn_fold(&out->pool, dn);
    const char **grown;

    *news = folded != NULL && !has(in, folded);
    if (!*news)
        return MA_OK;
    grown = pool_grow(&out->pool, out->dns, out->count, &out->capacity, sizeof *grown);
    if (grown == NULL)
        return no_memory(err);
    out->dns = grown;
    out->dns[out->count++] = folded;
    return MA_OK;
}

static enum ma_status add_group(struct collecting *in, const char *dn,
                                struct ma_error *err)
{
    const char **grown = pool_grow(&in->out->pool, in->groups, in->group_count,
                                   &in->group_capacity, sizeof *grown);

    if (grown == NULL)
        return no_memory(err);
    in->groups = grown;
    grown[in->group_count++] = pool_text(&in->out->pool, dn, strlen(dn));
    return MA_OK;
}

static bool is_group(const struct answer *entry)
{
    const struct answer_attribute *classes = answer_find(entry, "objectClass");
    size_t i;

    for (i = 0; classes != NULL && i < classes->count; i++)
        if (strcasecmp(classes->values[i].data, "group") == 0)
            return true;
    return false;
}

static enum ma_status take_member(void *context, size_t index, const struct answer *entry,
                                  struct ma_error *err)
{
    struct collecting *in = context;
    bool news;

    (void)index;
    if (add(in, entry->dn, &news, err) != MA_OK)
        return err->status;
    return news && is_group(entry) ? add_group(in, entry->dn, err) : MA_OK;
}

static enum ma_status find(struct collecting *in, const char *const *classes,
                           const struct origin_term *terms, size_t count,
                           const struct origin_taker *taker, struct ma_error *err)
{
    static const char *const attributes[] = {"objectClass", NULL};
    const struct origin_query query = {.base = in->request->domain,
                                       .classes = classes,
                                       .terms = terms,
                                       .count = count,
                                       .attributes = attributes};

    return in->origin->search(in->origin, &query, taker, err);
}

static bool sid_of(const struct collecting *in, const struct rule *rule,
                   unsigned char *out)
{
    static const unsigned char builtin[] = {1, 1, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0};

    return sid_with_rid(rule->builtin ? builtin : in->request->domain_sid, rule->rid,
                        out);
}

static enum ma_status take_found(void *context, size_t index, const struct answer *entry,
                                 struct ma_error *err)
{
    struct collecting *in = context;

    (void)index;
    (void)err;
    in->found = pool_text(&in->out->pool, entry->dn, strlen(entry->dn));
    return MA_OK;
}

/* Members by the attribute, or by having it as their primary group. */
static enum ma_status add_members(struct collecting *in, const char *group,
                                  const char *rid, struct ma_error *err)
{
    static const char *const classes[] = {"user", "group", NULL};
    const struct origin_taker taker = {.entry = take_member, .context = in};
    const struct origin_term terms[] = {{"memberOf", group, strlen(group)},
                                        {"primaryGroupID", rid, strlen(rid)}};

    return find(in, classes, terms, rid[0] == '\0' ? 1 : 2, &taker, err);
}

/* However deep: a group that is found is looked into, once. */
static enum ma_status add_all_below(struct collecting *in, const char *group,
                                    uint32_t rid, struct ma_error *err)
{
    char text[16];
    enum ma_status status;
    size_t i;

    (void)snprintf(text, sizeof text, "%u", (unsigned)rid);
    in->group_count = 0;
    status = add_members(in, group, text, err);
    for (i = 0; i < in->group_count && status == MA_OK; i++)
        status = add_members(in, in->groups[i], "", err);
    return status;
}

static enum ma_status add_rule(struct collecting *in, const struct rule *rule,
                               struct ma_error *err)
{
    unsigned char sid[SID_MOST];
    const struct origin_taker taker = {.entry = take_found, .context = in};
    const struct origin_term term = {"objectSid", (const char *)sid, 0};
    struct origin_term asked = term;
    bool news;

    if (!sid_of(in, rule, sid))
        return MA_OK;
    asked.length = sid_size(sid);
    in->found = NULL;
    if (find(in, NULL, &asked, 1, &taker, err) != MA_OK)
        return err->status;
    if (in->found == NULL)
        return MA_OK;
    in->out->whole |= rule->builtin && rule->rid == 544;
    if (add(in, in->found, &news, err) != MA_OK)
        return err->status;
    return rule->alone ? MA_OK : add_all_below(in, in->found, rule->rid, err);
}

static unsigned hex_value(char c)
{
    char text[2] = {c, '\0'};

    return (unsigned)strtoul(text, NULL, 16);
}

static enum ma_status take_waived(void *context, size_t index, const struct answer *entry,
                                  struct ma_error *err)
{
    struct ma_value text = origin_value(entry, "dSHeuristics");

    (void)index;
    (void)err;
    if (text.length >= 16)
        *(unsigned *)context = hex_value(text.data[15]);
    return MA_OK;
}

/* The groups that the forest takes out of the protection (MS-ADTS 6.1.1.2.4.1.2). */
static enum ma_status read_waived(struct collecting *in, unsigned *out,
                                  struct ma_error *err)
{
    static const char *const attributes[] = {"dSHeuristics", NULL};
    const struct origin_taker taker = {.entry = take_waived, .context = out};
    char base[1024];
    const char *dn = base;

    *out = 0;
    (void)snprintf(base, sizeof base, "CN=Directory Service,CN=Windows NT,CN=Services,%s",
                   in->request->configuration);
    return in->origin->read(in->origin, &dn, 1, attributes, &taker, err);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

enum ma_status guarded_read(struct origin *origin, const struct guarded_request *request,
                            struct guarded *out, struct ma_error *err)
{
    struct collecting in = {.origin = origin, .request = request, .out = out};
    unsigned waived;
    enum ma_status status = read_waived(&in, &waived, err);
    size_t i;

    for (i = 0; i < sizeof rules / sizeof *rules && status == MA_OK; i++)
        if (!(rules[i].waived & waived))
            status = add_rule(&in, &rules[i], err);
    if (status == MA_OK && out->count > 0)
        qsort(out->dns, out->count, sizeof *out->dns, by_text);
    return status;
}

bool guarded_has(const struct guarded *guarded, const char *dn)
{
    struct pool pool = {0};
    const char *folded = dn_fold(&pool, dn);
    bool found = folded != NULL && guarded->count > 0 &&
                 bsearch(&folded, guarded->dns, guarded->count, sizeof *guarded->dns,
                         by_text) != NULL;

    pool_free(&pool);
    return found;
}

void guarded_free(struct guarded *guarded)
{
    pool_free(&guarded->pool);
    *guarded = (struct guarded){.count = 0};
}
