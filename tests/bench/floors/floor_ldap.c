/* SPDX-License-Identifier: Apache-2.0 */

/*
 * What an LDAP server and this machine can do without an engine, for a ratio to an agent:
 *
 *   floor_ldap read URL BINDDN PASSWORD BASE CLASS ATTRIBUTE...
 *       a paged search of 1000, the next page asked for when the last one is here;
 *       entries are counted and dropped
 *   floor_ldap modify URL BINDDN PASSWORD COUNT WINDOW
 *       the DNs on stdin, one after the other: a value is added to the description of
 *       each, WINDOW requests under way
 */

#include <ldap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 1000, LONGEST_DN = 512 };

static void must(LDAP *ld, int code, const char *what)
{
    char *said = NULL;

    if (code == LDAP_SUCCESS)
        return;
    (void)ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &said);
    fprintf(stderr, "floor_ldap: %s: %s%s%s\n", what, ldap_err2string(code),
            said == NULL ? "" : ": ", said == NULL ? "" : said);
    exit(EXIT_FAILURE);
}

static LDAP *connected(const char *url, const char *name, char *password)
{
    struct berval secret = {strlen(password), password};
    int version = LDAP_VERSION3;
    LDAP *ld = NULL;

    must(NULL, ldap_initialize(&ld, url), url);
    ldap_set_option(ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    must(ld, ldap_sasl_bind_s(ld, name, LDAP_SASL_SIMPLE, &secret, NULL, NULL, NULL),
         "bind");
    return ld;
}

/* --- reading ------------------------------------------------------------------------ */

static int ask_page(LDAP *ld, const char *base, const char *filter, char **attributes,
                    struct berval *cookie)
{
    LDAPControl *controls[2] = {NULL, NULL};
    int id;

    must(ld, ldap_create_page_control(ld, PAGE, cookie, 1, &controls[0]), "control");
    must(ld,
         ldap_search_ext(ld, base, LDAP_SCOPE_SUBTREE, filter, attributes, 0, controls,
                         NULL, NULL, 0, &id),
         "search");
    ldap_control_free(controls[0]);
    return id;
}

/* The cookie of the next page; its length 0: this was the last. */
static struct berval take_page(LDAP *ld, int id, size_t *count)
{
    LDAPMessage *answer = NULL;
    LDAPControl **controls = NULL;
    struct berval cookie = {0, NULL};
    ber_int_t estimate;
    int code;

    if (ldap_result(ld, id, LDAP_MSG_ALL, NULL, &answer) <= 0)
        must(ld, LDAP_SERVER_DOWN, "page");
    must(ld, ldap_parse_result(ld, answer, &code, NULL, NULL, NULL, &controls, 0),
         "result");
    must(ld, code, "search");
    *count += (size_t)ldap_count_entries(ld, answer);
    if (controls != NULL)
        must(ld, ldap_parse_pageresponse_control(ld, controls[0], &estimate, &cookie),
             "cookie");
    ldap_controls_free(controls);
    ldap_msgfree(answer);
    return cookie;
}

static int read_all(LDAP *ld, char **args)
{
    struct berval cookie = {0, NULL};
    char filter[256];
    size_t count = 0;

    snprintf(filter, sizeof filter, "(objectClass=%s)", args[1]);
    do {
        int id = ask_page(ld, args[0], filter, args + 2, &cookie);

        ber_memfree(cookie.bv_val);
        cookie = take_page(ld, id, &count);
    } while (cookie.bv_len > 0);
    ber_memfree(cookie.bv_val);
    printf("%zu entries\n", count);
    return EXIT_SUCCESS;
}

/* --- changing ----------------------------------------------------------------------- */

static void send_change(LDAP *ld, const char *dn)
{
    static char description[] = "description";
    static char floor[] = "floor";
    char *values[] = {floor, NULL};
    LDAPMod mod = {
        .mod_op = LDAP_MOD_REPLACE, .mod_type = description, .mod_values = values};
    LDAPMod *mods[] = {&mod, NULL};
    int id;

    must(ld, ldap_modify_ext(ld, dn, mods, NULL, NULL, &id), dn);
}

static void take_answer(LDAP *ld)
{
    LDAPMessage *answer = NULL;
    int code;

    if (ldap_result(ld, LDAP_RES_ANY, LDAP_MSG_ALL, NULL, &answer) <= 0)
        must(ld, LDAP_SERVER_DOWN, "answer");
    must(ld, ldap_parse_result(ld, answer, &code, NULL, NULL, NULL, NULL, 1), "result");
    must(ld, code, "modify");
}

static int change_all(LDAP *ld, char **args)
{
    long count = strtol(args[0], NULL, 10);
    long window = strtol(args[1], NULL, 10);
    long under_way = 0;
    char dn[LONGEST_DN];

    while (count > 0 || under_way > 0) {
        if (count > 0 && under_way < window && fgets(dn, sizeof dn, stdin) != NULL) {
            dn[strcspn(dn, "\n")] = '\0';
            send_change(ld, dn);
            count--;
            under_way++;
            continue;
        }
        if (under_way == 0)
            break; /* fewer names than were wanted */
        take_answer(ld);
        under_way--;
    }
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    LDAP *ld;
    int code;

    if (argc < 7) {
        fprintf(stderr, "usage: floor_ldap read|modify URL BINDDN PASSWORD ...\n");
        return 2;
    }
    ld = connected(argv[2], argv[3], argv[4]);
    code =
        strcmp(argv[1], "read") == 0 ? read_all(ld, argv + 5) : change_all(ld, argv + 5);
    ldap_unbind_ext_s(ld, NULL, NULL);
    return code;
}
