# SPDX-License-Identifier: Apache-2.0
# A server whose certificate was revoked gets no password: by LDAPS, by StartTLS, and as little where the lists say nothing
# of its issuer, or nothing any more. A domain controller, and the authority that gave it its certificate.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_begin
ad_add <<LDIF
dn: OU=Staff,$AD_BASE
objectClass: organizationalUnit
LDIF
ad_instance i
unset LDAPTLS_CACERT
parameter() { printf '<parameter name="%s">%s</parameter>' "$1" "$2"; }
tls=${AD_CA%/*}
simple=$(parameter authentication simple)$(parameter ca-file "$AD_CA")

# --- an authority's lists: nobody is revoked, the server is, and one of last year -------------------------
mkdir ca && : >ca/index.txt
printf '[ca]\ndefault_ca = it\n[it]\ndatabase = ca/index.txt\ndefault_md = sha256\n' >ca.conf
of_authority() { openssl ca -config ca.conf -keyfile "$tls/ca.key" -cert "$AD_CA" "$@" 2>"$TMPDIR/ca" || { cat "$TMPDIR/ca"; exit 1; }; }
of_authority -gencrl -crldays 2 -out none.pem
of_authority -gencrl -crl_lastupdate 20200101000000Z -crl_nextupdate 20200102000000Z -out old.pem
of_authority -revoke "$tls/cert.pem"
of_authority -gencrl -crldays 2 -out revoked.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout other.key -out other.pem -days 2 -subj /CN=other 2>/dev/null
openssl ca -config ca.conf -keyfile other.key -cert other.pem -gencrl -crldays 2 -out other.crl 2>/dev/null

# --- the configuration wants it, and the test of the agent says what is missing ------------------------------
sed -i 's|<ssl-bind crl-check="0">|<ssl-bind crl-check="1">|' i/config/Connectors/Connector_*80ccb0b2*
bound() { ad_bind i "$ad_login" "$ad_secret" "$simple" "$@"; }
tests() { run "$1" -C i ma test $agent; }
refused() { run 7 -C i run-profile $agent 'Full Import'; says 'no-start-connection'; says "$AD_IP: its certificate is not accepted: $1"; }
run 0 -C i config report
says 'crl-check is 1'
says "'crl-file' in mactl.xml"
bound
tests 8
says 'failed   parameters'
says "name their file by the parameter 'crl-file'"
run 6 -C i run-profile $agent 'Full Import'
says 'no-start-bad-ma-configuration'

for how in starttls ldaps; do
  bound "$(parameter tls $how)" "$(parameter crl-file "$work/none.pem")"
  tests 3
  says 'not revoked'
  run 0 -C i run-profile $agent 'Full Import'
  bound "$(parameter tls $how)" "$(parameter crl-file "$work/revoked.pem")"
  refused 'certificate revoked: give the server another certificate'
  tests 7
  says 'failed   connection'
  bound "$(parameter tls $how)" "$(parameter crl-file "$work/old.pem")"
  refused "CRL has expired: put a newer list of its issuer into $work/old.pem"
  bound "$(parameter tls $how)" "$(parameter crl-file "$work/other.crl")"
  refused "unable to get certificate CRL: add the list of its issuer to $work/other.crl"
done
printf 'wrong\n' >i/secrets/ad
bound "$(parameter crl-file "$work/revoked.pem")"
refused 'certificate revoked'
cp -p secrets/ad i/secrets/ad
bound "$(parameter crl-file "$work/ca.conf")"
run 6 -C i run-profile $agent 'Full Import'
says "crl-file '$work/ca.conf'"

# --- an authority between the trusted one and the server: the lists' file has it, too ---------------------------
signs() { openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -days 2 -set_serial "$3" -extfile "$1.ext" -out "$1.pem" 2>/dev/null; }
for name in between leaf; do
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $name.key -out $name.csr -subj "/CN=$name" 2>/dev/null
done
printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign,cRLSign\n' >between.ext
printf 'subjectAltName=IP:%s\n' "$AD_IP" >leaf.ext
check 'the one between' signs between other 2
check 'its server' signs leaf between 3
check 'its list' openssl ca -config ca.conf -keyfile between.key -cert between.pem -gencrl -crldays 2 -out between.crl
cat leaf.pem between.pem >chain.pem
cat between.crl between.pem >both.crl
"${mortal[@]}" /usr/bin/python3 -B "$MACTL_SOURCE/tests/support/tls_proxy.py" "$AD_IP" 1636 chain.pem leaf.key 636 "$AD_CA" >proxied 2>&1 &
proxy=$!
trap 'kill $proxy; "$lab" destroy; chmod -R u+w "$work"; rm -rf "$work"' EXIT
comes grep -q ready proxied
simple=$(parameter authentication simple)$(parameter ca-file "$work/other.pem")$(parameter tls ldaps)$(parameter port 1636)
bound "$(parameter crl-file "$work/both.crl")"
tests 3
says 'not revoked'
bound "$(parameter crl-file "$work/between.crl")"
refused "unable to get local issuer certificate: add its issuer to $work/between.crl"
simple=$(parameter authentication simple)$(parameter ca-file "$AD_CA")

# --- mactl.xml has the last word, and without TLS there is nothing to check ------------------------------------
bound "$(parameter crl-check false)"
run 0 -C i run-profile $agent 'Full Import'
ad_bind i "$ad_login" "$ad_secret"
run 0 -C i run-profile $agent 'Full Import'
sed -i 's|<ssl-bind crl-check="1">|<ssl-bind crl-check="0">|' i/config/Connectors/Connector_*80ccb0b2*
bound "$(parameter crl-check true)" "$(parameter crl-file "$work/revoked.pem")"
refused 'certificate revoked'
finish
