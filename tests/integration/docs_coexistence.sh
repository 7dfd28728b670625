# SPDX-License-Identifier: Apache-2.0
# docs/coexistence.md: each row of its two tables has a command that is there, with the options that it shows,
# and a test that runs it; what the second one says that it finds is in that test, too.
. "$MACTL_SOURCE/tests/support/shell.sh"
"$MACTL" help commands -o name >commands
shows() { # COMMAND, with its arguments, as a document has it
  local words
  words=$(grep -xF "$(cut -d' ' -f1-2 <<<"$1")" commands || grep -xF "$(cut -d' ' -f1 <<<"$1")" commands)
  check "mactl $1 is there" test -n "$words"
  # shellcheck disable=SC2086
  "$MACTL" ${words:-help} --help >help
  for option in $(grep -oE -- '--[a-z-]+' <<<"$1"); do
    check "$words has $option" grep -qF -- "$option" help
    check "$test runs $words $option" grep -qF -- "$option" "$MACTL_SOURCE/tests/integration/$test"
  done
  check "$test runs $words" grep -qE -- "${words:-no words}|set_writeback=\(" "$MACTL_SOURCE/tests/integration/$test"
}
table() { sed -n "/^## $1/,/^## [^$2]/p" "$MACTL_SOURCE/docs/coexistence.md" | grep '^| ' | tail -n +2 | grep -v '^|---'; }

rows=0
while IFS='|' read -r _ theirs ours _ test _; do
  rows=$((rows + 1))
  last="-- row$theirs"
  test=$(tr -d '` ' <<<"$test")
  check "$test is there" test -f "$MACTL_SOURCE/tests/integration/$test"
  ours=$(sed -nE 's/^ *`mactl ([^`]*)`.*/\1/p' <<<"$ours")
  [ -z "$ours" ] || shows "$ours"
done < <(table 'The commands beside' T)
[ $rows -ge 12 ] || fail "only $rows rows of commands"

rows=0
while IFS='|' read -r _ by_hand ours test _; do
  rows=$((rows + 1))
  last="-- row$by_hand"
  test=$(tr -d '` ' <<<"$test")
  check "$test is there" test -f "$MACTL_SOURCE/tests/integration/$test"
  grep -oE '`mactl [^`]*`' <<<"$ours" | tr -d '`' | sed 's/^mactl //' >shown
  check 'a command answers it' test -s shown
  while read -r command; do shows "$command"; done <shown
  for code in $(grep -oE '\b[A-Z]+(-[A-Z]+)+\b|\bADMINSDHOLDER\b' <<<"$ours"); do
    check "$test sees $code" grep -qF -- "$code" "$MACTL_SOURCE/tests/integration/$test"
  done
done < <(table 'The checks that' T)
[ $rows -ge 8 ] || fail "only $rows rows of checks"
finish
