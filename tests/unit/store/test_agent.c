/* SPDX-License-Identifier: Apache-2.0 */
#include "store/agent.h"

#include "scratch.h"

static void begin(void)
{
    scratch_begin();
    scratch_open();
}

START_TEST(an_agent_keeps_its_number)
{
    struct guid a = guid_new();
    struct guid b = guid_new();
    known_agents agents = {0};

    ck_assert_uint_eq(agent_find(scratch.batch, &a), 0);
    ck_assert_uint_eq(agent_number(scratch.batch, &a), 1);
    ck_assert_uint_eq(agent_number(scratch.batch, &b), 2);
    scratch_commit();
    scratch_reopen();

    ck_assert_uint_eq(agent_number(scratch.batch, &b), 2);
    ck_assert_uint_eq(agent_number(scratch.batch, &a), 1);
    ck_ok(agent_list(scratch.batch, &agents, &scratch.err));
    ck_assert_uint_eq(agents.count, 2);
    for (size_t i = 0; i < 2; i++)
        ck_assert_uint_eq(agents.items[i].number,
                          guid_equal(&agents.items[i].guid, &a) ? 1 : 2);
    VEC_FREE(&agents);
}
END_TEST

static const char *value(uint32_t agent, const char *partition, const char *name)
{
    static char text[64];
    struct slice out;

    if (agent_get(scratch.batch, agent, partition, name, &out) != MA_OK)
        return NULL;
    snprintf(text, sizeof text, "%.*s", (int)out.length, out.at);
    return text;
}

START_TEST(values_stand_by_agent_partition_and_name)
{
    static const char longest[] = "DC=a-partition,DC=with-a-very-long-name,DC=that-does,"
                                  "DC=not-fit,DC=into-a-key,DC=example,DC=com";

    agent_set(scratch.batch, 1, NULL, "watermark", slice_text("w"));
    agent_set(scratch.batch, 1, longest, "watermark", slice_text("p"));
    agent_set(scratch.batch, 2, NULL, "watermark", slice_text("x"));
    scratch_commit();
    scratch_reopen();

    ck_assert_str_eq(value(1, NULL, "watermark"), "w");
    ck_assert_str_eq(value(1, longest, "watermark"), "p");
    ck_assert_str_eq(value(2, NULL, "watermark"), "x");
    ck_assert_ptr_null(value(2, longest, "watermark"));
    ck_assert_ptr_null(value(1, NULL, "checkpoint"));
    agent_clear(scratch.batch, 1, NULL, "watermark");
    ck_assert_ptr_null(value(1, NULL, "watermark"));
    ck_assert_str_eq(value(1, longest, "watermark"), "p");
}
END_TEST

START_TEST(an_equal_value_is_not_written)
{
    agent_set(scratch.batch, 1, NULL, "rules", slice_text("hash"));
    scratch_commit();
    agent_set(scratch.batch, 1, NULL, "rules", slice_text("hash"));
    agent_clear(scratch.batch, 1, NULL, "checkpoint");

    ck_assert_uint_eq(batch_writes(scratch.batch), 0);
}
END_TEST

START_TEST(what_a_system_lacks_is_kept_until_it_is_told_anew)
{
    static const char *const names[] = {"mailNickname", "msExchArchiveStatus"};
    ARENA_AUTO arena = {0};
    const char *const *kept;

    agent_set_absent(scratch.batch, 1, names, 2);
    kept = agent_absent(scratch.batch, &arena, 1);
    ck_assert_str_eq(kept[0], "mailNickname");
    ck_assert_str_eq(kept[1], "msExchArchiveStatus");
    ck_assert_ptr_null(kept[2]);
    ck_assert_ptr_null(agent_absent(scratch.batch, &arena, 2)[0]);

    agent_set_absent(scratch.batch, 1, NULL, 0);
    ck_assert_ptr_null(agent_absent(scratch.batch, &arena, 1)[0]);
}
END_TEST

SUITE_WITH("store/agent", begin, scratch_end, an_agent_keeps_its_number,
           values_stand_by_agent_partition_and_name, an_equal_value_is_not_written,
           what_a_system_lacks_is_kept_until_it_is_told_anew)
