#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: the sample of docs/examples/hybrid twice, with a cloud that is a file and with
# one that is a real SCIM server: what is there, and what is written back, is the same.
set -uo pipefail
mactl=$1
hybrid=$2/docs/examples/hybrid
. "$2/tests/corpus/lib.sh"
. "$2/tests/support/cloud.sh"
cloud_need scimmy
ad=fabrikam.example
aad='fabrikam.onmicrosoft.example - AAD'
cd "$folder" || exit 1
cloud_start scimmy

# there HOW: imports the sample and brings everybody to the cloud
there() {
  instance=$folder/$1
  new_instance
  check "$1: the sample is imported" import_hybrid
  [ "$1" = file ] || cloud_instance "$ad" fabrikam.ldif "$aad"
  run 0 "$ad" 'Full Import'
  run 0 "$ad" 'Full Synchronization'
  run 0 "$aad" Export
  run 0 "$aad" 'Full Import'
  run 0 "$aad" 'Delta Synchronization'
  objects "$aad" cloudAnchor >"$folder/$1.cloud"
  check "$1: nothing is left to export" same "$(pending "$ad"; pending "$aad")" ""
}
# back HOW: what the cloud set there comes to the directory
back() {
  run 0 "$aad" 'Delta Synchronization'
  pending "$ad" >"$folder/$1.back"
  run 0 "$ad" Export
  run 0 "$ad" 'Full Import'
  run 0 "$ad" 'Delta Synchronization'
  run 0 "$aad" Export
  run 0 "$aad" 'Full Import'
  run 0 "$aad" 'Delta Synchronization'
  check "$1: and then there is peace" same "$(pending "$ad"; pending "$aad")" ""
}

there file
awk -f "$hybrid/mailboxes.awk" "$hybrid/data/mailboxes.txt" "$instance/madata/$aad/cloud.ldif" >changed.ldif
cp changed.ldif "$instance/madata/$aad/cloud.ldif"
run 0 "$aad" 'Full Import'
back file

there scim
check "mailboxes move to the cloud" cloud_returns "$hybrid/data/mailboxes.txt"
run 0 "$aad" 'Delta Import'
back scim

check "there is something in the cloud" test -s file.cloud
check "the clouds hold the same, value by value" diff file.cloud scim.cloud
check "something is written back" test -s file.back
check "the same is written back" diff file.back scim.back
check "the store is sound" quiet "$mactl" -C "$instance" db verify
finish
