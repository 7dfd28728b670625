/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What an export will refuse, from what is here: the mapping, and what imports left in
 * the agent's folder. The service is not asked.
 */

#include "refuse.h"
#include "session.h"

#define SYNCED "onPremisesSyncEnabled"

struct foreseeing {
    const struct ma_host *host;
    struct mapping mapping;
    struct ids ids; /* of the last import */
    struct pool pool;
};

/* --- what is known of an object --------------------------------------------------- */

/* Where the configuration selects it, the object says it itself. */
static const char *stored_synced(const struct mapped_class *class,
                                 const struct ma_entry *stored)
{
    for (size_t i = 0; i < class->count; i++)
        if (strcasecmp(class->attributes[i].path.whole, SYNCED) == 0)
            return ma_text(stored, class->attributes[i].name);
    return NULL;
}

enum synced { IS_SYNCED, IS_OWN, NOBODY_KNOWS };

/* As the export has it: what the last import of this agent noted. What none has shown
 * was made by us, in the cloud. */
static enum synced find_synced(struct foreseeing *f, const struct mapped_class *class,
                               const struct ma_pending *pending)
{
    const char *id = mapping_id(class, pending->entry->anchor, &f->pool);
    const struct id *known = id == NULL ? NULL : ids_find(&f->ids, id);
    const char *stored;

    if (known != NULL)
        return (known->flags & ID_SYNCED) != 0 ? IS_SYNCED : IS_OWN;
    if (pending->stored == NULL)
        return IS_OWN;
    stored = stored_synced(class, pending->stored);
    return stored == NULL                    ? NOBODY_KNOWS
           : strcasecmp(stored, "true") == 0 ? IS_SYNCED
                                             : IS_OWN;
}

/* --- what is told ----------------------------------------------------------------- */

static const struct {
    const char *type;
    const char *remedy;
} remedies[] = {
    {"no-export-to-this-object-type",
     "keep provisioning and export flows away from this object type"},
    {"schema-violation", "name it in the mapping, or take out the flow"},
};

static enum ma_status tell(const struct foreseeing *f, size_t index,
                           enum ma_verdict verdict, const struct entry_problem *problem,
                           const char *remedy, struct ma_error *err)
{
    const struct ma_finding finding = {.size = sizeof finding,
                                       .verdict = verdict,
                                       .attribute = problem->attribute,
                                       .code = problem->type,
                                       .cause = problem->text,
                                       .remedy = remedy,
                                       .index = index};

    return f->host->finding(f->host, &finding, err);
}

static enum ma_status tell_refused(const struct foreseeing *f, size_t index,
                                   const struct entry_problem *problem,
                                   struct ma_error *err)
{
    const char *remedy = "take out the flow: it can never be exported";

    for (size_t i = 0; i < sizeof remedies / sizeof remedies[0]; i++)
        if (strcmp(remedies[i].type, problem->type) == 0)
            remedy = remedies[i].remedy;
    return tell(f, index, MA_REFUSED, problem, remedy, err);
}

static enum ma_status tell_mastered(const struct foreseeing *f, size_t index,
                                    enum synced synced, struct entry_problem *problem,
                                    struct ma_error *err)
{
    if (synced == IS_SYNCED)
        return tell(f, index, MA_REFUSED, problem,
                    "change it in that directory, or keep the flow out of the scope of "
                    "such objects",
                    err);
    snprintf(problem->text, sizeof problem->text,
             "it is not known whether the object is synchronised from an on-premises "
             "directory, which alone would change this attribute");
    return tell(f, index, MA_UNSURE, problem,
                "a full import of this agent notes it of every object", err);
}

/* --- one pending export ----------------------------------------------------------- */

static enum ma_status foresee_attributes(struct foreseeing *f,
                                         const struct mapped_class *class,
                                         const struct ma_pending *pending, size_t index,
                                         struct ma_error *err)
{
    const struct ma_entry *entry = pending->entry;
    enum synced synced = f->mapping.graph && entry->change == MA_MODIFY
                             ? find_synced(f, class, pending)
                             : IS_OWN;
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < entry->count && status == MA_OK; i++) {
        const struct ma_attribute *a = &entry->attributes[i];
        struct entry_problem problem = {0};

        if (synced != IS_OWN && refuse_mastered(class, a, &problem))
            status = tell_mastered(f, index, synced, &problem, err);
        else if (refuse_attribute(&f->mapping, class, a, &problem))
            status = tell_refused(f, index, &problem, err);
    }
    return status;
}

static enum ma_status foresee_one(struct foreseeing *f, const struct ma_pending *pending,
                                  size_t index, struct ma_error *err)
{
    const struct ma_entry *entry = pending->entry;
    const struct mapped_class *class = mapping_class(&f->mapping, entry->object_type);
    struct entry_problem problem = {0};

    pool_reset(&f->pool);
    if (refuse_class(class, &problem))
        return tell_refused(f, index, &problem, err);
    return entry->change == MA_DELETE ? MA_OK
                                      : foresee_attributes(f, class, pending, index, err);
}

/* --- all of them ------------------------------------------------------------------ */

static enum ma_status load(struct foreseeing *f, struct ma_error *err)
{
    const char *folder = f->host->folder(f->host);
    char generation[64];

    if (mapping_read(&f->mapping, f->host, f->host->param(f->host, "mapping"), err) !=
            MA_OK ||
        !f->mapping.graph || !ids_newest(folder, generation, sizeof generation))
        return err->status;
    ids_begin(&f->ids, folder);
    if (ids_load(&f->ids, folder, generation, ID_KNOWN, err) == MA_NOT_FOUND)
        err->status = MA_OK;
    return err->status;
}

enum ma_status foresee_exports(const struct ma_host *host,
                               const struct ma_pending *pending, size_t count,
                               struct ma_error *err)
{
    struct foreseeing f = {.host = host};
    enum ma_status status;

    err->status = MA_OK;
    status = load(&f, err);
    for (size_t i = 0; i < count && status == MA_OK; i++)
        status = foresee_one(&f, &pending[i], i, err);
    pool_free(&f.pool);
    ids_free(&f.ids);
    mapping_free(&f.mapping);
    return status;
}
