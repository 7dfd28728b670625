/* SPDX-License-Identifier: Apache-2.0 */

/* What is wrong with objects, as documents of the history. */

#include "base/clock.h"
#include "base/json.h"
#include "history/ledger_state.h"
#include "show/show.h"
#include "store/cs.h"

static void add_error(struct ledger *ledger, json_t *document, const char *type,
                      const char *dn, const char *text)
{
    unsigned index = ++ledger->errors;
    struct event event = {
        .kind = EVENT_OBJECT_ERROR, .type = type, .dn = dn, .text = text};

    json_object_set_new(document, "step", json_integer(ledger_current(ledger)->number));
    record_put_error(ledger->batch, ledger_record(ledger)->number,
                     ledger_current(ledger)->number, index, document);
    ledger->gathered += 512;
    ledger_send(ledger, event);
}

static const struct compiled_agent *agent_of(struct ledger *ledger, uint32_t number)
{
    return program_agent(ledger->request.program, number);
}

/* An object may be gone when somebody reads its error. */
static void put_object_guid(struct ledger *ledger, json_t *object, uint32_t agent,
                            uint64_t id)
{
    ARENA_AUTO arena = {0};
    struct cs_object found;
    struct ma_error ignored; /* not committed yet: it has none that we know */
    char guid[GUID_TEXT];

    if (cs_get_outline(ledger->batch, &arena, agent, id, &found, &ignored) == MA_OK)
        json_put_text(object, "guid", guid_format(&found.guid, GUID_PLAIN, guid));
    batch_release(ledger->batch);
}

static json_t *error_json(struct ledger *ledger, const char *kind, uint32_t number,
                          uint64_t id, const char *dn, const struct object_error *error)
{
    const struct compiled_agent *agent = agent_of(ledger, number);
    json_t *object = json_pack("{s:s}", "kind", kind);

    json_put_text(object, "agent", agent == NULL ? NULL : agent->config->name);
    json_put_number(object, "object", id);
    put_object_guid(ledger, object, number, id);
    json_put_text(object, "dn", dn);
    show_put_error(object, error);
    json_put_time(object, "date_occurred", error->last == 0 ? clock_now() : error->last);
    return object;
}

void ledger_error_sync(struct history *history, uint32_t agent, uint64_t id,
                       const char *dn, const struct object_error *error,
                       const struct delta *lost, const struct image *seen)
{
    struct ledger *ledger = ledger_of(history);
    struct show show = {ledger->batch, ledger->request.program};
    json_t *document = error_json(ledger, "import-error", agent, id, dn, error);

    if (lost != NULL && agent_of(ledger, agent) != NULL)
        json_object_set_new(document, "lost",
                            show_delta_json(&show, agent_of(ledger, agent), lost));
    if (seen != NULL && agent_of(ledger, agent) != NULL)
        json_object_set_new(document, "seen",
                            show_image_json(&show, agent_of(ledger, agent), seen));
    batch_release(ledger->batch);
    add_error(ledger, document, error->type, dn, error->text);
}

void ledger_error_export(struct history *history, uint32_t agent, uint64_t id,
                         const char *dn, const struct object_error *error)
{
    struct ledger *ledger = ledger_of(history);

    add_error(ledger, error_json(ledger, "export-error", agent, id, dn, error),
              error->type, dn, error->text);
}

void ledger_error_discovery(struct history *history, const struct ma_rejection *error)
{
    struct ledger *ledger = ledger_of(history);
    json_t *object = json_pack("{s:s}", "kind", "discovery-error");

    json_put_text(object, "agent", ledger_record(ledger)->agent);
    json_put_text(object, "dn", error->dn);
    json_put_text(object, "type", error->type);
    json_put_text(object, "text", error->text);
    json_put_text(object, "attribute", error->attribute);
    json_put_number(object, "entry", error->entry);
    json_put_number(object, "line", error->line);
    json_put_number(object, "column", error->column);
    json_put_time(object, "date_occurred", clock_now());
    add_error(ledger, object, error->type, error->dn, error->text);
}
