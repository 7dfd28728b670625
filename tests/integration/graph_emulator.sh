# SPDX-License-Identifier: Apache-2.0
# What the emulator of Graph promises that no other test asks for: it keeps its state, is strict about filters, has
# custom security attributes, and says how much of its limit is used.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
cloud_need graph
STATE=$PWD/tenant.json cloud_start graph
graph_token
lab() { curl -sS -f -X POST -H 'Content-Type: application/json' "$(graph_root)/lab/$1" -d "$2"; }
answers() { cloud "$@" 2>&1 || true; }
lab fill '{"users":3,"groups":1,"members":2}' >/dev/null
user=$(graph_objects users | jq -r '.[] | select(.displayName == "Person 1") | .id')

# --- filters: ne and count want the index that lags
ne="/users?\$filter=displayName%20ne%20%27Person%201%27&\$count=true"
check 'ne alone is refused' test "$(answers "$ne" | grep -c Request_UnsupportedQuery)" = 1
check 'ne without $count, too' test "$(answers "${ne%&*}" -H 'ConsistencyLevel: eventual' | grep -c Request_UnsupportedQuery)" = 1
check 'with both it answers' test "$(cloud "$ne" -H 'ConsistencyLevel: eventual' | jq -r '[.value[].displayName] | join(",")')" = 'Person 0,Person 2'
check 'eq wants neither' test "$(cloud "/users?\$filter=displayName%20eq%20%27person%201%27" | jq '.value | length')" = 1
check 'what it cannot read is refused' test "$(answers "/users?\$filter=length(displayName)%20gt%203" | grep -c Request_UnsupportedQuery)" = 1

# --- custom security attributes: a set has a type, they come when they are asked for, and no round tells of them
round=$(cloud "/users/delta?\$deltatoken=latest&\$select=displayName" | jq -r '."@odata.deltaLink"')
code='{"customSecurityAttributes":{"Engineering":{"Code":"7"}}}'
check 'a set without its type is refused' test "$(answers "/users/$user" -X PATCH -d "$code" | grep -c 'no @odata.type')" = 1
typed=$(jq -c '.customSecurityAttributes.Engineering."@odata.type" = "#Microsoft.DirectoryServices.CustomSecurityAttributeValue"' <<<"$code")
check 'with it it is taken' cloud "/users/$user" -X PATCH -d "$typed"
check 'it comes when it is selected' test "$(cloud "/users/$user?\$select=customSecurityAttributes" | jq -r .customSecurityAttributes.Engineering.Code)" = 7
check 'and only then' test "$(cloud "/users/$user" | jq 'has("customSecurityAttributes")')" = false
check 'a round says nothing of it' test "$(curl -sS -H "Authorization: Bearer $cloud_token" "$round" | jq '.value | length')" = 0

# --- a restart: objects, links, deleted ones and the token of a round are there
check 'one is deleted' cloud "/users/$(graph_objects users | jq -r '.[] | select(.displayName == "Person 2") | .id')" -X DELETE
members=$(graph_objects groups | jq -c '.[0]."$members"')
"$cloud_lab" stop "${cloud_running[0]}" 2>/dev/null
STATE=$PWD/tenant.json "$cloud_lab" start "${cloud_running[0]}" >/dev/null 2>&1
graph_token
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }
is 'users' "$(graph_objects users | jq length)" 2
is 'members' "$(graph_objects groups | jq -c '.[0]."$members"')" "$members"
is 'what was deleted' "$(cloud /directory/deletedItems/microsoft.graph.user | jq -r '.value[0].displayName')" 'Person 2'
is 'the round goes on' "$(curl -sS -H "Authorization: Bearer $cloud_token" "$round" | jq -r '.value[]."@removed".reason')" changed
taken='{"accountEnabled":true,"displayName":"x","mailNickname":"x","userPrincipalName":"p1@lab.test","passwordProfile":{}}'
check 'a name is still taken' test "$(answers /users -X POST -d "$taken" | grep -c ObjectConflict)" = 1

# --- limits: from four fifths on it says how much is used
graph_settings '{"rate":1000}'
headers() { curl -sS -o /dev/null -D - -H "Authorization: Bearer $cloud_token" "$cloud_url/users?\$top=1" | tr -d '\r' | sed -n "s/^$1: //Ip"; }
is 'at first it says nothing' "$(headers x-ms-throttle-limit-percentage)" ''
graph_settings '{"rate":1}' # of which one request is all, however slowly they come
used=$(headers x-ms-throttle-limit-percentage)
check "then how much: '$used'" awk -v used="$used" 'BEGIN { exit !(used >= 0.8 && used <= 1) }'
finish
