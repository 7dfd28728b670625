/* SPDX-License-Identifier: Apache-2.0 */
#include <mactl/ma.h>

const struct ma_plugin *ma_plugin_entry(void)
{
    return NULL;
}
