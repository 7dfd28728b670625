/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/audit_tally.h"

#include <string.h>

#include "base/json.h"

const char *audit_verdict_text(enum ma_verdict verdict)
{
    static const char *const texts[] = {
        [MA_ALLOWED] = "allowed", [MA_REFUSED] = "refused", [MA_UNSURE] = "unsure"};

    return texts[verdict];
}

void audit_tally_begin(struct audit_tally *tally, struct arena *arena)
{
    *tally = (struct audit_tally){.arena = arena, .by_key = json_object()};
}

void audit_tally_end(struct audit_tally *tally)
{
    json_decref(tally->by_key);
    VEC_FREE(&tally->groups);
}

static void count(struct audit_tally *tally, const struct ma_finding *finding)
{
    uint64_t *const counters[] = {[MA_ALLOWED] = &tally->allowed,
                                  [MA_REFUSED] = &tally->refused,
                                  [MA_UNSURE] = &tally->unsure};

    if (finding->dn == NULL)
        return;
    if (finding->attribute == NULL)
        tally->whole += finding->verdict == MA_REFUSED;
    else
        (*counters[finding->verdict])++;
}

static const char *or_none(const char *text)
{
    return text == NULL ? "" : text;
}

static const char *kept(struct arena *arena, const char *text)
{
    return text == NULL ? NULL : arena_text(arena, text);
}

static struct audit_group group_of(struct arena *arena, const struct ma_finding *finding)
{
    return (struct audit_group){
        .verdict = finding->verdict,
        .code = kept(arena, finding->code),
        .attribute = kept(arena, finding->attribute),
        .place = kept(arena, finding->place),
        .cause = kept(arena, finding->cause),
        .remedy = kept(arena, finding->remedy),
        .grant = kept(arena, finding->grant),
        .revoke = kept(arena, finding->revoke),
        .trustee = kept(arena, finding->trustee),
        .object_type = kept(arena, finding->object_type),
        .evidence = kept(arena, finding->evidence),
        .dn = kept(arena, finding->dn),
    };
}

static struct audit_group *find(struct audit_tally *tally,
                                const struct ma_finding *finding)
{
    BUF_AUTO key = {0};
    json_t *index;

    buf_print(&key, "%s\n%s\n%s\n%s\n%s", or_none(finding->code),
              or_none(finding->attribute), or_none(finding->place),
              or_none(finding->grant), or_none(finding->revoke));
    index = json_object_get(tally->by_key, key.at);
    if (index == NULL) {
        VEC_ADD(&tally->groups, group_of(tally->arena, finding));
        index = json_integer((json_int_t)tally->groups.count - 1);
        json_object_set_new_nocheck(tally->by_key, key.at, index);
    }
    return &tally->groups.items[json_integer_value(index)];
}

/* What is allowed without a remark is counted, and no more. */
static bool is_quiet(const struct ma_finding *finding)
{
    return finding->verdict == MA_ALLOWED &&
           (finding->code == NULL || strcmp(finding->code, "OK") == 0);
}

void audit_tally_add(struct audit_tally *tally, const struct ma_finding *finding)
{
    count(tally, finding);
    if (is_quiet(finding) || (finding->dn != NULL && finding->attribute == NULL &&
                              finding->verdict == MA_REFUSED))
        return;
    find(tally, finding)->objects += finding->dn != NULL;
}

static json_t *document(enum ma_verdict verdict, const char *code, const char *attribute,
                        const char *dn)
{
    json_t *json = json_object();

    json_put_text(json, "dn", dn);
    json_put_text(json, "attribute", attribute);
    json_put_text(json, "verdict", audit_verdict_text(verdict));
    json_put_text(json, "code", code);
    return json;
}

json_t *audit_finding_json(const struct ma_finding *finding)
{
    json_t *json =
        document(finding->verdict, finding->code, finding->attribute, finding->dn);

    json_put_text(json, "cause", finding->cause);
    json_put_text(json, "evidence", finding->evidence);
    json_put_text(json, "remedy", finding->remedy);
    json_put_text(json, "place", finding->place);
    json_put_text(json, "grant", finding->grant);
    json_put_text(json, "revoke", finding->revoke);
    json_put_text(json, "trustee", finding->trustee);
    json_put_text(json, "type", finding->object_type);
    return json;
}

json_t *audit_group_json(const struct audit_group *group)
{
    json_t *json = document(group->verdict, group->code, group->attribute, group->dn);

    json_put_number(json, "objects", group->objects);
    json_put_text(json, "cause", group->cause);
    json_put_text(json, "evidence", group->evidence);
    json_put_text(json, "remedy", group->remedy);
    json_put_text(json, "place", group->place);
    json_put_text(json, "grant", group->grant);
    json_put_text(json, "revoke", group->revoke);
    json_put_text(json, "trustee", group->trustee);
    json_put_text(json, "type", group->object_type);
    return json;
}
