/* SPDX-License-Identifier: Apache-2.0 */
#include "config/xml.h"

/*
 * What of a connected system an agent looks at: partitions with their filters. Cookies,
 * watermarks, batch counters and allowed operations are the state of another server:
 * they stay in the file and mean nothing here, a first import is a full one.
 */

const struct attribute_row parameter_attributes[] = {
    {"name", true, DUTY_MUST, CONTENT_WORD, FIELD(struct parameter, name)},
    {"type", false, DUTY_SHOULD, CONTENT_WORD, FIELD(struct parameter, type)},
    {"use", false, DUTY_KEEP, CONTENT_WORD},
    {"dataType", false, DUTY_KEEP, CONTENT_WORD},
    {"encrypted", false, DUTY_MUST, CONTENT_FLAG, FIELD(struct parameter, encrypted)},
    {"intrinsic", false, DUTY_KEEP, CONTENT_FLAG},
    {"page-number", false, DUTY_KEEP, CONTENT_WORD},
    {.name = NULL},
};

void *parameter_begin(struct xml *xml, void *object)
{
    struct parameter *parameter = object;

    (void)xml;
    parameter->name = "";
    parameter->value = "";
    parameter->type = "";
    return parameter;
}

static void *partition_begin(struct xml *xml, void *object)
{
    struct partition *partition = object;

    (void)xml;
    partition->name = "";
    partition->object_types = text_list_empty;
    partition->inclusions = text_list_empty;
    partition->exclusions = text_list_empty;
    return partition;
}

static void *hints_begin(struct xml *xml, void *object)
{
    if (xml_once(xml, "filter-hints"))
        xml_say(xml, FINDING_NOTE, "filter-hints", "the classes of the schema are used",
                "filter-hints repeat which class is below which");
    return object;
}

#define FILTER "partition/filter"
#define ADMA "partition/custom-data/adma-partition-data"
#define ECMA "partition/custom-data/ecma-partition-data"
#define HINTS "partition/filter-hints/object-classes/object-class"
#define TEXTS(path, member)                                                              \
    {                                                                                    \
        path, OCCURS_MANY, DUTY_MUST, CONTENT_WORD, FIELD(struct partition, member),     \
            .texts = true                                                                \
    }
#define KEPT(path)                                                                       \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD                                   \
    }
#define FLAT(path, duty)                                                                 \
    {                                                                                    \
        path, OCCURS_OPTIONAL, duty, CONTENT_WORD                                        \
    }

static const struct element rows[] = {
    {"partition", OCCURS_MANY, DUTY_MUST,
     .list = LIST(struct agent, partitions, partition_count, struct partition),
     .begin = partition_begin},
    {"partition/id", OCCURS_ONE, DUTY_MUST, CONTENT_GUID, FIELD(struct partition, id)},
    {"partition/name", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct partition, name)},
    KEPT("partition/display-name"),
    KEPT("partition/creation-time"),
    KEPT("partition/last-modification-time"),
    KEPT("partition/version"),
    {"partition/selected", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_FLAG,
     FIELD(struct partition, selected)},
    {FILTER, OCCURS_OPTIONAL, DUTY_MUST},
    {FILTER "/object-classes", OCCURS_OPTIONAL, DUTY_MUST},
    TEXTS(FILTER "/object-classes/object-class", object_types),
    {FILTER "/containers", OCCURS_OPTIONAL, DUTY_MUST},
    {FILTER "/containers/inclusions", OCCURS_OPTIONAL, DUTY_MUST},
    TEXTS(FILTER "/containers/inclusions/inclusion", inclusions),
    {FILTER "/containers/exclusions", OCCURS_OPTIONAL, DUTY_MUST},
    TEXTS(FILTER "/containers/exclusions/exclusion", exclusions),
    {"partition/custom-data", OCCURS_OPTIONAL, DUTY_MUST, .flatten = true,
     .list = LIST(struct partition, parameters, parameter_count, struct parameter)},
    {ADMA, OCCURS_OPTIONAL, DUTY_MUST},
    FLAT(ADMA "/dn", DUTY_MUST),
    FLAT(ADMA "/name", DUTY_KEEP),
    FLAT(ADMA "/guid", DUTY_KEEP),
    FLAT(ADMA "/is-domain", DUTY_KEEP),
    FLAT(ADMA "/sign-and-seal", DUTY_MUST),
    {ADMA "/ssl-bind", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_FLAG,
     .attributes = ssl_attributes},
    FLAT(ADMA "/simple-bind", DUTY_MUST),
    FLAT(ADMA "/dc-failover", DUTY_MUST),
    FLAT(ADMA "/last-dc", DUTY_KEEP),
    {ADMA "/preferred-dcs", OCCURS_OPTIONAL, DUTY_MUST},
    {ADMA "/preferred-dcs/preferred-dc", OCCURS_MANY, DUTY_MUST, CONTENT_WORD},
    FLAT(ADMA "/login-user", DUTY_MUST),
    FLAT(ADMA "/login-domain", DUTY_MUST),
    KEPT(ADMA "/cookie"),
    {ADMA "/ui-data", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_ANYTHING},
    {ECMA, OCCURS_OPTIONAL, DUTY_KEEP},
    KEPT(ECMA "/dn"),
    KEPT(ECMA "/name"),
    KEPT(ECMA "/is-domain"),
    KEPT("partition/custom-data/water-mark"),
    {"partition/custom-data/parameter-values", OCCURS_OPTIONAL, DUTY_SHOULD},
    {"partition/custom-data/parameter-values/parameter", OCCURS_MANY, DUTY_SHOULD,
     CONTENT_WORD, FIELD(struct parameter, value), .attributes = parameter_attributes,
     .begin = parameter_begin,
     .list = LIST(struct partition, parameters, parameter_count, struct parameter)},
    {"partition/parameter-values", OCCURS_OPTIONAL, DUTY_MUST},
    {"partition/parameter-values/parameter", OCCURS_MANY, DUTY_MUST, CONTENT_WORD,
     FIELD(struct parameter, value), .attributes = parameter_attributes,
     .begin = parameter_begin,
     .list = LIST(struct partition, parameters, parameter_count, struct parameter)},
    KEPT("partition/allowed-operations"),
    {"partition/current", OCCURS_OPTIONAL, DUTY_KEEP},
    KEPT("partition/current/batch-number"),
    KEPT("partition/current/sequence-number"),
    KEPT("partition/last-successful-batch"),
    {"partition/filter-hints", OCCURS_OPTIONAL, DUTY_SHOULD, .begin = hints_begin},
    {"partition/filter-hints/object-classes", OCCURS_OPTIONAL, DUTY_KEEP},
    {HINTS, OCCURS_MANY, DUTY_KEEP},
    {HINTS "/name", OCCURS_ONE, DUTY_KEEP, CONTENT_WORD},
    {HINTS "/hierarchy", OCCURS_OPTIONAL, DUTY_KEEP},
    {HINTS "/hierarchy/object-class", OCCURS_MANY, DUTY_KEEP, CONTENT_WORD},
    {HINTS "/included", OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_FLAG},
};
const struct group partition_group = GROUP("partition", rows);
