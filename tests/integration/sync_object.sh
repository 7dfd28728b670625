# SPDX-License-Identifier: Apache-2.0
# sync-object: one object from its system to all others; shown first, done with --commit.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
hr=i/madata/HR/hr.ldif directory=i/madata/Directory/directory.ldif
bob=uid=1002,ou=people,dc=hr
is() { check "$1" jq -e "$1" <<<"$out"; }
run 2 -C i sync-object HR "$bob"
run 0 -C i cycle --until-quiet

# --- nothing to do, nobody to do it for
run 0 -C i sync-object HR "$bob"
says 'nothing would change'
run 2 -C i sync-object HR uid=7
warns "'HR' has no object"
run 2 -C i sync-object HRR "$bob"
run 2 -C i sync-object HR uid=7 --commit
warns 'an import brings new ones'
run 2 -C i sync-object HR
run 2 -C i sync-object HR "$bob" -o csv

# --- shown: it is read from its system, and nothing is kept or sent
sed -i 's/^title: Engineer/title: Inventor/; s/^title: Prince/title: King/' "$hr"
"$MACTL" -C i dump >before
run 20 -C i sync-object HR "$bob"
says '+ title                    Inventor'
says 'Directory: CN=Bob Babbage'
says_not 'King'
warns "next: mactl -C i sync-object HR $bob --commit"
"$MACTL" -C i dump >after
check 'nothing is kept' diff before after
check 'nothing is sent' test -z "$(grep Inventor "$directory")"

# --- done: this object, and no other
run 0 -C i sync-object HR "$bob" --commit
says 'HR / one object  success'
says ' 1/3 delta-import to-cs'
says ' 2/3 apply-rules'
says ' 3/3 export'
check 'it is there' grep -q 'title: Inventor' "$directory"
check 'and no other' test -z "$(grep 'title: King' "$directory")"
run 0 -C i runs show last -o json
is '.profile == "one object" and (.steps | length) == 3 and .steps_planned == 3'
run 0 -C i sync-object HR "$bob" --commit -o json
is '.result == "success" and (.steps | length == 2)'

# --- other exports that wait, wait on
run 0 -C i run-profile HR 'Delta Import and Delta Synchronization'
sed -i 's/^title: Inventor/title: Wizard/' "$hr"
run 0 -C i sync-object HR "$bob" --commit
check 'it is there' grep -q 'title: Wizard' "$directory"
check 'and no other' test -z "$(grep 'title: King' "$directory")"
run 0 -C i pending Directory -o name
check 'that one waits' test "$out" = 'CN=Carl Gauss,OU=Staff,DC=corp,DC=example'

# --- an error of the rules is the object's, and nothing is sent
sed -i 's/^title: Wizard/title: boom/' "$hr"
run 4 -C i sync-object HR "$bob"
says 'no such title'
run 4 -C i sync-object HR "$bob" --commit
says_not '3/3'
sed -i 's/^title: boom/title: Wizard/' "$hr"
run 0 -C i sync-object HR "$bob" --commit

# --- what its system does not give any more is not taken for deleted
cp "$hr" hr.kept
sed -i '/^dn: uid=1002/,/^$/d' "$hr"
run 4 -C i sync-object HR "$bob" --commit
says 'completed-discovery-errors'
run 0 -C i runs show last --errors
says 'cd-missing-object'
cp hr.kept "$hr"

# --- staging mode, guards
sed -i 's/^title: Wizard/title: Fellow/' "$hr"
run 0 -C i staging on
run 6 -C i sync-object HR "$bob" --commit
says 'stopped-export-disabled'
run 0 -C i sync-object HR "$bob" --commit --despite-staging
check 'it is there' grep -q 'title: Fellow' "$directory"
run 0 -C i staging off

# --- an agent that cannot be asked: as the last import left it
sed -i 's/^title: Fellow/title: Dean/' "$hr"
sed -i 's/name="HR" plugin="file_ma"/name="HR" plugin="nothing_ma"/' i/mactl.xml
run 0 -C i sync-object HR "$bob"
says 'nothing would change'
run 9 -C i sync-object HR "$bob" --commit
sed -i 's/nothing_ma/list_ma/' i/mactl.xml
run 0 -C i sync-object HR "$bob" --commit
says 'as the last import left it'
finish
