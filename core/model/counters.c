/* SPDX-License-Identifier: Apache-2.0 */
#include "model/counters.h"

static const struct {
    const char *text;
    enum counter_group group;
} table[COUNTER_COUNT] = {
#define STAGING(id, name) [COUNTER_##id] = {name, COUNTERS_OF_STAGING},
#define DISCOVERY(id, name) [COUNTER_##id] = {name, COUNTERS_OF_DISCOVERY},
#define INBOUND(id, name) [COUNTER_##id] = {name, COUNTERS_OF_INBOUND},
#define OUTBOUND(id, name) [COUNTER_##id] = {name, COUNTERS_OF_OUTBOUND},
#define EXPORTED(id, name) [COUNTER_##id] = {name, COUNTERS_OF_EXPORT},
    COUNTERS_STAGING(STAGING) COUNTERS_DISCOVERY(DISCOVERY) COUNTERS_INBOUND(INBOUND)
        COUNTERS_OUTBOUND(OUTBOUND) COUNTERS_EXPORT(EXPORTED)};

const char *counter_text(enum counter counter)
{
    return table[counter].text;
}

enum counter_group counter_group(enum counter counter)
{
    return table[counter].group;
}

bool counter_has_detail(enum counter counter)
{
    return counter != COUNTER_STAGE_NO_CHANGE &&
           counter != COUNTER_DISCONNECTOR_REMAINS &&
           counter_group(counter) != COUNTERS_OF_DISCOVERY;
}
