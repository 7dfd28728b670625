# SPDX-License-Identifier: Apache-2.0
# errors list|show: what fails at present, of imports, synchronisations and exports; until it is repaired.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
hr=i/madata/HR/hr.ldif directory=i/madata/Directory/directory.ldif
count() { run 0 -C i errors list "$@" -o json; check "$* errors" test "$(jq '.errors | length' <<<"$out")" = "$wanted"; }

run 2 -C i errors list
warns 'nothing was run here yet'
run 0 -C i run-profile HR FIFS
run 0 -C i run-profile Directory EFIDS
run 0 -C i errors list
warns 'no errors'
run 2 -C i errors list Hr2
warns 'did you mean "HR"?'

# --- a synchronisation that fails, time after time
sed -i 's/^title: Engineer/title: boom/' "$hr"
run 4 -C i run-profile HR 'Delta Import and Delta Synchronization'
run 4 -C i run-profile HR 'Delta Synchronization'
run 0 -C i errors list
says 'uid=1002,ou=people,dc=hr'
says 'Bob Babbage'
says 'sync-rule-error-function-triggered'
wanted=1 count
check 'what is known of it' jq -e '.schema == "mactl/errors/1" and (.errors[0] | .kind == "import-error"
  and .retry_count == 2 and .rule == "In from HR - Person" and .attribute == "displayName" and .name == "Bob Babbage"
  and (.first_occurred | test("^20..-..-..T")) and .action != null)' <<<"$out"
wanted=1 count HR
wanted=0 count Directory
run 0 -C i errors list -o name
id=$out
run 0 -C i errors show "$id"
says 'import-error  uid=1002,ou=people,dc=hr  sync-rule-error-function-triggered'
says 'no such title'
says 'In from HR - Person'
says 'first occurred'
says 'retry count     2'
says 'to do'
warns 'preview HR uid=1002,ou=people,dc=hr'
run 4 -C i preview HR uid=1002,ou=people,dc=hr
says 'no such title'
run 0 -C i errors show "$id" -o json
check 'the document' jq -e '.schema == "mactl/error/1" and .type == "sync-rule-error-function-triggered"' <<<"$out"
run 2 -C i errors show sync-9-9
warns 'mactl errors list'
run 2 -C i errors show nonsense
sed -i 's/^title: boom/title: Engineer/' "$hr"
run 0 -C i run-profile HR 'Delta Import and Delta Synchronization'
wanted=0 count
run 2 -C i errors show "$id"

# --- entries that the last import could not stage
printf '\ndn: uid=1099,ou=people,dc=hr\nobjectClass: person\ndisplayName: No Number\n' >>"$hr"
run 4 -C i run-profile HR 'Full Import'
run 4 -C i run-profile HR 'Full Import'
wanted=1 count
check 'it is the last import that counts' jq -e '.errors[0] | .kind == "discovery-error" and .type == "missing-anchor-component"
  and .line > 0' <<<"$out"
run 0 -C i errors show "$(jq -r '.errors[0].id' <<<"$out")"
says 'read at'
sed -i '/^dn: uid=1099/,$d' "$hr"
run 0 -C i run-profile HR 'Full Import'
wanted=0 count

# --- an export that is refused
sed -i 's/^title: Engineer/title: Chief Engineer/' "$hr"
run 0 -C i run-profile HR 'Delta Import and Delta Synchronization'
sed -i '/^dn: CN=Bob Babbage/,/^$/d' "$directory"
run 4 -C i run-profile Directory Export
wanted=1 count Directory
check 'of an export' jq -e '.errors[0] | .kind == "export-error" and .type == "cd-missing-object"
  and .name == "Bob Babbage"' <<<"$out"
run 0 -C i errors list -n 1
run 0 -C i errors show "$(jq -r '.errors[0].id' < <("$MACTL" -C i errors list -o json))"
says 'import from the system'

# --- a rule makes a DN, and does not escape what it puts in
printf '\ndn: uid=1098,ou=people,dc=hr\nobjectClass: person\nemployeeID: 1098\ndisplayName: Research+Development\n' >>"$hr"
run 0 -C i run-profile HR 'Delta Import and Delta Synchronization'
run 4 -C i run-profile Directory Export
run 0 -C i errors list Directory -o json
run 0 -C i errors show "$(jq -r '.errors[] | select(.type == "dn-not-ldap-conformant").id' <<<"$out")"
says 'EscapeDNComponent()'
check 'it was not written' test "$(grep -c 'Research+Development' "$directory")" = 0

# --- the guide's table and what is shown are the same types
while read -r type; do
  check "$type is known" grep -qF "\"$type\"" "$MACTL_SOURCE/core/report/advice.c"
done < <(sed -n '/^| error | meaning/,/^$/p' "$MACTL_SOURCE/docs/admin-guide.md" | sed -n 's/^| \(`[^|]*\) |.*/\1/p' | grep -o '[a-z][a-z-]*')
finish
