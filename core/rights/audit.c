/* SPDX-License-Identifier: Apache-2.0 */
#include "rights/audit.h"

#include <stdlib.h>
#include <strings.h>

#include "base/error.h"
#include "rights/audit_role.h"
#include "rights/audit_writes.h"
#include "store/cs.h"

/* Objects asked about in one call: their texts live in one arena. */
enum { PAGE = 500 };

typedef VEC_OF(const char *) name_list;

struct audit {
    const struct audit_request *request;
    struct audit_role role;
    parameter_list parameters;
    struct arena texts; /* of the parameters */
    struct arena arena; /* of a page */
    uint64_t asked;
};

/* --- the plugin ------------------------------------------------------------------- */

static enum ma_status pass_finding(void *context, const struct ma_finding *finding,
                                   struct ma_error *err)
{
    const struct audit *audit = context;

    return audit->request->finding(audit->request->context, finding, err);
}

static enum ma_status open_plugin(struct audit *audit, struct ma_error *err)
{
    const struct audit_request *request = audit->request;
    const struct audit_role_request role = {
        .instance = request->opened->instance,
        .agent = request->agent->config,
        .plugin = request->plugin,
        .parameters = audit->parameters.items,
        .parameter_count = audit->parameters.count,
        .password = request->password,
        .sink = {.context = audit, .finding = pass_finding},
    };

    return audit_role_open(&audit->role, &role, err);
}

/* --- what is planned --------------------------------------------------------------- */

static bool lists(const char *const *names, const char *name)
{
    for (; names != NULL && *names != NULL; names++)
        if (strcasecmp(*names, name) == 0)
            return true;
    return false;
}

static void add_text(const struct audit *audit, name_list *names, const char *name)
{
    const char *const *wanted = audit->request->attributes;

    if (name == NULL || (wanted != NULL && !lists(wanted, name)))
        return;
    for (size_t i = 0; i < names->count; i++)
        if (strcasecmp(names->items[i], name) == 0)
            return;
    VEC_ADD(names, name);
}

static void add_name(const struct audit *audit, name_list *names, uint32_t attribute)
{
    const struct audit_request *request = audit->request;
    const struct audit_feature *feature = request->feature;
    const char *name;

    if (attribute == NAME_NONE)
        return;
    name = program_attribute_name(request->opened->program, request->agent, attribute);
    if (name != NULL && (feature == NULL || lists(feature->flows, name)))
        add_text(audit, names, name);
}

/* A flow that runs only when the object is made writes nothing to one that is there. */
static bool flows_later(const struct cs_target *target)
{
    for (size_t i = 0; i < target->count; i++)
        if (!target->flows[i]->once)
            return true;
    return false;
}

static void add_targets(const struct audit *audit, name_list *names, uint32_t type)
{
    const struct compiled_agent *agent = audit->request->agent;

    for (size_t i = 0; i < agent->target_count; i++) {
        const struct cs_target *target = &agent->targets[i];

        if ((target->cs_type == type || target->cs_type == NAME_NONE) &&
            flows_later(target))
            add_name(audit, names, target->attribute);
    }
}

static void add_delta(const struct audit *audit, name_list *names,
                      const struct delta *delta)
{
    for (uint32_t i = 0; i < delta->count; i++)
        add_name(audit, names, delta->attrs[i].name);
}

/* What import flows read of objects of a type. */
static void add_reads(const struct audit *audit, name_list *names, uint32_t type)
{
    const struct compiled_agent *agent = audit->request->agent;
    const struct rule_list inbound = program_inbound(agent, type);

    for (size_t i = 0; i < inbound.count; i++)
        for (size_t j = 0; j < inbound.rules[i]->flow_count; j++) {
            const struct flow *flow = &inbound.rules[i]->flows[j];

            for (size_t k = 0; k < flow->source_count; k++) {
                const char *name = program_attribute_name(audit->request->opened->program,
                                                          agent, flow->sources[k]);

                if (name != NULL)
                    add_text(audit, names,
                             arena_print((struct arena *)&audit->arena, "read:%s", name));
            }
        }
}

static void add_texts(const struct audit *audit, name_list *names,
                      const char *const *texts)
{
    for (; texts != NULL && *texts != NULL; texts++)
        add_text(audit, names, *texts);
}

/* What a feature needs besides what the rules write. */
static void add_feature(const struct audit *audit, name_list *names, uint32_t type)
{
    const struct audit_feature *feature = audit->request->feature;

    if (feature == NULL || audit->request->pending)
        return;
    add_texts(audit, names, feature->asked);
    if (feature->reads)
        add_reads(audit, names, type);
}

static const char *const *kept(struct audit *audit, const name_list *names)
{
    const char **list =
        arena_alloc(&audit->arena, (names->count + 1) * sizeof(const char *));

    for (size_t i = 0; i < names->count; i++)
        list[i] = names->items[i];
    list[names->count] = NULL;
    return list;
}

static const char *const *asked_attributes(struct audit *audit,
                                           const struct cs_object *object, uint32_t type,
                                           const char *type_name)
{
    const struct audit_feature *feature = audit->request->feature;
    name_list names = {0};
    const char *const *list;

    if (feature == NULL || feature->types == NULL || lists(feature->types, type_name)) {
        if (!audit->request->pending)
            add_targets(audit, &names, type);
        add_delta(audit, &names, &object->unapplied);
        add_delta(audit, &names, &object->escrowed);
        add_feature(audit, &names, type);
    }
    list = kept(audit, &names);
    VEC_FREE(&names);
    return list;
}

/* Objects that are linked and there: what is to be made new has no rights of its own. */
static bool plan_object(struct audit *audit, const struct cs_object *object,
                        struct ma_planned *out)
{
    const struct audit_request *request = audit->request;
    const char *dn = object_imported_dn(object);
    uint32_t type;

    if (request->partition != NULL && object->partition != 0 &&
        object->partition != partition_tag(request->partition))
        return false;
    if (dn == NULL || !object_was_imported(object) || object_is_disconnector(object))
        return false;
    type = object_type(&audit->arena, object);
    *out = (struct ma_planned){
        .dn = dn,
        .anchor = {object->anchor.at, object->anchor.length},
        .object_type = program_type_name(request->opened->program, request->agent, type),
    };
    out->attributes = asked_attributes(audit, object, type, out->object_type);
    return out->attributes[0] != NULL;
}

static enum ma_status plan_page(struct audit *audit, const id_list *ids,
                                struct ma_planned *planned, size_t *count,
                                struct ma_error *err)
{
    const struct audit_request *request = audit->request;

    *count = 0;
    for (size_t i = 0; i < ids->count; i++) {
        struct cs_object object;
        enum ma_status status =
            cs_get(request->batch, &audit->arena, request->agent->number, ids->items[i],
                   &object, err);

        if (status == MA_NOT_FOUND)
            continue;
        if (status != MA_OK)
            return status;
        if (plan_object(audit, &object, &planned[*count]))
            (*count)++;
    }
    return MA_OK;
}

static enum ma_status ask_page(struct audit *audit, const id_list *ids,
                               struct ma_error *err)
{
    struct ma_planned planned[PAGE];
    size_t count;
    enum ma_status status = plan_page(audit, ids, planned, &count, err);

    if (status == MA_OK && count > 0)
        status = audit->role.role->check(audit->role.session, planned, count, err);
    audit->asked += count;
    arena_reset(&audit->arena);
    batch_release(audit->request->batch); /* a large space would stay in memory whole */
    return status;
}

static enum ma_status next_page(const struct audit *audit, uint64_t after, id_list *ids,
                                struct ma_error *err)
{
    const struct audit_request *request = audit->request;
    uint32_t number = request->agent->number;

    if (request->pending)
        return cs_queue(request->batch, QUEUE_EXPORT, number, after, PAGE, ids, err);
    return cs_scan(request->batch, number, after, PAGE, ids, err);
}

static enum ma_status ask_one(struct audit *audit, const char *dn, const char *type,
                              const char *const *asked, struct ma_error *err)
{
    struct ma_planned planned = {.dn = dn, .object_type = type};
    name_list names = {0};
    enum ma_status status = MA_OK;

    add_texts(audit, &names, asked);
    planned.attributes = kept(audit, &names);
    if (names.count > 0) {
        status = audit->role.role->check(audit->role.session, &planned, 1, err);
        audit->asked++;
    }
    VEC_FREE(&names);
    return status;
}

static enum ma_status ask_inside(struct audit *audit, const struct partition *partition,
                                 struct ma_error *err)
{
    const struct audit_feature *feature = audit->request->feature;
    const char *const *container = partition->inclusions;
    enum ma_status status = MA_OK;

    if (feature->below == NULL)
        return MA_OK;
    if (feature->below[0] != '\0')
        return ask_one(
            audit, arena_print(&audit->arena, "%s,%s", feature->below, partition->name),
            "container", feature->inside, err);
    if (container == NULL || *container == NULL)
        return ask_one(audit, partition->name, "domainDNS", feature->inside, err);
    for (; *container != NULL && status == MA_OK; container++)
        status = ask_one(audit, *container, "organizationalUnit", feature->inside, err);
    return status;
}

/* What a feature needs at the heads of domains, and in containers. */
static enum ma_status ask_places(struct audit *audit, struct ma_error *err)
{
    const struct audit_request *request = audit->request;
    const struct agent *agent = request->agent->config;
    enum ma_status status = MA_OK;

    if (request->feature == NULL || request->pending)
        return MA_OK;
    for (size_t i = 0; i < agent->partition_count && status == MA_OK; i++) {
        const struct partition *partition = &agent->partitions[i];

        if (!partition->selected ||
            (request->partition != NULL && request->partition != partition))
            continue;
        status =
            ask_one(audit, partition->name, "domainDNS", request->feature->heads, err);
        if (status == MA_OK)
            status = ask_inside(audit, partition, err);
    }
    return status;
}

static enum ma_status ask_all(struct audit *audit, struct ma_error *err)
{
    id_list ids = {0};
    enum ma_status status = ask_places(audit, err);
    uint64_t after = 0;

    while (status == MA_OK) {
        status = next_page(audit, after, &ids, err);
        if (status != MA_OK || ids.count == 0)
            break;
        status = ask_page(audit, &ids, err);
        after = ids.items[ids.count - 1];
        if (ids.count < PAGE)
            break;
    }
    VEC_FREE(&ids);
    return status;
}

/* In portions: what is planned of a page lives at once. */
static enum ma_status ask_these(struct audit *audit, const id_list *ids,
                                struct ma_error *err)
{
    enum ma_status status = MA_OK;

    for (size_t at = 0; at < ids->count && status == MA_OK; at += PAGE) {
        size_t left = ids->count - at;
        const id_list page = {.items = ids->items + at,
                              .count = left < PAGE ? left : PAGE};

        status = ask_page(audit, &page, err);
    }
    return status;
}

enum ma_status audit_open(struct audit **out, const struct audit_request *request,
                          struct ma_error *err)
{
    struct audit *audit;
    enum ma_status status;

    if (request->agent->target_count == 0 && request->feature == NULL)
        return ma_fail(err, MA_INVALID,
                       "no export flow writes to '%s': there is nothing to audit",
                       request->agent->config->name);
    audit = mem_zero(sizeof *audit);
    audit->request = request;
    audit_writes(request, &audit->texts, &audit->parameters);
    status = open_plugin(audit, err);
    if (status == MA_OK)
        *out = audit;
    else
        audit_close(audit);
    return status;
}

void audit_close(struct audit *audit)
{
    if (audit == NULL)
        return;
    audit_role_close(&audit->role);
    VEC_FREE(&audit->parameters);
    arena_free(&audit->texts);
    arena_free(&audit->arena);
    free(audit);
}

void audit_prepare(struct audit *audit)
{
    if (audit->role.role->prepare != NULL)
        audit->role.role->prepare(audit->role.session);
}

enum ma_status audit_all(struct audit *audit, uint64_t *objects, struct ma_error *err)
{
    uint64_t only = audit->request->only;
    const id_list one = {.items = &only, .count = 1};
    const id_list *these = only != 0 ? &one : audit->request->ids;
    enum ma_status status =
        these != NULL ? ask_these(audit, these, err) : ask_all(audit, err);

    *objects = audit->asked;
    return status;
}

enum ma_status audit_planned(struct audit *audit, const struct ma_planned *planned,
                             struct ma_error *err)
{
    return audit->role.role->check(audit->role.session, planned, 1, err);
}

enum ma_status audit_run(const struct audit_request *request, uint64_t *objects,
                         struct ma_error *err)
{
    struct audit *audit = NULL;
    enum ma_status status = audit_open(&audit, request, err);

    *objects = 0;
    if (status == MA_OK)
        status = audit_all(audit, objects, err);
    audit_close(audit);
    return status;
}
