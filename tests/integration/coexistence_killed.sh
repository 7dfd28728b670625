# SPDX-License-Identifier: Apache-2.0
# coexistence enable is killed behind the line of each step, so that the next one is in the middle of its work: enabling
# again comes to what an undisturbed one comes to, and disabling to what was before.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
. "$MACTL_SOURCE/tests/support/coexistence.sh"
coexistence_begin
coexistence_moves
rm -rf pristine && cp -a i pristine
lists >lists-before
check 'there are lists' test -s lists-before
settle
mv settled undisturbed
start_over

mkfifo told
# killed_behind STEP: fails where all was done before the kill came
killed_behind() {
  "$MACTL" "${enable[@]}" "${admin[@]}" >told 2>words </dev/null &
  process=$! seen=
  while IFS= read -r line; do
    case $line in "$1"*) [ -n "$seen" ] || kill -9 "$process"; seen=$line ;; esac
  done <told
  got=0
  wait "$process" 2>/dev/null || got=$?
  [ $got != 0 ] || [ -z "$seen" ]
}
for step in idle group rights rule configuration directory cloud 'full synchronisation' 'cycle'; do
  last="-- killed behind $step"
  until killed_behind "$step"; do start_over; done
  out=$seen err=$(cat words)
  [ $got = 137 ] || fail "$got: it was not killed"
  check "it had come to $step" test -n "$seen"
  # the worker of a run that is no more looked after ends at its next object
  [ "$step" != cycle ] || until "$MACTL" -C i sync start >words 2>&1 </dev/null || [ $? != 6 ]; do :; done
  run 0 -C i db verify
  settle
  check "behind '$step' it comes to the same" diff undisturbed settled
  start_over
done
finish
