# SPDX-License-Identifier: Apache-2.0
# mactl run-profile: every kind of step, what it refuses, what it says and returns.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i

# --- the cycle: import, synchronise, export, confirm, synchronise ------------------------------
run 0 -C i run-profile HR 'Delta Synchronization'
says 'success'
run 6 -C i run-profile HR 'Delta Import'
says 'no-start-full-import-required'
run 0 -C i run-profile hr 'full import'
says 'run 3  HR / Full Import  success'
says 'staged     add 5'
warns "next: 5 pending imports in HR: mactl -C i run-profile HR 'Delta Synchronization'"
run 0 -C i run HR 'Full Import'
says 'staged     no-change 5'
run 0 -C i run-profile HR 'Delta Synchronization'
says 'inbound    disconnector-projected-flow 5'
says 'Directory:  provisioned-add-flow 5'
warns 'next: 5 pending exports in Directory: mactl -C i run-profile Directory Export'
run 0 -C i run-profile Directory Export -o json
check 'its number' jq -e '.steps[0] | .current_export_step_counter == 1 and .last_successful_export_step_counter == 1
  and .counters[0].export."export-add" == 5' <<<"$out"
run 0 -C i run-profile Directory Export
says_not 'exported'
run 0 -C i run-profile Directory 'Full Import'
says 'staged     add 5'
run 0 -C i run-profile Directory 'Delta Synchronization'
says 'connector-no-flow 5'
run 0 -C i pending
check 'nothing waits' test "$(awk 'NR > 1 { n += $2 + $3 + $4 + $5 + $6 } END { print n }' <<<"$out")" = 0
run 0 -C i run-profile HR 'Delta Import'
says 'success'

# --- a change goes through ---------------------------------------------------------------------
sed -i 's/title: Engineer/title: Inventor/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import and Delta Synchronization'
says 'staged     no-change 4  update 1'
says 'connector-flow 1'
run 0 -C i run-profile Directory EFIDS
says '1/3 export  success'
says '3/3 apply-rules apply-pending  success'
check 'it is there' grep -q 'title: Inventor' i/madata/Directory/directory.ldif
run 0 -C i run-profile HR 'Full Synchronization'
says 'connector-no-flow 5'
run 0 -C i run-profile HR 'Full Import and Full Synchronization'
says 'staged     no-change 5'
says 'connector-no-flow 5'
run 0 -C i run-profile HR Rejoin
says 'reevaluate-join-flow-all'
run 0 -C i run-profile HR 'Import By Name'
says 'no-change 5'

# --- one step, limits --------------------------------------------------------------------------
run 0 -C i run-profile HR FIFS --step 2
says '2/1 apply-rules'
says_not 'full-import'
run 2 -C i run-profile HR FIFS --step 3
warns 'has 2 steps, no 3'
run 5 -C i run-profile HR 'Two Objects'
says 'stopped-object-limit'
says_not 'apply-rules'
run 5 -C i run-profile HR 'Full Import' --limit-objects 4
says 'stopped-object-limit'
run 0 -C i run-profile HR 'Full Import' --limit-objects 5

# --- what cannot be run is refused by name ---------------------------------------------------------
run 2 -C i run-profile HR 'Ful Import'
warns 'did you mean "Full Import"?'
warns "  mactl -C i run-profile HR 'Full Import'"
run 2 -C i run-profile HR Nightly
warns "there is no run profile 'Nightly'"
warns '  mactl -C i run-profile HR FIFS'
run 2 -C i run-profile HRR 'Full Import'
warns 'did you mean "HR"?'
warns 'next: mactl -C i ma list'

# --- who does not know what there is to run is told ---------------------------------------------
run 2 -C i run-profile HR
warns 'error: mactl run-profile: a run profile is missing'
warns "  mactl -C i run-profile HR 'Full Import'"
warns_not 'Directory'
run 2 -C i run-profile
warns 'run profiles of HR:'
warns '  mactl -C i run-profile Directory EFIDS'
run 2 -C i run-profile Payroll
warns "there is no management agent 'Payroll'"
warns 'next: mactl ma list'
run 6 -C i run-profile HR 'Import Of Nowhere'
says 'missing-partition-for-run-step'
says_not 'apply-rules'
run 6 -C i run-profile HR 'Import Of Archive'
says 'no-start-partition-not-configured'
run 6 -C i run-profile HR Nothing
says 'no-start-no-steps-in-profile'
run 2 -C i run-profile HR 'Full Import' --progress loud
run 2 -C nowhere run-profile HR 'Full Import'
warns 'nowhere'

# --- staging mode ------------------------------------------------------------------------------
sed -i 's/title: Inventor/title: Engineer/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import and Delta Synchronization'
cp i/mactl.xml kept.xml
pair_setting i staging-mode true
run 6 -C i run-profile Directory Export
says 'stopped-export-disabled'
says 'staging mode'
run 0 -C i run-profile Directory 'Export To File'
cp kept.xml i/mactl.xml
check 'nothing was sent' grep -q 'title: Inventor' i/madata/Directory/directory.ldif
run 0 -C i run-profile Directory Export
says 'exported   update 1'

# --- a dry run leaves nothing ------------------------------------------------------------------
sed -i 's/title: Countess/title: Analyst/' i/madata/HR/hr.ldif
"$MACTL" -C i dump >before
run 0 -C i run-profile HR 'Full Import and Delta Synchronization' --dry-run
says 'dry run  HR / Full Import and Delta Synchronization'
says 'update 1'
check 'the store is as before' diff before <("$MACTL" -C i dump)
check 'the copy is gone' test -z "$(find i -maxdepth 1 -name 'dry-run*')"
run 0 -C i run-profile HR 'Full Import and Delta Synchronization'
run 0 -C i run-profile Directory Export --dry-run
says 'exported   update 1'
says 'nothing was sent'
check 'nothing was sent' grep -q 'title: Countess' i/madata/Directory/directory.ldif
run 0 -C i run-profile Directory EFIDS

# --- guards ------------------------------------------------------------------------------------
cp i/madata/HR/hr.ldif hr.kept
awk -v RS= -v ORS='\n\n' '!/employeeID: 100[345]/' hr.kept >i/madata/HR/hr.ldif
run 5 -C i run-profile HR 'Full Import'
says 'stopped-deletion-limit'
cp i/mactl.xml kept.xml
sed -i 's|</mactl>|<guard import-loss-percent="100"/></mactl>|' i/mactl.xml
run 0 -C i run-profile HR 'Full Import'
says 'delete 3'
run 0 -C i run-profile HR 'Delta Synchronization'
run 5 -C i run-profile Directory 'Export One Delete'
says 'stopped-deletion-limit'
sed -i 's|<guard |<guard export-deletes="2" |' i/mactl.xml
run 5 -C i run-profile Directory Export
says 'stopped-deletion-threshold-exceeded'
warns 'next: mactl -C i pending Directory --op delete'
warns_not 'run-profile'
check 'nothing was sent' test "$(grep -c ^dn: i/madata/Directory/directory.ldif)" = 5
sed -i 's|export-deletes="2"|export-deletes="3"|' i/mactl.xml
run 0 -C i run-profile Directory Export
says 'exported   delete 3'
cp kept.xml i/mactl.xml

# --- objects that fail ---------------------------------------------------------------------------
cp hr.kept i/madata/HR/hr.ldif
sed -i 's/title: Prince/title: boom/' i/madata/HR/hr.ldif
run 4 -C i run-profile HR FIFS
says 'completed-sync-errors'
says 'flow-failure 1'
says '--errors'
number=$("$MACTL" -C i runs list -o json | jq '.runs[0].run')
run 0 -C i runs show "$number" --errors
says 'uid=1003'
says 'sync-rule-error-function-triggered'
says 'no such title'
run 0 -C i runs show last --errors -o json
check 'the errors' jq -e '.schema == "mactl/run-errors/1" and (.errors | length == 1)
  and .errors[0].kind == "import-error" and .errors[0].agent == "HR" and .errors[0].step == 2
  and (.errors[0].guid | length == 36) and .errors[0].retry_count == 1' <<<"$out"
printf 'dn: no name at all\nobjectClass: person\nemployeeID: 9\n' >>i/madata/HR/hr.ldif
printf '\ndn: uid=8\nobjectClass: person\n' >>i/madata/HR/hr.ldif
run 4 -C i run-profile HR FIFS
says 'completed-discovery-errors'
says_not 'apply-rules'
run 0 -C i runs show last --errors
says 'discovery-error'

# --- the formats ---------------------------------------------------------------------------------
cp hr.kept i/madata/HR/hr.ldif
run 0 -C i run-profile HR FIFS -o json
check 'the record' jq -e '.schema == "mactl/run/1" and .result == "success" and .agent == "HR" and (.steps | length == 2)
  and .steps[0].type == "full-import" and .steps[0].subtype == "to-cs" and .steps[0].partition == "default"
  and .steps[0].counters[0].agent == "HR" and (.start | endswith("Z")) and .steps_planned == 2' <<<"$out"
run 0 -C i run-profile HR FIFS -o jsonl
check 'one event a line' jq -es 'map(.event) | .[0] == "run_started" and .[-1] == "run_finished"
  and ([.[] | select(. == "step_started")] | length == 2)' <<<"$out"
run 0 -C i run-profile HR FIFS --progress json
check 'events on stderr' jq -es 'map(.event) | index("step_finished") != null' <<<"$(grep '^{' <<<"$err")"
run 0 -C i run-profile HR FIFS --progress plain
warns ' 1/2 full-import'
run 0 -C i run-profile HR FIFS --progress tty
check 'drawn on the terminal' grep -q '1/2 full-import' <<<"$err"
check 'and wiped off' test "$(grep -o $'\033\[1A\033\[2K' <<<"$err" | wc -l)" -ge 3
says_not $'\033'
run 0 -C i run-profile HR FIFS -o name
check 'the number' test "$out" -gt 20
run 0 -C i runs list HR -n 2
check 'two runs' test "$(wc -l <<<"$out")" = 3
run 0 -C i runs list -o csv
says 'RUN,AGENT,PROFILE,RESULT'
run 0 -C i runs show last --step 1
says_not 'apply-rules'
run 0 -C i runs show 3 --objects stage-add -o name
check 'five objects' test "$(wc -l <<<"$out")" = 5
says 'uid=1001,ou=people,dc=hr'
run 2 -C i runs show 999
warns 'there is no run 999'
run 2 -C i runs show seven

# --- old runs are forgotten --------------------------------------------------------------------
cp i/mactl.xml kept.xml
pair_setting i run-history-days 0
run 0 -C i run-profile HR FIFS
run 0 -C i runs show 1
cp kept.xml i/mactl.xml

# --- a changed selection, changed rules ----------------------------------------------------------
run 0 -C i run-profile HR 'Delta Import'
sed -i 's|<attribute>mail</attribute>||' i/config/Connectors/*1}.xml
run 6 -C i run-profile HR 'Delta Import'
says 'no-start-full-import-required'
says 'selected'
run 0 -C i run-profile HR 'Full Import'
run 0 -C i run-profile HR 'Delta Import'
run 0 -C i run-profile HR 'Delta Synchronization'
says 'the rules have changed'
run 0 -C i run-profile HR 'Delta Synchronization'
says_not 'the rules have changed'
echo broken >i/config/GlobalSettings/MV.xml
run 8 -C i run-profile HR 'Full Import'
warns 'GlobalSettings/MV.xml'
finish
