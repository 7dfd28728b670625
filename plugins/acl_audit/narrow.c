/* SPDX-License-Identifier: Apache-2.0 */
#include "narrow.h"

#include "support/sid.h"

enum {
    /* What may stand beside the right to write: to read, to list, validated writes. More
     * than that is another finding, and for people. */
    BESIDE = RIGHT_READ_PROPERTY | RIGHT_SELF | RIGHT_READ_CONTROL | 0x4 | 0x80,
    NAMES_SHOWN = 8,
    DEEPEST = 32
};

/* Where such an entry stands. */
static const struct where {
    const char *code;
    const char *effect;
} at_head = {"GRANTS-BEYOND-NEED", ""},
  at_holder = {"HOLDER-BEYOND-NEED", "; here it is of no use: leave administrators out"};

struct wide {
    struct audit *audit;
    const struct realm *realm;
    const struct where *where;
    const struct object_state *state; /* whose list it is */
    struct ace ace;
    const struct forest_item *class; /* NULL: all */
    const struct forest_item *set;   /* NULL: all attributes */
    const char *evidence;
    size_t given;  /* attributes */
    size_t needed; /* of them */
    struct bytes names;
};

/* --- what is written -------------------------------------------------------------- */

struct need {
    const char *type; /* "": of all */
    size_t type_length;
    const char *attribute;
};

static bool next_need(const struct audit *audit, size_t *at, struct need *out)
{
    const char *value = audit->host->param_at == NULL
                            ? NULL
                            : audit->host->param_at(audit->host, "audit-writes", *at);
    const char *colon = value == NULL ? NULL : strchr(value, ':');

    if (colon == NULL)
        return false;
    *out = (struct need){value, (size_t)(colon - value), colon + 1};
    (*at)++;
    return true;
}

/* Objects of a class are of the types of the classes above it, too. */
static bool is_of(const struct wide *wide, const struct need *need)
{
    const struct forest_item *class = wide->class;
    int depth = 0;

    if (class == NULL || need->type_length == 0)
        return true;
    for (; class != NULL && depth < DEEPEST; depth++) {
        if (strlen(class->name) == need->type_length &&
            strncasecmp(class->name, need->type, need->type_length) == 0)
            return true;
        class = class->superior == NULL
                    ? NULL
                    : forest_named(&wide->audit->forest, FOREST_CLASS, class->superior);
    }
    return false;
}

static bool is_given(const struct wide *wide, const struct forest_item *attribute)
{
    if (attribute == NULL || attribute->kind != FOREST_ATTRIBUTE || attribute->flags != 0)
        return false;
    if (wide->set != NULL &&
        (!attribute->in_set || memcmp(attribute->set, wide->set->guid, GUID_SIZE) != 0))
        return false;
    return wide->class == NULL ||
           forest_allows(&wide->audit->forest, wide->class, attribute->name);
}

/* That the rules write it to objects that the entry is for. */
static bool is_needed(const struct wide *wide, const char *attribute)
{
    struct need need;
    size_t at = 0;

    while (next_need(wide->audit, &at, &need))
        if (strcasecmp(need.attribute, attribute) == 0 && is_of(wide, &need))
            return true;
    return false;
}

static void measure(struct wide *wide)
{
    const struct forest *forest = &wide->audit->forest;

    for (size_t i = 0; i < forest->count; i++) {
        const struct forest_item *item = &forest->items[i];

        if (!is_given(wide, item))
            continue;
        wide->given++;
        if (wide->where == &at_holder || !is_needed(wide, item->name))
            continue;
        if (wide->needed < NAMES_SHOWN) {
            bytes_text(&wide->names, wide->needed > 0 ? ", " : ": ");
            bytes_text(&wide->names, item->name);
        }
        wide->needed++;
    }
}

/* --- telling ---------------------------------------------------------------------- */

static enum ma_status tell(const struct wide *wide, struct ma_finding finding,
                           struct ma_error *err)
{
    const struct ma_host *host = wide->audit->host;

    finding.size = sizeof finding;
    finding.verdict = MA_ALLOWED;
    finding.place = wide->state->dn;
    finding.evidence = wide->evidence;
    if (finding.object_type == NULL && wide->class != NULL)
        finding.object_type = wide->class->name;
    return host->finding(host, &finding, err);
}

static const char *who(const struct wide *wide)
{
    const struct principal *principal = &wide->realm->principal;

    return sid_equal(wide->ace.sid, principal->sid) ? principal->name
                                                    : principal->group_name;
}

/* The entry without what it has beside the right to write: that is what goes. */
static const char *to_go(const struct wide *wide)
{
    struct ace ace = wide->ace;

    ace.mask = RIGHT_WRITE_PROPERTY;
    return sddl_one_ace(&ace, NULL, &wide->audit->page);
}

static enum ma_status tell_entry(const struct wide *wide, struct ma_error *err)
{
    char cause[1024];

    (void)snprintf(cause, sizeof cause,
                   "%s may write %zu attributes of %s; the rules write %zu of them%s%s%s",
                   who(wide), wide->given,
                   wide->class == NULL ? "everything" : wide->class->name, wide->needed,
                   wide->names.at == NULL ? "" : wide->names.at,
                   wide->needed > NAMES_SHOWN ? " ..." : "", wide->where->effect);
    return tell(wide,
                (struct ma_finding){.code = wide->where->code,
                                    .cause = cause,
                                    .remedy = "replace it by an entry for each attribute "
                                              "that is written: mactl acl fix --narrow",
                                    .trustee = who(wide),
                                    .revoke = to_go(wide)},
                err);
}

/* Each attribute that it is too much. */
static enum ma_status tell_beyond(const struct wide *wide, struct ma_error *err)
{
    const struct forest *forest = &wide->audit->forest;
    const char *gone = to_go(wide);
    enum ma_status status = MA_OK;

    for (size_t i = 0; i < forest->count && status == MA_OK; i++)
        if (is_given(wide, &forest->items[i]) &&
            (wide->where == &at_holder || !is_needed(wide, forest->items[i].name)))
            status = tell(wide,
                          (struct ma_finding){
                              .attribute = forest->items[i].name,
                              .code = "BEYOND-NEED",
                              .cause = "it may be written, and no rule writes it",
                              .revoke = gone,
                          },
                          err);
    return status;
}

/* Of the entry's class, else of that which is the rule's type. */
static enum ma_status tell_instead(const struct wide *wide, const struct need *need,
                                   struct ma_error *err)
{
    struct forest *forest = &wide->audit->forest;
    const char *type = pool_text(&wide->audit->page, need->type, need->type_length);
    const struct forest_item *attribute =
        forest_named(forest, FOREST_ATTRIBUTE, need->attribute);
    const struct forest_item *class =
        wide->class != NULL ? wide->class : forest_named(forest, FOREST_CLASS, type);

    if (class == NULL || !is_given(wide, attribute) || !is_of(wide, need))
        return MA_OK;
    return tell(wide,
                (struct ma_finding){
                    .attribute = attribute->name,
                    .code = "GRANTED-BY-MORE",
                    .cause = "it is allowed by an entry for much more",
                    .remedy = "an entry for this attribute, in its place",
                    .grant = sddl_grant("WP", attribute->guid, class->guid, wide->ace.sid,
                                        &wide->audit->page),
                    .trustee = who(wide),
                    .object_type = class->name,
                },
                err);
}

static enum ma_status tell_all_instead(const struct wide *wide, struct ma_error *err)
{
    enum ma_status status = MA_OK;
    struct need need;
    size_t at = 0;

    while (status == MA_OK && wide->where == &at_head &&
           next_need(wide->audit, &at, &need))
        status = tell_instead(wide, &need, err);
    return status;
}

/* --- entries ---------------------------------------------------------------------- */

static bool is_own(const struct realm *realm, const unsigned char *sid)
{
    const struct principal *principal = &realm->principal;

    return sid != NULL &&
           (sid_equal(sid, principal->sid) ||
            (principal->group_dn != NULL && sid_equal(sid, principal->group_sid)));
}

static bool is_wide(struct wide *wide)
{
    const struct forest *forest = &wide->audit->forest;
    const struct ace_type *type = ace_type(wide->ace.type);
    uint32_t mask = access_map_generic(wide->ace.mask);

    if (type->effect != ACE_ALLOWS || type->callback ||
        (wide->ace.flags & ACE_INHERITED) != 0 || !is_own(wide->realm, wide->ace.sid) ||
        (mask & RIGHT_WRITE_PROPERTY) == 0 ||
        (mask & ~(uint32_t)(BESIDE | RIGHT_WRITE_PROPERTY)) != 0)
        return false;
    if (wide->ace.inherited_type != NULL) {
        wide->class = forest_guid(forest, wide->ace.inherited_type);
        if (wide->class == NULL || wide->class->kind != FOREST_CLASS)
            return false;
    }
    if (wide->ace.object_type == NULL)
        return true;
    wide->set = forest_guid(forest, wide->ace.object_type);
    return wide->set != NULL && wide->set->kind == FOREST_SET;
}

static enum ma_status report_wide(struct wide *wide, struct ma_error *err)
{
    enum ma_status status = MA_OK;

    measure(wide);
    if (wide->given > wide->needed) {
        status = tell_entry(wide, err);
        if (status == MA_OK && wide->audit->notes)
            status = tell_beyond(wide, err);
        if (status == MA_OK && wide->audit->narrow)
            status = tell_all_instead(wide, err);
    }
    bytes_free(&wide->names);
    return status;
}

static enum ma_status report_list(struct audit *audit, const struct realm *realm,
                                  const struct where *where,
                                  const struct object_state *state, struct ma_error *err)
{
    struct acl_walk walk = acl_start();
    enum ma_status status = MA_OK;
    struct ace ace;

    while (state->has_sd && state->sd.dacl.at != NULL && status == MA_OK &&
           acl_next(&state->sd.dacl, &walk, &ace)) {
        struct wide wide = {
            .audit = audit, .realm = realm, .where = where, .state = state, .ace = ace};

        if (!is_wide(&wide))
            continue;
        wide.evidence =
            sddl_ace_text(&state->sd, (int)walk.index - 1, &realm->domains, &audit->page);
        status = report_wide(&wide, err);
    }
    return status;
}

enum ma_status narrow_report(struct audit *audit, const struct realm *realm,
                             struct ma_error *err)
{
    struct need need;
    size_t at = 0;

    if (!next_need(audit, &at, &need))
        return MA_OK; /* what is needed is not known */
    if (report_list(audit, realm, &at_head, &realm->head, err) != MA_OK)
        return err->status;
    return report_list(audit, realm, &at_holder, &realm->holder, err);
}
