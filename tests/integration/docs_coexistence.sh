# SPDX-License-Identifier: Apache-2.0
# docs/coexistence.md: each row of the table of commands has a command that is there, with the options
# that it shows, and a test that runs it.
. "$MACTL_SOURCE/tests/support/shell.sh"
"$MACTL" help commands -o name >commands
rows=0
while IFS='|' read -r _ theirs ours _ test _; do
  rows=$((rows + 1))
  last="-- row$theirs"
  test=$(tr -d '` ' <<<"$test")
  check "$test is there" test -f "$MACTL_SOURCE/tests/integration/$test"
  ours=$(sed -nE 's/^ *`mactl ([^`]*)`.*/\1/p' <<<"$ours")
  [ -n "$ours" ] || continue
  words=$(grep -xF "$(cut -d' ' -f1-2 <<<"$ours")" commands)
  check "mactl $ours is there" test -n "$words"
  # shellcheck disable=SC2086
  "$MACTL" $words --help >help
  for option in $(grep -oE -- '--[a-z-]+' <<<"$ours"); do
    check "$words has $option" grep -qF -- "$option" help
    check "$test runs $words $option" grep -qF -- "$option" "$MACTL_SOURCE/tests/integration/$test"
  done
  check "$test runs $words" grep -qE -- "$words|set_writeback=\(" "$MACTL_SOURCE/tests/integration/$test"
done < <(sed -n '/^## The commands beside/,/^## In one/p' "$MACTL_SOURCE/docs/coexistence.md" | grep '^| ' | tail -n +2 | grep -v '^|---')
[ $rows -ge 12 ] || fail "only $rows rows"
finish
