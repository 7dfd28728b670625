# SPDX-License-Identifier: Apache-2.0
# What real servers of SCIM do otherwise than the standard, or in the room that it leaves: nobody is lost for it, and
# nobody is there twice. What a whole round there and back shows, scim, scim_jackson and scim_betterauth do.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/scim.sh"
for server in scimmy jackson betterauth; do cloud_need "$server"; done
post() { cloud "$1" -X POST -d "$2"; }
user() { printf '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%s","displayName":"%s","active":true,"name":{"givenName":"P","familyName":"N"}%s}' "$1" "$2" "${3:-}"; }
named() { all_users | jq -c "select((.userName | ascii_downcase) == \"$1\")"; }
attempt() { run "$1" -C sync run-profile "${@:2}"; }

# --- SCIMMY
scim_instance scimmy
step 0 Service 'Full Import'
post /Users "$(user ADA@Corp.Example Other)" >/dev/null
check 'a filter finds the name in its own case alone' test "$(cloud '/Users?filter=userName%20eq%20%22ada@corp.example%22' | jq .totalResults)" = 0
round 'Full Import'
is 'who is there in another case is taken over' "$(named ada@corp.example | wc -l)" 1
is 'nothing is left to export' "$(pending)" 0
check 'a text is no boolean' test "$(curl -sS -H "Authorization: Bearer $cloud_token" -H 'Content-Type: application/scim+json' "$cloud_url/Users" -d "$(user false@corp.example X | sed 's/true/"False"/')" | jq -r .status)" = 400
bob=$(cloud_id /Users .userName bob@corp.example)
cloud "/Users/$bob" -X PATCH -d '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"remove","path":"emails"}]}' >/dev/null
step 0 Service 'Full Import'
step 0 Service 'Delta Synchronization'
step 0 Service Export
is 'a first address of its kind' "$(cloud "/Users/$bob" | jq -r '.emails[0].value')" bob@corp.example
group=$(cloud '/Groups?count=100' | jq -r '.Resources[] | select(.displayName == "Works").id')
cloud "/Groups/$group" -X PATCH -d '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"nobody-1"}]}]}' >/dev/null
step 0 Service 'Full Import'
is 'a member who is nobody is none' "$("$MACTL" -C sync dump cs | grep -c nobody-1)" 0
sed -i -e '/^dn: uid=1002/,/^$/s/^mail: .*/mail: bob.b@corp.example/' "$hr"
round 'Full Import'
is 'a changed address' "$(cloud "/Users/$bob" | jq -r '.emails[0].value')" bob.b@corp.example
told() { cloud "$@" -o /dev/null -w '%{http_code} %header{location};'; }
is 'a new object has no Location, and a change is not answered with 204' "$(
  told /Users -X POST -d "$(user zoe@corp.example Zoe)"
  told "/Users/$bob" -X PATCH -d '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Clerk"}]}'
)" '201 ;200 ;'
hr_people 2001 2001
there
step 0 Service 'Full Import'
is 'and is known by its id' "$(named p2001@corp.example | wc -l)" 1
check 'no change names a version' test "$(curl -sS "${cloud_url%/scim}/lab/asked" | jq '.conditional // 0')" = 0

# --- Jackson: a user without a name
rm -rf sync
scim_instance jackson
id=$(post /Users '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"displayName":"No Name","active":true}' | jq -r .id)
check 'it takes who has no name' test -n "$id"
attempt 4 Service 'Full Import'
says_not 'add'
run 0 -C sync runs show last --errors
says 'missing-dn'
check 'who has no name is told and not taken' test "$("$MACTL" -C sync dump cs | grep -c "$id")" = 0
cloud "/Users/$id" -X DELETE >/dev/null
there
bob=$(cloud_id /Users .userName bob@corp.example)
cloud "/Users/$bob" -X PATCH -d '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"shoeSize","value":"42"}]}' >/dev/null
is 'it keeps what nobody knows' "$(cloud "/Users/$bob" | jq -r .shoeSize)" 42
attempt 3 Service 'Full Import'
sed -i -e '/^dn: uid=1002/,/^$/s/^title: .*/title: Inventor/' "$hr"
there
is 'which a change of something else leaves there' "$(cloud "/Users/$bob" | jq -r '"\(.shoeSize) \(.title)"')" '42 Inventor'

# --- better-auth: an address is required of whom no name has one
rm -rf sync
scim_instance betterauth
step 0 Service 'Full Import'
sed -i -e '/^dn: cn=/,/^$/d' -e '/^dn: uid=1003/,/^$/s/^mail: .*/mail: plain/' "$hr"
check 'without one it takes nobody' test "$(curl -sS -H "Authorization: Bearer $cloud_token" -H 'Content-Type: application/scim+json' "$cloud_url/Users" -d "$(user plainer Plain)" -o /dev/null -w '%{http_code}')" = 400
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
attempt 4 Service Export
run 0 -C sync runs show last --errors
says '400'
is 'who has one is there, and nobody else is missing' "$(all_users | wc -l)" 4

# --- better-auth: no PATCH but a whole object, and no bulk whoever says so
rm -rf sync
scim_instance betterauth write put bulk yes
step 0 Service 'Full Import'
hr_people 2001 2003
sed -i -e '/^dn: cn=/,/^$/d' "$hr"
there
is 'without bulk one by one' "$(all_users | wc -l)" 8
step 0 Service 'Full Import'
sed -i -e '/^dn: uid=2001,/,/^$/s/^displayName: .*/displayName: Another/' "$hr"
there
is 'a whole object has what was there' "$(named p2001@corp.example | jq -c '[.displayName, .name.familyName, .emails[0].value]')" '["Another","N2001","p2001@corp.example"]'
finish
