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
    void (*work)(struct stepped *s);           /* a run, or what is left of one */
    const char *(*outcome)(struct stepped *s); /* lives in the arena of s */
};

/* True where the child was killed. `moment` 0: it is let live, and writes its outcome
 * into the folder. */
static inline bool killed_child(struct stepped *s, const struct killed *killed,
                                uint64_t moment)
{
    int status = 0;
    pid_t child;

    fflush(NULL);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        char path[128];
        FILE *file;

        stepped_open(s);
        store_die_at(s->store, moment);
        killed->work(s);
        store_die_at(s->store, 0);
        snprintf(path, sizeof path, "%s/outcome", s->folder);
        file = fopen(path, "w");
        if (file == NULL || fputs(killed->outcome(s), file) < 0 || fclose(file) != 0)
            _exit(1);
        stepped_close(s);
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
static inline char *killed_outcome(const struct stepped *s)
{
    char path[128];
    struct buf text = {0};
    FILE *file;
    int c;

    snprintf(path, sizeof path, "%s/outcome", s->folder);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while ((c = fgetc(file)) != EOF)
        buf_char(&text, (char)c);
    fclose(file);
    return text.at == NULL ? mem_text("") : buf_steal(&text);
}

static inline void killed_begin(struct stepped *s)
{
    stepped_make(s);
    stepped_agent(s);
}

/* How many moments there were. */
static inline uint64_t killed_sweep(const struct killed *killed)
{
    struct stepped s;
    char *undisturbed;
    uint64_t moment = 1;
    bool dead = true;

    killed_begin(&s);
    ck_assert(!killed_child(&s, killed, 0));
    undisturbed = killed_outcome(&s);
    stepped_end(&s);
    for (; dead; moment++) {
        char *outcome;

        killed_begin(&s);
        dead = killed_child(&s, killed, moment);
        if (dead)
            ck_assert(!killed_child(&s, killed, 0));
        outcome = killed_outcome(&s);
        ck_assert_msg(strcmp(outcome, undisturbed) == 0,
                      "killed at moment %llu:\n%s\nundisturbed:\n%s",
                      (unsigned long long)moment, outcome, undisturbed);
        free(outcome);
        stepped_end(&s);
    }
    free(undisturbed);
    return moment - 2;
}

#endif
