# SPDX-License-Identifier: Apache-2.0
# Ten thousand people on a real SCIM server, there and back; a thousand, unless it is asked to be long.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/scim.sh"
count=1000
[ -z "${MACTL_LONG:-}" ] || count=10000
scim_instance scimmy page-size 200
hr_people 100001 $((100000 + count))
round 'Full Import'
says_not 'error'
is 'all are there' "$(cloud '/Users?count=1' | jq .totalResults)" $((count + 5))
is 'and known' "$("$MACTL" -C sync dump cs | grep -c '^agent  *Service')" $((count + 7))
is 'nothing is left to export' "$(pending)" 0
sed -i -e '/^dn: uid=100100,/,/^$/s/^displayName: .*/displayName: Another/' -e '/^dn: uid=100200,/,/^$/d' "$hr"
round 'Delta Import'
is 'a changed name' "$(cloud "/Users/$(cloud_id /Users '.userName' p100100@corp.example)" | jq -r .displayName)" Another
step 0 Service 'Full Import'
says "no-change $((count + 6))"
finish
