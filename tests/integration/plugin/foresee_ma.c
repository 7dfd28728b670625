/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An agent that is asked what it will refuse and misbehaves, as the parameter "behave"
 * says: crash, secret (asks for one), astray (tells of what it was not asked), print (on
 * stdout). It does nothing else.
 */

#include <mactl/ma.h>
#include <stdlib.h>

static enum ma_status refuse_open(const struct ma_host *host, void **out,
                                  struct ma_error *err)
{
    (void)host;
    (void)out;
    return ma_fail(err, MA_INVALID, "this agent is only asked");
}

static void close_nothing(void *session)
{
    (void)session;
}

static enum ma_status foresee(const struct ma_host *host,
                              const struct ma_pending *pending, size_t count,
                              struct ma_error *err)
{
    const struct ma_finding astray = {
        .size = sizeof astray, .verdict = MA_REFUSED, .index = count};
    const char *behave = host->param(host, "behave");
    char secret[8];

    (void)pending;
    if (strcmp(behave, "crash") == 0)
        abort();
    if (strcmp(behave, "secret") == 0)
        return host->secret(host, "password", secret, sizeof secret, err);
    if (strcmp(behave, "astray") == 0)
        return host->finding(host, &astray, err);
    puts("not for anybody");
    return MA_OK;
}

static const struct ma_agent agent = {.size = sizeof agent,
                                      .open = refuse_open,
                                      .close = close_nothing,
                                      .foresee = foresee};

static const struct ma_param params[] = {
    {"behave", MA_STRING, NULL, "How."},
    {NULL, MA_STRING, NULL, NULL},
};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "foresee_ma",
    .version = "1.0",
    .params = params,
    .agent = &agent,
};

MA_PLUGIN(plugin)
