# SPDX-License-Identifier: Apache-2.0
# Ten thousand people on a real SCIM server, there and back: export, confirmation, a delta, a delete, a full import.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/scim.sh"
export HYBRID=no # SCIMMY defines each attribute of the schema anew for each object that it shows
scim_instance scimmy page-size 1000
hr_people 100001 110000
round 'Full Import'
says_not 'error'
is 'all are there' "$(cloud '/Users?count=1' | jq .totalResults)" 10005
is 'and known' "$("$MACTL" -C sync dump cs | grep -c '^agent  *Service')" 10007
is 'nothing is left to export' "$(pending)" 0
sed -i -e '/^dn: uid=100100,/,/^$/s/^displayName: .*/displayName: Another/' -e '/^dn: uid=100200,/,/^$/d' "$hr"
round 'Delta Import'
is 'nothing is left to export' "$(pending)" 0
is 'a changed name' "$(cloud "/Users/$(cloud_id '/Users' .userName p100100@corp.example)" | jq -r .displayName)" Another
is 'one is gone' "$(cloud '/Users?count=1' | jq .totalResults)" 10004
step 0 Service 'Full Import'
says 'no-change 10006'
finish
