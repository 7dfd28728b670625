#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: manual precedence: an extension sees what a number is now and which agent gave it. HR's number counts;
# AD's fills in where there is none of HR, whatever the order of the flows.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 28-an-extension-decides
people=$instance/madata/HR/hr.csv
accounts=$instance/madata/AD/ad.ldif
phone() { metaverse AD | sed -n 's/^cn=ada,dc=corp phone //p'; }
sync() {
  run 0 "$1" 'Full Import'
  run 0 "$1" 'Delta Sync'
}
sync HR
sync AD
check "AD fills in" same "$(phone)" '555 1001 <- AD'
edit "$people" 's/^1001,.*/1001,555 9001/'
sync HR
stands 1-hr-counts
check "HR counts" same "$(phone)" '555 9001 <- HR'
edit "$accounts" 's/555 1001/555 1002/'
sync AD
check "AD does not write over it" same "$(phone)" '555 9001 <- HR'
check "explain says so" grep -qF 'won' <("$mactl" explain AD cn=ada,dc=corp telephoneNumber)
edit "$people" 's/^1001,.*/1001,/'
run 0 HR 'Full Import'
step 2-ad-fills-in-again 0 HR 'Delta Sync'
check "AD fills in again" same "$(phone)" '555 1002 <- AD'
finish
