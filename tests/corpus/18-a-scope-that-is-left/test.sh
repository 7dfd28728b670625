#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a provisioning rule holds for whom it is not said that he is hidden. Whoever is
# hidden later is deleted, and comes back when that is not said any more.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 18-a-scope-that-is-left
people=$instance/madata/HR/hr.ldif
run 0 HR 'Full Import'
step 1-absent-is-in-scope 0 HR 'Delta Sync'
run 0 Directory Export
run 0 Directory 'Full Import'
run 0 Directory 'Delta Sync'
edit "$people" 's/^employeeID: 1001/&\nhidden: yes/; s/^hidden: no/hidden: yes/'
run 0 HR 'Full Import'
step 2-the-hidden-are-deleted 0 HR 'Delta Sync'
run 0 Directory Export
run 0 Directory 'Full Import'
step 3-and-gone 0 Directory 'Delta Sync'
edit "$people" '/^employeeID: 1001/,/^$/ { /^hidden/d }'
run 0 HR 'Full Import'
step 4-one-comes-back 0 HR 'Delta Sync'
run 0 Directory Export
run 0 Directory 'Full Import'
run 0 Directory 'Delta Sync'

edit "$people" 's/^employeeID: 1004/&\nhidden: yes/'
run 0 HR 'Full Import'
run 0 HR 'Delta Sync'
run 0 Directory Export
edit "$people" '/^employeeID: 1004/,/^$/ { /^hidden/d }'
run 0 HR 'Full Import'
step 5-one-comes-back-before-it-is-seen-gone 0 HR 'Delta Sync'
check "it is an add" same "$(counted Directory provisioned-add-flow)" 1
finish
