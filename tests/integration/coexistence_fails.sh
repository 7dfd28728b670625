# SPDX-License-Identifier: Apache-2.0
# Each step of coexistence enable fails in turn: the earlier ones stay and are listed with how to undo them,
# and enabling again goes on from there to what an undisturbed one comes to.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
. "$MACTL_SOURCE/tests/support/coexistence.sh"
coexistence_begin
coexistence_moves
rm -rf pristine && cp -a i pristine
lists >lists-before
check 'there are lists' test -s lists-before


hold() {
  rm -f held go && mkfifo go
  python3 -c 'import fcntl
f = open("i/run.lock", "r+")
fcntl.lockf(f, fcntl.LOCK_EX)
open("held", "w").close()
open("go").read()' &
  while [ ! -e held ]; do :; done
}
let_go() { : >go; wait; }
aside() { mv "$1" aside && : >"$1"; } # a file stands where there should be a folder
hollow() { mv "$1" aside && mkdir -p "$1/lock.mdb"; } # a store that is none yet, and cannot become one
back() { rm -r "$1" && mv aside "$1"; }
# --- what an undisturbed one comes to
settle
mv settled least
start_over
settle --all-attributes
mv settled all
start_over

# --- each step: what breaks it, what mends it, the option of both, those of the one that fails, its code, what to undo
while IFS='|' read -r step breaks mends kind options wanted undo; do
  last="-- $step fails" got=0
  eval "$breaks"
  # shellcheck disable=SC2086
  "$MACTL" "${enable[@]}" "${admin[@]}" -o json --no-start $kind $options >json 2>words </dev/null || got=$?
  eval "$mends"
  out=$(cat json) err=$(cat words)
  [ "$got" = "$wanted" ] || fail "exit code $got instead of $wanted"
  check "it is '$step' that fails" jq -e --arg s "$step" '.failed == $s and all(.steps[]; .step != $s)' json
  check 'what was done is to undo, the last first' test "$(jq -r '[.undo | reverse | .[] | split(":")[0]] | join(" ")' json)" = "$undo"
  # shellcheck disable=SC2086
  settle $kind
  check "behind '$step' it comes to the same" diff "$([ -z "$kind" ] && echo least || echo all)" settled
  start_over
done <<END
idle|hold|let_go|||6|
group|:|:||--admin svc-sync --admin-password-file i/secrets/ad|1|
rights|aside i/madata/$agent|back i/madata/$agent|||1|group
configuration|TMPDIR=$work/nowhere|TMPDIR=$work/.tmp|--all-attributes||1|group rights
directory|:|:||--login svc-sync --login-password-file gone|1|group rights configuration
cloud|:|:||--client-id x --cloud-secret-file gone|1|group rights configuration
full synchronisation|hollow i/store|back i/store|--all-attributes||1|group rights configuration
END

# --- the last one: all is done, and nothing to undo
mv "i/madata/$cloud/cloud.ldif" aside
got=0
"$MACTL" "${enable[@]}" "${admin[@]}" >words 2>&1 </dev/null || got=$?
mv aside "i/madata/$cloud/cloud.ldif"
out=$(cat words) last='-- the cycle fails'
check 'the cycle fails' test $got != 0
says 'cycle: started'
says_not 'To undo it'
run 0 -C i status
says 'needs a full synchronisation'
run 0 -C i sync start
run 0 -C i status
says_not 'needs a full synchronisation'

# --- what it says to undo does so
run 1 "${enable[@]}" "${admin[@]}" --client-id x --cloud-secret-file gone
start_over
run 1 "${enable[@]}" "${admin[@]}" --client-id x --cloud-secret-file gone
sed -n 's/^  [a-z]*: mactl \(.*\)$/\1/p' <<<"$err" | sed 's/--admin LOGIN.*/--admin Administrator/' >lines
[ "$(wc -l <lines)" = 3 ] || fail 'three lines to undo it'
while read -r line; do
  eval "set -- $line"
  case $line in *--admin*) set -- "$@" --admin-password-file secrets/ad ;; esac
  case $line in *roll-back*) set -- "${@/--admin-password-file/--password-file}" ;; esac
  run 0 "$@"
done <lines
check 'the lists are as they were, too' diff lists-before <(lists)
check 'and nobody is in the group' test -z "$(ad_search "CN=$group,CN=Users,$AD_BASE" base member | grep '^member')"
finish
