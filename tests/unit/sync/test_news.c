/* SPDX-License-Identifier: Apache-2.0 */

/* What is synchronised by value, and of what changed alone, is what comes of whole
 * objects and all of them. */

#include "lives.h"

START_TEST(people_and_groups)
{
    live_all(SOURCE_DIR "/tests/integration/data/groups/export");
    live_all(SOURCE_DIR "/tests/integration/data/pair/export");
}
END_TEST

/* What flowed out of the metaverse flows in again, and ranks first. */
START_TEST(an_echo)
{
    live_all(SOURCE_DIR "/tests/unit/sync/data/echo");
}
END_TEST

START_TEST(the_classic_family)
{
    live_all(SOURCE_DIR "/tests/unit/sync/data/classic");
}
END_TEST

START_TEST(the_hybrid_example)
{
    live_all(SOURCE_DIR "/docs/examples/hybrid/export");
}
END_TEST

START_TEST(every_scenario)
{
    live_scenarios(SOURCE_DIR "/tests/corpus/*/config", 1);
}
END_TEST

START_TEST(the_corpus)
{
    live_corpus(4);
}
END_TEST

SUITE("sync/news", people_and_groups, an_echo, the_classic_family, the_hybrid_example,
      every_scenario, the_corpus)
