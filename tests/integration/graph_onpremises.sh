# SPDX-License-Identifier: Apache-2.0
# What Graph refuses to write is known before it is asked: properties that nobody may set, and those that an
# object has from a directory of its own.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/graph.sh"
graph_instance
step 0 Service 'Full Import'
there
back 'Full Import'
lab() { curl -sS -f -X PATCH -H 'Content-Type: application/json' "$(graph_root)/lab/$1" -d "$2"; }

# --- an object that comes from a directory: its title is changed there, its department too
check 'bob is synchronised now' lab "users/$(user bob@corp.example .id)" '{"onPremisesSyncEnabled":true}'
step 0 Service 'Delta Import'
run 3 -C sync ma test Service
says '1 object comes from a directory on-premises (bob@corp.example), which alone changes there: '
check 'and what that is' grep -Eq 'changes there: .*\btitle\b' <<<"${out//$'\n'/ }"
says_not 'which alone changes there: .*usageLocation'
sed -i -e '/^dn: uid=1002/,/^$/s/^title: .*/title: Inventor/' -e '/^dn: uid=1003/,/^$/s/^title: .*/title: Duke/' "$hr"
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
graph_forget

# --- it is told where the export is looked at, and nobody asks the service for it
run 0 -C sync pending Service
says '! Service: title, 1 object (bob@corp.example): the object is synchronised from an on-premises directory'
says 'remedy: change it in that directory'
says_not '2 objects ('
run 0 -C sync pending Service --changes
says '  ! title: the object is synchronised'
run 0 -C sync pending Service -o json
check 'which of the two, and of which attribute' jq -e '[.objects[] | select(.refused) | .name, .refused[].attribute, .refused[].type]
  == ["Bob Babbage", "title", "readonly-attribute"]' <<<"$out"
run 0 -C sync cs show Service bob@corp.example
says 'the export will refuse'
says '  ! title: the object is synchronised'
run 0 -C sync cs show Service carl@corp.example
says_not 'refuse'
run 0 -C sync run-profile Service Export --dry-run
says 'the agent will refuse 1 of them'
sed -i 's/^title: Inventor/title: Smith/' "$hr"
step 0 HR 'Full Import'
run 20 -C sync preview HR uid=1002,ou=people,dc=hr
says '! Service: title, 1 object (bob@corp.example): the object is synchronised'
run 20 -C sync preview --all -o json
check 'in numbers and object by object' jq -e '[.refused[] | .agent, .attribute, .objects] == ["Service", "title", 1]
  and ([.changes[] | select(.refused) | .dn] == ["bob@corp.example"])' <<<"$out"
sed -i 's/^title: Smith/title: Inventor/' "$hr"
step 0 HR 'Full Import'
check 'the service was not asked' graph_sees 'length == 0'
mkdir aside
mv sync/madata/Service/cloud-ids.* aside/
run 0 -C sync pending Service
says '? Service: title, 2 objects (bob@corp.example, ...): it is not known'
says 'remedy: a full import of this agent notes it'
mv aside/* sync/madata/Service/

step 4 Service Export
run 0 -C sync runs show last --errors
says 'readonly-attribute'
says 'title: the object is synchronised from an on-premises directory'
check 'it was not even asked' graph_sees 'map(select(.method == "PATCH") | .url) | length == 1'
check 'and is when it is not any more' lab "users/$(user bob@corp.example .id)" '{"onPremisesSyncEnabled":null}'
step 0 Service 'Delta Import'
step 0 Service Export
is 'now it is' "$(user bob@corp.example .jobTitle)" Inventor
back 'Delta Import'
check 'it is remembered over a full import' lab "users/$(user bob@corp.example .id)" '{"onPremisesSyncEnabled":true}'
step 0 Service 'Full Import'
sed -i -e '/^dn: uid=1002/,/^$/s/^title: .*/title: Engineer/' "$hr"
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
step 4 Service Export

graph_token
check 'bob is given to the cloud' cloud "/users/$(user bob@corp.example .id)/onPremisesSyncBehavior" -X PATCH -d '{"isCloudManaged":true}'
step 0 Service 'Delta Import'
step 0 Service Export
is 'which then rules him' "$(user bob@corp.example .jobTitle)" Engineer

# --- a tenant that is synchronised says so
graph_settings '{"synced":true}'
run 3 -C sync ma test Service
says 'it is synchronised from a directory'
graph_settings '{"synced":null}'

# --- what nobody may set is told before an export
sed -i 's/"mail": "mail",/"mail": "proxyAddresses",/' sync/madata/Service/graph.json
run 3 -C sync ma test Service
says 'its objects are its own'
says 'user/mail: Graph makes it of '
says 'user: /users'
says 'by rounds of Graph'
sed -i 's/"department": "department",/"department": "noSuchProperty",/' sync/madata/Service/graph.json
run 8 -C sync ma test Service
says "Could not find a property named 'noSuchProperty'"
finish
