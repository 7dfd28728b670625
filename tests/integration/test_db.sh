#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mactl db stats, verify and backup, on the store that an import of the example left.
set -u
mactl=$(realpath "${1:?program}")
source=$(realpath "${2:?source folder}")
build=$(dirname "$(dirname "$mactl")")
export MACTL_PLUGIN_PATH=$build/plugins/file_ma MACTL_SCHEMAS=$source/schemas
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# check NAME EXIT WORDS COMMAND...: the words are part of what it prints
check() {
  local name=$1 code=$2 words=$3 got was
  shift 3
  got=$("$@" 2>&1)
  was=$?
  if [[ "$got" != *"$words"* ]] || [ $was -ne "$code" ]; then
    printf '%s: exit %s, wanted %s\n got: %s\n wanted: %s\n' "$name" $was "$code" "$got" "$words"
    failed=1
  fi
}

db() { "$mactl" -C inst db "$@"; }

check 'no instance' 2 'mactl init' "$mactl" -C . db stats
"$mactl" init inst >/dev/null 2>&1 || exit 1
check 'nothing was run' 2 'there is no store' db stats
"$mactl" -C inst config import "$source/docs/examples/hybrid/export" >/dev/null 2>&1 || exit 1
cp "$source/docs/examples/hybrid/mactl.xml" inst/mactl.xml
mkdir -p inst/madata/fabrikam.example
cp "$source/docs/examples/hybrid/data/fabrikam.ldif" inst/madata/fabrikam.example/
"$mactl" -C inst run-profile fabrikam.example 'Full Import' >/dev/null 2>&1

check 'stats' 0 'index' db stats
check 'stats as json' 0 '"mactl/db-stats/1"' db stats -o json
check 'verify' 0 'sound: ' db verify
check 'verify as json' 0 '"sound": true' db verify -o json
check 'backup' 0 'to go back' db backup copy
check 'backup into what exists' 2 'exists' db backup copy
rm -r inst/store
mv copy inst/store
check 'the backup is a store' 0 'sound: ' db verify
"$mactl" -C inst run-profile fabrikam.example 'Full Import' >again 2>&1
check 'a run goes on from the backup' 0 'no-change' cat again
printf 'rubbish' >inst/store/data.mdb
check 'a file that is no store' 1 'not a store of mactl' db verify
exit $failed
