# SPDX-License-Identifier: Apache-2.0
# What the audit predicts is what the domain controller does: seven objects, six attributes, and for each
# refusal its cause.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_begin 127.0.1.21
ad_seed
ad_seeded_instance i
ad_bind i "$ad_service" "$ad_secret"
run 0 -C i run-profile $agent 'Full Import'
run 0 -C i run-profile $agent 'Full Synchronization'

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
run 20 -C i acl effective $agent "${dn[erin]}" --attribute proxyAddresses -o wide
says 'NO-ACE'
says "objects below OU=Outside,$AD_BASE"
run 20 -C i acl effective $agent "${dn[gina]}" --attribute proxyAddresses -o wide
says "turn inheritance on again at OU=Blocked,$sync"

# --- the server is asked, and says the same; so does a write by the account --------------------------------
run 20 -C i acl audit $agent --verify-as-service-account
says_not 'DISAGREES'
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
dsacl() { command samba-tool dsacl set -H "$AD_LAB_DIR/ad/private/sam.ldb" -s "$AD_LAB_DIR/smb.conf" --objectdn="$1" --sddl="$2" >/dev/null; }
service_sid=$(ad_search "CN=MSOL_AD_Sync,CN=Users,$AD_BASE" base objectSid | sed -n 's/^objectSid:: //p' | base64 -d | od -An -tu4 -j8 -w100 |
  awk '{ print "S-1-5-" $1 "-" $2 "-" $3 "-" $4 "-" $5 }')
says_not 'MAY-'
check 'the account may see what protects him' dsacl "${dn[bob]}" '(A;;RP;;;AU)'
check 'a right too many' dsacl "$AD_BASE" "(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;$service_sid)"
printf 'dn: %s\nchangetype: modify\nreplace: adminCount\nadminCount: 1\n' "${dn[bob]}" | ad_modify
run 20 -C i acl audit $agent -o json
check 'which is everybody'"'"'s passwords' jq -e '.findings[] | select(.code == "MAY-READ-SECRETS" and (.evidence | contains("1131f6ad")))' <<<"$out"
check 'and somebody is no administrator any more' jq -e '.findings[] | select(.code == "ORPHANED-ADMINCOUNT" and .objects == 1)' <<<"$out"
cp "$TMPDIR/out" before.json
printf 'dn: %s\nchangetype: modify\nreplace: adminCount\nadminCount: 0\n' "${dn[bob]}" | ad_modify
run 20 -C i acl audit $agent -o json
cp "$TMPDIR/out" before.json

# --- what was known is no news; features; mistakes ------------------------------------------------------------
run 0 -C i acl audit $agent --baseline before.json
run 20 -C i acl audit $agent --feature exchange-hybrid
warns '42 writes'
run 8 -C i acl audit $agent --feature mailbox
warns "there is no feature 'mailbox'"
run 8 -C i acl audit $agent --baseline i/mactl.xml
warns 'mactl.xml:1'
run 20 -C i acl audit $agent --group 'No Such Group'
says 'GROUP-MISSING'

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
