/* SPDX-License-Identifier: Apache-2.0 */
#include "store/spread.h"

/* Of the number in a key its last byte, and how many of its bits tell objects apart that
 * share a page: those of a directory of people, a page three quarters full. */
struct place {
    unsigned char last; /* 0: there is no number */
    unsigned char bits;
};

static const struct place places[TABLE_COUNT] = {
    [TABLE_CS] = {11, 3},     [TABLE_TOWER] = {11, 2}, [TABLE_MV] = {7, 1},
    [TABLE_VALUES] = {11, 0}, [TABLE_LINKS] = {7, 5},  [TABLE_REFS] = {11, 4},
    [TABLE_QUEUE] = {12, 6},  [TABLE_MEMO] = {11, 4},
};

bool spread_is_near(enum store_table table, struct slice a, struct slice b)
{
    const struct place *place = &places[table];

    if (place->last == 0 || a.length <= place->last || b.length <= place->last)
        return true;
    return memcmp(a.at, b.at, place->last) == 0 &&
           ((unsigned char)a.at[place->last] ^ (unsigned char)b.at[place->last]) >>
                   place->bits ==
               0;
}
