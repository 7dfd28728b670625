#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a group comes before its members and a subordinate before the manager. One
# synchronisation completes every reference, both into the metaverse and out to the Directory; a member
# that never comes stays a placeholder until it does.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 08-forward-references
members() { metaverse HR | grep -c '^cn=engineers,o=hr member '; }

step 1-a-member-is-nobody 0 HR 'Full Import'
step 2-complete-at-once 0 HR 'Delta Synchronization'
check "two of three members" same "$(members)" 2
run 0 HR 'Delta Synchronization'
check "a second one finds nothing to do" same "$(counted HR connector-flow)$(counted Directory connector-flow)" 00

run 0 Directory Export
run 0 Directory 'Full Import'
step 3-all-of-it-in-the-directory 0 Directory 'Delta Synchronization'

printf '\ndn: uid=9999,o=hr\nobjectClass: person\nemployeeID: 9999\ndisplayName: Carl Gauss\n' >>"$instance/madata/HR/hr.ldif"
run 0 HR 'Full Import'
step 4-who-was-nobody-comes 0 HR 'Delta Synchronization'
check "the third is a member in the same step" same "$(members)" 3
finish
