# SPDX-License-Identifier: Apache-2.0
# cs, mv, pending, explain, dump: what is shown of objects, and what is never shown.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
run 2 -C i cs search HR
warns 'nothing was run here yet'
run 0 -C i runs list
warns 'nothing was run here yet'
run 0 -C i run-profile HR FIFS

# --- looking for objects ---------------------------------------------------------------------------
names() { run 0 -C i "$@" -o name; }
names cs search HR
check 'people and the placeholders above them' test "$(wc -l <<<"$out")" = 7
names cs search HR type=person 'title=*'
check 'five' test "$(wc -l <<<"$out")" = 5
names cs search HR 'mail=ADA@corp.example'
check 'by a value, in any case' test "$out" = 'uid=1001,ou=people,dc=hr'
names cs search HR employeeID=1002
check 'by an indexed value' test "$out" = 'uid=1002,ou=people,dc=hr'
names cs search HR 'dn=UID=1003, OU=people,dc=hr'
check 'by a DN in any spelling' test "$out" = 'uid=1003,ou=people,dc=hr'
names cs search HR 'manager=uid=1001*'
check 'by a reference' test "$(wc -l <<<"$out")" = 2
names cs search HR euler
check 'anywhere' test "$out" = 'uid=1004,ou=people,dc=hr'
names cs search HR state=placeholder
check 'by state' test "$(wc -l <<<"$out")" = 2
names cs search Directory pending=export
check 'what waits' test "$(wc -l <<<"$out")" = 5
run 0 -C i cs search HR title=Nobody
warns 'no objects'
run 2 -C i cs search HR =x
run 2 -C i cs search HR titel=x
warns "'HR' has no attribute 'titel'"
names cs search HR type=person -n 2
check 'a page' test "$(wc -l <<<"$out")" = 2
run 0 -C i cs search HR type=person -n 2
warns 'next: cut after 2: the rest is the same with --after='
after=${err##*--after=}
names cs search HR type=person -n 9 --after="$after"
check 'the rest' test "$(wc -l <<<"$out")" = 3
COLUMNS=60 run 0 -C i cs search Directory
check 'no line is wider' test "$(awk '{ if (length > m) m = length } END { print m }' <<<"$out")" -le 70
names mv search person
check 'five people' test "$(wc -l <<<"$out")" = 5
names mv search 'employeeID=1002'
guid=$out
names mv search lovelace
check 'anywhere' test "$(wc -l <<<"$out")" = 1
run 0 -C i mv search person 'title=Eng*' -o json
check 'the document' jq -e '.schema == "mactl/mv/1" and .objects[0].name == "Bob Babbage"
  and .objects[0].attributes.title == ["Engineer"]' <<<"$out"
run 0 -C i cs search HR -o jsonl
check 'one object a line' test "$(jq -s length <<<"$out")" = 7
run 0 -C i cs search HR type=person -o csv
says 'DN,TYPE,STATE'
says '"uid=1001,ou=people,dc=hr",person,connector'

# --- one object ------------------------------------------------------------------------------------
run 0 -C i cs show HR 'uid=1002,ou=people,dc=hr'
says 'connector (projection, In from HR - Person)'
says 'person "Bob Babbage"'
says 'manager                      uid=1001,ou=people,dc=hr'
bob='CN=Bob Babbage,OU=Staff,DC=corp,DC=example'
run 0 -C i cs show Directory "$bob"
says 'pending export (add)'
says '~ title                        Engineer'
run 0 -C i cs show Directory "$bob" -o json
check 'the document' jq -e '.schema == "mactl/cs-object/1" and .layers.synchronized == null
  and .layers.unapplied_export.operation == "add" and .metaverse.name == "Bob Babbage"' <<<"$out"
run 2 -C i cs show Directory 'CN=Nobody'
warns 'mactl cs search'
run 2 -C i cs show Directory 'bob babbage'
warns "did you mean \"$bob\"?"
run 2 -C i cs show Directory 'CN=Bob Babbage,OU=Leavers,DC=corp,DC=example'
warns "did you mean \"$bob\"?"
run 2 -C i explain HR 'Bob Babbage' title
warns 'did you mean "uid=1002,ou=people,dc=hr"?'
run 2 -C i cs show HR ou=nothing
warns_not 'did you mean'
run 2 -C i mv show babbage
warns "did you mean $guid (Bob Babbage)?"
run 2 -C i mv show 'No Such Person'
warns_not 'did you mean'
run 2 -C i cs show Nowhere 'CN=Nobody'
run 0 -C i mv show "$guid"
says 'title                        Engineer'
says '<- HR, In from HR - Person, run 1'
run 0 -C i mv show "$guid" -o json
check 'the document' jq -e '.schema == "mactl/mv-object/1" and .attributes.title.lineage[0].agent == "HR"
  and (.connectors | length == 2)' <<<"$out"
run 2 -C i mv show nobody

# --- what waits --------------------------------------------------------------------------------------
run 0 -C i pending -o json
check 'numbers' jq -e '.schema == "mactl/pending/1" and .agents[1].agent == "Directory" and .agents[1].exports == 5' <<<"$out"
run 0 -C i pending Directory
says 'add'
run 0 -C i pending Directory --op delete
warns 'nothing is pending'
run 0 -C i pending Directory --changes
says '~ title                        Engineer'
run 2 -C i pending Directory --import --export

# --- where a value comes from ---------------------------------------------------------------------------
run 0 -C i explain Directory "$bob" title
says 'title = "Engineer"   pending export, not sent yet'
says 'Out to Directory - User'
says 'In from HR - Person'
run 0 -C i explain mv "$guid" telephoneNumber
says 'telephoneNumber = (no value)'
says 'not imported yet'
run 0 -C i explain Directory "$bob" title -o json
check 'the chain' jq -e '.schema == "mactl/explain/1" and (.chain | length == 2) and .chain[0].candidates[0].won
  and .chain[1].candidates[0].rule == "In from HR - Person"
  and (.chain[1].candidates[0].place | test("SynchronizationRule_.*:[0-9]+:"))' <<<"$out"
run 2 -C i explain Directory "$bob" noSuchAttribute

# --- an exported value that comes back as another one -----------------------------------------------------
run 0 -C i run-profile Directory Export
sed -i 's/title: Engineer/title: engineer (ret.)/' i/madata/Directory/directory.ldif
run 3 -C i run-profile Directory 'Full Import'
says 'completed-warnings'
run 0 -C i runs show last --errors
says 'exported-change-not-reimported'
says 'not reimported  title ["Engineer"]'
says 'read instead    title ["engineer (ret.)"]'
run 0 -C i runs show last --errors -o json
check 'lost and seen' jq -e '.errors[0].lost.attributes[0].name == "title"
  and .errors[0].seen.attributes.title == ["engineer (ret.)"]' <<<"$out"

# --- what is never shown -----------------------------------------------------------------------------------
pair_begin j
run 0 -C j run-profile HR FIFS
for words in 'cs search Directory unicodePwd=Secret.123' 'cs search Directory Secret.123' 'pending Directory --changes' \
  'pending Directory -o json' 'dump' 'run-profile Directory Export -o json -v -v' 'runs show last -o json'; do
  # shellcheck disable=SC2086
  run 0 -C j $words
  says_not 'Secret.123'
  warns_not 'Secret.123'
done
run 0 -C j cs show Directory "$bob" -o json
says_not 'Secret.123'
run 0 -C j explain Directory "$bob" unicodePwd
says_not 'Secret.123'
run 0 -C j explain Directory "$bob" unicodePwd -o json
says_not 'Secret.123'

# --- a dump is the same whenever the state is -----------------------------------------------------------------
pair_begin k
run 0 -C k run-profile HR 'Full Import'
run 0 -C k run-profile HR 'Full Synchronization'
run 0 -C k run-profile Directory Export
run 0 -C k run-profile Directory 'Full Import'
run 0 -C j run-profile Directory 'Full Import'
"$MACTL" -C j dump >j.dump
"$MACTL" -C k dump >k.dump
check 'the same state' diff j.dump k.dump
check 'not empty' test "$(grep -c '^dn ' j.dump)" -ge 12
run 0 -C k run-profile Directory 'Delta Synchronization'
check 'another state' test -n "$(diff <("$MACTL" -C k dump) j.dump)"
check 'its halves' diff <("$MACTL" -C k dump cs; "$MACTL" -C k dump mv) <("$MACTL" -C k dump)
check 'no GUIDs, no times' test -z "$(grep -E '[0-9a-f]{8}-[0-9a-f]{4}-|20[0-9]{2}-[0-9]{2}' j.dump)"
run 2 -C k dump everything

# --- filters that mean nothing are refused, with what would -------------------------------------------------
run 2 -C i pending Directory --op delet
warns 'did you mean "delete"?'
run 2 -C i pending --op nonsense
warns 'there are: add, update, rename'
run 2 -C i runs list NOMA
warns "there is no management agent 'NOMA'"
run 2 -C i pending NOMA
warns "there is no management agent 'NOMA'; there are: "
warns '"Directory"'
run 2 -C i runs show last -o csv
warns 'a run comes as text, wide, json, jsonl or xml'
run 2 -C i mv show "$guid" -o name
warns 'an object comes as text, wide, json or jsonl'
for words in 'ma list' 'ma show HR' 'config report' 'db stats' 'plugin list' 'staging status'; do
  # shellcheck disable=SC2086
  run 2 -C i $words -o csv
  warns ": -o csv: it comes as text, wide, json"
done
run 2 -C i cs show HR ''
warns 'error: mactl cs show: an argument is empty'
run 2 -C i runs list ''
run 2 config report ''
run 2 -C '' status
warns 'error: mactl status: an argument is empty: -C'
MACTL_HOME='' run 2 status
warns 'the current folder is no instance'
run 2 -C i runs list HT
warns 'did you mean "HR"?'
run 2 -C i runs show last --objects stage-ad
warns 'did you mean "stage-add"?'
run 2 -C i runs show last --step 9
warns 'steps, no 9'
run 2 -C i cs show HR 'uid=1001,ou=people,dc=hr' --hologram pending-exports
warns 'did you mean "pending-export"?'
for words in 'runs list' 'pending' 'errors list' 'cs search HR' 'mv search'; do
  # shellcheck disable=SC2086
  run 2 -C i $words -n -3
  warns 'a number above 0'
  # shellcheck disable=SC2086
  run 2 -C i $words -n 0
done
run 2 -C i cs search HR --after=-1

# --- a group of commands alone, and no command ----------------------------------------------------------------
run 2 config
warns 'mactl config import'
warns 'mactl config diff'
warns_not 'mactl ma list'
run 2 -C i ma
warns 'mactl ma show'
run 2 -C i ma delete HR
warns "there is no command 'ma delete'"
warns 'mactl ma show'
run 2 -C i
warns 'usage: mactl'
run 0 --help
says 'config import'
run 0 -C i --help

# --- the objects that wait, of all agents, with names -----------------------------------------------------------
pair_begin n
run 0 -C n run-profile HR FIFS
run 0 -C n pending --export
says 'Bob Babbage'
says 'Directory'
run 0 -C n pending --op add --csv
says 'OPERATION,DN,NAME,TYPE,ATTRIBUTES,ERROR,REFUSED,AGENT'
check 'five' test "$(wc -l <<<"$out")" = 6
run 0 -C n pending Directory -o json
check 'names beside DNs' jq -e '.objects[1].name == "Bob Babbage" and .objects[1].agent == "Directory"' <<<"$out"

# --- an object whole, in each layer ------------------------------------------------------------------------------
run 0 -C n run-profile Directory Export
run 0 -C n run-profile Directory 'Full Import'
run 0 -C n run-profile Directory 'Delta Synchronization'
sed -i 's/^title: Engineer/title: Inventor/' n/madata/HR/hr.ldif
run 0 -C n run-profile HR 'Delta Import and Delta Synchronization'
run 0 -C n cs show Directory "$bob" --hologram all -o json
check 'each is the one below with its change' jq -e '.holograms.synchronized.attributes.title == ["Engineer"]
  and .holograms.escrowed_export.attributes.title == ["Engineer"] and .holograms.unapplied_export.attributes.title == ["Inventor"]
  and .holograms.unapplied_export.attributes.mail == ["bob@corp.example"]' <<<"$out"
run 0 -C n cs show Directory "$bob" --hologram pending-export
says 'title                        Inventor'
says_not 'Engineer'
run 0 -C n cs show HR 'uid=1002,ou=people,dc=hr' --hologram synchronized
says 'title                        Inventor'

# --- the lineage of every value ------------------------------------------------------------------------------------
run 0 -C n mv search employeeID=1002 -o name
guid=$out
run 0 -C n mv show "$guid" --lineage
says 'In from HR - Person'
check 'title, its value, agent, rule, precedence and run' grep -Eq '^title +Inventor +HR +In from HR - Person +100 +[0-9]+$' <<<"$out"
run 0 -C n mv show "$guid" --lineage -o csv
run 0 -C n mv show "$guid" --lineage -o json
check 'the document' jq -e '.schema == "mactl/lineage/1" and (.values[] | select(.attribute == "title")
  | .value == "Inventor" and .precedence == 100 and .dn == "uid=1002,ou=people,dc=hr" and .run == 5)' <<<"$out"

# --- an agent that was taken out of the configuration: its objects and values stay, and go on when it is back ------
"$MACTL" -C n dump mv >before
hr=$(grep -l '<name>HR</name>' n/config/Connectors/*)
mv "$hr" kept.xml
run 0 -C n mv show "$guid"
says 'an agent that is gone: uid=1002,ou=people,dc=hr (projection)'
says '<- an agent that is gone'
run 0 -C n mv search employeeID=1002
says 'an agent that is gone, Directory'
run 0 -C n run-profile Directory 'Full Synchronization'
mv kept.xml "$hr"
check 'nothing was let go' diff before <("$MACTL" -C n dump mv)
run 0 -C n run-profile HR 'Full Import and Full Synchronization'
check 'and it goes on' diff before <("$MACTL" -C n dump mv)
finish
