# SPDX-License-Identifier: Apache-2.0
# What a test in shell begins with: an empty folder to work in, and checks that go on after a
# failure so that one run shows all of them. The last line of a test is `finish`.
#
#   run 0 config import export      runs mactl; its exit code must be 0; $out and $err are kept
#   says 'text'    says_not 'text'  what stdout must, or must not, have in it
#   warns 'text'   warns_not 'text' the same for stderr
#   check 'words' command ...       any command that must succeed
#   comes command ...               waits until it succeeds, for minutes where the machine is slow
set -u
: "${MACTL:?the program}" "${MACTL_SOURCE:?the source tree}"
exports=$MACTL_SOURCE/tests/support/exports
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
cd "$work" || exit 1
export TMPDIR=$work/.tmp
mkdir "$TMPDIR"
unset MACTL_HOME COLUMNS CLICOLOR_FORCE
export LC_ALL=C.UTF-8 # what is sorted is sorted alike everywhere
failed=0 out='' err='' last=''

fail() {
  failed=$((failed + 1))
  printf 'FAILED %s\n' "$*"
  printf '  %s\n' "after: mactl $last"
  [ -z "$out" ] || sed 's/^/  out: /' <<<"$out" | head -n 40
  [ -z "$err" ] || sed 's/^/  err: /' <<<"$err" | head -n 40
}

run() {
  local want=$1 got=0
  shift
  last=$*
  "$MACTL" "$@" >"$TMPDIR/out" 2>"$TMPDIR/err" </dev/null || got=$?
  out=$(cat "$TMPDIR/out") err=$(cat "$TMPDIR/err")
  [ "$got" = "$want" ] || fail "exit code $got instead of $want"
}

says() { grep -qF -- "$1" <<<"$out" || fail "stdout does not say: $1"; }
says_not() { if grep -qF -- "$1" <<<"$out"; then fail "stdout says: $1"; fi; }
warns() { grep -qF -- "$1" <<<"$err" || fail "stderr does not say: $1"; }
warns_not() { if grep -qF -- "$1" <<<"$err"; then fail "stderr says: $1"; fi; }
check() { local what=$1; shift; "$@" >"$TMPDIR/check" 2>&1 || { fail "$what"; head -n 20 "$TMPDIR/check"; }; }
comes() { for _ in $(seq 4000); do "$@" && return; read -r -t 0.05 <> <(:); done; return 1; }
# every file with mode, size and sum: two of these are equal when nothing changed
picture() { find "$1" -printf '%P %m %y\n' | sort; find "$1" -type f -exec sha256sum {} + | sort; }
: "${MACTL_CORPUS:=$MACTL_SOURCE/../shared/corpus}"
need_corpus() { [ -d "$MACTL_CORPUS/mim-contoso" ] || { echo "no corpus in $MACTL_CORPUS"; exit 77; }; }
finish() { [ "$failed" -eq 0 ] || { echo "$failed checks failed"; exit 1; }; echo "all checks passed"; exit 0; }
