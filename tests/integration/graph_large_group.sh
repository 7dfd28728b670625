# SPDX-License-Identifier: Apache-2.0
# A group of five thousand in Microsoft Graph: read by pages, changed by links in twenties, and of a change
# nothing is read but the change.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/graph.sh"
graph_instance
graph_settings '{"page":999}'
people() { seq "$1" "$2" | awk '{ printf "\ndn: uid=%s,ou=people,dc=hr\nobjectClass: person\nemployeeID: %s\ndisplayName: P %s\nmail: p%s@corp.example\n", $1, $1, $1, $1 }'; }
large() { # FROM TO: of HR, who is in it
  people 100001 105100 >"$hr"
  hr_group Large "$1" "$2"
}
# asked JQ: how many requests were so
asked() { graph_log | jq "map(select($1)) | length"; }

# --- it is there, and HR has the same one
curl -sS -f -X POST -H 'Content-Type: application/json' "$(graph_root)/lab/fill" -d '{"first":100001,"users":5100,"groups":1,"members":5000}' >/dev/null
large 100001 105000
graph_forget
step 0 Service 'Full Import'
is 'its members are six pages' "$(asked '.url | contains("/members?")')" 6
step 0 Service 'Delta Synchronization'
there
check 'who is the same is not written' graph_sees 'all(.method == "GET" or (.url | endswith("/token")))'

# --- a hundred come, thirty go
large 100031 105100
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
graph_forget
step 0 Service Export
check 'a hundred come in five requests' graph_sees '[.[].body | objects | select(has("members@odata.bind"))."members@odata.bind" | length] == [20,20,20,20,20]'
is 'thirty go by one link each' "$(asked '.method == "DELETE" and (.url | endswith("/$ref"))')" 30
check 'twenty of them in a request' graph_sees 'map(select(.requests) | .requests) == [20,10] and all(.[] | select(.method == "DELETE"); .batch)'
is 'of the members nothing is read' "$(asked '.url | contains("/members?")')" 0
is 'the group has who should be in it' "$(members Large)" 5070

# --- the news
graph_forget
step 0 Service 'Delta Import'
is 'a round for users and one for groups' "$(asked '.url | contains("/delta")')" 2
is 'and nothing else is read' "$(asked '.method == "GET"')" 2
step 0 Service 'Delta Synchronization'
is 'all is confirmed' "$(pending)" 0

# --- of those who go, one may not
large 100041 105100
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
leaver=$(graph_objects users | jq -r '.[] | select(.mail == "p100035@corp.example") | .id')
graph_settings "{\"faults\":[{\"method\":\"DELETE\",\"path\":\"$leaver\",\"status\":403,\"code\":\"Authorization_RequestDenied\"}]}"
step 4 Service Export
run 0 -C sync runs show last --errors
says permission-issue
says "member $leaver"
is 'the others are gone' "$(members Large)" 5061
graph_settings '{"faults":[]}'
step 0 Service Export
is 'and then this one, too' "$(members Large)" 5060
back 'Delta Import'
finish
