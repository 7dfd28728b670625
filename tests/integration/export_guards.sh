# SPDX-License-Identifier: Apache-2.0
# The guards of an export, and the approvals that let go what they stopped: once, and only that.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
run 0 -C i run-profile HR FIFS
run 0 -C i run-profile Directory EFIDS
cp i/mactl.xml without.xml

# guard ATTRIBUTES: these and no others
guard() { sed "s|</mactl>|<guard import-loss-percent=\"100\" $1/></mactl>|" without.xml >i/mactl.xml; }
last() { "$MACTL" -C i runs list -o json | jq '.runs[0].run'; }
people() { awk -v RS= -v ORS='\n\n' "$1" "$pair/data/hr.ldif" >i/madata/HR/hr.ldif; }

# --- three people leave --------------------------------------------------------------------------
guard 'export-deletes="2"'
people '!/employeeID: 100[345]/'
run 0 -C i run-profile HR FIFS
run 5 -C i run-profile Directory Export
stopped=$(last)
says 'stopped-deletion-threshold-exceeded'
says '3 deletes are pending'
warns "next: mactl -C i pending Directory --op delete"
warns "next: if they are meant: mactl -C i export approve $stopped --max 3 --reason \"...\""
run 5 -C i run-profile Directory Export --dry-run
says 'stopped-deletion-threshold-exceeded'
run 2 -C i export approve "$stopped" --max 3
warns '--reason'
run 2 -C i export approve "$stopped" --reason x
run 2 -C i export approve 999 --max 3 --reason x
run 2 -C i export approve 1 --max 3 --reason x
warns 'no guard stopped run 1'
run 2 -C i export approve seven --max 3 --reason x
run 5 -C i export approve "$stopped" --max 2 --reason x
warns '--max 2 is less'
run 2 -C i export revoke "$stopped"
warns 'nothing of run'

run 0 -C i export approve last --max 3 --reason 'the last one'
says "approved: run $stopped, 3 pending"
run 0 -C i export revoke last
says "revoked: run $stopped"

# --- approved, taken back ------------------------------------------------------------------------
run 0 -C i export approve "$stopped" --max 3 --reason 'they have left'
says 'approved: run'
warns 'next: mactl -C i run-profile Directory Export'
run 0 -C i export revoke "$stopped" --reason 'not yet'
run 5 -C i run-profile Directory Export
run 0 -C i runs show "$stopped"
says 'they have left'
says 'not yet'

# --- void as soon as something else is pending ---------------------------------------------------
stopped=$(last)
run 0 -C i export approve "$stopped" --max 3 --reason 'they have left' -o json
check 'a document' jq -e '.schema == "mactl/approval/1" and .pending == 3 and .max == 3 and (.set | length) == 32' <<<"$out"
sed -i 's/title: Engineer/title: Inventor/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR FIFS
run 5 -C i run-profile Directory Export
says 'is void: something else is pending now'
run 6 -C i export approve "$stopped" --max 3 --reason 'the old set'
warns 'export again'

# --- approved, and used up -----------------------------------------------------------------------
stopped=$(last)
run 0 -C i export approve "$stopped" --max 3 --reason 'they have left'
run 0 -C i run-profile Directory Export --dry-run
run 0 -C i run-profile Directory Export
says "a guard was lifted: run $stopped, approved by"
says 'they have left'
says 'delete 3'
run 0 -C i runs show "$stopped" -o json
check 'the audit' jq -e '.approvals | length == 1 and .[0].action == "approve" and .[0].reason == "they have left"
  and (.[0].time | endswith("Z"))' <<<"$out"
run 2 -C i export revoke "$stopped"
run 0 -C i run-profile Directory EFIDS

# --- guards that are off until somebody gives them -----------------------------------------------
sed -i 's/^title: .*/title: Nobody/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR FIFS
guard 'export-updates="1"'
run 5 -C i run-profile Directory Export
says 'stopped-update-threshold-exceeded'
says '2 updates are pending'
warns '--max 2'
run 0 -C i ma show Directory
says 'above 1 updates'
guard 'export-updates="2"'
run 0 -C i run-profile Directory EFIDS
sed -i '/^title: /d' i/madata/HR/hr.ldif
run 0 -C i run-profile HR FIFS
guard 'export-attribute-clears="1"'
run 5 -C i run-profile Directory Export
says 'stopped-attribute-clear-threshold-exceeded'
run 0 -C i export approve "$(last)" --max 2 --reason 'no titles any more'
run 0 -C i run-profile Directory EFIDS
says 'no titles any more'
sed -i 's/^displayName: Bob .*/displayName: Robert Babbage/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR FIFS
guard 'export-renames="0"'
run 5 -C i run-profile Directory Export
says 'stopped-rename-threshold-exceeded'
guard 'export-renames="1"'
run 0 -C i run-profile Directory Export
guard 'export-renames="many"'
run 8 -C i run-profile Directory Export
warns "export-renames: 'many' is no number"
finish
