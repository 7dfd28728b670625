# SPDX-License-Identifier: Apache-2.0
"""guard.py [--loopback] PID [COMMAND...]: waits in a session of its own until the process is gone, and runs the command
then. With --loopback it holds a loopback address until that is done, and prints it: whoever holds one listens at a port
of it that no test uses, so the kernel gives it to one test on the machine, and takes it back whatever happens. It returns
as soon as it watches."""
import os
import select
import socket
import subprocess
import sys

LOCK = 64389  # above the ports that the kernel gives away by itself
HOSTS = 254


def address(number):
    return "127.77.%d.%d" % (number // HOSTS % HOSTS, number % HOSTS + 1)


def hold(first):
    for number in range(first, first + HOSTS * HOSTS):
        held = socket.socket()
        try:
            held.bind((address(number), LOCK))
            held.listen()
            return held, address(number)
        except OSError:
            held.close()
    sys.exit("guard.py: every address of 127.77/16 is taken")


def leave():
    """Two forks: whoever ends the test with all of its children does not find this one."""
    if os.fork() > 0:
        os._exit(0)
    os.setsid()
    if os.fork() > 0:
        os._exit(0)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nothing, number)
    os.chdir("/")


def main(words):
    held = None
    if words[0] == "--loopback":
        words = words[1:]
        held, name = hold(int(words[0]))
        print(name, flush=True)
    watched = os.pidfd_open(int(words[0]))  # now: the number may be somebody else's later
    leave()
    select.select([watched], [], [])
    if words[1:]:
        subprocess.call(words[1:])
    if held:
        held.close()


main(sys.argv[1:])
