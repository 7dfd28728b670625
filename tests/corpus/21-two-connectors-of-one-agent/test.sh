#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: two accounts of one person in one agent whose values flow: the second is an error,
# even where their values are the same; with the first gone it takes its place.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 21-two-connectors-of-one-agent
run 0 HR 'Full Import'
run 0 HR 'Delta Sync'
run 0 AD 'Full Import'
step 1-the-second-is-an-error 4 AD 'Delta Sync'
check "it says which" same "$(cut_errors)" 'ambiguous-import-flow-from-multiple-connectors uid=adm-ada,dc=corp'
step 2-it-stays-one 4 AD 'Delta Sync'
edit "$instance/madata/AD/ad.ldif" '/^dn: uid=ada,/,/^$/d'
in_settings '<guard import-loss-percent="100"/>'
run 0 AD 'Full Import'
step 3-alone-it-joins 0 AD 'Delta Sync'
finish
