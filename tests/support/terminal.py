#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""terminal.py ANSWERS COMMAND...: runs it on a terminal of its own. ANSWERS is a file of lines
"WORDS<tab>ANSWER": once the words were shown, the answer is typed. What the terminal showed goes to
stdout; the exit code is the command's; 99: the words did not come within five minutes."""
import os
import pty
import select
import sys
import time


def main():
    with open(sys.argv[1], encoding="utf-8") as lines:
        answers = [line.rstrip("\n").split("\t") for line in lines if line.strip()]
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    shown, seen, limit = b"", 0, time.monotonic() + 300
    while True:
        if answers and answers[0][0].encode() in shown[seen:]:
            seen = len(shown)
            os.write(terminal, answers.pop(0)[1].encode() + b"\n")
        ready, _, _ = select.select([terminal], [], [], 1)
        if time.monotonic() > limit:
            os.kill(child, 9)
            break
        try:
            more = os.read(terminal, 65536) if ready else None
        except OSError:
            more = b""
        if more == b"":
            break
        shown += more or b""
    sys.stdout.write(shown.decode(errors="replace").replace("\r\n", "\n"))
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    sys.exit(99 if answers and code == 0 else code if code >= 0 else 128 - code)


main()
