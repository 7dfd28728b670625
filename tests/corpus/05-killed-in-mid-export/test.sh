#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: 100 adds in batches of 25, and everything is killed behind the 40th: 25 are known
# to be there (or some more, as outcomes are committed while the agent works), the rest of the 40 are there and
# nobody knows it, 60 are not. The next export ends with each there once.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
# not swept: it is killed by itself, and has a run in the background
scenario 05-killed-in-mid-export
objects=$instance/madata/Directory/objects
there() { head -qn 1 "$objects"/* | sort; }
wanted() { seq -f 'CN=Person %03.0f,OU=Staff' "$1"; }
# in_layer TITLE: how many objects of the Directory have it
in_layer() { "$mactl" dump cs | grep -c "^$1"; }
# behave PARAMETER: of the Directory's agent
behave() { sed -i "/stubborn_ma/,/<.agent>/ { /<parameter/d; s|.*stubborn_ma.*|&\n    $1| }" "$instance/mactl.xml"; }

run 0 HR 'Full Import'
run 0 HR 'Delta Synchronization'
check "100 adds are pending" same "$(in_layer 'pending export (add)')" 100

behave '<parameter name="gate-after">40</parameter>'
mkdir "$instance/madata/Directory"
mkfifo "$instance/madata/Directory/ready" "$instance/madata/Directory/gate" || exit 1
"$mactl" run-profile Directory Export >"$folder/run" 2>&1 &
supervisor=$!
read -r _ <"$instance/madata/Directory/ready"
kill -9 "$supervisor" "$("$mactl" runs show last -o json | jq .process)"
{ wait "$supervisor"; } 2>/dev/null
check "40 are there" same "$(there | wc -l)" 40
check "the run was stopped, says whoever looks next" ended stopped-service-shutdown
known=$(in_layer 'unconfirmed export (add)')
check "25 at least, and none that is not there, are known to be there" test "$known" -ge 25 -a "$known" -le 40

behave ''
run 0 Directory Export
check "with no error" ended success
check "every one is there, once" same "$(there)" "$(wanted 100)"
check "nothing is on its way or to be sent" same "$(in_layer 'escrowed export') $(in_layer 'pending export')" "0 0"
check "the others were sent" same "$(counted Directory export-add) $(counted Directory export-failure)" "$((100 - known)) 0"

run 0 Directory 'Full Import'
run 0 Directory 'Delta Synchronization'
check "each is a connector that holds what was sent" same "$(objects Directory)" \
  "$(for n in $(seq -w 100); do printf 'dn CN=Person %s,OU=Staff\ntype user\n displayName Person %s\n employeeID %s\n' "$n" "$n" $((1000 + 10#$n)); done)"
check "with no error left" same "$("$mactl" dump cs | grep -c ' error ')" 0
check "nothing is unconfirmed" same "$(in_layer 'unconfirmed export')" 0
run 0 HR 'Delta Synchronization'
run 0 Directory Export
check "and nothing more is sent" same "$(there)" "$(wanted 100)"
finish
