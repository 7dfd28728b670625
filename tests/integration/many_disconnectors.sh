# SPDX-License-Identifier: Apache-2.0
# One changed object beside many normal disconnectors: only those that it matches are looked at.
# MACTL_LONG makes them 50 000, MACTL_DISCONNECTORS as many as it says.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
size=1000
[ -z "${MACTL_LONG:-}" ] || size=50000
size=${MACTL_DISCONNECTORS:-$size}
pair_begin i

# objects AGENT PROFILE MOST: how many a step reads
objects() {
  run 0 -C i run-profile "$1" "$2" -o json
  check "$1 $2 looks at few objects" jq -e --argjson most "$3" \
    '.steps[0].work."objects-read" // 0 | . <= $most' <<<"$out"
  [ -z "${SHOW_WORK:-}" ] || echo "$1 $2: $(jq -c '.steps[0].work' <<<"$out")"
}

# --- people of the directory whom nobody knows -----------------------------------------------------
{
  echo 'version: 1'; echo
  seq -f '%.0f' 1 "$size" | awk '{ printf "dn: CN=D%d,OU=Staff,DC=corp,DC=example\nobjectClass: user\nobjectGUID: d%d\ncn: D%d\nemployeeID: 7%06d\n\n", $1, $1, $1, $1 }'
} >i/madata/Directory/directory.ldif
run 0 -C i run-profile HR 'Full Import'
run 0 -C i run-profile HR 'Delta Synchronization'
run 0 -C i run-profile Directory 'Full Import'
run 0 -C i run-profile Directory 'Delta Synchronization'
says "disconnector-remains $size"

# --- a delta synchronisation without a change looks at none of them ----------------------------------
objects Directory 'Delta Synchronization' 0
sed -i 's/title: Engineer/title: Inventor/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import'
objects HR 'Delta Synchronization' 20
objects Directory 'Delta Synchronization' 0

# --- one that comes joins its own --------------------------------------------------------------------
printf '\ndn: uid=n,ou=people,dc=hr\nobjectClass: person\nemployeeID: 7000005\ndisplayName: D5\n\n' >>i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import'
says 'add 1'
objects HR 'Delta Synchronization' 30
check 'it is joined' jq -e '[.steps[0].counters[] | select(.agent == "Directory") | .outbound | keys[]] == ["connector-flow"]' <<<"$out"

# --- one that changes its key, so that another joins by the rule of its own agent -----------------------
awk -v RS= -v ORS='\n\n' '{ sub(/objectGUID: d9\n/, "&telephoneNumber: 9\n") } 1' i/madata/Directory/directory.ldif >changed
cp changed i/madata/Directory/directory.ldif
run 0 -C i run-profile Directory 'Full Import'
objects Directory 'Delta Synchronization' 20
check 'it remains' jq -e '.steps[0].counters[0].inbound."disconnector-remains" == 1' <<<"$out"
finish
