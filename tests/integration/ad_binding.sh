# SPDX-License-Identifier: Apache-2.0
# Kerberos within TLS is bound to the certificate (RFC 5929, tls-server-end-point): a server that looks at the binding takes
# it, and refuses it from behind somebody in the middle, whose certificate is trusted too. OpenLDAP looks; the tickets are
# of Samba's domain. And a server that neither signs nor seals gets no bind where the configuration wants that, and a domain
# controller that wants it gets it.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
command -v slapd >/dev/null || [ -x /usr/sbin/slapd ] || { echo "no slapd here: tools/install-packages test"; exit 77; }
ad_begin
ip=$(loopback) || exit 1
slapd=$MACTL_SOURCE/tests/lab/slapd/slapd-lab.sh
trap '[ -z "${proxy:-}" ] || kill $proxy; SLAPD_LAB_DIR=$work/.slapd "$slapd" destroy; "$lab" destroy; chmod -R u+w "$work"; rm -rf "$work"' EXIT

# --- an account for the server, two certificates for its address, a slapd that has both ----------------------
check 'an account' samba-tool user create slapd "$AD_PASSWORD" -H "$AD_SAM" -s "$AD_SMB_CONF"
check 'its name' samba-tool spn add "ldap/$ip" slapd -H "$AD_SAM" -s "$AD_SMB_CONF"
check 'its keys' samba-tool domain exportkeytab slapd.keytab --principal="ldap/$ip" -s "$AD_SMB_CONF"
for name in own other; do
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout $name.key -out $name.pem -days 2 \
    -subj "/CN=$ip" -addext "subjectAltName=IP:$ip" 2>/dev/null
done
cat own.pem other.pem >both.pem
cat >binding.conf <<END
TLSCertificateFile $work/own.pem
TLSCertificateKeyFile $work/own.key
sasl-host $ip
sasl-realm FABRIKAM.EXAMPLE
sasl-cbinding tls-endpoint
sasl-secprops noanonymous,maxssf=0
END
export SLAPD_LAB_DIR=$work/.slapd SLAPD_LAB_IP=$ip SLAPD_LAB_PORT=389 SLAPD_LAB_BASE=dc=fabrikam,dc=example
export SLAPD_LAB_SCHEMA=$work/binding.conf SLAPD_LAB_ALSO=ldaps://$ip:636/
check 'slapd' env KRB5_KTNAME="$work/slapd.keytab" "$slapd" start
printf 'dn: ou=Staff,%s\nobjectClass: organizationalUnit\n' "$SLAPD_LAB_BASE" |
  ldapadd -x -H "ldap://$ip" -D "cn=admin,$SLAPD_LAB_BASE" -w secret >/dev/null
in_the_middle() {
  "${mortal[@]}" /usr/bin/python3 -B "$MACTL_SOURCE/tests/support/tls_proxy.py" "$ip" "$1" other.pem other.key 636 own.pem "${@:2}" >"proxied$1" 2>&1 &
  proxy="${proxy:-} $!"
  comes grep -q ready "proxied$1"
  check 'the one in the middle' grep -q ready "proxied$1"
}
in_the_middle 1636
in_the_middle 1389 starttls

# --- who sends no binding gets through in the middle ---------------------------------------------------------
samba-tool domain exportkeytab admin.keytab --principal=Administrator -s "$AD_SMB_CONF" >/dev/null 2>&1
check 'a ticket' kinit -k -t admin.keytab Administrator
asks() { LDAPTLS_CACERT=$work/both.pem ldapwhoami -Q -Y GSSAPI -O maxssf=0 -N -o "SASL_CBINDING=$1" -H "ldaps://$ip:$2"; }
check 'unbound, in the middle' asks none 1636
check 'bound, to the server' asks tls-endpoint 636

# --- the agent sends it ------------------------------------------------------------------------------------------
ad_instance i
at() {
  ad_bind i "$ad_login" "$ad_secret" "<parameter name=\"tls\">${2:-ldaps}</parameter>" '<parameter name="anchor">entryUUID</parameter>' \
    "<parameter name=\"ca-file\">$work/both.pem</parameter>" "<parameter name=\"port\">$1</parameter>"
  sed -i "s|server\">$AD_IP<|server\">$ip<|" i/mactl.xml
}
at 636
run 3 -C i ma test $agent
says "connection  DC=fabrikam,DC=example: $ip, Kerberos, LDAPS"
at 1636
run 7 -C i ma test $agent
says 'failed   account'
says 'Kerberos bind: Invalid credentials'
at 389 starttls
run 3 -C i ma test $agent
says "connection  DC=fabrikam,DC=example: $ip, Kerberos, StartTLS"
at 1389 starttls
run 7 -C i ma test $agent
says 'failed   account'
says 'Kerberos bind: Invalid credentials'

# --- without TLS it signs and seals, or it does not bind, unless the configuration wants neither ---------------------
plain() {
  ad_bind i "$ad_login" "$ad_secret" '<parameter name="anchor">entryUUID</parameter>'
  sed -i "s|server\">$AD_IP<|server\">$ip<|" i/mactl.xml
}
plain
run 7 -C i ma test $agent
says 'failed   account'
says 'remedy: look at the account'
sed -i 's|<sign-and-seal>1<|<sign-and-seal>0<|' i/config/Connectors/Connector_*80ccb0b2*
run 3 -C i ma test $agent
says "connection  DC=fabrikam,DC=example: $ip, Kerberos"
says_not 'sealed'

# --- a domain controller that refuses who does not ("LDAP server signing requirements") --------------------------------
printf 'dn: %s\nobjectClass: organizationalUnit\n' "$staff" | ad_add
"$lab" stop
check 'a strict one' env AD_LAB_STRONG_AUTH=allow_sasl_over_tls "$lab" start
strict() { ad_bind i "$ad_login" "$ad_secret" "$@"; }
strict '<parameter name="authentication">simple</parameter>' '<parameter name="tls">none</parameter>' \
  '<parameter name="allow-clear-password">true</parameter>'
run 7 -C i ma test $agent
says 'failed   account'
says 'Transport encryption required'
strict
run 3 -C i ma test $agent
says "$AD_IP, Kerberos, sealed"
strict '<parameter name="tls">ldaps</parameter>' "<parameter name=\"ca-file\">$AD_CA</parameter>"
run 3 -C i ma test $agent
says "$AD_IP, Kerberos, LDAPS"
strict "${ad_starttls[@]}"
run 3 -C i ma test $agent
says "$AD_IP, simple bind, StartTLS"
finish
