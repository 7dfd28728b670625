/* SPDX-License-Identifier: Apache-2.0 */
#include "words.h"

#include "support/sid.h"

const struct word words_rights[] = {
    {"CC", 0x1},        {"DC", 0x2},        {"LC", 0x4},        {"SW", 0x8},
    {"RP", 0x10},       {"WP", 0x20},       {"DT", 0x40},       {"LO", 0x80},
    {"CR", 0x100},      {"SD", 0x10000},    {"RC", 0x20000},    {"WD", 0x40000},
    {"WO", 0x80000},    {"GA", 0x10000000}, {"GX", 0x20000000}, {"GW", 0x40000000},
    {"GR", 0x80000000}, {NULL, 0},
};

const struct word words_whole_rights[] = {
    {"FA", 0x1f01ff}, {"FR", 0x120089}, {"FW", 0x120116},
    {"FX", 0x1200a0}, {"KA", 0xf003f},  {"KR", 0x20019},
    {"KW", 0x20006},  {"KX", 0x20019},  {NULL, 0},
};

const struct word words_label_rights[] = {
    {"NW", 0x1},
    {"NR", 0x2},
    {"NX", 0x4},
    {NULL, 0},
};

const struct word words_flags[] = {
    {"OI", 0x01}, {"CI", 0x02}, {"NP", 0x04}, {"IO", 0x08},
    {"ID", 0x10}, {"SA", 0x40}, {"FA", 0x80}, {NULL, 0},
};

/* Where the numbers of an alias hang. */
enum base { NT, BUILTIN, WORLD, CREATOR, LABEL, ASSERTED, PACKAGE, UMDF, DOMAIN, ROOT };

static const struct alias {
    char text[3];
    unsigned char base;
    uint32_t rid;
} aliases[] = {
    {"WD", WORLD, 0},     {"CO", CREATOR, 0},   {"CG", CREATOR, 1},
    {"OW", CREATOR, 4},   {"NU", NT, 2},        {"IU", NT, 4},
    {"SU", NT, 6},        {"AN", NT, 7},        {"ED", NT, 9},
    {"PS", NT, 10},       {"AU", NT, 11},       {"RC", NT, 12},
    {"SY", NT, 18},       {"LS", NT, 19},       {"NS", NT, 20},
    {"WR", NT, 33},       {"BA", BUILTIN, 544}, {"BU", BUILTIN, 545},
    {"BG", BUILTIN, 546}, {"PU", BUILTIN, 547}, {"AO", BUILTIN, 548},
    {"SO", BUILTIN, 549}, {"PO", BUILTIN, 550}, {"BO", BUILTIN, 551},
    {"RE", BUILTIN, 552}, {"RU", BUILTIN, 554}, {"RD", BUILTIN, 555},
    {"NO", BUILTIN, 556}, {"MU", BUILTIN, 558}, {"LU", BUILTIN, 559},
    {"IS", BUILTIN, 568}, {"CY", BUILTIN, 569}, {"ER", BUILTIN, 573},
    {"CD", BUILTIN, 574}, {"RA", BUILTIN, 575}, {"ES", BUILTIN, 576},
    {"MS", BUILTIN, 577}, {"HA", BUILTIN, 578}, {"AA", BUILTIN, 579},
    {"RM", BUILTIN, 580}, {"UD", UMDF, 0},      {"AC", PACKAGE, 1},
    {"LW", LABEL, 4096},  {"ME", LABEL, 8192},  {"MP", LABEL, 8448},
    {"HI", LABEL, 12288}, {"SI", LABEL, 16384}, {"AS", ASSERTED, 1},
    {"SS", ASSERTED, 2},  {"LA", DOMAIN, 500},  {"LG", DOMAIN, 501},
    {"DA", DOMAIN, 512},  {"DU", DOMAIN, 513},  {"DG", DOMAIN, 514},
    {"DC", DOMAIN, 515},  {"DD", DOMAIN, 516},  {"CA", DOMAIN, 517},
    {"SA", ROOT, 518},    {"EA", ROOT, 519},    {"PA", DOMAIN, 520},
    {"CN", DOMAIN, 522},  {"AP", DOMAIN, 525},  {"KA", DOMAIN, 526},
    {"EK", ROOT, 527},    {"RO", ROOT, 498},    {"RS", DOMAIN, 553},
};

/* What stands before the number, as text; the domains have none. */
static const char *const bases[] = {
    [NT] = "S-1-5",         [BUILTIN] = "S-1-5-32",      [WORLD] = "S-1-1",
    [CREATOR] = "S-1-3",    [LABEL] = "S-1-16",          [ASSERTED] = "S-1-18",
    [PACKAGE] = "S-1-15-2", [UMDF] = "S-1-5-84-0-0-0-0", [ROOT] = NULL,
};

static bool alias_sid(const struct alias *alias, const struct sddl_domains *domains,
                      unsigned char *out)
{
    char text[SID_TEXT];

    if (alias->base == DOMAIN || alias->base == ROOT) {
        const unsigned char *domain = NULL;

        if (domains != NULL)
            domain = alias->base == DOMAIN ? domains->domain : domains->root;
        return domain != NULL && sid_with_rid(domain, alias->rid, out);
    }
    (void)snprintf(text, sizeof text, "%s-%u", bases[alias->base], (unsigned)alias->rid);
    return sid_parse(text, strlen(text), out) != 0;
}

const char *words_alias(const unsigned char *sid, const struct sddl_domains *domains)
{
    unsigned char other[SID_MOST];
    size_t i;

    for (i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (sid[1] != 0 && aliases[i].rid == sid_rid(sid) &&
            alias_sid(&aliases[i], domains, other) && sid_equal(sid, other))
            return aliases[i].text;
    return NULL;
}

enum ma_status words_fail(const struct word_scan *scan, const char *what)
{
    return ma_fail(scan->error, MA_INVALID, "SDDL, character %zu: %s",
                   (size_t)(scan->at - scan->start) + 1, what);
}

bool words_take(struct word_scan *scan, const char *text)
{
    size_t length = strlen(text);

    if (strncmp(scan->at, text, length) != 0)
        return false;
    scan->at += length;
    return true;
}

void words_skip_blanks(struct word_scan *scan)
{
    while (*scan->at == ' ' || *scan->at == '\t')
        scan->at++;
}

static enum ma_status take_alias(struct word_scan *scan, unsigned char *out)
{
    size_t i;

    for (i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        if (strncmp(scan->at, aliases[i].text, 2) != 0)
            continue;
        if (!alias_sid(&aliases[i], scan->domains, out))
            return words_fail(scan, "an alias of a domain, and the domain is not known");
        scan->at += 2;
        return MA_OK;
    }
    return words_fail(scan, "a SID or one of its two-letter aliases is expected");
}

enum ma_status words_sid(struct word_scan *scan, unsigned char *out)
{
    size_t length;

    if (strncmp(scan->at, "S-", 2) != 0)
        return take_alias(scan, out);
    length = sid_parse(scan->at, strlen(scan->at), out);
    if (length == 0)
        return words_fail(scan, "this is no SID");
    scan->at += length;
    return MA_OK;
}

const struct word *words_find(const struct word *words, const char *at)
{
    for (; words->text != NULL; words++)
        if (strncmp(words->text, at, strlen(words->text)) == 0)
            return words;
    return NULL;
}
