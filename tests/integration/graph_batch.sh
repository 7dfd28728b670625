# SPDX-License-Identifier: Apache-2.0
# Requests of Graph travel in twenties: each is answered, refused and sent again by itself. Objects come
# before the links between them; what a replica does not know yet is waited for; what was deleted is restored.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/graph.sh"
graph_instance
step 0 Service 'Full Import'

# --- twenty in one, and of those only the refused again
hr_people 2001 2060
hr_group Many 2001 2060
graph_forget
graph_settings '{"faults":[{"method":"POST","path":"/users","status":429,"after":0.3,"times":5}]}'
there
check 'sixty new people in few requests' graph_sees \
  '(map(select(.requests) | .requests) | (max == 20 and add >= 65)) and (map(select(.method == "POST" and .url == "/v1.0/users" and (.batch | not))) == [])'
check 'only the five that were refused were sent again' graph_sees 'map(select(.method == "POST" and .url == "/v1.0/users")) | length == 65 + 5'
check 'people who wait come first, and each request has an id' graph_sees \
  'map(select((.url | startswith("/v1.0")) and (.batch | not))) | length > 0 and all(.priority == "low" and (.id | length == 36)) and (map(.id) | length == (unique | length))'
check 'each is there once' test "$(graph_objects users | jq '[.[].userPrincipalName] | length == (unique | length) and length == 65')" = true
check 'objects before managers, managers before members' graph_sees '
  (map(.method == "POST" and (.url | test("^/v1.0/(users|groups)$"))) | rindex(true)) as $made |
  (map(.url | endswith("/manager/$ref")) | [index(true), rindex(true)]) as $managers |
  (map(.method == "PATCH" and (.body | objects | has("members@odata.bind"))) | index(true)) as $members |
  $made < $managers[0] and $managers[1] < $members'
back 'Full Import'
is 'all are members' "$(members Many)" 60

# --- one that cannot be done fails alone, with its own words
graph_settings '{"faults":[{"method":"PATCH","path":"/users/","status":403,"code":"Authorization_RequestDenied"}]}'
sed -i -e 's/^displayName: P 20/displayName: Q 20/' "$hr"
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
step 4 Service Export
run 0 -C sync runs show last --errors
says 'permission-issue'
is 'the others were changed' "$(graph_objects users | jq '[.[] | select(.displayName | startswith("Q 20"))] | length')" 59
step 0 Service Export
back 'Delta Import'
is 'and then it was' "$(graph_objects users | jq '[.[] | select(.displayName | startswith("Q 20"))] | length')" 60

# --- the envelope itself: late, lost, or not taken at all
envelope() { # FAULTS LETTER: everybody gets another name, whatever happens
  graph_settings "{\"faults\":$1}"
  sed -i -e "s/^displayName: [A-Z] 20/displayName: $2 20/" "$hr"
  there
  back 'Delta Import'
  is "after $1" "$(graph_objects users | jq "[.[] | select(.displayName | startswith(\"$2 20\"))] | length")" 60
}
envelope '[{"path":"$batch","status":429,"after":0.2,"times":2}]' R
envelope '[{"path":"$batch","status":504},{"path":"$batch","reset":true}]' S
envelope '[{"path":"$batch","fault":"html"},{"path":"$batch","fault":"half-gzip"}]' T
graph_forget
envelope '[{"path":"$batch","status":400,"code":"BadRequest","times":"always"}]' U
check 'what is not taken together is sent one by one' graph_sees 'map(select(.method == "PATCH" and (.batch | not))) | length == 60'
graph_settings '{"faults":[]}'
check 'its tokens are revoked' curl -sS -f -X POST "$(graph_root)/lab/revoke"
envelope '[]' V

# --- a new object whose answer is lost with its batch is not made twice
graph_settings '{"faults":[{"path":"$batch","reset":true}]}'
hr_people 2101 2103
there
back 'Delta Import'
is 'nobody is there twice' "$(graph_objects users | jq '[.[].userPrincipalName] | length - (unique | length)')" 0

# --- replicas that do not know it yet: what was just made is waited for
graph_settings '{"readLag":1500,"faults":[]}'
hr_people 2201 2203
hr_group Late 2201 2203
there
is 'its members are there' "$(members Late)" 3
graph_settings '{"readLag":3600000}'
hr_person 2301 'Too Late'
there
graph_forget
step 0 Service 'Delta Import'
is 'who cannot be read yet is not known' "$("$MACTL" -C sync dump cs | grep -c 'Too Late.*imported')" 0
graph_settings '{"readLag":0}'
back 'Delta Import'
graph_forget
step 0 Service 'Delta Import'
says_not 'add'
check 'who was read is not asked for again' graph_sees 'map(select(.method == "GET" and (.url | test("delta") | not))) == []'
is 'she was found by the next round' "$("$MACTL" -C sync cs search Service userName=p2301@corp.example -o name | wc -l)" 1

# --- a change that no round tells of yet is not blamed for it, however many there are, and confirmed by the one that does
unconfirmed() { "$MACTL" -C sync status -o json | jq '.agents[] | select(.agent == "Service").unconfirmed'; }
graph_settings '{"lag":3600000}'
sed -i -e '/^dn: uid=1002/,/^$/s/^title: .*/title: Late/' "$hr"
there
for _ in 1 2 3 4; do
  step 0 Service 'Delta Import'
  step 0 Service 'Delta Synchronization'
  is 'a change that no round tells of waits' "$(unconfirmed)" 1
done
graph_forget
step 0 Service Export
check 'and is not sent again' graph_sees 'map(select(.method == "PATCH")) == []'
graph_settings '{"lag":0}'
back 'Delta Import'
is 'the round that tells of it confirms it' "$(unconfirmed)" 0

# --- what was deleted comes back as what it was
sed -i 's/"unique": \["userPrincipalName"\],/&\n      "restore-by": ["employeeId"],/' sync/madata/Service/graph.json
ada=$(user ada@corp.example .id)
cp "$hr" whole.ldif
sed -i -e '/^dn: uid=1001/,/^$/d' "$hr"
there
back 'Delta Import'
is 'she is deleted' "$(user ada@corp.example .id)" ''
cp whole.ldif "$hr"
graph_forget
there
back 'Delta Import'
is 'it is she, and nobody new' "$(user ada@corp.example .id)" "$ada"
check 'she was restored' graph_sees 'map(select(.url | endswith("/restore"))) | length == 1'
graph_bind restore no
sed -i -e '/^dn: uid=1001/,/^$/d' "$hr"
there
back 'Delta Import'
cp whole.ldif "$hr"
there
back 'Delta Import'
check 'with restore "no" she is somebody new' test "$(user ada@corp.example .id)" != "$ada" -a -n "$(user ada@corp.example .id)"
graph_bind restore fail
there
ada=$(user ada@corp.example .id)
sed -i -e '/^dn: uid=1001/,/^$/d' "$hr"
there
back 'Delta Import'
cp whole.ldif "$hr"
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
step 4 Service Export
run 0 -C sync runs show last --errors
says 'cd-existing-object'
says "it is among the deleted as $ada"
is 'with restore "fail" she is nobody' "$(user ada@corp.example .id)" ''
graph_bind
there
back 'Delta Import'
is 'and then herself' "$(user ada@corp.example .id)" "$ada"

# --- a token that is forgotten: the delta import reads all, says so, and lets go whom the service has not
graph_settings '{"clock":864000000}'
before=$("$MACTL" -C sync dump cs | grep -c '^agent  *Service')
graph_token
cloud "/users/$(user p2060@corp.example .id)" -X DELETE
run 0 -C sync run-profile Service 'Delta Import'
says 'all was read instead'
says 'delete 1'
step 0 Service 'Delta Synchronization'
there
back 'Delta Import'
is 'all are there' "$("$MACTL" -C sync dump cs | grep -c '^agent  *Service')" "$before"
run 0 -C sync cycle
# but not where a guard forbids it
sed -i -e 's/import-loss-percent="100"/import-loss-percent="10"/' sync/mactl.xml
graph_token
for id in $(graph_objects users | jq -r '.[] | select(.displayName | startswith("V 20")) | .id'); do cloud "/users/$id" -X DELETE; done
graph_settings '{"clock":1900000000}'
graph_token
run 5 -C sync run-profile Service 'Delta Import'
says 'stopped-deletion-limit'
is 'nobody was let go' "$("$MACTL" -C sync dump cs | grep -c '^agent  *Service')" "$before"
finish
