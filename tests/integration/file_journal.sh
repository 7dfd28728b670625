# SPDX-License-Identifier: Apache-2.0
# A large file that is the connected system has a journal while it is exported to. An export that is
# killed at any commit loses nothing that it reported, and the next ones bring the file to the same end.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
people=600 # two batches
prepare() {
  pair_begin "$1"
  sed -i 's|</mactl>|  <guard import-loss-percent="100" export-deletes-percent="100"/>\n</mactl>|' "$1/mactl.xml"
  { printf 'version: 1\n\ndn: CN=Ballast,OU=People,DC=corp,DC=example\nobjectClass: user\nobjectGUID:: AAAAAAAAAAAAAAAAAAAAAQ==\n'
    awk 'BEGIN { for (i = 0; i < 1500; i++) { printf "other: %d ", i; for (j = 0; j < 100; j++) printf "ten bytes "; print "" } print "" }'
  } >"$1/madata/Directory/directory.ldif"
  { echo 'version: 1'; echo
    seq 1 "$people" | awk '{ printf "dn: uid=%d,ou=people,dc=hr\nobjectClass: person\nemployeeID: %d\ndisplayName: P%d\ntitle: T\n\n", $1, $1, $1 }'
  } >"$1/madata/HR/hr.ldif"
  run 0 -C "$1" run-profile Directory 'Full Import' -q
  run 0 -C "$1" run-profile HR 'Full Import' -q
  run 0 -C "$1" run-profile HR 'Delta Synchronization' -q
}
entries() { awk -v RS= '/^dn:/ { gsub(/\n/, "|"); print }' "$1" | sort; }

prepare ready
cp -r ready calm
run 0 -C calm run-profile Directory Export
says "add $people"
check 'all are in the file' test "$(grep -c '^dn: CN=P' calm/madata/Directory/directory.ldif)" = "$people"
check 'no journal is left' test ! -e calm/madata/Directory/directory.ldif.journal

# what cannot be brought into the file at the end is no success, and not lost
cp -r ready full
mkdir full/madata/Directory/directory.ldif.new
run 7 -C full run-profile Directory Export
says 'stopped-server-down'
says "directory.ldif' cannot be written"
rmdir full/madata/Directory/directory.ldif.new
run 0 -C full run-profile Directory 'Full Import' -q
check 'the next import has them' cmp <(entries calm/madata/Directory/directory.ldif) <(entries full/madata/Directory/directory.ldif)

# killed MOMENT: whether it was, and did not end before
killed() {
  rm -rf killed
  cp -r ready killed
  ! MACTL_DIE_AT=$1 "$MACTL" -C killed run-profile Directory Export -q >killed.out 2>&1
}
journals=0 moment=5
while killed "$moment"; do
  [ ! -e killed/madata/Directory/directory.ldif.journal ] || journals=$((journals + 1))
  run 0 -C killed run-profile Directory Export -q
  run 0 -C killed run-profile Directory 'Full Import' -q
  check "killed at $moment it comes to the same" \
    cmp <(entries calm/madata/Directory/directory.ldif) <(entries killed/madata/Directory/directory.ldif)
  check 'no journal is left behind' test ! -e killed/madata/Directory/directory.ldif.journal
  check 'nothing waits' test "$("$MACTL" -C killed pending --export -o name | wc -l)" = 0
  moment=$((moment + 2))
done
check 'it was killed now and then' test "$moment" -gt 9
check 'one of them at least left a journal' test "$journals" -gt 0
finish
