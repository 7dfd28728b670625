/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "base/text.h"
#include "config/xml.h"

/* What the reader has to say about a file, and how much of it. */

struct place xml_place(const struct xml *xml)
{
    return xml->frames[xml->depth].place;
}

/* The names of all open elements. */
static const char *path_of(struct xml *xml)
{
    BUF_AUTO path = {0};

    for (size_t i = 1; i <= xml->depth; i++)
        buf_print(&path, "%s%s", i == 1 ? "" : "/", xml->frames[i].name);
    return arena_textn(xml->arena, path.at, path.length);
}

/* Warnings may not crowd out errors: each has its own room. */
static bool room_for_finding(struct xml *xml, enum finding_level level,
                             struct place place)
{
    size_t *said = level == FINDING_ERROR ? &xml->errors_said : &xml->said;

    if (++*said < MOST_FINDINGS)
        return true;
    if (*said == MOST_FINDINGS)
        findings_add(xml->findings, (struct config_finding){
                                        .level = FINDING_WARNING,
                                        .place = place,
                                        .path = "",
                                        .text = "there is more to say about this file "
                                                "than is listed",
                                    });
    return false;
}

void xml_vsay(struct xml *xml, struct place place, enum finding_level level,
              const char *construct, const char *consequence, const char *fmt,
              va_list args)
{
    char text[600];

    /* What ended a file is always said. */
    if (!room_for_finding(xml, level, place) && !xml->stopped)
        return;
    vsnprintf(text, sizeof text, fmt, args);
    findings_add(xml->findings,
                 (struct config_finding){.level = level,
                                         .place = place,
                                         .path = path_of(xml),
                                         .text = arena_text(xml->arena, text),
                                         .construct = construct,
                                         .consequence = consequence});
}

void xml_say_at(struct xml *xml, struct place place, enum finding_level level,
                const char *consequence, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    xml_vsay(xml, place, level, NULL, consequence, fmt, args);
    va_end(args);
}

void xml_say(struct xml *xml, enum finding_level level, const char *construct,
             const char *consequence, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    xml_vsay(xml, xml_place(xml), level, construct, consequence, fmt, args);
    va_end(args);
}

/* Whether this name below this node is new: unknown names are listed once a file. */
bool xml_is_news(struct xml *xml, const void *where, const char *name)
{
    uint64_t hash = text_hash(slice_text(name), (uintptr_t)where) | 1;
    size_t at = hash % KNOWN_SLOTS;

    if (xml->said >= MOST_FINDINGS)
        return false;
    if (xml->known == NULL)
        xml->known = mem_zero_array(KNOWN_SLOTS, sizeof *xml->known);
    while (xml->known[at] != 0) {
        if (xml->known[at] == hash)
            return false;
        at = (at + 1) % KNOWN_SLOTS;
    }
    xml->known[at] = hash;
    return true;
}

bool xml_once(struct xml *xml, const char *what)
{
    return xml_is_news(xml, NULL, what);
}

void xml_version_end(struct xml *xml, void *object, struct slice text)
{
    (void)object;
    if (!slice_equal(text, slice_text("1")))
        xml_say(xml, FINDING_ERROR, NULL, NULL,
                "format-version is '%.*s': only version 1 is known",
                (int)(text.length > 20 ? 20 : text.length), text.at);
}
