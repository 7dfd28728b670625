#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: the configuration has another partition, in front of the one that there was. Who
# was imported or provisioned before is of the partition that it was of: its exports go, and its deletes
# are seen.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 26-another-partition-in-front
directory=$instance/madata/Directory/directory.ldif

run 0 HR 'Full Import'
run 0 HR 'Delta Synchronization'
run 0 Directory Export
run 0 Directory 'Full Import'
step 1-two-are-there 0 Directory 'Delta Synchronization'
printf '1003,Carl Gauss,Prince\n' >>"$instance/madata/HR/people.csv"
edit "$instance/madata/HR/people.csv" 's/Countess/Analyst/'
run 0 HR 'Full Import'
run 0 HR 'Delta Synchronization'

edit "$instance/config/Connectors/Connector_{aaaaaaaa-0000-4000-8000-000000000002}.xml" "/<ma-partition-data>/r $here/partition.xml"
step 2-both-changes-are-sent 0 Directory Export
check "one add, one update" same "$(counted Directory export-add) $(counted Directory export-update)" '1 1'

in_settings '<guard import-loss-percent="100"/>'
awk -v RS= -v ORS='\n\n' '!/employeeID: 1002/' "$directory" >"$folder/left" && cp "$folder/left" "$directory"
step 3-who-is-gone-is-missed 0 Directory 'Full Import'
check "one delete" same "$(counted Directory stage-delete)" 1
finish
