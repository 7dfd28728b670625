# SPDX-License-Identifier: Apache-2.0
# A change that a real SCIM server executes while its answer is lost: this one stores a member twice that is added twice.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/scim.sh"
scim_instance scimmy attempts 3 bulk no
lose() { # METHOD PATH [TIMES]: so many are executed, and not answered
  curl -sS --fail "${cloud_url%/scim}/lab/lose" -H 'Content-Type: application/json' -d "{\"method\":\"$1\",\"path\":\"$2\",\"times\":${3:-1}}"
}
doubles() { cloud "/$1?count=1000" | jq "[.Resources[] | $2] | length - (unique | length)"; }
members() { cloud "/Groups?count=100" | jq -c "[.Resources[] | select(.displayName == \"$1\") | .members[]?.value] | [length, (unique | length)]"; }
check 'a server that stores a member twice' test "$(
  group=$(cloud /Groups -X POST -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Twice","members":[]}' | jq -r .id)
  for i in 1 2; do
    cloud "/Groups/$group" -X PATCH -d '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"x"}]}]}' >/dev/null
  done
  members Twice
  cloud "/Groups/$group" -X DELETE
)" = '[2,1]'
step 0 Service 'Full Import'

lose PATCH /Groups 2
round 'Full Import'
is 'members of one' "$(members Works)" '[2,2]'
is 'members of another' "$(members All)" '[4,4]'
is 'nothing is left to export' "$(pending)" 0

hr_people 2001 2003
lose POST /Users 2
round 'Delta Import'
is 'people that are there twice' "$(doubles Users .userName)" 0
is 'all are there' "$(cloud '/Users?count=1' | jq .totalResults)" 8

lose PATCH /Users
sed -i -e 's/^displayName: P 2001/displayName: Q 2001/' -e '/^dn: cn=Works/,/^$/{s/^member: uid=1005,/member: uid=2001,/}' "$hr"
round 'Delta Import'
is 'a changed name' "$(field p2001@corp.example .displayName)" 'Q 2001'
is 'a member more and one less' "$(members Works)" '[2,2]'

lose DELETE /Users
sed -i '/^dn: uid=2003,/,/^$/d' "$hr"
round 'Delta Import'
is 'one is deleted' "$(field p2003@corp.example .id)" ''
is 'nothing is left to export' "$(pending)" 0

# --- the same, where many changes go in one request and its answer is lost
scim_bind attempts 3
asked() { curl -sS --fail "${cloud_url%/scim}/lab/asked" | jq -c '[.bulk, .change] | map(. // 0)'; }
lose POST /Bulk 2
hr_people 3001 3030
sed -i -e 's/^displayName: P 2002/displayName: Q 2002/' -e '/^dn: cn=Works/,/^$/{s/^member: uid=2001,/member: uid=3001,/}' "$hr"
round 'Delta Import'
[ "$(pending)" = 0 ] || round 'Delta Import'
is 'people that are there twice' "$(doubles Users .userName)" 0
is 'all are there' "$(cloud '/Users?count=1' | jq .totalResults)" 37
is 'members' "$(members Works)" '[2,2]'
is 'a changed name' "$(field p2002@corp.example .displayName)" 'Q 2002'
is 'nothing is left to export' "$(pending)" 0

# --- and where nothing is lost: a request for many changes, and each has its own answer
lose POST /Bulk 0
step 0 Service 'Full Import'
before=$(asked)
hr_people 4001 4050
sed -i -e 's/^displayName: P 30/displayName: Q 30/' -e '/^dn: uid=3030,/,/^$/d' "$hr"
there
after=$(asked)
check "few requests: $before, $after" test "$(jq -n --argjson a "$before" --argjson b "$after" '$b[0] > $a[0] and ($b | add) - ($a | add) <= 20')" = true
step 0 Service 'Full Import'
step 0 Service 'Delta Synchronization'
is 'nothing is left to export' "$(pending)" 0
is 'all are there' "$(cloud '/Users?count=1' | jq .totalResults)" 86
is 'all have another name' "$(cloud '/Users?count=1000' | jq '[.Resources[] | select(.displayName | startswith("Q 30"))] | length')" 29

# --- one that is refused is refused alone
check 'one is gone there' cloud "/Users/$(cloud_id /Users .userName p4001@corp.example)" -X DELETE
sed -i -e 's/^displayName: P 40/displayName: Q 40/' "$hr"
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
run 0 -C sync run-profile Service Export
is 'the others have another name' "$(cloud '/Users?count=1000' | jq '[.Resources[] | select(.displayName | startswith("Q 40"))] | length')" 50
is 'and she is there anew' "$(cloud '/Users?count=1' | jq .totalResults)" 86
finish
