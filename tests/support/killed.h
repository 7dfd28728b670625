/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_KILLED_H
#define TESTS_KILLED_H

#include <signal.h>
#include <sys/wait.h>

#include "stepped.h"

/*
 * Work that is killed at each of its commits in turn, done again by the next process, and
 * compared with work that nobody disturbed. Each process opens the store itself, because
 * an environment must not cross a fork; what it leaves is a text.
 */
struct killed {
    void (*prepare)(struct stepped *t);        /* before, undisturbed; NULL: nothing */
    void (*work)(struct stepped *t);           /* a run, or what is left of one */
    const char *(*outcome)(struct stepped *t); /* lives in the arena of s */
};

/* True where the child was killed. `moment` 0: it is let live, and writes its outcome
 * into the folder. */
static inline bool killed_child(struct stepped *t, const struct killed *killed,
                                bool prepare, uint64_t moment)
{
    int status = 0;
    pid_t child;

    fflush(NULL);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        char path[128];
        FILE *file;

        stepped_open(t);
        if (prepare && killed->prepare != NULL)
            killed->prepare(t);
        store_die_at(t->store, moment);
        killed->work(t);
        store_die_at(t->store, 0);
        snprintf(path, sizeof path, "%s/outcome", t->folder);
        file = fopen(path, "w");
        if (file == NULL || fputs(killed->outcome(t), file) < 0 || fclose(file) != 0)
            _exit(1);
        stepped_close(t);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        ck_assert_int_eq(WTERMSIG(status), SIGKILL);
        return true;
    }
    ck_assert_int_eq(WEXITSTATUS(status), 0);
    return false;
}

/* The caller ends it with free(). */
static inline char *killed_outcome(const struct stepped *t)
{
    char path[128];
    struct buf text = {0};
    FILE *file;
    int c;

    snprintf(path, sizeof path, "%s/outcome", t->folder);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while ((c = fgetc(file)) != EOF)
        buf_char(&text, (char)c);
    fclose(file);
    return text.at == NULL ? mem_text("") : buf_steal(&text);
}

static inline void killed_begin(struct stepped *t)
{
    stepped_make(t);
    stepped_agent(t);
}

/* How many moments there were. */
static inline uint64_t killed_sweep(const struct killed *killed)
{
    struct stepped t;
    char *undisturbed;
    uint64_t moment = 1;
    bool dead = true;

    killed_begin(&t);
    ck_assert(!killed_child(&t, killed, true, 0));
    undisturbed = killed_outcome(&t);
    stepped_end(&t);
    for (; dead; moment++) {
        char *outcome;

        killed_begin(&t);
        dead = killed_child(&t, killed, true, moment);
        if (dead)
            ck_assert(!killed_child(&t, killed, false, 0));
        outcome = killed_outcome(&t);
        ck_assert_msg(strcmp(outcome, undisturbed) == 0,
                      "killed at moment %llu:\n%s\nundisturbed:\n%s",
                      (unsigned long long)moment, outcome, undisturbed);
        free(outcome);
        stepped_end(&t);
    }
    free(undisturbed);
    return moment - 2;
}

#endif
