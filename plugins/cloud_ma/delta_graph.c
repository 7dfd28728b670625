/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Delta imports of Graph: a round of changes for each class. A round may tell of a new
 * object before every replica knows it; who cannot be read yet is remembered in the
 * watermark and asked for again by the next rounds.
 */

#include "delta.h"

#include <stdlib.h>

#include "fetch.h"
#include "graph.h"
#include "reply.h"

enum { ROUNDS = 3 };

/* --- new objects that could not be read yet --------------------------------------- */

struct late {
    unsigned char class;
    unsigned rounds; /* that asked for it in vain */
};

static struct late late_of(const struct import *im, const char *id)
{
    const json_t *one = json_object_get(im->late, id);

    return (struct late){
        .class = (unsigned char)json_integer_value(json_array_get(one, 0)),
        .rounds = (unsigned)json_integer_value(json_array_get(one, 1)),
    };
}

static void put_late(struct import *im, const char *id, unsigned class, unsigned rounds)
{
    if (im->late == NULL)
        im->late = json_object();
    (void)json_object_set_new(im->late, id, json_pack("[i, i]", (int)class, (int)rounds));
}

void delta_put_late(const struct import *im, struct bytes *mark)
{
    const char *id;
    json_t *one;

    json_object_foreach(im->late, id, one)
    {
        struct late late = late_of(im, id);
        char line[300];

        snprintf(line, sizeof line, "\n? %u %u %s", late.class, late.rounds, id);
        bytes_text(mark, line);
    }
}

/* --- what the watermark says ------------------------------------------------------ */

/* The line behind the one at *at; false: there is none. */
static bool next_line(const char **at, const char *end, size_t *length)
{
    const char *line = memchr(*at, '\n', (size_t)(end - *at));
    const char *stop;

    if (line == NULL)
        return false;
    *at = line + 1;
    stop = memchr(*at, '\n', (size_t)(end - *at));
    *length = (size_t)((stop == NULL ? end : stop) - *at);
    return true;
}

static enum ma_status read_links(struct import *im, struct ma_error *err)
{
    const char *at = im->req->watermark.data;
    const char *end = at + im->req->watermark.length;
    size_t length;

    for (size_t i = 0; i < im->s->mapping.count; i++) {
        if (!next_line(&at, end, &length))
            return ma_fail(err, MA_FULL_NEEDED, "the last import was one of SCIM");
        if (*at != '-' && (im->links[i] = strndup(at, length)) == NULL)
            return ma_fail(err, MA_NO_MEMORY, "out of memory");
    }
    while (next_line(&at, end, &length)) {
        unsigned class, rounds;
        char id[256];

        if (length < sizeof id + 10 &&
            sscanf(at, "? %u %u %255s", &class, &rounds, id) == 3 &&
            class < im->s->mapping.count)
            put_late(im, id, class, rounds);
    }
    return MA_OK;
}

static enum ma_status give_change(struct import *im, const struct mapped_class *class,
                                  const char *id, const json_t *change,
                                  struct ma_error *err)
{
    struct session *s = im->s;
    struct id *known = ids_find(&s->ids, id);
    struct ma_entry entry = {.size = sizeof entry, .object_type = class->name};
    const char *dn = mapping_dn(class, change, &im->pool);
    bool names = path_find(&class->dn_path, change) != NULL;

    entry.anchor = ma_value_of(mapping_anchor(class, id, &im->pool));
    entry.dn = pool_text(&im->pool, known->dn, strlen(known->dn));
    if (graph_entry(s, class, change, im->req->attributes, &im->pool, &entry, err) !=
        MA_OK)
        return err->status;
    known = ids_find(&s->ids, id); /* the table may have moved */
    import_synced(known, json_object_get(change, "onPremisesSyncEnabled"));
    if (entry.change == MA_DELETE)
        known->flags |= ID_GONE;
    else if (names && dn != NULL && strcmp(dn, known->dn) != 0) {
        entry.new_dn = dn;
        (void)ids_put(&s->ids, class_number(s, class), id, dn);
    }
    return s->host->emit(s->host, &entry, err);
}

/* --- what is new ------------------------------------------------------------------ */

static enum ma_status found_or_late(void *context, const struct mapped_class *class,
                                    const char *id, json_t *resource,
                                    struct ma_error *err)
{
    struct import *im = context;
    struct late one = late_of(im, id);

    if (resource != NULL) {
        (void)json_object_del(im->late, id);
        return import_found(im, class, id, resource, err);
    }
    if (one.rounds + 1 < ROUNDS)
        put_late(im, id, class_number(im->s, class), one.rounds + 1);
    else if (json_object_del(im->late, id) == 0)
        im->s->host->log(im->s->host, MA_LOG_WARNING,
                         "%s/%s was made, and cannot be read after %d imports: a full "
                         "import will show whether it is there",
                         class->endpoint, id, ROUNDS);
    return MA_OK;
}

/* Those of earlier rounds that no round has shown since. */
static enum ma_status ask_late(struct import *im, const json_t *before,
                               struct ma_error *err)
{
    enum ma_status status = MA_OK;
    const char *id;
    json_t *value;

    json_object_foreach((json_t *)before, id, value)
    {
        struct wanted wanted = {late_of(im, id).class, id};
        const struct id *known = ids_find(&im->s->ids, id);

        if (status == MA_OK && (known == NULL || (known->flags & ID_EMITTED) == 0) &&
            json_object_get(im->late, id) != NULL)
            status = fetch_all(im->s, &wanted, 1, found_or_late, im, err);
    }
    return status;
}

/* What is new is read whole, all of it at once; a delete of what nobody knew is none. */
static enum ma_status give_round(struct import *im, const struct mapped_class *class,
                                 json_t *changes, struct ma_error *err)
{
    struct session *s = im->s;
    struct wanted *new = calloc(json_object_size(changes) + 1, sizeof *new);
    size_t count = 0;
    enum ma_status status =
        new == NULL ? ma_fail(err, MA_NO_MEMORY, "out of memory") : MA_OK;
    const char *id;
    json_t *change;

    json_object_foreach(changes, id, change)
    {
        const struct id *known = ids_find(&s->ids, id);

        if (status != MA_OK)
            break;
        pool_reset(&im->pool);
        if (known != NULL && (known->flags & ID_KNOWN) != 0)
            status = give_change(im, class, id, change, err);
        else if (json_object_get(change, "@removed") != NULL)
            (void)json_object_del(im->late, id);
        else
            new[count++] = (struct wanted){class_number(s, class), id};
    }
    if (status == MA_OK)
        status = fetch_all(s, new, count, found_or_late, im, err);
    free(new);
    return status;
}

static enum ma_status all_rounds(struct import *im, struct ma_error *err)
{
    const struct mapping *m = &im->s->mapping;
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < m->count && status == MA_OK; i++) {
        json_t *changes = NULL;

        if (im->links[i] == NULL)
            continue;
        status = graph_round(im->s, &im->links[i], &changes, err);
        if (status == MA_OK)
            status = give_round(im, &m->classes[i], changes, err);
        json_decref(changes);
    }
    return status;
}

enum ma_status delta_graph(struct import *im, struct ma_error *err)
{
    json_t *before;
    enum ma_status status;

    if (delta_mark(im, err) != MA_OK || delta_known(im, err) != MA_OK ||
        read_links(im, err) != MA_OK)
        return err->status;
    before = json_deep_copy(im->late);
    status = all_rounds(im, err);
    if (status == MA_OK)
        status = ask_late(im, before, err);
    json_decref(before);
    return status == MA_OK ? import_finish(im, ID_KNOWN | ID_EMITTED, err) : status;
}
