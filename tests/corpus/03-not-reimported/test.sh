#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a directory that takes 512 for userAccountControl and shows 546: the import
# warns, says what was exported and what is there, and 512 is exported again, in every cycle, until one
# side gives in. What the same export changed besides is confirmed.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 03-not-reimported
directory=$instance/madata/Directory/directory.ldif
warning() { "$mactl" runs show last --errors -o json | jq -r ".errors[0].$1"; }

run 0 HR 'Full Import'
run 0 HR 'Delta Synchronization'
run 0 Directory 'Full Import'
step 1-joined 0 Directory 'Delta Synchronization'
step 2-exported 0 Directory Export
check "the directory was told 512" grep -qx 'userAccountControl: 512' "$directory"
sed -i 's/^userAccountControl: 512$/userAccountControl: 546/' "$directory"

step 3-another-value-is-read 3 Directory 'Full Import'
check "with a warning" ended completed-warnings
check "of its own name" same "$(warning type)" exported-change-not-reimported
check "it is to be exported again, and nothing else" same "$(pending Directory)" \
  "$(printf 'dn CN=Ada Lovelace,OU=Staff,DC=corp,DC=example\n ~ userAccountControl 512')"
step 4-still-wanted 0 Directory 'Delta Synchronization'
step 5-exported-again 0 Directory Export
check "the directory was told 512 again" grep -qx 'userAccountControl: 512' "$directory"

sed -i 's/^userAccountControl: 512$/userAccountControl: 546/' "$directory"
step 6-and-again-another-value 3 Directory 'Full Import'
sed -i 's/,512$/,546/' "$instance/madata/HR/people.csv"
run 0 HR 'Full Import'
step 7-the-source-gives-in 0 HR 'Delta Synchronization'
check "nothing is to be exported" same "$(pending Directory)" ''
run 0 Directory 'Full Import'
run 0 Directory 'Delta Synchronization'
check "nothing is said any more" ended success
finish
