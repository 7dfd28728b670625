/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>

#include "history/result.h"
#include "suite.h"

static const struct {
    const char *result;
    int code;
    bool next_step;
} cases[] = {
    {"success", 0, true},
    {"completed-no-objects", 0, true},
    {"completed-warnings", 3, true},
    {"completed-transient-objects", 3, true},
    {"completed-sync-errors", 4, true},
    {"completed-export-errors", 4, true},
    {"completed-discovery-errors", 4, false},
    {"stopped-deletion-threshold-exceeded", 5, false},
    {"stopped-deletion-limit", 5, false},
    {"stopped-object-limit", 5, false},
    {"stopped-error-limit", 5, false},
    {"call-failure", 6, false},
    {"no-start-full-import-required", 6, false},
    {"no-start-ma", 6, false},
    {"no-start-of-a-kind-we-do-not-know", 6, false},
    {"stopped-export-disabled", 6, false},
    {"no-start-connection", 7, false},
    {"no-start-credentials", 7, false},
    {"stopped-connectivity", 7, false},
    {"stopped-server-down", 7, false},
    {"stopped-bad-server-credentials", 7, false},
    {"stopped-extension-dll-exception", 9, false},
    {"stopped-extension-dll-file-not-found", 9, false},
    {"stopped-ma-extension-timeout", 9, false},
    {"stopped-user-termination-from-wmi-or-ui", 130, false},
    {"stopped-service-shutdown", 1, false},
    {"stopped-out-of-memory", 1, false},
    {"stopped-for-a-reason-we-do-not-know", 1, false},
};

START_TEST(every_result_has_its_exit_code_and_says_whether_the_profile_goes_on)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_msg(result_exit(cases[i].result) == (enum result_exit)cases[i].code,
                      "%s", cases[i].result);
        ck_assert_msg(result_continues(cases[i].result) == cases[i].next_step, "%s",
                      cases[i].result);
    }
}
END_TEST

/* Each is graver than all before it. */
START_TEST(the_gravest_result_is_the_one_of_the_run)
{
    static const char *const order[] = {"in-progress",
                                        "success",
                                        "completed-no-objects",
                                        "completed-transient-objects",
                                        "completed-warnings",
                                        "completed-sync-errors",
                                        "completed-export-errors",
                                        "completed-discovery-errors",
                                        "no-start-connection",
                                        "stopped-object-limit"};
    size_t count = sizeof order / sizeof order[0];

    for (size_t a = 0; a < count; a++)
        for (size_t b = 0; b < count; b++)
            ck_assert_str_eq(result_worse(order[a], order[b]), order[a > b ? a : b]);
}
END_TEST

START_TEST(of_two_equally_grave_results_the_first_stays)
{
    ck_assert_str_eq(result_worse("stopped-server", "stopped-object-limit"),
                     "stopped-server");
}
END_TEST

/* Nothing in the table has the exit code of a usage error, and no two rows one text. */
START_TEST(the_table_is_consistent)
{
    for (size_t i = 0; result_at(i) != NULL; i++) {
        ck_assert(result_is_known(result_at(i)));
        ck_assert_int_ne(result_exit(result_at(i)), 2);
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(result_at(i), result_at(j));
    }
}
END_TEST

START_TEST(whatever_the_engine_makes_of_a_status_is_in_the_table)
{
    for (int status = MA_OK; status <= MA_UNEXPECTED; status++) {
        ck_assert(
            result_is_known(result_of_status((enum ma_status)status, RESULT_BEFORE)));
        ck_assert(
            result_is_known(result_of_status((enum ma_status)status, RESULT_DURING)));
    }
}
END_TEST

START_TEST(a_crash_is_put_down_to_a_plugin_only_while_one_is_in_use)
{
    ck_assert_str_eq(result_of_signal(SIGSEGV, true), "stopped-extension-dll-exception");
    ck_assert_str_eq(result_of_signal(SIGSEGV, false), "stopped-server");
    ck_assert_str_eq(result_of_signal(SIGKILL, true), "stopped-service-shutdown");
}
END_TEST

SUITE("history/result",
      every_result_has_its_exit_code_and_says_whether_the_profile_goes_on,
      the_gravest_result_is_the_one_of_the_run,
      of_two_equally_grave_results_the_first_stays, the_table_is_consistent,
      whatever_the_engine_makes_of_a_status_is_in_the_table,
      a_crash_is_put_down_to_a_plugin_only_while_one_is_in_use)
