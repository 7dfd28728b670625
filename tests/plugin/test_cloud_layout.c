/* SPDX-License-Identifier: Apache-2.0 */

/* Where in a resource the attributes stand: as path_find says it, for whatever comes. */

#include "suite.h"

#include "layout.h"
#include "reply.h"

#define EXTENSION "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"

static const char *const paths[] = {
    "userName",        "title",  EXTENSION ":department",
    "name.familyName", "active", EXTENSION ":manager.value"};
enum { PATHS = sizeof paths / sizeof paths[0] };

static struct pool pool;
static struct mapped attributes[PATHS];
static struct mapped_class class;
static struct layouts layouts;

static void begin(void)
{
    struct ma_error err = {0};

    class = (struct mapped_class){.attributes = attributes, .count = PATHS};
    for (size_t i = 0; i < PATHS; i++)
        ck_assert_int_eq(path_parse(&attributes[i].path, &pool, paths[i], &err), MA_OK);
    class.dn_path = attributes[0].path;
}

static void end(void)
{
    layouts_free(&layouts);
    pool_free(&pool);
}

static void reads_as_it_is(const struct mapped_class *of, json_t *resource)
{
    ck_assert(layouts_read(&layouts, of, resource));
    for (size_t i = 0; i < of->count; i++)
        ck_assert_ptr_eq(layouts_attribute(&layouts, i),
                         path_find(&of->attributes[i].path, resource));
    ck_assert_ptr_eq(layouts_own(&layouts, LAYOUT_ID), member(resource, "id"));
    ck_assert_ptr_eq(layouts_own(&layouts, LAYOUT_DN), path_find(&of->dn_path, resource));
    ck_assert_ptr_eq(layouts_own(&layouts, LAYOUT_ACTIVE), member(resource, "active"));
    ck_assert_ptr_eq(layouts_own(&layouts, LAYOUT_SYNCED),
                     member(resource, "onPremisesSyncEnabled"));
}

static void reads(const char *text)
{
    json_t *resource = json_loads(text, JSON_DECODE_ANY, NULL);

    ck_assert_msg(resource != NULL, "%s", text);
    reads_as_it_is(&class, resource);
    json_decref(resource);
}

START_TEST(an_attribute_is_where_its_name_is)
{
    begin();
    reads("{\"id\":\"1\",\"userName\":\"a\",\"active\":true}");
    reads("{\"id\":\"2\",\"userName\":\"b\",\"active\":false}");
    reads("{\"userName\":\"c\",\"id\":\"3\",\"active\":false}"); /* another order */
    reads("{\"id\":\"4\",\"userName\":\"d\",\"activ_\":false}"); /* as long */
    reads("{\"id\":\"5\",\"userName\":\"d\"}");
    reads(
        "{\"ID\":\"6\",\"username\":\"d\",\"userName\":\"e\"}"); /* its own case first */
    reads("{\"ID\":\"7\",\"USERNAME\":\"d\",\"title\":null}");
    reads("{\"id\":\"8\",\"" EXTENSION "\":{\"department\":\"x\",\"manager\":{}}}");
    reads("{\"id\":\"9\",\"" EXTENSION "\":{\"Department\":\"x\"}}");
    reads("{\"id\":\"10\",\"" EXTENSION "\":null,\"onPremisesSyncEnabled\":true}");
    reads("{}");
    reads("[\"id\"]");
    reads("\"id\"");
    end();
}
END_TEST

/* Members of any number in any order, more layouts than are kept. */
START_TEST(whatever_comes_is_read_as_it_is)
{
    static const char *const names[] = {"id",     "userName", "title",   "name",
                                        "active", "USERNAME", EXTENSION, "meta"};
    enum { NAMES = sizeof names / sizeof names[0], MANY = 5000 };
    uint32_t chance = 1;

    begin();
    for (unsigned n = 0; n < MANY; n++) {
        json_t *resource = json_object();

        for (unsigned i = 0; i < NAMES; i++) {
            chance = chance * 1664525u + 1013904223u;
            if (chance >> 31 == 0)
                json_object_set_new(resource, names[(chance >> 20) % NAMES],
                                    json_pack("{s:i}", "department", (int)i));
        }
        reads_as_it_is(&class, resource);
        json_decref(resource);
    }
    end();
}
END_TEST

START_TEST(another_class_has_other_places)
{
    struct mapped_class groups;
    json_t *resource = json_pack("{s:s, s:s}", "id", "1", "title", "x");

    begin();
    groups = (struct mapped_class){
        .attributes = attributes + 1, .count = 1, .dn_path = attributes[1].path};
    reads_as_it_is(&class, resource);
    reads_as_it_is(&groups, resource);
    reads_as_it_is(&class, resource);
    json_decref(resource);
    end();
}
END_TEST

SUITE("plugin/cloud_layout", an_attribute_is_where_its_name_is,
      whatever_comes_is_read_as_it_is, another_class_has_other_places)
