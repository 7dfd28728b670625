# SPDX-License-Identifier: Apache-2.0
# DN-with-binary and DN-with-string: what stands beside the name comes through the metaverse and
# goes out again, follows the object that it names, and does so in a large attribute too.
. "$MACTL_SOURCE/tests/support/shell.sh"
data=$MACTL_SOURCE/tests/integration/data/groups
size=70
# begin FOLDER CONNECTORS: an instance in which `manager` and `member` are DN-with-binary there
begin() {
  cp -r "$data/export" "$1.export"
  sed -i 's/\(id="\(manager\|member\)".*\)1.3.6.1.4.1.1466.115.121.1.12/\11.2.840.113556.1.4.903/' "$1.export"/Connectors/$2
  run 0 -C "$1" config import "$1.export" -q
  cp "$data/mactl.xml" "$1/mactl.xml"
  mkdir -p "$1/madata/HR" "$1/madata/Directory"
  printf 'version: 1\n\n' >"$1/madata/Directory/directory.ldif"
}
# through FOLDER: what HR shows, all the way
through() {
  run 0 -C "$1" run-profile HR 'Full Import'
  run 0 -C "$1" run-profile HR 'Delta Synchronization'
  run 0 -C "$1" run-profile Directory Export
  run 0 -C "$1" run-profile Directory 'Full Import'
  run 0 -C "$1" run-profile Directory 'Delta Synchronization'
}
begin i '*.xml'
hr=i/madata/HR/hr.ldif directory=i/madata/Directory/directory.ldif

# person NUMBER [MANAGER]
person() {
  printf 'dn: uid=%d,dc=hr\nobjectClass: person\nemployeeID: %d\ndisplayName: P%d\n' "$1" "$1" "$1"
  [ -z "${2:-}" ] || printf 'manager: %s\n' "$2"
  printf '\n'
}
{
  printf 'version: 1\n\n'
  person 1
  person 2 B:8:00aaBBcc:uid=1,dc=hr
  for ((n = 3; n <= size; n++)); do person "$n"; done
  printf 'dn: cn=all,dc=hr\nobjectClass: group\nemployeeID: g1\ndisplayName: All\n'
  for ((n = 1; n <= size; n++)); do printf 'member: B:4:%04X:uid=%d,dc=hr\n' "$n" "$n"; done
  # one object with two data, and data beside the same name
  printf 'member: B:4:FFFF:uid=1,dc=hr\n\n'
} >"$hr"
through i
corp() { grep -x "$1" "$directory"; }
check 'the manager has its data' corp 'manager: B:8:00AABBCC:CN=P1,OU=Staff,DC=corp,DC=example'
check 'every member has' test "$(grep -cx 'member: B:4:[0-9A-F]\{4\}:CN=P[0-9]*,OU=Staff,DC=corp,DC=example' "$directory")" = $((size + 1))
check 'one is there twice' test "$(grep -c 'member: .*CN=P1,' "$directory")" = 2
run 0 -C i cs show HR uid=2,dc=hr --hologram synchronized
says 'manager                      B:8:00AABBCC:uid=1,dc=hr'

# --- other data, another name, one less ------------------------------------------------------
sed -i 's/B:8:00aaBBcc/B:2:07/; s/^displayName: P1$/displayName: Q1/; /^member: .*uid=7,dc=hr/d' "$hr"
through i
check 'the new data, beside the new name' corp 'manager: B:2:07:CN=Q1,OU=Staff,DC=corp,DC=example'
check 'who left is gone' test "$(grep -c 'member: .*CN=P7,' "$directory")" = 0
check 'the others are there' test "$(grep -c '^member: B:4:' "$directory")" = "$size"
check 'under their new name' test "$(grep -c 'member: .*CN=Q1,' "$directory")" = 2

# --- and there is peace ----------------------------------------------------------------------
"$MACTL" -C i dump >before
run 0 -C i run-profile HR 'Full Synchronization'
run 0 -C i run-profile Directory 'Full Synchronization'
check 'a full synchronisation finds nothing' cmp before <("$MACTL" -C i dump)
run 0 -C i pending
check 'nothing waits' test "$(awk 'NR > 1 { n += $2 + $3 + $4 + $5 + $6 } END { print n }' <<<"$out")" = 0
run 0 -C i db verify

# --- a system that has names alone gets names alone -------------------------------------------
begin j '*000000000001*.xml'
cp "$hr" j/madata/HR/hr.ldif
through j
check 'the name of the manager' grep -qx 'manager: CN=Q1,OU=Staff,DC=corp,DC=example' j/madata/Directory/directory.ldif
check 'the names of the members' test "$(grep -cx 'member: CN=[PQ][0-9]*,OU=Staff,DC=corp,DC=example' j/madata/Directory/directory.ldif)" = $((size - 1))
finish
