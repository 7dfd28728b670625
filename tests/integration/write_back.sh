# SPDX-License-Identifier: Apache-2.0
# The story as one: an admin whose mailboxes have moved, and whose directory lets almost nothing of them be written back,
# gets to values in the directory with mactl alone. The rules are those of an Azure AD Connect server where
# $MACTL_CORPUS has them, else those of docs/examples/hybrid; the cloud is a server of SCIM where one is installed, else
# a file. Which of them it was is said.
. "$MACTL_SOURCE/tests/support/shell.sh"
agent=contoso.com aad='contoso.onmicrosoft.com - AAD' export=$MACTL_CORPUS/aadconnect-contoso
mailbox_type=1073741824 # a mailbox, and the cloud is its master
[ -d "$export" ] || { agent=fabrikam.example aad='fabrikam.onmicrosoft.example - AAD' export=$MACTL_SOURCE/docs/examples/hybrid/export mailbox_type=; }
export AD_LAB_REALM=$agent
echo "the rules are those of $export"
forest=$agent
. "$MACTL_SOURCE/tests/support/ad.sh"
. "$MACTL_SOURCE/tests/support/write_back.sh"
agent=$forest
write_back_begin
. "$MACTL_SOURCE/tests/support/cloud.sh"
group=MSOL_AD_Sync_RichCoexistence
service=CN=MSOL_AD_Sync,CN=Users,$AD_BASE

# --- a server that synchronises: the directory is read by the account of the service, and the people are in the cloud
run 0 -C i config import "$export" -q
mkdir -p i/secrets
cp -p secrets/ad i/secrets/old
ad_bind i "${ad_starttls[@]}" "$ad_service" '<secret name="password" file="secrets/old"/>'
of_cloud=()
if "$cloud_lab" installed scimmy; then
  cloud_start scimmy
  echo 'the cloud is a server of SCIM'
  (umask 077 && echo "$cloud_token" >i/secrets/cloud)
  run 0 -C i ma set-cloud "$aad" --connect-to "$cloud_url" --secret-file i/secrets/cloud
  of_cloud=(--connect-to "$cloud_url" --cloud-secret-file i/secrets/new-cloud)
else
  echo 'the cloud is a file: no server of SCIM is installed (tests/lab/cloud/cloud-lab.sh install scimmy)'
  file_bind i "$aad" seven
fi
run 0 -C i ma set-ad $agent --container "OU=Sync,$AD_BASE" --container "OU=Outside,$AD_BASE"
run 0 -C i ma schema $agent --refresh
profile() { run "$1" -C i run-profile "$2" "$3"; }
profile 0 $agent 'Full Import'
profile 0 $agent 'Full Synchronization'
profile 0 "$aad" Export
profile 0 "$aad" 'Full Import'
profile 0 "$aad" 'Delta Synchronization'
mailboxes_move i
last_run=$("$MACTL" -C i runs list -o json | jq '[.runs[].run] | max')

# --- 1. before anything: each of the 42 cells, as a right, sent whole, and split; with the rules as they will be, which
# are tried in a copy
cp -a i rehearsal
run 0 -C rehearsal writeback set exchange-hybrid
predict rehearsal before
[ "$(wc -l <before)" = 42 ] || { cat before; fail "$(wc -l <before) cells instead of 42"; }
server_says() { # server_says PASSWORD FILE: "NAME ATTRIBUTE allowed|refused", as the domain controller tells the account itself
  local name attribute
  for name in "${!dn[@]}"; do
    ldapsearch -x -ZZ -H "$AD_URL" -D "$service" -w "$1" -LLL -o ldif-wrap=no -b "${dn[$name]}" -s base '(objectClass=*)' \
      allowedAttributesEffective >"$TMPDIR/effective"
    for attribute in "${attributes[@]}"; do
      if grep -qx "allowedAttributesEffective: $attribute" "$TMPDIR/effective"; then echo "$name $attribute allowed"; else echo "$name $attribute refused"; fi
    done
  done | sort >"$2"
}
export LDAPTLS_CACERT=$AD_CA
server_says "$AD_PASSWORD" server
check 'each right is as the domain controller has it' diff <(awk '{ print $1, $2, $3 }' before) server
check 'as was seeded' diff <(awk '$3 == "allowed" { n[$1]++ } END { for (i in n) print i, n[i] }' before | sort) - <<'END'
alice 6
dave 5
frank 1
END
check 'whole, one that is refused takes the others along' test "$(awk '$4 == "written" { print $1 }' before | sort -u)" = alice
check 'split, it does not' diff <(awk '{ print ($3 == "allowed" ? "written" : "refused") }' before) <(awk '{ print $5 }' before)

# what enabling would do, and what it leaves: a grant comes down from above, but not to a list that is cut off, nor over a
# deny, nor to who is guarded by AdminSDHolder
run 0 -C i coexistence enable --what-if -o json
cp "$TMPDIR/out" what-if
check 'of 42 writes 23 are allowed then' jq -e '.steps[2].writes | .all == 42 and .allowed_before == 12 and .refused == 19' what-if
jq -r '.steps[2].entries[] | select(.consent == null) | .grant + " " + .place' what-if | sort >granted
for name in "${!dn[@]}"; do
  "$MACTL" -C rehearsal acl effective $agent "${dn[$name]}" -o json 2>/dev/null |
    jq -r --arg n "$name" --rawfile granted granted '($granted | split("\n")) as $g | .attributes[] | select(.attribute)
      | . as $cell | "\($n) \(.attribute) \(if .verdict == "allowed" or any($g[]; . == "\($cell.grant) \($cell.place)") then "written" else "refused" end)"'
done | grep -E " ($(IFS='|'; echo "${attributes[*]}")) " | sort >foreseen
check 'which are these' diff <(awk '$3 == "written" { n[$1]++ } END { for (i in n) print i, n[i] }' foreseen | sort) - <<'END'
alice 6
dave 5
erin 6
frank 6
END
written after
check 'and nothing was written' test "$(grep -c written after)" = 0

# --- 2. enabled, with the credentials of both; the cycle that it starts is full, and ends as foreseen
check 'the account has another password' samba-tool user setpassword MSOL_AD_Sync --newpassword=Another-Pass1 -s "$AD_SMB_CONF" -H "$AD_SAM"
(umask 077 && echo Another-Pass1 >i/secrets/new-ad)
[ ! -e i/secrets/cloud ] || mv i/secrets/cloud i/secrets/new-cloud
run 4 -C i coexistence enable --admin Administrator --admin-password-file secrets/ad \
  --login MSOL_AD_Sync --login-password-file i/secrets/new-ad "${of_cloud[@]}"
says 'idle: no synchronisation runs'
says "group: CN=$group,CN=Users,$AD_BASE was there; $service was a member"
says 'rights: 6 set, 0 were there, 18 left out'
says 'note: of 42 writes 19 stay refused'
says 'configuration: exchange-hybrid is written back'
says "$agent: password: file secrets/new-ad (was: file secrets/old)"
[ ${#of_cloud[@]} = 0 ] || says "$aad: password: file secrets/new-cloud (was: file secrets/cloud)"
says 'full synchronisation: the next one of every agent is full'
says 'cycle: started'
run 0 -C i runs list -o json
jq -r --arg last "$last_run" '[.runs[] | select(.run > ($last | tonumber)) | select(.profile | contains("Synchronization"))]
  | group_by(.agent)[] | min_by(.run).run' <<<"$out" >synchronised
[ "$(wc -l <synchronised)" = 2 ] || fail 'both agents are synchronised'
while read -r number; do
  run 0 -C i runs show "$number"
  says 'every object was evaluated'
done <synchronised
run 0 -C i status
says_not 'needs a full'
written after
check 'what was foreseen to be written is, and nothing else' diff foreseen after
run 0 -C i errors list -o json
check 'four are refused for lack of rights' jq -e '[.errors[] | select(.type == "permission-issue" and .code == "8344")] | length == 4' <<<"$out"
causes() { jq -r '.errors[] | (.dn | capture("^CN=(?<n>[^,]*)").n) as $n | .findings[]? | "\($n) \(.attribute) \(.code)"' <<<"$out" | sort; }
causes >why
check 'each for its cause' diff <(awk '{ print $1, $3 }' why | uniq -c | tr -s ' ') - <<'END'
 6 bob INHERITANCE-BLOCKED
 6 carol ADMINSDHOLDER
 1 dave DENY-ACE
 6 gina INHERITANCE-BLOCKED
END
check 'which is of what was refused' diff <(awk '$3 == "refused" { print $1, $2 }' foreseen) <(awk '{ print $1, $2 }' why)
check 'and names the entry that would mend it' jq -e '[.errors[].findings[] | select(.code == "INHERITANCE-BLOCKED")] | length == 12 and all(.[]; .grant | startswith("(OA;"))' <<<"$out"
run 0 -C i coexistence status
run 0 -C i coexistence enable --admin Administrator --admin-password-file secrets/ad --no-start
says 'rights: 0 set'
says 'exchange-hybrid is written back already'

# --- 3. what a program may mend is mended, by who may and says so; a cycle writes the rest
run 20 -C i acl fix $agent --plan plan.json
run 20 -C i acl fix $agent --apply plan.json --admin Administrator --password-file secrets/ad --allow-blocked-inheritance
says 'by hand'
predict i mended
[ "$(grep -c ' allowed ' mended)" = 35 ] || fail '35 may be written now'
run 4 -C i cycle
run 0 -C i runs list -o json
check 'which is a cycle of deltas' jq -e --arg a "$agent" '.runs[0:2] | any(.[]; .profile == "Delta Import")' <<<"$out"

# --- 4. the audit, every write and the server agree
written after
check 'each cell is as the audit says' diff <(awk '{ print $1, $2, $5 }' mended) after
[ "$(grep -c written after)" = 35 ] || fail '35 are written'
server_says Another-Pass1 server
check 'and as the server says' diff <(awk '{ print $1, $2, $3 }' mended) server
run 20 -C i acl audit $agent --feature exchange-hybrid --verify-as-service-account
warns '42 writes: 35 allowed, 7 refused, 0 unsure'
says_not 'DISAGREES'
run 0 -C i errors list -o json
causes >why
check 'what is left is for people' diff <(awk '{ print $1, $3 }' why | uniq -c | tr -s ' ') - <<'END'
 6 carol ADMINSDHOLDER
 1 dave DENY-ACE
END

# --- 5. the directory's own addresses are all still there; disabling leaves them, and takes out what enabling has set
addresses_are_there
run 0 -C i coexistence disable --admin Administrator --admin-password-file secrets/ad
says 'rights: 6 taken out, 0 were not there'
addresses_are_there
finish
