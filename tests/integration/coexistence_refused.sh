# SPDX-License-Identifier: Apache-2.0
# Whoever is given the wrong thing says so in one line that names it, and leaves everything as it was: passwords, plans,
# backups, folders, the user who runs it, a server that is away, a kill in the middle of it.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
. "$MACTL_SOURCE/tests/support/coexistence.sh"
. "$MACTL_SOURCE/tests/support/stranger.sh"
coexistence_begin
run 0 -C i run-profile $agent 'Full Import'
run 0 -C i run-profile $agent 'Full Synchronization'
fix=(-C i acl fix $agent --admin Administrator --password-file secrets/ad)
by_wrong=(--admin Administrator --admin-password-file wrong)
# all but the lock, and the store, which tells the time of a look
all() { picture i | grep -v -e 'run.lock' -e ' store' -e 'i/store'; lists; ad_search "CN=Users,$AD_BASE" one member; }
all >before
refused() { # CODE WORDS COMMAND...
  local code=$1 words=$2
  shift 2
  run "$code" "$@"
  warns "$words"
  [ "$(grep -c '^error: ' <<<"$err")" = 1 ] || fail 'one error'
  check 'all is as it was' diff before <(all)
}

# --- who, and with what --------------------------------------------------------------------------------------
refused 2 "there is no management agent 'nobody'" "${enable[@]}" --ad-ma nobody "${admin[@]}"
refused 2 "there is no management agent 'nobody'" "${disable[@]}" --ad-ma nobody
refused 8 "'$cloud' is no agent for a directory (--ad-ma)" "${enable[@]}" --ad-ma "$cloud" "${admin[@]}"
refused 1 "simple bind as 'Administrator@$agent': Invalid credentials" "${enable[@]}" "${by_wrong[@]}"
refused 8 "is in no regular file: secrets" "${enable[@]}" --admin Administrator --admin-password-file secrets
refused 8 "'a,CN=b' is no name of a group" "${enable[@]}" "${admin[@]}" --group 'a,CN=b'
without=$PWD/without
mkdir "$without" && for folder in ${MACTL_PLUGIN_PATH//:/ }; do ln -sf "$folder"/*.so "$without/"; done && rm "$without/acl_audit.so"
MACTL_PLUGIN_PATH=$without refused 2 "there is no plugin 'acl_audit'; looked in $without" "${enable[@]}" "${admin[@]}"

# --- plans and their backups ----------------------------------------------------------------------------------
run 20 -C i acl fix $agent --plan plan.json
refused 8 'none.json: No such file or directory' "${fix[@]}" --apply none.json
head -c 300 plan.json >half.json
refused 8 'half.json:' "${fix[@]}" --apply half.json
for without in entries lists; do
  jq ".$without = {}" plan.json >part.json
  refused 8 "part.json: it lacks its list '$without'" "${fix[@]}" --apply part.json
done
jq '.entries[0].place = "OU=Gone,DC=fabrikam,DC=example"' plan.json >gone.json
refused 2 'the list of OU=Gone,DC=fabrikam,DC=example' "${fix[@]}" --apply gone.json
refused 2 'nothing was changed: none/back.json: No such file or directory' "${fix[@]}" --apply plan.json --backup none/back.json
refused 1 'nothing was changed: plan.json: File exists' "${fix[@]}" --apply plan.json --backup plan.json
refused 1 "simple bind as 'Administrator@$agent': Invalid credentials" -C i acl fix $agent --admin Administrator --password-file wrong --apply plan.json

# --- somebody else runs it -------------------------------------------------------------------------------------
stranger_begin
chmod 755 . i && chmod -R a+rX i/config i/mactl.xml
all >before
program=$MACTL
MACTL=stranger
refused 1 "store 'i/store': cannot open it: Permission denied" -C i acl fix $agent
refused 1 'Permission denied' -C i writeback set exchange-hybrid
says_not 'nothing was imported yet'
MACTL=$program

# --- the server is away -------------------------------------------------------------------------------------------
cp i/mactl.xml bound.xml
sed -i 's|<parameter name="server">[^<]*|<parameter name="server">127.77.255.9|' i/mactl.xml
all >before
for words in enable disable; do refused 7 '127.77.255.9: Connection refused' -C i coexistence $words "${admin[@]}"; done
refused 7 '127.77.255.9: Connection refused' "${fix[@]}" --apply plan.json
cp bound.xml i/mactl.xml
all >before

# --- killed once the backup is there: rolled back it is as it was, and applied again it is whole --------------------
"$MACTL" "${fix[@]}" --apply plan.json --backup killed.json >told 2>&1 </dev/null &
process=$!
until [ -s killed.json ] || ! kill -0 $process 2>/dev/null; do :; done
kill -9 $process 2>/dev/null
wait $process 2>/dev/null
run 0 "${fix[@]}" --roll-back killed.json --backup forward.json
check 'it is as it was' diff before <(all | grep -v 'acl-backup')
run 20 "${fix[@]}" --apply plan.json --backup whole.json
says_not 'present'
run 20 "${fix[@]}" --apply plan.json --backup second.json
says_not 'set '
check 'twice is once' test ! -e second.json
run 0 "${fix[@]}" --roll-back whole.json --backup again.json
check 'and back' diff before <(all)

# --- to disable it: nothing is begun that would stop half way ---------------------------------------------------------
run 0 "${enable[@]}" "${admin[@]}" --no-start
all >before
refused 1 "simple bind as 'Administrator@$agent': Invalid credentials" "${disable[@]}" "${by_wrong[@]}"
backup=$(echo i/madata/$agent/coexistence-backup-*)
cp -p "$backup" kept
head -c 200 kept >"$backup"
all >before
refused 8 "$backup:" "${disable[@]}" "${admin[@]}"
cp -p kept "$backup"
run 0 "${disable[@]}" "${admin[@]}"
says 'rights: 26 taken out'
run 0 "${disable[@]}" "${admin[@]}"
says 'rights: there are none that were set'
finish
