/* SPDX-License-Identifier: Apache-2.0 */

/* The hybrid sample with two inbound rules that merge into one attribute: each value
 * knows by which of them it came, and since which run. */

#include "space/givers.h"
#include "world.h"

#define FOREST "fabrikam.example"
#define ANA "CN=Ana,OU=Sales,OU=Staff,DC=fabrikam,DC=example"
#define RULES "SynchronizationRules/SynchronizationRule_"
#define SHIPPED RULES "{5c6d5fc4-18d7-456c-b460-d7df565e7b34}.xml"
#define OF_SHIPPED 0x5c /* how the id of the rule begins */
#define OF_EXTRA 0x6a

static struct world w;
static char config[64];

static void write_rule(void)
{
    char path[160];
    FILE *file;

    snprintf(path, sizeof path, "%s/" RULES "extra.xml", config);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs("<synchronizationRule><id>{6a0c9f4e-52b1-4c53-9b07-1f0e6a1e0d78}</id>"
          "<name>In from AD - Mail is an address</name><direction>Inbound</direction>"
          "<disabled>False</disabled>"
          "<connector>{80ccb0b2-673f-4608-b2e1-22961ca24c33}</connector>"
          "<sourceObjectType>user</sourceObjectType>"
          "<targetObjectType>person</targetObjectType><linkType>Join</linkType>"
          "<precedence>140</precedence><attribute-mappings><mapping>"
          "<dest>proxyAddresses</dest><src><attr>mail</attr></src>"
          "<valueMergeType>Merge</valueMergeType></mapping></attribute-mappings>"
          "</synchronizationRule>\n",
          file);
    fclose(file);
}

static void begin(void)
{
    char command[512];

    snprintf(config, sizeof config, "/tmp/mactl-merge-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(config));
    snprintf(command, sizeof command,
             "cp -r " SOURCE_DIR "/docs/examples/hybrid/export/. %s && "
             "sed -i '/<dest>proxyAddresses/,/<\\/mapping>/s/Update/Merge/' '%s/" SHIPPED
             "'",
             config, config);
    ck_assert_int_eq(system(command), 0);
    write_rule();
    world_begin_with(&w, config, "");
}

static void end(void)
{
    world_end(&w);
    nftw(config, world_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

static void ana_in_run(unsigned run, const char *mail, const char *address)
{
    world_import(&w, FOREST, ANA, "user",
                 "objectGUID=AAAAAAAAAAAAAAAAAAAAAA==", "userAccountControl=512",
                 "cn=Ana", "sAMAccountName=ana", "mailNickname=ana",
                 arena_print(&w.arena, "mail=%s", mail),
                 arena_print(&w.arena, "proxyAddresses=%s", address));
    w.history.run = run;
    ck_assert_str_eq(world_sync(&w, FOREST, false), "success");
}

static struct mv_object ana(struct batch *batch)
{
    struct mv_object object = {0};
    id_list ids = {0};

    WORLD_OK(&w, mv_scan(batch, 0, 10, &ids, &w.err));
    ck_assert_uint_eq(ids.count, 1);
    WORLD_OK(&w, mv_get(batch, &w.arena, ids.items[0], &object, &w.err));
    VEC_FREE(&ids);
    return object;
}

static const char *rule_of(const struct mv_lineage *line)
{
    ck_assert(line->rule.bytes[0] == OF_SHIPPED || line->rule.bytes[0] == OF_EXTRA ||
              line->rule.bytes[3] == OF_SHIPPED || line->rule.bytes[3] == OF_EXTRA);
    return line->rule.bytes[0] == OF_SHIPPED || line->rule.bytes[3] == OF_SHIPPED
               ? "shipped"
               : "extra";
}

/* "a: shipped 1, extra 2; b: extra 2". */
static const char *givers(void)
{
    uint32_t name = names_find(w.program->names, slice_text("proxyAddresses"));
    struct batch *batch = batch_begin(w.store);
    struct mv_object object = ana(batch);
    const struct attr *attr = entry_find(&object.entry, name);
    const char *text = "";

    for (uint32_t v = 0; attr != NULL && v < attr->count; v++) {
        const char *before = v == 0 ? "" : "; ";

        text = arena_print(&w.arena, "%s%s%.*s:", text, before,
                           (int)attr->values[v].length, (const char *)attr->values[v].at);
        before = " ";
        for (uint32_t i = 0; i < object.lineage_count; i++) {
            const struct mv_lineage *line = &object.lineage[i];

            if (line->attribute != name ||
                !givers_line_has(&object, line, attr->values[v]))
                continue;
            text = arena_print(&w.arena, "%s%s%s %u", text, before, rule_of(line),
                               (unsigned)line->run);
            before = ", ";
        }
    }
    batch_end(batch);
    return text;
}

START_TEST(each_merged_value_knows_the_rule_that_gave_it)
{
    ana_in_run(1, "ana@x", "smtp:a@x");

    ck_assert_str_eq(givers(), "ana@x: extra 1; smtp:a@x: shipped 1");
}
END_TEST

START_TEST(a_merged_value_that_stays_is_as_old_as_it_was)
{
    ana_in_run(1, "ana@x", "smtp:a@x");
    ana_in_run(2, "new@x", "smtp:a@x");

    ck_assert_str_eq(givers(), "new@x: extra 2; smtp:a@x: shipped 1");
}
END_TEST

START_TEST(a_value_that_two_rules_give_has_both)
{
    ana_in_run(1, "ana@x", "smtp:a@x");
    ana_in_run(2, "ana@x", "ana@x");

    ck_assert_str_eq(givers(), "ana@x: shipped 2, extra 1");
}
END_TEST

SUITE_WITH("sync/merge_givers", begin, end, each_merged_value_knows_the_rule_that_gave_it,
           a_merged_value_that_stays_is_as_old_as_it_was,
           a_value_that_two_rules_give_has_both)
