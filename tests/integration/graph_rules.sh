# SPDX-License-Identifier: Apache-2.0
# That the emulator of Graph is as strict as Graph is: each rule of reading, writing, links, batches and deletes that
# the agent relies on, asked for without the agent.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
cloud_need graph
cloud_start graph
graph_token
lab() { curl -sS -f -X "$1" -H 'Content-Type: application/json' "$(graph_root)/lab/$2" -d "$3"; }
ask() { curl -sS -o body -w '%{http_code}' -H "Authorization: Bearer $cloud_token" -H 'Content-Type: application/json' "${@:2}" "$cloud_url$1"; }
# answers WHAT CODE TEXT PATH [CURL ...]: the code of HTTP, and what the body says
answers() {
  local what=$1 code=$2 text=$3 got
  shift 3
  got=$(ask "$@")
  [ "$got" = "$code" ] && { [ -z "$text" ] || grep -qF -- "$text" body; } || fail "$what: $got $(cat body)"
}
follow() { curl -sS -H "Authorization: Bearer $cloud_token" "$1"; }
id() { graph_objects "$1" | jq -r ".[] | select(.displayName == \"$2\") | .id"; }
round() { # LINK: all pages of a round, as one list; $next is where the next begins
  local page
  next=$1
  while page=$(follow "$next") && next=$(jq -r '."@odata.nextLink" // empty' <<<"$page") && [ -n "$next" ]; do jq -c '.value[]' <<<"$page"; done
  jq -c '.value[]' <<<"$page"
  jq -r '."@odata.deltaLink"' <<<"$page" >next
}
lab POST fill '{"users":45,"groups":2,"members":3}' >/dev/null
one=$(id users 'Person 1') two=$(id users 'Person 2') ten=$(id users 'Person 10') group=$(id groups 'Group 0')
nobody=00000000-0000-0000-0000-000000000000
user() { printf '{"accountEnabled":true,"displayName":"%s","mailNickname":"%s","userPrincipalName":"%s","passwordProfile":{"password":"x"}}' "$1" "$1" "$2"; }
ref() { printf '{"@odata.id":"%s/directoryObjects/%s"}' "$cloud_url" "$1"; }

# --- 2 lists
answers 'a page of two has a link to the next' 200 'skiptoken=' '/users?$select=id,displayName&$top=2'
answers 'no page has a thousand' 400 Request_UnsupportedQuery '/users?$top=1000'
answers 'what is not there cannot be selected' 400 "Could not find a property named 'x' on type 'microsoft.graph.user'." '/users?$select=x'
answers 'what lives elsewhere is not implemented' 501 NotImplemented '/users?$select=skills'
answers 'what is not selected is not shown' 200 Person '/users?$top=1'
check 'and so the department is not there' test "$(jq '.value[0] | has("department")' body)" = false

# --- 4 rounds
answers 'a round has no $top' 400 Request '/users/delta?$top=5'
answers 'nor $expand' 400 Request '/users/delta?$expand=manager'
answers 'nor $orderby' 400 Request '/users/delta?$orderby=id'
follow "$cloud_url/users/delta?\$deltatoken=latest&\$select=displayName,jobTitle" >body
check 'from now on: nothing, and a link' test "$(jq -c '[(.value | length), has("@odata.deltaLink")]' body)" = '[0,true]'
link=$(jq -r '."@odata.deltaLink"' body)
lab PATCH "users/$one" '{"displayName":"Renamed","department":"X"}'
lab PATCH "users/$two" '{"department":"X"}'
ask "/users/$ten" -X DELETE >/dev/null
round "$link" >changes
check 'a change has the changed properties that were selected' test "$(jq -c "select(.id == \"$one\")" changes)" = "{\"id\":\"$one\",\"displayName\":\"Renamed\"}"
check 'a change of another property does not count' test -z "$(jq -c "select(.id == \"$two\")" changes)"
check 'who was deleted can be restored: "changed"' test "$(jq -r "select(.id == \"$ten\").\"@removed\".reason" changes)" = changed
round "$link" | sort >again
check 'the same token says the same again' cmp -s <(sort changes) again
ask "/directory/deletedItems/$ten" -X DELETE >/dev/null
round "$(cat next)" >changes
check 'who cannot be restored any more: "deleted"' test "$(jq -r "select(.id == \"$ten\").\"@removed\".reason" changes)" = deleted
graph_settings '{"page":5}'
many=$(jq -nc --arg url "$cloud_url/directoryObjects/" --argjson ids "$(graph_objects users | jq -c '[.[20:40][].id]')" '{"members@odata.bind": [$ids[] | $url + .]}')
groups=$(follow "$cloud_url/groups/delta?\$deltatoken=latest&\$select=displayName,members" | jq -r '."@odata.deltaLink"')
answers 'twenty members at once' 204 '' "/groups/$group" -X PATCH -d "$many"
answers 'and one more' 204 '' "/groups/$group/members/\$ref" -X POST -d "$(ref "$(id users 'Person 5')")"
users=$(cat next)
round "$groups" >changes
echo "$users" >next
check 'a large group comes in slices' test "$(jq -cs "map(select(.id == \"$group\").\"members@delta\" | length) | [length > 1, add == 21]" changes)" = '[true,true]'
graph_settings '{"page":100,"replay":true}'
round "$link" >changes
check 'replays show an object twice' test "$(jq -r .id changes | sort | uniq -d | wc -l)" -gt 0
graph_settings '{"replay":false,"shuffle":true}'
round "$link" >again
check 'rounds come in another order' sh -c '! cmp -s changes again && [ "$(sort -u changes)" = "$(sort again)" ]'
graph_settings '{"shuffle":false,"empty":true}'
check 'a page that shows nothing has a next one' test "$(follow "$link" | jq -c '[(.value | length), has("@odata.nextLink")]')" = '[0,true]'
graph_settings '{"empty":false,"lag":3600000}'
link=$(cat next)
answers 'a change is taken' 204 '' "/users/$one" -X PATCH -d '{"displayName":"Late"}'
check 'and no round tells of it yet' test -z "$(round "$link")"
graph_settings '{"lag":0,"clock":864000000}'
graph_token
check 'a token that is too old is gone' test "$(follow "$link" | jq -r .error.code)" = syncStateNotFound
graph_settings '{"clock":0}'
graph_token

# --- 5 new users
answers 'a new user' 201 '"id"' /users -X POST -d "$(user bo bo@lab.test)"
answers 'a name that is taken' 400 ObjectConflict /users -X POST -d "$(user bo bo@lab.test)"
check 'says which' test "$(jq -r '.error.details[0].target' body)" = userPrincipalName
answers 'a domain that nobody verified' 400 'verified domain' /users -X POST -d "$(user bo bo@elsewhere.test)"
answers 'a user without a password' 400 passwordProfile /users -X POST -d '{"accountEnabled":true,"displayName":"x","mailNickname":"x","userPrincipalName":"x@lab.test"}'
answers 'an address that another has' 400 proxyAddresses "/users/$two" -X PATCH -d '{"mail":"p5@lab.test"}'

# --- 6 what comes from a directory, what nobody may set, contacts
lab PATCH "users/$one" '{"onPremisesSyncEnabled":true}'
answers 'what the directory has is changed there' 400 'on-premises mastered' "/users/$one" -X PATCH -d '{"displayName":"x"}'
answers 'what it has not is the cloud'"'"'s' 204 '' "/users/$one" -X PATCH -d '{"usageLocation":"DE"}'
for name in proxyAddresses onPremisesSyncEnabled onPremisesSecurityIdentifier onPremisesSamAccountName onPremisesDistinguishedName; do
  answers "nobody sets $name" 400 'read-only' "/users/$two" -X PATCH -d "{\"$name\":\"x\"}"
done
contact=$(lab POST objects/contacts '{"displayName":"C"}' | jq -r .id)
answers 'no contact is made' 405 Request /contacts -X POST -d '{"displayName":"D"}'
answers 'nor changed' 405 Request "/contacts/$contact" -X PATCH -d '{"displayName":"D"}'
answers 'nor deleted' 405 Request "/contacts/$contact" -X DELETE

# --- 7 links
answers 'a member' 204 '' "/groups/$group/members/\$ref" -X POST -d "$(ref "$contact")"
answers 'who is one already' 400 'already exist for the following modified properties' "/groups/$group/members/\$ref" -X POST -d "$(ref "$contact")"
answers 'who is not there' 404 Request_ResourceNotFound "/groups/$group/members/\$ref" -X POST -d "$(ref "$nobody")"
other=$(id groups 'Group 1') before=$(graph_objects groups | jq -c '.[1]."$members"')
answers 'twenty-one members' 400 '20 link changes' "/groups/$other" -X PATCH -d "$(jq -c --arg one "$cloud_url/directoryObjects/$one" '."members@odata.bind" += [$one]' <<<"$many")"
answers 'and of a new group' 400 '20 link changes' '/groups' -X POST -d "$(jq -c --arg one "$cloud_url/directoryObjects/$one" '."members@odata.bind" += [$one] | . + {displayName: "New", mailEnabled: false, mailNickname: "new", securityEnabled: true}' <<<"$many")"
answers 'one of twenty who is not there' 404 Request_ResourceNotFound "/groups/$other" -X PATCH -d "$(jq -c --arg one "$cloud_url/directoryObjects/$nobody" '."members@odata.bind"[7] = $one' <<<"$many")"
check 'and none is added' test "$(graph_objects groups | jq -c '.[1]."$members"')" = "$before"
answers 'a member goes' 204 '' "/groups/$group/members/$contact/\$ref" -X DELETE
answers 'who is none' 404 Request_ResourceNotFound "/groups/$group/members/$contact/\$ref" -X DELETE
answers 'without $ref it is the member' 403 Authorization_RequestDenied "/groups/$group/members/$two" -X DELETE
check 'and is written down as fatal' test "$(graph_log | jq '[.[] | select(.fatal)] | length')" = 1
answers 'a manager' 204 '' "/users/$two/manager/\$ref" -X PUT -d "$(ref "$one")"
answers 'none any more' 204 '' "/users/$two/manager/\$ref" -X DELETE
answers 'a manager who is not there' 404 Request_ResourceNotFound "/users/$two/manager/\$ref" -X PUT -d "$(ref "$nobody")"
for list in '{"groupTypes":["DynamicMembership"]}' '{"groupTypes":[],"mailEnabled":true}'; do
  lab PATCH "groups/$other" "$list"
  answers "members of $list are not to be written" 400 Request_BadRequest "/groups/$other/members/\$ref" -X POST -d "$(ref "$ten")"
done

# --- 8 batches
items() { jq -nc --argjson n "$1" '{requests: [range($n) | {id: "\(. + 1)", method: "GET", url: "/users?$top=1"}]}'; }
answers 'twenty in one' 200 responses '/$batch' -X POST -d "$(items 20)"
check 'come in another order' test "$(jq -r '.responses[0].id' body)" != 1
answers 'twenty-one are too many' 400 BadRequest '/$batch' -X POST -d "$(items 21)"
answers 'one id twice' 400 BadRequest '/$batch' -X POST -d "$(items 2 | jq -c '.requests[1].id = "1"')"
answers 'a body without its type' 200 'needs a Content-Type' '/$batch' -X POST -d '{"requests":[{"id":"1","method":"PATCH","url":"/users/x","body":{}}]}'
answers 'what depends on what failed' 200 FailedDependency '/$batch' -X POST -d "$(items 2 | jq -c '.requests[0].url = "/users/x" | .requests[1].dependsOn = ["1"]')"
check 'is 424' test "$(jq -c '[.responses[].status] | sort' body)" = '[404,424]'
graph_settings '{"faults":[{"path":"/users","status":429,"code":"TooManyRequests","after":3}]}'
answers 'one of two is too much' 200 TooManyRequests '/$batch' -X POST -d "$(items 2)"
check 'and says when to come again' test "$(jq -c '[.responses[] | select(.status == 429).headers."Retry-After"]' body)" = '["3"]'

# --- 10 what is not everywhere yet, and what was deleted
graph_settings '{"faults":[],"readLag":3600000}'
answers 'a new user is made' 201 '"id"' /users -X POST -d "$(user lag lag@lab.test)"
lag=$(jq -r .id body)
answers 'and not to be read yet' 404 Request_ResourceNotFound "/users/$lag"
answers 'nor linked' 404 Request_ResourceNotFound "/groups/$group/members/\$ref" -X POST -d "$(ref "$lag")"
graph_settings '{"readLag":0}'
answers 'then it is' 200 lag@lab.test "/users/$lag"
answers 'a member' 204 '' "/groups/$group/members/\$ref" -X POST -d "$(ref "$lag")"
answers 'is deleted' 204 '' "/users/$lag" -X DELETE
answers 'and can be restored' 200 "$lag" '/directory/deletedItems/microsoft.graph.user?$select=id'
answers 'is restored' 200 "$lag" "/directory/deletedItems/$lag/restore" -X POST
check 'with its memberships' test "$(graph_objects groups | jq --arg id "$lag" '.[0]."$members" | index($id) != null')" = true
answers 'a group of security' 204 '' "/groups/$other" -X DELETE
answers 'is gone for good' 404 Request_ResourceNotFound "/directory/deletedItems/$other/restore" -X POST
answers 'a user is deleted once more' 204 '' "/users/$lag" -X DELETE
graph_settings '{"clock":2678400000}'
graph_token
answers 'and after thirty days' 200 '"value":[' '/directory/deletedItems/microsoft.graph.user?$select=id'
check 'nobody can be restored' test "$(jq -c .value body)" = '[]'

# --- 11 who rules an object, extensions, the tenant, the ids of requests, gzip
answers 'an object can be given to the cloud' 204 '' "/users/$one/onPremisesSyncBehavior" -X PATCH -d '{"isCloudManaged":true}'
answers 'which then rules it' 204 '' "/users/$one" -X PATCH -d '{"displayName":"Of The Cloud"}'
answers 'and says so' 200 '"isCloudManaged":true' "/users/$one/onPremisesSyncBehavior"
answers 'an extension that is not registered' 400 extension_ab_code "/users/$two" -X PATCH -d '{"extension_ab_code":"1"}'
answers 'is registered' 201 extension_ab_code /applications/a-b/extensionProperties -X POST -d '{"name":"code","dataType":"String","targetObjects":["User"]}'
answers 'and then taken' 204 '' "/users/$two" -X PATCH -d '{"extension_ab_code":"1"}'
answers 'attributes 1 to 15 of an object of the cloud' 204 '' "/users/$two" -X PATCH -d '{"onPremisesExtensionAttributes":{"extensionAttribute1":"a"}}'
answers 'the tenant' 200 verifiedDomains /organization
headers=$(curl -sS -o packed -D - -H "Authorization: Bearer $cloud_token" -H 'client-request-id: 7' -H 'Accept-Encoding: gzip' "$cloud_url/users" | tr -d '\r')
check 'the id of a request comes back' grep -qx 'client-request-id: 7' <<<"$headers"
check 'a page is packed' sh -c 'gunzip <packed | jq -e ".value | length > 20"'

# --- 13 what is uploaded is done in the next cycle
upload() { jq -nc --argjson n "$1" '{schemas: ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], Operations: [range($n) | {method: "POST", path: "/Users", bulkId: "\(.)", data: ({externalId: "u\(.)", userName: "u\(.)@lab.test", displayName: "U"} + (if . == 0 then {} else {active: true} end))}]}'; }
jobs=/servicePrincipals/s/synchronization/jobs/j/bulkUpload
answers 'fifty are taken' 202 '' "$jobs" -X POST -d "$(upload 50)"
answers 'fifty-one are not' 400 50 "$jobs" -X POST -d "$(upload 51)"
check 'and nobody is there yet' test "$(graph_objects users | jq '[.[] | select(.employeeId == "u1")] | length')" = 0
lab POST cycle '{}' >cycle
check 'a cycle makes them' test "$(jq -c 'map(.action) | [length, (unique | .[])]' cycle)" = '[50,"create"]'
check 'who is not said to be active is not' test "$(graph_objects users | jq -c '[.[] | select(.employeeId == "u0" or .employeeId == "u1").accountEnabled] | sort')" = '[false,true]'
finish
