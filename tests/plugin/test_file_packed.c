/* SPDX-License-Identifier: Apache-2.0 */

/* The objects of a file that is the connected system, as they are held: what was put in
 * comes out, what is no record is refused, and what is written from it is LDIF. */

#include "suite.h"

#include "ldif.h"
#include "packed.h"

static struct pool pool;
static struct bytes bytes;
static struct record record;

static void begin(void)
{
    record_begin(&record, &pool);
}

static void end(void)
{
    pool_free(&pool);
    bytes_free(&bytes);
}

static void add(const char *name, const void *data, size_t length)
{
    field_add(&record, record_field(&record, name, strlen(name)), data, length);
}

static void make(void)
{
    record.dn = "cn=a,dc=x";
    add("cn", "a", 1);
    add("photo", "\0\n\xff", 3);
    add("member", "cn=b,dc=x", 9);
    add("member", "cn=c,dc=x", 9);
    (void)record_field(&record, "empty", 5);
    packed_add(&bytes, &record);
}

static bool reopen(size_t length, struct record *out)
{
    record_begin(out, &pool);
    return packed_open((struct packed){bytes.at, length}, out);
}

static void ck_same(const struct record *a, const struct record *b)
{
    ck_assert_pstr_eq(a->dn, b->dn);
    ck_assert_uint_eq(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        const struct field *x = &a->fields[i];
        const struct field *y = &b->fields[i];

        ck_assert_str_eq(x->name, y->name);
        ck_assert_uint_eq(x->length, y->length);
        ck_assert_uint_eq(x->count, y->count);
        for (size_t v = 0; v < x->count; v++) {
            ck_assert_uint_eq(x->values[v].length, y->values[v].length);
            ck_assert_mem_eq(x->values[v].data, y->values[v].data,
                             x->values[v].length + 1);
        }
    }
}

START_TEST(what_goes_in_comes_out)
{
    struct record out;

    make();
    ck_assert(reopen(bytes.length, &out));
    ck_same(&record, &out);
    ck_assert_str_eq(packed_dn((struct packed){bytes.at, bytes.length}), "cn=a,dc=x");
}
END_TEST

START_TEST(an_object_without_a_dn_has_none)
{
    struct record out;

    packed_add(&bytes, &record);
    ck_assert(reopen(bytes.length, &out));
    ck_assert_ptr_null(out.dn);
    ck_assert_ptr_null(packed_dn((struct packed){bytes.at, bytes.length}));
}
END_TEST

START_TEST(what_comes_out_can_be_changed)
{
    struct record out;
    struct record again;

    make();
    ck_assert(reopen(bytes.length, &out));
    field_add(&out, record_find(&out, "member"), "cn=d,dc=x", 9);
    field_drop(record_find(&out, "member"), 0);
    (void)record_field(&out, "new", 3);

    ck_assert_str_eq(record_text(&out, "member"), "cn=c,dc=x");
    ck_assert(reopen(bytes.length, &again));
    ck_same(&record, &again);
}
END_TEST

START_TEST(what_is_cut_off_or_goes_on_is_no_record)
{
    struct record out;
    size_t length;

    make();
    length = bytes.length;
    bytes_char(&bytes, '\0');
    for (size_t i = 0; i < length; i++)
        ck_assert_msg(!reopen(i, &out), "%zu of %zu bytes", i, length);
    ck_assert(!reopen(length + 1, &out));
}
END_TEST

/* Whether it is one then is not said; nothing outside of it is read (ASan). */
START_TEST(damage_does_no_harm)
{
    struct record out;

    make();
    for (size_t i = 0; i < bytes.length * 8; i++) {
        bytes.at[i / 8] = (char)(bytes.at[i / 8] ^ 1 << i % 8);
        (void)reopen(bytes.length, &out);
        bytes.at[i / 8] = (char)(bytes.at[i / 8] ^ 1 << i % 8);
    }
    ck_assert(reopen(bytes.length, &out));
    ck_same(&record, &out);
}
END_TEST

/* RFC 2849: a line that is too long goes on behind a line end and a blank. */
static void unfold(const char *text, struct bytes *out)
{
    for (size_t column = 0; *text != '\0'; text++) {
        if (text[0] == '\n' && text[1] == ' ') {
            column = 1;
            text++;
            continue;
        }
        column = *text == '\n' ? 0 : column + 1;
        ck_assert_uint_le(column, 76);
        bytes_char(out, *text);
    }
}

START_TEST(a_line_of_any_length_is_folded)
{
    char value[400];
    char wanted[500];

    memset(value, 'x', sizeof value);
    for (size_t length = 60; length < sizeof value; length++) {
        struct bytes text = {0};
        struct bytes flat = {0};
        struct problem problem = {0};

        begin();
        record.dn = "cn=a";
        add("title", value, length);
        ck_assert(ldif_write(NULL, NULL, &record, &text, &problem));
        unfold(text.at, &flat);
        snprintf(wanted, sizeof wanted, "dn: cn=a\ntitle: %.*s\n\n", (int)length, value);
        ck_assert_str_eq(flat.at, wanted);
        bytes_free(&text);
        bytes_free(&flat);
    }
}
END_TEST

START_TEST(what_is_not_plain_is_base64_wherever_it_stands)
{
    static const char *const odd[] = {"\n", "\r", "\xc3\xa4", "\x80"};

    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
        for (size_t before = 0; before < 20; before++) {
            char value[32];
            struct bytes text = {0};
            struct problem problem = {0};
            int length = snprintf(value, sizeof value, "%.*s%syyy", (int)before,
                                  "xxxxxxxxxxxxxxxxxxxx", odd[i]);

            begin();
            record.dn = "cn=a";
            add("t", value, (size_t)length);
            ck_assert(ldif_write(NULL, NULL, &record, &text, &problem));
            ck_assert_msg(strstr(text.at, "\nt:: ") != NULL, "%s", text.at);
            bytes_free(&text);
        }
}
END_TEST

START_TEST(ldif_holds_no_name_beyond_ascii)
{
    struct problem problem = {0};

    record.dn = "cn=a";
    add("title", "x", 1);
    ck_assert(ldif_holds(&record, &problem));
    add("gr\xc3\xb6\xc3\x9f"
        "e",
        "x", 1);
    ck_assert(!ldif_holds(&record, &problem));
    ck_assert_str_eq(problem.type, "invalid-attribute-value");
}
END_TEST

SUITE_WITH("plugin/file_packed", begin, end, what_goes_in_comes_out,
           an_object_without_a_dn_has_none, what_comes_out_can_be_changed,
           what_is_cut_off_or_goes_on_is_no_record, damage_does_no_harm,
           a_line_of_any_length_is_folded, what_is_not_plain_is_base64_wherever_it_stands,
           ldif_holds_no_name_beyond_ascii)
