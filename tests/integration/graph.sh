# SPDX-License-Identifier: Apache-2.0
# People and groups of HR on an emulator of Microsoft Graph: links in twenties, rounds of changes, and
# all that Graph does to a client on a bad day.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/graph.sh"
graph_instance

# --- there and back; a group with more members than a request takes
hr_people 2001 2045
hr_group Many 2001 2045
step 0 Service 'Full Import'
there
back 'Full Import'
is 'a manager' "$(user carl@corp.example '."$manager"')" "$(user dora@corp.example .id)"
is 'members' "$(members Many)" 45
check 'no more than twenty links in a request' graph_sees \
  'map(select(.body."members@odata.bind"?) | .body."members@odata.bind" | length) | (max <= 20 and (map(select(. == 20)) | length) >= 2)'
check 'a new user has a password that nobody knows' graph_sees \
  'map(select(.method == "POST" and .url == "/v1.0/users")) | (length == 50 and all(.body.passwordProfile.password | test("^Aa1![0-9a-f]{32}$")))'

# --- changes; a round says what changed, in slices and twice
graph_settings '{"replay":true}'
graph_forget
sed -i -e '/^dn: uid=1002/,/^$/s/^title: .*/title: Inventor/' -e '/^dn: uid=1003/,/^$/{/^manager/d}' \
  -e '/^dn: cn=Many/,/^$/{/uid=2007,/d;/uid=2008,/d}' "$hr"
there
check 'one changed value is one property' graph_sees \
  'map(select(.method == "PATCH" and .body.jobTitle?) | .body) == [{"jobTitle": "Inventor"}]'
check 'a member goes by its link' graph_sees \
  'map(select(.method == "DELETE" and (.url | test("/members/[0-9a-f-]+/\\$ref$")))) | length == 2'
back 'Delta Import'
is 'a changed title' "$(user bob@corp.example .jobTitle)" Inventor
is 'a manager who is none any more' "$(user carl@corp.example '."$manager"')" ''
is 'two members less' "$(members Many)" 43
check 'no member was deleted instead of a membership' graph_sees 'all(.fatal == null)'

# --- a bad day
bad_day() { # FAULTS: the export of one more change, whatever happens
  title=$((${title:-0} + 1))
  graph_settings "{\"faults\":$1}"
  sed -i -e "/^dn: uid=1002/,/^\$/s/^title: .*/title: T$title/" "$hr"
  there
  back 'Delta Import'
  is "after $1" "$(user bob@corp.example .jobTitle)" "T$title"
}
bad_day '[{"method":"PATCH","status":429,"after":0.1,"times":3}]'
bad_day '[{"method":"PATCH","status":503,"times":1},{"method":"GET","path":"delta","status":502,"type":"text/html","body":"<html>"}]'
bad_day '[{"method":"PATCH","reset":true},{"path":"delta","reset":true}]'
check 'its tokens are revoked' curl -sS -f -X POST "$(graph_root)/lab/revoke"
bad_day '[]'
graph_settings '{"rate":20}'
sed -i -e 's/^displayName: P 20/displayName: Q 20/' "$hr"
there
back 'Delta Import'
graph_settings '{"rate":0}'
is 'a storm of 429 loses nothing' "$(graph_objects users | jq '[.[] | select(.displayName | startswith("Q 20"))] | length')" 45

# a request whose answer is lost is not sent twice: what was made is found
graph_settings '{"faults":[{"method":"POST","path":"/users","reset":true}]}'
cat >>"$hr" <<'LDIF'

dn: uid=1006,ou=people,dc=hr
objectClass: person
employeeID: 1006
displayName: Fay Clerk
mail: fay@corp.example
LDIF
there
back 'Delta Import'
is 'she is there once' "$(graph_objects users | jq '[.[] | select(.userPrincipalName == "fay@corp.example")] | length')" 1

# --- who is deleted there
graph_token
check 'a user is deleted there' cloud "/users/$(user eve@corp.example .id)" -X DELETE
step 0 Service 'Delta Import'
says 'delete 1'
step 0 Service 'Delta Synchronization'
there
back 'Delta Import'
check 'she is there again' test -n "$(user eve@corp.example .id)"

# --- a service that has forgotten: a full import, and nothing is lost
graph_settings '{"clock":864000000}'
run 0 -C sync run-profile Service 'Delta Import'
says 'the service does not remember the last import any more'
says 'all was read instead'
before=$("$MACTL" -C sync dump cs | grep -c '^agent  *Service')
step 0 Service 'Full Import'
step 0 Service 'Delta Synchronization'
step 0 Service Export # no round says that who was deleted left her groups: now it is seen
back 'Delta Import'
is 'her group has her again' "$(members Works)" 2
is 'all are there' "$("$MACTL" -C sync dump cs | grep -c '^agent  *Service')" "$before"
back 'Delta Import'

# --- a page that leads elsewhere is not followed
graph_settings '{"faults":[{"path":"/users?","status":200,"body":"{\"value\":[],\"@odata.nextLink\":\"http://localhost:1/v1.0/users\"}"}]}'
run 1 -C sync run-profile Service 'Full Import'
says 'the next page is on another host'
finish
