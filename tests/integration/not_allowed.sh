# SPDX-License-Identifier: Apache-2.0
# An instance that belongs to somebody else: every command says what it may not, and none says that
# there is no instance.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
. "$MACTL_SOURCE/tests/support/stranger.sh"
pair_begin i
run 0 -C i run-profile HR FIFS
run 2 -C nowhere preview HR
warns 'nowhere is no instance: there is no mactl.xml'
stranger_begin

# denied CODE WORDS ARGUMENT...: as somebody who is not root, and who owns nothing here
denied() {
  local want=$1 words=$2 got=0
  shift 2
  last=$*
  err=$(stranger -C "$work/i" "$@" 2>&1 >/dev/null </dev/null) || got=$?
  [ "$got" = "$want" ] || fail "exit code $got instead of $want"
  warns "$words"
}
mode=$(stat -c %a i)
chmod 000 i
for words in status 'runs list' pending 'run-profile HR FIFS' 'cs search HR' 'preview HR' cycle 'config validate' 'staging on'; do
  # shellcheck disable=SC2086
  denied 1 "mactl.xml: Permission denied" $words
done
chmod "$mode" i

chmod 555 i
if [ "$(id -u)" = 0 ]; then chmod -R a+rX i; fi
denied 1 "no folder can be made for the preview: Permission denied" preview HR
chmod "$mode" i
finish
