/* SPDX-License-Identifier: Apache-2.0 */
#include "quirks.h"

#include <stdlib.h>

static const struct {
    const char *name;
    struct quirks quirks;
} profiles[] = {
    /* what RFC 7644 says, asked of the server where it leaves a choice */
    {"generic", {.page = 500, .adds = 100, .removes = 20}},
    /* Microsoft Entra's own SCIM server, as its documentation of 2026 has it */
    {"entra",
     {.paging = PAGING_CURSOR,
      .writing = WRITE_PATCH,
      .deltas = DELTA_NONE,
      .totals = TOTAL_IGNORED,
      .etags = NO,
      .page = 100,
      .adds = 20,
      .removes = 1}},
    /* Microsoft Graph: 20 links in a request, or one less; 20 requests in one */
    {"graph",
     {.totals = TOTAL_IGNORED,
      .etags = NO,
      .page = 999,
      .adds = 20,
      .removes = 1,
      .batch = 20}},
};

static const char *const pagings[] = {"auto", "index", "cursor", "none", NULL};
static const char *const writings[] = {"auto", "patch", "put", NULL};
static const char *const deltas[] = {"auto", "last-modified", "none", NULL};
static const char *const totals[] = {"checked", "ignored", NULL};
static const char *const deletings[] = {"delete", "disable", NULL};
static const char *const booleans[] = {"json", "text", NULL};
static const char *const references[] = {"object", "text", NULL};
static const char *const choices[] = {"auto", "yes", "no", NULL};

/* A parameter and where it goes; without words it is a number. */
static const struct {
    const char *param;
    size_t offset;
    const char *const *words;
    int most;
} settings[] = {
    {"paging", offsetof(struct quirks, paging), pagings, 0},
    {"write", offsetof(struct quirks, writing), writings, 0},
    {"delta", offsetof(struct quirks, deltas), deltas, 0},
    {"total-results", offsetof(struct quirks, totals), totals, 0},
    {"delete", offsetof(struct quirks, deleting), deletings, 0},
    {"booleans", offsetof(struct quirks, booleans), booleans, 0},
    {"references", offsetof(struct quirks, references), references, 0},
    {"filters", offsetof(struct quirks, filters), choices, 0},
    {"etags", offsetof(struct quirks, etags), choices, 0},
    {"page-size", offsetof(struct quirks, page), NULL, 10000},
    {"members-added", offsetof(struct quirks, adds), NULL, 10000},
    {"members-removed", offsetof(struct quirks, removes), NULL, 10000},
    {"batch", offsetof(struct quirks, batch), NULL, 20},
    {"restore", offsetof(struct quirks, restore), choices, 0},
};

static bool read_value(int *out, const char *text, const char *const *words, int most)
{
    char *end;
    long number;

    if (words == NULL) {
        number = strtol(text, &end, 10);
        *out = (int)number;
        return end != text && *end == '\0' && number >= 1 && number <= most;
    }
    for (*out = 0; words[*out] != NULL; ++*out)
        if (strcmp(words[*out], text) == 0)
            return true;
    return false;
}

static enum ma_status refuse(const char *param, const char *text,
                             const char *const *words, int most, struct ma_error *err)
{
    char list[160] = "";

    if (words == NULL)
        return ma_fail(err, MA_INVALID, "parameter '%s': '%s' is no number from 1 to %d",
                       param, text, most);
    for (; *words != NULL; words++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                 list[0] == '\0' ? "" : ", ", *words);
    return ma_fail(err, MA_INVALID, "parameter '%s': '%s' is none of: %s", param, text,
                   list);
}

static enum ma_status read_profile(struct quirks *quirks, const char *name,
                                   struct ma_error *err)
{
    for (size_t i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        if (strcmp(profiles[i].name, name) == 0) {
            *quirks = profiles[i].quirks;
            return MA_OK;
        }
    return ma_fail(err, MA_INVALID,
                   "parameter 'profile': '%s' is none of: generic, entra, graph", name);
}

enum ma_status quirks_read(struct quirks *quirks, const struct ma_host *host,
                           const char *profile, struct ma_error *err)
{
    if (host->param(host, "profile") != NULL)
        profile = host->param(host, "profile");
    if (read_profile(quirks, profile, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        const char *text = host->param(host, settings[i].param);
        int *out = (int *)(void *)((char *)quirks + settings[i].offset);

        if (text != NULL && !read_value(out, text, settings[i].words, settings[i].most))
            return refuse(settings[i].param, text, settings[i].words, settings[i].most,
                          err);
    }
    return MA_OK;
}
