/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONFIG_INSTANCE_READER_H
#define CONFIG_INSTANCE_READER_H

#include <libxml/parser.h>

#include "base/buf.h"
#include "base/vec.h"
#include "config/instance_table.h"

/*
 * mactl.xml while it is read: instance_file.c makes elements and their attributes of the
 * text and holds them against the table; instance_element.c knows what each of them says.
 */
enum { INSTANCE_DEEPEST = 4 };

struct instance_reader {
    struct instance *instance;
    const char *file;
    xmlParserCtxt *parser;
    struct ma_error *err;
    bool failed;
    enum mactl_element open[INSTANCE_DEEPEST];
    size_t depth;
    struct place at;  /* of the element that begins */
    const char *name; /* of the parameter or setting whose text is read */
    struct buf text;
    struct agent_binding agent;
    VEC_OF(struct parameter) parameters;
    VEC_OF(struct secret_source) secrets;
    VEC_OF(struct agent_binding) agents;
    VEC_OF(struct extension_binding) extensions;
    VEC_OF(struct guard) guards;
    VEC_OF(struct cycle_binding) cycles;
    VEC_OF(struct parameter) settings;
};

/* At this place; the first failure is the one that is told, and ends the reading. */
void instance_reader_fail(struct instance_reader *reader, struct place at,
                          const char *fmt, ...) MA_PRINTF(3, 4);
/* ", did you mean 'plugin'?" or nothing; lives in the instance. */
const char *instance_reader_near(struct instance_reader *reader, const char *typed,
                                 const char *const *names, size_t count);

/* An element begins; its attributes are in the order of the table, NULL: not given. */
void instance_element_begin(struct instance_reader *reader, enum mactl_element element,
                            const char *const *attributes);
void instance_element_end(struct instance_reader *reader, enum mactl_element element);
/* All that was read becomes the instance's. */
void instance_element_give(struct instance_reader *reader, struct instance *instance);
void instance_element_free(struct instance_reader *reader);

#endif
