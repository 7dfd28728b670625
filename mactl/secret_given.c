/* SPDX-License-Identifier: Apache-2.0 */
#include "secret_given.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "config/secret.h"

unsigned secret_given_ways(const struct secret_given *given)
{
    return (unsigned)(given->file != NULL) + (unsigned)(given->credential != NULL) +
           (unsigned)(given->from_stdin != 0);
}

/* --- lines ------------------------------------------------------------------------ */

/* A byte at a time: what is behind the line belongs to somebody else. False: there is
 * none, or it does not fit. */
static bool read_line(int fd, char *out, size_t size)
{
    size_t length = 0;
    ssize_t got;
    char c;

    while ((got = read(fd, &c, 1)) == 1 && c != '\n') {
        if (length + 1 >= size || c == '\0') {
            explicit_bzero(out, size);
            return false;
        }
        out[length++] = c;
    }
    if (length > 0 && out[length - 1] == '\r')
        length--;
    out[length] = '\0';
    return got == 1 || length > 0;
}

/* Ctrl-C in between must not leave a terminal without an echo: it waits until the echo is
 * back. */
static bool ask_hidden(const char *words, char *out, size_t size)
{
    struct termios was;
    struct termios now;
    sigset_t stops;
    sigset_t before;
    bool got;

    if (tcgetattr(STDIN_FILENO, &was) != 0)
        return false;
    now = was;
    now.c_lflag &= ~(tcflag_t)ECHO;
    now.c_lflag |= ECHONL;
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGTSTP);
    sigprocmask(SIG_BLOCK, &stops, &before);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &now);
    fputs(words, stderr); /* not before: an answer may come at once */
    got = read_line(STDIN_FILENO, out, size);
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &was);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return got;
}

bool secret_given_ask(const char *words, bool shown, char *out, size_t size)
{
    if (!isatty(STDIN_FILENO))
        return false;
    fflush(stdout); /* the question comes behind what was said */
    if (!shown)
        return ask_hidden(words, out, size);
    fputs(words, stderr);
    return read_line(STDIN_FILENO, out, size);
}

/* --- the secret ------------------------------------------------------------------- */

static enum exit_code take(struct secret_given *given, bool got, const char *word)
{
    given->has_value = got && given->value[0] != '\0';
    return given->has_value
               ? EXIT_OK
               : command_error(EXIT_USAGE, NULL,
                               "no %s was given, or one longer than %d bytes", word,
                               SECRET_SIZE - 1);
}

enum exit_code secret_given_read(struct secret_given *given, bool ask, const char *words,
                                 const char *word)
{
    if (given->from_stdin)
        return take(given, read_line(STDIN_FILENO, given->value, SECRET_SIZE), word);
    if (!ask || secret_given_ways(given) > 0)
        return EXIT_OK;
    if (!isatty(STDIN_FILENO))
        return command_error(EXIT_USAGE, NULL,
                             "nobody is there to be asked for the %s: --%s-stdin, "
                             "--%s-file FILE or --credential NAME gives it",
                             word, word, word);
    return take(given, secret_given_ask(words, false, given->value, SECRET_SIZE), word);
}

enum exit_code secret_given_now(struct secret_given *given, const char *words,
                                const char *word)
{
    const struct secret_source source = {
        .name = word,
        .kind = given->file != NULL ? SECRET_FILE : SECRET_CREDENTIAL,
        .where = given->file != NULL ? given->file : given->credential};
    struct ma_error err = {0};

    if (source.where == NULL)
        return secret_given_read(given, true, words, word);
    if (secret_read(&source, NULL, given->value, SECRET_SIZE, &err) != MA_OK)
        return command_fail(&err);
    return take(given, true, word);
}

void secret_given_end(struct secret_given *given)
{
    explicit_bzero(given->value, sizeof given->value);
    free(given->file);
    free(given->credential);
}
