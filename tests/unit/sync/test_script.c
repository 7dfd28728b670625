/* SPDX-License-Identifier: Apache-2.0 */

/* Every hook of the rules extensions, on the classic configuration with all of it
 * scripted. The extensions are constants of this file, as a plugin would describe them.
 */

#include "world.h"

static struct world w;
static bool project_nothing;
static bool keep_mv;
static enum ma_deprovision deprovision_action;
static bool provision_fails;
static bool provision_on;
static size_t provisioned; /* calls */

/* --- the extension of HR ---------------------------------------------------------- */

static enum ma_status hr_filter(void *state, const struct ma_entry *object,
                                bool *filtered, struct ma_error *err)
{
    const char *status = ma_text(object, "status");

    (void)state, (void)err;
    *filtered = status != NULL && strcmp(status, "contractor") == 0;
    return MA_OK;
}

static enum ma_status hr_project(void *state, const struct ma_entry *object,
                                 const char **mv_type, struct ma_error *err)
{
    (void)state;
    if (strcmp(object->dn, "bad") == 0)
        *mv_type = "spaceship";
    else if (strcmp(object->dn, "broken") == 0)
        return ma_fail(err, MA_INVALID, "it is broken");
    else
        *mv_type = project_nothing ? NULL : "person";
    return MA_OK;
}

static enum ma_status hr_cn(const struct ma_entry *from, struct ma_draft *to,
                            struct ma_error *err)
{
    char text[64];
    struct ma_value value;

    /* Only what the flow declares is there to be seen. */
    ck_assert_ptr_null(ma_find(from, "employeeID"));
    snprintf(text, sizeof text, "cn of %s", ma_text(from, "sn"));
    value = ma_value_of(text);
    return to->set(to, "cn", &value, 1, err);
}

static const struct ma_flow hr_flows[] = {{"cn", hr_cn}, {NULL, NULL}};
static const struct ma_rules hr = {
    .size = sizeof hr, .flows = hr_flows, .filter = hr_filter, .project = hr_project};

/* --- the extension of AD ---------------------------------------------------------- */

static enum ma_status ad_join(void *state, const char *rule,
                              const struct ma_entry *object, struct ma_draft *to,
                              struct ma_error *err)
{
    const char *name = ma_text(object, "displayName");
    struct ma_value value = ma_value_of(name);

    ck_assert_ptr_eq(state, &w);
    ck_assert_str_eq(rule, "cd.user->mv.person:employeeID");
    return name == NULL ? MA_OK : to->set(to, rule, &value, 1, err);
}

/* The one whose sn is Melo, or nobody. */
static enum ma_status ad_resolve(void *state, const char *context,
                                 const struct ma_entry *object,
                                 const struct ma_entry *const *candidates, size_t count,
                                 size_t *chosen, struct ma_error *err)
{
    (void)state, (void)object, (void)err;
    ck_assert_str_eq(context, "mail");
    *chosen = count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(ma_text(candidates[i], "sn"), "Melo") == 0)
            *chosen = i;
    return MA_OK;
}

static enum ma_status ad_deprovision(void *state, const struct ma_entry *object,
                                     enum ma_deprovision *action, struct ma_error *err)
{
    (void)state, (void)object, (void)err;
    *action = deprovision_action;
    return MA_OK;
}

static enum ma_status ad_export(void *state, const char *flow,
                                const struct ma_entry *object,
                                const struct ma_entry *target, struct ma_draft *to,
                                struct ma_error *err)
{
    char text[64];
    struct ma_value value;

    (void)state;
    ck_assert_str_eq(flow, "displayName");
    ck_assert_ptr_nonnull(target);
    snprintf(text, sizeof text, "%s!", ma_text(object, "sn"));
    value = ma_value_of(text);
    return to->set(to, "displayName", &value, 1, err);
}

static const struct ma_flow none[] = {{NULL, NULL}};
static const struct ma_rules ad = {.size = sizeof ad,
                                   .flows = none,
                                   .map_join = ad_join,
                                   .resolve_join = ad_resolve,
                                   .deprovision = ad_deprovision,
                                   .map_export = ad_export};

/* --- the extension of the metaverse ------------------------------------------------ */

/* Who has a title has a directory account, named after the number; who has none, not. */
static enum ma_status mv_provision(void *state, const struct ma_entry *object,
                                   struct ma_connectors *connectors, struct ma_error *err)
{
    const char *id = ma_text(object, "employeeID");
    const struct ma_value value = ma_value_of(id == NULL ? "" : id);
    const struct ma_attribute attribute = {
        .name = "employeeID", .values = &value, .count = 1};
    char dn[64];
    const struct ma_entry entry = {.size = sizeof entry,
                                   .dn = dn,
                                   .object_type = "user",
                                   .attributes = &attribute,
                                   .count = 1};
    size_t count = connectors->count(connectors, "AD");

    (void)state;
    if (!provision_on)
        return MA_OK;
    provisioned++;
    if (provision_fails)
        return ma_fail(err, MA_INVALID, "no provisioning today");
    if (ma_text(object, "title") == NULL && count > 0)
        return connectors->disconnect(connectors, "AD", 0, err);
    if (ma_text(object, "title") == NULL)
        return MA_OK;
    snprintf(dn, sizeof dn, "CN=%s,OU=%s,DC=corp,DC=example", id,
             ma_text(object, "title"));
    if (count == 0)
        return connectors->add(connectors, "AD", &entry, err);
    return connectors->rename(connectors, "AD", 0, dn, err);
}

static enum ma_status mv_delete(void *state, const struct ma_entry *lost,
                                const struct ma_entry *object, bool *yes,
                                struct ma_error *err)
{
    (void)state, (void)err;
    ck_assert_ptr_nonnull(lost->dn);
    ck_assert_ptr_nonnull(ma_text(object, "employeeID"));
    *yes = !keep_mv;
    return MA_OK;
}

static const struct ma_rules mv = {.size = sizeof mv,
                                   .flows = none,
                                   .provision = mv_provision,
                                   .delete_object = mv_delete};

static const struct sync_extension all[] = {
    {"Test.HR.dll", &hr, NULL}, {"test.ad.DLL", &ad, &w}, {"Test.MV.dll", &mv, NULL}};

static void begin(void)
{
    world_begin_with(&w, SOURCE_DIR "/tests/unit/sync/data/scripted", "");
    w.extensions = all;
    w.extension_count = 3;
    project_nothing = false;
    keep_mv = false;
    provision_fails = false;
    provision_on = false;
    provisioned = 0;
    deprovision_action = MA_DELETE_OBJECT;
}

static void end(void)
{
    world_end(&w);
}

#define HR(id, ...) world_import(&w, "HR", id, "person", "employeeID=" id, __VA_ARGS__)
#define AD(dn, ...) world_import(&w, "AD", dn, "user", __VA_ARGS__)
#define ANA "CN=1,OU=Head,DC=corp,DC=example"

START_TEST(a_script_filters_an_object)
{
    HR("1", "sn=Lima", "status=contractor");

    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_state(&w, "HR", "1"), "filtered");
}
END_TEST

START_TEST(a_script_projects_and_a_scripted_flow_gives_its_value)
{
    HR("1", "sn=Lima");

    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_mv(&w, "employeeID", "1"),
                     "person cn=cn of Lima employeeID=1 sn=Lima source=HR");
}
END_TEST

START_TEST(a_script_may_decline_to_project)
{
    project_nothing = true;
    HR("1", "sn=Lima");

    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_state(&w, "HR", "1"), "normal");
    ck_assert_uint_eq(world_mv_count(&w), 0);
}
END_TEST

START_TEST(a_type_that_the_metaverse_has_not_is_an_error_of_the_object)
{
    HR("bad", "sn=Lima");

    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_errors(&w),
                     "HR bad extension-projection-invalid-object-type -\n");
}
END_TEST

START_TEST(a_script_that_fails_fails_the_object_with_its_words)
{
    HR("broken", "sn=Lima");

    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_errors(&w), "HR broken extension-dll-exception -\n");
}
END_TEST

START_TEST(a_script_gives_the_value_to_join_by)
{
    HR("1", "sn=Lima");
    AD("CN=x,DC=corp,DC=example", "displayName=1");
    world_sync(&w, "HR", false);

    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_state(&w, "AD", "CN=x,DC=corp,DC=example"), "connector");
    ck_assert_str_eq(world_pending(&w, "AD", "CN=x,DC=corp,DC=example"),
                     "update displayName=Lima!");
}
END_TEST

START_TEST(a_disconnector_with_a_scripted_join_is_tried_again_by_every_delta)
{
    AD("CN=x,DC=corp,DC=example", "displayName=1");
    world_sync(&w, "AD", false);
    HR("1", "sn=Lima");
    world_sync(&w, "HR", false);

    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_state(&w, "AD", "CN=x,DC=corp,DC=example"), "connector");
}
END_TEST

/* Two people with the same address, by way of two directory objects. */
static void two_with_one_address(const char *second)
{
    keep_mv = true;
    HR("1", "sn=Lima");
    world_import(&w, "HR", "2", "person", "employeeID=2", second);
    AD("CN=a,DC=corp,DC=example", "displayName=1", "mail=x@corp.example");
    AD("CN=b,DC=corp,DC=example", "displayName=2", "mail=x@corp.example");
    world_sync(&w, "HR", false);
    world_sync(&w, "AD", false);
    world_gone(&w, "AD", "CN=b,DC=corp,DC=example");
}

START_TEST(a_script_chooses_among_several_candidates)
{
    two_with_one_address("sn=Melo");
    AD("CN=c,DC=corp,DC=example", "mail=x@corp.example");

    world_sync(&w, "AD", false);

    ck_assert_str_eq(world_state(&w, "AD", "CN=c,DC=corp,DC=example"), "normal");
    AD("CN=d,DC=corp,DC=example", "displayName=2", "mail=x@corp.example");
    world_sync(&w, "AD", false);
    ck_assert_str_eq(world_state(&w, "AD", "CN=d,DC=corp,DC=example"), "connector");
}
END_TEST

START_TEST(a_script_provisions_with_first_values_and_flows_come_on_top)
{
    provision_on = true;
    HR("1", "sn=Lima", "title=Head");

    world_sync(&w, "HR", false);

    ck_assert_uint_eq(provisioned, 1);
    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_pending(&w, "AD", ANA),
                     "add " ANA " displayName=Lima! employeeID=1 title=Head");
    ck_assert_uint_eq(provisioned, 1);
}
END_TEST

START_TEST(first_values_stay_until_the_object_is_exported)
{
    provision_on = true;
    HR("1", "sn=Lima", "title=Head");
    world_sync(&w, "HR", false);

    world_sync(&w, "HR", true);

    ck_assert_str_eq(world_pending(&w, "AD", ANA),
                     "add " ANA " displayName=Lima! employeeID=1 title=Head");
}
END_TEST

START_TEST(a_script_renames)
{
    provision_on = true;
    HR("1", "sn=Lima", "title=Head");
    world_sync(&w, "HR", false);
    world_export(&w, "AD", true);
    world_sync(&w, "AD", false);

    HR("1", "sn=Lima", "title=Chief");
    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_pending(&w, "AD", "CN=1,OU=Chief,DC=corp,DC=example"),
                     "update CN=1,OU=Chief,DC=corp,DC=example title=Chief");
}
END_TEST

START_TEST(a_script_disconnects_and_another_says_what_becomes_of_the_object)
{
    provision_on = true;
    HR("1", "sn=Lima", "title=Head");
    world_sync(&w, "HR", false);
    world_export(&w, "AD", true);
    world_sync(&w, "AD", false);
    AD(ANA, "employeeID=1", "displayName=Lima!");
    world_sync(&w, "AD", false);

    deprovision_action = MA_DISCONNECT_EXPLICITLY;
    HR("1", "sn=Lima");
    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_errors(&w), "");
    ck_assert_str_eq(world_state(&w, "AD", ANA), "explicit");
    ck_assert_str_eq(world_pending(&w, "AD", ANA), "none");
}
END_TEST

START_TEST(a_provisioning_that_fails_undoes_everything)
{
    provision_on = true;
    provision_fails = true;
    HR("1", "sn=Lima", "title=Head");

    world_sync(&w, "HR", false);

    ck_assert_uint_eq(world_mv_count(&w), 0);
    ck_assert_str_eq(world_state(&w, "AD", ANA), "absent");
    ck_assert_str_eq(world_errors(&w), "HR 1 extension-dll-exception -\n");
}
END_TEST

START_TEST(a_script_says_whether_the_metaverse_object_goes)
{
    provision_on = true;
    HR("1", "sn=Lima", "title=Head");
    world_sync(&w, "HR", false);
    world_export(&w, "AD", true);
    world_sync(&w, "AD", false);
    keep_mv = true;
    AD("CN=y,DC=corp,DC=example", "displayName=1");
    world_gone(&w, "HR", "1");
    world_sync(&w, "HR", false);
    ck_assert_uint_eq(world_mv_count(&w), 1);

    keep_mv = false;
    HR("2", "sn=Melo", "title=Head");
    world_sync(&w, "HR", false);
    world_export(&w, "AD", true);
    world_sync(&w, "AD", false);
    world_gone(&w, "HR", "2");
    world_sync(&w, "HR", false);

    ck_assert_uint_eq(world_mv_count(&w), 1);
    ck_assert_str_eq(world_pending(&w, "AD", "CN=2,OU=Head,DC=corp,DC=example"),
                     "delete");
}
END_TEST

START_TEST(a_hook_that_is_not_there_is_an_error_that_names_it)
{
    w.extension_count = 0;
    HR("1", "sn=Lima");

    world_sync(&w, "HR", false);

    ck_assert_str_eq(world_errors(&w), "HR 1 extension-entry-point-not-implemented -\n");
}
END_TEST

SUITE_WITH("sync/script", begin, end, a_script_filters_an_object,
           a_script_projects_and_a_scripted_flow_gives_its_value,
           a_script_may_decline_to_project,
           a_type_that_the_metaverse_has_not_is_an_error_of_the_object,
           a_script_that_fails_fails_the_object_with_its_words,
           a_script_gives_the_value_to_join_by,
           a_disconnector_with_a_scripted_join_is_tried_again_by_every_delta,
           a_script_chooses_among_several_candidates,
           a_script_provisions_with_first_values_and_flows_come_on_top,
           first_values_stay_until_the_object_is_exported, a_script_renames,
           a_script_disconnects_and_another_says_what_becomes_of_the_object,
           a_provisioning_that_fails_undoes_everything,
           a_script_says_whether_the_metaverse_object_goes,
           a_hook_that_is_not_there_is_an_error_that_names_it)
