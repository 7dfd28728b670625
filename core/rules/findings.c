/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>

#include "base/text.h"
#include "rules/compiler.h"

void finding_add(struct compiler *compiler, enum finding_level level, struct place place,
                 const char *consequence, const char *fmt, ...)
{
    char text[1024];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    VEC_ADD(&compiler->findings, (struct config_finding){
                                     .level = level,
                                     .place = place,
                                     .path = compiler->element,
                                     .text = arena_text(compiler->arena, text),
                                     .consequence = consequence,
                                 });
}

static const char *file_of(const struct place *place)
{
    return place->file == NULL ? "" : place->file;
}

static int by_place(const void *left, const void *right)
{
    const struct place *a = &((const struct config_finding *)left)->place;
    const struct place *b = &((const struct config_finding *)right)->place;
    int order = strcmp(file_of(a), file_of(b));

    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    return order != 0 ? order : (a->column > b->column) - (a->column < b->column);
}

static enum ma_status first_error(const struct compiler *compiler, struct ma_error *err)
{
    for (size_t i = 0; i < compiler->findings.count; i++) {
        const struct config_finding *finding = &compiler->findings.items[i];

        if (finding->level == FINDING_ERROR)
            return ma_fail(err, MA_INVALID, "%s:%u:%u: %s", file_of(&finding->place),
                           finding->place.line, finding->place.column, finding->text);
    }
    return MA_OK;
}

enum ma_status findings_close(struct compiler *compiler, struct ma_error *err)
{
    size_t count = compiler->findings.count;

    if (count > 0)
        qsort(compiler->findings.items, count, sizeof *compiler->findings.items,
              by_place);
    compiler->program->findings =
        count == 0 ? NULL
                   : arena_copy(compiler->arena, compiler->findings.items,
                                count * sizeof *compiler->findings.items);
    compiler->program->finding_count = count;
    return first_error(compiler, err);
}
