#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ad-lab.sh - a throwaway Samba AD DC for tests. Debian 12, root, no systemd, no network but loopback.
#
#   ad-lab.sh start [--env]    provision (or copy the template), start, wait until it answers; --env: then print env
#   ad-lab.sh stop             stop by recorded pid, wait for it
#   ad-lab.sh destroy          stop and remove the directory
#   ad-lab.sh status           running (0) or not (1)
#   ad-lab.sh env              shell lines to eval: URLs, bind names, krb5.conf
#   ad-lab.sh seed             OU=Sync, MSOL_AD_Sync and its group, its six ACEs, seven users it may or may not write
#   ad-lab.sh populate N [OU]  N users straight into sam.ldb through the dsdb modules (stop first)
#   ad-lab.sh clone N [OU]     N raw copies of one such user: about 8 times faster (stop first)
#                             (both name them u000000, u000001, ...: one of the two, once a lab)
#
# AD_LAB_DIR       all that is written (default /tmp/ad-lab)      AD_LAB_IP        127.x.y.z (default 127.0.0.10)
# AD_LAB_TEMPLATE  keep provisioned copies here (default: none)   AD_LAB_REALM     (default lab.example)
# AD_LAB_DOMAIN    NetBIOS name (default: first label of realm)   AD_LAB_PASSWORD  AD_LAB_SID  AD_LAB_BACKEND tdb|mdb
# AD_LAB_SCHEMA    exchange (the attributes of the write-back, default) | plain
# AD_LAB_MODEL     single | standard | prefork                    AD_LAB_STRONG_AUTH no | yes | allow_sasl_over_tls
# Only AD_LAB_DIR must be given again to later commands: the directory remembers the rest.
# Several labs side by side: each its own AD_LAB_DIR and AD_LAB_IP; Samba's LDAP port is fixed, its address is not.
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../common.sh"
D=${AD_LAB_DIR:-/tmp/ad-lab}
case $D in /*) ;; *) die "AD_LAB_DIR must be absolute: $D" ;; esac
[ ! -O "$D/lab.conf" ] || . "$D/lab.conf"                  # SAVED_*: what this lab was made with

setting() {   # setting NAME FROM_ENVIRONMENT DEFAULT: the saved value wins, an environment that contradicts it is an error
  local saved="SAVED_$1"
  if [ -n "${!saved:-}" ]; then
    [ -z "$2" ] || [ "$2" = "${!saved}" ] || die "$D was made with $1=${!saved}, not $2: destroy it or take another AD_LAB_DIR"
    printf -v "$1" %s "${!saved}"
  else printf -v "$1" %s "${2:-$3}"; fi
}
upper() { printf %s "$1" | tr a-z A-Z; }
setting IP "${AD_LAB_IP:-}" 127.0.0.10
setting REALM "$(upper "${AD_LAB_REALM:-}")" LAB.EXAMPLE
label=${REALM%%.*}
setting DOM "$(upper "${AD_LAB_DOMAIN:-}")" "${label:0:15}"
setting PW "${AD_LAB_PASSWORD:-}" 'P@ssw0rd-lab1'
setting SID "${AD_LAB_SID:-}" S-1-5-21-1111111111-2222222222-3333333333
setting BACKEND "${AD_LAB_BACKEND:-}" tdb
setting SCHEMA_KIND "${AD_LAB_SCHEMA:-}" exchange
MODEL=${AD_LAB_MODEL:-single}
AUTH=${AD_LAB_STRONG_AUTH:-no}
TEMPLATE=${AD_LAB_TEMPLATE:-}
DNS=$(printf %s "$REALM" | tr A-Z a-z)
BASE="DC=${DNS//./,DC=}"
SCHEMA="CN=Schema,CN=Configuration,$BASE"
CONF=$D/smb.conf
SAM=$D/ad/private/sam.ldb
LDIFS="$HERE/exch-schema-1-attrs.ldif $HERE/exch-schema-2-classes.ldif"   # two passes: attributes, then classes
[ "$SCHEMA_KIND" = exchange ] || LDIFS=
export TMPDIR=$D/tmp KRB5_CONFIG=$D/krb5.conf KRB5CCNAME=FILE:$D/krb5cc

save_settings() {
  local n
  for n in IP REALM DOM PW SID BACKEND SCHEMA_KIND; do printf 'SAVED_%s=%q\n' "$n" "${!n}"; done >"$D/lab.conf"
  chmod 600 "$D/lab.conf"
}

write_conf() {
  mkdir -p "$D/tmp" "$D/ad/run" "$D/ad/ncalrpc" "$D/ad/cache" "$D/ad/state"
  cat >"$CONF" <<EOC
[global]
	netbios name = DC1
	workgroup = $DOM
	realm = $REALM
	server role = active directory domain controller
	server services = ldap, kdc
	interfaces = $IP/8
	bind interfaces only = yes
	private dir = $D/ad/private
	lock directory = $D/ad
	state directory = $D/ad/state
	cache directory = $D/ad/cache
	binddns dir = $D/ad/bind-dns
	pid directory = $D/ad/run
	ncalrpc dir = $D/ad/ncalrpc
	log file = $D/log.samba
	logging = file
	max log size = 0
	disable netbios = yes
	ldap server require strong auth = $AUTH
	ldb:nosync = true
	dns update command = /bin/true
EOC
  # No dns_canonicalize/rdns: the ticket is for ldap/$IP, which provision() registers as an SPN.
  cat >"$D/krb5.conf" <<EOC
[libdefaults]
 default_realm = $REALM
 dns_lookup_realm = false
 dns_lookup_kdc = false
 dns_canonicalize_hostname = false
 rdns = false
[realms]
 $REALM = {
  kdc = $IP
  admin_server = $IP
 }
[domain_realm]
 .$DNS = $REALM
 $DNS = $REALM
EOC
  printf '%s dc1.%s dc1\n' "$IP" "$DNS" >"$D/hosts"      # for libnss_wrapper, if wanted
}

tls_certs() (   # a CA and a server certificate with SANs, so that REQCERT=demand works by IP
  mkdir -p "$D/ad/private/tls"; cd "$D/ad/private/tls"
  openssl ecparam -name prime256v1 -genkey -noout -out ca.key 2>/dev/null
  openssl req -x509 -new -key ca.key -days 3650 -subj "/O=ad-lab/CN=ad-lab CA" -out ca.pem
  openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2>/dev/null
  openssl req -new -key key.pem -subj "/O=ad-lab/CN=dc1.$DNS" -out s.csr
  openssl x509 -req -in s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -out cert.pem \
    -extfile <(printf 'subjectAltName=DNS:dc1.%s,DNS:localhost,IP:%s\n' "$DNS" "$IP") 2>/dev/null
  chmod 600 key.pem ca.key; rm -f s.csr
)

template_key() {   # one folder may keep several: whatever changes the database changes the key
  { printf '%s\n' "$REALM" "$DOM" "$PW" "$SID" "$BACKEND"; samba --version; cat /dev/null $LDIFS; } | sha256sum | cut -c1-12
}

cold_provision() {
  local f
  printf '[global]\n' >"$D/empty.conf"
  samba-tool domain provision -s "$D/empty.conf" --targetdir="$D/ad" --realm="$REALM" --domain="$DOM" \
    --server-role=dc --dns-backend=NONE --host-name=dc1 --host-ip="$IP" --adminpass="$PW" \
    --domain-sid="$SID" --backend-store="$BACKEND" --quiet
  write_conf
  for f in $LDIFS; do
    sed "s/\${SCHEMADN}/$SCHEMA/" "$f" | ldbmodify -H "$SAM" --option="dsdb:schema update allowed=true"
  done
  samba-tool domain passwordsettings set -s "$CONF" -H "$SAM" --max-pwd-age=0 --min-pwd-age=0 --history-length=0
  rm -f "$D/ad/etc/smb.conf"               # names this directory, and a template must not; $CONF takes its place
}

add_spns() {   # Samba's own updater would add these over RPC/DNS, which this lab does not run
  local s
  { echo "dn: CN=DC1,OU=Domain Controllers,$BASE"; echo "changetype: modify"; echo "add: servicePrincipalName"
    for s in "ldap/$IP" "ldap/dc1.$DNS" ldap/localhost; do echo "servicePrincipalName: $s"; done; } | ldbmodify -H "$SAM"
}

provision() {
  local from="" part log=$D/provision.log
  command -v samba-tool >/dev/null || die "no samba: tools/install-packages test"
  mkdir -p "$D/tmp"; rm -rf "$D/ad"; : >"$log"
  [ -z "$TEMPLATE" ] || from=$TEMPLATE/$DNS-$(template_key)
  if [ -n "$from" ] && [ -d "$from/ad" ]; then
    cp -a --reflink=auto "$from/ad" "$D/ad"
  else
    ( set -e; cold_provision ) >>"$log" 2>&1 || { cat "$log" >&2; rm -rf "$D/ad"; die "provision failed"; }
    if [ -n "$from" ]; then                               # made aside and renamed: two cold starts may race for it
      part=$TEMPLATE/.part.$$; mkdir -p "$part"; cp -a --reflink=auto "$D/ad" "$part/ad"
      mv -T "$part" "$from" 2>/dev/null || rm -rf "$part"
    fi
  fi
  write_conf; tls_certs
  add_spns >>"$log" 2>&1 || { cat "$log" >&2; die "cannot add the SPNs"; }
  save_settings                                           # last: without it the next start provisions afresh
}

ready() {
  LDAPNOINIT=1 ldapsearch -x -LLL -H "ldap://$IP" -o nettimeout=2 -b '' -s base defaultNamingContext >/dev/null 2>&1 &&
    answers "$IP" 636 && answers "$IP" 88
}

start() {
  local i
  own_dir "$D"; exec 9>>"$D/.lab"; flock 9                # two starts of one lab: the second finds it running
  if alive "$D/pid"; then say "already running: pid $(cut -d' ' -f1 "$D/pid")"; return 0; fi
  halt "$D/pid"
  for i in 389 88 636; do ! answers "$IP" $i || die "$IP:$i is taken: choose another AD_LAB_IP"; done
  [ -f "$D/lab.conf" ] && [ -f "$SAM" ] || provision
  write_conf
  launch "$D/pid" "$D/out.log" samba -s "$CONF" -F --no-process-group -M "$MODEL"
  trap 'halt "$D/pid"; exit 130' INT TERM HUP
  for i in $(seq 1 12000); do   # minutes, where the machine is slow
    alive "$D/pid" || { halt "$D/pid"; tail -n 20 "$D/out.log" "$D/log.samba" >&2 || true; die "samba died"; }
    if ready; then trap - INT TERM HUP; say "running: pid $(cut -d' ' -f1 "$D/pid"), ldap://$IP, $BASE"; return 0; fi
    sleep 0.025
  done
  halt "$D/pid"; die "samba did not answer; see $D/log.samba"
}

env_lines() {
  exports AD_URL "ldap://$IP" AD_LDAPS_URL "ldaps://$IP" AD_LDAPI "ldapi://$(printf %s "$D/ad/private/ldapi" | sed 's,/,%2F,g')" \
    AD_IP "$IP" AD_BASE "$BASE" AD_REALM "$REALM" AD_DOMAIN "$DOM" AD_ADMIN "$DOM\\Administrator" AD_SVC "$DOM\\MSOL_AD_Sync" \
    AD_PASSWORD "$PW" AD_CA "$D/ad/private/tls/ca.pem" AD_SAM "$SAM" AD_SMB_CONF "$CONF" \
    KRB5_CONFIG "$D/krb5.conf" KRB5CCNAME "FILE:$D/krb5cc" LDAPTLS_CACERT "$D/ad/private/tls/ca.pem"
}

made() { [ -f "$D/lab.conf" ] || die "no lab in $D: start it first"; }
stopped() { made; ! alive "$D/pid" || die "stop it first"; }
running() { made; alive "$D/pid" || die "start it first"; }
py() { local s=$1; shift; /usr/bin/python3 -B "$HERE/$s" "$@"; }     # not a python3 that stands earlier in PATH: it lacks samba

case ${1:-} in
  start) start; [ "${2:-}" != --env ] || env_lines ;;
  stop) halt "$D/pid" ;;
  destroy) halt "$D/pid"; remove_dir "$D" ;;
  status) if alive "$D/pid"; then echo "running: pid $(cut -d' ' -f1 "$D/pid"), ldap://$IP, $BASE"; else echo "not running"; exit 1; fi ;;
  env) made; env_lines ;;
  seed) made; py ad-seed.py "$SAM" "$CONF" "$BASE" "$PW" ;;
  populate) stopped; shift; py ad-populate.py "$SAM" "$CONF" "$BASE" "$@" ;;
  clone) stopped; shift; py ad-clone.py "$SAM" "$CONF" "$BASE" "$@" ;;
  *) sed -n '3,/^set /s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
