#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a user who becomes a contact keeps the anchor and nothing else: what
# he gave is taken back, and the rules begin anew with the contact.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 11-a-type-change-is-a-new-start
directory=$instance/madata/Directory/directory.ldif
run 0 Directory 'Full Import'
run 0 Directory 'Delta Sync'
run 0 Phones 'Full Import'
step 1-a-user 0 Phones 'Delta Sync'

edit "$directory" '/^dn: uid=1001/,/^$/ s/^objectClass: user/objectClass: contact/; /^title/d'
step 2-staged-anew 0 Directory 'Full Import'
check "one delete-add was staged" same "$(counted Directory stage-delete-add)" 1
step 3-a-contact 0 Directory 'Delta Sync'
check "it was processed as one" same "$(counted Directory connector-delete-add-processed)" 1
run 0 Directory 'Full Import'
step 4-and-no-more 0 Directory 'Delta Sync'
finish
