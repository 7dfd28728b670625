/* SPDX-License-Identifier: Apache-2.0 */

/* Functions that ask the source object; they name an attribute in quotes. */

#include "expr/eval.h"

static void imported(struct eval *e, const struct expr *node, struct expr_value *out)
{
    *out =
        e->source->attribute(e->source, e->arena, EXPR_IMPORTED, node->name, node->text);
}

static void count(struct eval *e, const struct expr *node, struct expr_value *out)
{
    uint64_t values = e->source->count(e->source, node->name, node->text);

    eval_number(out, (int64_t)values);
}

static const struct function rows[] = {
    {HELP("ImportedValue", "var ImportedValue(str attribute)",
          "The values that an import has confirmed, without pending exports.",
          "ImportedValue(\"mail\")", "\"ada@fabrikam.example\""),
     .least = 1, .most = 1, .mode = MODE_LAZY, .names_attribute = true, .lazy = imported},
    {HELP("ValueCount", "num ValueCount(str attribute)",
          "How many values an attribute has; none of them is read.",
          "ValueCount(\"proxyAddresses\")", "2"),
     .least = 1, .most = 1, .mode = MODE_LAZY, .names_attribute = true, .lazy = count},
};

const struct function_group fn_source = {"Source object", rows,
                                         sizeof rows / sizeof rows[0]};
