/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A management agent for people it knows by heart: the template of an agent, and the test
 * double of one. Parameter "person" names them, "anchor:name"; exports are accepted and
 * forgotten, but for the attributes that "keeps" names. Read from the bottom.
 */

#include <mactl/ma.h>
#include <stdlib.h>

struct session {
    const struct ma_host *host;
};

static enum ma_status list_open(const struct ma_host *host, void **out,
                                struct ma_error *err)
{
    struct session *s = calloc(1, sizeof *s);

    if (s == NULL)
        return ma_fail(err, MA_NO_MEMORY, "out of memory");
    s->host = host;
    *out = s;
    return MA_OK;
}

static void list_close(void *session)
{
    free(session);
}

static enum ma_status emit_person(const struct ma_host *host, const char *person,
                                  struct ma_error *err)
{
    const char *name = strchr(person, ':');
    char dn[256];
    struct ma_value value;
    struct ma_attribute attribute = {.name = "displayName", .values = &value, .count = 1};
    struct ma_entry entry = {.size = sizeof entry,
                             .change = MA_PRESENT,
                             .dn = dn,
                             .object_type = "person",
                             .attributes = &attribute,
                             .count = 1};

    if (name == NULL || name == person)
        return host->reject(host,
                            &(struct ma_rejection){.size = sizeof(struct ma_rejection),
                                                   .type = "missing-anchor-component",
                                                   .text = "wanted anchor:name"},
                            err);
    entry.anchor = (struct ma_value){person, (size_t)(name - person)};
    value = ma_value_of(name + 1);
    snprintf(dn, sizeof dn, "cn=%.*s", (int)entry.anchor.length, person);
    return host->emit(host, &entry, err);
}

static enum ma_status list_import(void *session, const struct ma_import *request,
                                  struct ma_error *err)
{
    const struct ma_host *host = ((struct session *)session)->host;
    enum ma_status status = MA_OK;
    const char *person;

    (void)request; /* every import is a full one */
    for (size_t i = 0; status == MA_OK; i++) {
        person = host->param_at(host, "person", i);
        if (person == NULL)
            return host->watermark(host, ma_value_of("all"), err);
        status = emit_person(host, person, err);
    }
    return status; /* not ours to judge: the engine knows why it said stop */
}

/* Why it takes no such value; NULL: it does. The export and the forecast ask the same. */
static const char *why_refused(const struct ma_host *host, const char *attribute)
{
    const char *kept;

    for (size_t i = 0; (kept = host->param_at(host, "keeps", i)) != NULL; i++)
        if (strcasecmp(kept, attribute) == 0)
            return "the list keeps its own";
    return NULL;
}

static struct ma_result result_of(const struct ma_host *host,
                                  const struct ma_entry *entry)
{
    struct ma_result result = {.size = sizeof result, .outcome = MA_EXPORTED};

    for (size_t i = 0; i < entry->count && result.error_literal == NULL; i++)
        result.error_literal = why_refused(host, entry->attributes[i].name);
    if (result.error_literal != NULL) {
        result.outcome = MA_EXPORT_FAILED;
        result.error_type = "readonly-attribute";
    }
    return result;
}

static enum ma_status list_export(void *session, const struct ma_entry *const *entries,
                                  size_t count, struct ma_error *err)
{
    const struct ma_host *host = ((struct session *)session)->host;

    for (size_t i = 0; i < count; i++) {
        const struct ma_result result = result_of(host, entries[i]);
        enum ma_status status = host->exported(host, i, &result, err);

        if (status != MA_OK)
            return status;
        host->log(host, MA_LOG_INFO, "%s %s",
                  result.outcome == MA_EXPORTED ? "accepted" : "refused", entries[i]->dn);
    }
    return MA_OK;
}

/* Nobody is connected to: what is known without is told for each attribute. */
static enum ma_status list_foresee(const struct ma_host *host,
                                   const struct ma_pending *pending, size_t count,
                                   struct ma_error *err)
{
    struct ma_finding finding = {.size = sizeof finding,
                                 .verdict = MA_REFUSED,
                                 .code = "readonly-attribute",
                                 .remedy = "take out the flow"};
    enum ma_status status = MA_OK;

    for (finding.index = 0; finding.index < count; finding.index++) {
        const struct ma_entry *entry = pending[finding.index].entry;

        for (size_t i = 0; i < entry->count && status == MA_OK; i++) {
            finding.attribute = entry->attributes[i].name;
            finding.cause = why_refused(host, finding.attribute);
            if (finding.cause != NULL)
                status = host->finding(host, &finding, err);
        }
    }
    return status;
}

static const struct ma_agent agent = {
    .size = sizeof agent,
    .capabilities = MA_CAN_FULL_IMPORT | MA_CAN_EXPORT,
    .open = list_open,
    .close = list_close,
    .import_entries = list_import,
    .export_entries = list_export,
    .foresee = list_foresee,
};

static const struct ma_param params[] = {
    {"person", MA_STRING, "1:Ada Lovelace", "Who there is, as anchor:name; repeated."},
    {"keeps", MA_STRING, NULL, "An attribute that exports do not change; repeated."},
    {NULL, MA_STRING, NULL, NULL},
};

static const struct ma_plugin plugin = {
    .abi = MA_ABI,
    .size = sizeof plugin,
    .name = "list_ma",
    .version = "1.0",
    .params = params,
    .agent = &agent,
};

MA_PLUGIN(plugin)
