/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/audit_matrix.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "model/dn.h"
#include "rights/audit_tally.h"

/* Remarks about what is allowed: by an entry for more than was asked. */
static const char *const too_wide[] = {"GRANT-TOO-WIDE", "NULL-DACL"};

void audit_matrix_begin(struct audit_matrix *matrix, struct arena *arena)
{
    *matrix = (struct audit_matrix){.arena = arena, .by_key = json_object()};
}

void audit_matrix_end(struct audit_matrix *matrix)
{
    for (size_t i = 0; i < matrix->cells.count; i++)
        VEC_FREE(&matrix->cells.items[i].deciders);
    VEC_FREE(&matrix->cells);
    VEC_FREE(&matrix->features);
    json_decref(matrix->by_key);
    buf_free(&matrix->last);
}

void audit_matrix_feature(struct audit_matrix *matrix, const char *name)
{
    VEC_ADD(&matrix->features, name);
    buf_clear(&matrix->last);
}

/* --- where a finding belongs ------------------------------------------------------ */

static const char *or_none(const char *text)
{
    return text == NULL ? "" : text;
}

/* A right to create, and one of a whole domain, is one of the place itself. */
static bool is_of_itself(const struct agent *agent, const struct ma_finding *finding)
{
    if (finding->attribute != NULL && strncmp(finding->attribute, "create:", 7) == 0)
        return true;
    for (size_t i = 0; i < agent->partition_count; i++)
        if (dn_equal(slice_text(agent->partitions[i].name), slice_text(finding->dn)))
            return true;
    return false;
}

static struct slice container_of(const struct agent *agent,
                                 const struct ma_finding *finding)
{
    struct slice dn = slice_text(finding->dn);

    return is_of_itself(agent, finding) ? dn : dn_parent(dn);
}

/* The number that is kept under the key; `next` where it is new. */
static size_t number_of(struct audit_matrix *matrix, const struct buf *key, size_t next)
{
    json_t *number = json_object_get(matrix->by_key, key->at);

    if (number != NULL)
        return (size_t)json_integer_value(number);
    json_object_set_new_nocheck(matrix->by_key, key->at, json_integer((json_int_t)next));
    return next;
}

static size_t cell_of(struct audit_matrix *matrix, const struct agent *agent,
                      const struct ma_finding *finding)
{
    size_t feature = matrix->features.count - 1;
    struct slice container = container_of(agent, finding);
    BUF_AUTO key = {0};
    size_t at;

    buf_print(&key, "%zu\n%.*s\n%s", feature, (int)container.length, container.at,
              or_none(finding->object_type));
    at = number_of(matrix, &key, matrix->cells.count);
    if (at == matrix->cells.count)
        VEC_ADD(
            &matrix->cells,
            (struct audit_cell){
                .feature = feature,
                .container = arena_print(matrix->arena, "%.*s", (int)container.length,
                                         container.at),
                .object_type = arena_text(matrix->arena, or_none(finding->object_type)),
            });
    return at;
}

/* --- counting --------------------------------------------------------------------- */

static const char *kept(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_text(arena, text);
}

static void count_decider(struct audit_matrix *matrix, struct audit_cell *cell,
                          const struct ma_finding *finding)
{
    BUF_AUTO key = {0};
    size_t known;

    buf_print(&key, "%zu\n%s\n%d\n%s\n%s", matrix->last_cell, or_none(finding->attribute),
              (int)finding->verdict, or_none(finding->code), or_none(finding->evidence));
    known = number_of(matrix, &key, cell->deciders.count);
    if (known == cell->deciders.count)
        VEC_ADD(&cell->deciders, (struct audit_decider){
                                     .attribute = kept(matrix->arena, finding->attribute),
                                     .verdict = finding->verdict,
                                     .code = kept(matrix->arena, finding->code),
                                     .entry = kept(matrix->arena, finding->evidence),
                                 });
    cell->deciders.items[known].writes++;
}

static bool is_too_wide(const struct ma_finding *finding)
{
    for (size_t i = 0; i < sizeof too_wide / sizeof too_wide[0]; i++)
        if (finding->verdict == MA_ALLOWED &&
            strcmp(or_none(finding->code), too_wide[i]) == 0)
            return true;
    return false;
}

static bool is_another(const struct audit_matrix *matrix, const char *dn)
{
    return matrix->last.length == 0 || strcmp(matrix->last.at, dn) != 0;
}

/* What is said of a whole modification belongs to where its attributes do. */
static struct audit_cell *next_cell(struct audit_matrix *matrix,
                                    const struct agent *agent,
                                    const struct ma_finding *finding)
{
    bool another = is_another(matrix, finding->dn);

    if (another || finding->attribute != NULL)
        matrix->last_cell = cell_of(matrix, agent, finding);
    matrix->cells.items[matrix->last_cell].objects += another;
    if (another) {
        buf_clear(&matrix->last);
        buf_text(&matrix->last, finding->dn);
    }
    return &matrix->cells.items[matrix->last_cell];
}

void audit_matrix_add(struct audit_matrix *matrix, const struct agent *agent,
                      const struct ma_finding *finding)
{
    struct audit_cell *cell;

    if (finding->dn == NULL) {
        matrix->besides += matrix->features.count == 1; /* the others say the same */
        return;
    }
    cell = next_cell(matrix, agent, finding);
    if (finding->attribute == NULL && finding->verdict == MA_REFUSED) {
        cell->whole++;
        return;
    }
    cell->writes[finding->verdict]++;
    cell->too_wide += is_too_wide(finding);
    count_decider(matrix, cell, finding);
}

/* --- the result ------------------------------------------------------------------- */

enum audit_result audit_cell_result(const struct audit_cell *cell)
{
    if (cell->container == NULL)
        return AUDIT_NOTHING;
    if (cell->writes[MA_REFUSED] > 0)
        return AUDIT_FAILS;
    if (cell->writes[MA_UNSURE] > 0)
        return AUDIT_UNSURE;
    return cell->too_wide > 0 ? AUDIT_OVER_GRANTED : AUDIT_PASSES;
}

const char *audit_result_text(enum audit_result result)
{
    static const char *const texts[] = {[AUDIT_NOTHING] = "nothing",
                                        [AUDIT_PASSES] = "pass",
                                        [AUDIT_OVER_GRANTED] = "over-granted",
                                        [AUDIT_UNSURE] = "unsure",
                                        [AUDIT_FAILS] = "fail"};

    return texts[result];
}

static int by_place(const void *a, const void *b)
{
    const struct audit_cell *left = a;
    const struct audit_cell *right = b;
    struct slice places[] = {slice_text(or_none(left->container)),
                             slice_text(or_none(right->container))};
    size_t depths[] = {dn_depth(places[0]), dn_depth(places[1])};
    int order;

    if (left->feature != right->feature)
        return left->feature < right->feature ? -1 : 1;
    if (depths[0] != depths[1])
        return depths[0] < depths[1] ? -1 : 1;
    order = strcmp(places[0].at, places[1].at);
    return order != 0 ? order
                      : strcmp(or_none(left->object_type), or_none(right->object_type));
}

/* The one that decided most comes first; what is refused comes before what is not. */
static int by_weight(const void *a, const void *b)
{
    const struct audit_decider *left = a;
    const struct audit_decider *right = b;
    bool allowed[] = {left->verdict == MA_ALLOWED, right->verdict == MA_ALLOWED};
    int order;

    if (allowed[0] != allowed[1])
        return allowed[0] ? 1 : -1;
    if (left->writes != right->writes)
        return left->writes > right->writes ? -1 : 1;
    order = strcmp(or_none(left->attribute), or_none(right->attribute));
    return order != 0 ? order : strcmp(or_none(left->entry), or_none(right->entry));
}

static bool has_cell(const struct audit_matrix *matrix, size_t feature)
{
    for (size_t i = 0; i < matrix->cells.count; i++)
        if (matrix->cells.items[i].feature == feature)
            return true;
    return false;
}

void audit_matrix_sort(struct audit_matrix *matrix)
{
    for (size_t i = 0; i < matrix->features.count; i++)
        if (!has_cell(matrix, i))
            VEC_ADD(&matrix->cells, (struct audit_cell){.feature = i});
    for (size_t i = 0; i < matrix->cells.count; i++) {
        struct audit_cell *cell = &matrix->cells.items[i];

        if (cell->deciders.count > 0)
            qsort(cell->deciders.items, cell->deciders.count,
                  sizeof cell->deciders.items[0], by_weight);
    }
    if (matrix->cells.count > 0)
        qsort(matrix->cells.items, matrix->cells.count, sizeof matrix->cells.items[0],
              by_place);
}

static json_t *decider_json(const struct audit_decider *decider)
{
    json_t *json = json_object();

    json_put_text(json, "attribute", decider->attribute);
    json_put_text(json, "verdict", audit_verdict_text(decider->verdict));
    json_put_text(json, "code", decider->code);
    json_put_text(json, "entry", decider->entry);
    json_put_number(json, "writes", decider->writes);
    return json;
}

json_t *audit_cell_json(const struct audit_matrix *matrix, const struct audit_cell *cell)
{
    json_t *json = json_object();
    json_t *deciders = json_array();

    json_put_text(json, "feature", matrix->features.items[cell->feature]);
    json_put_text(json, "container", cell->container);
    json_put_text(json, "class", cell->object_type);
    json_put_text(json, "result", audit_result_text(audit_cell_result(cell)));
    json_put_number(json, "objects", cell->objects);
    json_put_number(json, "allowed", cell->writes[MA_ALLOWED]);
    json_put_number(json, "over-granted", cell->too_wide);
    json_put_number(json, "refused", cell->writes[MA_REFUSED]);
    json_put_number(json, "unsure", cell->writes[MA_UNSURE]);
    json_put_number(json, "whole", cell->whole);
    for (size_t i = 0; i < cell->deciders.count; i++)
        json_array_append_new(deciders, decider_json(&cell->deciders.items[i]));
    json_object_set_new(json, "decided", deciders);
    return json;
}
