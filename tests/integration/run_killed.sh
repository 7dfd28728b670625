# SPDX-License-Identifier: Apache-2.0
# Runs that are killed, interrupted, hang or crash: what is recorded, and that the next run goes on.
# The agent waits at a gate, so every signal arrives at a known moment.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
. "$MACTL_SOURCE/tests/support/gates.sh"
pair_begin i
pair_behave i gate
gates_begin i

# --- a second run of the agent is refused at once, and told who has the lock -----------------------
begin HR 'Full Import'
run 6 -C i run-profile HR 'Delta Import'
warns 'call-failure'
warns '0x8023063D'
warns "this management agent is running: HR / Full Import, process $supervisor"
run 6 -C i run-profile HR 'Full Synchronization' -o json
check 'for scripts' jq -e '.result == "call-failure" and .code == "0x8023063D"' <<<"$out"
run 0 -C i runs list
says 'in-progress'
run 0 -C i cs search HR
open_gate HR
ended 0
says 'success'
run 0 -C i runs list
says_not 'in-progress'

# --- the worker is killed ---------------------------------------------------------------------------
begin HR 'Full Import'
kill -9 "$worker"
ended 1
says 'stopped-service-shutdown'
says 'the worker died'
run 0 -C i runs show last
says 'stopped-service-shutdown'
pair_behave i fine
run 0 -C i run-profile HR 'Full Import'
says 'no-change 3'

# --- the supervisor is killed: the worker stops at the next object and says so --------------------------
pair_behave i gate
begin HR 'Full Import'
kill -9 "$supervisor"
wait "$supervisor" 2>/dev/null
run 6 -C i run-profile HR 'Full Import'
warns 'call-failure'
open_gate HR
wait_gone "$worker"
check 'the result' test "$(last_result i)" = stopped-service-shutdown
pair_behave i fine
run 0 -C i run-profile HR 'Full Import'

# --- both are killed, as by a power cut: whoever comes next marks the run --------------------------------
pair_behave i gate
begin HR 'Full Import'
kill -9 "$worker" "$supervisor"
wait "$supervisor" 2>/dev/null
wait_gone "$worker"
run 0 -C i runs show last
says 'stopped-service-shutdown'
says 'died with its supervisor'
begin HR 'Full Import'
kill -9 "$worker" "$supervisor"
wait "$supervisor" 2>/dev/null
wait_gone "$worker"
pair_behave i fine
run 0 -C i run-profile HR FIFS
number=$("$MACTL" -C i runs list -o json | jq '.runs[1].run')
run 0 -C i runs show "$number"
says 'stopped-service-shutdown'

# --- Ctrl-C: the first asks, the second does not ------------------------------------------------------------
pair_behave i gate
# asked SIGNAL: the supervisor gets it, and passes on the wish to stop; the agent has heard of it
# when this returns
asked() {
  local line
  kill "$1" "$supervisor"
  hear line i/madata/HR/ready
}
pair_behave i asked
begin HR 'Full Import'
asked -INT
open_gate HR
ended 130
says 'stopped-user-termination-from-wmi-or-ui'
check 'the result' test "$(last_result i)" = stopped-user-termination-from-wmi-or-ui
begin HR 'Full Import'
asked -TERM
open_gate HR
ended 143
begin HR 'Full Import'
asked -INT
kill -INT "$supervisor"
ended 130
says 'interrupted twice'
check 'nobody is left' gone "$worker"

# --- a full import that was stopped lets nobody go ------------------------------------------------------------
run 0 -C i pending HR --import --op obsolete
says_not 'uid='

# --- in the middle of an export: what was accepted is not sent twice into doubt ---------------------------------
pair_behave i fine
run 0 -C i run-profile HR FIFS
run 0 -C i pending Directory -o json
before=$(jq '.objects | length' <<<"$out")
check 'three wait' test "$before" = 3
pair_behave i gate
begin Directory Export
kill -9 "$worker"
ended 1
run 0 -C i pending Directory
pair_behave i fine
run 0 -C i run-profile Directory Export
run 0 -C i pending Directory
says_not 'add'
run 0 -C i cs search Directory -o json
check 'three objects, all accepted' jq -e '.objects | length >= 3 and all(.pending_export == null)' <<<"$out"

# --- plugins that misbehave -----------------------------------------------------------------------------------
for how in abort exit; do
  pair_behave i $how
  run 9 -C i run-profile HR 'Full Import'
  says 'stopped-extension-dll-exception'
done
pair_behave i hang
run 9 -C i run-profile HR Impatient
says 'stopped-ma-extension-timeout'
says 'no sign of life'
pair_behave i refuse
run 7 -C i run-profile HR 'Full Import'
says 'no-start-credentials'
says 'the password is wrong'
warns 'next: mactl -C i ma test HR tries what a run needs'
pair_behave i away
run 7 -C i run-profile HR 'Full Import'
says 'no-start-connection'
pair_behave i drop
run 7 -C i run-profile HR 'Full Import'
says 'dropped-connection'
pair_behave i lies
run 9 -C i run-profile HR 'Full Import'
says 'stopped-extension-dll-exception'
pair_behave i mumble
run 9 -C i run-profile HR 'Full Import'
says 'rejects an entry without the type of its error'
pair_behave i noise
run 0 -C i run-profile HR 'Full Import'
says_not 'must not be on stdout'
warns 'a warning of the plugin'
run 6 -C i run-profile HR 'Delta Import'
says 'no-start-delta-step-type-not-configured'
sed -i 's/gate_ma/nothing_ma/' i/mactl.xml
run 9 -C i run-profile HR 'Full Import'
says 'stopped-extension-dll-file-not-found'
echo '<mactl version="1"/>' >i/mactl.xml
run 6 -C i run-profile HR 'Full Import'
says 'no-start-ma'
says 'name one in mactl.xml'
finish
