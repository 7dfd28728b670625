# SPDX-License-Identifier: Apache-2.0
# A change of Graph that is executed while its answer is lost: what is sent again is refused as done already, and that
# counts as done; nothing is there twice.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/graph.sh"
graph_instance batch 1 call-timeout 300 attempts 3
sed -i 's/"unique": \["userPrincipalName"\],/&\n      "restore-by": ["employeeId"],/' sync/madata/Service/graph.json
lose() { # METHOD PATH [TIMES]
  graph_forget
  graph_settings "{\"faults\":[{\"method\":\"$1\",\"path\":\"$2\",\"fault\":\"reset\",\"done\":true,\"times\":${3:-1}}]}"
}
step 0 Service 'Full Import'

# --- members: the chunk is refused because they are there, and so is each of them
hr_people 2001 2005
hr_group Many 2001 2005
lose PATCH /groups/ 2
there
back 'Full Import'
is 'all are members' "$(members Many)" 5
is 'each once' "$(group Many '."$members" | length - (unique | length)')" 0

# --- a member that goes, a manager, a property, a delete
lose DELETE /members/
sed -i '/^dn: cn=Many,/,/^$/{/uid=2005,/d}' "$hr"
there
back 'Delta Import'
is 'one has gone' "$(members Many)" 4
check 'who was removed is there' test -n "$(user p2005@corp.example .id)"
lose PUT '/manager/$ref'
sed -i '/^dn: uid=2001,/,/^$/s/^mail:.*/&\nmanager: uid=2002,ou=people,dc=hr/' "$hr"
there
back 'Delta Import'
is 'a manager' "$(user p2001@corp.example '."$manager"')" "$(user p2002@corp.example .id)"
lose PATCH /users/
sed -i 's/^displayName: P 2003/displayName: Q 2003/' "$hr"
there
back 'Delta Import'
is 'a changed name' "$(user p2003@corp.example .displayName)" 'Q 2003'
cp "$hr" whole.ldif
lose DELETE /users/
sed -i '/^dn: uid=2004,/,/^$/d' "$hr"
there
back 'Delta Import'
is 'one is deleted' "$(user p2004@corp.example .id)" ''

# --- one that was deleted comes back, and only the answer does not
lose POST /restore
cp whole.ldif "$hr"
there
back 'Delta Import'
is 'who came back is there once' "$(graph_objects users | jq '[.[] | select(.userPrincipalName == "p2004@corp.example")] | length')" 1
check 'nobody was made' graph_sees 'map(select(.method == "POST" and (.url | endswith("/users")))) == []'
finish
