/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dn.h"

#include "suite.h"

static struct arena arena;

static void begin(void)
{
    arena = (struct arena){0};
}

static void end(void)
{
    arena_free(&arena);
}

static const char *text(struct slice slice)
{
    return arena_textn(&arena, slice.at, slice.length);
}

static const char *key(const char *dn)
{
    return text(dn_key(&arena, slice_text(dn)));
}

START_TEST(spellings_of_one_name_have_one_key)
{
    static const struct {
        const char *dn;
        const char *key;
    } cases[] = {
        {"CN=Ada,OU=People,DC=corp", "CN=ADA,OU=PEOPLE,DC=CORP"},
        {"cn=ada,ou=people,dc=corp", "CN=ADA,OU=PEOPLE,DC=CORP"},
        {" cn = ada , ou=people;dc=corp ", "CN=ADA,OU=PEOPLE,DC=CORP"},
        {"cn=Lima\\, Ada,dc=x", "CN=LIMA\\, ADA,DC=X"},
        {"cn=Lima\\2C Ada,dc=x", "CN=LIMA\\, ADA,DC=X"},
        {"cn=\"Lima, Ada\",dc=x", "CN=LIMA\\, ADA,DC=X"},
        {"cn=\"say \\\"hi\\\"\",dc=x", "CN=SAY \\\"HI\\\",DC=X"},
        {"cn=a\\=b", "CN=A=B"},
        {"cn=a=b", "CN=A=B"},
        {"cn=J\\C3\\BCrgen", "CN=J\u00dcRGEN"},
        {"cn=j\u00fcrgen", "CN=J\u00dcRGEN"},
        {"cn=Ada\\0ACNF:11,dc=x", "CN=ADA\nCNF:11,DC=X"},
        {"cn=\\ a \\ ", "CN=\\ A \\ "},
        {"cn=\" a\"", "CN=\\ A"},
        {"uid=7+cn=ada,dc=x", "CN=ADA+UID=7,DC=X"},
        {"cn=ada + uid=7,dc=x", "CN=ADA+UID=7,DC=X"},
        {"cn=c\\+\\+", "CN=C\\+\\+"},
        {"2.5.4.3=ada,oid.2.5.4.11=x", "CN=ADA,OU=X"},
        {"commonName=ada,domainComponent=x", "CN=ADA,DC=X"},
        {"1.2.3=#04024869", "1.2.3=#04024869"},
        {"1.2.3=#0aff", "1.2.3=#0AFF"},
        {"cn=\\#0aff", "CN=\\#0AFF"},
        {"cn=#1 of all", "CN=\\#1 OF ALL"},
        {"cn=", "CN="},
        {"cn=,dc=x", "CN=,DC=X"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert(dn_is_ldap(slice_text(cases[i].dn)));
        ck_assert_str_eq(key(cases[i].dn), cases[i].key);
        ck_assert_str_eq(key(cases[i].key), cases[i].key);
    }
}
END_TEST

START_TEST(different_names_have_different_keys)
{
    static const char *const pairs[][2] = {
        {"cn=a,dc=x", "cn=a\\,dc=x"},   {"cn=a+sn=b", "cn=a\\+sn=b"},
        {"cn=#0aff", "cn=\\#0aff"},     {"cn=a", "cn=\\ a"},
        {"cn=a,dc=x", "cn=a,dc=x,c=y"}, {"cn=a", "ou=a"},
        {"cn=a\\00b", "cn=ab"},         {"cn=stra\u00dfe", "cn=strasse"},
    };

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        ck_assert_msg(!dn_equal(slice_text(pairs[i][0]), slice_text(pairs[i][1])), "%s",
                      pairs[i][0]);
    ck_assert(dn_equal(slice_text("CN=A,DC=X"), slice_text("cn=a, dc=x")));
}
END_TEST

START_TEST(what_is_no_ldap_name_is_its_own)
{
    static const char *const texts[] = {
        "",          "4711",     "corp\\ada", "ada@corp.example",
        "cn",        "=a",       "cn=a,",     ",cn=a",
        "cn=a,,c=b", "cn=a\\",   "cn=\"a",    "cn=a\\zb",
        "cn=\"a\"b", "c n=a",    "1a=b",      "cn=a+",
        " ",         "-x=a",     "cn=a,foo",  "cn=a\\2gb",
        "oid.1-2=a", "oid.cn=a", "1.a=b",     "c.n=a",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct slice dn = slice_text(texts[i]);

        ck_assert_msg(!dn_is_ldap(dn), "%s", texts[i]);
        ck_assert_uint_eq(dn_parent(dn).length, 0);
        ck_assert(slice_equal(dn_rdn(dn), dn));
        ck_assert_uint_eq(dn_depth(dn), dn.length > 0);
    }
    ck_assert_str_eq(key("Ada@Corp"), "ADA@CORP");
    ck_assert(!dn_is_ldap(slice_of("cn=a\0b", 6)));
}
END_TEST

START_TEST(a_name_comes_apart)
{
    struct slice dn = slice_text("CN=Lima\\, Ada , OU=a+L=b ,DC=corp");

    ck_assert_str_eq(text(dn_rdn(dn)), "CN=Lima\\, Ada");
    ck_assert_str_eq(text(dn_parent(dn)), "OU=a+L=b ,DC=corp");
    ck_assert_str_eq(text(dn_rdn(dn_parent(dn))), "OU=a+L=b");
    ck_assert_str_eq(text(dn_parent(dn_parent(dn))), "DC=corp");
    ck_assert_uint_eq(dn_parent(slice_text("DC=corp")).length, 0);
    ck_assert_uint_eq(dn_depth(dn), 3);
    ck_assert_ptr_eq(dn_parent(dn).at, dn.at + 16);
}
END_TEST

START_TEST(a_parent_is_known_again_where_it_is_the_same)
{
    static const char *const names[] = {"cn=a,ou=x,dc=y",
                                        "cn=a\\,ou=x,dc=y",
                                        "cn=\"a,ou=x,dc=y",
                                        "cn=a,cn=b,ou=x,dc=y",
                                        "cn=a+b=c,ou=x,dc=y",
                                        "ou=x,dc=y",
                                        "dc=y",
                                        "",
                                        "a,ou=x,dc=y",
                                        ",ou=x,dc=y",
                                        "cn=a, ou=x,dc=y",
                                        "cn=a,OU=x,dc=y"};
    struct slice last = slice_text("ou=x,dc=y");

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct slice dn = slice_text(names[i]);

        ck_assert_msg(slice_equal(dn_parent_again(dn, last), dn_parent(dn)), "%s",
                      names[i]);
        ck_assert(slice_equal(dn_parent_again(dn, slice_of("", 0)), dn_parent(dn)));
    }
}
END_TEST

START_TEST(a_component_is_as_written)
{
    struct slice dn = slice_text("CN=Ada\\0ACNF:1f-2,OU= \"a,b\" ,DC=corp");
    struct slice type;
    struct slice value;

    ck_assert(dn_component(dn, 1, &type, &value));
    ck_assert_str_eq(text(type), "CN");
    ck_assert_str_eq(text(value), "Ada\\0ACNF:1f-2");
    ck_assert(dn_component(dn, 2, &type, &value));
    ck_assert_str_eq(text(value), "\"a,b\"");
    ck_assert(dn_component(dn, 3, &type, &value));
    ck_assert_str_eq(text(value), "corp");
    ck_assert(!dn_component(dn, 4, &type, &value));
    ck_assert(!dn_component(dn, 0, &type, &value));
    ck_assert(dn_component(slice_text("4711"), 1, &type, &value));
    ck_assert_str_eq(text(value), "4711");
    ck_assert_uint_eq(type.length, 0);
    ck_assert(!dn_component(slice_text("4711"), 2, &type, &value));
    ck_assert(!dn_component(slice_text(""), 1, &type, &value));
}
END_TEST

START_TEST(a_name_lies_under_its_parents_only)
{
    static const struct {
        const char *dn;
        const char *base;
        bool under;
    } cases[] = {
        {"cn=a,ou=b,dc=c", "OU=B, DC=C", true},
        {"cn=a,ou=b,dc=c", "dc=c", true},
        {"cn=a,ou=b,dc=c", "CN=A,OU=B,DC=C", true},
        {"cn=a,ou=b,dc=c", "", true},
        {"cn=a\\,ou=b,dc=c", "ou=b,dc=c", false},
        {"cn=a,xou=b,dc=c", "ou=b,dc=c", false},
        {"dc=c", "ou=b,dc=c", false},
        {"cn=a,dc=d", "dc=c", false},
        {"4711", "4711", true},
        {"4711", "47", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(dn_is_under(slice_text(cases[i].dn), slice_text(cases[i].base)) ==
                          cases[i].under,
                      "%s under %s", cases[i].dn, cases[i].base);
}
END_TEST

START_TEST(an_escaped_value_is_read_back)
{
    static const struct {
        struct slice value;
        const char *escaped;
    } cases[] = {
        {{"Lima, Ada", 9}, "Lima\\, Ada"},
        {{" a ", 3}, "\\ a\\ "},
        {{"#1", 2}, "\\#1"},
        {{"a#b c", 5}, "a#b c"},
        {{"a\0b", 3}, "a\\00b"},
        {{"Ada\nCNF:1", 9}, "Ada\\0ACNF:1"},
        {{"<a>;\"\\+", 7}, "\\<a\\>\\;\\\"\\\\\\+"},
        {{"", 0}, ""},
        {{" ", 1}, "\\ "},
        {{"j\xc3\xbc", 3}, "j\xc3\xbc"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct slice escaped = dn_escape(&arena, cases[i].value);
        struct slice dn = slice_text(arena_print(&arena, "cn=%s,dc=x", escaped.at));

        ck_assert_str_eq(escaped.at, cases[i].escaped);
        ck_assert_uint_eq(dn_depth(dn), 2);
    }
}
END_TEST

static const struct {
    const char *dn;
    const char *base;
    bool under;
} places[] = {
    {"CN=a,OU=b,DC=c", "OU=b,DC=c", true},
    {"CN=a,ou=B,dc=C", "OU=b,DC=c", true},
    {"OU=b,DC=c", "OU=b,DC=c", true},
    {"CN=a, OU=b , DC=c", "OU=b,DC=c", true},
    {"CN=a\\\\,OU=b,DC=c", "OU=b,DC=c", true},
    /* the comma belongs to the value */
    {"CN=a\\,OU=b,DC=c", "OU=b,DC=c", false},
    {"CN=a\\\\\\,OU=b,DC=c", "OU=b,DC=c", false},
    {"CN=\"a,OU=b\",DC=c", "OU=b\",DC=c", false},
    {"CN=xOU=b,DC=c", "OU=b,DC=c", false},
    {"CN=a,OU=x,DC=c", "OU=b,DC=c", false},
    {"DC=c", "OU=b,DC=c", false},
};

START_TEST(a_name_is_below_another_however_both_are_spelled)
{
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        ck_assert_msg(dn_is_under(slice_text(places[i].dn), slice_text(places[i].base)) ==
                          places[i].under,
                      "%s below %s", places[i].dn, places[i].base);
}
END_TEST

/* The same name with blanks where they mean nothing. */
static const char *aired(const char *dn)
{
    char *out = arena_alloc(&arena, 3 * strlen(dn) + 1);
    char *at = out;

    for (; *dn != '\0'; dn++) {
        if (*dn == '=' || *dn == ',')
            *at++ = ' ';
        *at++ = *dn;
        if (*dn == '=' || *dn == ',')
            *at++ = ' ';
    }
    *at = '\0';
    return out;
}

START_TEST(a_plain_name_is_read_as_any_other)
{
    static const char *const names[] = {
        "CN=Ann Lee,OU=Staff,DC=corp", "cn=a,ou=b",   "uid=7", "employeeNumber=7,dc=x",
        "userid=u,domainComponent=x",  "CN=<a>,DC=x",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct slice plain = slice_text(names[i]);
        struct slice odd = slice_text(aired(names[i]));

        ck_assert(dn_is_ldap(plain) && dn_is_ldap(odd));
        ck_assert_str_eq(key(names[i]), key(odd.at));
        ck_assert(dn_equal(plain, odd) && dn_equal(odd, plain));
        ck_assert(dn_equal(dn_parent(plain), dn_parent(odd)));
        ck_assert(dn_equal(dn_rdn(plain), dn_rdn(odd)));
        ck_assert_uint_eq(dn_depth(plain), dn_depth(odd));
    }
}
END_TEST

START_TEST(what_looks_plain_and_is_no_name_is_none)
{
    static const char *const texts[] = {"cn=a,",  ",cn=a",      "cn",       "=a",
                                        "cn=a,b", "c n=a,dc=x", "1c=a,dc=x"};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        ck_assert_msg(!dn_is_ldap(slice_text(texts[i])), "%s", texts[i]);
        ck_assert_uint_eq(dn_parent(slice_text(texts[i])).length, 0);
    }
}
END_TEST

SUITE_WITH("model/dn", begin, end, spellings_of_one_name_have_one_key,
           different_names_have_different_keys, what_is_no_ldap_name_is_its_own,
           a_name_comes_apart, a_parent_is_known_again_where_it_is_the_same,
           a_component_is_as_written, a_name_lies_under_its_parents_only,
           an_escaped_value_is_read_back,
           a_name_is_below_another_however_both_are_spelled,
           a_plain_name_is_read_as_any_other, what_looks_plain_and_is_no_name_is_none)
