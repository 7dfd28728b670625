#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a delta import that does not speak of an exported change neither confirms nor
# contradicts it; one that speaks of another attribute of the object does not either.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 04-silence-is-no-contradiction
# changed LINE...: what the next delta import reads
changed() { printf '%s\n' 'version: 1' '' "$@" >"$instance/madata/Directory/changes.ldif"; }

run 0 HR 'Full Import'
run 0 HR 'Delta Synchronization'
run 0 Directory 'Full Import'
run 0 Directory 'Delta Synchronization'
step 1-exported 0 Directory Export
check "Ada's changes were sent" same "$(counted Directory export-update)" 1

changed 'dn: CN=Bob Babbage,OU=Staff,DC=corp,DC=example' 'changetype: modify' 'replace: telephoneNumber' 'telephoneNumber: 2'
step 2-only-bob-is-spoken-of 0 Directory 'Delta Import'
check "no warning" ended success
check "Ada was not looked at" same "$(counted Directory stage-update)$(counted Directory stage-no-change)" 10

changed 'dn: CN=Ada Lovelace,OU=Staff,DC=corp,DC=example' 'changetype: modify' 'replace: telephoneNumber' 'telephoneNumber: 3'
step 3-another-attribute-of-ada 0 Directory 'Delta Import'
check "no warning" ended success
run 0 Directory 'Delta Synchronization'
check "nothing is offered again" same "$(pending Directory)" ''

changed 'dn: CN=Ada Lovelace,OU=Staff,DC=corp,DC=example' 'changetype: modify' 'replace: title' 'title: Countess' - \
  'replace: mail' 'mail: ada@CORP.example'
step 4-one-is-confirmed-one-is-contradicted 3 Directory 'Delta Import'
check "what was contradicted is offered again" same "$(pending Directory)" \
  "$(printf 'dn CN=Ada Lovelace,OU=Staff,DC=corp,DC=example\n ~ mail ada@corp.example')"
finish
