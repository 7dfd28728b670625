/* SPDX-License-Identifier: Apache-2.0 */
#include "run/pending.h"

#include "base/text.h"
#include "store/cs.h"

/* --- guards ----------------------------------------------------------------------- */

struct guard pending_guard(const struct step_context *context)
{
    const struct metaverse *mv = &context->opened->config->metaverse;
    struct guard guard =
        instance_guard(context->opened->instance, context->agent->config);
    const char *on = parameter_find(mv->parameters, mv->parameter_count,
                                    "Microsoft.OptionalFeature.ExportDeletionThreshold");
    const char *value =
        parameter_find(mv->parameters, mv->parameter_count,
                       "Microsoft.OptionalFeature.ExportDeletionThresholdValue");
    bool wanted = false;
    int64_t number;

    if ((guard.given & GUARD_EXPORT_DELETES) == 0 && on != NULL && value != NULL &&
        text_to_flag(slice_text(on), &wanted) && wanted &&
        text_to_number(slice_text(value), &number) && number >= 0)
        guard.export_deletes = (uint64_t)number;
    return guard;
}

/* --- what is pending -------------------------------------------------------------- */

enum { PAGE = 500 };

enum ma_status pending_each(const struct step_context *context,
                            enum ma_status (*each)(void *, struct batch *, struct arena *,
                                                   const struct cs_object *,
                                                   struct ma_error *),
                            void *with, struct ma_error *err)
{
    struct batch *batch = batch_begin(context->opened->store);
    ARENA_AUTO arena = {0};
    id_list ids = {0};
    enum ma_status status = MA_OK;
    uint64_t after = 0;
    bool more = true;

    while (status == MA_OK && more) {
        ids.count = 0;
        status =
            cs_queue(batch, QUEUE_EXPORT, context->agent->number, after, PAGE, &ids, err);
        for (size_t i = 0; status == MA_OK && i < ids.count; i++) {
            struct cs_object object;

            arena_reset(&arena);
            after = ids.items[i];
            status = cs_get(batch, &arena, context->agent->number, after, &object, err);
            if (status == MA_OK)
                status = each(with, batch, &arena, &object, err);
        }
        more = ids.count == PAGE;
    }
    VEC_FREE(&ids);
    batch_end(batch);
    return status;
}

bool pending_in_partition(const struct step_context *context,
                          const struct cs_object *object)
{
    return context->partition == NULL || object->partition == 0 ||
           object->partition == partition_tag(context->partition);
}
