# SPDX-License-Identifier: Apache-2.0
# Which domain controller: DNS says, of the site first; one that does not answer is passed over.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
unshare -m true 2>/dev/null || { echo "a resolver of its own needs a mount namespace, and that root"; exit 77; }
ad_begin
ad_fill
ad_instance i
sed -i '/name="server"/d' i/mactl.xml

# --- a name server of the test's own, and a machine that asks it ----------------------------------------
cat >zone <<END
_ldap._tcp.dc._msdcs.fabrikam.example SRV 0 100 389 gone.fabrikam.example
_ldap._tcp.dc._msdcs.fabrikam.example SRV 10 100 389 dc1.fabrikam.example
_ldap._tcp.Berlin._sites.dc._msdcs.fabrikam.example SRV 0 100 389 dc1.fabrikam.example
_ldap._tcp.Rome._sites.dc._msdcs.fabrikam.example SRV 0 100 389 gone.fabrikam.example
gone.fabrikam.example A 127.0.1.107
dc1.fabrikam.example A $AD_IP
fabrikam.example A $AD_IP
END
# nameserver: another one, with the zone as it is now; what it is asked is in the file asked
nameserver() {
  [ -z "${dns:-}" ] || { kill $dns; wait $dns 2>/dev/null; }
  "${mortal[@]}" /usr/bin/python3 -B "$MACTL_SOURCE/tests/support/dns.py" "$AD_IP" zone >asked 2>&1 &
  dns=$!
  comes grep -q ready asked
  check 'the name server is there' grep -q ready asked
}
trap '[ -z "${dns:-}" ] || kill $dns; "$lab" destroy; chmod -R u+w "$work"; rm -rf "$work"' EXIT
nameserver
printf 'nameserver %s\noptions timeout:1 attempts:1\n' "$AD_IP" >resolv.conf
cat >asks <<END
#!/bin/sh
exec unshare -m sh -c 'mount --bind "$work/resolv.conf" /etc/resolv.conf && exec "\$@"' sh "$MACTL" "\$@"
END
chmod +x asks
MACTL=$work/asks
here() { sed -i "s|<agent name=\"$agent\" plugin=\"ad_ma\">|&<parameter name=\"site\">$1</parameter>|" i/mactl.xml; }

# --- by the domain of the partition: the first does not answer --------------------------------------------
run 0 -C i run-profile $agent 'Full Import'
says 'staged     add 81'
warns 'domain controller gone.fabrikam.example is passed over'
check 'it was asked for the domain' grep -qx '_ldap._tcp.dc._msdcs.fabrikam.example SRV' asked
run 0 -C i run-profile $agent 'Delta Import' # the one that the watermark is of is tried first
warns_not 'passed over'

# --- the site first ------------------------------------------------------------------------------------------
here Berlin
run 0 -C i run-profile $agent 'Full Import'
warns_not 'passed over'
check 'it was asked for the site' grep -qx '_ldap._tcp.berlin._sites.dc._msdcs.fabrikam.example SRV' asked
sed -i 's|>Berlin<|>Rome<|' i/mactl.xml
run 0 -C i run-profile $agent 'Full Import' # nobody is there: another site's
warns 'domain controller gone.fabrikam.example is passed over'
check 'once, though the domain has it too' test "$(grep -c 'is passed over' <<<"$err")" = 1
sed -i 's|>Rome<|>Oslo<|' i/mactl.xml
run 0 -C i run-profile $agent 'Full Import' # nobody knows that site

# --- a domain that has no domain controllers in DNS has its own address ----------------------------------------
sed -i '/SRV/d' zone
nameserver
run 7 -C i run-profile $agent 'Full Import' # no ticket is for that name
says 'fabrikam.example'
says_not 'DNS knows no domain controller'
check 'it was asked for its address' grep -qx 'fabrikam.example A' asked

# --- who is cancelled while DNS is silent ends within a second, with a result: for servers, for an address --------
: >zone
printf 'nameserver %s\noptions timeout:30 attempts:5\n' "$AD_IP" >resolv.conf
cancelled_at() {
  local from pid
  nameserver
  "$MACTL" -C i run-profile $agent 'Full Import' >cancelled 2>&1 &
  pid=$!
  comes grep -q "$1" asked
  check "DNS is asked for $1" grep -q "$1" asked
  from=${EPOCHREALTIME/./}
  kill -TERM $pid
  wait $pid
  check "it ends soon: $1" test $((${EPOCHREALTIME/./} - from)) -lt 60000000 # a second, on a machine that is not busy
  check 'with a result' grep -q "$cancelled" cancelled
}
cancelled='stopped-user-termination-from-wmi-or-ui'
cancelled_at '_ldap._tcp.oslo._sites.dc._msdcs.fabrikam.example SRV'
sed -i "s|<agent name=\"$agent\" plugin=\"ad_ma\">|&<parameter name=\"server\">dc1.fabrikam.example</parameter>|" i/mactl.xml
cancelled_at 'dc1.fabrikam.example A'
finish
