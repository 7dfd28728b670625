/* SPDX-License-Identifier: Apache-2.0 */
#include "acl.h"
#include "cause.h"

/*
 * Causes: of the access vectors, and of seven objects of a real directory whose 42 cells
 * (object, attribute) were written to by the account and answered by the server.
 */
static json_t *vectors;
static json_t *seed;
static struct acl_domain domain;
static struct forest forest;

static void add(enum forest_kind kind, const char *name, const char *guid,
                const char *set, const char *const *may)
{
    struct forest_item item = {.kind = kind, .name = name, .may_contain = may};

    (void)acl_guid(guid, item.guid);
    item.in_set = acl_guid(set, item.set) != NULL;
    ck_assert(forest_add(&forest, &item));
}

static const char *const writable[] = {"safeSenders", "blocked", "proxy", "extdir", NULL};

static const char *guid_named(const char *name)
{
    return acl_field(json_object_get(vectors, "guids"), name);
}

static void before(void)
{
    static const char *const classes[] = {"user", "group", "contact", "inetOrgPerson",
                                          "computer"};
    size_t i;

    vectors = acl_vectors();
    acl_domain(&domain, acl_field(vectors, "domain"));
    for (i = 0; i < sizeof classes / sizeof *classes; i++)
        add(FOREST_CLASS, classes[i], guid_named(classes[i]), NULL, writable);
    add(FOREST_SET, "Public-Information", guid_named("pubinfo"), NULL, NULL);
    add(FOREST_SET, "Personal-Information", guid_named("persinfo"), NULL, NULL);
    add(FOREST_ATTRIBUTE, "safeSenders", guid_named("safeSenders"), NULL, NULL);
    add(FOREST_ATTRIBUTE, "blocked", guid_named("blocked"), NULL, NULL);
    add(FOREST_ATTRIBUTE, "proxy", guid_named("proxy"), guid_named("pubinfo"), NULL);
    add(FOREST_ATTRIBUTE, "extdir", guid_named("extdir"), guid_named("persinfo"), NULL);
    ck_assert(forest_ready(&forest));
}

static void after(void)
{
    forest_end(&forest);
    json_decref(vectors);
}

static const struct forest_item *item_of(const char *guid)
{
    unsigned char bytes[GUID_SIZE];

    return forest_guid(&forest, acl_guid(guid, bytes));
}

static void explains(const json_t *vector)
{
    const char *id = acl_field(vector, "id");
    const char *expected = acl_field(vector, "finding");
    const char *self_text = acl_field(vector, "principal_self");
    unsigned char self[SID_MOST];
    unsigned char group[SID_MOST];
    struct acl_token token;
    struct acl_of own;
    struct cause_answer answer;
    struct cause_object object = {.dn = id, .sd = &own.sd};
    struct cause_principal principal = {.token = &token.token, .group = group};

    acl_of(&own, acl_field(vector, "sd"), &domain, id);
    acl_token(&token, json_object_get(vector, "token"));
    acl_sid("S-1-5-21-2127521184-1604012920-1887927527-1602", group);
    if (self_text != NULL)
        acl_sid(self_text, self);
    object.self = self_text == NULL ? NULL : self;
    object.object_class = item_of(acl_field(vector, "class_guid"));
    object.is_protected = strcmp(expected, "ADMINSDHOLDER-IO") == 0;
    principal.holder = &own.sd;
    principal.group_is_distribution = strcmp(expected, "GROUP-NOT-SECURITY") == 0;
    answer = cause_find(&forest, &object, &principal,
                        item_of(acl_field(vector, "attr_guid"))->name);
    ck_assert_msg(strcmp(cause_name(answer.code), expected) == 0 ||
                      strcmp(cause_name(answer.remark), expected) == 0,
                  "%s: %s, remark %s, not %s", id, cause_name(answer.code),
                  cause_name(answer.remark), expected);
    bytes_free(&own.bytes);
}

START_TEST(each_vector_with_a_finding_has_that_cause)
{
    json_t *vector;
    size_t i;
    size_t asked = 0;

    json_array_foreach(json_object_get(vectors, "access"), i, vector)
    {
        if (acl_field(vector, "finding") == NULL)
            continue;
        explains(vector);
        asked++;
    }
    ck_assert_uint_gt(asked, 25);
}
END_TEST

/* An object below two containers, of which the upper grants to the group. */
struct tree {
    struct acl_of object;
    struct acl_of near;
    struct acl_of far;
    struct cause_ancestor ancestors[2];
};

#define GRANT(flags, class)                                                              \
    "(OA;" flags                                                                         \
    ";WP;7cb4c7d3-8787-42b0-b438-3c5d479ad31e;" class ";S-1-5-21-2127521184-1604012920-" \
                                                      "1887927527-1602)"
#define USER "bf967aba-0de6-11d0-a285-00aa003049e2"

static struct cause_answer ask_tree(const char *object, const char *near, const char *far,
                                    enum admin_count admin_count)
{
    struct tree tree;
    struct acl_token token;
    unsigned char group[SID_MOST];
    json_t *sids =
        json_pack("[ss]", "S-1-5-11", "S-1-5-21-2127521184-1604012920-1887927527-1602");
    struct cause_object asked = {.dn = "CN=u",
                                 .sd = &tree.object.sd,
                                 .object_class = item_of(USER),
                                 .ancestors = tree.ancestors,
                                 .ancestor_count = 2,
                                 .admin_count = admin_count};
    struct cause_principal principal = {.token = &token.token, .group = group};
    struct cause_answer answer;

    acl_of(&tree.object, object, &domain, object);
    acl_of(&tree.near, near, &domain, near);
    acl_of(&tree.far, far, &domain, far);
    tree.ancestors[0] = (struct cause_ancestor){"OU=near", &tree.near.sd};
    tree.ancestors[1] = (struct cause_ancestor){"OU=far", &tree.far.sd};
    acl_sid("S-1-5-21-2127521184-1604012920-1887927527-1602", group);
    acl_token(&token, sids);
    answer = cause_find(&forest, &asked, &principal, "safeSenders");
    json_decref(sids);
    bytes_free(&tree.object.bytes);
    bytes_free(&tree.near.bytes);
    bytes_free(&tree.far.bytes);
    return answer;
}

START_TEST(what_stops_a_grant_of_a_container_is_named)
{
    static const struct {
        const char *object;
        const char *near;
        const char *far;
        enum admin_count admin_count;
        enum cause_code code;
        int source;
        int blocker;
    } cases[] = {
        {"D:P(A;;RP;;;AU)", "D:AI", "D:" GRANT("CIIO", USER), ADMIN_COUNT_ZERO,
         CAUSE_INHERITANCE_BLOCKED, 1, -1},
        {"D:AI(A;;RP;;;AU)", "D:P(A;;RP;;;AU)", "D:" GRANT("CIIO", USER),
         ADMIN_COUNT_ZERO, CAUSE_INHERITANCE_BLOCKED, 1, 0},
        {"D:P(A;;RP;;;AU)", "D:AI", "D:" GRANT("CIIO", USER), ADMIN_COUNT_SET,
         CAUSE_ORPHANED, 1, -1},
        {"D:AI(A;;RP;;;AU)", "D:AI", "D:" GRANT("CINPIO", USER), ADMIN_COUNT_ZERO,
         CAUSE_NO_PROPAGATE, 1, -2},
        {"D:AI(A;;RP;;;AU)", "D:AI", "D:" GRANT("CIIO", USER), ADMIN_COUNT_ZERO,
         CAUSE_INHERIT_STALE, 1, -2},
        {"D:AI(A;;RP;;;AU)", "D:" GRANT("CIIO", USER), "D:", ADMIN_COUNT_ZERO,
         CAUSE_INHERIT_STALE, 0, -2},
        /* one level down is where the object is */
        {"D:AI(A;;RP;;;AU)", "D:" GRANT("CINPIO", USER), "D:", ADMIN_COUNT_ZERO,
         CAUSE_INHERIT_STALE, 0, -2},
        {"D:AI(A;;RP;;;AU)", "D:AI",
         "D:" GRANT("CIIO", "bf967a9c-0de6-11d0-a285-00aa003049e2"), ADMIN_COUNT_ZERO,
         CAUSE_NO_ACE, -1, -2},
        {"D:" GRANT("", ""), "D:", "D:", ADMIN_COUNT_ZERO, CAUSE_NONE, -1, -2},
    };
    size_t i;

    for (i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cause_answer answer =
            ask_tree(cases[i].object, cases[i].near, cases[i].far, cases[i].admin_count);

        ck_assert_msg(answer.code == cases[i].code && answer.source == cases[i].source &&
                          answer.blocker == cases[i].blocker,
                      "case %zu: %s of %d, stopped by %d", i, cause_name(answer.code),
                      answer.source, answer.blocker);
    }
}
END_TEST

START_TEST(what_the_schema_lacks_is_no_matter_of_rights)
{
    struct acl_of own;
    struct acl_token token = {.token = {token.sorted, 0}};
    struct cause_object object = {.sd = &own.sd, .object_class = item_of(USER)};
    struct cause_principal principal = {.token = &token.token};
    struct cause_answer answer;

    acl_of(&own, "D:", &domain, "schema");
    answer = cause_find(&forest, &object, &principal, "msExchArchiveStatus");
    ck_assert_int_eq(answer.code, CAUSE_SCHEMA_MISSING);
    object.sd = NULL;
    answer = cause_find(&forest, &object, &principal, "proxy");
    ck_assert_int_eq(answer.code, CAUSE_CANNOT_READ);
    ck_assert_int_eq(answer.access.verdict, ACCESS_UNKNOWN);
    bytes_free(&own.bytes);
}
END_TEST

/* --- the seven objects of a real directory */
static bool lists(const json_t *list, const char *name)
{
    json_t *item;
    size_t i;

    json_array_foreach(list, i,
                       item) if (strcmp(json_string_value(item), name) == 0) return true;
    return false;
}

static void one_cell(const json_t *object, const struct descriptor *sd,
                     const struct access_token *token, const char *name,
                     const json_t *attribute)
{
    unsigned char guids[3][GUID_SIZE];
    struct access_question question = {
        .sd = sd,
        .token = token,
        .object_class = acl_guid(USER, guids[0]),
        .property_set = acl_guid(acl_field(attribute, "attributeSecurityGUID"), guids[1]),
        .attribute = acl_guid(acl_field(attribute, "schemaIDGUID"), guids[2]),
    };
    bool written = lists(json_object_get(object, "allowed"), name);

    ck_assert_msg((access_ask(&question, RIGHT_WRITE_PROPERTY).verdict ==
                   ACCESS_ALLOWED) == written,
                  "%s of %s: the server says %s", name, acl_field(object, "name"),
                  written ? "written" : "refused");
}

START_TEST(a_real_server_wrote_exactly_what_is_allowed_here)
{
    json_error_t error;
    json_t *object;
    json_t *attribute;
    const char *name;
    struct acl_token token;
    size_t i;
    size_t cells = 0;

    seed = json_load_file(SOURCE_DIR "/tests/plugin/data/seed.json", 0, &error);
    ck_assert_msg(seed != NULL, "%s", error.text);
    acl_token(&token, json_object_get(seed, "token"));
    json_array_foreach(json_object_get(seed, "objects"), i, object)
    {
        struct bytes bytes = {0};
        struct descriptor sd;
        struct ma_error why;

        acl_unhex(acl_field(object, "sd"), &bytes);
        ck_assert_int_eq(descriptor_read(acl_value(&bytes), &sd, &why), MA_OK);
        json_object_foreach(json_object_get(seed, "attributes"), name, attribute)
        {
            one_cell(object, &sd, &token.token, name, attribute);
            cells++;
        }
        bytes_free(&bytes);
    }
    ck_assert_uint_eq(cells, 42);
    json_decref(seed);
}
END_TEST

SUITE_WITH("acl/cause", before, after, each_vector_with_a_finding_has_that_cause,
           what_stops_a_grant_of_a_container_is_named,
           what_the_schema_lacks_is_no_matter_of_rights,
           a_real_server_wrote_exactly_what_is_allowed_here)
