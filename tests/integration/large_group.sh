# SPDX-License-Identifier: Apache-2.0
# One member more in a large group costs a handful of values in every step of its way, and the
# result is what a full synchronisation of everything would give. MACTL_LONG makes it 50 000.
. "$MACTL_SOURCE/tests/support/shell.sh"
size=1000
[ -z "${MACTL_LONG:-}" ] || size=50000
most=20
least=1
data=$MACTL_SOURCE/tests/integration/data/groups
run 0 -C i config import "$data/export" -q
cp "$data/mactl.xml" i/mactl.xml
mkdir -p i/madata/HR i/madata/Directory

people() {
  seq -f '%.0f' 1 "$1" | awk '{ printf "dn: uid=%d,ou=people,dc=hr\nobjectClass: person\nemployeeID: %d\ndisplayName: P%d\n\n", $1, $1, $1 }'
}
# members FROM TO
members() { seq -f 'member: uid=%.0f,ou=people,dc=hr' "$1" "$2"; }
group() {
  printf 'dn: cn=all,ou=groups,dc=hr\nobjectClass: group\nemployeeID: g1\ndisplayName: All\n'
  members 1 "$size"
  printf '\n'
}
# change NAME VALUES: what a delta import of HR shows of the group
change() {
  printf 'version: 1\n\ndn: cn=all,ou=groups,dc=hr\nchangetype: modify\n%s: member\n%s\n-\n' "$1" "$2" >i/madata/HR/hr.changes.ldif
}
# shown NAME VALUES: the same of the Directory
shown() {
  printf 'version: 1\n\ndn: CN=All,OU=Groups,DC=corp,DC=example\nchangetype: modify\n%s: member\n%s\n-\n' "$1" "$2" >i/madata/Directory/directory.changes.ldif
}
hr() { printf 'member: uid=%d,ou=people,dc=hr' "$1"; }
corp() { printf 'member: CN=P%d,OU=Staff,DC=corp,DC=example' "$1"; }

# cheap AGENT PROFILE: a step that reads and writes at most so many values, and at least so many
cheap() {
  run 0 -C i run-profile "$1" "$2" -o json
  check "$1 $2 is cheap" jq -e --argjson most "$most" --argjson least "$least" \
    '.steps[0].work | (."values-read" + ."values-written") as $values | $values >= $least and $values <= $most' <<<"$out"
  [ -z "${SHOW_WORK:-}" ] || echo "$1 $2: $(jq -c '.steps[0].work' <<<"$out")"
}
# everything that the store says of who is who and what, without what a run leaves behind
dump() { "$MACTL" -C i dump -o json | sed -E 's/"(run|time|since|last_run)": [^,}]*//g'; }
{ echo 'version: 1'; echo; people $((size + 2)); group; } >i/madata/HR/hr.ldif
{ echo 'version: 1'; echo; } >i/madata/Directory/directory.ldif
run 0 -C i run-profile HR 'Full Import'
run 0 -C i run-profile HR 'Delta Synchronization'
run 0 -C i run-profile Directory Export
run 0 -C i run-profile Directory 'Full Import'
run 0 -C i run-profile Directory 'Delta Synchronization'
says "connector-no-flow $((size + 3))"

peace() {
  run 0 -C i pending
  check 'nothing waits' test "$(awk 'NR > 1 { n += $2 + $3 + $4 + $5 + $6 } END { print n }' <<<"$out")" = 0
}

# --- one more, and one less ----------------------------------------------------------------------
# through CHANGE NUMBER: the whole way of one member
through() {
  change "$1" "$(hr "$2")"
  cheap HR 'Delta Import'
  check 'an update is staged' jq -e '.steps[0].counters[0].staging."stage-update" == 1' <<<"$out"
  cheap HR 'Delta Synchronization'
  check 'it flows' jq -e '.steps[0].counters | map(.outbound."connector-flow" // 0) | add == 1' <<<"$out"
  cheap Directory Export
  check 'it is exported' jq -e '.steps[0].counters[0].export."export-update" == 1' <<<"$out"
  shown "$1" "$(corp "$2")"
  cheap Directory 'Delta Import'
  cheap Directory 'Delta Synchronization'
  peace
}
through add $((size + 1))
check 'it is in the directory' grep -q "^$(corp $((size + 1)))" i/madata/Directory/directory.ldif
through delete 7
check 'it is not in the directory' test "$(grep -c "^$(corp 7)\$" i/madata/Directory/directory.ldif)" = 0
run 0 -C i runs show last
says 'values read'

# --- one who is new, and a member at once ---------------------------------------------------------
# What was read of the group before its member was linked is completed by the notes of who was linked.
new=$((size + 3))
{
  printf 'version: 1\n\n'
  printf 'dn: cn=all,ou=groups,dc=hr\nchangetype: modify\nadd: member\n%s\n-\n\n' "$(hr $new)"
  printf 'dn: uid=%d,ou=people,dc=hr\nchangetype: add\nobjectClass: person\nemployeeID: %d\ndisplayName: P%d\n' $new $new $new
} >i/madata/HR/hr.changes.ldif
cheap HR 'Delta Import'
cheap HR 'Delta Synchronization'
check 'one is provisioned' jq -e '.steps[0].counters | map(.outbound."provisioned-add-flow" // 0) | add == 1' <<<"$out"
cheap Directory Export
check 'both are exported' jq -e '.steps[0].counters[0].export | ."export-add" == 1 and ."export-update" == 1' <<<"$out"
check 'it is in the directory' grep -q "^$(corp $new)" i/madata/Directory/directory.ldif

run 0 -C i run-profile Directory 'Full Import'
run 0 -C i run-profile Directory 'Delta Synchronization'

# --- and who leaves ------------------------------------------------------------------------------
# It is deleted in HR. Its account goes, and so does the account's name from the group.
printf 'version: 1\n\ndn: uid=9,ou=people,dc=hr\nchangetype: delete\n' >i/madata/HR/hr.changes.ldif
least=0 # the group itself is not spoken of
cheap HR 'Delta Import'
least=1
cheap HR 'Delta Synchronization'
check 'it is deleted' jq -e '.steps[0].counters | map(.outbound."provisioned-disconnect" // 0) | add == 1' <<<"$out"
cheap Directory Export
check 'it is exported' jq -e '.steps[0].counters[0].export | ."export-delete" == 1 and ."export-update" == 1' <<<"$out"
shown delete "$(corp 9)"
printf '\ndn: CN=P9,OU=Staff,DC=corp,DC=example\nchangetype: delete\n' >>i/madata/Directory/directory.changes.ldif
cheap Directory 'Delta Import'
cheap Directory 'Delta Synchronization'
peace

# --- the rest is as it was -----------------------------------------------------------------------
dump >by-value.json
check 'there is something to compare' grep -q "P$size" by-value.json
run 0 -C i run-profile HR 'Full Synchronization'
says "connector-no-flow $((size + 3))"
run 0 -C i run-profile Directory 'Full Synchronization'
says "connector-no-flow $((size + 3))"
dump >whole.json
check 'a full synchronisation finds nothing to change' cmp by-value.json whole.json
run 0 -C i db verify
finish
