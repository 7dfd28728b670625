#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a title that the Directory refuses is tried by each export and its error counts
# since the first; meanwhile another is wanted, and that one alone is sent when it is let through.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 06-the-newest-after-a-failure
error() { "$mactl" runs show last --errors -o json | jq -r ".errors[0].$1"; }
# behave PARAMETER: of the Directory's agent
behave() { sed -i "/stubborn_ma/,/<.agent>/ { /<parameter/d; s|.*stubborn_ma.*|&\n    $1| }" "$instance/mactl.xml"; }
# title TEXT: as HR has it, and synchronised
title() {
  sed -i "s/^1001,.*/1001,Ada Lovelace,$1/" "$instance/madata/HR/people.csv"
  run 0 HR 'Full Import'
  run 0 HR 'Delta Synchronization'
}

title Countess
run 0 Directory Export
run 0 Directory 'Full Import'
run 0 Directory 'Delta Synchronization'

title Analyst
behave '<parameter name="refuse">title</parameter>'
step 1-refused 4 Directory Export
first=$(error first_occurred)
step 2-refused-again 4 Directory Export
check "it is the second time" same "$(error retry_count)" 2
check "since the first" same "$(error first_occurred)" "$first"
check "with the words of the system" same "$(error type) $(error code) $(error literal)" \
  'permission-issue 8344 Insufficient access rights to perform the operation.'

title Inventor
stands 3-another-one-is-wanted
run 4 Directory Export
check "it is the third time" same "$(error retry_count)" 3
check "since the first" same "$(error first_occurred)" "$first"
behave ''
step 4-let-through 0 Directory Export
check "the Directory has the newest" same "$(sort "$instance/madata/Directory/objects/1")" \
  "$(printf 'CN=Ada Lovelace,OU=Staff\ndisplayName: Ada Lovelace\nemployeeID: 1001\ntitle: Inventor\nuser')"
run 0 Directory 'Full Import'
step 5-confirmed 0 Directory 'Delta Synchronization'
finish
