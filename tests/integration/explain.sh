# SPDX-License-Identifier: Apache-2.0
# explain: the chain of a value; what an expression read, and its parts; of a rule that did not apply
# the first condition that failed; and no secret in any of it.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
scope='<synchronizationCriteria><conditions><scope><csAttribute>mail</csAttribute><csOperator>ENDSWITH</csOperator><csValue>@corp.example</csValue></scope><scope><csAttribute>telephoneNumber</csAttribute><csOperator>STARTSWITH</csOperator><csValue>+1</csValue></scope></conditions></synchronizationCriteria>'
sed -i "s|<synchronizationCriteria/>|$scope|" i/config/SynchronizationRules/*3}.xml
sed -i 's|<synchronizationCriteria/>|<synchronizationCriteria><conditions><scope><csAttribute>mail</csAttribute><csOperator>ISNOTNULL</csOperator><csValue/></scope></conditions></synchronizationCriteria>|' i/config/SynchronizationRules/*2}.xml
sed -i 's|<mapping><dest>title</dest><src><attr>title</attr></src>|<mapping><dest>title</dest><expression>Trim([title]) \&amp; " of " \&amp; [employeeID]</expression>|' i/config/SynchronizationRules/*1}.xml
run 0 -C i run-profile HR FIFS
run 0 -C i run-profile Directory EFIDS
sed -i 's/^mail: bob@corp.example/&\ntelephoneNumber: +49 30 1/' i/madata/Directory/directory.ldif
run 0 -C i run-profile Directory 'Full Import'
run 0 -C i run-profile Directory 'Delta Synchronization'
run 0 -C i mv search employeeID=1002 -o name
guid=$out
bob='CN=Bob Babbage,OU=Staff,DC=corp,DC=example'
is() { check "$1" jq -e "$1" <<<"$out"; }

# --- an expression: what it read, and what its parts gave
run 0 -C i explain mv "$guid" title
says '  title = "Engineer of 1002"'
says '  won    100  In from HR - Person'
says '              [title] = "Engineer"'
says '              [employeeID] = "1002"'
says '              Trim([title]) = "Engineer"'
run 0 -C i explain mv "$guid" title -o json
is '.chain[0].candidates[0] | .won and .inputs == [{"attribute": "employeeID", "value": "\"1002\""}, {"attribute": "title", "value": "\"Engineer\""}]
  and .parts[0] == {"text": "Trim([title])", "value": "\"Engineer\""}'

# --- a rule that did not apply: the first condition that failed, and what it found
run 0 -C i explain mv "$guid" telephoneNumber
says '  telephoneNumber = (no value)'
says '  out    120  In from Directory - User'
says '              scope: telephoneNumber STARTSWITH +1, but it is "+49 30 1"'
says_not '@corp.example, but'
run 0 -C i explain mv "$guid" telephoneNumber -o json
is '.chain[0].candidates[0] | (.won | not) and .verdict == "out of scope" and .failed.attribute == "telephoneNumber"
  and .failed.condition == "telephoneNumber STARTSWITH +1"'
sed -i 's/^telephoneNumber: .*/telephoneNumber: +1 5/' i/madata/Directory/directory.ldif
run 0 -C i run-profile Directory 'Full Import'
run 0 -C i run-profile Directory 'Delta Synchronization'
run 0 -C i explain mv "$guid" telephoneNumber
says '  telephoneNumber = "+1 5"'
says '              scope: mail ENDSWITH @corp.example and telephoneNumber STARTSWITH +1'

# --- a rule that applied: the conditions that hold
run 0 -C i explain Directory "$bob" title
says '  won    110  Out to Directory - User'
says '              scope: mail ISNOTNULL'

# --- a secret is not what an input or a part may show
run 0 -C i explain Directory "$bob" unicodePwd -o json
says_not 'Secret.123'
sed -i 's|"Secret.123"|"x" \&amp; "Secret.123"|' i/config/SynchronizationRules/*2}.xml
run 0 -C i explain Directory "$bob" unicodePwd
says_not 'Secret.123'
run 0 -C i explain Directory "$bob" unicodePwd -o json
says_not 'Secret'

# --- the DN is explained like an attribute
run 0 -C i explain Directory "$bob" dn
says "  dn = \"$bob\""
says '  won    110  Out to Directory - User'
says '"CN=" & [displayName] & ",OU=Staff,DC=corp,DC=example" = "CN=Bob'
run 0 -C i explain HR uid=1002,ou=people,dc=hr dn
says "  no rule flows here: it is the system's own value"

# --- what was imported, and is not in the explanation yet
sed -i 's/^title: Engineer/title: boom/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Delta Import'
guid=$("$MACTL" -C i mv search employeeID=1002 -o name)
run 0 -C i explain mv "$guid" title
says '              its import waits for synchronisation'
run 0 -C i explain HR uid=1002,ou=people,dc=hr title
says '  its import waits for synchronisation'
run 4 -C i run-profile HR 'Delta Synchronization'
run 0 -C i explain mv "$guid" title
says '              its last synchronisation failed: sync-rule-error-function-triggered: no such title'
run 0 -C i explain mv "$guid" title -o json
is '[.chain[0].candidates[] | select(.import // "" | startswith("its last synchronisation failed: "))] | length == 1'
run 2 -C i explain Directory "$bob" titel
warns 'did you mean "title"?'

# --- what is wrong with a file has a path that can be opened
sed -i '2s/</<</' "$(find i/config/Connectors -name '*.xml' | sort | head -n 1)"
run 8 -C i explain Directory "$bob" title
warns 'error: i/config/Connectors/Connector_{aaaaaaaa-0000-4000-8000-000000000001}.xml:2:'
finish
