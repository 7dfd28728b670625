#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: people are provisioned and confirmed; then one changes, one is renamed, with whom others refer to, and
# one goes.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 24-people-come-change-and-go
people=$instance/madata/HR/hr.ldif
run 0 HR 'Full Import'
run 0 HR 'Full Sync'
run 0 Directory Export
run 0 Directory 'Full Import'
step 1-they-came 0 Directory 'Delta Sync'
edit "$people" '/^dn: uid=1005/,/^$/d; s/Engineer/Inventor/; s/Dora Euler/Dora L. Euler/'
step 2-they-change 0 HR 'Full Import and Delta Sync'
run 0 Directory 'Export, Full Import, Delta Sync'
step 3-the-directory-follows 0 HR 'Delta Sync'
check "one is gone" same "$(grep -c Noether "$instance/madata/Directory/directory.ldif")" 0
finish
