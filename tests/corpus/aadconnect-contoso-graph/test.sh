#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: the Azure AD Connect corpus, unchanged, with an emulator of Microsoft Graph as its
# cloud. What is expected is what is expected of a cloud that is a file, without what Graph lets nobody
# write: contacts, devices, and members that are contacts.
set -uo pipefail
mactl=$1
here=$2/tests/corpus/aadconnect-contoso
. "$2/tests/corpus/lib.sh"
. "$2/tests/support/cloud.sh"
corpus=$(need_corpus aadconnect-contoso) || exit 77
cloud_need graph
ad=contoso.com
aad='contoso.onmicrosoft.com - AAD'
contact='CN={7A5A50354457796368724E583638734637395A4271673D3D}'

cd "$folder" || exit 1
cloud_start graph
graph_settings '{"app":"app1","page":7,"replay":true}'
new_instance
check "the export is imported" quiet "$mactl" config import "$corpus"
told() {
  "$mactl" -C "$instance" config report -v | tr -s ' \n' ' ' | grep -oE "on Microsoft Graph \(parameter tenant\): ([a-zA-Z]+ ){2,8}(written|there)" |
    sed 's/.*: //'
}
check "what Graph cannot do is told before a run" same "$(told)" "contacts cannot be written
devices of a directory cannot be written
proxyAddresses cannot be written
where an object comes from cannot be written
objects of a directory cannot be written
members of some groups cannot be written
directory extensions have to be there
the hybrid values of Exchange are not there"
cloud_instance "$ad" directory.ldif "$aad"
graph_parameters >parameters.xml
sed -i -e '/<parameter name="url">/{r parameters.xml' -e 'd}' "$instance/mactl.xml"
put "$ad" "$here/directory.ldif"

# blocks of a state, without those of what Graph refuses
unsupported() {
  awk -v RS= -v ORS='\n' -v contact="  member  *${contact//[{\}]/.}" '
    { gsub(/\n# [^\n]*/, "") }
    /\ntype (contact|device)(\n|$)/ { next }
    { print }' | grep -v "member *$contact"
}
blocks() { sed -e 's/^dn /\ndn /'; }
strip_blocks() { strip "$1" | blocks | unsupported | grep -v '^$'; }

run 0 "$ad" 'Full Import'
run 4 "$ad" 'Full Synchronization'
run 4 "$aad" Export
check "refused is what Graph lets nobody write" same "$(cut_errors)" \
  "no-export-to-this-object-type CN={37667462327A576E6173324E43396E325142353847773D3D}
no-export-to-this-object-type CN={4C4A35485061522F6D457871654D494D61644B6A47513D3D}
no-export-to-this-object-type $contact"
run 0 "$aad" 'Full Import'
run 0 "$aad" 'Delta Synchronization'
check "the cloud holds what the rules say, value by value" same \
  "$(objects "$aad" cloudAnchor | blocks | unsupported | grep -v '^$')" "$(strip_blocks "$here/expected-cloud.txt")"
left() { pending "$aad" | blocks | awk -v RS= '!/ ~ \(type\) (contact|device)/' | grep -v '^$'; }
check "nothing else is left to export" same "$(left | grep -v "^dn")" " + member $contact"

check "mailboxes move to the cloud" graph_returns "$here/cloud-returns.txt"
graph_forget
run 0 "$aad" 'Delta Import'
check "only what changed was read" graph_sees 'map(select(.method == "GET" and (.url | test("delta") | not))) == []'
run 0 "$aad" 'Delta Synchronization'
check "the hybrid values are to be written back, addresses by value" same "$(pending "$ad" | grep -v "of Dis$")" \
  "$(strip "$here/expected-writeback.txt" | blocks | awk -v RS= '!/^dn CN=Contact Mail/' | grep -v '^$' | grep -v "of Dis$")"
run 0 "$ad" Export
run 0 "$ad" 'Full Import'
run 4 "$ad" 'Delta Synchronization'
run 4 "$aad" Export
run 0 "$aad" 'Delta Import'
run 0 "$aad" 'Delta Synchronization'
run 4 "$ad" 'Full Synchronization'
check "and then there is peace" same "$(pending "$ad"; left | grep -v '^dn')" " + member $contact"

# --- a delta, and somebody who leaves
edit "$instance/madata/$ad/directory.ldif" "CN=Ana Normal,OU=CORP,DC=contoso,DC=com" 's/^title: .*/title: Head Clerk/'
leave "$instance/madata/$ad/directory.ldif" "CN=Bea Boss,OU=CORP,DC=contoso,DC=com"
run 0 "$ad" 'Full Import'
run 4 "$ad" 'Delta Synchronization'
run 4 "$aad" Export
run 0 "$aad" 'Delta Import'
run 0 "$aad" 'Delta Synchronization'
title() { graph_objects users | jq -r ".[] | select(.userPrincipalName == \"$1\") | .jobTitle"; }
check "her title is in the cloud" same "$(title ana.normal@contoso.com)" "Head Clerk"
check "who left is not" same "$(title bea.boss@contoso.com)" ""
check "no member was deleted instead of a membership" graph_sees 'all(.fatal == null)'
check "the store is sound" quiet "$mactl" -C "$instance" db verify
finish
