# SPDX-License-Identifier: Apache-2.0
# better-auth, a SCIM receiver of production that is strict: filters by eq alone, a hundred on a page, an address
# that is required, references that must be there.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/scim.sh"
scim_instance betterauth
step 0 Service 'Full Import'
says 'completed-no-objects'

# --- people and groups, more than a page; a group is no member there: it is missing, and nobody else
hr_people 2001 2110
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
step 4 Service Export
run 0 -C sync runs show last --errors
says 'dn-attributes-failure'
says 'One or more Group members are invalid'
is 'the other members are there' "$(cloud '/Groups?count=100' | jq '.Resources[] | select(.displayName == "All") | .members | length')" 3
sed -i -e '/^dn: cn=All/,/^$/{/cn=Works/d}' "$hr"
round 'Full Import'
is 'all are there' "$(all_users | wc -l)" 115
is 'a name of a name' "$(field ada@corp.example .name.familyName)" Lovelace
is 'members' "$(cloud '/Groups?count=100' | jq '.Resources[] | select(.displayName == "Works") | .members | length')" 2
step 0 Service 'Full Import'
says_not 'delete'

# --- changes of every kind
sed -i -e '/^dn: uid=1002/,/^$/s/^displayName: .*/displayName: Robert Babbage/' \
  -e '/^dn: cn=Works/,/^$/{s/^member: uid=1005,/member: uid=1003,/}' "$hr"
sed -i -e '/^dn: uid=2100,/,/^$/d' "$hr"
round 'Delta Import'
is 'a changed name' "$(field bob@corp.example .displayName)" 'Robert Babbage'
is 'who left is not there' "$(field p2100@corp.example .id)" ''
is 'the members' "$(cloud '/Groups?count=100' | jq -r '.Resources[] | select(.displayName == "Works") | .members | length')" 2

# --- deleted there
cloud "/Users/$(field p2050@corp.example .id)" -X DELETE >/dev/null
step 0 Service 'Delta Import'
says 'delete 1'
finish
