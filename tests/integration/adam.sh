# SPDX-License-Identifier: Apache-2.0
# An agent of the category ADAM against a directory that is no Active Directory: OpenLDAP stands for AD LDS. It has
# neither DirSync nor change numbers; its objects are known by entryUUID, or by an objectGUID that somebody gives them.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/adam.sh"

# --- known by entryUUID: people come, change, are renamed, and go ------------------------------------
bind '<parameter name="anchor">entryUUID</parameter>'
run 0 -C i ma list
check 'the plugin of the category' grep -q '^Directory  *ADAM  *ad_ma  *ready' <<<"$out"
run 3 -C i ma test Directory
says 'none is found: there are no delta imports'
says 'connection  '
says 'simple bind'
run 0 -C i ma schema Directory
says_not 'gone     attribute'
run 0 -C i run-profile Directory 'Full Import'
round
ada=CN=Ada\ Lovelace,OU=Staff,DC=corp,DC=example
check 'the container was made, and she is in it' test "$(of "$ada" mail)" = ada@corp.example
check 'whom others refer to' grep -qix "$ada" <<<"$(of 'CN=Bob Babbage,OU=Staff,DC=corp,DC=example' manager)"
run 0 -C i cs show Directory "$ada" -o json
check 'her anchor is the entryUUID' test "$(jq -r .anchor <<<"$out")" = "$(of "$ada" entryUUID)"
uuid=$(of "$ada" entryUUID)
sed -i -e 's/^displayName: Ada Lovelace/displayName: Ada Byron/' -e 's/^title: Engineer/title: Clerk/' i/madata/HR/hr.ldif
round
byron=CN=Ada\ Byron,OU=Staff,DC=corp,DC=example
check 'a rename is one' test "$(of "$byron" entryUUID)" = "$uuid"
check 'a change is there' test "$(of 'CN=Bob Babbage,OU=Staff,DC=corp,DC=example' title)" = Clerk
run 6 -C i run-profile Directory 'Delta Import'
says 'had no complete full import yet'
awk 'BEGIN { RS = ""; ORS = "\n\n" } !/employeeID: 1004/' i/madata/HR/hr.ldif | sed '/^manager: uid=1004/d' >hr && cp hr i/madata/HR/hr.ldif
round
check 'who left is gone' test -z "$(of 'CN=Dora Euler,OU=Staff,DC=corp,DC=example' cn 2>/dev/null)"

# --- known by an objectGUID of the schema -------------------------------------------------------------
for n in 1 2 3 5; do
  tool search -LLL -b ou=Staff,dc=corp,dc=example "(employeeID=100$n)" 1.1 | sed -n 's/^dn: //p' | while read -r dn; do
    printf 'dn: %s\nchangetype: modify\nadd: objectGUID\nobjectGUID: guid number 000%s\n' "$dn" $n | tool modify >/dev/null
  done
done
rm -r i/store
bind ''
run 0 -C i run-profile Directory 'Full Import'
says 'staged     add 4'
run 0 -C i cs show Directory "$byron" -o json
check 'her anchor is the objectGUID' grep -qF 'guid number 0001' <<<"$out"
printf 'dn: %s\nchangetype: modify\ndelete: objectGUID\n' "$byron" | tool modify >/dev/null
run 4 -C i run-profile Directory 'Full Import'
run 0 -C i runs show last --errors
says 'missing-anchor-component'
says "the parameter 'anchor' names what the directory has not"

# --- a group of 5 001: each member, and no other -------------------------------------------------------
bind '<parameter name="anchor">entryUUID</parameter>'
{ printf 'dn: cn=all,ou=Staff,dc=corp,dc=example\nobjectClass: group\n'
  seq -f 'member: CN=m%.0f,OU=People,DC=corp,DC=example' 1 5001; } | tool add >/dev/null
rm -r i/store
run 0 -C i run-profile Directory 'Full Import'
run 0 -C i cs show Directory 'CN=all,OU=Staff,DC=corp,DC=example' -o json
check 'all 5 001 came' diff <(seq 1 5001 | sort) \
  <(jq -r '.. | strings | capture("^CN=m(?<n>[0-9]+),OU=People,DC=corp,DC=example$"; "i").n' <<<"$out" | sort -u)
finish
