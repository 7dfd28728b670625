# SPDX-License-Identifier: Apache-2.0
# Hybrid values come back from a cloud to a domain controller that refuses most of them, and nobody grants anything
# before: what the audit said is what happens, whole and split, each of the seven reasons is told behind 8344, what may
# be mended by a program is, and the rest is written. write_back.sh has the whole story.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
. "$MACTL_SOURCE/tests/support/write_back.sh"
write_back_begin
. "$MACTL_SOURCE/tests/support/cloud.sh"
aad='fabrikam.onmicrosoft.example - AAD'

# --- an instance: the directory is the domain controller, by the account of the service; the cloud a server of SCIM
# where one is installed, else a file
ad_seeded_instance i
if "$cloud_lab" installed scimmy; then
  cloud_start scimmy
  (umask 077 && echo "$cloud_token" >i/secrets/cloud)
  cloud_bind() { agent_bind i "<agent name=\"$aad\"><parameter name=\"url\">$cloud_url</parameter><secret name=\"password\" file=\"secrets/cloud\"/></agent>"; }
else
  cloud_bind() { file_bind i "$aad" fabrikam; }
fi
bind() { ad_bind i "$ad_service" "$ad_secret" "$@"; cloud_bind; }
profile() { run "$1" -C i run-profile "$2" "$3"; }
bind
profile 0 $agent 'Full Import'
profile 0 $agent 'Full Synchronization'
profile 0 "$aad" Export
profile 0 "$aad" 'Full Import'
profile 0 "$aad" 'Delta Synchronization'
says 'success'

# --- mailboxes move to the cloud: six values each have to come back
mailboxes_move i
profile 0 "$aad" 'Full Import'
profile 0 "$aad" 'Delta Synchronization'

# --- 1. before anything is sent: each of the 42 cells, as a right, sent whole, and split --------------------------------
predict i before
[ "$(wc -l <before)" = 42 ] || { cat before; fail "$(wc -l <before) cells instead of 42"; }
[ "$(grep -c ' allowed ' before)" = 12 ] || fail 'twelve may be written'
[ "$(awk '{ print $4 }' before | grep -c written)" = 6 ] || fail 'only alice is written where nothing is split'
run 20 -C i acl audit $agent --pending
warns '7 objects, 42 writes: 12 allowed, 30 refused, 0 unsure; 6 modifications would fail whole'

# --- 2. sent whole, then split: what was predicted is there, what is not says why --------------------------------------
bind '<parameter name="split-refused">false</parameter>'
profile 4 $agent Export
written after
check 'sent whole, it is as predicted' diff <(awk '{ print $1, $2, $4 }' before) after
bind
profile 4 $agent Export
run 0 -C i runs show last -o json
check 'the run foresaw it' jq -e '[.. | objects | .note? // empty] | any(contains("of 6 objects 6 will be refused with 8344, for 30 attributes"))' <<<"$out"
written after
check 'split, it is as predicted' diff <(awk '{ print $1, $2, $5 }' before) after
run 0 -C i errors list -o json
check 'six are refused for lack of rights' jq -e '[.errors[] | select(.type == "permission-issue" and .code == "8344")] | length == 6' <<<"$out"
jq -r '.errors[] | (.dn | capture("^CN=(?<n>[^,]*)").n) as $n | .findings[]? | "\($n) \(.attribute) \(.code)"' <<<"$out" | sort >causes
[ "$(wc -l <causes)" = 30 ] || { cat causes; fail 'a refusal has no cause'; }
check 'and each cause is of what was refused' diff <(awk '$3 == "refused" { print $1, $2 }' before) <(awk '{ print $1, $2 }' causes)
check 'which differs by what was done to them' diff <(awk '{ print $1, $3 }' causes | sort -u) - <<'END'
bob INHERITANCE-BLOCKED
carol ADMINSDHOLDER
dave DENY-ACE
erin NO-ACE
frank PROPSET-MISMATCH
gina INHERITANCE-BLOCKED
END

dave=$(jq -r '.errors[].dn | select(startswith("CN=dave,"))' <<<"$out")
run 0 -C i errors show "$(jq -r --arg dn "$dave" '.errors[] | select(.dn == $dn).id' <<<"$out")"
says 'DENY-ACE'
says 'msExchSafeSendersHash'
run 0 -C i pending $agent
says "$dave"

# --- 3. what a program may mend is mended; the rest is written ------------------------------------------------------------
run 20 -C i acl fix $agent --plan plan.json
run 20 -C i acl fix $agent --apply plan.json --admin Administrator --password-file secrets/ad --allow-blocked-inheritance
says 'by hand'
predict i mended
[ "$(grep -c ' allowed ' mended)" = 35 ] || fail '35 may be written now'
profile 0 $agent 'Delta Import'
profile 0 $agent 'Delta Synchronization'
profile 4 $agent Export

# --- 4. the audit, the writes and the server agree -----------------------------------------------------------------------
written after
check 'mended, it is as predicted' diff <(awk '{ print $1, $2, $5 }' mended) after
[ "$(grep -c written after)" = 35 ] || fail '35 are written'
run 20 -C i acl audit $agent --verify-as-service-account
warns '42 writes: 35 allowed, 7 refused, 0 unsure'
says_not 'DISAGREES'
run 0 -C i errors list -o json
check 'what is left is for people' diff <(jq -r '.errors[].findings[].code' <<<"$out" | sort | uniq -c | tr -s ' ') - <<'END'
 6 ADMINSDHOLDER
 1 DENY-ACE
END
profile 0 $agent 'Delta Import'
profile 0 $agent 'Delta Synchronization'
run 0 -C i pending $agent
says "$dave"
says_not 'CN=erin,'
erin=$(awk '$1 == "dn:" && /CN=erin,/ { sub(/^dn: /, ""); print }' <<<"$(ad_search "OU=Outside,$AD_BASE" sub dn)")
run 0 -C i cs show $agent "$erin"
says 'msExchUCVoiceMailSettings'
run 0 -C i pending -o json
check 'all that could be written was confirmed' jq -e --arg a $agent '.agents[] | select(.agent == $a) | .exports == 2 and .export_errors == 2' <<<"$out"

# --- the directory's own addresses are all still there -------------------------------------------------------------------
addresses_are_there
finish
