# SPDX-License-Identifier: Apache-2.0
# For tests that start servers: what they started does not outlive them, and two of them, of two checks on one machine, do
# not meet. Sourced.
#
#   guard COMMAND...      runs it once this test is gone, also where it was killed and could not run its trap
#   loopback COMMAND...   the same, and prints an address of 127/8 that is this test's alone until that is done
#   "${remove[@]}" DIR    such a command: the labs in it are stopped, and it is removed
#   "${mortal[@]}" COMMAND... &    a process that is killed with the shell that started it
guard_source=${MACTL_SOURCE:-${source:?}}
mortal=()
! command -v setpriv >/dev/null || mortal=(setpriv --pdeathsig KILL)

remove=("$guard_source/tests/lab/remove.sh")
guard() { /usr/bin/python3 -B "$guard_source/tests/support/guard.py" $$ "$@" || exit 1; }
loopback() { /usr/bin/python3 -B "$guard_source/tests/support/guard.py" --loopback $$ "$@"; }
