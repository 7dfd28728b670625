#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: 501 deletes are one more than may go: nothing is written, not even what is no delete. When more may go,
# all of them do, children before their parents.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
# not swept: five hundred objects take their time
scenario 19-too-many-deletes
entries() { # UNIT COUNT
  printf 'dn: ou=%s,dc=hr\nobjectClass: unit\nname: %s\n\n' "$1" "$1"
  for ((n = 1; n <= $2; n++)); do
    printf 'dn: uid=%s%d,dc=hr\nobjectClass: person\nemployeeID: %s%d\nname: %s\nunit: %s\n\n' "$1" "$n" "$1" "$n" "${3:-Somebody}" "$1"
  done
}
directory=$instance/madata/Directory
# What was written becomes what is there.
become() { cp "$directory/$1" "$directory/directory.ldif" && cp "$directory/$1" "$directory/before.ldif"; }
confirm() {
  run 0 Directory 'Full Import'
  run 0 Directory 'Delta Sync'
}
{ echo 'version: 1'; echo; entries Stay 1; entries Go 500; } >"$instance/madata/HR/hr.ldif"
run 0 HR 'Full Import'
run 0 HR 'Delta Sync'
run 0 Directory Export
become changes.ldif
confirm
{ echo 'version: 1'; echo; entries Stay 1 'Somebody Else'; } >"$instance/madata/HR/hr.ldif"
run 0 HR 'Full Import'
run 0 HR 'Delta Sync'
waiting() { "$mactl" pending Directory --op "$1" -o name -n 1000 | grep -c .; }
check "501 deletes wait" same "$(waiting delete)" 501
check "and an update" same "$(waiting update)" 1

rm "$directory/changes.ldif"
run 5 Directory Export
check "the result says so" ended stopped-deletion-threshold-exceeded
check "it says how many" told 501
check "nothing was written" test ! -e "$directory/changes.ldif"
check "all of them still wait" same "$(waiting delete)$(waiting update)" 5011
in_settings '<guard agent="Directory" export-deletes="501"/>'
run 0 Directory Export
check "all are deleted" same "$(counted Directory export-delete)" 501
check "the children first" same "$(grep '^dn: ' "$directory/changes.ldif" | tail -n 1)" 'dn: OU=Go,DC=corp,DC=example'
sed '/^dn: CN=Go/,/^$/d; /^dn: OU=Go/,/^$/d' "$directory/before.ldif" >"$directory/directory.ldif"
edit "$directory/directory.ldif" 's/^displayName: Somebody/& Else/'
confirm
stands 1-what-is-left
finish
