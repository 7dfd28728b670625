# SPDX-License-Identifier: Apache-2.0
# What the audit predicts is what the domain controller does: seven objects, six attributes, and for each
# refusal its cause.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_synchronised i

sync=OU=Sync,$AD_BASE
declare -A dn=([alice]="CN=alice,OU=Staff,$sync" [bob]="CN=bob,OU=Staff,$sync" [carol]="CN=carol,OU=Staff,$sync"
  [dave]="CN=dave,OU=Staff,$sync" [erin]="CN=erin,OU=Outside,$AD_BASE" [frank]="CN=frank,OU=Outside,$AD_BASE"
  [gina]="CN=gina,OU=Blocked,$sync")

# --- the whole agent --------------------------------------------------------------------------------
run 20 -C i acl audit $agent
warns '7 objects, 42 writes: 12 allowed, 30 refused, 0 unsure; 6 modifications would fail whole'
says 'INHERITANCE-BLOCKED'
says 'ADMINSDHOLDER'
says 'DENY-ACE'
says 'NO-ACE'
run 20 -C i acl audit $agent -o json
cp "$TMPDIR/out" before.json

# --- a dump of the directory says the same, cell by cell, without a server ----------------------------
dump() { ad_tool search -LLL -E '!1.2.840.113556.1.4.801=::MAMCAQc=' -E pr=500/noprompt -b "$1" '(objectClass=*)' '*' nTSecurityDescriptor; }
check 'a dump of the domain' dump "$AD_BASE"
cp "$TMPDIR/check" domain.ldif
check 'a dump of the schema' dump "CN=Schema,CN=Configuration,$AD_BASE"
cp "$TMPDIR/check" schema.ldif
check 'and of the rights' dump "CN=Extended-Rights,CN=Configuration,$AD_BASE"
cat "$TMPDIR/check" >>schema.ldif
cp i/mactl.xml bound.xml
sed -i 's|<parameter name="server">.*</parameter>|<parameter name="server">127.0.1.99</parameter>|; s|secrets/ad|secrets/none|' i/mactl.xml
run 20 -C i acl audit $agent --ldif domain.ldif --ldif schema.ldif -o json
cp "$TMPDIR/out" offline.json
check 'the findings of the dump are those of the directory' diff <(jq -S .findings before.json) <(jq -S .findings offline.json)
for name in "${!dn[@]}"; do
  "$MACTL" -C i acl effective $agent "${dn[$name]}" --ldif domain.ldif --ldif schema.ldif -o json >"$name.offline" 2>/dev/null || [ $? = 20 ]
done
run 20 -C i acl fix $agent --ldif domain.ldif --ldif schema.ldif --script dsacls
says "dsacls \"OU=Outside,$AD_BASE\" /I:S /G \"MSOL_AD_Sync_RichCoexistence:WP;proxyAddresses;user\""
run 2 -C i acl fix $agent --ldif domain.ldif
warns 'of a dump there is no plan to carry out'
run 8 -C i acl audit $agent --ldif domain.ldif
warns 'there is no schema to be read'
printf 'dn: CN=x\ncn:< file:///etc/passwd\n' >hostile.ldif
run 2 -C i acl audit $agent --ldif domain.ldif --every-controller
warns 'a dump is of one'
run 8 -C i acl audit $agent --ldif hostile.ldif
warns 'hostile.ldif:2: a value by URL, which is not read'
run 20 -C i acl audit $agent --ldif domain.ldif --ldif schema.ldif --matrix -o json
cp "$TMPDIR/out" matrix.offline
cp bound.xml i/mactl.xml
same=0
for name in "${!dn[@]}"; do
  "$MACTL" -C i acl effective $agent "${dn[$name]}" -o json >"$name.live" 2>/dev/null || [ $? = 20 ]
  check "$name" diff <(jq -S .attributes "$name.live") <(jq -S .attributes "$name.offline")
  same=$((same + $(jq '[.attributes[] | select(.attribute)] | length' "$name.offline")))
done
[ $same = 42 ] || fail "$same cells"
run 2 -C i acl audit $agent --all --object "${dn[bob]}"
warns '--all or --object'
run 20 -C i acl audit $agent --all

# --- by feature, container and class, what passes as well; the dump says the same ------------------------
run 20 -C i acl audit $agent --matrix -o json
cp "$TMPDIR/out" matrix.json
check 'the matrix of the dump is that of the directory' diff <(jq -S . matrix.json) <(jq -S . matrix.offline)
cells() { jq -r --arg f "$1" '.cells[] | select(.feature == $f) | "\(.container // "-") \(.class // "-") \(.result) \(.objects) \(.allowed // 0) \(.refused // 0) \(.whole // 0)"' matrix.json; }
cells rules >cells
check 'the seven objects, by their containers' diff - cells <<E
OU=Outside,$AD_BASE user fail 2 1 11 2
OU=Blocked,$sync user fail 1 0 6 1
OU=Staff,$sync user fail 4 11 13 3
E
check 'exchange-hybrid is what the rules write' diff <(cells exchange-hybrid) cells
check 'what decided, attribute by attribute: an entry, or what is lacking' jq -e --arg at "OU=Staff,$sync" '
  [.cells[] | select(.feature == "rules" and .container == $at).decided[] | select(.attribute == "proxyAddresses")] |
  (map(.writes) | add) == 4 and (map(select(.verdict == "allowed")) | length) > 0 and
  all(.verdict != "allowed" or (.entry | startswith("(OA;"))) and
  (map(.code) | contains(["INHERITANCE-BLOCKED", "ADMINSDHOLDER"]))' matrix.json
check 'no feature is left out' test "$(jq -r '[.cells[].feature] | unique | length' matrix.json)" = 11
check 'the counts are those of the audit' jq -e '[.cells[] | select(.feature == "rules")] | (map(.objects) | add) == 7 and (map((.allowed // 0) + .refused) | add) == 42 and (map(.whole) | add) == 6' matrix.json
run 20 -C i acl audit $agent --matrix
row() { check "$*" awk -v want="$*" '{ $1 = $1; found = found || index($0, want) == 1 } END { exit !found }' "$TMPDIR/out"; }
row "rules OU=Blocked,$sync user fail 1 0 6 0 INHERITANCE-BLOCKED"
row "hash-sync $AD_BASE domainDNS fail 1 0 2 0 NO-ACE"
row 'exchange-public-folders - - nothing'
warns '3 features have nothing here to be asked for'
run 2 -C i acl audit $agent --matrix --baseline before.json
warns '--object and --baseline do not go with it'
run 2 -C i acl audit $agent --matrix --object "${dn[bob]}"

# --- each object: the cause, the entry, the remedy ----------------------------------------------------
run 0 -C i acl effective $agent "${dn[alice]}"
says_not 'refused'
run 20 -C i acl effective $agent "${dn[bob]}" --attribute proxyAddresses -o wide
says 'INHERITANCE-BLOCKED'
says "turn inheritance on again at ${dn[bob]}"
run 20 -C i acl effective $agent "${dn[carol]}" --attribute proxyAddresses -o wide
says 'leave administrators out of the synchronisation'
run 20 -C i acl effective $agent "${dn[dave]}" --attribute msExchSafeSendersHash -o wide
says 'DENY-ACE'
says '(OD;;WP;7cb4c7d3-8787-42b0-b438-3c5d479ad31e;;'
run 0 -C i acl effective $agent "${dn[dave]}" --attribute proxyAddresses
run 20 -v -C i acl effective $agent "${dn[dave]}" -o json
check 'a deny of something else is told to who wants to know' jq -e '.attributes[] | select(.attribute == "proxyAddresses" and .code == "DENY-IRRELEVANT" and .verdict == "allowed")' <<<"$out"
run 20 -C i acl effective $agent "${dn[erin]}" --attribute proxyAddresses -o wide
says 'NO-ACE'
says "objects below OU=Outside,$AD_BASE"
run 20 -C i acl effective $agent "${dn[gina]}" --attribute proxyAddresses -o wide
says "turn inheritance on again at OU=Blocked,$sync"

# --- the server is asked, and says the same; so does a write by the account --------------------------------
run 20 -C i acl audit $agent --verify-as-service-account --every-controller
says_not 'DISAGREES'
says_not 'TOKEN-DIFFERS'
says_not 'STALE'
says_not 'REPL-LAG'
says 'ONE-CONTROLLER'
writes() { # writes DN ATTRIBUTE VALUE
  printf 'dn: %s\nchangetype: modify\nreplace: %s\n%s: %s\n' "$1" "$2" "$2" "$3" |
    LDAPTLS_CACERT=$AD_CA ldapmodify -x -ZZ -H "$AD_URL" -D "MSOL_AD_Sync@$AD_REALM" -w "$AD_PASSWORD" >/dev/null 2>&1
}
declare -A value=([msExchSafeSendersHash]=AAAA [msExchBlockedSendersHash]=AAAA [msExchSafeRecipientsHash]=AAAA
  [msExchArchiveStatus]=1 [msExchUCVoiceMailSettings]=a=b [proxyAddresses]=x500:/o=a)
cells=0
for name in "${!dn[@]}"; do
  "$MACTL" -C i acl effective $agent "${dn[$name]}" -o json >cell.json 2>/dev/null || [ $? = 20 ]
  for attribute in "${!value[@]}"; do
    predicted=$(jq -r --arg a "$attribute" '.attributes[] | select(.attribute == $a) | .verdict' cell.json)
    if writes "${dn[$name]}" "$attribute" "${value[$attribute]}"; then done=allowed; else done=refused; fi
    [ "$predicted" = $done ] || { echo "$name $attribute: predicted $predicted, was $done"; exit 1; }
    cells=$((cells + 1))
  done
done
[ $cells = 42 ] || { echo "$cells cells"; exit 1; }

# --- what the account may do that nobody needs; what was protected once ----------------------------------------
service_sid=$(ad_sid "CN=MSOL_AD_Sync,CN=Users,$AD_BASE")
says_not 'MAY-'
check 'the account may see what protects him' ad_list_add "${dn[bob]}" '(A;;RP;;;AU)'
check 'a right too many' ad_list_add "$AD_BASE" "(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;$service_sid)"
printf 'dn: %s\nchangetype: modify\nreplace: adminCount\nadminCount: 1\n' "${dn[bob]}" | ad_modify
run 20 -C i acl audit $agent -o json
check 'which is everybody'"'"'s passwords' jq -e '.findings[] | select(.code == "MAY-READ-SECRETS" and (.evidence | contains("1131f6ad")))' <<<"$out"
check 'and somebody is no administrator any more' jq -e '.findings[] | select(.code == "ORPHANED-ADMINCOUNT" and .objects == 1)' <<<"$out"
cp "$TMPDIR/out" before.json
printf 'dn: %s\nchangetype: modify\nreplace: adminCount\nadminCount: 0\n' "${dn[bob]}" | ad_modify
run 20 -C i acl audit $agent -o json
cp "$TMPDIR/out" before.json

# --- an account by its names, and one that is not there ---------------------------------------------------------
of_account() { run 20 -C i acl effective $agent "${dn[frank]}" --attribute proxyAddresses --account "$1" -o json; jq -S .attributes <<<"$out"; }
of_account MSOL_AD_Sync >plainly
for login in "$AD_DOMAIN\\MSOL_AD_Sync" "$service_sid"; do
  check "$login" diff plainly <(of_account "$login")
done
run 2 -C i acl effective $agent "${dn[frank]}" --account "$AD_DOMAIN\\nobody"
warns "is not in $AD_BASE"

# --- what was known is no news; features; mistakes ------------------------------------------------------------
run 0 -C i acl audit $agent --baseline before.json
run 20 -C i acl audit $agent --feature exchange-hybrid
warns '42 writes'
run 8 -C i acl audit $agent --feature mailbox
warns "there is no feature 'mailbox': exchange-hybrid, "
# features that the rules do not write: of users, of the domain, of containers
run 20 -C i acl audit $agent --feature password-writeback -o json
check 'Reset Password is asked of each user' jq -e '.findings[] | select(.attribute == "right:User-Force-Change-Password" and .verdict == "refused")' <<<"$out"
check 'and what lifts the lock' jq -e '.findings[] | select(.attribute == "lockoutTime" and .verdict == "refused")' <<<"$out"
check 'and one of the domain, which everybody has' jq -e --arg at "$AD_BASE" '.findings[] | select(.attribute == "right:Unexpire-Password" and .dn == $at and .code == "GRANT-TOO-WIDE")' <<<"$out"
run 20 -C i acl audit $agent --feature hash-sync -o json
check 'the rights of replication' jq -e --arg at "$AD_BASE" '[.findings[] | select(.verdict == "refused") | [.attribute, .place]] == [["right:DS-Replication-Get-Changes", $at]]' <<<"$out"
check 'one of them is there, and is no privilege too many' jq -e '[.findings[] | select(.code == "MAY-READ-SECRETS")] == []' <<<"$out"
run 20 -C i acl audit $agent --feature group-writeback -o json
check 'groups are made in what is included' jq -e --arg at "OU=Outside,$AD_BASE" '.findings[] | select(.attribute == "create:group" and .place == $at)' <<<"$out"
run 20 -C i acl audit $agent --feature device-writeback
says 'NOT-FOUND'
run 20 -C i acl audit $agent --feature basic-read -o json
check 'what may not be read' jq -e '[.findings[] | select(.attribute != null and (.attribute | startswith("read:")))] | length > 0' <<<"$out"
run 20 -C i acl fix $agent --feature password-writeback
says 'right:User-Force-Change-Password'
says 'a person: NO-ACE'
run 8 -C i acl audit $agent --baseline i/mactl.xml
warns 'mactl.xml:1'
run 20 -C i acl audit $agent --group 'No Such Group'
says 'GROUP-MISSING'
# the account alone: what its groups have is its own, what is lacking is set for itself
run 20 -C i acl audit $agent --group ''
warns '42 writes: '
says_not 'GROUP-MISSING'
run 20 -C i acl fix $agent --group '' --script dsacls
says "dsacls \"OU=Outside,$AD_BASE\" /I:S /G \"MSOL_AD_Sync:WP;proxyAddresses;user\""
says_not 'MSOL_AD_Sync_RichCoexistence'
# the group as it was made by hand: without the account in it, or as a list of addresses
same_group="CN=MSOL_AD_Sync_RichCoexistence,CN=Users,$AD_BASE"
says_not 'NOT-MEMBER'
printf 'dn: %s\nchangetype: modify\ndelete: member\nmember: CN=MSOL_AD_Sync,CN=Users,%s\n' "$same_group" "$AD_BASE" | ad_modify
run 20 -C i acl audit $agent -o json
check 'it is said of the account' jq -e '.findings[] | select(.code == "NOT-MEMBER" and .attribute == null and (.cause | contains("MSOL_AD_Sync_RichCoexistence")))' <<<"$out"
check 'and of each write that the group is allowed' jq -e '[.findings[] | select(.code == "NOT-MEMBER" and .verdict == "refused").attribute] | unique | length == 6' <<<"$out"
printf 'dn: %s\nchangetype: modify\nadd: member\nmember: CN=MSOL_AD_Sync,CN=Users,%s\n' "$same_group" "$AD_BASE" | ad_modify
printf 'dn: %s\nchangetype: modify\nreplace: groupType\ngroupType: 2\n' "$same_group" | ad_modify
run 20 -C i acl audit $agent -o json
check 'a distribution group gives nothing' jq -e '([.findings[] | select(.code == "GROUP-NOT-SECURITY" and .attribute == null)] | length == 1) and any(.findings[]; .code == "GROUP-NOT-SECURITY" and .attribute == "proxyAddresses" and .verdict == "refused")' <<<"$out"
printf 'dn: %s\nchangetype: modify\nreplace: groupType\ngroupType: -2147483646\n' "$same_group" | ad_modify
run 20 -C i acl audit $agent
says_not 'GROUP-NOT-SECURITY'
says_not 'NOT-MEMBER'

# --- what a program may set is set, as little as helps: what is left is for people ------------------------------
run 20 -C i acl fix $agent
says "OU=Outside,$AD_BASE"
says '--allow-adminsdholder'
says 'a person: DENY-ACE'
run 2 -C i acl fix $agent --script perl
warns "there is no script 'perl'"
run 20 -C i acl fix $agent --script dsacls
says "dsacls \"OU=Outside,$AD_BASE\" /I:S /G \"MSOL_AD_Sync_RichCoexistence:WP;proxyAddresses;user\""
run 20 -C i acl fix $agent --script powershell
says "'WriteProperty', 'Allow', [guid]'7cb4c7d3-8787-42b0-b438-3c5d479ad31e', 'Descendents'"
run 20 -C i acl fix $agent --script samba-tool
says '# by hand: DENY-ACE of msExchSafeSendersHash'
grep '^samba-tool' <<<"$out" >script
samba-tool() { command samba-tool "$@" -H "$AD_LAB_DIR/ad/private/sam.ldb" -s "$AD_LAB_DIR/smb.conf"; }
. ./script >"$TMPDIR/script" 2>&1 || { cat "$TMPDIR/script"; exit 1; }
run 20 -C i acl audit $agent --verify-as-service-account
warns '42 writes: 35 allowed, 7 refused'
says_not 'DISAGREES'
check 'what was refused is written now' writes "${dn[erin]}" msExchUCVoiceMailSettings c=d
run 20 -C i acl fix $agent
says_not "OU=Outside"
finish
