/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "config/xml.h"

/*
 * Run profiles and their steps. What a step does is spelled with a type and subtypes;
 * a full or delta import without to-cs is followed by a synchronisation.
 */

static const struct choice step_types[] = {
    {"full-import", STEP_FULL_IMPORT},
    {"delta-import", STEP_DELTA_IMPORT},
    {"full-import-reevaluate-rules", STEP_FULL_IMPORT_FULL_SYNC},
    {"apply-rules", STEP_DELTA_SYNC},
    {"export", STEP_EXPORT},
    {NULL, 0},
};
static const struct attribute_row step_attributes[] = {
    {"type", true, DUTY_MUST, CONTENT_CHOICE, FIELD(struct step, type),
     .choices = step_types},
    {.name = NULL},
};

static const struct {
    const char *word;
    size_t flag;
} subtypes[] = {
    {"to-cs", offsetof(struct step, stage_only)},
    {"to-file", offsetof(struct step, to_file)},
    {"resume-from-file", offsetof(struct step, resume_from_file)},
};

static bool take_subtype(struct step *step, struct slice word)
{
    for (size_t i = 0; i < sizeof subtypes / sizeof subtypes[0]; i++)
        if (text_caseequal(word, slice_text(subtypes[i].word))) {
            *(bool *)((char *)step + subtypes[i].flag) = true;
            return true;
        }
    return false;
}

/* Files repeat the element; the specification joins the words with commas. */
static void subtype_end(struct xml *xml, void *object, struct slice text)
{
    while (text.length > 0) {
        const char *comma = memchr(text.at, ',', text.length);
        size_t length = comma == NULL ? text.length : (size_t)(comma - text.at);
        struct slice word = text_strip(slice_of(text.at, length));

        if (word.length > 0 && !take_subtype(object, word))
            xml_say(xml, FINDING_ERROR, NULL, NULL,
                    "subtype '%.*s': wanted to-cs, to-file or resume-from-file",
                    (int)(word.length > 80 ? 80 : word.length), word.at);
        length += comma != NULL;
        text.at += length;
        text.length -= length;
    }
}

static void apply_end(struct xml *xml, void *object, struct slice text)
{
    struct step *step = object;

    if (text_caseequal(text, slice_text("apply-pending")) || text.length == 0)
        step->type = STEP_DELTA_SYNC;
    else if (text_caseequal(text, slice_text("reevaluate-flow-connectors")))
        step->type = STEP_FULL_SYNC;
    else if (text_caseequal(text, slice_text("reevaluate-join-flow-all"))) {
        step->type = STEP_FULL_SYNC;
        step->rejoin_all = true;
    }
    (void)xml;
}

/* The specification knows a bare number; files have elements, or nothing. */
static void threshold_end(struct xml *xml, void *object, struct slice text)
{
    struct step *step = object;
    int64_t number;

    if (text.length == 0)
        return;
    if (text_to_number(text, &number) && number >= 0)
        step->object_limit = (uint64_t)number;
    else
        xml_say(xml, FINDING_ERROR, NULL, NULL, "a threshold wants a number");
}

static bool is_import(const struct step *step)
{
    return step->type != STEP_DELTA_SYNC && step->type != STEP_FULL_SYNC &&
           step->type != STEP_EXPORT;
}

static void step_end(struct xml *xml, void *object, struct slice text)
{
    struct step *step = object;

    (void)text;
    if (step->dropfile != NULL && step->dropfile[0] == '\0')
        step->dropfile = NULL;
    if (step->partition != NULL && step->partition[0] == '\0')
        step->partition = NULL;
    if (step->dropfile != NULL && strchr(step->dropfile, '/') != NULL)
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "dropfile-name '%s': a file name without a path is wanted",
                step->dropfile);
    if ((step->to_file || step->resume_from_file) && step->dropfile == NULL)
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "a step that writes or reads a drop file wants a dropfile-name");
    if (step->dropfile != NULL && !step->to_file && !step->resume_from_file)
        xml_say(xml, FINDING_WARNING, NULL, "the name is not used",
                "dropfile-name without to-file and resume-from-file");
    if (step->stage_only && !is_import(step))
        xml_say(xml, FINDING_WARNING, NULL, "not acted on", "to-cs belongs to an import");
}

/* Names in custom-data: those of a file step are known by their last part. */
static void custom_end(struct xml *xml, void *object, struct slice text)
{
    static const char run_config[] = "run-config/";
    struct step *step = object;

    (void)xml, (void)text;
    for (size_t i = 0; i < step->parameter_count; i++) {
        struct parameter *parameter = (struct parameter *)(uintptr_t)&step->parameters[i];

        if (strncmp(parameter->name, run_config, sizeof run_config - 1) == 0)
            parameter->name += sizeof run_config - 1;
    }
}

static void *profile_begin(struct xml *xml, void *object)
{
    (void)xml;
    ((struct run_profile *)object)->name = "";
    return object;
}

#define PROFILE "run-configuration"
#define STEP PROFILE "/configuration/step"
#define CUSTOM STEP "/custom-data"
#define STEP_NUMBER(path, duty, member)                                                  \
    {                                                                                    \
        path, OCCURS_OPTIONAL, duty, CONTENT_NUMBER, FIELD(struct step, member)          \
    }
#define KEPT(path)                                                                       \
    {                                                                                    \
        path, OCCURS_OPTIONAL, DUTY_KEEP, CONTENT_WORD                                   \
    }
/* adma-, dsma-, edma-, ipma-: the directories, alike */
#define DIRECTORY_STEP(name)                                                             \
    {CUSTOM "/" name, OCCURS_OPTIONAL, DUTY_SHOULD},                                     \
        STEP_NUMBER(CUSTOM "/" name "/batch-size", DUTY_SHOULD, batch_size),             \
        STEP_NUMBER(CUSTOM "/" name "/page-size", DUTY_SHOULD, page_size),               \
        STEP_NUMBER(CUSTOM "/" name "/time-limit", DUTY_SHOULD, time_limit)

static const struct element rows[] = {
    {PROFILE, OCCURS_MANY, DUTY_MUST, .begin = profile_begin,
     .list = LIST(struct agent, profiles, profile_count, struct run_profile)},
    {PROFILE "/id", OCCURS_ONE, DUTY_MUST, CONTENT_GUID, FIELD(struct run_profile, id)},
    {PROFILE "/name", OCCURS_ONE, DUTY_MUST, CONTENT_WORD,
     FIELD(struct run_profile, name)},
    KEPT(PROFILE "/creation-time"),
    KEPT(PROFILE "/last-modification-time"),
    KEPT(PROFILE "/version"),
    {PROFILE "/configuration", OCCURS_OPTIONAL, DUTY_MUST},
    {STEP, OCCURS_MANY, DUTY_MUST,
     .list = LIST(struct run_profile, steps, count, struct step), .end = step_end},
    {STEP "/step-type", OCCURS_ONE, DUTY_MUST, .attributes = step_attributes},
    {STEP "/step-type/import-subtype", OCCURS_MANY, DUTY_MUST, CONTENT_WORD,
     .end = subtype_end},
    {STEP "/step-type/export-subtype", OCCURS_MANY, DUTY_MUST, CONTENT_WORD,
     .end = subtype_end},
    {STEP "/step-type/apply-rules-subtype", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_CHOICE,
     .choices = (const struct choice[]){{"apply-pending", 0},
                                        {"reevaluate-flow-connectors", 0},
                                        {"reevaluate-join-flow-all", 0},
                                        {NULL, 0}},
     .end = apply_end},
    {STEP "/dropfile-name", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD,
     FIELD(struct step, dropfile)},
    {STEP "/threshold", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD, .end = threshold_end},
    STEP_NUMBER(STEP "/threshold/object", DUTY_MUST, object_limit),
    STEP_NUMBER(STEP "/threshold/delete", DUTY_MUST, delete_limit),
    STEP_NUMBER(STEP "/threshold/batch-size", DUTY_SHOULD, batch_size),
    {STEP "/partition", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD,
     FIELD(struct step, partition)},
    {CUSTOM, OCCURS_OPTIONAL, DUTY_MUST, .flatten = true,
     .list = LIST(struct step, parameters, parameter_count, struct parameter),
     .end = custom_end},
    DIRECTORY_STEP("adma-step-data"),
    DIRECTORY_STEP("dsma-step-data"),
    DIRECTORY_STEP("edma-step-data"),
    DIRECTORY_STEP("ipma-step-data"),
    {CUSTOM "/fimma-step-data", OCCURS_OPTIONAL, DUTY_SHOULD},
    STEP_NUMBER(CUSTOM "/fimma-step-data/time-limit", DUTY_SHOULD, time_limit),
    {CUSTOM "/extensible2-step-data", OCCURS_OPTIONAL, DUTY_SHOULD},
    STEP_NUMBER(CUSTOM "/extensible2-step-data/timeout", DUTY_SHOULD, time_limit),
    STEP_NUMBER(CUSTOM "/extensible2-step-data/batch-size", DUTY_SHOULD, batch_size),
    {CUSTOM "/parameter-values", OCCURS_OPTIONAL, DUTY_SHOULD},
    {CUSTOM "/parameter-values/parameter", OCCURS_MANY, DUTY_SHOULD, CONTENT_WORD,
     FIELD(struct parameter, value), .attributes = parameter_attributes,
     .begin = parameter_begin,
     .list = LIST(struct step, parameters, parameter_count, struct parameter)},
    {CUSTOM "/run-config", OCCURS_OPTIONAL, DUTY_MUST},
    {CUSTOM "/run-config/input-file", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD},
    {CUSTOM "/run-config/output-file", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_WORD},
    {CUSTOM "/run-config/delete-file-after-use", OCCURS_OPTIONAL, DUTY_MUST,
     CONTENT_WORD},
    {CUSTOM "/run-config/timeout", OCCURS_OPTIONAL, DUTY_MUST, CONTENT_NUMBER,
     FIELD(struct step, time_limit)},
};
const struct group profile_group = GROUP("run-profile", rows);
