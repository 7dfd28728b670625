# SPDX-License-Identifier: Apache-2.0
# What a directory is made of, beside what is configured; and what becomes of flows to what it lacks.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
export AD_LAB_SCHEMA=plain
ad_begin
ad_fill
ad_instance i
cp "$MACTL_SOURCE/docs/examples/hybrid/mactl.xml" "$TMPDIR/files.xml"

# --- what is found, and how it differs; nothing is changed -----------------------------------------
picture i/config >"$TMPDIR/before"
run 0 -C i ma schema $agent
says 'gone     attribute  mailNickname'
says 'gone     attribute  msExchSafeSendersHash'
says 'changed  attribute  objectGUID: owned by the system, was writable'
says 'changed  class      user: below organizationalPerson, was below nothing'
says_not 'accountExpires'
run 0 -C i ma schema $agent -v
says 'new      attribute  accountExpires'
says 'new      partition  CN=Configuration,DC=fabrikam,DC=example'
check 'the configuration is as it was' diff "$TMPDIR/before" <(picture i/config)
run 0 -C i ma schema $agent -o json
check 'the document' jq -e '.schema == "mactl/ma-schema/1" and .stored == false
  and (.differences | map(select(.selected and .name == "mailNickname" and .change == "gone")) | length == 1)' <<<"$out"
attribute() { check "$1: $2" jq -e --arg name "$1" ".attributes[] | select(.name == \$name) | $2" <<<"$out"; }
attribute member '.type == "reference" and .linked and (.constructed | not) and .id == "c07996bfe60dd011a28500aa003049e2"'
attribute memberOf '.linked and .read_only'
attribute tokenGroups '.constructed and .read_only and .type == "binary"'
attribute accountExpires '.type == "number" and .single_valued and .syntax == "1.2.840.113556.1.4.906"'
attribute wellKnownObjects '.type == "reference" and .syntax == "1.2.840.113556.1.4.903"' # with bytes beside it
attribute msDS-RevealedList '.type == "reference" and .syntax == "1.2.840.113556.1.4.904"' # with text
attribute minPwdLength '.type == "number" and .syntax == "1.3.6.1.4.1.1466.115.121.1.27"'
attribute isDeleted '.type == "boolean" and .single_valued'
attribute nTSecurityDescriptor '.type == "binary" and .syntax == "1.2.840.113556.1.4.907"'
attribute thumbnailPhoto '.type == "binary" and (.linked | not) and (.read_only | not)'
attribute proxyAddresses '.type == "string" and (.single_valued | not)'
check 'what auxiliary classes bring' jq -e '.classes[] | select(.name == "user") | .structural and .superior == "organizationalPerson"
  and .id == "ba7a96bfe60dd011a28500aa003049e2" and (.attributes | index("proxyAddresses") == null)
  and (.attributes | index("servicePrincipalName") != null) and (.attributes | index("sAMAccountName") != null)' <<<"$out"
check 'what is no class of objects' jq -e '.classes[] | select(.name == "securityPrincipal") | .structural | not' <<<"$out"
check 'what a class must have' jq -e '.classes[] | select(.name == "attributeSchema") | .attributes | index("lDAPDisplayName") != null' <<<"$out"
check 'partitions and containers' jq -e '(.partitions | index("DC=fabrikam,DC=example") != null)
  and (.containers | index("OU=Staff,DC=fabrikam,DC=example") != null)' <<<"$out"

# --- a flow to what the forest lacks drops out with a report, the rest of the rule stays ------------
run 3 -C i ma test $agent
says 'msExchSafeSendersHash: the schema of the forest does not have it'
run 0 -C i run-profile $agent 'Full Import'
says 'the schema of the system lacks'
says 'msExchSafeSendersHash'
run 0 -C i run-profile $agent 'Full Synchronization'
says "flows to attributes that the system of '$agent' lacks are left out"
cloud='fabrikam.onmicrosoft.example - AAD'
run 0 -C i runs show last -o json
check 'it is in the history' jq -e '.steps[0].note | test("lacks are left out")' <<<"$out"

# --- the schema is stored: what is gone is a warning of the configuration from then on --------------
run 0 -C i ma schema $agent --refresh
says 'is now that of the system'
run 0 -C i ma schema $agent
says '0 new, 0 gone, 0 changed'
check 'nothing else came or went' diff <(cd sync 2>/dev/null; cut -d' ' -f1 "$TMPDIR/before" | grep xml | sort -u) \
  <(picture i/config | cut -d' ' -f1 | grep xml | sort -u)
check 'the rest of the file is as it was' diff \
  <(sed '/<schema>/,/<\/schema>/d' "$sample"/export/Connectors/*80ccb0b2*) <(sed '/<schema>/,/<\/schema>/d' i/config/Connectors/*80ccb0b2*)
run 0 -C i config validate
says "the schema of '$agent' has no attribute 'mailNickname'; the flow is left out"
run 0 -C i run-profile $agent 'Full Import'
run 0 -C i run-profile $agent 'Full Synchronization'

# --- who is not there, and who cannot tell -----------------------------------------------------------
run 2 -C i ma schema nobody
ad_bind i "$(printf '<parameter name="server">127.0.1.200</parameter>')" "$ad_login" "$ad_secret"
sed -i '/server">'"$AD_IP"'</d' i/mactl.xml
run 7 -C i ma schema $agent --refresh
finish
