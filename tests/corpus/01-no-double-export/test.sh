#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: what was exported and has not been imported again is not exported again,
# neither an add nor an update, by delta and by full synchronisations of either side.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 01-no-double-export
again() {
  for agent in HR Directory; do
    for profile in 'Delta Synchronization' 'Full Synchronization'; do
      run 0 "$agent" "$profile"
      check "nothing is pending" same "$(pending Directory)" ''
    done
  done
  run 0 Directory Export
  check "nothing was sent" same "$(counted Directory export-add)$(counted Directory export-update)" 00
}

run 0 HR 'Full Import'
step 1-provisioned 0 HR 'Delta Synchronization'
step 2-added 0 Directory Export
again
stands 3-added-and-no-more

sed -i 's/Countess/Analyst/' "$instance/madata/HR/people.csv"
run 0 HR 'Full Import'
step 4-changed 0 HR 'Delta Synchronization'
step 5-updated 0 Directory Export
again
stands 6-updated-and-no-more
finish
