/* SPDX-License-Identifier: Apache-2.0 */
#include "model/value.h"

#include "suite.h"

static const struct {
    const char *text;
    const char *spelled;
} times[] = {
    {"20260228093000Z", "20260228093000.0Z"},
    {"20260228093000.0Z", "20260228093000.0Z"},
    {"20260228093000,000Z", "20260228093000.0Z"},
    {"202602280930Z", "20260228093000.0Z"},
    /* what says more, is of another zone, or is none, stays */
    {"20260228093000.5Z", "20260228093000.5Z"},
    {"20260228093000+0100", "20260228093000+0100"},
    {"20260228093000", "20260228093000"},
    {"20260228093000.Z", "20260228093000.Z"},
    {"2026-02-28", "2026-02-28"},
    {"", ""},
};

START_TEST(a_time_has_one_spelling)
{
    ARENA_AUTO arena = {0};

    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct slice out = value_time(&arena, slice_text(times[i].text));

        ck_assert_msg(slice_equal(out, slice_text(times[i].spelled)), "%s gives %.*s",
                      times[i].text, (int)out.length, out.at);
    }
}
END_TEST

SUITE("model/value", a_time_has_one_spelling)
