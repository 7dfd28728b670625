/* SPDX-License-Identifier: Apache-2.0 */
#include "ldif.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    exit(1);
}

void ldif_open(struct ldif *ldif, const char *path)
{
    int fd = open(path, O_RDONLY);
    struct stat about;
    void *bytes;

    if (fd < 0 || fstat(fd, &about) != 0 || about.st_size == 0)
        die(path);
    bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        die(path);
    close(fd);
    ldif->at = bytes;
    ldif->end = ldif->at + about.st_size;
    ldif->count = 0;
}

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static struct text decode(struct ldif *ldif, size_t *used, struct text from)
{
    struct text out = {ldif->decoded + *used, 0};
    unsigned bits = 0;
    int have = 0;

    for (size_t i = 0; i < from.length && digit(from.at[i]) >= 0; i++) {
        bits = bits << 6 | (unsigned)digit(from.at[i]);
        have += 6;
        if (have >= 8 && *used < MOST_BYTES) {
            have -= 8;
            ldif->decoded[(*used)++] = (char)(bits >> have);
            out.length++;
        }
    }
    return out;
}

static void take_line(struct ldif *ldif, size_t *used, const char *end)
{
    const char *colon = memchr(ldif->at, ':', (size_t)(end - ldif->at));
    struct pair *pair = &ldif->pairs[ldif->count];
    const char *value;

    if (colon == NULL || ldif->count == MOST_VALUES)
        return;
    value = colon + 1;
    value += value < end && *value == ':';
    pair->name = (struct text){ldif->at, (size_t)(colon - ldif->at)};
    pair->value = (struct text){value, (size_t)(end - value)};
    while (pair->value.length > 0 && *pair->value.at == ' ')
        pair->value = (struct text){pair->value.at + 1, pair->value.length - 1};
    if (colon + 1 < end && colon[1] == ':')
        pair->value = decode(ldif, used, pair->value);
    ldif->count++;
}

bool ldif_next(struct ldif *ldif)
{
    size_t used = 0;

    do {
        ldif->count = 0;
        while (ldif->at < ldif->end && *ldif->at == '\n')
            ldif->at++;
        ldif->begin = ldif->at;
        while (ldif->at < ldif->end && *ldif->at != '\n') {
            const char *end = memchr(ldif->at, '\n', (size_t)(ldif->end - ldif->at));

            end = end == NULL ? ldif->end : end;
            take_line(ldif, &used, end);
            ldif->at = end + (end < ldif->end);
        }
    } while (ldif->count > 0 && text_is(ldif->pairs[0].name, "version"));
    return ldif->count > 0;
}

struct text ldif_value(const struct ldif *ldif, const char *name)
{
    for (size_t i = 0; i < ldif->count; i++)
        if (text_is(ldif->pairs[i].name, name))
            return ldif->pairs[i].value;
    return (struct text){"", 0};
}

bool text_is(struct text text, const char *other)
{
    return text.length == strlen(other) && strncasecmp(text.at, other, text.length) == 0;
}
