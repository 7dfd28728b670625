/* SPDX-License-Identifier: Apache-2.0 */

/* An export that is killed at each of its commits and run again leaves the system and the
 * connector space as one that nobody disturbed: everything is there, nothing twice. */

#include "exporting.h"
#include "killed.h"

/* --- a system in a file ----------------------------------------------------------- */

enum { MOST = 32, MOST_WORDS = 16 };

/* "name=value" each. */
struct thing {
    char *dn;
    char *words[MOST_WORDS];
    size_t count;
};

static struct thing things[MOST];
static size_t thing_count;

static void forget_thing(struct thing *thing)
{
    for (size_t i = 0; i < thing->count; i++)
        free(thing->words[i]);
    free(thing->dn);
    *thing = (struct thing){0};
}

static void forget_system(void)
{
    for (size_t i = 0; i < thing_count; i++)
        forget_thing(&things[i]);
    thing_count = 0;
}

static FILE *open_system(const char *mode, const char *name)
{
    char path[128];

    snprintf(path, sizeof path, "%s/%s", s.folder, name);
    return fopen(path, mode);
}

/* A line an object: its DN, then its words, with a bar between. */
static void load_system(void)
{
    FILE *file = open_system("r", "system");
    char line[1024];

    forget_system();
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        struct thing *thing = &things[thing_count++];
        char *rest = line;

        line[strcspn(line, "\n")] = '\0';
        thing->dn = mem_text(strsep(&rest, "|"));
        while (rest != NULL)
            thing->words[thing->count++] = mem_text(strsep(&rest, "|"));
    }
    if (file != NULL)
        fclose(file);
}

static int by_dn(const void *a, const void *b)
{
    return strcmp(((const struct thing *)a)->dn, ((const struct thing *)b)->dn);
}

static int by_word(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void save_system(void)
{
    FILE *file = open_system("w", "system.new");
    char from[128];
    char to[128];

    ck_assert_ptr_nonnull(file);
    qsort(things, thing_count, sizeof *things, by_dn);
    for (size_t i = 0; i < thing_count; i++) {
        qsort(things[i].words, things[i].count, sizeof(char *), by_word);
        fprintf(file, "%s", things[i].dn);
        for (size_t j = 0; j < things[i].count; j++)
            fprintf(file, "|%s", things[i].words[j]);
        fprintf(file, "\n");
    }
    ck_assert_int_eq(fclose(file), 0);
    snprintf(from, sizeof from, "%s/system.new", s.folder);
    snprintf(to, sizeof to, "%s/system", s.folder);
    ck_assert_int_eq(rename(from, to), 0);
}

static struct thing *find_thing(const char *dn)
{
    for (size_t i = 0; i < thing_count; i++)
        if (strcmp(things[i].dn, dn) == 0)
            return &things[i];
    return NULL;
}

static void drop_words(struct thing *thing, const char *start, bool whole)
{
    size_t kept = 0;

    for (size_t i = 0; i < thing->count; i++) {
        bool goes = whole ? strcmp(thing->words[i], start) == 0
                          : strncmp(thing->words[i], start, strlen(start)) == 0;

        if (goes)
            free(thing->words[i]);
        else
            thing->words[kept++] = thing->words[i];
    }
    thing->count = kept;
}

static void apply(struct thing *thing, const struct ma_attribute *a)
{
    char word[256];

    snprintf(word, sizeof word, "%s=", a->name);
    if (a->op == MA_SET)
        drop_words(thing, word, false);
    for (size_t i = 0; i < a->removed_count; i++) {
        snprintf(word, sizeof word, "%s=%.*s", a->name, (int)a->removed[i].length,
                 a->removed[i].data);
        drop_words(thing, word, true);
    }
    for (size_t i = 0; i < a->count; i++) {
        snprintf(word, sizeof word, "%s=%.*s", a->name, (int)a->values[i].length,
                 a->values[i].data);
        drop_words(thing, word, true);
        thing->words[thing->count++] = mem_text(word);
    }
}

/* As a directory does: what lies below moves along, and references follow. */
static void rename_thing(const char *from, const char *to)
{
    for (size_t i = 0; i < thing_count; i++) {
        size_t length = strlen(things[i].dn);
        size_t tail = strlen(from);
        char *moved;

        if (length < tail || strcmp(things[i].dn + length - tail, from) != 0)
            continue;
        moved = mem_print("%.*s%s", (int)(length - tail), things[i].dn, to);
        free(things[i].dn);
        things[i].dn = moved;
    }
}

static enum ma_outcome change_system(const struct ma_entry *e)
{
    struct thing *thing = find_thing(e->dn);

    if (e->change == MA_ADD && thing != NULL)
        return MA_ADD_TO_UPDATE;
    if (e->change == MA_ADD) {
        thing = &things[thing_count++];
        thing->dn = mem_text(e->dn);
    }
    /* Done already by a run that died. */
    if (thing == NULL && e->new_dn != NULL)
        thing = find_thing(e->new_dn);
    if (thing == NULL)
        return e->change == MA_DELETE ? MA_EXPORTED : MA_UPDATE_TO_ADD;
    if (e->change == MA_DELETE) {
        forget_thing(thing);
        *thing = things[--thing_count];
        things[thing_count] = (struct thing){0};
        return MA_EXPORTED;
    }
    for (size_t i = 0; i < e->count; i++)
        apply(thing, &e->attributes[i]);
    if (e->new_dn != NULL)
        rename_thing(e->dn, e->new_dn);
    return MA_EXPORTED;
}

/* The batch is in the file before any of it is reported. */
static enum ma_status take_into_file(void *context, const struct ma_entry *const *entries,
                                     size_t count, struct ma_error *err)
{
    struct ma_result told[MOST];

    (void)context;
    load_system();
    for (size_t i = 0; i < count; i++) {
        told[i] = (struct ma_result){.size = sizeof told[i]};
        told[i].outcome = change_system(entries[i]);
        if (entries[i]->change == MA_ADD)
            told[i].anchor = ma_value_of(arena_print(&s.arena, "N%s", entries[i]->dn));
    }
    save_system();
    forget_system();
    for (size_t i = 0; i < count; i++)
        if (export_result(step, i, &told[i], err) != MA_OK)
            return err->status;
    return MA_OK;
}

/* --- the scenario ----------------------------------------------------------------- */

static void there(const char *anchor, const char *dn, const char *type, const char *word)
{
    struct thing *thing = &things[thing_count++];

    thing->dn = mem_text(dn);
    if (word != NULL)
        thing->words[thing->count++] = mem_text(word);
    have(anchor, dn, type, word, NULL);
}

static void prepare(struct stepped *t)
{
    s = *t; /* the helpers work on their own */
    there("O1", "ou=o,dc=x", "organizationalUnit", NULL);
    there("A1", "cn=1,ou=o,dc=x", "user", "title=t");
    there("A2", "cn=2,ou=o,dc=x", "user", "mail=m");
    there("A3", "cn=3,dc=x", "user", NULL);
    there("A4", "cn=4,dc=x", "user", "title=t");
    save_system();
    forget_system();
    stepped_want(&s, "ou=o,dc=x", "ou=p,dc=x", NULL, NULL);
    want("cn=1,ou=o,dc=x", NULL, "title=u", NULL);
    want("cn=2,ou=o,dc=x", NULL, "mail=m", "mail=n", NULL);
    stepped_want_gone(&s, "cn=3,dc=x");
    want("ou=q,dc=x", "organizationalUnit", NULL);
    want("cn=a,ou=q,dc=x", "user", "title=t", NULL);
    want("cn=b,dc=x", "user", "manager=cn=a,ou=q,dc=x", NULL);
    want("cn=a,ou=q,dc=x", NULL, "manager=cn=b,dc=x", NULL);
    want("cn=g,dc=x", "group", "member=cn=a,ou=q,dc=x", "member=cn=1,ou=o,dc=x", NULL);
    *t = s;
}

static void run_export(struct stepped *t)
{
    s = *t;
    s.step.batch_size = 2;
    request = (struct export_request){
        .store = s.store,
        .program = &s.program,
        .agent = &s.agent,
        .step = &s.step,
        .guard = {.export_deletes = 500, .export_deletes_percent = 100},
        .send = take_into_file,
        .history = &s.history};
    s.agent.config = &s.config;
    s.program.agents = &s.agent;
    ck_ok(&s, export_begin(&step, &request, &s.err));
    ck_ok(&s, export_run(step, &result, &s.err));
    export_end(step);
    ck_assert_str_eq(result, "success");
    *t = s;
}

static const char *everything(struct stepped *t)
{
    FILE *file = open_system("r", "system");
    struct buf text = {0};
    const char *out;
    int c;

    ck_assert_ptr_nonnull(file);
    while ((c = fgetc(file)) != EOF)
        buf_char(&text, (char)c);
    fclose(file);
    out = arena_print(&t->arena, "%s--\n%s", text.at, stepped_dump(t));
    buf_free(&text);
    return out;
}

static const struct killed killed = {
    .prepare = prepare, .work = run_export, .outcome = everything};

START_TEST(the_undisturbed_end_is_the_right_one)
{
    struct stepped t;
    char *outcome;

    killed_begin(&t);
    ck_assert(!killed_child(&t, &killed, true, 0));
    outcome = killed_outcome(&t);
    ck_assert_str_eq(
        outcome,
        "cn=1,ou=p,dc=x|title=u\n"
        "cn=2,ou=p,dc=x|mail=m|mail=n\n"
        "cn=4,dc=x|title=t\n"
        "cn=a,ou=q,dc=x|manager=cn=b,dc=x|title=t\n"
        "cn=b,dc=x|manager=cn=a,ou=q,dc=x\n"
        "cn=g,dc=x|member=cn=1,ou=p,dc=x|member=cn=a,ou=q,dc=x\n"
        "ou=p,dc=x\n"
        "ou=q,dc=x\n"
        "--\n"
        "cn=1,ou=p,dc=x user [A1] H{title=t} UC{update ->cn=1,ou=p,dc=x title=u} "
        "rename-retry\n"
        "cn=2,ou=p,dc=x user [A2] H{mail=m} UC{update ->cn=2,ou=p,dc=x mail+=n} "
        "rename-retry\n"
        "cn=3,dc=x user [A3] H{} UC{delete}\n"
        "cn=4,dc=x user [A4] H{title=t}\n"
        "cn=a,ou=q,dc=x user [Ncn=a,ou=q,dc=x] UC{add title=t manager=<cn=b,dc=x>} "
        "rebuild\n"
        "cn=b,dc=x user [Ncn=b,dc=x] UC{add manager=<cn=a,ou=q,dc=x>} rebuild\n"
        "cn=g,dc=x group [Ncn=g,dc=x] UC{add "
        "member+=<cn=1,ou=p,dc=x>,<cn=a,ou=q,dc=x>} rebuild\n"
        "dc=x parent\n"
        "ou=p,dc=x organizationalUnit [O1] H{} UC{update ->ou=p,dc=x}\n"
        "ou=q,dc=x organizationalUnit [Nou=q,dc=x] UC{add} rebuild\n");
    free(outcome);
    stepped_end(&t);
}
END_TEST

START_TEST(an_export_killed_at_any_commit_ends_as_if_undisturbed)
{
    ck_assert_uint_ge(killed_sweep(&killed), 10);
}
END_TEST

SUITE("export/sweep", the_undisturbed_end_is_the_right_one,
      an_export_killed_at_any_commit_ends_as_if_undisturbed)
