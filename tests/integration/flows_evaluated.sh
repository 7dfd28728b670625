# SPDX-License-Identifier: Apache-2.0
# A delta synchronisation evaluates the inbound flows that a change may concern, and the outbound
# flows of the object's connectors; each step says how many flows it evaluated.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i

# evaluates NUMBER AGENT PROFILE
evaluates() {
  run 0 -C i run-profile "$2" "$3" -o json
  check "$2 $3 evaluates $1 flows" jq -e --argjson n "$1" '.steps[0].work."flows-evaluated" == $n' <<<"$out"
}
# changed FROM TO: HR says something else of one person
changed() {
  sed -i "s/$1/$2/" i/madata/HR/hr.ldif
  evaluates 0 HR 'Full Import'
}
for step in 'HR Full Import' 'HR Delta Synchronization' 'Directory Export' 'Directory Full Import' 'Directory Delta Synchronization'; do
  run 0 -C i run-profile "${step%% *}" "${step#* }"
done

# --- nothing changed ---------------------------------------------------------------------------
evaluates 0 HR 'Delta Synchronization'

# --- one attribute that one inbound flow reads; out go dn, displayName, mail, title, manager, employeeID
changed ada@corp ada.l@corp
evaluates 7 HR 'Delta Synchronization'

# --- one that two read: title and displayName, whose expression asks for it -----------------------
changed Countess Lady
evaluates 8 HR 'Delta Synchronization'

# --- one that no flow reads ------------------------------------------------------------------------
changed 'title: Lady' 'title: Lady\ntelephoneNumber: 12'
run 0 -C i run-profile HR 'Delta Synchronization' -o json
check 'no inbound flow is evaluated' jq -e '.steps[0].work."flows-evaluated" <= 6' <<<"$out"

# --- where it is told --------------------------------------------------------------------------------
changed 'ada.l@corp' 'ada@corp'
evaluates 7 HR 'Delta Synchronization'
run 0 -C i runs show last -o wide
says '7 flows evaluated'
run 0 -C i runs show last -o xml
says '7 flows evaluated, 0 objects unchanged -->'
finish
