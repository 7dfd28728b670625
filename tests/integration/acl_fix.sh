# SPDX-License-Identifier: Apache-2.0
# What the audit plans is set by a program, as little as helps, only where nothing changed since, and it
# can be taken back; what is for people is listed and stays as it is.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_synchronised i
sync=OU=Sync,$AD_BASE
outside=OU=Outside,$AD_BASE
holder=CN=AdminSDHolder,CN=System,$AD_BASE
apply=(-C i acl fix $agent --admin Administrator --password-file secrets/ad)

# --- a plan: nothing is changed ------------------------------------------------------------------------
before=$(ad_list "$outside")
run 20 -C i acl fix $agent
says '--allow-blocked-inheritance'
says 'a person: DENY-ACE'
warns "next: mactl acl fix $agent --apply i/madata/$agent/acl-plan.json --admin NAME"
plan=i/madata/$agent/acl-plan.json
[ "$(stat -c %a "$plan")" = 600 ] || fail 'others can read the plan'
[ "$(jq -r '[.entries[] | select(.place == "'"$outside"'")] | length' "$plan")" = 6 ] || fail 'one entry for an attribute'
[ "$(ad_list "$outside")" = "$before" ] || fail 'a plan changed a list'

# --- whose password ----------------------------------------------------------------------------------------
run 2 -C i acl fix $agent --apply $plan --admin Administrator
warns 'nobody is there to be asked for the password: --password-stdin'
cp secrets/ad open && chmod 644 open
run 1 -C i acl fix $agent --apply $plan --admin Administrator --password-file open
warns 'wanted 0600'
run 1 -C i acl fix $agent --apply $plan
warns 'may not change its list'
[ "$(ad_list "$outside")" = "$before" ] || fail 'a failure changed a list'
rm -f i/madata/$agent/acl-backup-*

# --- a list that changed since is not touched, and neither is any other ------------------------------------------
ad_list_add "$outside" '(A;;RP;;;S-1-5-7)'
run 6 "${apply[@]}" --apply $plan
warns "$outside: its list changed since the plan was made, and nothing was written"
ls i/madata/$agent/acl-backup-* >/dev/null 2>&1 && fail 'a backup of nothing'
run 20 -C i acl fix $agent --plan plan.json
before=$(ad_list "$outside") blocked=$(ad_list "OU=Blocked,$sync") held=$(ad_list "$holder")

# --- carried out ------------------------------------------------------------------------------------------------
run 20 "${apply[@]}" --apply plan.json --backup back.json
says 'set '
says 'skipped'
says 'by hand'
warns "next: what it was is kept: mactl acl fix $agent --roll-back back.json"
[ "$(stat -c %a back.json)" = 600 ] || fail 'others can read the backup'
[ "$(jq -r '.lists | length' back.json)" = 1 ] || fail 'the backup has what was written, and no more'
[ "$(ad_list "OU=Blocked,$sync")" = "$blocked" ] || fail 'an entry was set without consent'
[ "$(ad_list "$holder")" = "$held" ] || fail 'AdminSDHolder was changed without consent'
after=$(ad_list "$outside")
# as it was and six more: the owner, the other entries and their order stay
[ "$(sed 's/(OA;CIIO;WP;[^)]*bf967aba-0de6-11d0-a285-00aa003049e2;S-1-5-21-[0-9-]*)//g' <<<"$after")" = "$before" ] ||
  { echo "$before"; echo "$after"; fail 'other entries changed'; }
run 20 "${apply[@]}" --apply plan.json --backup none.json
says_not 'set '
says 'present'
[ ! -e none.json ] || fail 'what stands there was written again'
run 20 -C i acl audit $agent --verify-as-service-account
warns '42 writes: 23 allowed, 19 refused'
says_not 'DISAGREES'

# --- and taken back -----------------------------------------------------------------------------------------------
ad_list_add "$outside" '(A;;RP;;;S-1-5-15)'
run 6 "${apply[@]}" --roll-back back.json
warns 'somebody changed its list after the backup, and nothing was put back'
run 0 "${apply[@]}" --roll-back back.json --force --backup again.json
says 'restored'
[ "$(ad_list "$outside")" = "$before" ] || fail 'the list is not what it was'
run 0 "${apply[@]}" --roll-back back.json
says 'as it was'
check 'a password on stdin' "$MACTL" -C i acl fix $agent --roll-back again.json --admin Administrator --password-stdin <secrets/ad
if command -v script >/dev/null; then # a terminal: what is typed is not shown
  : >typed
  { comes grep -q 'Password of' typed; cat secrets/ad; } | script -qefc "$MACTL -C i acl fix $agent --roll-back again.json --admin Administrator" typed >/dev/null ||
    fail 'no password can be typed'
  grep -q 'Password of Administrator: ' typed || fail 'nobody is asked'
  if grep -qF "$AD_PASSWORD" typed; then fail 'the password is shown'; fi
fi
mkdir credentials && cp secrets/ad credentials/admin
CREDENTIALS_DIRECTORY=$PWD/credentials run 0 -C i acl fix $agent --roll-back again.json --admin Administrator --credential admin
[ "$(ad_list "$outside")" != "$before" ] || fail 'what was forced away is kept, too'
CREDENTIALS_DIRECTORY=$PWD/nowhere run 1 -C i acl fix $agent --roll-back again.json --admin Administrator --credential admin
warns "nowhere/admin"
# tickets instead of a password: of somebody who may, and of nobody
check 'tickets of the administrator' env KRB5CCNAME="FILE:$PWD/tickets" kinit "Administrator@${AD_REALM^^}" <secrets/ad
run 0 -C i acl fix $agent --roll-back again.json --cache "FILE:$PWD/tickets"
rm tickets
run 1 -C i acl fix $agent --roll-back again.json --cache "FILE:$PWD/tickets"

# --- with the consents ------------------------------------------------------------------------------------------
run 20 -C i acl fix $agent --plan plan.json
run 20 "${apply[@]}" --apply plan.json --backup consented.json --allow-blocked-inheritance --allow-adminsdholder
says 'by hand'
says_not 'skipped'
grep -q 'OA;;WP;7cb4c7d3-8787-42b0-b438-3c5d479ad31e;;' <<<"$(ad_list "$holder")" || fail 'AdminSDHolder grants nothing'
run 20 -C i acl audit $agent --verify-as-service-account
warns '42 writes: 35 allowed, 7 refused'
says_not 'DISAGREES'

# --- as LDIF; plans that are none ------------------------------------------------------------------------------
run 0 "${apply[@]}" --roll-back consented.json
run 20 -C i acl fix $agent --script ldif
says 'control: 1.2.840.113556.1.4.801 true:: MAMCAQQ='
says "dn: OU=Blocked,$sync"
printf '%s\n' "$out" >list.ldif
check 'ldapmodify takes the script' ad_tool modify -f list.ldif
run 20 -C i acl audit $agent
warns '42 writes: 35 allowed, 7 refused'
jq '.entries[0] |= (.grant = "(A;CI;WP;;;S-1-1-0)" | del(.consent))' plan.json >wide.json
run 8 "${apply[@]}" --apply wide.json
warns 'it would let everybody write'
jq '.entries[0] |= (.grant = "(A;CI;GA;;;S-1-5-21-1-2-3-1104)" | del(.consent))' plan.json >wide.json
run 8 "${apply[@]}" --apply wide.json
warns 'it is not the right to write alone'
jq '.agent = "another"' plan.json >other.json
run 8 "${apply[@]}" --apply other.json
warns "it is of the agent 'another'"
run 8 "${apply[@]}" --apply back.json
warns "it is no document 'mactl/acl-plan/1'"
run 2 "${apply[@]}" --apply plan.json --roll-back back.json
if grep -rqF "$AD_PASSWORD" plan.json back.json again.json i/madata i/mactl.xml; then fail 'a password was kept'; fi
finish
