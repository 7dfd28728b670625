/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>
#include <stdlib.h>

/*
 * The end of every unit test: SUITE("base/text", a_test, another_test) is its main().
 * Tests run in one process (CK_FORK=no), so the sanitizers see everything.
 */
static inline int suite_run(const char *name, const TTest *const *tests, size_t count,
                            SFun before, SFun after)
{
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    SRunner *runner = srunner_create(suite);
    int failed;

    if (before != NULL || after != NULL)
        tcase_add_checked_fixture(tcase, before, after);
    tcase_set_timeout(tcase, 300);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(tcase, tests[i]);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

#define SUITE_WITH(name, before, after, ...)                                             \
    int main(void)                                                                       \
    {                                                                                    \
        const TTest *const tests[] = {__VA_ARGS__};                                      \
        return suite_run(name, tests, sizeof tests / sizeof tests[0], before, after);    \
    }
#define SUITE(name, ...) SUITE_WITH(name, NULL, NULL, __VA_ARGS__)

#endif
