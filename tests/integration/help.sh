# SPDX-License-Identifier: Apache-2.0
# What a stranger meets first: help, typing errors, and that everything fits a screen.
. "$MACTL_SOURCE/tests/support/shell.sh"

run 0 --help
says 'first steps:'
run 0 help
says 'exit-codes'
check 'it fits 80 columns' test -z "$(awk 'length > 80' <<<"$out")"
run 2
warns 'usage: mactl'
check 'stdout stays empty' test -z "$out"
run 0 --version

for topic in commands environment exit-codes output secrets settings; do
  run 0 help "$topic"
  check "help $topic fits 80 columns" test -z "$(awk 'length > 80' <<<"$out")"
done
run 0 help settings -o json
check 'the settings' jq -e '.schema == "mactl/settings/1" and (.settings[] | select(.name == "plugin-grace").default == "10")' <<<"$out"
run 0 help exit-codes -o json
# every result of a run that has a code of its own stands with that code
results() { # NAME: of this exit in the table of results
  sed -n "s/^ *{\"\([a-z-]*\)\", [A-Z_]*, RESULT_EXIT_$1},.*/\1/p" "$MACTL_SOURCE/core/history/result.c"
}
for code in 3=WARNINGS 4=OBJECT_ERRORS 5=LIMIT 7=UNREACHABLE 9=PLUGIN; do
  jq -r ".codes[] | select(.code == ${code%=*}).results" <<<"$out" | tr -s ', \n' '\n' >patterns
  check "there are results of $code" test -n "$(results "${code#*=}")"
  while read -r result; do
    while read -r pattern; do
      # shellcheck disable=SC2053
      [[ $result == $pattern ]] && continue 2
    done <patterns
    check "$result is told with exit code ${code%=*}" false
  done < <(results "${code#*=}")
done
check 'the codes' jq -e '.schema == "mactl/exit-codes/1" and ([.codes[].code] == [0,1,2,3,4,5,6,7,8,9,20,130,143])' <<<"$out"
run 0 help commands -o name
mapfile -t commands <<<"$out"
check 'there are commands' test "${#commands[@]}" -gt 10
for words in "${commands[@]}"; do
  # shellcheck disable=SC2086
  run 0 $words --help
  says "Usage: mactl $words"
  check "$words --help fits 80 columns" test -z "$(grep -v '^    ' <<<"$out" | awk 'length > 80')"
  run 0 help "$words"
done
run 0 help config
says 'config import PATH'
says_not 'ma list'

run 2 help exitcodes
warns 'did you mean "mactl help exit-codes"?'
run 2 help nothing-of-the-kind
warns 'next: mactl help'
run 2 confg import x
warns 'did you mean'
run 2 config import
warns 'an argument is missing'
run 2 config import x --skipp y
warns '--skipp'
run 2 ma list -o yaml
warns 'the formats are'

# a pipe that is closed early is no failure
"$MACTL" help 2>"$TMPDIR/err" | head -n 1 >/dev/null
check 'a closed pipe is no failure' test "${PIPESTATUS[0]}" = 0 -a ! -s "$TMPDIR/err"
finish
