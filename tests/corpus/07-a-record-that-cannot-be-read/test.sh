#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a full import that could not read one record takes what it could, lets nobody go,
# leaves the watermark where it was and ends the profile. When the record is right, all that is made up for.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 07-a-record-that-cannot-be-read
people=$instance/madata/HR/people.csv
in_settings '<guard import-loss-percent="100"/>'

step 1-all-are-there 0 HR Everything
run 0 HR 'Delta Import'
check "the watermark is that of the file: nothing is read again" same "$(counted HR stage-no-change)" 0

printf 'employeeID,displayName,number\n1001,Ada King,1\n1002,Bob Babbage,two\n' >"$people"
step 2-one-is-wrong-one-is-gone 4 HR Everything
check "by its name" ended completed-discovery-errors
check "nobody is let go" same "$(counted HR stage-delete)" 0
check "the synchronisation was not run" same "$("$mactl" runs show last -o json | jq '.steps | length')" 1
run 4 HR 'Delta Import'
check "the watermark is where it was: the file is read again" ended completed-discovery-errors

sed -i 's/two/2/' "$people"
step 3-made-up-for 0 HR Everything

printf 'employeeID,displayName,number\n' >"$people"
step 4-a-file-of-nobody-keeps-all 0 HR Everything
check "nobody is let go" same "$(counted HR stage-delete)" 0
finish
