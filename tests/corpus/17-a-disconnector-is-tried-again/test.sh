#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: an account that found nobody to join joins without an import, once the
# person is there.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 17-a-disconnector-is-tried-again
run 0 AD 'Full Import'
step 1-nobody-is-there 0 AD 'Delta Sync'
check "both remain" same "$(counted AD disconnector-remains)" 2
run 0 HR 'Full Import'
run 0 HR 'Delta Sync'
step 2-one-joins 0 AD 'Delta Sync'
check "with its values" same "$(counted AD disconnector-joined-flow)" 1
step 3-once 0 AD 'Delta Sync'
finish
