# SPDX-License-Identifier: Apache-2.0
# Runs side by side: imports and exports of different agents go together and come to what they come to
# one after the other; a synchronisation is alone; who dies takes nobody along.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
. "$MACTL_SOURCE/tests/support/gates.sh"
dumped() { "$MACTL" -C "$1" dump; }

# --- two imports, one inside the other ---------------------------------------------------------------
pair_begin one
pair_behave one fine
run 0 -C one run-profile HR 'Full Import'
run 0 -C one run-profile Directory 'Full Import'
pair_begin i
pair_behave i gate
gates_begin i
begin HR 'Full Import'
begin Directory 'Full Import'
run 0 -C i runs list
check 'both go on' test "$(grep -c in-progress <<<"$out")" = 2
open_gate HR
ended 0 HR
says 'success'
check 'the other one goes on' test "$(last_result i)" = in-progress
open_gate Directory
ended 0 Directory
says 'success'
check 'the same as one after the other' diff <(dumped one) <(dumped i)
run 0 -C i db verify
run 0 -C i runs list -o json
check 'each has its number' jq -e '[.runs[].run] == [2, 1]' <<<"$out"

# --- a synchronisation begins beside nobody, and nobody begins beside it ----------------------------------
begin HR 'Full Import'
hr=$supervisor
run 6 -C i run-profile Directory 'Delta Synchronization'
warns 'call-failure (0x8023063D): a synchronisation runs alone, and another run goes on'
warns "HR / Full Import, process $hr"
run 6 -C i run-profile Directory EFIDS
warns 'a synchronisation runs alone'
open_gate HR
ended 0 HR
begin HR FIFS
run 6 -C i run-profile Directory 'Full Import'
warns 'call-failure (0x8023063D): a synchronisation is running: HR / FIFS, process'
run 6 -C i run-profile Directory 'Full Synchronization'
warns 'a synchronisation runs alone'
run 6 -C i run-profile HR 'Full Import'
warns 'this management agent is running: HR / FIFS'
open_gate HR
ended 0 HR
# one step of a profile is what that step is
begin HR FIFS --step 1
begin Directory 'Full Import'
open_gate Directory
ended 0 Directory
open_gate HR
ended 0 HR

# --- an export beside an import -----------------------------------------------------------------------------
pair_behave one fine
run 0 -C one run-profile HR FIFS
run 0 -C one run-profile Directory Export
run 0 -C one run-profile HR 'Full Import'
begin Directory Export
begin HR 'Full Import'
open_gate Directory
ended 0 Directory
open_gate HR
ended 0 HR
check 'the same as one after the other' diff <(dumped one) <(dumped i)
run 0 -C i db verify

# --- one is killed, the other does not notice; the dead one is marked while the other goes on ---------------
begin HR 'Full Import'
begin Directory 'Full Import'
kill -9 "${workers[HR]}" "${supervisors[HR]}"
wait "${supervisors[HR]}" 2>/dev/null
wait_gone "${workers[HR]}"
run 0 -C i runs list -o json
check 'one died, one goes on' \
  jq -e '[.runs[:2][].result] == ["in-progress", "stopped-service-shutdown"]' <<<"$out"
begin HR 'Full Import'
kill -9 "${workers[Directory]}"
ended 1 Directory
says 'stopped-service-shutdown'
open_gate HR
ended 0 HR
says 'success'
# both at once, and both are marked
begin HR 'Full Import'
begin Directory 'Full Import'
for agent in HR Directory; do
  kill -9 "${workers[$agent]}" "${supervisors[$agent]}"
  wait "${supervisors[$agent]}" 2>/dev/null
  wait_gone "${workers[$agent]}"
done
run 0 -C i runs list -o json
check 'both died' \
  jq -e '[.runs[:2][].result] == ["stopped-service-shutdown", "stopped-service-shutdown"]' <<<"$out"
pair_behave i fine
pair_behave one fine
for instance in one i; do
  run 0 -C $instance run-profile HR 'Full Import'
  run 3 -C $instance run-profile Directory 'Full Import' # its three are not those that were exported
done
check 'and nothing is left of it' diff <(dumped one) <(dumped i)

# --- dry runs beside each other: neither takes the copy of the other away --------------------------------------
pair_behave i gate
begin HR 'Full Import' --dry-run
begin Directory 'Full Import' --dry-run
open_gate Directory
ended 0 Directory
open_gate HR
ended 0 HR
check 'no copy is left' test -z "$(find i -maxdepth 1 -name 'dry-run.*')"

# --- four at once, again and again -------------------------------------------------------------------------------
hr='{aaaaaaaa-0000-4000-8000-000000000001}'
cp -r "$pair/export" four
for n in 1 2 3 4; do
  sed -e "3s/0000000001}<\/id>/00000000a$n}<\/id>/I" -e "s|<name>HR</name>|<name>HR$n</name>|" \
    "four/Connectors/Connector_$hr.xml" >"four/Connectors/Connector_${hr/000000001/00000000a$n}.xml"
done
# people AGENT ROUND: some come, some go, some change, some refer to who is not there
people() {
  local i
  for i in $(seq $(($2 % 3)) $((40 + $2))); do
    printf 'dn: uid=%s,ou=people,dc=%s\nobjectClass: person\nemployeeID: %s\n' "$i" "$1" "$i"
    printf 'displayName: %s %s of %s\nmanager: uid=%s,ou=people,dc=%s\n\n' \
      "$i" $((i * $2 % 7)) "$1" $((i + 1)) "$1"
  done
}
for instance in together apart; do
  run 0 -C $instance config import four -q
  {
    echo '<mactl version="1">'
    for n in 1 2 3 4; do
      mkdir -p "$instance/madata/HR$n"
      echo "<agent name=\"HR$n\" plugin=\"file_ma\"><parameter name=\"format\">ldif</parameter>" \
        '<parameter name="file">hr.ldif</parameter><parameter name="anchor">employeeID</parameter></agent>'
    done
    echo '</mactl>'
  } >$instance/mactl.xml
done
for round in 1 2 3 4 5 6; do
  running=()
  for n in 1 2 3 4; do
    people "HR$n" $((round + n)) | tee together/madata/HR$n/hr.ldif >apart/madata/HR$n/hr.ldif
    "$MACTL" -C together run-profile "HR$n" 'Full Import' >"$TMPDIR/HR$n.out" 2>&1 &
    running+=($!)
  done
  for n in 1 2 3 4; do
    wait "${running[n - 1]}" || { out=$(cat "$TMPDIR/HR$n.out") fail "round $round, HR$n: code $?"; }
    run 0 -C apart run-profile "HR$n" 'Full Import'
  done
done
check 'the same as one after the other' diff <(dumped apart) <(dumped together)
run 0 -C together db verify
run 0 -C together runs list --limit 30 -o json
check 'every run has a number of its own' \
  jq -e '[.runs[].run] | sort == [range(1; 25)]' <<<"$out"
finish
