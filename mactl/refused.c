/* SPDX-License-Identifier: Apache-2.0 */
#include "refused.h"

#include "base/json.h"
#include "base/text.h"
#include "render.h"

void refused_find(const struct refusals_request *request, refusal_list *out)
{
    struct ma_error err = {0};

    if (refusals_find(request, out, &err) != MA_OK)
        fprintf(stderr, "warning: what '%s' will refuse is not known: %s\n",
                request->agent->config->name, err.text);
}

static json_t *one_json(const struct refusal *refusal)
{
    json_t *json = json_object();

    json_put_text(json, "attribute", refusal->attribute);
    json_put_text(json, "type", refusal->type);
    json_put_text(json, "why", refusal->why);
    json_put_text(json, "remedy", refusal->remedy);
    json_put_flag(json, "unsure", refusal->unsure);
    return json;
}

void refused_put_json(json_t *object, const refusal_list *list, uint64_t id)
{
    size_t count;
    const struct refusal *all = refusals_of(list, id, &count);
    json_t *array;

    if (count == 0)
        return;
    array = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(array, one_json(&all[i]));
    json_object_set_new(object, "refused", array);
}

void refused_put_text(struct arena *arena, const refusal_list *list, uint64_t id,
                      struct buf *out)
{
    size_t count;
    const struct refusal *all = refusals_of(list, id, &count);

    for (size_t i = 0; i < count; i++) {
        const char *name = render_clean(arena, all[i].attribute);

        buf_print(out, "  %c %s%s%s\n", all[i].unsure ? '?' : '!',
                  name == NULL ? "" : name, name == NULL ? "" : ": ",
                  all[i].why == NULL ? all[i].type : render_clean(arena, all[i].why));
        if (all[i].remedy != NULL)
            buf_print(out, "    remedy: %s\n", render_clean(arena, all[i].remedy));
    }
}

const char *refused_names(struct arena *arena, const refusal_list *list, uint64_t id)
{
    size_t count;
    const struct refusal *all = refusals_of(list, id, &count);
    const char *names = NULL;

    for (size_t i = 0; i < count; i++) {
        const char *name = all[i].attribute == NULL ? "(all)" : all[i].attribute;

        if (!all[i].unsure)
            names = names == NULL ? name : arena_print(arena, "%s %s", names, name);
    }
    return names;
}

/* --- many of them ----------------------------------------------------------------- */

static bool belongs(const struct refused_group *group, const char *agent,
                    const struct refusal *refusal)
{
    return text_same(group->agent, agent) &&
           text_same(group->refusal.attribute, refusal->attribute) &&
           text_same(group->refusal.why, refusal->why) &&
           group->refusal.unsure == refusal->unsure;
}

static struct refused_group *group_of(refused_groups *groups, const char *agent,
                                      const struct refusal *refusal, const char *dn)
{
    for (size_t i = 0; i < groups->count; i++)
        if (belongs(&groups->items[i], agent, refusal))
            return &groups->items[i];
    VEC_ADD(groups,
            (struct refused_group){.agent = agent, .refusal = *refusal, .first = dn});
    return &groups->items[groups->count - 1];
}

void refused_group(refused_groups *groups, const refusal_list *list, uint64_t id,
                   const char *agent, const char *dn)
{
    size_t count;
    const struct refusal *all = refusals_of(list, id, &count);

    for (size_t i = 0; i < count; i++)
        group_of(groups, agent, &all[i], dn)->objects++;
}

static void print_group(struct arena *arena, const struct refused_group *group)
{
    const struct refusal *r = &group->refusal;

    printf("  %c %s%s%s, %s (%s%s): %s\n", r->unsure ? '?' : '!',
           render_clean(arena, group->agent), r->attribute == NULL ? "" : ": ",
           r->attribute == NULL ? "" : render_clean(arena, r->attribute),
           render_count(arena, group->objects, "object", "objects"),
           group->first == NULL ? "no DN" : render_clean(arena, group->first),
           group->objects > 1 ? ", ..." : "",
           render_clean(arena, r->why == NULL ? r->type : r->why));
    if (r->remedy != NULL)
        printf("    remedy: %s\n", render_clean(arena, r->remedy));
}

void refused_print_groups(struct arena *arena, const refused_groups *groups)
{
    if (groups->count == 0)
        return;
    puts("refused before anything is sent (! certainly, ? perhaps)");
    for (size_t i = 0; i < groups->count; i++)
        print_group(arena, &groups->items[i]);
}

json_t *refused_groups_json(const refused_groups *groups)
{
    json_t *array = json_array();

    for (size_t i = 0; i < groups->count; i++) {
        json_t *json = one_json(&groups->items[i].refusal);

        json_put_text(json, "agent", groups->items[i].agent);
        json_put_text(json, "first", groups->items[i].first);
        json_put_number(json, "objects", groups->items[i].objects);
        json_array_append_new(array, json);
    }
    return array;
}
