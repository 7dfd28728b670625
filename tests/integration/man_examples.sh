# SPDX-License-Identifier: Apache-2.0
# Every example of the manual, and of --help where it needs no run before, is run. Those of one page run in order, in a throw-away
# folder that holds export/ (MIM) and connect/ (Azure AD Connect). In the source of a page:
#
#   .\" run: COMMAND      runs before the next example: what a reader has done already
#   .\" file: NAME        the literal block above is written to this file
#   .\" exit: N           the next example exits with N instead of 0
#   .\" not run: REASON   the next example needs what a test does not have
. "$MACTL_SOURCE/tests/support/shell.sh"
PATH=$(dirname "$MACTL"):$PATH
export PATH
ran=0

begin() {
  cd "$work" || exit 1
  rm -rf page && mkdir page && cd page || exit 1
  cp -r "$exports/classic" export
  cp -r "$exports/connect" connect
}

plain() { sed -e 's/\\(dq/"/g; s/\\(aq/'"'"'/g; s/\\-/-/g; s/\\e/\\/g; s/\\&//g'; }

# NAME WANTED COMMAND
example() {
  local got=0
  bash -c "$3" >"$TMPDIR/out" 2>"$TMPDIR/err" </dev/null || got=$?
  last="-- $1: $3" out=$(cat "$TMPDIR/out") err=$(cat "$TMPDIR/err")
  ran=$((ran + 1))
  [ "$got" = "$2" ] || fail "exit code $got instead of $2"
}

page_examples() {
  local page=$1 want=0 skip='' line block=''
  begin
  while IFS= read -r line; do
    case $line in
      '.\" run: '*) example "$page" 0 "${line#*run: }" ;;
      '.\" file: '*) printf '%s' "$block" >"${line#*file: }" ;;
      '.\" exit: '*) want=${line#*exit: } ;;
      '.\" not run: '*) skip=1 ;;
      .Dl*)
        [ -n "$skip" ] || example "$page" "$want" "$(plain <<<"${line#.Dl }")"
        want=0 skip='' ;;
      .Bd*) block='' ;;
      .*) ;;
      *) block+=$line$'\n' ;;
    esac
  done < <(awk '/^\.Sh / {on = ($0 == ".Sh EXAMPLES")} on' "$page")
}

for page in "$MACTL_SOURCE"/docs/man/*.[1-8]; do
  page_examples "$page"
done

# what --help shows begins with four blanks; a backslash at the end goes on in the next line
help_examples() {
  local words=$1 line
  while IFS= read -r line; do
    begin
    case $words in init) ;; *) mactl -C sync config import export -q >/dev/null 2>&1 ;; esac
    example "$words --help" 0 "$line"
  done < <(mactl $words --help | sed -n 's/^    //p' | sed -e ':a' -e '/\\$/N; s/\\\n//; ta' | grep '^mactl ')
}
for words in init 'config import' 'config validate' 'config report' 'config export' 'ma list' 'ma show' \
  'ma partitions' help 'expr eval' 'expr functions' 'plugin list'; do
  help_examples "$words"
done
[ "$ran" -gt 30 ] || fail "only $ran examples were found"
finish
