/* SPDX-License-Identifier: Apache-2.0 */

/* A run with errors of every kind, held against tests/unit/history/data/history.xml. That
 * is valid by schemas/run-history.rng, as the test integration/run_history says. */

#include <stdio.h>
#include <stdlib.h>

#include "history/history_xml.h"
#include "history/result.h"
#include "history_store.h"

static const char *const errors[] = {
    "{'kind':'discovery-error','agent':'HR','dn':'uid=9,dc=hr','type':'missing-anchor-"
    "component','text':'an anchor -- employeeID -- is "
    "required','attribute':'employeeID','entry':9,'line':40,'column':3}",
    "{'kind':'discovery-error','agent':'HR','type':'parse-error'}",
    "{'kind':'import-error','agent':'HR','guid':'00000000-0000-4000-8000-0000000000aa',"
    "'dn':'CN=A & B <c>','type':'exported-change-not-reimported','retry_count':1,"
    "'first_occurred':'2026-11-30T01:02:03.004Z','date_occurred':'2026-11-30T01:02:03."
    "004Z','algorithm_step':'staging','lost':{'operation':'update','dn':'CN=New',"
    "'attributes':[{'name':'title','operation':'set','add':['A\\u0001B',7,true]},{'name':"
    "'member','operation':'values','add':['CN=M'],'delete':[{'base64':'AAE='}]}]},'seen':"
    "{'dn':'CN=A','type':'user','attributes':{'title':['B']}}}",
    "{'kind':'import-error','agent':'HR','dn':'uid=1','type':'extension-dll-exception',"
    "'text':'no "
    "name','rule':'corp.name','algorithm_step':'import-flow','retry_count':2,"
    "'date_occurred':'2026-11-30T01:02:03.004Z'}",
    "{'kind':'import-error','agent':'HR','guid':'00000000-0000-4000-8000-0000000000ab',"
    "'dn':'uid=2','type':'sync-rule-error-function-triggered','text':'no such "
    "title','rule':'In from HR','attribute':'title','algorithm_step':'import-flow',"
    "'date_occurred':'2026-11-30T01:02:03.004Z'}",
    "{'kind':'import-error','agent':'AD','dn':'CN=Ana','type':'unexpected-error',"
    "'algorithm_step':'provisioning','date_occurred':'2026-11-30T01:02:03.004Z'}",
    "{'kind':'export-error','agent':'HR','dn':'uid=3','type':'permission-issue','code':"
    "'8344','literal':'Insufficient access rights to perform the "
    "operation.','detail':'00002098','retry_count':4,'first_occurred':'2026-11-30T01:02:"
    "03.004Z','date_occurred':'2026-11-30T02:02:03.004Z','findings':[{'code':"
    "'NO-GRANT','attribute':'title','grant':'(OA;CIIO;WP;;;PS)'}]}",
};

static json_t *document(const char *text)
{
    char *copy = strdup(text);
    json_t *out;

    for (char *at = copy; *at != '\0'; at++)
        *at = *at == '\'' ? '"' : *at;
    out = json_loads(copy, 0, NULL);
    free(copy);
    ck_assert_ptr_nonnull(out);
    return out;
}

static struct run_record a_run(struct step_record *steps, struct agent_counters *agents)
{
    agents[0] = (struct agent_counters){.agent = "HR", .id = {{1}}};
    agents[0].counters.of[COUNTER_STAGE_ADD] = 3;
    agents[0].counters.of[COUNTER_FILTERED_OBJECTS] = 2;
    agents[1] = (struct agent_counters){.agent = "AD", .id = {{2}}};
    agents[1].counters.of[COUNTER_OUT_ADD_FLOW] = 1;
    static struct incident incidents[] = {
        {"dc1", "failed-connection", "dc1: Connection refused", 1796000000200},
        {"dc2", "dropped-connection", NULL, 1796000000300}};

    steps[0] = (struct step_record){
        .number = 1,
        .type = "full-import",
        .subtype = "to-cs,to-file,resume-from-file",
        .partition = "default",
        .start = 1796000000123,
        .end = 1796000001000,
        .result = "completed-discovery-errors",
        .text = "one of them",
        .connection = "success",
        .server = "dc3",
        .incidents = incidents,
        .incident_count = 2,
        .file = "drop.jsonl",
        .agents = agents,
        .agent_count = 2,
        .work = {.store = {.objects_read = 5, .values_read = 7, .values_written = 3},
                 .flows_evaluated = 11,
                 .unchanged = 6}};
    steps[1] = (struct step_record){.number = 2,
                                    .type = "export",
                                    .start = 1796000001000,
                                    .result = RESULT_RUNNING,
                                    .export_number = 4,
                                    .export_successful = 3};
    return (struct run_record){.number = record_next(batch),
                               .agent = "HR",
                               .agent_id = {{1}},
                               .profile = "FI & E",
                               .user = "CORP\\op",
                               .start = 1796000000123,
                               .result = RESULT_RUNNING,
                               .steps = steps,
                               .step_count = 2,
                               .steps_planned = 2};
}

static char *golden(void)
{
    FILE *file = fopen(SOURCE_DIR "/tests/unit/history/data/history.xml", "rb");
    char *text = calloc(1, 65536);

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, 65535, file), 0);
    fclose(file);
    return text;
}

START_TEST(errors_of_every_kind_have_their_place)
{
    struct step_record steps[2];
    struct agent_counters agents[2];
    struct run_record run = a_run(steps, agents);
    BUF_AUTO out = {0};
    char *expected = golden();

    record_put(batch, &run);
    for (unsigned i = 0; i < sizeof errors / sizeof errors[0]; i++)
        record_put_error(batch, run.number, 1, i + 1, document(errors[i]));
    ck_assert_int_eq(history_xml(batch, &run, &out, &err), MA_OK);
    buf_char(&out, '\0');

    ck_assert_str_eq(out.at, expected);
    free(expected);
}
END_TEST

START_TEST(what_xml_cannot_carry_is_replaced)
{
    BUF_AUTO out = {0};
    struct xml_out *xml = xml_out_new(&out);

    xml_out_element(xml, "a", "\x01 \xff \xc3\xa9 \xe2\x82 <&>");
    xml_out_end(xml);
    buf_char(&out, '\0');

    ck_assert_ptr_nonnull(
        strstr(out.at, "<a>\xef\xbf\xbd \xef\xbf\xbd \xc3\xa9 \xef\xbf\xbd"));
    ck_assert_ptr_nonnull(strstr(out.at, " &lt;&amp;&gt;</a>"));
}
END_TEST

SUITE_WITH("history/history_xml", before, after, errors_of_every_kind_have_their_place,
           what_xml_cannot_carry_is_replaced)
