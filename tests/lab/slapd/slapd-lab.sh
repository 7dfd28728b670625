#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# slapd-lab.sh - a throwaway OpenLDAP for tests and benchmarks. Debian 12; no root needed.
#
#   slapd-lab.sh start [--env]    start, wait until it answers; --env: then print env
#   slapd-lab.sh stop             stop by recorded pid, wait for it
#   slapd-lab.sh destroy          stop and remove the directory
#   slapd-lab.sh status           running (0) or not (1)
#   slapd-lab.sh env              shell lines to eval
#   slapd-lab.sh populate N       N users by slapadd -q (before the first start, or after destroy)
#   slapd-lab.sh ldif N           the same entries on stdout
#   slapd-lab.sh load             instead of them what comes as LDIF on stdin, from the entry of the base on
#
# SLAPD_LAB_DIR (default /tmp/slapd-lab)  SLAPD_LAB_IP (127.0.0.1)  SLAPD_LAB_PORT (13389)
# SLAPD_LAB_SCHEMA (a file with more of it)  SLAPD_LAB_PROVIDER (URL of another one, whose replica it is: it begins empty)
# SLAPD_LAB_BASE (dc=lab,dc=example)  SLAPD_LAB_PASSWORD (secret)  SLAPD_LAB_MAXSIZE (4 GiB); give them to every command.
set -eu
. "$(cd "$(dirname "$0")" && pwd)/../common.sh"
D=${SLAPD_LAB_DIR:-/tmp/slapd-lab}
IP=${SLAPD_LAB_IP:-127.0.0.1}
PORT=${SLAPD_LAB_PORT:-13389}
BASE=${SLAPD_LAB_BASE:-dc=lab,dc=example}
PW=${SLAPD_LAB_PASSWORD:-secret}
MAX=${SLAPD_LAB_MAXSIZE:-4294967296}
SCHEMA=${SLAPD_LAB_SCHEMA:-}
PROVIDER=${SLAPD_LAB_PROVIDER:-}
case $D in /*) ;; *) die "SLAPD_LAB_DIR must be absolute: $D" ;; esac
ldapi=ldapi://$(printf %s "$D/ldapi" | sed 's,/,%2F,g')

replica=${PROVIDER:+"syncrepl rid=001 provider=$PROVIDER bindmethod=simple binddn=\"cn=admin,$BASE\" credentials=$PW searchbase=\"$BASE\" type=refreshAndPersist retry=\"5 +\" schemachecking=off"}

conf() {
  command -v slapd >/dev/null || die "no slapd: tools/install-packages test"
  mkdir -p "$D/db"
  cat >"$D/slapd.conf" <<EOC
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
pidfile $D/slapd.pid
argsfile $D/slapd.args
sizelimit unlimited
threads 4
attributetype ( 1.2.840.113556.1.4.7000.102.50765 NAME 'msExchSafeSendersHash' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 EQUALITY octetStringMatch SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.7000.102.50766 NAME 'msExchSafeRecipientsHash' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 EQUALITY octetStringMatch SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.7000.102.50976 NAME 'msExchBlockedSendersHash' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 EQUALITY octetStringMatch SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.32473.1.1.1 NAME 'msExchArchiveStatus' SYNTAX 1.3.6.1.4.1.1466.115.121.1.27 EQUALITY integerMatch SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.7000.102.51612 NAME 'msExchUCVoiceMailSettings' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch )
attributetype ( 1.2.840.113556.1.2.210 NAME 'proxyAddresses' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch )
objectclass ( 1.3.6.1.4.1.32473.1.2.1 NAME 'labRecipient' SUP top AUXILIARY MAY ( msExchSafeSendersHash $ msExchSafeRecipientsHash $ msExchBlockedSendersHash $ msExchArchiveStatus $ msExchUCVoiceMailSettings $ proxyAddresses ) )
${SCHEMA:+include $SCHEMA}
database mdb
suffix "$BASE"
rootdn "cn=admin,$BASE"
rootpw $PW
directory $D/db
maxsize $MAX
envflags nosync writemap
index objectClass eq
index uid,mail,entryUUID,entryCSN eq
limits * size=unlimited time=unlimited
access to * by users write by * read
$replica
overlay syncprov
syncprov-sessionlog 100000
database monitor
EOC
  chmod 600 "$D/slapd.conf"
}

ldif() {
  local root="${BASE#dc=}"
  printf 'dn: %s\nobjectClass: dcObject\nobjectClass: organization\ndc: %s\no: lab\n\ndn: ou=Load,%s\nobjectClass: organizationalUnit\nou: Load\n\n' "$BASE" "${root%%,*}" "$BASE"
  awk -v n="$1" -v b="$BASE" 'BEGIN{for(i=0;i<n;i++){u=sprintf("u%06d",i);
    printf "dn: uid=%s,ou=Load,%s\nobjectClass: inetOrgPerson\nobjectClass: labRecipient\nuid: %s\ncn: Given%d Surname%d\ngivenName: Given%d\nsn: Surname%d\ndisplayName: Given%d Surname%d\nmail: %s@lab.example\ndepartmentNumber: D%d\ntitle: Title %d\ntelephoneNumber: +1 555 %07d\nproxyAddresses: SMTP:%s@lab.example\nproxyAddresses: smtp:%s@alias.lab.example\n\n",u,b,u,i%997,i%4999,i%997,i%4999,i%997,i%4999,u,i%50,i%100,i,u,u}}'
}

populate() {
  own_dir "$D"; ! alive "$D/pid" || die "stop it first"
  [ ! -s "$D/db/data.mdb" ] || die "the database exists: destroy it first"
  conf; ldif "$1" | slapadd -q -w -f "$D/slapd.conf" >&2
}

load() {
  own_dir "$D"; ! alive "$D/pid" || die "stop it first"
  [ ! -s "$D/db/data.mdb" ] || die "the database exists: destroy it first"
  conf; slapadd -q -w -f "$D/slapd.conf" >&2
}

start() {
  local i
  own_dir "$D"; exec 9>>"$D/.lab"; flock 9
  if alive "$D/pid"; then say "already running: pid $(cut -d' ' -f1 "$D/pid")"; return 0; fi
  halt "$D/pid"
  ! answers "$IP" "$PORT" || die "$IP:$PORT is taken: choose another SLAPD_LAB_PORT"
  [ -n "$PROVIDER" ] || [ -s "$D/db/data.mdb" ] || { conf; ldif 0 | slapadd -q -w -f "$D/slapd.conf" >&2; }
  conf
  launch "$D/pid" "$D/out.log" slapd -d 0 -f "$D/slapd.conf" -h "ldap://$IP:$PORT/ $ldapi ${SLAPD_LAB_ALSO:-}"
  trap 'halt "$D/pid"; exit 130' INT TERM HUP
  for i in $(seq 1 10000); do
    alive "$D/pid" || { halt "$D/pid"; cat "$D/out.log" >&2; die "slapd died (slapd -d 64 -f $D/slapd.conf says why)"; }
    if LDAPNOINIT=1 ldapsearch -x -LLL -H "ldap://$IP:$PORT" -b '' -s base 1.1 >/dev/null 2>&1; then
      trap - INT TERM HUP; say "running: pid $(cut -d' ' -f1 "$D/pid"), ldap://$IP:$PORT, $BASE"; return 0
    fi
    sleep 0.02
  done
  halt "$D/pid"; die "slapd did not answer"
}

env_lines() { exports SL_URL "ldap://$IP:$PORT" SL_LDAPI "$ldapi" SL_BASE "$BASE" SL_ADMIN "cn=admin,$BASE" SL_PASSWORD "$PW"; }

case ${1:-} in
  start) start; [ "${2:-}" != --env ] || env_lines ;;
  stop) halt "$D/pid" ;;
  destroy) halt "$D/pid"; remove_dir "$D" ;;
  status) if alive "$D/pid"; then echo "running: pid $(cut -d' ' -f1 "$D/pid"), ldap://$IP:$PORT"; else echo "not running"; exit 1; fi ;;
  env) env_lines ;;
  populate) populate "$2" ;;
  ldif) ldif "$2" ;;
  load) load ;;
  *) sed -n '3,/^set /s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
