# SPDX-License-Identifier: Apache-2.0
# An LDIF file that is the connected system is what it should be, whether the objects come in one
# batch or in many, and whatever is changed in between.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
people() {
  echo 'version: 1'; echo
  seq -f '%.0f' 1 "$1" | awk -v t="$2" '{ printf "dn: uid=%d,ou=people,dc=hr\nobjectClass: person\nemployeeID: %d\ndisplayName: P%d\ntitle: %s\n", $1, $1, $1, t
    if ($1 > 1) printf "manager: uid=%d,ou=people,dc=hr\n", $1 - 1
    print "" }'
}
# goes FOLDER BATCH: three exports, of adds, of adds and updates, of deletes
goes() {
  local size
  pair_begin "$1"
  sed -i "s|<step-type type=\"export\"></step-type><threshold>|&<batch-size>$2</batch-size>|" "$1"/config/Connectors/*.xml
  check 'the batches have a size' grep -q "<batch-size>$2<" "$1"/config/Connectors/*2}.xml
  sed -i 's|</mactl>|  <guard import-loss-percent="100" export-deletes-percent="100"/>\n</mactl>|' "$1/mactl.xml"
  printf 'version: 1\n\n' >"$1/madata/Directory/directory.ldif"
  for size in '30 Engineer' '70 Manager' '20 Manager'; do
    # shellcheck disable=SC2086 # two words
    people $size >"$1/madata/HR/hr.ldif"
    run 0 -C "$1" run-profile HR 'Full Import'
    run 0 -C "$1" run-profile HR 'Delta Synchronization'
    run 0 -C "$1" run-profile Directory Export
    run 0 -C "$1" run-profile Directory 'Full Import'
    run 0 -C "$1" run-profile Directory 'Delta Synchronization'
    says 'success'
  done
}
entries() { awk -v RS= '/^dn:/ { gsub(/\n/, "|"); print }' "$1" | sort; }

goes one 5000
goes many 7
check 'all are there' test "$(grep -c '^dn: CN=P' one/madata/Directory/directory.ldif)" = 20
check 'many batches come to the same' cmp <(entries one/madata/Directory/directory.ldif) <(entries many/madata/Directory/directory.ldif)
check 'nothing waits' test "$("$MACTL" -C many pending --export -o name | wc -l)" = 0
finish
