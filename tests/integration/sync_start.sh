# SPDX-License-Identifier: Apache-2.0
# mactl sync start: a cycle whose synchronisations are full where that is needed, unless something runs.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
. "$MACTL_SOURCE/tests/support/gates.sh"

run 2 -C nowhere sync start
pair_begin i
run 0 -C i sync start
says 'run 1  HR / Full Import  success'
says 'quiet after 1 round'
run 0 -C i sync start
says 'quiet after 1 round, 4 runs'

# --- every object is synchronised where somebody asks for it, and once only -----------------------------
evaluated() { "$MACTL" -C i runs list -o json | jq '[.runs[] | select(.agent == "HR")][0].run' >"$TMPDIR/n"; "$MACTL" -C i runs show "$(cat "$TMPDIR/n")"; }
run 0 -C i sync start --full
check 'the whole of HR' grep -q 'a full synchronisation was asked for' <(evaluated)
run 0 -C i status
says_not 'a full synchronisation was asked for'
run 0 -C i sync start
check 'once only' test -z "$(evaluated | grep 'asked for')"

# --- not beside what runs ---------------------------------------------------------------------------------
pair_begin busy
pair_behave busy gate
gates_begin busy
begin HR 'Full Import'
run 6 -C busy sync start
warns 'HR / Full Import'
run 6 -C busy sync start --full
open_gate HR
ended 0 HR
run 0 -C busy status
says_not 'asked for'
finish
