# SPDX-License-Identifier: Apache-2.0
# status: what runs, what waits, what needs more than a delta and why; --watch; and staging mode.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
status() { run 0 -C i status -o json; }
is() { check "$1" jq -e "$1" <<<"$out"; }

run 2 -C nowhere status
warns 'nowhere is no instance: there is no mactl.xml (-C DIR or $MACTL_HOME names one)'
run 0 init empty
for words in status cycle 'run-profile HR FIFS' 'ma list' pending; do
  # shellcheck disable=SC2086
  run 8 -C empty $words
  warns 'error: empty holds no configuration yet: mactl config import PATH brings one in'
  warns_not 'validate'
done
rmdir empty/config
run 8 -C empty ma list
warns 'holds no configuration yet'
run 8 -C empty status
warns 'holds no configuration yet'
run 2 -C i status
warns 'nothing was run here yet: begin with a full import of an agent'
run 2 -C i runs show last
warns 'nothing was run here yet: begin with a full import of an agent'

# --- what waits and what is needed
run 0 -C i run-profile HR FIFS
status
is '.schema == "mactl/status/1" and .running == [] and .notes == [] and (.staging.on | not)'
is '.agents[0] | .agent == "HR" and .last_success.run == 1 and .last_success.profile == "FIFS" and .full_import_needed == []'
is '.agents[1] | .last_success == null and .exports == 5
  and (.full_import_needed[0] | .partition == "DC=corp,DC=example" and .because == "no full import of it was complete yet")'
run 0 -C i status
says 'nothing runs'
says 'Directory needs a full import: no full import of it was complete yet (partition DC=corp,DC=example)'
warns 'next: mactl -C i pending'
run 0 -C i run-profile Directory Export
status
is '.agents[1] | .exports == 0 and .unconfirmed == 5'
run 0 -C i run-profile Directory EFIDS
status
is '.agents[1] | .unconfirmed == 0 and .full_import_needed == [] and .full_synchronisation_needed == null'

# --- a selection and a rule that change
cp -r i/config kept
sed -i 's|<attribute>mail</attribute>||' i/config/Connectors/*1}.xml
status
is '.agents[0].full_import_needed[0].because == "the selected attributes have changed" and .agents[1].full_import_needed == []'
is '.agents[0].full_synchronisation_needed == "the rules have changed"'
run 6 -C i run-profile HR 'Delta Import'
says 'the selected attributes have changed'
rm -r i/config && mv kept i/config
status
is '[.agents[] | .full_import_needed == [] and .full_synchronisation_needed == null] | all'
is '.agents[0].last_run.result == "no-start-full-import-required" and .agents[0].last_success.profile == "FIFS"'

# --- errors, secrets
sed -i 's/^title: Engineer/title: boom/' i/madata/HR/hr.ldif
run 4 -C i run-profile HR 'Delta Import and Delta Synchronization'
status
is '.agents[0].errors == {"imports": 0, "synchronisations": 1, "exports": 0}'
run 0 -C i status
warns 'next: mactl -C i errors list'
sed -i 's|<agent name="HR" plugin="file_ma">|&<secret name="password" file="secrets/hr"/>|' i/mactl.xml
run 0 -C i status
says 'note: nothing seals the secrets: 1 of them lies in files'
status
is '.notes | length == 1'
run 2 -C i status -o csv
run 0 -C i status -o jsonl
check 'one line' test "$(wc -l <<<"$out")" = 1

# --- staging mode: by mactl.xml, and by the imported configuration
cp i/mactl.xml before.xml
run 0 -C i staging status
says 'staging mode is off'
run 0 -C i staging on
says 'staging mode is on: written to mactl.xml'
check 'nothing else of the file is changed' test "$(diff before.xml i/mactl.xml | grep -c '^[<>]')" = 1
run 0 -C i staging on
says 'mactl.xml said so already'
run 0 -C i status
says 'staging mode is on, nothing is exported: mactl.xml says so'
sed -i 's/^title: boom/title: Chief/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Delta Import and Delta Synchronization'
run 6 -C i run-profile Directory Export
says 'stopped-export-disabled'
says 'staging mode: nothing is exported (mactl.xml says so). mactl staging off ends it'
check 'nothing was sent' test -z "$(grep 'title: Chief' i/madata/Directory/directory.ldif)"
status
is '.agents[1].exports == 1'
run 0 -C i run-profile Directory Export --despite-staging
says 'exported   update 1'
says 'note       exported in staging mode, as asked for'
run 0 -C i staging off
run 0 -C i staging status -o name
check 'off' test "$out" = off
run 0 -C i run-profile Directory Export
cp before.xml i/mactl.xml
sed -i '/StagingMode/s/False/True/' i/config/GlobalSettings/MV.xml
run 0 -C i staging status
says 'staging mode is on: the imported server was in staging mode, and mactl.xml says nothing'
run 6 -C i run-profile Directory Export
run 0 -C i staging off
run 0 -C i run-profile Directory Export
echo '<mactl version="2"/>' >i/mactl.xml
run 8 -C i staging on
check 'a file that is wrong is left alone' test "$(cat i/mactl.xml)" = '<mactl version="2"/>'

# --- what runs: the agent waits at a gate
pair_begin g
pair_behave g gate
mkfifo g/madata/HR/ready g/madata/HR/gate
"$MACTL" -C g run-profile HR 'Full Import' >"$TMPDIR/run.out" 2>&1 </dev/null &
supervisor=$!
read -r _ <g/madata/HR/ready
run 0 -C g status -o json
is ".running | length == 1 and (.[0] | .run == 1 and .agent == \"HR\" and .profile == \"Full Import\" and .step == 1
  and .steps == 1 and .type == \"full-import\" and .process == $supervisor)"
run 0 -C g status
says 'run 1  HR / Full Import  since'
says ' 1/1 full-import'

# --- watched while it ends: one line whenever it changes, and Ctrl-C is no failure
mkfifo lines
"$MACTL" -C g status --watch -o jsonl >lines 2>"$TMPDIR/watch.err" </dev/null &
watcher=$!
exec 7<lines
read -r line <&7
out=$line
is '.running | length == 1'
: >g/madata/HR/gate
while read -r line <&7; do
  [ "$(jq '.running | length' <<<"$line")" = 1 ] || break
done
out=$line
is '.running == [] and .agents[0].last_success.run == 1'
wait "$supervisor"
kill -INT "$watcher"
got=0
wait "$watcher" || got=$?
check 'Ctrl-C ends it well' test "$got" = 0
exec 7<&-
check 'nothing is left of the run' test ! -e g/running

# --- a supervisor that was killed leaves a file that says nothing
"$MACTL" -C g run-profile HR 'Full Import' >"$TMPDIR/run.out" 2>&1 </dev/null &
supervisor=$!
read -r _ <g/madata/HR/ready
kill -9 "$supervisor"
wait "$supervisor" 2>/dev/null
check 'its file is there' test -e "g/running/$supervisor"
run 0 -C g status -o json
is '.running == []'
: >g/madata/HR/gate
finish
