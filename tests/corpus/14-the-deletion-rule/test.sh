#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: when HR lets a person go, the metaverse object goes, and each agent deprovisions
# as it says; where the last connector counts, nothing goes.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 14-the-deletion-rule
begin() {
  run 0 HR 'Full Import'
  run 0 HR 'Delta Sync'
  run 0 AD 'Full Import'
  run 0 AD 'Delta Sync'
  run 0 LDAP 'Full Import'
  run 0 LDAP 'Delta Sync'
}
leave() {
  edit "$instance/madata/HR/hr.csv" /1001/d
  run 0 HR 'Full Import'
}
begin
stands 1-three-connectors
leave
step 2-the-object-goes 0 HR 'Delta Sync'
check "HR's delete took it along" same "$(counted HR connector-delete-remove-mv)" 1
step 3-the-disconnector-is-tried-again 0 LDAP 'Delta Sync'
run 0 AD Export
run 0 AD 'Full Import'
step 4-the-account-is-gone 0 AD 'Delta Sync'

instance=$folder/last
scenario 14-the-deletion-rule
edit "$instance/config/MV.xml" 's/type="declared-any"/type="declared-last"/; /<src-ma>/d'
begin
leave
step 5-or-nothing-goes 0 HR 'Delta Sync'
check "HR's delete left it" same "$(counted HR connector-delete-leave-mv)" 1
finish
