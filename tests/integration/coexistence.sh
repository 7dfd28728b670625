# SPDX-License-Identifier: Apache-2.0
# mactl coexistence, on a domain controller: from an account that may write nothing to values written.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_begin 127.0.1.61
ad_fill
samba_tool() { samba-tool "$@" -H "$AD_LAB_DIR/ad/private/sam.ldb" -s "$AD_LAB_DIR/smb.conf"; }
check 'an account that synchronises' samba_tool user create svc-sync 'Sync-Pass1'
cloud='fabrikam.onmicrosoft.example - AAD'
group=MSOL_AD_Sync_RichCoexistence

# --- a configuration without the rules of users --------------------------------------------------------
cp -r "$sample/export" export
rm "$(grep -l 'Out to AD - User Exchange Hybrid' export/SynchronizationRules/*)"
run 0 -C i config import export -q
mkdir -p i/secrets
(umask 077 && echo 'Sync-Pass1' >i/secrets/ad && echo 'wrong' >wrong && cp secrets/ad i/secrets/admin)
cat >i/mactl.xml <<XML
<mactl version="1">
  <agent name="$agent" plugin="ad_ma">
    <parameter name="server">$AD_IP</parameter>
    <parameter name="authentication">simple</parameter>
    <parameter name="tls">starttls</parameter>
    <parameter name="ca-file">$AD_CA</parameter>
    <parameter name="login">svc-sync</parameter>
    <secret name="password" file="secrets/ad"/>
  </agent>
  <agent name="$cloud" plugin="file_ma">
    <parameter name="format">ldif</parameter>
    <parameter name="file">cloud.ldif</parameter>
    <parameter name="anchor-seed">fabrikam</parameter>
  </agent>
</mactl>
XML
enable=(-C i coexistence enable)
admin=(--admin Administrator --admin-password-file secrets/ad)

# --- nothing is known yet ----------------------------------------------------------------------------------
run 20 -C i coexistence status
says "configuration: lacking: rule 'Out to AD - User Exchange Hybrid': added"
says "directory: $agent is ready"
run 8 "${enable[@]}" --what-if
warns 'was imported and synchronised yet'
run 0 -C i run-profile $agent 'Full Import'
run 0 -C i run-profile $agent 'Full Synchronization'
run 0 -C i run-profile "$cloud" Export
awk -f "$sample/mailboxes.awk" "$sample/data/mailboxes.txt" "i/madata/$cloud/cloud.ldif" >moved
cp moved "i/madata/$cloud/cloud.ldif"
run 0 -C i run-profile "$cloud" 'Full Import'
run 0 -C i run-profile "$cloud" 'Delta Synchronization'

# --- what it would do; who may not -----------------------------------------------------------------------------
picture i/config >unchanged
run 0 "${enable[@]}" --what-if
says 'What if: idle: no synchronisation runs'
says "What if: group: $group has svc-sync as a member"
says "What if: rights: $group may write msExchArchiveStatus of user at OU=Sales,OU=Staff,$AD_BASE"
says "What if: rule 'Out to AD - User Exchange Hybrid': added"
says 'the next full synchronisation would change'
says "What if: directory: $agent stays as it is"
says 'What if: cycle: started'
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
warns "group: take CN=svc-sync,CN=Users,$AD_BASE out of"
warns 'rights: mactl acl fix fabrikam.example --roll-back i/madata/fabrikam.example/acl-backup-'
warns 'configuration: mactl coexistence disable'
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
cat >answers <<'END'
An administrator of the forest [Administrator]: 	
The group that has the rights [MSOL_AD_Sync_RichCoexistence]: 	Write-back people
The account that synchronises [svc-sync]: 	
Where the cloud's service is [as it is]: 	
Only the least rights that the rules need [yes]: 	no
Start a synchronisation at the end [yes]: 	no
END
printf 'Password of Administrator: \t%s\n' "$AD_PASSWORD" >>answers
"$MACTL_SOURCE/tests/support/terminal.py" answers "$MACTL" "${enable[@]}" --wizard >out 2>&1
check 'the wizard goes well' test $? = 0
out=$(cat out)
says_not "$AD_PASSWORD"
says "group: CN=Write-back people,CN=Users,$AD_BASE made"
says 'rights: 3 set'
says "coexistence enable --ad-ma $agent --cloud-ma '$cloud' --admin Administrator --group 'Write-back people' --admin-password-stdin --all-attributes --no-start"
line=$(grep -o 'coexistence enable --ad-ma.*' <<<"$out")
eval "set -- $line"
"$MACTL" -C i "$@" <i/secrets/admin >out 2>err || check 'the command does the same' false
out=$(cat out)
says 'rights: 0 set, 3 were there'

# --- and off ----------------------------------------------------------------------------------------------------------------
run 0 -C i coexistence disable --what-if
says "What if: rule 'Out to AD - User Exchange Hybrid': disabled"
run 0 -C i coexistence disable "${admin[@]}"
says "rule 'Out to AD - Group Exchange Hybrid': disabled"
says "group: CN=svc-sync,CN=Users,$AD_BASE taken out"
run 0 -C i coexistence disable "${admin[@]}"
says 'exchange-hybrid is not written back already'
says "group: CN=svc-sync,CN=Users,$AD_BASE was no member"
run 20 -C i coexistence status
says "lacking: rule 'Out to AD - User Exchange Hybrid': enabled"
finish
