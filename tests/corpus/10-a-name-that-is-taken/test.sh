#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: two users wait for their export, and an import shows that others have their DNs.
# The two give way, and provisioning is tried again: the user who is there is the one that was wanted, the
# contact is not, and that is told until the DN is free.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 10-a-name-that-is-taken
directory=$instance/madata/Directory/directory.ldif

run 0 HR 'Full Import'
step 1-two-are-provisioned 0 HR 'Delta Synchronization'
cp "$here/taken.ldif" "$directory"
step 2-others-have-the-names 0 Directory 'Full Import'
check "nothing is to be exported" same "$(pending Directory)" ''
step 3-one-is-it-one-is-not 4 Directory 'Delta Synchronization'
step 4-what-the-one-lacks 0 Directory Export
run 4 Directory 'Delta Synchronization'

awk -v RS= -v ORS='\n\n' '!/objectClass: contact/' "$directory" >"$folder/free" && cp "$folder/free" "$directory"
in_settings '<guard import-loss-percent="100"/>'
run 0 Directory 'Full Import'
step 5-the-name-is-free 0 Directory 'Delta Synchronization'
run 0 HR 'Delta Synchronization'
step 6-exported 0 Directory Export
check "no error is left" same "$("$mactl" dump cs | grep -c ' error ')" 0
finish
