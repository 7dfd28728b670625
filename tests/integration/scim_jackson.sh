# SPDX-License-Identifier: Apache-2.0
# SAML Jackson, a SCIM receiver of production that is sloppy: no discovery, fifty on a page whose size it calls
# the total, filters that find nothing, groups that
# never show a member and people that never show a manager. Nobody may be lost for it.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/scim.sh"
scim_instance jackson
step 0 Service 'Full Import'
says 'completed-no-objects'

# --- more people than it says it has
hr_people 2001 2120
round 'Full Import' 3
is 'all are there' "$(all_users | wc -l)" 125
check 'it calls the size of a page the total' test "$(cloud '/Users?startIndex=1&count=500' | jq -c '[.totalResults, (.Resources | length)]')" = '[50,50]'
is 'and all were read' "$("$MACTL" -C sync dump cs | grep -c '^agent  *Service')" 127
run 0 -C sync runs show 5 --errors
is 'what it accepts and does not show, it is blamed for' "$(grep -o 'not reimported  [a-z]*' <<<"$out" | sort | uniq -c | tr -s ' ' | tr '\n' ';')" \
  ' 3 not reimported manager; 2 not reimported members;'
is 'a name of a name' "$(field ada@corp.example .name.familyName)" Lovelace
step 0 Service 'Full Import'
says_not 'delete'
says_not 'update'

# --- changes and a delete by a delta import, without a filter to ask
sed -i -e '/^dn: uid=1002/,/^$/s/^title: .*/title: Inventor/' "$hr"
sed -i -e '/^dn: uid=2100,/,/^$/d' "$hr"
scim_bind attempts 20 # which wait for twenty minutes
started=$SECONDS
round 'Delta Import' 3
check 'a filter that it answers with 500 is no reason to wait' test $((SECONDS - started)) -lt 600
scim_bind
is 'a changed title' "$(field bob@corp.example .title)" Inventor
is 'who left is not there' "$(field p2100@corp.example .id)" ''
is 'the others are' "$(all_users | wc -l)" 124

# --- deleted there, and found to be gone among 124 on pages of fifty
id=$(field p2050@corp.example .id)
cloud "/Users/$id" -X DELETE >/dev/null
step 0 Service 'Delta Import'
says 'delete 1'

# --- an object that is there already is found although filters find nothing
step 0 Service 'Delta Synchronization'
there
step 3 Service 'Full Import'
is 'she is there once more' "$(all_users | jq -r .userName | grep -c '^p2050@')" 1
finish
