/* SPDX-License-Identifier: Apache-2.0 */
#include "quirks.h"

#include <stdlib.h>

#include "data_file.h"
#include "reply.h"

static const char *const pagings[] = {"auto", "index", "cursor", "none", NULL};
static const char *const writings[] = {"auto", "patch", "put", NULL};
static const char *const deltas[] = {"auto", "last-modified", "none", NULL};
static const char *const totals[] = {"checked", "ignored", NULL};
static const char *const deletings[] = {"delete", "disable", NULL};
static const char *const booleans[] = {"json", "text", NULL};
static const char *const references[] = {"object", "text", NULL};
static const char *const wordings[] = {"lower", "capital", NULL};
static const char *const removals[] = {"filter", "values", NULL};
static const char *const paths[] = {"given", "none", NULL};
static const char *const cleared[] = {"omitted", "null", NULL};
static const char *const restores[] = {"auto", "yes", "no", "fail", NULL};
static const char *const choices[] = {"auto", "yes", "no", NULL};

/* A setting and where it goes; without words it is a number. */
static const struct setting {
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
    {"operation-words", offsetof(struct quirks, wording), wordings, 0},
    {"member-removal", offsetof(struct quirks, removal), removals, 0},
    {"operation-paths", offsetof(struct quirks, paths), paths, 0},
    {"cleared", offsetof(struct quirks, cleared), cleared, 0},
    {"operations", offsetof(struct quirks, operations), NULL, 10000},
    {"page-size", offsetof(struct quirks, page), NULL, 10000},
    {"members-added", offsetof(struct quirks, adds), NULL, 10000},
    {"members-removed", offsetof(struct quirks, removes), NULL, 10000},
    {"batch", offsetof(struct quirks, batch), NULL, 20},
    {"bulk", offsetof(struct quirks, bulk), choices, 0},
    {"bulk-operations", offsetof(struct quirks, bulk_most), NULL, 100},
    {"restore", offsetof(struct quirks, restore), restores, 0},
};

enum { SETTINGS = sizeof settings / sizeof settings[0], PROFILE_VERSION = 1 };

static bool read_value(int *out, const char *text, const struct setting *setting)
{
    char *end;
    long number;

    if (setting->words == NULL) {
        number = strtol(text, &end, 10);
        *out = (int)number;
        return end != text && *end == '\0' && number >= 1 && number <= setting->most;
    }
    for (*out = 0; setting->words[*out] != NULL; ++*out)
        if (strcmp(setting->words[*out], text) == 0)
            return true;
    return false;
}

/* `place` is where it stands: a file with line and column, or a parameter. */
static enum ma_status refuse(const char *place, const char *text,
                             const struct setting *setting, struct ma_error *err)
{
    char list[160] = "";

    if (setting->words == NULL)
        return ma_fail(err, MA_INVALID, "%s: '%s' is no number from 1 to %d", place, text,
                       setting->most);
    for (const char *const *word = setting->words; *word != NULL; word++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                 list[0] == '\0' ? "" : ", ", *word);
    return ma_fail(err, MA_INVALID, "%s: '%s' is none of: %s", place, text, list);
}

static enum ma_status apply(struct quirks *quirks, const struct setting *setting,
                            const char *place, const char *text, struct ma_error *err)
{
    int *out = (int *)(void *)((char *)quirks + setting->offset);

    return read_value(out, text, setting) ? MA_OK : refuse(place, text, setting, err);
}

/* --- profiles --------------------------------------------------------------------- */

static const struct setting *find_setting(const char *name)
{
    for (size_t i = 0; i < SETTINGS; i++)
        if (strcmp(settings[i].param, name) == 0)
            return &settings[i];
    return NULL;
}

static enum ma_status refuse_key(const char *path, const char *key, struct ma_error *err)
{
    char place[1300];
    char list[600] = "";

    data_file_place(path, key, place, sizeof place);
    for (size_t i = 0; i < SETTINGS; i++)
        snprintf(list + strlen(list), sizeof list - strlen(list), "%s%s",
                 i == 0 ? "" : ", ", settings[i].param);
    return ma_fail(err, MA_INVALID, "%s: there is no setting '%s'; there are: %s", place,
                   key, list);
}

static enum ma_status apply_member(struct quirks *quirks, const char *path,
                                   const char *key, const json_t *value,
                                   struct ma_error *err)
{
    const struct setting *setting = find_setting(key);
    const char *text = json_string_value(value);
    char place[1300], number[24];

    if (setting == NULL)
        return refuse_key(path, key, err);
    if (setting->words == NULL && json_is_integer(value)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        text = number;
    }
    data_file_place(path, key, place, sizeof place);
    if (text == NULL)
        return ma_fail(err, MA_INVALID, "%s: \"%s\" is to be %s", place, key,
                       setting->words == NULL ? "a number" : "a text");
    return apply(quirks, setting, place, text, err);
}

/* What stands beside the settings: nothing that could be one in the wrong place. */
static enum ma_status check_top(const char *path, const json_t *profile,
                                struct ma_error *err)
{
    const char *key;
    json_t *value;
    char place[1300];

    if (json_integer_value(json_object_get(profile, "mactl-profile")) != PROFILE_VERSION)
        return ma_fail(err, MA_INVALID, "%s: it is no profile: \"mactl-profile\": %d",
                       path, PROFILE_VERSION);
    if (!json_is_object(json_object_get(profile, "settings")))
        return ma_fail(err, MA_INVALID, "%s: a profile has \"settings\": {...}", path);
    json_object_foreach((json_t *)profile, key, value)
    {
        if (strcmp(key, "mactl-profile") != 0 && strcmp(key, "settings") != 0 &&
            strcmp(key, "description") != 0) {
            data_file_place(path, key, place, sizeof place);
            return ma_fail(err, MA_INVALID,
                           "%s: a profile has mactl-profile, description and settings, "
                           "no '%s'",
                           place, key);
        }
    }
    return MA_OK;
}

static enum ma_status apply_profile(struct quirks *quirks, const char *path,
                                    const json_t *profile, struct ma_error *err)
{
    const char *key;
    json_t *value;

    if (check_top(path, profile, err) != MA_OK)
        return err->status;
    json_object_foreach(json_object_get(profile, "settings"), key, value)
    {
        if (apply_member(quirks, path, key, value, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}

static enum ma_status read_profile(struct quirks *quirks, const struct ma_host *host,
                                   const char *name, struct ma_error *err)
{
    struct pool pool = {0};
    const char *path = data_file_find(host, &pool, "cloud/profiles", name);
    json_t *profile = NULL;
    enum ma_status status = path == NULL
                                ? ma_fail(err, MA_NO_MEMORY, "out of memory")
                                : data_file_read(path, "the profile", &profile, err);

    if (status == MA_OK)
        status = apply_profile(quirks, path, profile, err);
    json_decref(profile);
    pool_free(&pool);
    return status;
}

/* --- all -------------------------------------------------------------------------- */

/* What a profile is silent about. */
static const struct quirks standard = {
    .page = 500, .adds = 100, .removes = 20, .bulk_most = 50};

enum ma_status quirks_read(struct quirks *quirks, const struct ma_host *host,
                           const char *profile, struct ma_error *err)
{
    char place[80];

    *quirks = standard;
    if (host->param(host, "profile") != NULL)
        profile = host->param(host, "profile");
    if (read_profile(quirks, host, profile, err) != MA_OK)
        return err->status;
    for (size_t i = 0; i < SETTINGS; i++) {
        const char *text = host->param(host, settings[i].param);

        snprintf(place, sizeof place, "parameter '%s'", settings[i].param);
        if (text != NULL && apply(quirks, &settings[i], place, text, err) != MA_OK)
            return err->status;
    }
    return MA_OK;
}
