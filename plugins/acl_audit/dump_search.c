/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "dump_entry.h"
#include "places.h"
#include "support/dn.h"

static bool has_dn(const struct answer_attribute *attribute, const char *folded)
{
    size_t i;

    for (i = 0; attribute != NULL && i < attribute->count; i++)
        if (dn_is(attribute->values[i].data, folded))
            return true;
    return false;
}

static const char *other_end(const char *attribute)
{
    if (strcasecmp(attribute, "member") == 0)
        return "memberOf";
    return strcasecmp(attribute, "memberOf") == 0 ? "member" : NULL;
}

/* An assertion, ready to be asked of every entry. */
struct test {
    const struct origin_term *term;
    const char *folded;               /* of a DN; NULL: it is none */
    const struct dump_entry **linked; /* sorted: whom the other end names */
    size_t count;
};

static int by_address(const void *a, const void *b)
{
    const struct dump_entry *left = *(const struct dump_entry *const *)a;
    const struct dump_entry *right = *(const struct dump_entry *const *)b;

    return left < right ? -1 : left > right;
}

static void link_other_end(const struct dump *dump, const char *attribute,
                           struct pool *pool, struct test *test)
{
    const struct dump_entry *there = dump_by_key(dump, test->folded);
    const struct answer_attribute *names =
        there == NULL ? NULL : dump_attribute(there, attribute);
    size_t i;

    if (names == NULL)
        return;
    test->linked = pool_alloc(pool, names->count * sizeof *test->linked);
    for (i = 0; test->linked != NULL && i < names->count; i++) {
        const struct dump_entry *found = dump_by_dn(dump, names->values[i].data);

        if (found != NULL)
            test->linked[test->count++] = found;
    }
    if (test->count > 0)
        qsort(test->linked, test->count, sizeof *test->linked, by_address);
}

static struct test *prepare(const struct dump *dump, const struct origin_query *query,
                            struct pool *pool)
{
    struct test *tests = pool_alloc(pool, (query->count + 1) * sizeof *tests);
    size_t i;

    for (i = 0; tests != NULL && i < query->count; i++) {
        const struct origin_term *term = &query->terms[i];
        const char *other = other_end(term->attribute);

        tests[i] = (struct test){.term = term};
        if (other == NULL && strcasecmp(term->attribute, "distinguishedName") != 0)
            continue;
        tests[i].folded = dn_fold(pool, term->data);
        if (other != NULL)
            link_other_end(dump, other, pool, &tests[i]);
    }
    return tests;
}

/* Bytes as they are, texts in any case. */
static bool is_equal(const struct ma_value *value, const struct origin_term *term)
{
    if (value->length != term->length)
        return false;
    return memcmp(value->data, term->data, term->length) == 0 ||
           (memchr(term->data, '\0', term->length) == NULL &&
            strncasecmp(value->data, term->data, term->length) == 0);
}

static bool holds_value(const struct dump_entry *entry, const struct origin_term *term)
{
    const struct answer_attribute *found = dump_attribute(entry, term->attribute);
    size_t i;

    for (i = 0; found != NULL && i < found->count; i++)
        if (is_equal(&found->values[i], term))
            return true;
    return false;
}

static bool holds(const struct test *test, const struct dump_entry *entry)
{
    if (test->folded == NULL)
        return holds_value(entry, test->term);
    if (strcasecmp(test->term->attribute, "distinguishedName") == 0)
        return strcmp(entry->key, test->folded) == 0;
    return has_dn(dump_attribute(entry, test->term->attribute), test->folded) ||
           (test->count > 0 && bsearch(&entry, test->linked, test->count,
                                       sizeof *test->linked, by_address) != NULL);
}

static bool is_wanted(const struct origin_query *query, const struct test *tests,
                      const char *base, const struct dump_entry *entry)
{
    const char *const *name = query->classes;
    size_t i;

    /* a domain ends where another begins, as it does for a domain controller */
    if (base[0] != '\0' &&
        (!dn_is_under(entry->key, base) ||
         strcmp(places_domain_part(entry->key), places_domain_part(base)) != 0))
        return false;
    if (query->one_level && base[0] != '\0' && strcmp(dn_parent(entry->key), base) != 0)
        return false;
    while (name != NULL && *name != NULL && !dump_is_class(entry, *name))
        name++;
    if (name != NULL && *name == NULL)
        return false;
    for (i = 0; i < query->count; i++)
        if (holds(&tests[i], entry))
            return true;
    return query->count == 0;
}

static enum ma_status give(struct dump *dump, const struct dump_entry *entry,
                           size_t index, const struct origin_taker *taker,
                           struct ma_error *err)
{
    dump->answer = (struct answer){
        .dn = entry->dn, .attributes = entry->attributes, .count = entry->count};
    return taker->entry(taker->context, index, &dump->answer, err);
}

enum ma_status dump_search(struct origin *origin, const struct origin_query *query,
                           const struct origin_taker *taker, struct ma_error *err)
{
    struct dump *dump = (struct dump *)origin;
    struct pool pool = {0};
    const char *base = dn_fold(&pool, query->base);
    const struct test *tests = prepare(dump, query, &pool);
    enum ma_status status =
        pool.failed ? ma_fail(err, MA_NO_MEMORY, "no memory for a search") : MA_OK;
    size_t index = 0;
    size_t i;

    for (i = 0; i < dump->count && status == MA_OK; i++)
        if (is_wanted(query, tests, base, dump->entries[i]))
            status = give(dump, dump->entries[i], index++, taker, err);
    pool_free(&pool);
    return status;
}

enum ma_status dump_read(struct origin *origin, const char *const *dns, size_t count,
                         const char *const *attributes, const struct origin_taker *taker,
                         struct ma_error *err)
{
    struct dump *dump = (struct dump *)origin;
    enum ma_status status = MA_OK;
    size_t i;

    (void)attributes;
    for (i = 0; i < count && status == MA_OK; i++) {
        const struct dump_entry *entry = dump_by_dn(dump, dns[i]);

        if (entry != NULL)
            status = give(dump, entry, i, taker, err);
    }
    return status;
}
