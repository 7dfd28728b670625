# SPDX-License-Identifier: Apache-2.0
# The default of Entra Connect's script: read and write of all properties, of users, inetOrgPersons, groups and contacts,
# on the head of the domain and on AdminSDHolder. What that is beyond what the rules write is shown; in its place the
# attributes that are written are granted; and all of it comes back.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_synchronised i
holder="CN=AdminSDHolder,CN=System,$AD_BASE"
alice="CN=alice,OU=Staff,OU=Sync,$AD_BASE"
erin="CN=erin,OU=Outside,$AD_BASE"
sid=$(ad_sid "CN=MSOL_AD_Sync,CN=Users,$AD_BASE")
user=bf967aba-0de6-11d0-a285-00aa003049e2 group=bf967a9c-0de6-11d0-a285-00aa003049e2
inetorgperson=4828cc14-1437-45bc-9b07-ad6f015e5f28 contact=5cb41ed0-0e4c-11d0-a286-00aa003049e2
# as the account: may it write this?
writes() {
  printf 'dn: %s\nchangetype: modify\nreplace: %s\n%s: %s\n' "$1" "$2" "$2" "$3" |
    LDAPTLS_CACERT=$AD_CA ldapmodify -x -ZZ -H "$AD_URL" -D "MSOL_AD_Sync@$AD_REALM" -w "$AD_PASSWORD" >/dev/null 2>&1
}
reads() {
  LDAPTLS_CACERT=$AD_CA ldapsearch -x -ZZ -LLL -H "$AD_URL" -D "MSOL_AD_Sync@$AD_REALM" -w "$AD_PASSWORD" -b "$1" -s base "$2" | grep -q "^$2: "
}
lists() { for at in "$AD_BASE" "$holder"; do ad_list "$at" | grep -o '([^)]*)' | sort; done; }

# --- without it there is nothing beyond the need -----------------------------------------------------------
run 20 -C i acl audit $agent
says_not 'BEYOND-NEED'

# --- with it: how much more it is, of each class; all of it with -v -------------------------------------------
for at in "$AD_BASE" "$holder"; do
  for class in $user $inetorgperson $group $contact; do
    check 'the default of the script' ad_list_add "$at" "(OA;CIIO;RPWP;;$class;$sid)"
  done
done
lists >wide
check 'what is not for it is written by it' writes "$erin" title Boss
check 'and what is' writes "$erin" proxyAddresses x500:/o=b
run 20 -C i acl audit $agent -o json
check 'of each class, on the head and on AdminSDHolder' jq -e --arg head "$AD_BASE" --arg holder "$holder" '
  [.findings[] | select(.code | test("BEYOND-NEED")) | [.place, .type]] | sort ==
  ([$head, $holder] | map(. as $at | ["contact", "group", "inetOrgPerson", "user"] | map([$at, .])) | add | sort)' <<<"$out"
check 'six of some hundred are needed' jq -e --arg head "$AD_BASE" '.findings[] | select(.place == $head and .type == "user" and .code == "GRANTS-BEYOND-NEED").cause |
  test("^MSOL_AD_Sync may write [0-9]{3} attributes of user; the rules write [0-9]+ of them: ") and contains("proxyAddresses")' <<<"$out"
check 'no contact is there, and one would be written' jq -e --arg head "$AD_BASE" '.findings[] | select(.place == $head and .type == "contact").cause | contains("the rules write 1 of them: proxyAddresses")' <<<"$out"
run 20 -v -C i acl audit $agent -o json
check 'one by one' jq -e --arg head "$AD_BASE" '[.findings[] | select(.code == "BEYOND-NEED" and .place == $head and .type == "user").attribute] |
  (index("title") != null) and index("proxyAddresses") == null and length > 100' <<<"$out"

# --- planned: nothing is written -------------------------------------------------------------------------------
run 2 -C i acl fix $agent --narrow --feature password-writeback
run 20 -C i acl fix $agent --narrow --script samba-tool
says "# by hand: MSOL_AD_Sync may write no more than that of contact: take out (OA;CIIO;WP;;$contact;$sid), on $AD_BASE"
run 20 -C i acl fix $agent --narrow --plan plan.json
says 'all others, no more'
check 'nothing was written' diff wide <(lists)
check 'four entries of the head go, and need nobody' jq -e --arg head "$AD_BASE" '[.removals[] | select(.place == $head and .consent == null)] | length == 4' plan.json
check 'those of AdminSDHolder need a word' jq -e '[.removals[] | select(.consent == "adminsdholder")] | length == 4' plan.json

# --- carried out: what is written is written still, and nothing else; reading stays --------------------------------
run 20 -C i acl fix $agent --apply plan.json --admin Administrator --password-file secrets/ad --backup back.json
says 'taken out'
says 'skipped'
check 'no more than is written' eval '! writes "$erin" title Chief'
check 'which is' writes "$erin" proxyAddresses x500:/o=c
check 'in all the domain' writes "$alice" msExchUCVoiceMailSettings e=f
check 'what was read is read' reads "$erin" title
run 20 -C i acl audit $agent --verify-as-service-account -o json
check 'the head has nothing beyond the need' jq -e '[.findings[] | select(.code == "GRANTS-BEYOND-NEED")] == []' <<<"$out"
check 'and the server agrees' jq -e '[.findings[] | select(.code == "DISAGREES")] == []' <<<"$out"
run 20 -C i acl fix $agent --apply plan.json --admin Administrator --password-file secrets/ad --backup none.json
says 'was not there'
check 'a second time there is nothing to do' test ! -e none.json
run 20 -C i acl fix $agent --narrow --plan second.json
check 'what was left waits' jq -e '[.removals[].consent] | unique == ["adminsdholder"]' second.json
run 20 -C i acl fix $agent --apply second.json --admin Administrator --password-file secrets/ad --backup holder.json --allow-adminsdholder
run 20 -C i acl audit $agent
says_not 'BEYOND-NEED'

# --- and back, the lists as they were -------------------------------------------------------------------------------
run 0 -C i acl fix $agent --roll-back holder.json --admin Administrator --password-file secrets/ad
run 0 -C i acl fix $agent --roll-back back.json --admin Administrator --password-file secrets/ad
check 'every entry is back' diff wide <(lists)
check 'with what it gave' writes "$erin" title Chief
finish
