/* SPDX-License-Identifier: Apache-2.0 */
#include "render_error.h"

#include <stdlib.h>

#include "base/json.h"
#include "render.h"

static const char *text_at(struct arena *arena, const json_t *object, const char *key)
{
    const char *text = json_get_text(arena, object, key);

    return text == NULL ? NULL : render_clean(arena, text);
}

static void print_pair(const char *title, const char *text)
{
    if (text != NULL)
        printf("  %-15s %s\n", title, text);
}

static void print_values(const char *title, const char *name, const json_t *values)
{
    char *text = json_array_size(values) == 0
                     ? NULL
                     : json_dumps(values, JSON_COMPACT | JSON_ENCODE_ANY);

    printf("  %-15s %s %s\n", title, name, text == NULL ? "(nothing)" : text);
    free(text);
}

/* What a confirming import did not show, and what it showed, an attribute at a time. */
static void print_lost(struct arena *arena, const json_t *lost, const json_t *seen)
{
    const char *dn = text_at(arena, lost, "dn");
    const char *shown = text_at(arena, seen, "dn");
    size_t at;
    json_t *change;

    if (dn != NULL)
        printf("  %-15s dn %s\n", "not reimported", dn);
    if (dn != NULL && shown != NULL)
        printf("  %-15s dn %s\n", "read instead", shown);
    json_array_foreach(json_object_get(lost, "attributes"), at, change)
    {
        const char *name = text_at(arena, change, "name");

        print_values("not reimported", name, json_object_get(change, "add"));
        print_values("read instead", name,
                     json_object_get(json_object_get(seen, "attributes"), name));
    }
}

/* What an audit found out about a refusal: why, by which entry, and what would mend it.
 */
static void print_findings(struct arena *arena, const json_t *findings)
{
    static const struct {
        const char *title;
        const char *key;
    } lines[] = {
        {"entry", "evidence"},
        {"at", "place"},
        {"would mend it", "grant"},
        {"remedy", "remedy"},
    };
    size_t at;
    json_t *finding;

    json_array_foreach(findings, at, finding)
    {
        printf("  %-15s %s %s: %s\n", "cause", text_at(arena, finding, "code"),
               text_at(arena, finding, "attribute"), text_at(arena, finding, "cause"));
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
            print_pair(lines[i].title, text_at(arena, finding, lines[i].key));
    }
}

void render_error(const struct invocation *call, const json_t *error)
{
    static const struct {
        const char *title;
        const char *key;
    } lines[] = {
        {"because", "text"},
        {"attribute", "attribute"},
        {"algorithm step", "algorithm_step"},
        {"rule", "rule"},
        {"code", "code"},
        {"system says", "literal"},
        {"detail", "detail"},
        {"first occurred", "first_occurred"},
    };
    struct arena *arena = call->arena;
    const char *dn = text_at(arena, error, "dn");
    uint64_t line = json_get_number(error, "line");
    uint64_t column = json_get_number(error, "column");
    uint64_t retries = json_get_number(error, "retry_count");

    printf("%s  %s  %s\n", text_at(arena, error, "kind"), dn == NULL ? "(no name)" : dn,
           text_at(arena, error, "type"));
    print_pair("name", text_at(arena, error, "name"));
    print_pair("means", text_at(arena, error, "meaning"));
    if (line != 0)
        printf(column == 0 ? "  %-15s line %llu\n" : "  %-15s line %llu, column %llu\n",
               "read at", (unsigned long long)line, (unsigned long long)column);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        print_pair(lines[i].title, text_at(arena, error, lines[i].key));
    if (retries > 1)
        printf("  %-15s %llu\n", "retry count", (unsigned long long)retries);
    print_findings(arena, json_object_get(error, "findings"));
    print_lost(arena, json_object_get(error, "lost"), json_object_get(error, "seen"));
    print_pair("to do", text_at(arena, error, "action"));
}
