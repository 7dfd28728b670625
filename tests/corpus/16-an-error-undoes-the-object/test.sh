#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a person is projected and provisioned into two agents, and the rules extension
# of the second refuses a flow: then nobody was projected or provisioned, and the import is still there.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 16-an-error-undoes-the-object
run 0 HR 'Full Import'
step 1-one-is-undone 4 HR 'Delta Sync'
check "one failed" same "$(counted HR flow-failure)" 1
step 2-it-is-tried-again 4 HR 'Delta Sync'
check "it failed again" same "$(counted HR flow-failure)" 1

edit "$instance/madata/HR/hr.csv" 's/Bob & Co/Bob Babbage/'
run 0 HR 'Full Import'
step 3-it-is-right-now 0 HR 'Delta Sync'
edit "$instance/madata/HR/hr.csv" 's/Ada Lovelace/Ada \& Co/'
run 0 HR 'Full Import'
step 4-a-change-is-undone-too 4 HR 'Delta Sync'
finish
