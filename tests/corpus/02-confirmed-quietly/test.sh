#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: an import that shows what was exported confirms it without a word, and is an
# ordinary pending import all the same: a rule that reads ImportedValue() sees it in its synchronisation.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 02-confirmed-quietly
confirmed() { metaverse HR | grep -F ' confirmedMail ' | grep -cF "$1"; }

run 0 HR 'Full Import'
run 0 HR 'Delta Synchronization'
run 0 Directory 'Full Import'
run 0 Directory 'Delta Synchronization'
step 1-both-are-joined 0 HR 'Delta Synchronization'
step 2-exported 0 Directory Export
run 0 Directory 'Delta Synchronization'
check "before it is confirmed the rule has the old value" same "$(confirmed old.bob@corp.example)" 1

step 3-confirmed 0 Directory 'Full Import'
check "two updates are staged" same "$(counted Directory stage-update)" 2
check "without a warning" ended success
check "nothing is offered again" same "$(pending Directory)" ''
check "nothing has flowed yet" same "$(confirmed old.bob@corp.example)" 1

step 4-processed 0 Directory 'Delta Synchronization'
check "what the rule is not for has no flow" same "$(counted Directory connector-no-flow inbound)" 1
check "the rule has the new value now" same "$(confirmed bob@corp.example)" 1
check "and nothing is exported" same "$(pending Directory)" ''
finish
