/* SPDX-License-Identifier: Apache-2.0 */
#include "config/config.h"

#include <errno.h>
#include <fcntl.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "config/check.h"
#include "config/dsml.h"
#include "config/findings.h"
#include "config/password.h"
#include "config/scan.h"

/*
 * From a folder to a configuration: which files are ours (by their root element, their
 * names count for nothing), what they say together, and whether that may be used.
 */

struct reading {
    struct config *config;
    struct finding_list findings;
    struct xml *xml;
    struct scan scan;
    struct arena *kept; /* for the bytes of the files; NULL: nobody wants them */
    struct buf bytes;   /* of the file in hand */
    bool connect;       /* a file that only Connect writes */
    bool classic;       /* a file that only MIM and its elders write */
};

static void say(struct reading *reading, enum finding_level level, const char *file,
                const char *consequence, const char *text)
{
    findings_add(&reading->findings, (struct config_finding){.level = level,
                                                             .place = {file, 0, 0},
                                                             .path = "",
                                                             .text = text,
                                                             .consequence = consequence});
}

/* --- one file ---------------------------------------------------------------------- */

static bool has_end(const char *path, const char *end)
{
    size_t length = strlen(path);

    return length >= strlen(end) && strcasecmp(path + length - strlen(end), end) == 0;
}

/* Names that the product gives: such a file must be one of ours. */
static bool is_expected(const char *path)
{
    static const char *const beginnings[] = {"MA-", "Connector_", "SynchronizationRule_"};
    const char *slash = strrchr(path, '/');
    const char *name = slash == NULL ? path : slash + 1;

    if (!has_end(name, ".xml"))
        return false;
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++)
        if (strncasecmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return strcasecmp(name, "MV.xml") == 0;
}

static bool is_too_large(struct reading *reading, const struct config_file *file, int fd)
{
    struct stat info;

    if (fstat(fd, &info) != 0 || info.st_size <= LARGEST_FILE)
        return false;
    say(reading, FINDING_ERROR, file->path, NULL,
        arena_print(reading->config->arena, "the file is larger than %d MiB",
                    LARGEST_FILE / 1024 / 1024));
    return true;
}

/* The first bytes tell XML from what is none, in UTF-16 too. */
static bool looks_like(struct slice head, char c)
{
    for (size_t i = 0; i < head.length; i++) {
        unsigned char byte = (unsigned char)head.at[i];

        if (byte == (unsigned char)c)
            return true;
        if (byte != 0 && byte != 0xef && byte != 0xbb && byte != 0xbf && byte != 0xff &&
            byte != 0xfe && byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n')
            return false;
    }
    return false;
}

static const char policy_text[] =
    "this is JSON: a policy file of a newer Azure AD Connect is not read; export the "
    "server with Get-ADSyncServerConfiguration -Path FOLDER and give that folder";

static void say_foreign(struct reading *reading, struct config_file *file,
                        const char *text)
{
    bool must = reading->scan.single || is_expected(file->path);

    file->recognised = false;
    say(reading, must ? FINDING_ERROR : FINDING_WARNING, file->path,
        must ? NULL : "not a part of the configuration: not read", text);
}

/* Whether the file wants to be read at all; says why not. */
static bool is_xml(struct reading *reading, struct config_file *file, int fd)
{
    char head[256];
    ssize_t got = pread(fd, head, sizeof head, 0);
    struct slice bytes = slice_of(head, got < 0 ? 0 : (size_t)got);

    if (looks_like(bytes, '<'))
        return true;
    if (bytes.length == 0)
        say_foreign(reading, file, got < 0 ? strerror(errno) : "the file is empty");
    else if (looks_like(bytes, '{') || looks_like(bytes, '['))
        say_foreign(reading, file, policy_text);
    else
        say_foreign(reading, file, "this is not XML");
    return false;
}

/* The parser takes what is behind a zero byte for no part of the file: it is one. */
static void keep_file(struct reading *reading, struct config_file *file, int fd)
{
    char block[4096];
    ssize_t got;

    if (reading->kept == NULL)
        return;
    while ((got = read(fd, block, sizeof block)) > 0)
        buf_bytes(&reading->bytes, block, (size_t)got);
    if (got < 0)
        say(reading, FINDING_ERROR, file->path, NULL,
            arena_text(reading->config->arena, strerror(errno)));
    file->bytes = arena_slice(reading->kept, buf_view(&reading->bytes));
}

static void read_open_file(struct reading *reading, struct config_file *file, int fd)
{
    struct xml *xml = reading->xml;

    xml->file = file->path;
    buf_clear(&reading->bytes);
    switch (xml_run(xml, fd)) {
    case READ_FOREIGN:
        say_foreign(reading, file,
                    arena_print(reading->config->arena,
                                "the root element is '%s', none of a server "
                                "configuration (saved-ma-configuration, "
                                "saved-mv-configuration, ma-data, export-ma, "
                                "synchronizationRule)",
                                xml->foreign));
        return;
    case READ_DONE:
        keep_file(reading, file, fd);
        file->recognised = true;
        return;
    case READ_BROKEN:
        file->recognised = true;
        return;
    }
}

static bool has_root(const struct reading *reading, const char *one, const char *other)
{
    return strcmp(reading->xml->root, one) == 0 || strcmp(reading->xml->root, other) == 0;
}

/* Which family writes such a file. */
static void note_family(struct reading *reading, size_t agents_before,
                        size_t rules_before, bool had_metaverse)
{
    const struct config *config = reading->config;

    if (config->rule_count > rules_before)
        reading->connect = true;
    if (has_root(reading, "saved-ma-configuration", "export-ma"))
        reading->classic = true;
    if (config->agent_count > agents_before && has_root(reading, "ma-data", "ma-data")) {
        if (reading->xml->has_classic_rules)
            reading->classic = true;
        else
            reading->connect = true;
    }
    if (!had_metaverse && config->metaverse.present &&
        config->metaverse.parameter_count > 0 && config->metaverse.flow_group_count == 0)
        reading->connect = true;
}

static void read_file(struct reading *reading, struct config_file *file)
{
    struct config *config = reading->config;
    size_t agents = config->agent_count;
    size_t rules = config->rule_count;
    bool metaverse = config->metaverse.present;
    const char *path =
        arena_print(config->arena, "%s/%s", reading->scan.root, file->path);
    int fd;

    if (!file->recognised || (!reading->scan.single && !has_end(file->path, ".xml") &&
                              !has_end(file->path, ".json"))) {
        say_foreign(reading, file, "not a file of a server configuration");
        return;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        say(reading, FINDING_ERROR, file->path, NULL,
            arena_text(config->arena, strerror(errno)));
        return;
    }
    if (!is_too_large(reading, file, fd) && is_xml(reading, file, fd))
        read_open_file(reading, file, fd);
    close(fd);
    if (!file->recognised)
        return;
    note_family(reading, agents, rules, metaverse);
    if (reading->classic && !reading->xml->stopped && config->agent_count == agents &&
        has_root(reading, "saved-ma-configuration", "export-ma"))
        say(reading, FINDING_ERROR, file->path, NULL, "there is no ma-data in it");
}

/* --- all of it --------------------------------------------------------------------- */

static void settle_family(struct reading *reading)
{
    if (reading->connect && reading->classic)
        say(reading, FINDING_ERROR, NULL, NULL,
            "files of both product families lie in one folder");
    reading->config->family = reading->connect ? FAMILY_AADCONNECT : FAMILY_MIM;
}

static bool has_error(const struct reading *reading)
{
    for (size_t i = 0; i < reading->findings.count; i++)
        if (reading->findings.items[i].level == FINDING_ERROR)
            return true;
    return false;
}

static void want_something(struct reading *reading)
{
    const struct config *config = reading->config;
    bool any = false;

    for (size_t i = 0; i < reading->scan.count; i++)
        any = any || reading->scan.files[i].recognised;
    if (any && !reading->scan.single && !config->metaverse.present)
        say(reading, FINDING_WARNING, NULL,
            "agents can be looked at; nothing can be synchronised before MV.xml is there",
            "the metaverse is missing: there is no MV.xml");
    if (any && config->family == FAMILY_AADCONNECT && !reading->scan.single &&
        config->rule_count == 0)
        say(reading, FINDING_WARNING, NULL,
            "agents can be looked at; nothing can be synchronised before they are there",
            "there are no synchronisation rules");
    if (!any && !reading->scan.single && !has_error(reading))
        say(reading, FINDING_ERROR, NULL, NULL,
            "there is no server configuration here: no MV.xml, no MA-*.xml, no "
            "Connectors, GlobalSettings and SynchronizationRules");
}

static int by_precedence(const void *a, const void *b)
{
    const struct sync_rule *x = a;
    const struct sync_rule *y = b;

    if (x->precedence != y->precedence)
        return x->precedence < y->precedence ? -1 : 1;
    return strcmp(x->place.file, y->place.file);
}

static void read_all(struct reading *reading)
{
    ARENA_AUTO scratch = {0};
    struct config *config = reading->config;
    struct table table = table_build(&scratch);
    struct xml *xml = mem_zero(sizeof *xml);

    xml->config = config;
    xml->arena = config->arena;
    xml->table = &table;
    xml->findings = &reading->findings;
    xml->dsml = dsml_new();
    xml->kept = reading->kept == NULL ? NULL : &reading->bytes;
    reading->xml = xml;
    for (size_t i = 0; i < reading->scan.count; i++)
        read_file(reading, &reading->scan.files[i]);
    dsml_free(xml->dsml);
    xml_free(xml);
    free(xml);
    reading->xml = NULL;
    buf_free(&reading->bytes);
}

static enum ma_status judge(const struct config *config, struct ma_error *err)
{
    for (size_t i = 0; i < config->finding_count; i++) {
        const struct config_finding *finding = &config->findings[i];

        if (finding->level != FINDING_ERROR)
            continue;
        if (finding->place.file == NULL)
            return ma_fail(err, MA_INVALID, "%s: %s", config->root, finding->text);
        if (finding->place.line == 0)
            return ma_fail(err, MA_INVALID, "%s: %s", finding->place.file, finding->text);
        return ma_fail(err, MA_INVALID, "%s:%u:%u: %s", finding->place.file,
                       finding->place.line, finding->place.column, finding->text);
    }
    return MA_OK;
}

enum ma_status config_read(struct config **out, const char *path, struct ma_error *err)
{
    return config_read_kept(out, path, NULL, err);
}

enum ma_status config_read_kept(struct config **out, const char *path,
                                struct arena *bytes, struct ma_error *err)
{
    struct arena *arena = mem_zero(sizeof *arena);
    struct reading reading = {.config = arena_zero(arena, sizeof(struct config)),
                              .kept = bytes};
    struct config *config = reading.config;
    enum ma_status status;

    config->arena = arena;
    config->root = arena_text(arena, path);
    status = scan_read(&reading.scan, arena, path, err);
    if (status != MA_OK) {
        config_free(config);
        return status;
    }
    read_all(&reading);
    settle_family(&reading);
    want_something(&reading);
    if (config->rule_count > 1)
        qsort((void *)(uintptr_t)config->rules, config->rule_count, sizeof *config->rules,
              by_precedence);
    config->files = reading.scan.files;
    config->file_count = reading.scan.count;
    config->single = reading.scan.single;
    password_mark(config);
    check_config(config, reading.scan.single, &reading.findings);
    config->finding_count = reading.findings.count;
    config->findings = findings_ordered(&reading.findings, &reading.scan, arena);
    VEC_FREE(&reading.findings);
    *out = config;
    return judge(config, err);
}

void config_free(struct config *config)
{
    struct arena *arena;

    if (config == NULL)
        return;
    /* The config lies in the arena that it owns. */
    arena = config->arena;
    arena_free(arena);
    free(arena);
}

/* --- looking up -------------------------------------------------------------------- */

const struct agent *config_agent(const struct config *config, const struct guid *id)
{
    for (size_t i = 0; i < config->agent_count; i++)
        if (guid_equal(&config->agents[i].id, id))
            return &config->agents[i];
    return NULL;
}

const struct agent *config_agent_named(const struct config *config, const char *name)
{
    struct guid id;

    for (size_t i = 0; i < config->agent_count; i++)
        if (text_caseequal(slice_text(config->agents[i].name), slice_text(name)))
            return &config->agents[i];
    return guid_parse(slice_text(name), &id) ? config_agent(config, &id) : NULL;
}

enum ma_status config_find_agent(const struct config *config, const char *name,
                                 const struct agent **out, struct ma_error *err)
{
    ARENA_AUTO arena = {0};
    const char **names;

    *out = config_agent_named(config, name);
    if (*out != NULL)
        return MA_OK;
    names = ARENA_ARRAY(&arena, const char *, config->agent_count);
    for (size_t n = 0; n < config->agent_count; n++)
        names[n] = config->agents[n].name;
    return error_no_such(err, "management agent", name, names, config->agent_count);
}

size_t agent_partitions_selected(const struct agent *agent)
{
    size_t count = 0;

    for (size_t i = 0; i < agent->partition_count; i++)
        count += agent->partitions[i].selected;
    return count;
}

bool agent_reads_type(const struct agent *agent, const char *type)
{
    for (size_t i = 0; i < agent->partition_count; i++)
        for (const char *const *t = agent->partitions[i].object_types;
             agent->partitions[i].selected && *t != NULL; t++)
            if (strcasecmp(*t, type) == 0)
                return true;
    return false;
}

const struct run_profile *agent_profile(const struct agent *agent, const char *name)
{
    for (size_t i = 0; i < agent->profile_count; i++)
        if (text_caseequal(slice_text(agent->profiles[i].name), slice_text(name)))
            return &agent->profiles[i];
    return NULL;
}

const struct partition *agent_partition(const struct agent *agent, const char *reference)
{
    struct guid id;
    bool is_id = reference != NULL && guid_parse(slice_text(reference), &id);

    for (size_t i = 0; is_id && i < agent->partition_count; i++)
        if (guid_equal(&agent->partitions[i].id, &id))
            return &agent->partitions[i];
    for (size_t i = 0; reference != NULL && i < agent->partition_count; i++)
        if (text_caseequal(slice_text(agent->partitions[i].name), slice_text(reference)))
            return &agent->partitions[i];
    return NULL;
}

uint32_t partition_tag(const struct partition *partition)
{
    static const struct guid none;
    uint64_t hash;

    if (partition == NULL)
        return 0;
    hash = guid_equal(&partition->id, &none)
               ? text_hash(slice_text(partition->name), 0)
               : text_hash(slice_of(partition->id.bytes, sizeof partition->id.bytes), 0);
    return (uint32_t)hash == 0 ? 1 : (uint32_t)hash;
}

const struct partition *agent_partition_tagged(const struct agent *agent, uint32_t tag)
{
    for (size_t i = 0; i < agent->partition_count; i++)
        if (partition_tag(&agent->partitions[i]) == tag)
            return &agent->partitions[i];
    return NULL;
}

const char *parameter_find(const struct parameter *parameters, size_t count,
                           const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcasecmp(parameters[i].name, name) == 0)
            return parameters[i].value;
    return NULL;
}
