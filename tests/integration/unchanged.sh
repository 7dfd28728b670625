# SPDX-License-Identifier: Apache-2.0
# A full synchronisation leaves alone what came to nothing before: until anything that an object
# depends on is another, whoever changed it.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
rules=i/config/SynchronizationRules

# unchanged NUMBER WHY [option]: of the five people of HR and the two containers above them
unchanged() {
  run 0 -C i run-profile HR 'Full Synchronization' -o json "${@:3}"
  check "$2: $1 unchanged" jq -e --argjson n "$1" '.steps[0].work."objects-unchanged" == $n' <<<"$out"
}
# settled: whatever it was, the next ones find nothing
settled() {
  run 0 -C i run-profile HR 'Full Synchronization' -q
  run 0 -C i run-profile HR 'Full Synchronization' -q
  run 0 -C i run-profile HR 'Full Synchronization' -o json
  counted=$(jq -S '.steps[0].counters' <<<"$out")
  unchanged 7 "$1"
  check "what is counted, $1" test "$(jq -S '.steps[0].counters' <<<"$out")" = "$counted"
}
for step in 'HR Full Import' 'HR Full Synchronization' 'Directory Export' 'Directory Full Import' 'Directory Delta Synchronization'; do
  run 0 -C i run-profile "${step%% *}" "${step#* }"
done
settled 'nothing changed'
check 'no flow is evaluated' jq -e '.steps[0].work."flows-evaluated" == 0' <<<"$out"

# --- where it is told ------------------------------------------------------------------------------
run 0 -C i runs show last -o wide
says '7 objects unchanged'
run 0 -C i runs show last -o xml
says ', 0 flows evaluated, 7 objects unchanged -->'

# --- who asks for it has everything evaluated --------------------------------------------------------
unchanged 0 'asked for' --evaluate-all
check 'flows are evaluated' jq -e '.steps[0].work."flows-evaluated" > 0' <<<"$out"
unchanged 7 'asked for no more'

# --- other rules, another order of them, another setting ---------------------------------------------
sed -i 's|  <precedence>110<|   <precedence>110<|' "$rules"/*02}.xml
unchanged 0 'another byte of a rule'
settled 'the byte is known'
sed -i 's|<precedence>110<|<precedence>111<|' "$rules"/*02}.xml
unchanged 0 'another precedence'
settled 'the precedence is known'
pair_setting i run-history-days 5
unchanged 0 'another setting'
settled 'the setting is known'

# --- an import, of it or of who is joined ---------------------------------------------------------------
sed -i 's/ada@corp/ada.l@corp/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import' -q
unchanged 4 'somebody changed, whom two have for a manager'
run 0 -C i run-profile Directory Export -q
unchanged 6 'it was exported'
run 0 -C i run-profile Directory 'Full Import' -q
unchanged 6 'it was confirmed'

finish
