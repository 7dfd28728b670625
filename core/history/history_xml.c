/* SPDX-License-Identifier: Apache-2.0 */
#include "history/history_xml.h"

#include "base/clock.h"
#include "history/connection.h"

/* --- small things ------------------------------------------------------------------- */

static void put_number(struct xml_out *out, const char *name, uint64_t number)
{
    char text[24];

    snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    xml_out_element(out, name, text);
}

static void put_guid(struct xml_out *out, const char *name, const struct guid *guid)
{
    char text[GUID_TEXT];

    xml_out_element(out, name, guid_format(guid, GUID_BRACED_UPPER, text));
}

static void put_time(struct xml_out *out, const char *name, int64_t time)
{
    char text[32];

    if (time != 0)
        xml_out_element(out, name, clock_format_product(time, text));
}

/* --- counters ----------------------------------------------------------------------- */

static const struct counters *counters_of(const struct step_record *step,
                                          const struct guid *agent)
{
    static const struct counters none;

    for (size_t i = 0; i < step->agent_count; i++)
        if (guid_equal(&step->agents[i].id, agent))
            return &step->agents[i].counters;
    return &none;
}

/* `only_counted`: those above 0. */
static void put_counters(struct xml_out *out, enum counter_group group,
                         const struct counters *counters, bool only_counted)
{
    for (int c = 0; c < COUNTER_COUNT; c++) {
        char text[24];

        if (counter_group((enum counter)c) != group ||
            (only_counted && counters->of[c] == 0))
            continue;
        snprintf(text, sizeof text, "%llu", (unsigned long long)counters->of[c]);
        xml_out_open(out, counter_text((enum counter)c));
        if (group != COUNTERS_OF_DISCOVERY)
            xml_out_attribute(out, "detail",
                              counter_has_detail((enum counter)c) ? "true" : "false");
        xml_out_text(out, text);
        xml_out_close(out);
    }
}

static void put_group(struct xml_out *out, const char *name, enum counter_group group,
                      const struct counters *counters)
{
    xml_out_open(out, name);
    put_counters(out, group, counters, false);
    xml_out_close(out);
}

static bool counted(const struct counters *counters, enum counter_group group)
{
    for (int c = 0; c < COUNTER_COUNT; c++)
        if (counter_group((enum counter)c) == group && counters->of[c] > 0)
            return true;
    return false;
}

static void put_outbound(struct xml_out *out, const struct agent_counters *agent)
{
    char guid[GUID_TEXT];

    if (!counted(&agent->counters, COUNTERS_OF_OUTBOUND))
        return;
    xml_out_open(out, "outbound-flow-counters");
    xml_out_attribute(out, "ma", agent->agent);
    xml_out_attribute(out, "ma-id", guid_format(&agent->id, GUID_BRACED_UPPER, guid));
    put_counters(out, COUNTERS_OF_OUTBOUND, &agent->counters, true);
    xml_out_close(out);
}

static void put_all_counters(struct xml_out *out, const struct run_record *run,
                             const struct step_record *step)
{
    const struct counters *own = counters_of(step, &run->agent_id);

    for (size_t i = 0; i < step->agent_count; i++)
        put_outbound(out, &step->agents[i]);
    put_group(out, "staging-counters", COUNTERS_OF_STAGING, own);
    put_group(out, "inbound-flow-counters", COUNTERS_OF_INBOUND, own);
    put_group(out, "export-counters", COUNTERS_OF_EXPORT, own);
}

/* --- a step ------------------------------------------------------------------------- */

/* The subtypes "to-cs,to-file" as an element each, under the name that belongs to the
 * type. */
static void put_type(struct xml_out *out, const struct step_record *step)
{
    const char *name = strcmp(step->type, "apply-rules") == 0 ? "apply-rules-subtype"
                       : strcmp(step->type, "export") == 0    ? "export-subtype"
                                                              : "import-subtype";
    const char *at = step->subtype == NULL ? "" : step->subtype;

    xml_out_open(out, "step-type");
    xml_out_attribute(out, "type", step->type);
    while (*at != '\0') {
        char word[64];
        size_t length = strcspn(at, ",");

        snprintf(word, sizeof word, "%.*s", (int)length, at);
        xml_out_element(out, name, word);
        at += length + (at[length] == ',');
    }
    xml_out_close(out);
}

static void put_description(struct xml_out *out, const struct step_record *step)
{
    xml_out_open(out, "step-description");
    put_type(out, step);
    xml_out_element(out, "partition", step->partition == NULL ? "" : step->partition);
    xml_out_element(out, "custom-data", "");
    xml_out_close(out);
}

static void put_result(struct xml_out *out, const struct step_record *step)
{
    xml_out_open(out, "step-result");
    xml_out_attribute(out, "file", step->file);
    xml_out_text(out, step->result);
    xml_out_close(out);
    xml_out_comment(out, step->text);
    xml_out_comment(out, step->note);
}

/* The product has no place for it: in a comment it is in nobody's way. */
static void put_work(struct xml_out *out, const struct step_work *work)
{
    char text[200];

    snprintf(text, sizeof text,
             "work: %llu objects read, %llu values read, %llu values written, %llu flows "
             "evaluated, %llu objects unchanged",
             (unsigned long long)work->store.objects_read,
             (unsigned long long)work->store.values_read,
             (unsigned long long)work->store.values_written,
             (unsigned long long)work->flows_evaluated,
             (unsigned long long)work->unchanged);
    xml_out_comment(out, text);
}

static void put_step(struct xml_out *out, const struct run_record *run,
                     const struct step_record *step, const json_t *errors)
{
    char number[16];

    snprintf(number, sizeof number, "%u", step->number);
    xml_out_open(out, "step-details");
    xml_out_attribute(out, "step-number", number);
    put_time(out, "start-date", step->start);
    put_time(out, "end-date", step->end);
    put_result(out, step);
    put_description(out, step);
    put_number(out, "current-export-step-counter", step->export_number);
    put_number(out, "last-successful-export-step-counter", step->export_successful);
    connection_xml(step, out);
    history_xml_discovery(out, errors);
    put_group(out, "ma-discovery-counters", COUNTERS_OF_DISCOVERY,
              counters_of(step, &run->agent_id));
    history_xml_synchronization(out, errors, run->agent);
    history_xml_retries(out, errors, run->agent);
    put_work(out, &step->work);
    put_all_counters(out, run, step);
    xml_out_close(out);
}

/* --- a run -------------------------------------------------------------------------- */

static void put_head(struct xml_out *out, const struct run_record *run)
{
    put_guid(out, "ma-id", &run->agent_id);
    xml_out_element(out, "ma-name", run->agent);
    put_number(out, "run-number", run->number);
    xml_out_element(out, "run-profile-name", run->profile);
    xml_out_element(out, "security-id", run->user == NULL ? "" : run->user);
}

static enum ma_status put_steps(struct xml_out *out, struct batch *batch,
                                const struct run_record *run, struct ma_error *err)
{
    for (size_t i = 0; i < run->step_count; i++) {
        json_t *errors;

        if (record_errors(batch, run->number, run->steps[i].number, &errors, err) !=
            MA_OK)
            return err->status;
        put_step(out, run, &run->steps[i], errors);
        json_decref(errors);
    }
    return MA_OK;
}

enum ma_status history_xml(struct batch *batch, const struct run_record *record,
                           struct buf *to, struct ma_error *err)
{
    struct xml_out *out = xml_out_new(to);
    enum ma_status status;

    xml_out_open(out, "run-history");
    xml_out_open(out, "run-details");
    put_head(out, record);
    status = put_steps(out, batch, record, err);
    xml_out_end(out);
    return status;
}
