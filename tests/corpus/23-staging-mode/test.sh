#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a server in staging mode imports and synchronises and sends nothing, however long; when it is
# the active one, all that gathered is sent.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 23-staging-mode
people=$instance/madata/HR/hr.ldif
held_back() {
  step "$1" 6 Directory Export
  check "the result says why" ended stopped-export-disabled
  check "the directory is as it was" same "$(cat "$instance/madata/Directory/directory.ldif")" 'version: 1'
}
run 0 HR 'Full Import'
run 0 HR 'Delta Sync'
held_back 1-pending
edit "$people" 's/Countess/Analyst/'
run 0 HR 'Full Import'
run 0 HR 'Delta Sync'
held_back 2-pending-a-week-later
edit "$instance/mactl.xml" '/staging-mode/d'
step 3-sent 0 Directory Export
run 0 Directory 'Full Import'
step 4-confirmed 0 Directory 'Delta Sync'
finish
