/* SPDX-License-Identifier: Apache-2.0 */
#include "origin.h"

#include "ldap_script.h"
#include "suite.h"
#include "support/link.h"

/*
 * Objects that a domain controller gives one by one, in an order of its own: each is told
 * in ours, as soon as it is there, and whoever is told may read meanwhile.
 */

static struct ldap_script server;
static struct ldap_call kept[3]; /* requests that wait for their answer */
static struct link *connection;
static struct origin_live live;
static struct ma_error err;
static char told[200];

static void tell(const char *what, size_t index)
{
    size_t length = strlen(told);

    (void)snprintf(told + length, sizeof told - length, "%s%zu ", what, index);
}

/* --- the server: the second before the first, the third with another read --------- */

static void answer(struct ldap_call *call)
{
    script_entry(call, call->base, "cn", "x", NULL);
    script_done(call, LDAP_SUCCESS, NULL, 0, NULL);
}

static void serve(struct ldap_call *call)
{
    if (strcmp(call->base, "CN=within") == 0) {
        answer(&kept[2]);
        answer(call);
        return;
    }
    kept[call->base[3] - '1'] = *call;
    if (strcmp(call->base, "CN=3") != 0)
        return;
    answer(&kept[1]);
    answer(&kept[0]);
}

/* Two are there, and nobody has heard of the third. */
static void serve_two(struct ldap_call *call)
{
    if (strcmp(call->base, "CN=2") == 0)
        script_done(call, LDAP_NO_SUCH_OBJECT, NULL, 0, NULL);
    else
        answer(call);
}

static const struct link_settings settings = {
    .method = LINK_SIMPLE, .clear_password = true, .user = "CN=u", .password = "p"};

static void begin(void)
{
    told[0] = '\0';
    script_begin(&server);
    ck_assert_msg(link_open(&connection, &settings, "127.0.0.1", server.port, &err) ==
                      MA_OK,
                  "%s", err.text);
    origin_live_begin(&live, connection);
}

static void end(void)
{
    link_close(connection);
    script_end(&server);
}

/* --- who is told ------------------------------------------------------------------ */

static const char *const attributes[] = {"cn", NULL};
static const char *const three[] = {"CN=1", "CN=2", "CN=3"};

static enum ma_status entry(void *context, size_t index, const struct answer *found,
                            struct ma_error *error)
{
    (void)found;
    (void)error;
    tell(context, index);
    return MA_OK;
}

static enum ma_status read_within(void *context, size_t index, struct ma_error *error)
{
    static const char *const within = "CN=within";
    const struct origin_taker taker = {.entry = entry, .context = (void *)"within"};

    (void)context;
    tell("ready", index);
    return index > 0
               ? MA_OK
               : live.origin.read(&live.origin, &within, 1, attributes, &taker, error);
}

static enum ma_status ready(void *context, size_t index, struct ma_error *error)
{
    (void)context;
    (void)error;
    tell("ready", index);
    return MA_OK;
}

static enum ma_status cannot(void *context, size_t index, struct ma_error *error)
{
    (void)context;
    tell("ready", index);
    return ma_fail(error, MA_BROKEN, "that is enough");
}

static enum ma_status read_three(enum ma_status (*listener)(void *, size_t,
                                                            struct ma_error *))
{
    const struct origin_taker taker = {
        .entry = entry, .context = (void *)"entry", .ready = listener};

    return live.origin.read(&live.origin, three, 3, attributes, &taker, &err);
}

START_TEST(each_is_told_in_our_order_and_may_be_read_about_meanwhile)
{
    server.serve = serve;

    ck_assert_msg(read_three(read_within) == MA_OK, "%s", err.text);

    ck_assert_str_eq(told, "entry1 entry0 ready0 entry2 within0 ready1 ready2 ");
}
END_TEST

START_TEST(one_that_is_not_there_is_ready_too)
{
    server.serve = serve_two;

    ck_assert_msg(read_three(ready) == MA_OK, "%s", err.text);

    ck_assert_ptr_null(strstr(told, "entry1"));
    ck_assert_ptr_nonnull(strstr(told, "ready1 "));
    ck_assert_ptr_nonnull(strstr(told, "ready2 "));
}
END_TEST

START_TEST(who_has_enough_ends_the_read_and_the_next_one_is_well)
{
    server.serve = serve_two;

    ck_assert_int_eq(read_three(cannot), MA_BROKEN);
    ck_assert_str_eq(err.text, "that is enough");
    told[0] = '\0';
    ck_assert_int_eq(read_three(ready), MA_OK);

    ck_assert_ptr_nonnull(strstr(told, "ready2 "));
}
END_TEST

SUITE_WITH("acl/origin", begin, end,
           each_is_told_in_our_order_and_may_be_read_about_meanwhile,
           one_that_is_not_there_is_ready_too,
           who_has_enough_ends_the_read_and_the_next_one_is_well)
