# SPDX-License-Identifier: Apache-2.0
# How an agent reaches a domain controller: protection, accounts, rights; and how it says that it does not.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_begin
ad_add <<LDIF
dn: OU=Staff,$AD_BASE
objectClass: organizationalUnit

dn: CN=Ana Lima,$staff
objectClass: user
sAMAccountName: alima

dn: CN=svc,CN=Users,$AD_BASE
objectClass: user
sAMAccountName: svc
userAccountControl: 512
LDIF
check 'a password' samba-tool user setpassword svc --newpassword="$AD_PASSWORD" -s "$AD_SMB_CONF" -H "$AD_SAM"
ad_instance i
parameter() { printf '<parameter name="%s">%s</parameter>' "$1" "$2"; }
ca=$(parameter ca-file "$AD_CA")
simple=$(parameter authentication simple)
# the machine's own trust is no part of the test
unset LDAPTLS_CACERT

full() { run 0 -C i run-profile $agent 'Full Import'; says 'success'; }
delta() { run 0 -C i run-profile $agent 'Delta Import'; }
refused() { run 7 -C i run-profile $agent 'Full Import'; }

# --- ma test: what is tried, and what is in the way; nothing is imported ----------------------------
tests() { run "$1" -C i ma test $agent; }
tests 3
says "ok       connection  DC=fabrikam,DC=example: $AD_IP, Kerberos, sealed"
says "ok       container   $staff"
says 'ok       changes     DC=fabrikam,DC=example: DirSync, with the right to replicate'
says 'warning  attribute   mailNickname: the schema of the forest does not have it'
says_not 'displayName'
says 'objects in the first page'
run 3 -C i ma test $agent -o json
check 'the document' jq -e '.schema == "mactl/ma-test/1" and (.findings | map(select(.tried == "page")) | length) == 1' <<<"$out"
check 'nothing was run' test ! -e i/store/data.mdb
ad_bind i "$(parameter login svc)" "$ad_secret"
tests 3
says 'warning  changes'
says "remedy: grant the account 'Replicating Directory Changes'"
ad_bind i "$(parameter login nobody)" "$ad_secret"
tests 7
says 'failed   account'
sed -i 's/OU=Staff,DC/OU=Stuff,DC/' i/config/Connectors/Connector_*80ccb0b2*
ad_bind i "$ad_login" "$ad_secret"
tests 8
says 'failed   container   OU=Stuff,DC=fabrikam,DC=example'
sed -i 's/OU=Stuff,DC/OU=Staff,DC/' i/config/Connectors/Connector_*80ccb0b2*

# --- Kerberos: a password, a keytab, a cache of tickets; nothing is left behind ---------------------
full
check 'no ticket on disk' test ! -e "${KRB5CCNAME#FILE:}"
check 'keytab' samba-tool domain exportkeytab svc.keytab --principal=svc -s "$AD_SMB_CONF"
ad_bind i "$(parameter keytab "$work/svc.keytab")" "$(parameter login svc)"
full
ad_bind i "$(parameter keytab "$work/svc.keytab")" "$(parameter login nobody)"
refused
says 'no-start-credentials'
says 'Kerberos: a ticket for the account'
check 'kinit' kinit -k -t svc.keytab svc
ad_bind i "$(parameter credentials-cache "$KRB5CCNAME")"
full
rm "${KRB5CCNAME#FILE:}"
refused
ad_bind i "$ad_login" "$ad_secret" "$(parameter tls ldaps)" "$ca"
full

# --- a simple bind: within TLS only ---------------------------------------------------------------------
ad_bind i "$ad_login" "$ad_secret" "$simple" "$ca"
full
ad_bind i "$ad_login" "$ad_secret" "$simple" "$ca" "$(parameter tls ldaps)"
full
ad_bind i "$ad_login" "$ad_secret" "$simple" "$(parameter tls none)"
run 6 -C i run-profile $agent 'Full Import'
says 'no-start-bad-ma-configuration'
says 'sends the password in clear'
ad_bind i "$ad_login" "$ad_secret" "$simple" "$(parameter tls none)" "$(parameter allow-clear-password true)"
full

# --- who is not trusted gets no password ------------------------------------------------------------------
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout other.key -out other.pem \
  -days 2 -subj /CN=other 2>/dev/null
for tls in starttls ldaps; do
  ad_bind i "$ad_login" "$ad_secret" "$simple" "$(parameter tls $tls)" "$(parameter ca-file "$work/other.pem")"
  refused
  says 'no-start-connection'
  says 'has to name this host'
done
printf 'wrong\n' >i/secrets/ad
ad_bind i "$ad_login" "$ad_secret" "$simple" "$ca"
refused
says 'no-start-credentials'
says 'Invalid credentials'
ad_bind i "$ad_login" "$ad_secret"
refused
says 'no-start-credentials'
cp -p secrets/ad i/secrets/ad

# --- servers: the next one where one does not answer ---------------------------------------------------------
ad_bind i "$ad_login" "$ad_secret" "$(parameter server 127.0.1.200)"
sed -i '/server">'"$AD_IP"'</d' i/mactl.xml
refused
says 'no-start-connection'
says '127.0.1.200'
sed -i "s|</agent>|$(parameter server "$AD_IP")</agent>|" i/mactl.xml
full
delta

# --- rights: without that to replicate, deletes are seen as far as tombstones are ------------------------------
lose() { sed -i 's|</mactl>|<guard import-loss-percent="100"/></mactl>|' i/mactl.xml; }
bob() { printf 'dn: CN=Bob,%s\nobjectClass: user\nsAMAccountName: bob\n' "$staff" | ad_add; }
for how in auto object-security usn; do
  ad_bind i "$(parameter login svc)" "$ad_secret" "$(parameter delta $how)"
  full
  warns 'a delta import does not see deletes'
  bob
  delta
  says 'staged     add 1'
  printf 'dn: CN=Bob,%s\nchangetype: modify\nreplace: title\ntitle: Cook\n' "$staff" | ad_modify
  delta
  says 'update 1'
  ad_delete "CN=Bob,$staff"
  delta
  says_not 'delete'
  lose
  full
  says 'delete 1'
done
ad_bind i "$(parameter login svc)" "$ad_secret" "$(parameter delta dirsync)"
refused
says 'insufficient access rights'
ad_bind i "$ad_login" "$ad_secret" "$(parameter delta usn)"
full
bob
delta
says 'add 1'
ad_delete "CN=Bob,$staff"
delta
says 'delete 1'
finish
