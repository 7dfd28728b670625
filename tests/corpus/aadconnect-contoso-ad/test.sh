#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: the Azure AD Connect corpus, unchanged but for credentials, bound to a real forest. What is
# expected is what is expected of a directory that is a file; differences.txt says where a server has its own mind.
set -uo pipefail
mactl=$1
here=$2/tests/corpus/aadconnect-contoso-ad
files=$2/tests/corpus/aadconnect-contoso
. "$2/tests/corpus/lib.sh"
. "$here/forest.sh"
corpus=$(need_corpus aadconnect-contoso) || exit 77
ad=contoso.com
aad='contoso.onmicrosoft.com - AAD'
corp=OU=CORP,DC=contoso,DC=com
forest_begin exchange
new_instance
check "the export is imported" quiet "$mactl" config import "$corpus"
forest_bind

# against FILE STATE: how a state differs from what the same corpus gives over files
against() {
  diff --unchanged-line-format= --old-line-format='- %L' --new-line-format='+ %L' \
    <(strip "$files/$1" | grep -vE "$servers") <(grep -vE "$servers" <<<"$2")
}
servers='^ +(countryCode|lastPasswordChangeTimestamp) ' # every user of a domain controller has these
differences() { awk -v part="$1" '/^== / { on = $2 == part; next } on' "$here/differences.txt" | sed '/^#/d; /^$/d'; }

run 0 "$ad" 'Full Import'
check "this forest lacks nothing" not_told 'lacks'
run 4 "$ad" 'Full Synchronization'
check "two objects fail, each for its reason" same "$(cut_errors)" "$(differences errors)"
check "each object is linked, or is not" same "$(against expected-directory.txt "$(states "$ad")")" \
  "$(differences directory)"
run 0 "$aad" Export
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
check "the cloud holds what the rules say, value by value" same \
  "$(against expected-cloud.txt "$(objects "$aad" cloudAnchor)")" "$(differences cloud)"
check "nothing is left to export" same "$(pending "$ad"; pending "$aad")" ""

# --- what the cloud returns is written, and is in the directory -----------------------------------
append_to_entries "$instance/madata/$aad/cloud.ldif" "$files/cloud-returns.txt"
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
check "the hybrid values are to be written back, addresses by value" same \
  "$(against expected-writeback.txt "$(pending "$ad")")" "$(differences writeback)"
run 0 "$ad" Export
legacy='x500:/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn'
check "her hashes are in the directory" same "$(for name in Blocked Safe; do
  values "CN=Ana Normal,$corp" "msExch${name}SendersHash"; done)" $'msExchBlockedSendersHash:: BAUG\nmsExchSafeSendersHash:: AQID'
check "her addresses too, and those that she had" same "$(values "CN=Ana Normal,$corp" proxyAddresses)" \
  "$(printf 'proxyAddresses:%s\n' ': IHNtdHA6YS5ub3JtYWxAY29udG9zby5jb20=' ' SMTP:ana@contoso.com' ' smtp:a.normal@contoso.com' " $legacy=ana" | sort)"
check "a group's" same "$(values "CN=Grp Mail,$corp" proxyAddresses | grep -c "$legacy=grp")" 1
run 0 "$ad" 'Delta Import'
run 4 "$ad" 'Delta Synchronization'
check "what was written was confirmed" same "$(pending "$ad")" ""
check "what was read back goes up to the cloud once, by value" same \
  "$(against expected-upward.txt "$(pending "$aad")")" "$(differences upward)"
run 0 "$aad" Export
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
run 4 "$ad" 'Full Synchronization'
check "and then there is peace" same "$(pending "$ad"; pending "$aad")" ""

# --- containers ---------------------------------------------------------------------------------------
people() { "$mactl" cs search "$aad" type=user -o json | jq '.objects | length'; }
before=$(people)
forest add >/dev/null <<END
dn: OU=Branch,$corp
objectClass: organizationalUnit

dn: CN=Cara Branch,OU=Branch,$corp
objectClass: user
sAMAccountName: cara.branch
userPrincipalName: cara.branch@contoso.com
userAccountControl: 544
displayName: Cara Branch
END
round() {
  run 0 "$ad" 'Delta Import'
  run 4 "$ad" 'Delta Synchronization'
  run 0 "$aad" Export
  run 0 "$aad" 'Full Import'
  run 0 "$aad" 'Delta Synchronization'
}
round
check "she is in the cloud" same "$(people)" $((before + 1))
forest modrdn -r "OU=Branch,$corp" OU=Office >/dev/null
run 0 "$ad" 'Delta Import'
run 4 "$ad" 'Delta Synchronization'
check "a container that is renamed takes nobody along" same "$(pending "$aad" | grep -c delete)" 0
check "and she is where it is now" grep -q "^connector CN=Cara Branch,OU=Office,$corp" <(states "$ad")
forest modrdn -r "$corp" OU=COMPANY >/dev/null
for profile in 'Delta Import' 'Full Import'; do
  run 6 "$ad" "$profile"
  check "the selected container that was renamed stops the import" told "the selected container '$corp' is not there"
done
check "nobody is let go for it" same "$(pending "$aad")" ""
forest modrdn -r OU=COMPANY,DC=contoso,DC=com OU=CORP >/dev/null
run 0 "$ad" 'Delta Import'
run 4 "$ad" 'Delta Synchronization'
check "nor when it has its name again" same "$(pending "$aad")" ""

forest delete -r "OU=Office,$corp" >/dev/null
run 0 "$ad" 'Delta Import'
run 4 "$ad" 'Delta Synchronization'
check "a container that was removed shows whom it takes along before it does" same \
  "$("$mactl" pending "$aad" -o json | jq -r '.objects[] | .operation')" delete
check "she is still in the cloud" same "$(people)" $((before + 1))
run 0 "$aad" Export
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
check "and now she is not" same "$(people)" "$before"
check "the store is sound" quiet "$mactl" db verify
finish
