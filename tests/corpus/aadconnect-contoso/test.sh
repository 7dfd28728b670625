#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: the Azure AD Connect corpus, unchanged, over a directory that takes each
# branch of its rules: to the cloud, confirmed, and the hybrid values written back.
set -uo pipefail
mactl=$1
here=$2/tests/corpus/aadconnect-contoso
. "$2/tests/corpus/lib.sh"
corpus=$(need_corpus aadconnect-contoso) || exit 77
ad=contoso.com
aad='contoso.onmicrosoft.com - AAD'

new_instance
check "the export is imported" quiet "$mactl" config import "$corpus"
cp "$here/mactl.xml" "$instance/"
put "$ad" "$here/directory.ldif"

run 0 "$ad" 'Full Import'
run 4 "$ad" 'Full Synchronization'
check "three objects fail, each for its reason" same "$(cut_errors)" "$(strip "$here/expected-errors.txt")"
check "each object is linked, or is not" same "$(states "$ad")" "$(strip "$here/expected-directory.txt")"
run 0 "$aad" Export
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
check "the cloud holds what the rules say, value by value" same "$(objects "$aad" cloudAnchor)" \
  "$(strip "$here/expected-cloud.txt")"
check "nothing is left to export" same "$(pending "$ad"; pending "$aad")" ""
run 4 "$ad" 'Full Synchronization'
run 0 "$aad" 'Full Synchronization'
check "a second round wants nothing new" same "$(pending "$ad"; pending "$aad")" ""

append_to_entries "$instance/madata/$aad/cloud.ldif" "$here/cloud-returns.txt"
run 0 "$aad" 'Full Import'
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
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
run 4 "$ad" 'Full Synchronization'
check "and then there is peace" same "$(pending "$ad"; pending "$aad")" ""
check "the store is sound" quiet "$mactl" -C "$instance" db verify
finish
