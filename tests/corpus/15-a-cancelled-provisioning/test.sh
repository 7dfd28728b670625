#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a user who was provisioned, and whose person goes before the export, was never
# there: the row goes, no delete is sent, and who refers to him does not any more.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 15-a-cancelled-provisioning
people=$instance/madata/HR/hr.ldif
run 0 HR 'Full Import'
step 1-two-are-provisioned 0 HR 'Delta Sync'
edit "$people" '/^dn: uid=1001/,/^$/d; /^manager/d'
run 0 HR 'Full Import'
step 2-one-vanishes 0 HR 'Delta Sync'
step 3-one-is-sent 0 Directory Export
check "no delete was" same "$(counted Directory export-delete)" 0
run 0 Directory 'Full Import'
run 0 Directory 'Delta Sync'

printf 'dn: uid=1003,ou=people,dc=hr\nobjectClass: person\nemployeeID: 1003\ndisplayName: Carl Gauss\n\n' >"$folder/carl"
edit "$people" "1r $folder/carl" '/^dn: uid=1002/,/^$/d'
run 0 HR 'Full Import'
step 4-who-was-sent-is-deleted 0 HR 'Delta Sync'
finish
