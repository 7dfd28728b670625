# SPDX-License-Identifier: Apache-2.0
# cycle: all imports, all synchronisations, all exports, confirming imports; where it stops, and what
# it takes for what.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
hr=i/madata/HR/hr.ldif directory=i/madata/Directory/directory.ldif
is() { check "$1" jq -e "$1" <<<"$out"; }
phases() { jq -r '.runs[] | "\(.round) \(.phase) \(.agent)"' <<<"$out" | tr '\n' ';'; }
went() { check "it goes: $1" test "$(phases)" = "$1"; }

run 2 -C nowhere cycle

# --- the first: everything is new
run 0 -C i cycle -o json
is '.schema == "mactl/cycle/1" and .rounds == 1 and .quiet and .stopped_by == null'
went '1 full import HR;1 full import Directory;1 delta synchronisation HR;1 delta synchronisation Directory;1 export Directory;1 delta import Directory;1 delta synchronisation Directory;'
is '[.runs[] | .result == "success" or .result == "completed-no-objects"] | all'
check 'all of them are there' test "$(grep -c '^dn: CN=' "$directory")" = 5
run 0 -C i status -o json
is '[.agents[] | .imports == 0 and .exports == 0 and .unconfirmed == 0 and .full_import_needed == []] | all'

# --- the next: nothing to do but to look
run 0 -C i cycle
says 'run 8  HR / Delta Import  success'
says 'quiet after 1 round, 4 runs'
sed -i 's/^title: Engineer/title: Inventor/' "$hr"
run 0 -C i cycle --until-quiet -o json
is '.rounds == 1 and .quiet'
check 'it is in the directory' grep -q 'title: Inventor' "$directory"
run 0 -C i cycle --full -o json
went '1 full import HR;1 full import Directory;1 full synchronisation HR;1 full synchronisation Directory;'

# --- what the system does not keep: rounds end where they change nothing
sed -i 's/^title: Inventor/title: Chief/' "$hr"
run 0 -C i run-profile HR 'Delta Import and Delta Synchronization'
run 0 -C i run-profile Directory Export
sed -i 's/^title: Chief/title: CHIEF/' "$directory"
run 3 -C i cycle --until-quiet -o json
is '.quiet'

# --- objects that fail are told, and end nothing
sed -i 's/^title: Director/title: boom/' "$hr"
run 4 -C i cycle
says 'left       HR: 1 with errors'
warns 'next: mactl -C i errors list'
run 4 -C i cycle --until-quiet -o json
is '.rounds == 1 and .quiet and .left[0].errors == 1'
sed -i 's/^title: boom/title: Director/' "$hr"
run 0 -C i cycle

# --- a guard ends it before anything is sent
cp i/mactl.xml kept.xml
sed -i 's|</mactl>|<guard agent="Directory" export-deletes="1"/></mactl>|; s|</mactl>|<guard agent="HR" import-loss-percent="100"/></mactl>|' i/mactl.xml
cp "$hr" hr.kept
sed -i '/^dn: uid=1002/,/^$/d; /^dn: uid=1003/,/^$/d' "$hr"
run 5 -C i cycle --full
says 'stopped after 1 round, 5 runs'
says 'stopped-deletion-threshold-exceeded'
says 'because    2 deletes are pending'
warns 'next: mactl -C i pending Directory --op delete'
check 'nothing was sent' test "$(grep -c '^dn: CN=' "$directory")" = 5
cp hr.kept "$hr"
cp kept.xml i/mactl.xml
run 0 -C i cycle --full --until-quiet

# --- a plugin that is away, a lock that is held
sed -i 's/name="HR" plugin="file_ma"/name="HR" plugin="nothing_ma"/' i/mactl.xml
run 9 -C i cycle -o json
is '(.runs | length == 1) and .stopped_by == .runs[0].run'

# --- ... unless mactl.xml leaves the agent out, or names other profiles
sed -i 's|</mactl>|<cycle agent="HR" skip="true"/></mactl>|' i/mactl.xml
run 0 -C i cycle -o json
is '[.runs[].agent == "Directory"] | all'
cp kept.xml i/mactl.xml
sed -i 's|</mactl>|<cycle agent="HR" delta-import="Import By Name" delta-synchronization="Full Synchronization"/></mactl>|' i/mactl.xml
run 0 -C i cycle -o json
is '[.runs[] | select(.agent == "HR") | .profile] == ["Import By Name", "Full Synchronization"]'
sed -i 's/Import By Name/Import By Nam/' i/mactl.xml
run 8 -C i cycle
warns 'mactl.xml:'
warns 'did you mean "Import By Name"?'
cp kept.xml i/mactl.xml

# --- staging mode: everything but the exports, and that is no failure
sed -i 's/^title: Chief/title: Retired/' "$hr"
run 0 -C i staging on
run 0 -C i cycle --until-quiet
says 'staging    nothing was exported'
says 'left       Directory: 1 to export'
check 'nothing was sent' test -z "$(grep 'title: Retired' "$directory")"
run 0 -C i staging off

# --- usage
run 2 -C i cycle --rounds -1
run 2 -C i cycle --rounds 0
run 2 -C i cycle -o csv
run 2 -C i cycle --progress loud
run 0 -C i cycle -o jsonl
check 'each run, and the end' test "$(jq -r 'keys[0]' <<<"$out" | sort | uniq -c | wc -l)" -ge 2

# --- Ctrl-C: the run ends cleanly, and so does the cycle
pair_begin g
pair_behave g gate
mkfifo g/madata/HR/ready g/madata/HR/gate
"$MACTL" -C g cycle >"$TMPDIR/cycle.out" 2>&1 </dev/null &
cycle=$!
read -r _ <g/madata/HR/ready
kill -INT "$cycle"
: >g/madata/HR/gate
got=0
wait "$cycle" || got=$?
out=$(cat "$TMPDIR/cycle.out")
check 'it says so' test "$got" = 130
says 'stopped after 1 round, 1 run'
finish
