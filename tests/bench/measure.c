/* SPDX-License-Identifier: Apache-2.0 */

/*
 * measure COMMAND...: runs it and says on stderr, in one line, what it took: seconds of
 * wall clock, seconds of CPU of it and its children, and the most anonymous memory
 * (RssAnon, MB) that it or any one process below it had. Anonymous, because the store is
 * a mapped file that the kernel may take back at any time.
 */

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLE_MS = 20 };

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A number of /proc/PID/status; 0 where there is none. */
static long status_of(long pid, const char *format)
{
    char path[64];
    char line[256];
    long number = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%ld/status", pid);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, format, &number) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return number;
}

static long most_of_tree(long root);

/* Of the children of one thread. Looking at all processes would cost the machine more
 * than some of what is measured. */
static long most_of_children(const char *task)
{
    char path[128];
    long child;
    long most = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/children", task);
    file = fopen(path, "r");
    while (file != NULL && fscanf(file, "%ld", &child) == 1) {
        long kb = most_of_tree(child);

        most = kb > most ? kb : most;
    }
    if (file != NULL)
        fclose(file);
    return most;
}

static long most_of_tree(long root)
{
    char path[64];
    char task[96];
    long most = status_of(root, "RssAnon: %ld");
    struct dirent *entry;
    DIR *tasks;

    snprintf(path, sizeof path, "/proc/%ld/task", root);
    tasks = opendir(path);
    while (tasks != NULL && (entry = readdir(tasks)) != NULL) {
        long id = strtol(entry->d_name, NULL, 10);
        long kb;

        snprintf(task, sizeof task, "%s/%ld", path, id);
        kb = id > 0 ? most_of_children(task) : 0;
        most = kb > most ? kb : most;
    }
    if (tasks != NULL)
        closedir(tasks);
    return most;
}

static pid_t start(char **command)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    execvp(command[0], command);
    perror(command[0]);
    _exit(127);
}

/* Samples until the child ends; waits on its pidfd in between. */
static long watch(pid_t child)
{
    struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, child, 0),
                           .events = POLLIN};
    long most = 0;

    while (poll(&ended, 1, SAMPLE_MS) == 0) {
        long kb = most_of_tree(child);

        most = kb > most ? kb : most;
    }
    close(ended.fd);
    return most;
}

int main(int argc, char **argv)
{
    double began = seconds();
    struct rusage used;
    int status = 0;
    long most;
    pid_t child;

    if (argc < 2) {
        fputs("usage: measure COMMAND...\n", stderr);
        return 2;
    }
    child = start(argv + 1);
    most = watch(child);
    waitpid(child, &status, 0);
    getrusage(RUSAGE_CHILDREN, &used);
    fprintf(stderr, "wall %.3f cpu %.3f anon_mb %.1f\n", seconds() - began,
            (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
            (double)most / 1024);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
