#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a unit has another name. Its container is renamed by one export, who lies below it
# moves along and is neither exported nor imported as something new. A container that is not there yet is
# not renamed while an import has shown others below it: that is an error of the unit until it was exported.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 25-a-container-is-renamed
hr=$instance/madata/HR/hr.ldif
directory=$instance/madata/Directory/directory.ldif
synchronise_hr() {
  run 0 HR 'Full Import'
  run "$1" HR 'Delta Synchronization'
}

synchronise_hr 0
run 0 Directory Export
run 0 Directory 'Full Import'
step 1-two-in-sales 0 Directory 'Delta Synchronization'

edit "$hr" 's/^name: Sales/name: Trade/'
synchronise_hr 0
stands 2-trade-is-wanted
step 3-one-rename-is-sent 0 Directory Export
check "a rename" same "$(counted Directory export-rename) $(counted Directory export-update)" '1 0'
check "the directory has moved all" same "$(grep -c 'OU=Trade' "$directory") $(grep -c 'OU=Sales' "$directory")" '3 0'
step 4-all-are-seen-there 0 Directory 'Full Import'
step 5-and-there-is-peace 0 Directory 'Delta Synchronization'

printf '\ndn: CN=Eve Noether,OU=Lab,DC=corp,DC=example\nobjectClass: user\nobjectGUID:: AQEBAQEBAQEBAQEBAQEBAQ==\ndisplayName: Eve Noether\n' >>"$directory"
run 0 Directory 'Full Import'
run 0 Directory 'Delta Synchronization'
printf '\ndn: cn=18,ou=units,o=hr\nobjectClass: unit\ncode: 18\nname: Lab\n' >>"$hr"
synchronise_hr 0
edit "$hr" 's/^name: Lab/name: Research/'
synchronise_hr 4
stands 6-who-lies-below-holds-it
run 0 Directory Export
synchronise_hr 0
stands 7-once-it-is-there-it-may-be-renamed
finish
