#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: while one synchronisation runs, another is refused at once, with a code of its own,
# and nothing of the first is disturbed.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
# not swept: it has a run in the background
scenario 22-one-synchronisation-at-a-time
mkfifo "$instance/ready" "$instance/gate"
run 0 HR 'Full Import'
run 0 AD 'Full Import'

"$mactl" run-profile HR 'Delta Sync' >"$folder/first" 2>&1 &
first=$!
read -r line <"$instance/ready"
check "the first is in the middle of an object" same "$line" here
run 6 AD 'Delta Sync'
check "the second is refused" told call-failure
check "with the code of the product" told 0x8023063D
check "and told which it has to wait for" told 'HR / Delta Sync'
: >"$instance/gate"
wait "$first"
check "the first ends well" same "$?" 0
stands 1-the-first-is-done
step 2-and-now-the-second 0 AD 'Delta Sync'
finish
