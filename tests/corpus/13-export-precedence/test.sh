#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: AD ranks before Phones for the number, has none, and so Phones gave it. AD is
# not told what ranks below its own, in any attribute; of equals it is.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 13-export-precedence
begin() {
  run 0 HR 'Full Import'
  run 0 HR 'Delta Sync'
  run 0 AD 'Full Import'
  run 0 AD 'Delta Sync'
  run 0 Phones 'Full Import'
}
begin
step 1-held-back 0 Phones 'Delta Sync'
check "AD is told the name alone" same "$(pending AD)" $'dn cn=ada,dc=corp\n ~ cn Ada Lovelace'
check "explain says why" grep -qF 'ranks below' <("$mactl" explain AD cn=ada,dc=corp pager)
run 0 AD Export
run 0 AD 'Full Import'
step 2-still 0 AD 'Full Sync'

edit "$instance/madata/AD/ad.ldif" 's/^employeeID: 1001/&\ntelephoneNumber: 555 9999/'
run 0 AD 'Full Import'
step 3-its-own-goes-round 0 AD 'Delta Sync'

instance=$folder/equal
scenario 13-export-precedence
edit "$instance/config/MV.xml" 's/mv-attribute="phone" type="ranked"/mv-attribute="phone" type="equal"/'
begin
step 4-equals-are-told 0 Phones 'Delta Sync'
finish
