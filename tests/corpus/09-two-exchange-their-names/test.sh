#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: two users exchange their DNs in one delta import. Each is who it was, with its
# link; nobody is deleted or made anew. Where one half of it is missing, who lost the DN is a transient,
# which is never exported, until an import says where it is.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 09-two-exchange-their-names
directory=$instance/madata/Directory/directory.ldif
# who DN: its GUID and that of its metaverse object
who() { "$mactl" cs show Directory "CN=$1,DC=corp,DC=example" -o json | jq -r '"\(.guid) \(.metaverse.guid)"'; }
# named NUMBER DN: the Directory has the user with this employeeID under that DN
named() {
  awk -v RS= -v ORS='\n\n' -v number="$1" -v dn="dn: CN=$2,DC=corp,DC=example" \
    '$0 ~ "employeeID: " number { sub(/dn: [^\n]*/, dn) } { print }' "$directory" >"$folder/changed" && cp "$folder/changed" "$directory"
}

run 0 HR 'Full Import'
run 0 HR 'Delta Synchronization'
run 0 Directory 'Full Import'
step 1-joined 0 Directory 'Delta Synchronization'
ada=$(who A)
bob=$(who B)
check "both have a link" same "$(grep -c null <<<"$ada$bob")" 0

named 1001 B
named 1002 A
step 2-exchanged 0 Directory 'Delta Import'
check "two renames" same "$(counted Directory stage-rename)" 2
step 3-synchronised 0 Directory 'Delta Synchronization'
check "Ada is who she was, with her link" same "$(who B)" "$ada"
check "so is Bob" same "$(who A)" "$bob"
check "nothing is to be exported" same "$(pending Directory)" ''

cp "$directory" "$folder/whole"
named 1001 A
awk -v RS= -v ORS='\n\n' '!/employeeID: 1002/' "$directory" >"$folder/half" && cp "$folder/half" "$directory"
step 4-half-of-it 3 Directory 'Delta Import'
check "by its name" ended completed-transient-objects
check "Ada is who she was" same "$(who A)" "$ada"
run 0 Directory 'Delta Synchronization'
sed -i 's/Bob Babbage/Robert Babbage/' "$instance/madata/HR/people.csv"
run 0 HR 'Full Import'
run 0 HR 'Delta Synchronization'
step 5-a-transient-is-not-exported 0 Directory Export
check "nothing was sent" same "$(counted Directory export-update)" 0

cp "$folder/whole" "$directory"
named 1001 A
named 1002 C
run 0 Directory 'Delta Import'
step 6-the-other-half 0 Directory 'Delta Synchronization'
check "Bob is who he was, with his link" same "$(who C)" "$bob"
step 7-and-now-it-is-exported 0 Directory Export
finish
