#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: an address that the cloud gives is added to those of the directory, by value; it goes
# up to the cloud once the directory showed it, and a new one takes its place. What was there is not
# touched, and what is there in another case is there.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 20-hybrid-addresses
cloud=$instance/madata/Cloud/cloud.ldif
gives() { edit "$cloud" "/^legacyExchangeDN/d; s|^sourceAnchor: 1001|&\nlegacyExchangeDN: $1|
  s|^sourceAnchor: 1002|&\nlegacyExchangeDN: /o=corp/cn=bob|"; }
confirm() {
  run 0 "$1" Export
  run 0 "$1" 'Full Import'
  run 0 "$1" 'Delta Sync'
}
run 0 AD 'Full Import'
run 0 AD 'Delta Sync'
confirm Cloud
stands 1-both-are-in-the-cloud

gives /o=corp/cn=L
run 0 Cloud 'Full Import'
step 2-one-value-is-to-be-added 0 Cloud 'Delta Sync'
run 0 AD Export
step 3-and-the-cloud-waits 0 AD 'Full Sync'
run 0 AD 'Full Import'
step 4-it-goes-up-once-it-is-seen 0 AD 'Delta Sync'
confirm Cloud
stands 5-peace

gives /o=corp/cn=M
run 0 Cloud 'Full Import'
step 6-one-for-the-other 0 Cloud 'Delta Sync'
confirm AD
confirm Cloud
run 0 AD 'Full Sync'
step 7-peace-again 0 Cloud 'Full Sync'
check "the directory's own are there" same "$(grep -c '^proxyAddresses: [Ss][Mm][Tt][Pp]:' "$instance/madata/AD/ad.ldif")" 3
finish
