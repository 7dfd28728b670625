/* SPDX-License-Identifier: Apache-2.0 */
#include "config/agent_edit.h"

#include <string.h>

#include "suite.h"

static const struct agent ad = {.name = "R&D"};
static struct ma_error err;

#define PARAMETER(n, v)                                                                  \
    {                                                                                    \
        .name = n, .value = v                                                            \
    }
static const struct parameter parameters[] = {PARAMETER("login", "a <b>"),
                                              PARAMETER("keytab", NULL)};
static const struct secret_source file[] = {{"password", SECRET_FILE, "secrets/new"}};
static const struct secret_source none[] = {{"password", SECRET_FILE, NULL}};

static const struct {
    const char *before;
    const char *after;
    const struct secret_source *secrets;
} cases[] = {
    /* the agent is not there yet */
    {"<mactl version=\"1\">\n  <!-- <agent name='R&amp;D'/> -->\n</mactl>\n",
     "<mactl version=\"1\">\n  <!-- <agent name='R&amp;D'/> -->\n"
     "  <agent name=\"R&amp;D\">\n    <parameter name=\"login\">a &lt;b&gt;</parameter>\n"
     "    <secret name=\"password\" file=\"secrets/new\"/>\n  </agent>\n</mactl>\n",
     file},
    /* it is, and has one of them, twice, and others */
    {"<mactl version=\"1\">\n  <agent name='r&amp;d' plugin=\"ad_ma\">\n"
     "    <parameter name='Login'>x</parameter>\n    <parameter name='login'>y"
     "</parameter>\n    <parameter name='keytab'>k</parameter>\n"
     "    <secret name='password' credential='c'/> <!-- kept -->\n"
     "    <parameter name='server'>s</parameter>\n  </agent>\n</mactl>",
     "<mactl version=\"1\">\n  <agent name='r&amp;d' plugin=\"ad_ma\">\n"
     "    <parameter name=\"login\">a &lt;b&gt;</parameter>\n"
     "    <secret name=\"password\" file=\"secrets/new\"/> <!-- kept -->\n"
     "    <parameter name='server'>s</parameter>\n  </agent>\n</mactl>",
     file},
    /* it says nothing yet; there is no secret to take away */
    {"<mactl version=\"1\"><agent name='R&amp;D'/><guard "
     "import-loss-percent='3'/></mactl>",
     "<mactl version=\"1\"><agent name='R&amp;D'><parameter name=\"login\">a &lt;b&gt;"
     "</parameter></agent><guard import-loss-percent='3'/></mactl>",
     none},
};

static const char *edited(const char *text, const struct secret_source *secrets)
{
    static char after[4096];
    const struct agent_change change = {.agent = &ad,
                                        .parameters = parameters,
                                        .parameter_count = 2,
                                        .secrets = secrets,
                                        .secret_count = 1};
    BUF_AUTO out = {0};

    if (agent_edit_text(slice_text(text), &change, &out, &err) != MA_OK)
        return NULL;
    snprintf(after, sizeof after, "%s", out.at);
    return after;
}

START_TEST(only_what_was_asked_for_is_another_one)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *after = edited(cases[i].before, cases[i].secrets);

        ck_assert_msg(after != NULL, "%zu: %s", i, err.text);
        ck_assert_str_eq(after, cases[i].after);
    }
}
END_TEST

START_TEST(once_more_changes_nothing)
{
    char once[4096];

    snprintf(once, sizeof once, "%s", edited(cases[1].before, file));
    ck_assert_str_eq(edited(once, file), once);
}
END_TEST

START_TEST(what_is_no_mactl_xml_is_refused)
{
    ck_assert_ptr_null(edited("<mactl version=\"1\"><agents/></mactl>", file));
    ck_assert_ptr_nonnull(strstr(err.text, "mactl.xml:1:20"));
}
END_TEST

SUITE("config/agent_edit", only_what_was_asked_for_is_another_one,
      once_more_changes_nothing, what_is_no_mactl_xml_is_refused)
