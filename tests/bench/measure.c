/* SPDX-License-Identifier: Apache-2.0 */

/*
 * measure COMMAND...: runs it and says on stderr, in one line, what it took: seconds of
 * wall clock, seconds of CPU of it and its children, and the most anonymous memory
 * (RssAnon, MB) that any one process of its group had. Anonymous, because the store is a
 * mapped file that the kernel may take back at any time.
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

static long anonymous_kb(const char *pid)
{
    char path[300];
    char line[256];
    long kb = 0;
    FILE *file;

    snprintf(path, sizeof path, "/proc/%s/status", pid);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL)
        if (sscanf(line, "RssAnon: %ld", &kb) == 1)
            break;
    if (file != NULL)
        fclose(file);
    return kb;
}

static long most_of_group(pid_t group)
{
    DIR *all = opendir("/proc");
    struct dirent *entry;
    long most = 0;

    while (all != NULL && (entry = readdir(all)) != NULL) {
        long pid = strtol(entry->d_name, NULL, 10);

        if (pid > 0 && getpgid((pid_t)pid) == group) {
            long kb = anonymous_kb(entry->d_name);

            most = kb > most ? kb : most;
        }
    }
    if (all != NULL)
        closedir(all);
    return most;
}

static pid_t start(char **command)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    setpgid(0, 0);
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
        long kb = most_of_group(child);

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
    setpgid(child, child);
    most = watch(child);
    waitpid(child, &status, 0);
    getrusage(RUSAGE_CHILDREN, &used);
    fprintf(stderr, "wall %.3f cpu %.3f anon_mb %.1f\n", seconds() - began,
            (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
            (double)most / 1024);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
