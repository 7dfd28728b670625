/* SPDX-License-Identifier: Apache-2.0 */

/* Functions of distinguished names; a DN itself is model/dn. */

#include "expr/eval.h"
#include "model/dn.h"

static void component(struct eval *e, const struct expr_value *arguments, unsigned count,
                      struct expr_value *out)
{
    struct slice type;
    struct slice value;

    (void)e;
    (void)count;
    if (arguments[1].number > 0 &&
        dn_component(arguments[0].bytes, (size_t)arguments[1].number, &type, &value))
        eval_text(out, value);
    else
        eval_null(out);
}

/* The n-th from the right; `skipped` is a type of component that is passed over. */
static bool from_right(struct slice dn, int64_t n, struct slice skipped,
                       struct slice *value)
{
    struct slice type;

    for (size_t at = dn_depth(dn); at > 0; at--) {
        if (!dn_component(dn, at, &type, value))
            return false;
        if (skipped.length > 0 && text_caseequal(text_strip(type), skipped))
            continue;
        if (--n == 0)
            return true;
    }
    return false;
}

static void component_reverse(struct eval *e, const struct expr_value *arguments,
                              unsigned count, struct expr_value *out)
{
    struct slice skipped = count > 2 ? arguments[2].bytes : slice_text("");
    struct slice value;

    if (skipped.length > 0 && !text_caseequal(skipped, slice_text("DC"))) {
        eval_fail(e, out, "the only option is DC");
        return;
    }
    if (arguments[1].number > 0 &&
        from_right(arguments[0].bytes, arguments[1].number, skipped, &value))
        eval_text(out, value);
    else
        eval_null(out);
}

/* The type of a component and its `=`, which are kept as they are. */
static size_t prefix_length(struct slice text)
{
    size_t n = 0;

    while (n < text.length &&
           ((text.at[n] >= 'a' && text.at[n] <= 'z') ||
            (text.at[n] >= 'A' && text.at[n] <= 'Z') ||
            (n > 0 && ((text.at[n] >= '0' && text.at[n] <= '9') || text.at[n] == '-'))))
        n++;
    return n > 0 && n < text.length && text.at[n] == '=' ? n + 1 : 0;
}

static void escape(struct eval *e, const struct expr_value *arguments, unsigned count,
                   struct expr_value *out)
{
    struct slice text = arguments[0].bytes;
    size_t prefix = prefix_length(text);
    struct slice value =
        dn_escape(e->arena, slice_of(text.at + prefix, text.length - prefix));

    (void)count;
    eval_join(e, EXPR_STRING, slice_of(text.at, prefix), value, out);
}

static const struct function rows[] = {
    {HELP("DNComponent", "str DNComponent(ref dn, num number)",
          "The value of a component of a DN, from the left; escapes are kept.",
          "DNComponent(CRef(\"cn=Joe,ou=Sales,dc=contoso,dc=com\"),1)", "\"Joe\""),
     .least = 2, .most = 2, .takes = {TAKES_REFERENCE, TAKES_NUMBER}, .body = component},
    {HELP("DNComponentRev", "str DNComponentRev(ref dn, num number [, enum Options])",
          "The same from the right; with DC, components dc= do not count.",
          "DNComponentRev(CRef(\"cn=Joe,ou=GA,ou=US,dc=contoso,dc=com\"),1,\"DC\")",
          "\"US\""),
     .least = 2, .most = 3, .takes = {TAKES_REFERENCE, TAKES_NUMBER, TAKES_TEXT},
     .body = component_reverse},
    {HELP("EscapeDNComponent", "str EscapeDNComponent(str component)",
          "The component with its value escaped for LDAP; cn= in front stays.",
          "EscapeDNComponent(\"cn=Lima, Ada\")", "\"cn=Lima\\\\, Ada\""),
     .least = 1, .most = 1, .takes = {TAKES_TEXT}, .body = escape},
};

const struct function_group fn_directory = {"Directory", rows,
                                            sizeof rows / sizeof rows[0]};
