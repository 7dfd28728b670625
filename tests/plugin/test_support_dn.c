/* SPDX-License-Identifier: Apache-2.0 */
#include "suite.h"
#include "support/dn.h"

START_TEST(a_name_is_pairs_of_type_and_value)
{
    static const char *const names[] = {
        "CN=Ada",
        "CN=Lima\\, Ana,OU=Staff",
        "CN=Lima\\2c Ana , OU=Staff",
        "CN=ends in a backslash\\\\,OU=Staff",
        "CN=Jos\xc3\xa9,DC=corp",
        "cn=a+uid=b,dc=corp",
        "2.5.4.3=Ada",
        "CN=,OU=Staff",
        "CN=Quote \"Q\" <q>,OU=Staff",
    };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_msg(dn_is_ldap(names[i]), "%s", names[i]);
}
END_TEST

START_TEST(what_the_engine_would_read_otherwise_is_no_name)
{
    static const char *const texts[] = {
        "",
        "Ada",
        "=Ada",
        "CN=Ada,",
        "CN=Ada\\\\,",
        "CN=Lima, Ana,OU=Staff",
        "CN=Research+Development,OU=Staff",
        "CN=bad\\escape,OU=Staff",
        "CN=cut off\\",
        "CN=cut off\\2",
        "CN=Ada,OU=Staff;DC=corp",
        "C N=Ada",
        "C\\,N=Ada",
    };

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(!dn_is_ldap(texts[i]), "%s", texts[i]);
}
END_TEST

START_TEST(a_name_is_below_a_comma_that_is_not_escaped)
{
    static const struct {
        const char *dn;
        const char *base;
        bool under;
    } cases[] = {
        {"cn=ada,ou=staff", "ou=staff", true},
        {"ou=staff", "ou=staff", true},
        {"cn=ada,ou=staff", "", true},
        {"cn=ada\\,ou=staff", "ou=staff", false},
        {"cn=ada\\\\,ou=staff", "ou=staff", true},
        {"cn=ada\\\\\\,ou=staff", "ou=staff", false},
        {"cn=ada,xou=staff", "ou=staff", false},
        {"ou=staff", "cn=ada,ou=staff", false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(dn_is_under(cases[i].dn, cases[i].base) == cases[i].under, "%s",
                      cases[i].dn);
}
END_TEST

/* RFC 4514 2.4; U+00E9 is two bytes, each escaped. */
START_TEST(what_names_an_object_is_read_without_its_escapes)
{
    static const struct {
        const char *dn;
        const char *type;
        const char *value;
    } cases[] = {
        {"CN=Lima\\, Ana,OU=Staff", "CN", "Lima, Ana"},
        {"CN=Lima\\2c Ana,OU=Staff", "CN", "Lima, Ana"},
        {"CN=Lima\\2C Ana", "CN", "Lima, Ana"},
        {"CN=Jos\\c3\\a9,DC=x", "CN", "Jos\xc3\xa9"},
        {"CN=\\Fa\\fF,DC=x", "CN", "\xfa\xff"},
        {"CN=a\\\\b", "CN", "a\\b"},
        {"CN=a\\\\,OU=b", "CN", "a\\"},
        {"CN=\\+1 555", "CN", "+1 555"},
        {"CN=\\ a\\ ,OU=b", "CN", " a "},
        {"  CN=  a  ,OU=b", "CN", "a"},
        {"CN=a=b,OU=c", "CN", "a=b"},
        {"CN=,OU=b", "CN", ""},
        {"CN=a,", "CN", "a"},
        {"CN=\\0ADEL:x", "CN", "\nDEL:x"},
    };
    struct pool pool = {0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *type;
        const char *value;

        ck_assert_msg(dn_rdn(&pool, cases[i].dn, &type, &value), "%s", cases[i].dn);
        ck_assert_str_eq(type, cases[i].type);
        ck_assert_msg(strcmp(value, cases[i].value) == 0, "%s: '%s'", cases[i].dn, value);
    }
    pool_free(&pool);
}
END_TEST

START_TEST(a_name_has_one_folded_form)
{
    static const struct {
        const char *dn;
        const char *folded;
        const char *parent;
    } cases[] = {
        {"CN = Ada ,  OU= Staff ", "cn=ada,ou=staff", "  OU= Staff "},
        {"CN=Lima\\, Ana,OU=X", "cn=lima\\, ana,ou=x", "OU=X"},
        {"CN=a\\\\, OU=X", "cn=a\\\\,ou=x", " OU=X"},
        {"CN=a\\ ,OU=X", "cn=a\\ ,ou=x", "OU=X"},
        {"CN=a\\=  b", "cn=a\\=  b", ""},
        {"CN=\xc3\x89", "cn=\xc3\x89", ""}, /* only ASCII: as the engine does */
        {"CN=a\\", "cn=a\\", ""},
    };
    struct pool pool = {0};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *folded = dn_fold(&pool, cases[i].dn);

        ck_assert_msg(strcmp(folded, cases[i].folded) == 0, "%s: '%s'", cases[i].dn,
                      folded);
        ck_assert(dn_is(cases[i].dn, folded));
        ck_assert_str_eq(dn_parent(cases[i].dn), cases[i].parent);
    }
    pool_free(&pool);
}
END_TEST

START_TEST(data_stand_before_the_name_of_a_reference)
{
    static const struct {
        const char *value;
        size_t length;
    } cases[] = {
        {"B:8:00112233:cn=ada", 13},
        {"B:0::cn=ada", 5},
        {"S:5:a:b:c:cn=ada", 10},
        {"cn=ada", 0},
        {"B:8:0011", 0},
        {"B:9:00112233:cn=ada", 0},
        {"B:x:00112233:cn=ada", 0},
        {"B:99999999999999999999:a", 0},
        {"", 0},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(dn_data_of(cases[i].value) == cases[i].length, "%s: %zu",
                      cases[i].value, dn_data_of(cases[i].value));
}
END_TEST

SUITE("support/dn", a_name_is_pairs_of_type_and_value,
      what_the_engine_would_read_otherwise_is_no_name,
      a_name_is_below_a_comma_that_is_not_escaped,
      what_names_an_object_is_read_without_its_escapes, a_name_has_one_folded_form,
      data_stand_before_the_name_of_a_reference)
