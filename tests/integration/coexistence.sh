# SPDX-License-Identifier: Apache-2.0
# mactl coexistence, on a domain controller: from an account that may write nothing to values written.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
. "$MACTL_SOURCE/tests/support/coexistence.sh"
coexistence_begin

# --- nothing is known yet ----------------------------------------------------------------------------------
run 20 -C i coexistence status
says "configuration: lacking: rule 'Out to AD - User Exchange Hybrid': added"
says "directory: $agent is ready"
run 20 -C i coexistence status -o json
check 'as JSON, too' jq -e --arg a "$agent" '.schema == "mactl/coexistence/1" and .ad == $a and .failed == null
  and ([.steps[] | select(.step == "configuration" and .ready == false)] | length) > 0
  and ([.steps[] | select(.step == "directory")][0].ready)' <<<"$out"
run 2 -C i coexistence status -o csv
run 8 "${enable[@]}" --what-if
warns 'was imported and synchronised yet'
coexistence_moves
lists >lists-before

# --- what it would do; who may not -----------------------------------------------------------------------------
picture i/config >unchanged
run 0 "${enable[@]}" --what-if
says 'What if: idle: no synchronisation runs'
says "What if: group: $group has svc-sync as a member"
says "What if: rights: $group may write msExchArchiveStatus of user at OU=Sales,OU=Staff,$AD_BASE"
says "What if: rule 'Out to AD - User Exchange Hybrid': added"
says 'the next full synchronisation would change'
says "What if: directory: $agent stays as it is"
says 'What if: full synchronisation: the next one of every agent is full: '
says 'What if: cycle: started'
run 0 "${enable[@]}" --what-if -o json
check 'each step, and how many objects' jq -e '(.what_if and .failed == null)
  and [.steps[].step] == ["idle", "group", "rights", "configuration", "directory", "cloud", "full synchronisation", "cycle"]
  and (.steps[2] | (.entries | length) == 26 and all(.entries[]; .objects > 0) and .writes.refused == 0)
  and (.steps[3].effects.spaces[0].objects == 3) and .steps[6].objects > 10 and (.steps[7].effects.spaces | length) >= 0' <<<"$out"
check 'a look changes nothing' diff unchanged <(picture i/config)
run 2 "${enable[@]}"
warns 'who may change rights in the forest?'
run 2 "${enable[@]}" --admin Administrator
warns 'nobody is there to be asked'
run 1 "${enable[@]}" --admin svc-sync --admin-password-file i/secrets/ad
warns 'the account that was given may not do it'
check 'nothing was made' test -z "$(ad_search "CN=$group,CN=Users,$AD_BASE" base dn 2>/dev/null)"
got=0
"$MACTL" "${enable[@]}" --admin Administrator --admin-password-file wrong >out 2>err || got=$?
check 'a wrong password ends it' test $got != 0
check 'and nothing changed' diff unchanged <(picture i/config)

# --- not beside a synchronisation --------------------------------------------------------------------------------
mkfifo go
python3 -c 'import fcntl
f = open("i/run.lock", "r+")
fcntl.lockf(f, fcntl.LOCK_EX)
open("held", "w").close()
open("go").read()' &
while [ ! -e held ]; do :; done
run 6 "${enable[@]}" "${admin[@]}"
check 'in the words of the product' test "$err" = 'MSO directory sync is syncing please try again later.'
check 'and nothing else' test -z "$out"
: >go
wait

# --- a step that fails leaves the earlier ones, and says how to undo them --------------------------------------------
run 1 "${enable[@]}" "${admin[@]}" --client-id x --cloud-secret-file gone
says "group: CN=$group,CN=Users,$AD_BASE made; CN=svc-sync,CN=Users,$AD_BASE added"
says 'rights: 26 set, 0 were there, 0 left out'
says 'configuration: exchange-hybrid is written back'
warns 'To undo it:'
warns 'group: mactl -C i coexistence disable --admin LOGIN'
warns 'rights: mactl -C i acl fix fabrikam.example --roll-back i/madata/fabrikam.example/coexistence-backup-'
warns 'configuration: mactl -C i coexistence disable --keep-rights'
check 'the account is in its group' grep -q "^member: CN=svc-sync,CN=Users,$AD_BASE" <(ad_search "CN=$group,CN=Users,$AD_BASE" base member)
run 0 -C i runs list -o json
check 'no cycle was started' jq -e '.runs | length == 5' <<<"$out"

# --- again: it goes on from there, to values in the directory ----------------------------------------------------------
run 0 "${enable[@]}" "${admin[@]}"
says "group: CN=$group,CN=Users,$AD_BASE was there; CN=svc-sync,CN=Users,$AD_BASE was a member"
says 'rights: 0 set'
says 'exchange-hybrid is written back already'
says 'full synchronisation: the next one of every agent is full'
says 'cycle: started'
warns_not 'To undo it'
values() { ad_tool search -LLL -o ldif-wrap=no -b "OU=Staff,$AD_BASE" "($1=*)" dn </dev/null | grep -c '^dn:'; }
check 'three mailboxes have their archive' test "$(values msExchArchiveStatus)" = 3
check 'and their address' grep -q 'x500:/o=ExchangeLabs' <(ad_search "OU=Staff,$AD_BASE" sub proxyAddresses)
check 'no password of the administrator is kept' test -z "$(grep -rlF "$AD_PASSWORD" i | grep -v '^i/secrets/admin$')"
run 0 -C i coexistence status
says 'configuration: exchange-hybrid is written back'
warns 'mactl -C i acl audit fabrikam.example --feature exchange-hybrid'
run 0 -C i acl audit $agent --feature exchange-hybrid
warns '0 refused'

# --- a mark survives until it was done -------------------------------------------------------------------------------------
run 0 "${enable[@]}" "${admin[@]}" --no-start
warns 'mactl -C i sync start'
run 0 -C i status
says 'a full synchronisation was asked for'

# --- a terminal is asked, and told the command --------------------------------------------------------------------------------
check 'another account' samba_tool user create svc-new 'New-Pass1'
run 0 -C i coexistence disable --keep-rights
says 'rights: 26 that were set stay'
warns 'next: mactl -C i sync start'
rm -rf before && cp -a i before
cat >answers <<'END'
An administrator of the forest [Administrator]: 	
The group that has the rights [MSOL_AD_Sync_RichCoexistence]: 	Write-back people
The account that synchronises [svc-sync]: 	svc-new
Where the cloud's service is [as it is]: 	
Only the least rights that the rules need [yes]: 	no
Start a synchronisation at the end [yes]: 	no
END
printf 'Password of Administrator: \t%s\nPassword of svc-new: \tNew-Pass1\n' "$AD_PASSWORD" >>answers
"$MACTL_SOURCE/tests/support/terminal.py" answers "$MACTL" "${enable[@]}" --wizard >out 2>&1
check 'the wizard goes well' test $? = 0
out=$(cat out)
says_not "$AD_PASSWORD"
says_not 'New-Pass1'
says "group: CN=Write-back people,CN=Users,$AD_BASE made"
says 'rights: 3 set'
says "coexistence enable --ad-ma $agent --cloud-ma '$cloud' --admin Administrator --group 'Write-back people' --login svc-new --login-password-file i/secrets/"
says '--admin-password-stdin --all-attributes --no-start'
picture i/config >by-wizard && cat i/mactl.xml >>by-wizard
mv i/secrets new-secrets && rm -rf i && cp -a before i && rm -rf i/secrets && mv new-secrets i/secrets
line=$(grep -o 'coexistence enable --ad-ma.*' <<<"$out")
eval "set -- $line"
"$MACTL" -C i "$@" <i/secrets/admin >out 2>err || check 'the command does the same' false
out=$(cat out)
says 'rights: 0 set, 3 were there'
check 'to the byte' diff by-wizard <(picture i/config; cat i/mactl.xml)
check 'and that is another configuration than before' test -n "$(diff <(picture before/config) <(picture i/config))"
check 'and account' grep -q 'svc-new' i/mactl.xml

# --- and off ----------------------------------------------------------------------------------------------------------------
lists >lists-enabled
check 'the group has rights' grep -q . <(diff lists-before lists-enabled)
run 0 "${disable[@]}" --what-if
says "What if: rule 'Out to AD - User Exchange Hybrid': disabled"
says 'What if: rights: 26 that were set stay: --admin LOGIN takes them out'
run 0 "${disable[@]}" --what-if --admin Administrator
says 'What if: rights: 26 that were set are taken out'
run 0 "${disable[@]}" --what-if --admin Administrator -o json
check 'as JSON' jq -e '[.steps[].step] == ["idle", "configuration", "rights", "group"] and .steps[2].entries == 26' <<<"$out"
check 'nothing changed' diff lists-enabled <(lists)
# the sanitizer guesses where a library's thread-local memory lies, which it looks for leaks in ("DTLS 9 at
# 0xa5a-0x1001b5c"), and its tracer dies there; without the guess it does its work
ASAN_OPTIONS=detect_leaks=1:intercept_tls_get_addr=0 run 0 "${disable[@]}" "${admin[@]}" --keep-rights
says "rule 'Out to AD - Group Exchange Hybrid': disabled"
says 'rights: 26 that were set stay'
says "group: CN=svc-new,CN=Users,$AD_BASE was no member"
check 'they stay' diff lists-enabled <(lists)
# whatever somebody else did to a list since is left as it is
other='(OA;CI;RP;28630ebf-41d5-11d1-a9c1-0000f80367c1;bf967aba-0de6-11d0-a285-00aa003049e2;AU)'
check 'an entry of somebody' samba_tool dsacl set --objectdn="OU=Sales,$staff" --sddl="$other"
run 0 "${disable[@]}" "${admin[@]}" --group $group
says 'exchange-hybrid is not written back already'
says 'rights: 26 taken out, 0 were not there'
lists | grep -vF '28630ebf-41d5-11d1-a9c1-0000f80367c1' >lists-after
check 'the lists are as they were' diff <(grep -vF "$(sid 'Write-back people')" lists-before) <(grep -vF "$(sid 'Write-back people')" lists-after)
check 'and that entry is there' grep -qF '28630ebf-41d5-11d1-a9c1-0000f80367c1' <(lists)
run 0 "${disable[@]}" "${admin[@]}"
says 'rights: there are none that were set'
says "was no member"
run 20 -C i coexistence status
says "lacking: rule 'Out to AD - User Exchange Hybrid': enabled"
finish
