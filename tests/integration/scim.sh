# SPDX-License-Identifier: Apache-2.0
# People and groups of HR on a real SCIM server, there and back: a full import, an export, its
# confirmation, a delta, a delete.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
cloud_need scimmy
data=$MACTL_SOURCE/tests/integration/data/scim
cloud_start scimmy

run 0 -C sync config import "$data/export" -q
mkdir -p sync/madata/HR sync/secrets
cp "$data/data/hr.ldif" sync/madata/HR/
sed "s|@URL@|$cloud_url|" "$data/mactl.xml" >sync/mactl.xml
(umask 077 && echo "$cloud_token" >sync/secrets/service)

step() { run "$1" -C sync run-profile "$2" "$3"; }
round() { # from HR to the service, and what it has then
  step 0 HR 'Full Import'
  step 0 HR 'Delta Synchronization'
  step 0 Service Export
  sent=$out
  step 0 Service "$1"
  step 0 Service 'Delta Synchronization'
}
pending() { "$MACTL" -C sync dump cs | grep -c '^pending export'; }
user() { cloud "/Users?count=100" | jq -cS ".Resources[] | select(.userName == \"$1\")"; }
field() { user "$1" | jq -r "$2 // empty"; }
members() { # of a group, by name
  local people
  people=$( (cloud '/Users?count=100'; cloud '/Groups?count=100') |
    jq -s '[.[].Resources[] | {key: .id, value: (.userName // .displayName)}] | from_entries')
  cloud '/Groups?count=100' | jq -r --argjson names "$people" \
    ".Resources[] | select(.displayName == \"$1\") | .members[]?.value | \$names[.]" | sort | tr '\n' ' '
}
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }

# --- an empty service
step 0 Service 'Full Import'
says 'completed-no-objects'

# --- people and groups go there
round 'Full Import'
is 'nothing is left to export' "$(pending)" 0
is 'a name of a name' "$(field ada@corp.example .name.familyName)" Lovelace
is 'an address of an array' "$(field ada@corp.example '.emails[0].value')" ada@corp.example
is 'an attribute of an extension' "$(field bob@corp.example '."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".department')" Works
is 'a manager' "$(field carl@corp.example '."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".manager.value')" "$(field dora@corp.example .id)"
is 'members' "$(members Works)" 'bob@corp.example eve@corp.example '
is 'members, a group among them' "$(members All)" 'Works ada@corp.example carl@corp.example dora@corp.example '
step 0 Service 'Full Import'
says 'staged     no-change 7'

# --- changes of every kind, confirmed by a delta import
sed -i -e '/^dn: uid=1002/,/^$/s/^title: .*/title: Inventor/' -e '/^dn: uid=1002/,/^$/s/^department: .*/department: Lab/' \
  -e '/^dn: uid=1003/,/^$/{/^manager/d}' -e '/^dn: uid=1001/,/^$/s/^mail: .*/mail: ada.l@corp.example/' \
  -e '/^dn: cn=Works/,/^$/{s/^member: uid=1005,/member: uid=1003,/}' sync/madata/HR/hr.ldif
round 'Delta Import'
is 'nothing is left to export' "$(pending)" 0
is 'a changed title' "$(field bob@corp.example .title)" Inventor
is 'a changed department' "$(field bob@corp.example '."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".department')" Lab
is 'a manager who is none any more' "$(field carl@corp.example '."urn:ietf:params:scim:schemas:extension:enterprise:2.0:User".manager.value')" ''
is 'a renamed user' "$(field ada.l@corp.example '.emails[0].value')" ada.l@corp.example
is 'a member more and one less' "$(members Works)" 'bob@corp.example carl@corp.example '

# --- what others do there is seen by a delta import
bob=$(field bob@corp.example .id) eve=$(field eve@corp.example .id)
check 'a title is changed there' cloud "/Users/$bob" -X PATCH -d '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"title","value":"Intruder"}]}'
check 'a user is deleted there' cloud "/Users/$eve" -X DELETE
check 'a user is made there' cloud /Users -X POST -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"zoe@corp.example","active":true}'
step 0 Service 'Delta Import'
says 'delete 1'
says 'add 1'
run 0 -C sync cs show Service zoe@corp.example
says disconnector
# who was deleted there comes back, and the title is ours again
step 0 Service 'Delta Synchronization'
round 'Delta Import'
is 'our title' "$(field bob@corp.example .title)" Inventor
check 'she is there again' test -n "$(field eve@corp.example .id)"
check 'under another id' test "$(field eve@corp.example .id)" != "$eve"
is 'what is not ours is left alone' "$(field zoe@corp.example .userName)" zoe@corp.example

# --- somebody leaves
awk -v RS= -v ORS='\n\n' '!/uid=1005,ou=people,dc=hr\nobjectClass/' sync/madata/HR/hr.ldif >left.ldif
mv left.ldif sync/madata/HR/hr.ldif
round 'Delta Import'
is 'she is gone' "$(field eve@corp.example .id)" ''
is 'nothing is left to export' "$(pending)" 0

# --- a user that is there already is taken over, not made twice
check 'a user is made there' cloud /Users -X POST -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"fay@corp.example","title":"old","active":true}'
cat >>sync/madata/HR/hr.ldif <<'LDIF'

dn: uid=1006,ou=people,dc=hr
objectClass: person
employeeID: 1006
displayName: Fay Clerk
givenName: Fay
sn: Clerk
mail: fay@corp.example
title: new
LDIF
round 'Delta Import'
is 'her title' "$(field fay@corp.example .title)" new
is 'she is there once' "$(user fay@corp.example | wc -l)" 1
is 'nothing is left to export' "$(pending)" 0

# --- without the ids of the last import a delta reads all, and nothing is deleted
rm sync/madata/Service/cloud-ids.*
step 0 Service 'Delta Import'
says 'all was read instead'
says_not delete

# --- credentials
(umask 077 && echo wrong >sync/secrets/service)
run 7 -C sync run-profile Service 'Full Import'
says 'no-start-credentials'
finish
