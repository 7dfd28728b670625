/* SPDX-License-Identifier: Apache-2.0 */

/*
 * An agent that misbehaves when it is told to, for the tests of the supervisor. Parameter
 * "behave" says how, after the first of its three people ("type" and
 * "below" are their object type and the container that they are in):
 *
 *   gate    tells the FIFO "ready" in its folder, waits for the FIFO "gate", goes on
 *   asked   the same twice, the second time when it was asked to stop
 *   abort   dies by a signal
 *   exit    ends the process
 *   hang    gives no sign of life any more
 *   stuck   the same, when it is opened
 *   crawl   takes ten seconds, and asks all the time whether to stop
 *   noise   prints on stdout, logs, and goes on
 *   refuse  refuses its credentials when it is opened
 *   away    finds its system gone when it is opened
 *   drop    loses the connection
 *   lies    answers something that no import may answer: MA_BROKEN
 *   mumble  rejects an entry without the type of its error
 */

#include <fcntl.h>
#include <mactl/ma.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

struct session {
    const struct ma_host *host;
};

static const char *behaviour(const struct ma_host *host)
{
    const char *text = host->param(host, "behave");

    return text == NULL ? "" : text;
}

static enum ma_status gate_open(const struct ma_host *host, void **out,
                                struct ma_error *err)
{
    struct session *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    while (strcmp(behaviour(host), "stuck") == 0)
        pause();
    s->host = host;
    *out = s;
    if (strcmp(behaviour(host), "refuse") != 0 && strcmp(behaviour(host), "away") != 0)
        return MA_OK;
    free(s);
    *out = NULL;
    return strcmp(behaviour(host), "away") == 0
               ? ma_fail(err, MA_UNREACHABLE, "nobody answers")
               : ma_fail(err, MA_DENIED, "the password is wrong");
}

static void gate_close(void *session)
{
    free(session);
}

static int open_fifo(const struct ma_host *host, const char *name, int flags)
{
    char path[512];

    snprintf(path, sizeof path, "%s/%s", host->folder(host), name);
    return open(path, flags);
}

/* Opening a FIFO waits for the test at the other end. */
static void tell_ready(const struct ma_host *host)
{
    int ready = open_fifo(host, "ready", O_WRONLY);

    if (write(ready, "here\n", 5) != 5)
        abort();
    close(ready);
}

static void wait_at_gate(const struct ma_host *host)
{
    int gate;
    char byte;

    tell_ready(host);
    gate = open_fifo(host, "gate", O_RDONLY);
    while (read(gate, &byte, 1) > 0)
        ;
    close(gate);
}

static void wait_until_asked(const struct ma_host *host)
{
    tell_ready(host);
    while (!host->cancelled(host))
        poll(NULL, 0, 1);
}

static enum ma_status act(const struct ma_host *host, struct ma_error *err)
{
    const char *how = behaviour(host);

    if (strcmp(how, "asked") == 0)
        wait_until_asked(host);
    if (strcmp(how, "gate") == 0 || strcmp(how, "asked") == 0)
        wait_at_gate(host);
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "exit") == 0)
        _exit(3);
    while (strcmp(how, "hang") == 0)
        pause();
    for (int i = 0; strcmp(how, "crawl") == 0 && i < 200; i++) {
        usleep(50000);
        (void)host->cancelled(host);
    }
    if (strcmp(how, "noise") == 0) {
        puts("this must not be on stdout");
        host->log(host, MA_LOG_WARNING, "a warning of the plugin");
    }
    if (strcmp(how, "drop") == 0)
        return ma_fail(err, MA_UNREACHABLE, "the connection was dropped");
    if (strcmp(how, "mumble") == 0)
        return host->reject(
            host, &(struct ma_rejection){.size = sizeof(struct ma_rejection)}, err);
    if (strcmp(how, "lies") == 0)
        return ma_fail(err, MA_BROKEN, "this cannot be");
    return MA_OK;
}

static enum ma_status emit_person(const struct ma_host *host, int number,
                                  struct ma_error *err)
{
    char dn[256];
    char id[16];
    struct ma_value value;
    struct ma_attribute attributes[] = {
        {.name = host->param(host, "number"), .values = &value, .count = 1},
        {.name = "displayName", .values = &value, .count = 1},
    };
    struct ma_entry entry = {.size = sizeof entry,
                             .change = MA_PRESENT,
                             .dn = dn,
                             .object_type = host->param(host, "type"),
                             .attributes = attributes,
                             .count = 2};

    snprintf(id, sizeof id, "%d", number);
    snprintf(dn, sizeof dn, "uid=%s,%s", id, host->param(host, "below"));
    value = ma_value_of(id);
    entry.anchor = value;
    return host->emit(host, &entry, err);
}

static enum ma_status gate_import(void *session, const struct ma_import *request,
                                  struct ma_error *err)
{
    const struct ma_host *host = ((struct session *)session)->host;
    enum ma_status status = MA_OK;

    (void)request;
    for (int i = 1; status == MA_OK && i <= 3; i++) {
        status = emit_person(host, i, err);
        if (status == MA_OK && i == 1)
            status = host->checkpoint(host, ma_value_of("1"), err);
        if (status == MA_OK && i == 1)
            status = act(host, err);
    }
    return status != MA_OK ? status : host->watermark(host, ma_value_of("all"), err);
}

static enum ma_status gate_export(void *session, const struct ma_entry *const *entries,
                                  size_t count, struct ma_error *err)
{
    const struct ma_host *host = ((struct session *)session)->host;
    enum ma_status status = MA_OK;

    for (size_t i = 0; status == MA_OK && i < count; i++) {
        const struct ma_result result = {.size = sizeof result,
                                         .outcome = MA_EXPORTED,
                                         .anchor = ma_value_of(entries[i]->dn)};

        status = host->exported(host, i, &result, err);
        if (status == MA_OK && i == 0)
            status = act(host, err);
    }
    return status;
}

static const struct ma_agent agent = {
    .size = sizeof agent,
    .capabilities = MA_CAN_FULL_IMPORT | MA_CAN_EXPORT,
    .open = gate_open,
    .close = gate_close,
    .import_entries = gate_import,
    .export_entries = gate_export,
};

static const struct ma_param params[] = {
    {"behave", MA_STRING, NULL, "How it misbehaves."},
    {"below", MA_STRING, "ou=people,dc=hr", "Where they are."},
    {"type", MA_STRING, "person", "What its objects are."},
    {"number", MA_STRING, "employeeID", "The attribute with their numbers."},
    {NULL, MA_STRING, NULL, NULL},
};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "gate_ma",
    .version = "1.0",
    .params = params,
    .agent = &agent,
};

MA_PLUGIN(plugin)
