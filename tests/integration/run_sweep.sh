# SPDX-License-Identifier: Apache-2.0
# Killed at its 1st, 2nd, ... n-th write, a run is run again, and what follows goes on from what is
# there: in the end everything is as if nothing had happened.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"

deaths=0
# step N FOLDER AGENT PROFILE: killed at the N-th moment of every process, then once more undisturbed
step() {
  local at=$1
  shift
  last="-C $1 run-profile $2 $3, killed at $at"
  if [ "$at" -gt 0 ] && ! MACTL_DIE_AT=$at "$MACTL" -C "$1" run-profile "$2" "$3" >"$TMPDIR/killed" 2>&1 </dev/null; then
    deaths=$((deaths + 1))
    run 0 -C "$1" run-profile "$2" "$3"
  elif [ "$at" -eq 0 ]; then
    run 0 -C "$1" run-profile "$2" "$3"
  fi
}

# scenario N FOLDER: people come, are provisioned and confirmed; then one changes, one is renamed, one goes
scenario() {
  cp -r fresh "$2"
  step "$1" "$2" HR 'Full Import'
  step "$1" "$2" HR 'Full Synchronization'
  step "$1" "$2" Directory Export
  step "$1" "$2" Directory 'Full Import'
  step "$1" "$2" Directory 'Delta Synchronization'
  awk -v RS= -v ORS='\n\n' '!/employeeID: 1005/' "$pair/data/hr.ldif" |
    sed 's/title: Engineer/title: Inventor/; s/displayName: Carl Gauss/displayName: Carl F. Gauss/' >"$2/madata/HR/hr.ldif"
  step "$1" "$2" HR 'Full Import and Delta Synchronization'
  step "$1" "$2" Directory EFIDS
  step "$1" "$2" HR 'Delta Synchronization'
}

pair_begin fresh
sed -i 's|</mactl>|<guard import-loss-percent="100"/></mactl>|' fresh/mactl.xml
scenario 0 quiet
"$MACTL" -C quiet dump >quiet.dump
check 'it is what we think' grep -q 'Carl F. Gauss' quiet.dump
check 'one is gone' test "$(grep -c Noether quiet/madata/Directory/directory.ldif)" = 0

most=$([ "${MACTL_LONG:-0}" = 1 ] && echo 1000 || echo 40)
for ((n = 1; n <= most; n++)); do
  deaths=0
  rm -rf swept
  scenario "$n" swept
  check "the same state, killed at $n" diff quiet.dump <("$MACTL" -C swept dump)
  check "the same directory, killed at $n" diff \
    <(sort quiet/madata/Directory/directory.ldif) <(sort swept/madata/Directory/directory.ldif)
  [ "$deaths" -gt 0 ] || break
done
check 'every moment was reached' test "$deaths" = 0
check 'there were some' test "$n" -gt 5
echo "killed at $((n - 1)) moments"
finish
