# SPDX-License-Identifier: Apache-2.0
# mactl writeback set: what a configuration lacks is added, in its own form; what is there stays.
. "$MACTL_SOURCE/tests/support/shell.sh"
hybrid=$MACTL_SOURCE/docs/examples/hybrid
agent=fabrikam.example
cloud='fabrikam.onmicrosoft.example - AAD'
set_writeback=(writeback set exchange-hybrid)

# --- all is there: nothing changes ------------------------------------------------------------------
run 0 -C whole config import "$hybrid/export" -q
picture whole >unchanged
run 0 -C whole "${set_writeback[@]}"
says 'exchange-hybrid is written back already'
says 'its schema has no cloudMSExchUserHoldPolicies, so it is left out'
check 'nothing changed' diff unchanged <(picture whole)

# --- and rules that were imported are not taken back: nobody enabled them here --------------------------
picture whole/config >rules
run 0 -C whole coexistence disable
says 'configuration: its rules stay: they came with the configuration'
says 'it was made no member here'
warns_not 'next:'
check 'nothing is disabled' diff rules <(picture whole/config)
run 0 -C whole coexistence disable --what-if --imported-rules
says "What if: rule 'Out to AD - User Exchange Hybrid': disabled"

# --- an export that lacks them: no hybrid rule of users, one that is disabled, one mapping less ------
cp -r "$hybrid/export" export
cd export/SynchronizationRules || exit 1
rm "$(grep -l 'In from AAD - User Exchange Hybrid' ./*)" "$(grep -l 'Out to AD - User Exchange Hybrid' ./*)"
group=$(grep -l 'Out to AD - Group Exchange Hybrid' ./*)
sed -i 's|<disabled>False|<disabled>True|' "$group"
contact=$(grep -l 'Out to AD - Contact Exchange Hybrid' ./*)
perl -0pi -e 's|\s*<mapping>.*?</mapping>||s' "$contact"
cd "$work" || exit 1
sed -i '/<attribute>cloudMSExchArchiveStatus</d; /<attribute>msExchArchiveStatus</d' export/Connectors/*
sed -i '/cloudMSExchArchiveStatus" required/d' export/GlobalSettings/MV.xml
perl -0pi -e 's|\s*<dsml:attribute-type id="cloudMSExchArchiveStatus".*?</dsml:attribute-type>||s' export/GlobalSettings/MV.xml

# there NAME EXPORT: an instance with everybody in its cloud, and mailboxes that moved there
there() {
  run 0 -C "$1" config import "$2" -q
  cp "$hybrid/mactl.xml" "$1/"
  mkdir -p "$1/madata/$agent"
  cp "$hybrid/data/fabrikam.ldif" "$1/madata/$agent/"
  run 0 -C "$1" run-profile $agent 'Full Import'
  run 0 -C "$1" run-profile $agent 'Full Synchronization'
  run 0 -C "$1" run-profile "$cloud" Export
  awk -f "$hybrid/mailboxes.awk" "$hybrid/data/mailboxes.txt" "$1/madata/$cloud/cloud.ldif" >moved
  cp moved "$1/madata/$cloud/cloud.ldif"
  run 0 -C "$1" run-profile "$cloud" 'Full Import'
  run 0 -C "$1" run-profile "$cloud" 'Delta Synchronization'
}
there whole "$hybrid/export"
there less export
run 0 -C less pending $agent
says_not 'msExch'

picture less/config >unchanged
run 0 -C less "${set_writeback[@]}" --what-if
says "What if: rule 'In from AAD - User Exchange Hybrid': added, with cloudMSExchArchiveStatus, "
says "What if: rule 'Out to AD - User Exchange Hybrid': added, with msExchArchiveStatus, "
says "What if: rule 'Out to AD - Group Exchange Hybrid': enabled"
says "What if: rule 'Out to AD - Contact Exchange Hybrid': also flows proxyAddresses"
says 'What if: metaverse: person has cloudMSExchArchiveStatus'
says "What if: $agent: reads msExchArchiveStatus"
says 'the next full synchronisation would change'
says "  $agent: update 3"
check 'how many objects get each' grep -qE '^    proxyAddresses +3$' <<<"$out"
check 'a look changes nothing' diff unchanged <(picture less/config)

run 0 -C less "${set_writeback[@]}" -o json
check 'the document' jq -e '.schema == "mactl/writeback/1" and (.what_if | not) and .ad == "fabrikam.example"
  and (.changes | length > 5) and (.effects.spaces | map(select(.space == "fabrikam.example")) | .[0].objects == 3)' <<<"$out"
run 0 -C less config validate less/config
run 0 -C less status
says 'the rules have changed'
picture less/config >unchanged
run 0 -C less "${set_writeback[@]}"
says 'exchange-hybrid is written back already'
check 'twice is as once' diff unchanged <(picture less/config)

# the cloud's selection grew: it is read once more, then all is as with the whole export
run 0 -C less run-profile "$cloud" 'Full Import'
run 0 -C less run-profile "$cloud" 'Delta Synchronization'
run 0 -C less run-profile $agent 'Full Synchronization'
run 0 -C less run-profile $agent Export
run 0 -C whole run-profile $agent Export
check 'the directory gets what it gets of the whole export' diff <(sort less/madata/$agent/fabrikam.ldif) <(sort whole/madata/$agent/fabrikam.ldif)
check 'and that is something' grep -q '^msExchArchiveStatus: 1' whole/madata/$agent/fabrikam.ldif
run 0 -C less status
says_not 'the rules have changed'

# --- the other spelling, where the forest has it -------------------------------------------------------
cp -r "$hybrid/export" spelled
rm "$(grep -l 'Out to AD - User Exchange Hybrid' spelled/SynchronizationRules/*)"
sed -i 's/msExchSafeRecipientsHash/msExchSafeRecipientHash/' spelled/Connectors/*80ccb0b2*
run 0 -C other-spelling config import spelled -q
run 0 -C other-spelling "${set_writeback[@]}"
says 'msExchSafeRecipientHash'
says_not 'msExchSafeRecipientsHash'
says 'nothing was imported yet'

# --- the classic form ------------------------------------------------------------------------------------
classic=$MACTL_SOURCE/tests/integration/data/classic-hybrid
run 0 -C classic config import "$classic/export" -q
cp "$classic/mactl.xml" classic/
for one in SourceAD:ad TargetWebService:cloud; do
  mkdir -p "classic/madata/${one%:*}"
  cp "$classic/data/${one#*:}.ldif" "classic/madata/${one%:*}/"
  run 0 -C classic run-profile "${one%:*}" 'Full Import'
  run 0 -C classic run-profile "${one%:*}" 'Full Synchronization'
done
run 0 -C classic "${set_writeback[@]}"
says 'import flow: person.cloudMSExchArchiveStatus <- user.cloudMSExchArchiveStatus of TargetWebService'
says 'export flow: user.msExchSafeRecipientHash of SourceAD <- person.cloudMSExchSafeRecipientsHash'
says 'export flow: user.proxyAddresses of SourceAD <- person.cloudLegacyExchangeDN'
says 'note: TargetWebService: its schema has no cloudMSExchUserHoldPolicies'
picture classic/config >unchanged
run 0 -C classic "${set_writeback[@]}"
says 'exchange-hybrid is written back already'
check 'twice is as once' diff unchanged <(picture classic/config)
run 0 -C classic run-profile TargetWebService 'Full Import'
run 0 -C classic run-profile TargetWebService 'Full Synchronization'
run 0 -C classic run-profile SourceAD 'Full Synchronization'
run 0 -C classic run-profile SourceAD Export
check 'it is written' grep -qx 'msExchArchiveStatus: 1' classic/madata/SourceAD/ad.ldif
check 'by the name that the directory has' grep -qx 'msExchSafeRecipientHash:: YZNY/iu72EXk7Bq2' classic/madata/SourceAD/ad.ldif
check 'no address is lost' grep -qx 'proxyAddresses: SMTP:ana@fabrikam.example' classic/madata/SourceAD/ad.ldif
address='proxyAddresses: x500:/o=ExchangeLabs/cn=ana'
check 'one is added' test "$(grep -cxF "$address" classic/madata/SourceAD/ad.ldif)" = 1
confirmed() {
  run 0 -C classic run-profile SourceAD 'Full Import'
  run 0 -C classic run-profile SourceAD 'Full Synchronization'
  run 0 -C classic pending SourceAD -o json
  check 'all of it was confirmed' jq -e '[.objects[]?] | length == 0' <<<"$out"
}
confirmed
# another address in the cloud: the old one goes, and no other
sed -i 's|/cn=ana$|/cn=moved|' classic/madata/TargetWebService/cloud.ldif
back() {
  run 0 -C classic run-profile TargetWebService 'Full Import'
  run 0 -C classic run-profile TargetWebService 'Full Synchronization'
  run 0 -C classic run-profile SourceAD Export
}
back
check 'the old one goes' test "$(grep -cxF "$address" classic/madata/SourceAD/ad.ldif)" = 0
check 'the new one is there' grep -qxF "${address%ana}moved" classic/madata/SourceAD/ad.ldif
check 'and the others, too' grep -qx 'proxyAddresses: SMTP:ana@fabrikam.example' classic/madata/SourceAD/ad.ldif
confirmed
# written otherwise, it is the same
sed -i 's|^proxyAddresses: x500:|proxyAddresses: X500:|' classic/madata/SourceAD/ad.ldif
confirmed
run 0 -C classic config validate classic/config
run 0 -C classic coexistence disable
says 'export flow: proxyAddresses of SourceAD is taken out'

# --- delegates of a mailbox come back as the people they are: a reference of the cloud is one of the directory ---
reference() { # FILE NAME: users have a reference more
  sed -i -e "0,/<dsml:attribute ref=\"#manager\"/s||<dsml:attribute ref=\"#$2\" required=\"false\" />\n&|" \
    -e "0,/<dsml:attribute-type id=\"manager\"/s||<dsml:attribute-type id=\"$2\"><dsml:name>$2</dsml:name><dsml:syntax>1.3.6.1.4.1.1466.115.121.1.12</dsml:syntax></dsml:attribute-type>\n&|" \
    -e "s|<attribute>manager</attribute>|&\n    <attribute>$2</attribute>|" "$1"
}
cp -r "$hybrid/export" delegating
reference delegating/Connectors/*80ccb0b2* publicDelegates
reference delegating/Connectors/*834c8b7a* cloudPublicDelegates
there delegates delegating
run 0 -C delegates "${set_writeback[@]}"
says "rule 'In from AAD - User Exchange Hybrid': also flows cloudPublicDelegates"
says "rule 'Out to AD - User Exchange Hybrid': also flows publicDelegates"
in_cloud() { awk -v RS= -v name="$1" 'index($0, "\ndisplayName: " name "\n") { sub(/^[^\n]*dn: |^dn: /, ""); sub(/\n.*/, ""); print }' "delegates/madata/$cloud/cloud.ldif"; }
sed -i "/^dn: $(in_cloud 'Ana Lima')\$/a cloudPublicDelegates: $(in_cloud 'Bruno Costa')\ncloudPublicDelegates: $(in_cloud 'Clara Dias')" "delegates/madata/$cloud/cloud.ldif"
run 0 -C delegates run-profile "$cloud" 'Full Import'
run 0 -C delegates run-profile "$cloud" 'Full Synchronization'
run 0 -C delegates run-profile $agent Export
check 'both are there, by their names in the directory' diff - <(awk -v RS= '/^dn: CN=Ana Lima,/ { gsub(/\n /, ""); print }' delegates/madata/$agent/fabrikam.ldif | grep '^publicDelegates: ' | sort) <<'END'
publicDelegates: CN=Bruno Costa,OU=Engineering,OU=Staff,DC=fabrikam,DC=example
publicDelegates: CN=Clara Dias,OU=Finance,OU=Staff,DC=fabrikam,DC=example
END
check 'nobody else has one' test "$(grep -c '^publicDelegates: ' delegates/madata/$agent/fabrikam.ldif)" = 2
run 0 -C delegates run-profile $agent 'Full Import'
run 0 -C delegates run-profile $agent 'Delta Synchronization'
run 0 -C delegates pending $agent -o json
check 'and confirmed' jq -e '[.objects[]?] | length == 0' <<<"$out"

# --- a server's export: the one mapping that it lacks, once the forest is known to have it -------------------
if [ -d "$MACTL_CORPUS/aadconnect-contoso" ]; then
  run 0 -C contoso config import "$MACTL_CORPUS/aadconnect-contoso" -q
  run 0 -C contoso "${set_writeback[@]}"
  says 'contoso.com: its schema has no msExchArchiveStatus'
  says "rule 'Out to AD - User Exchange Hybrid': also flows publicDelegates"
  sed -i 's|</directory-schema>|<attribute-type id="A9999"><name>msExchArchiveStatus</name><syntax>1.2.840.113556.1.4.1221</syntax></attribute-type></directory-schema>|' \
    contoso/config/Connectors/*ae4db4cc*
  run 0 -C contoso "${set_writeback[@]}"
  says "rule 'Out to AD - User Exchange Hybrid': also flows msExchArchiveStatus"
  says "rule 'Out to AD - InetOrgPerson Exchange Hybrid': also flows msExchArchiveStatus"
  says 'contoso.com: reads msExchArchiveStatus'
  check 'and nothing else' test "$(grep -cv '^note: ' <<<"$out")" = 4
  run 20 config diff "$MACTL_CORPUS/aadconnect-contoso" contoso
  check 'the rules differ by that' test "$(grep -c '+ flow ' <<<"$out")" = 4
fi

# --- mistakes -----------------------------------------------------------------------------------------------
run 2 -C less writeback set mailbox
warns "there is no option 'mailbox'"
run 2 -C less "${set_writeback[@]}" --ad-ma nobody
warns "there is no management agent 'nobody'"
run 8 -C less "${set_writeback[@]}" --ad-ma "$cloud"
warns 'is no agent for a directory'
run 0 -C pair config import "$MACTL_SOURCE/tests/integration/data/pair/export" -q
run 8 -C pair "${set_writeback[@]}"
warns "nothing can be written back from 'HR' to 'Directory'"
finish
