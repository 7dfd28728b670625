/* SPDX-License-Identifier: Apache-2.0 */
#include "acl.h"
#include "edit.h"
#include "inherit.h"

static json_t *vectors;
static struct acl_domain domain;

static void before(void)
{
    vectors = acl_vectors();
    acl_domain(&domain, acl_field(vectors, "domain"));
}

static void after(void)
{
    json_decref(vectors);
}

#define EACH(list, index, vector)                                                        \
    json_array_foreach(json_object_get(vectors, list), index, vector)

/* Texts that other readers do not know have no printed form to compare with; each must
 * be the same after it was printed and read. */
static void reads_and_prints(const json_t *vector)
{
    const char *id = acl_field(vector, "id");
    const char *printed = acl_field(vector, "printed");
    struct acl_domain own;
    struct acl_of first;
    struct acl_of second;
    struct bytes text = {0};

    acl_domain(&own, acl_field(vector, "domain"));
    acl_of(&first, acl_field(vector, "sddl"), &own, id);
    acl_print(&first.sd, &own, &text);
    if (printed != NULL && strcmp(id, "ra") != 0)
        ck_assert_msg(strcmp(text.at, printed) == 0, "%s: %s", id, text.at);
    acl_of(&second, text.at, &own, id);
    ck_assert_msg(first.bytes.length == second.bytes.length &&
                      memcmp(first.bytes.at, second.bytes.at, first.bytes.length) == 0,
                  "%s: not the same after printing: %s", id, text.at);
    bytes_free(&first.bytes);
    bytes_free(&second.bytes);
    bytes_free(&text);
}

START_TEST(each_text_is_read_and_printed_as_windows_does)
{
    json_t *vector;
    size_t i;

    EACH("sddl", i, vector)
    if (!json_is_true(json_object_get(vector, "reject")))
        reads_and_prints(vector);
}
END_TEST

START_TEST(bytes_that_another_writer_made_print_the_same)
{
    json_t *vector;
    size_t i;

    EACH("sddl", i, vector)
    {
        struct bytes bytes = {0};
        struct bytes text = {0};
        struct descriptor sd;
        struct ma_error error;
        struct acl_domain own;

        if (acl_field(vector, "binary") == NULL)
            continue;
        acl_domain(&own, acl_field(vector, "domain"));
        acl_unhex(acl_field(vector, "binary"), &bytes);
        ck_assert_msg(descriptor_read(acl_value(&bytes), &sd, &error) == MA_OK, "%s: %s",
                      acl_field(vector, "id"), error.text);
        acl_print(&sd, &own, &text);
        ck_assert_msg(strcmp(text.at, acl_field(vector, "printed")) == 0, "%s: %s",
                      acl_field(vector, "id"), text.at);
        bytes_free(&bytes);
        bytes_free(&text);
    }
}
END_TEST

static void refused(const json_t *vector)
{
    struct bytes bytes = {0};
    struct ma_error error;

    ck_assert_msg(sddl_parse(acl_field(vector, "sddl"), &domain.domains, &bytes,
                             &error) == MA_INVALID,
                  "%s was taken: %s", acl_field(vector, "id"), acl_field(vector, "sddl"));
    ck_assert_msg(strstr(error.text, "character") != NULL, "%s", error.text);
    bytes_free(&bytes);
}

START_TEST(a_text_that_says_something_else_than_it_seems_to_is_refused)
{
    json_t *vector;
    size_t i;

    EACH("sddl_reject", i, vector)
    refused(vector);
    EACH("sddl", i, vector)
    if (json_is_true(json_object_get(vector, "reject")))
        refused(vector);
}
END_TEST

START_TEST(hostile_bytes_are_refused_and_odd_ones_are_noted)
{
    json_t *vector;
    size_t i;

    EACH("binary", i, vector)
    {
        const char *expect = acl_field(vector, "expect");
        struct bytes bytes = {0};
        struct descriptor sd = {0};
        struct ma_error error = {0};
        enum ma_status status;

        acl_unhex(acl_field(vector, "hex"), &bytes);
        status = descriptor_read(acl_value(&bytes), &sd, &error);
        ck_assert_msg((status == MA_INVALID) == (strcmp(expect, "reject") == 0),
                      "%s (%s): %s", acl_field(vector, "id"), acl_field(vector, "why"),
                      error.text);
        ck_assert_msg((sd.odd != 0) == (strcmp(expect, "accept-flag") == 0), "%s: odd %u",
                      acl_field(vector, "id"), sd.odd);
        bytes_free(&bytes);
    }
}
END_TEST

static const char *const verdicts[] = {"allow", "deny", "unknown"};

static void asks(const json_t *vector)
{
    unsigned char guids[3][GUID_SIZE];
    unsigned char self[SID_MOST];
    const char *id = acl_field(vector, "id");
    const char *own = acl_field(vector, "principal_self");
    const json_t *deciding = json_object_get(vector, "deciding_ace");
    struct acl_of object;
    struct acl_token token;
    struct access_question question;
    struct access_answer answer;

    acl_of(&object, acl_field(vector, "sd"), &domain, id);
    acl_token(&token, json_object_get(vector, "token"));
    if (own != NULL)
        acl_sid(own, self);
    question = (struct access_question){
        .sd = &object.sd,
        .token = &token.token,
        .object_class = acl_guid(acl_field(vector, "class_guid"), guids[0]),
        .property_set = acl_guid(acl_field(vector, "propset_guid"), guids[1]),
        .attribute = acl_guid(acl_field(vector, "attr_guid"), guids[2]),
        .self = own == NULL ? NULL : self,
    };
    answer = access_ask(&question,
                        (uint32_t)json_integer_value(json_object_get(vector, "mask")));
    ck_assert_msg(strcmp(verdicts[answer.verdict], acl_field(vector, "expect")) == 0,
                  "%s: %s by %d", id, verdicts[answer.verdict], answer.ace);
    ck_assert_msg(answer.ace ==
                      (json_is_integer(deciding) ? json_integer_value(deciding) : -1),
                  "%s: decided by %d", id, answer.ace);
    bytes_free(&object.bytes);
}

START_TEST(each_access_vector_has_its_verdict_and_its_ace)
{
    json_t *vector;
    size_t i;

    EACH("access", i, vector)
    asks(vector);
}
END_TEST

START_TEST(generic_rights_are_mapped_where_they_are_asked_to_be)
{
    struct acl_of object;
    struct acl_token token;
    unsigned char guid[GUID_SIZE] = {0};
    json_t *sids = json_pack("[s]", "S-1-5-11");
    struct access_question question = {
        .sd = &object.sd, .token = &token.token, .object_class = guid};

    acl_of(&object, "O:DAG:DAD:(A;;GW;;;AU)", &domain, "generic");
    acl_token(&token, sids);

    ck_assert_int_eq(access_ask(&question, RIGHT_WRITE_PROPERTY).verdict, ACCESS_DENIED);
    question.map_generic = true;
    ck_assert_int_eq(access_ask(&question, RIGHT_WRITE_PROPERTY).verdict, ACCESS_ALLOWED);
    bytes_free(&object.bytes);
    json_decref(sids);
}
END_TEST

static void inherits(const json_t *vector)
{
    unsigned char guid[GUID_SIZE];
    const char *id = acl_field(vector, "id");
    const json_t *guids = json_object_get(vectors, "guids");
    const char *name = acl_field(vector, "class");
    struct bytes bytes = {0};
    struct bytes text = {0};
    struct acl_of parent;
    struct acl_of child;
    struct descriptor sd;
    struct ma_error error;

    acl_of(&parent, acl_field(vector, "parent"), &domain, id);
    acl_of(&child, acl_field(vector, "child"), &domain, id);
    ck_assert_int_eq(inherit_write(&parent.sd.dacl, &child.sd,
                                   acl_guid(acl_field(guids, name), guid), &bytes,
                                   &error),
                     MA_OK);
    ck_assert_int_eq(descriptor_read(acl_value(&bytes), &sd, &error), MA_OK);
    acl_print(&sd, &domain, &text);
    ck_assert_msg(strcmp(text.at, acl_field(vector, "result")) == 0, "%s: %s", id,
                  text.at);
    bytes_free(&bytes);
    bytes_free(&text);
    bytes_free(&parent.bytes);
    bytes_free(&child.bytes);
}

START_TEST(a_child_gets_what_a_directory_would_give_it)
{
    json_t *vector;
    size_t i;

    EACH("inheritance", i, vector)
    inherits(vector);
}
END_TEST

static const char *const outcomes[] = {
    [EDIT_INSERT] = "insert",
    [EDIT_REPLACE] = "replace",
    [EDIT_PRESENT] = "already-present",
    [EDIT_REMOVE] = "remove",
    [EDIT_REDUCE] = "reduce",
    [EDIT_ABSENT] = "absent",
    [EDIT_NOT_CANONICAL] = "refuse-non-canonical",
};

static void read_one_ace(struct bytes *bytes, const char *text, struct ace *out)
{
    struct acl list;
    struct acl_walk walk = {0, 0};
    struct ma_error error;

    ck_assert_msg(sddl_parse_ace(text, &domain.domains, bytes, &error) == MA_OK, "%s",
                  error.text);
    list = (struct acl){(const unsigned char *)bytes->at, bytes->length, 4, 1};
    ck_assert(acl_next(&list, &walk, out));
}

static void inserts(const json_t *vector)
{
    const char *id = acl_field(vector, "id");
    const json_t *index = json_object_get(vector, "index");
    struct bytes bytes = {0};
    struct acl_of object;
    struct edit_plan plan;
    struct ace ace;

    acl_of(&object, acl_field(vector, "dacl"), &domain, id);
    read_one_ace(&bytes, acl_field(vector, "new_ace"), &ace);
    plan = edit_plan(&object.sd.dacl, &ace);
    ck_assert_msg(strcmp(outcomes[plan.outcome], acl_field(vector, "result")) == 0,
                  "%s: %s", id, outcomes[plan.outcome]);
    if (json_is_integer(index))
        ck_assert_msg(plan.index == json_integer_value(index), "%s: at %u", id,
                      plan.index);
    bytes_free(&bytes);
    bytes_free(&object.bytes);
}

START_TEST(a_new_ace_has_one_place_and_none_twice)
{
    json_t *vector;
    size_t i;

    EACH("insert", i, vector)
    inserts(vector);
}
END_TEST

/* Written, and planned again: nothing more to do. */
static void writes(const char *before, const char *new_ace, const char *expected)
{
    struct bytes one = {0};
    struct bytes written = {0};
    struct bytes text = {0};
    struct acl_of object;
    struct descriptor sd;
    struct edit_plan plan;
    struct ma_error error;
    struct ace ace;

    acl_of(&object, before, &domain, before);
    read_one_ace(&one, new_ace, &ace);
    plan = edit_plan(&object.sd.dacl, &ace);
    ck_assert_int_eq(edit_write(&object.sd, &plan, &ace, true, &written, &error), MA_OK);
    ck_assert_int_eq(descriptor_read(acl_value(&written), &sd, &error), MA_OK);
    acl_print(&sd, &domain, &text);
    ck_assert_str_eq(text.at, expected);
    ck_assert_int_eq(edit_plan(&sd.dacl, &ace).outcome, EDIT_PRESENT);
    bytes_free(&one);
    bytes_free(&written);
    bytes_free(&text);
    bytes_free(&object.bytes);
}

START_TEST(a_written_list_keeps_what_was_there_and_is_not_written_twice)
{
    writes("O:DAD:AI(D;;DT;;;WD)(A;;RP;;;AU)(A;CIID;RP;;;BA)", "(A;;WP;;;DA)",
           "D:AI(D;;DT;;;WD)(A;;RP;;;AU)(A;;WP;;;DA)");
    writes("D:P(A;;RP;;;DA)", "(A;;RPWP;;;DA)", "D:P(A;;RPWP;;;DA)");
}
END_TEST

START_TEST(the_example_of_the_document_is_read_as_it_says)
{
    json_t *vector;
    size_t i;

    EACH("examples", i, vector)
    {
        struct bytes bytes = {0};
        struct bytes text = {0};
        struct bytes again = {0};
        struct descriptor sd;
        struct ma_error error;
        struct acl_of of_text;

        acl_unhex(acl_field(vector, "binary"), &bytes);
        ck_assert_int_eq(descriptor_read(acl_value(&bytes), &sd, &error), MA_OK);
        acl_print(&sd, &domain, &text);
        acl_of(&of_text, acl_field(vector, "sddl"), &domain, "example");
        acl_print(&of_text.sd, &domain, &again);
        ck_assert_str_eq(text.at, again.at);
        ck_assert_uint_eq(of_text.bytes.length, bytes.length);
        ck_assert_mem_eq(of_text.bytes.at, bytes.at, bytes.length);
        bytes_free(&bytes);
        bytes_free(&text);
        bytes_free(&again);
        bytes_free(&of_text.bytes);
    }
}
END_TEST

/* Each list of the file, and how many it has: what is added has to be run by somebody. */
START_TEST(no_vector_is_left_out)
{
    static const struct {
        const char *list;
        size_t count;
    } lists[] = {{"sddl", 125},       {"sddl_reject", 31}, {"binary", 45}, {"access", 62},
                 {"inheritance", 15}, {"insert", 9},       {"examples", 1}};
    const char *name;
    json_t *list;
    size_t known = 0;

    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        ck_assert_uint_eq(json_array_size(json_object_get(vectors, lists[i].list)),
                          lists[i].count);
    json_object_foreach(vectors, name, list) known += json_is_array(list);
    ck_assert_uint_eq(known, sizeof lists / sizeof *lists);
}
END_TEST

SUITE_WITH("acl/vectors", before, after, each_text_is_read_and_printed_as_windows_does,
           bytes_that_another_writer_made_print_the_same,
           a_text_that_says_something_else_than_it_seems_to_is_refused,
           hostile_bytes_are_refused_and_odd_ones_are_noted,
           each_access_vector_has_its_verdict_and_its_ace,
           generic_rights_are_mapped_where_they_are_asked_to_be,
           a_child_gets_what_a_directory_would_give_it,
           a_new_ace_has_one_place_and_none_twice,
           a_written_list_keeps_what_was_there_and_is_not_written_twice,
           the_example_of_the_document_is_read_as_it_says, no_vector_is_left_out)
