/* SPDX-License-Identifier: Apache-2.0 */
#include "history/connection.h"

#include "base/clock.h"

enum { MOST_INCIDENTS = 50 };

/* --- while the step goes on --------------------------------------------------------- */

static const char *result_of(const struct step_record *step, const char *server,
                             enum ma_status status)
{
    if (status == MA_DENIED)
        return "failed-authentication";
    return step->server != NULL && strcmp(step->server, server) == 0
               ? "dropped-connection"
               : "failed-connection";
}

void connection_served(struct step_record *step, struct arena *arena, int64_t time,
                       const char *server, const struct ma_error *lost)
{
    if (lost == NULL) {
        step->server = arena_text(arena, server);
        return;
    }
    if (step->incidents == NULL)
        step->incidents = ARENA_ARRAY(arena, struct incident, MOST_INCIDENTS);
    if (step->incident_count == MOST_INCIDENTS)
        return;
    step->incidents[step->incident_count++] = (struct incident){
        .server = arena_text(arena, server),
        .result = result_of(step, server, lost->status),
        .text = arena_text(arena, lost->text),
        .time = time,
    };
}

/* --- the document ------------------------------------------------------------------- */

static json_t *incident_json(const struct incident *incident)
{
    json_t *object = json_object();

    json_put_text(object, "server", incident->server);
    json_put_text(object, "result", incident->result);
    json_put_text(object, "text", incident->text);
    json_put_time(object, "time", incident->time);
    return object;
}

void connection_to_json(const struct step_record *step, json_t *object)
{
    json_t *list = step->incident_count == 0 ? NULL : json_array();

    json_put_text(object, "server", step->server);
    for (size_t i = 0; i < step->incident_count; i++)
        json_array_append_new(list, incident_json(&step->incidents[i]));
    if (list != NULL)
        json_object_set_new(object, "incidents", list);
}

void connection_from_json(struct arena *arena, const json_t *object,
                          struct step_record *out)
{
    const json_t *list = json_object_get(object, "incidents");

    out->server = json_get_text(arena, object, "server");
    out->incident_count = json_array_size(list);
    out->incidents = ARENA_ARRAY(arena, struct incident, out->incident_count);
    for (size_t i = 0; i < out->incident_count; i++) {
        const json_t *incident = json_array_get(list, i);

        out->incidents[i] =
            (struct incident){.server = json_get_text(arena, incident, "server"),
                              .result = json_get_text(arena, incident, "result"),
                              .text = json_get_text(arena, incident, "text"),
                              .time = json_get_time(incident, "time")};
    }
}

/* --- the product's history ---------------------------------------------------------- */

static void put_incident(struct xml_out *out, const struct incident *incident)
{
    char time[32];

    xml_out_open(out, "incident");
    xml_out_element(out, "connection-result", incident->result);
    xml_out_element(out, "date", clock_format_product(incident->time, time));
    xml_out_element(out, "server", incident->server);
    if (incident->text != NULL) {
        xml_out_open(out, "cd-error");
        xml_out_element(out, "error-literal", incident->text);
        xml_out_close(out);
    }
    xml_out_close(out);
}

void connection_xml(const struct step_record *step, struct xml_out *out)
{
    xml_out_open(out, "ma-connection");
    xml_out_element(out, "connection-result", step->connection);
    xml_out_element(out, "server", step->server);
    if (step->incident_count > 0) {
        xml_out_open(out, "connection-log");
        for (size_t i = 0; i < step->incident_count; i++)
            put_incident(out, &step->incidents[i]);
        xml_out_close(out);
    }
    xml_out_close(out);
}
