#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: somebody leaves, and before the delete went out somebody else comes who gets the
# same name: he waits for an account of his own, and never gets that of the other. Who comes back himself keeps his account.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
new_instance
check "the pair is imported" import_pair
in_settings '<guard import-loss-percent="100"/>'
hr=$instance/madata/HR/hr.ldif
directory=$instance/madata/Directory/directory.ldif
cp "$hr" "$folder/all.ldif"
run 0 HR FIFS
run 0 Directory EFIDS

# of the account with this name
account() { awk -v RS= '/^dn: CN=Bob Babbage,/' "$directory" | sed -n "s/^$1: *//p"; }
leaves() { awk -v RS= -v ORS='\n\n' '!/uid=1002/' "$folder/all.ldif" >"$hr"; }
comes() {
  printf 'dn: uid=%s,ou=people,dc=hr\nobjectClass: person\nemployeeID: %s\ndisplayName: Bob Babbage\n\n' "$1" "$1" >>"$hr"
}
hr_says() {
  run 0 HR 'Full Import'
  run 0 HR 'Delta Synchronization'
}

leaves && hr_says
check "who left is to be deleted" same "$("$mactl" pending Directory --op delete -o name)" 'CN=Bob Babbage,OU=Staff,DC=corp,DC=example'
cp "$folder/all.ldif" "$hr" && hr_says
check "who comes back before that is kept" same "$("$mactl" pending Directory -o name)" ''

leaves && comes 1006
run 0 HR 'Full Import'
run 4 HR 'Delta Synchronization'
check "who takes his name has to wait" grep -qF 'another object, whose delete has to be exported first, has the name CN=Bob Babbage,' \
  <("$mactl" runs show last --errors)
check "the account is still to be deleted" same "$("$mactl" pending Directory --op delete -o name)" 'CN=Bob Babbage,OU=Staff,DC=corp,DC=example'
run 0 Directory Export
check "then it is" same "$(account employeeID)" ''
run 0 HR 'Delta Synchronization'
run 0 Directory EFIDS
check "and the newcomer has one" same "$(account employeeID)" 1006
check "a new one" same "$(counted Directory export-add)" 1
check "nothing of the other is left in it" same "$(account mail)$(account title)" ''
run 0 HR 'Delta Synchronization'
check "then there is peace" same "$("$mactl" pending Directory -o name)" ''
check "no error is left" same "$("$mactl" errors list -o name)" ''
check "the store is sound" quiet "$mactl" db verify

# what cycles do by themselves
cp "$folder/all.ldif" "$hr"
leaves && comes 1007
"$mactl" cycle --full --until-quiet >/dev/null 2>&1
check "one cycle deletes the account, and gives the third his own" same "$(account employeeID)" 1007
check "no error is left behind it" same "$("$mactl" errors list -o name)" ''
finish
