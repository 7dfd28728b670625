/* SPDX-License-Identifier: Apache-2.0 */
#include "password_given.h"

#include <errno.h>
#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include "config/secret.h"

enum { CONTROL_C = 3, CONTROL_D = 4 };

/* One line without its end; `fd` is left behind it. */
static enum ma_status read_line(int fd, const char *where, char *out,
                                struct ma_error *err)
{
    size_t length = 0;
    ssize_t got;
    char c = 0;

    while ((got = read(fd, &c, 1)) > 0 && c != '\n' && length < PASSWORD_GIVEN - 1) {
        if (c == CONTROL_C || c == '\0')
            return ma_fail(err, c == '\0' ? MA_INVALID : MA_CANCELLED,
                           "no password was given");
        if (c == CONTROL_D)
            break;
        out[length++] = c;
    }
    if (got < 0)
        return ma_fail(err, MA_INVALID, "the password cannot be read from %s: %s", where,
                       strerror(errno));
    if (length == PASSWORD_GIVEN - 1 && c != '\n')
        return ma_fail(err, MA_INVALID, "the password is longer than %d bytes",
                       PASSWORD_GIVEN - 2);
    if (length > 0 && out[length - 1] == '\r')
        length--;
    out[length] = '\0';
    return length > 0 ? MA_OK : ma_fail(err, MA_INVALID, "the password is empty");
}

/* Without signals of the terminal: a Ctrl-C must not leave it without an echo. Who sees
 * the prompt is not shown what they type. */
static enum ma_status ask_silently(int tty, const struct termios *usual,
                                   const char *prompt, char *out, struct ma_error *err)
{
    struct termios silent = *usual;
    enum ma_status status;

    silent.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    if (tcsetattr(tty, TCSAFLUSH, &silent) != 0)
        return ma_fail(err, MA_INVALID, "the terminal cannot be silenced: %s",
                       strerror(errno));
    status = write(tty, prompt, strlen(prompt)) < 0
                 ? ma_fail(err, MA_INVALID, "the terminal: %s", strerror(errno))
                 : read_line(tty, "the terminal", out, err);
    (void)tcsetattr(tty, TCSAFLUSH, usual); /* there is nothing else to try */
    (void)!write(tty, "\n", 1);
    return status;
}

static enum ma_status ask(const char *prompt, char *out, struct ma_error *err)
{
    int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios usual;
    enum ma_status status;

    if (tty < 0 || tcgetattr(tty, &usual) != 0)
        status = ma_fail(err, MA_INVALID,
                         "there is no terminal to ask for the password on: use "
                         "--password-file or --credential");
    else
        status = ask_silently(tty, &usual, prompt, out, err);
    if (tty >= 0)
        close(tty);
    return status;
}

static enum ma_status read_source(const struct password_source *source, char *out,
                                  struct ma_error *err)
{
    const struct secret_source secret = {
        .name = "password",
        .kind = source->file != NULL ? SECRET_FILE : SECRET_CREDENTIAL,
        .where = source->file != NULL ? source->file : source->credential,
    };

    if (secret.where == NULL)
        return ask(source->prompt, out, err);
    if (source->file != NULL && strcmp(source->file, "-") == 0)
        return read_line(STDIN_FILENO, "stdin", out, err);
    return secret_read(&secret, NULL, out, PASSWORD_GIVEN, err);
}

enum ma_status password_given(const struct password_source *source, char *out,
                              struct ma_error *err)
{
    enum ma_status status;

    if (source->file != NULL && source->credential != NULL)
        return ma_fail(err, MA_INVALID,
                       "--password-file and --credential: one of them, please");
    status = read_source(source, out, err);
    if (status == MA_OK && out[0] == '\0')
        status = ma_fail(err, MA_INVALID, "the password is empty");
    if (status != MA_OK)
        explicit_bzero(out, PASSWORD_GIVEN);
    return status;
}
