#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a store that was cut off, overwritten, may not be written, or has no room:
# one clear line, no crash, and what was there is there again when the trouble is over.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
new_instance
store=$instance/store
check "the pair is imported" import_pair
run 0 HR FIFS
everything >"$folder/before"
cp -r "$store" "$folder/store"

# fails WORDS COMMAND...: it ends with 1, says so in a line of its own, and does not crash
fails() {
  local words=$1 code=0
  shift
  "$mactl" "$@" >"$folder/run" 2>&1 || code=$?
  check "mactl $*: $words" told "$words"
  check "mactl $* ends with 1" test "$code" = 1
  check "mactl $* does not crash" not_told 'Sanitizer'
}
# damaged WORDS EDIT...: after the edit nothing can be done, and a backup is all it takes
damaged() {
  local words=$1
  shift
  "$@"
  fails "$words" run-profile HR FIFS
  fails "$words" pending
  fails "$words" runs list
  fails "$words" db verify
  rm -rf "$store"
  cp -r "$folder/store" "$store"
}
fill() { dd if=/dev/zero of="$store/data.mdb" bs=4096 "$@" conv=notrunc 2>/dev/null; }
damaged 'was cut off' truncate -s 20000 "$store/data.mdb"
damaged 'put a backup in its place' truncate -s 100 "$store/data.mdb"
damaged 'not a store of mactl' fill count=2
damaged 'it is damaged' fill seek=3 count=30
check "the copy is as before" diff "$folder/before" <(everything)

# no room: files may not become larger than this, in KB
echo >>"$instance/madata/HR/hr.ldif"
for n in {1..400}; do
  printf 'dn: uid=%d,ou=people,dc=hr\nobjectClass: person\nemployeeID: %d\ndisplayName: N %d\n\n' "$n" "$n" "$n"
done >>"$instance/madata/HR/hr.ldif"
room=$(($(stat -c %s "$store/data.mdb") / 1024 + 64))
full() (
  ulimit -f "$1"
  shift
  "$mactl" run-profile "$@" >"$folder/run" 2>&1
)
full "$room" HR 'Full Import'
check "a full disk ends the run with 1" test $? = 1
check "a full disk has its result" told 'stopped-database-disk-full'
check "it says what to do" told 'make room and run again'
check "the store is sound" quiet "$mactl" db verify
run 0 HR 'Full Import'
full $(($(stat -c %s "$store/data.mdb") / 1024 + 64)) HR 'Delta Synchronization'
check "a full disk ends a synchronisation too" told 'stopped-database-disk-full'
check "a synchronisation that found no room has counted nothing" same "$(counted HR disconnector-projected-flow)" 0
full 16 HR 'Full Import'
check "no room for a single page ends it with 1" test $? = 1
check "and says so" told 'the disk is full'
run 0 HR FIFS
check "with room again everybody is there" test "$("$mactl" cs search HR -o name -n 1000 | grep -c uid=)" = 405
finish
