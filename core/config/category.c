/* SPDX-License-Identifier: Apache-2.0 */
#include "config/category.h"

#include "base/text.h"

static const struct {
    const char *category;
    const char *subtype; /* NULL: any */
    const char *plugin;
} served[] = {
    {"AD", NULL, "ad_ma"},
    {"ADAM", NULL, "ad_ma"},
    {"Extensible2", "Windows Azure Active Directory (Microsoft)", "cloud_ma"},
    {"Delimited", NULL, "file_ma"},
    {"Fixed Width", NULL, "file_ma"},
    {"AVP", NULL, "file_ma"},
    {"LDIF", NULL, "file_ma"},
};

static bool same(const char *a, const char *b)
{
    return a != NULL && text_caseequal(slice_text(a), slice_text(b));
}

const char *category_plugin(const struct agent *agent)
{
    const char *subtype = agent->subtype;

    if (subtype == NULL || subtype[0] == '\0')
        subtype = agent->list_name;
    for (size_t i = 0; i < sizeof served / sizeof served[0]; i++)
        if (same(agent->category, served[i].category) &&
            (served[i].subtype == NULL || same(subtype, served[i].subtype)))
            return served[i].plugin;
    return NULL;
}
