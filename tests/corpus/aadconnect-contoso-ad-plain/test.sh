#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: the Azure AD Connect corpus, unchanged but for credentials, bound to a forest without Exchange:
# flows to attributes that it lacks drop out with a report, the others of the same rules are done.
set -uo pipefail
mactl=$1
files=$2/tests/corpus/aadconnect-contoso
. "$2/tests/corpus/lib.sh"
. "$2/tests/corpus/aadconnect-contoso-ad/forest.sh"
corpus=$(need_corpus aadconnect-contoso) || exit 77
ad=contoso.com
aad='contoso.onmicrosoft.com - AAD'
corp=OU=CORP,DC=contoso,DC=com
forest_begin plain
new_instance
check "the export is imported" quiet "$mactl" config import "$corpus"
forest_bind

report() { "$mactl" ma test "$ad" >"$folder/run"; }
report
check "the test of the agent names each attribute that is not there" told 'msExchUserHoldPolicies: the schema of the forest does not have it'
check "and none that is" not_told 'proxyAddresses: the schema'
run 0 "$ad" 'Full Import'
check "the import says what it lacks" told 'the schema of the system lacks 69 of the selected attributes'
run 4 "$ad" 'Full Synchronization'
check "the synchronisation says what is left out" told "flows to attributes that the system of '$ad' lacks are left out"
check "no object fails for it" same "$(cut_errors)" \
  "flow-multi-values-to-single-value CN=Two Photos,$corp"
run 0 "$aad" Export
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
check "nothing is left to export" same "$(pending "$ad"; pending "$aad")" ""

append_to_entries "$instance/madata/$aad/cloud.ldif" "$files/cloud-returns.txt"
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
pending "$ad" >"$folder/wanted"
check "of what the cloud returned only what can be written is" same "$(grep -c msExch "$folder/wanted")" 0
check "addresses are" same "$(grep -c '+ proxyAddresses x500:' "$folder/wanted")" "$(grep -c '^dn ' "$folder/wanted")"
run 0 "$ad" Export
check "without an error" same "$(cut_errors)" ""
check "they are in the directory" same "$(values "CN=Ana Normal,$corp" proxyAddresses | grep -c cn=ana)" 1
run 0 "$ad" 'Delta Import'
run 4 "$ad" 'Delta Synchronization'
check "all of it was confirmed" same "$(pending "$ad")" ""
run 0 "$aad" Export
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'

# --- the forest is extended: the next full import brings the flows back --------------------------------
connector=$(grep -l '<name>contoso.com</name>' "$corpus"/Connectors/*)
"$lab" stop
forest_extend "$connector"
"$lab" start 2>/dev/null
run 0 "$ad" 'Full Import'
check "the import lacks nothing any more" not_told 'lacks'
run 4 "$ad" 'Full Synchronization'
check "the values wait to be written" same "$(pending "$ad" | grep -c msExchSafeSendersHash)" 1
run 0 "$ad" Export
check "and are" same "$(values "CN=Ana Normal,$corp" msExchSafeSendersHash)" 'msExchSafeSendersHash:: AQID'
run 0 "$ad" 'Delta Import'
check "the store is sound" quiet "$mactl" db verify
finish
