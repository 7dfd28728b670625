/* SPDX-License-Identifier: Apache-2.0 */
#include "find_object.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/mem.h"

enum ma_status find_cs_object(const struct reading *reading, struct arena *arena,
                              const struct compiled_agent *agent, const char *dn,
                              struct cs_object *out, struct ma_error *err)
{
    uint64_t id;
    enum ma_status status = cs_find_dn(reading->batch, agent->number, dn, &id, err);

    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND,
                       "'%s' has no object '%s'; mactl cs search '%s' "
                       "lists them",
                       agent->config->name, dn, agent->config->name);
    if (status == MA_OK)
        status = cs_get(reading->batch, arena, agent->number, id, out, err);
    return status;
}

enum ma_status find_mv_object(const struct reading *reading, struct arena *arena,
                              const char *word, struct mv_object *out,
                              struct ma_error *err)
{
    struct guid guid;
    uint64_t id;
    enum ma_status status = MA_NOT_FOUND;

    if (guid_parse(slice_text(word), &guid))
        status = mv_find_guid(reading->batch, &guid, &id, err);
    if (status == MA_NOT_FOUND)
        return ma_fail(err, MA_NOT_FOUND,
                       "the metaverse has no object '%s'; objects go by their GUID, "
                       "which mactl mv search tells",
                       word);
    if (status == MA_OK)
        status = mv_get(reading->batch, arena, id, out, err);
    return status;
}

static enum ma_status no_attribute(const struct names *names, const char *name,
                                   struct ma_error *err)
{
    size_t count = names_count(names);
    const char **texts = mem_zero_array(count + 1, sizeof *texts);

    for (size_t i = 0; i < count; i++)
        texts[i] = names_text(names, (uint32_t)i + 1);
    (void)error_no_such(err, "attribute", name, texts, count);
    free(texts);
    return err->status;
}

enum ma_status find_attribute(const struct reading *reading, const char *name,
                              uint32_t *out, struct ma_error *err)
{
    *out = names_find(reading->opened.program->names, slice_text(name));
    return *out == NAME_NONE ? no_attribute(reading->opened.program->names, name, err)
                             : MA_OK;
}
