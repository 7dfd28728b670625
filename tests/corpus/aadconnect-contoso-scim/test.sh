#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: the Azure AD Connect corpus, unchanged, with a real SCIM server as its cloud.
# What is expected is what is expected of a cloud that is a file.
set -uo pipefail
mactl=$1
here=$2/tests/corpus/aadconnect-contoso
. "$2/tests/corpus/lib.sh"
. "$2/tests/support/cloud.sh"
corpus=$(need_corpus aadconnect-contoso) || exit 77
cloud_need scimmy
ad=contoso.com
aad='contoso.onmicrosoft.com - AAD'

cd "$folder" || exit 1
cloud_start scimmy
new_instance
check "the export is imported" quiet "$mactl" config import "$corpus"
cloud_instance "$ad" directory.ldif "$aad"
put "$ad" "$here/directory.ldif"

run 0 "$ad" 'Full Import'
run 4 "$ad" 'Full Synchronization'
run 0 "$aad" Export
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
check "the cloud holds what the rules say, value by value" same "$(objects "$aad" cloudAnchor)" \
  "$(strip "$here/expected-cloud.txt")"
check "nothing is left to export" same "$(pending "$ad"; pending "$aad")" ""

check "mailboxes move to the cloud" cloud_returns "$here/cloud-returns.txt"
run 0 "$aad" 'Delta Import'
run 0 "$aad" 'Delta Synchronization'
check "the hybrid values are to be written back, addresses by value" same "$(pending "$ad")" \
  "$(strip "$here/expected-writeback.txt")"
cp "$instance/madata/$ad/directory.ldif" "$instance/before.ldif"
run 0 "$ad" Export
check "no address of the directory is lost" contains "$instance/madata/$ad/directory.ldif" \
  "$(grep -E '^proxyAddresses' "$instance/before.ldif")"
run 0 "$ad" 'Full Import'
run 4 "$ad" 'Delta Synchronization'
check "what was read back goes up to the cloud once, by value" same "$(pending "$aad")" \
  "$(strip "$here/expected-upward.txt")"
run 0 "$aad" Export
run 0 "$aad" 'Delta Import'
run 0 "$aad" 'Delta Synchronization'
run 4 "$ad" 'Full Synchronization'
check "and then there is peace" same "$(pending "$ad"; pending "$aad")" ""

# --- a delta, and somebody who leaves
ana="CN=Ana Normal,OU=CORP,DC=contoso,DC=com"
bea="CN=Bea Boss,OU=CORP,DC=contoso,DC=com"
edit "$instance/madata/$ad/directory.ldif" "$ana" 's/^title: .*/title: Head Clerk/'
leave "$instance/madata/$ad/directory.ldif" "$bea"
run 0 "$ad" 'Full Import'
run 4 "$ad" 'Delta Synchronization'
run 0 "$aad" Export
run 0 "$aad" 'Delta Import'
run 0 "$aad" 'Delta Synchronization'
title() { cloud '/Users?count=100' | jq -r ".Resources[] | select(.userName == \"$1\") | .title"; }
check "her title is in the cloud" same "$(title ana.normal@contoso.com)" "Head Clerk"
check "who left is not" same "$(title bea.boss@contoso.com)" ""
check "all of it was confirmed" same "$(pending "$aad")" ""
check "the store is sound" quiet "$mactl" -C "$instance" db verify
finish
