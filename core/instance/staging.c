/* SPDX-License-Identifier: Apache-2.0 */
#include "instance/staging.h"

#include "base/text.h"
#include "config/instance_edit.h"

static const char setting[] = "staging-mode";

static bool configured(const struct config *config)
{
    const struct metaverse *mv = &config->metaverse;
    const char *value = parameter_find(mv->parameters, mv->parameter_count,
                                       "Microsoft.Synchronize.StagingMode");
    bool on = false;

    if (value != NULL)
        (void)text_to_flag(slice_text(value), &on); /* else: it is off */
    return on;
}

struct staging staging_of(const struct instance *instance, const struct config *config)
{
    if (instance_setting(instance, setting) != NULL)
        return (struct staging){instance_flag(instance, setting, false),
                                "mactl.xml says so"};
    return configured(config)
               ? (struct staging){true, "the imported server was in staging mode, and "
                                        "mactl.xml says nothing"}
               : (struct staging){false, "neither mactl.xml nor the imported "
                                         "configuration turns it on"};
}

enum ma_status staging_set(const char *folder, bool on, bool *changed,
                           struct ma_error *err)
{
    return instance_set(folder, setting, on ? "true" : "false", changed, err);
}
