# SPDX-License-Identifier: Apache-2.0
# The history of runs in the product's XML: valid by its schema, whatever happened in the run.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
schema=$MACTL_SOURCE/schemas/run-history.rng
pair_begin i
hr=i/madata/HR/hr.ldif directory=i/madata/Directory/directory.ldif
# history: of the last run, and it is valid; `of XPATH` says what is there
history() {
  run 0 -C i runs show last -o xml
  check 'valid by its schema' xmllint --noout --relaxng "$schema" - <<<"$out"
}
of() { xmllint --xpath "string($1)" - <<<"$out"; }
is() { check "$1 is $2" test "$(of "$1")" = "$2"; }

check 'the golden file of the unit test' xmllint --noout --relaxng "$schema" "$MACTL_SOURCE/tests/unit/history/data/history.xml"
run 0 -C i run-profile HR FIFS
history
is '//ma-id' '{AAAAAAAA-0000-4000-8000-000000000001}'
is '//ma-name' HR
is '//step-details[1]/step-description/step-type/@type' full-import
is '//step-details[1]/step-description/step-type/import-subtype' to-cs
is '//step-details[1]/staging-counters/stage-add' 5
is '//step-details[2]/step-description/step-type/apply-rules-subtype' reevaluate-flow-connectors
is '//step-details[2]/inbound-flow-counters/disconnector-projected-flow' 5
is '//step-details[2]/outbound-flow-counters[@ma="Directory"]/provisioned-add-flow' 5
is 'count(//step-details)' 2
run 0 -C i runs show last --step 2 -o xml
is 'count(//step-details)' 1

# --- an export, and what does not come back of it ------------------------------------------------
run 0 -C i run-profile Directory Export
history
is '//export-counters/export-add' 5
is '//current-export-step-counter' 1
sed -i 's/^title: Countess/title: Somebody Else/' "$directory"
run 3 -C i run-profile Directory 'Full Import'
history
is '//import-error/error-type' exported-change-not-reimported
is '//change-not-reimported/delta/attr[@name="title"]/value' Countess
is '//change-not-reimported/entry/attr[@name="title"]/value' 'Somebody Else'

# --- objects that fail: in a synchronisation, in an export, in an import ---------------------------
sed -i 's/^title: Engineer/title: boom/' "$hr"
run 4 -C i run-profile HR 'Delta Import and Delta Synchronization'
history
is '//import-error/error-type' sync-rule-error-function-triggered
is '//rules-error-info/context/attribute-mapping/@dest-attr' displayName
is '//inbound-flow-counters/flow-failure' 1
sed -i 's/^title: boom/title: Chief/' "$hr"
run 0 -C i run-profile HR 'Delta Import and Delta Synchronization'
sed -i '/^dn: CN=Bob Babbage/,/^$/d' "$directory"
run 4 -C i run-profile Directory Export
history
is '//export-error/error-type' cd-missing-object
is '//export-error/@dn' 'CN=Bob Babbage,OU=Staff,DC=corp,DC=example'
printf '\ndn: uid=1099,ou=people,dc=hr\nobjectClass: person\ndisplayName: No Number\n' >>"$hr"
run 4 -C i run-profile HR 'Full Import'
history
is '//ma-object-error/error-type' missing-anchor-component
is '//ma-object-error/dn' 'uid=1099,ou=people,dc=hr'

# --- a run that did not come far -------------------------------------------------------------------
run 6 -C i run-profile HR 'Import Of Nowhere'
history
is '//step-result' missing-partition-for-run-step
pair_behave i away
run 7 -C i run-profile HR 'Full Import'
history
is '//ma-connection/connection-result' failed-connection

# --- for ever, where that is wanted --------------------------------------------------------------------
pair_behave i fine
pair_setting i run-history-days 0
pair_setting i run-history-megabytes 0
run 5 -C i run-profile HR 'Full Import' # its three are fewer than were there
history
is '//step-result' stopped-deletion-limit
run 0 -C i runs show 1
finish
