# SPDX-License-Identifier: Apache-2.0
# OpenLDAP in the place of AD LDS, for a test; sourced behind shell.sh. It is at $SLAPD_LAB_IP, an address that is this test's alone.
#
#   tool add, tool search ...   the client's tools, as its administrator
#   of DN ATTRIBUTE             the values that it has there
#   i                           an instance of the pair of the tests, its Directory an ADAM: one server, a simple bind
#   bind PARAMETERS             i/mactl.xml anew, with these elements in the directory's agent
#   round                       HR's file into the directory, and what that shows then
slapd=$MACTL_SOURCE/tests/lab/slapd/slapd-lab.sh
command -v slapd >/dev/null || [ -x /usr/sbin/slapd ] || { echo "no slapd here: tools/install-packages test"; exit 77; }
. "$MACTL_SOURCE/tests/support/guard.sh"
SLAPD_LAB_IP=$(loopback "${remove[@]}" "$work") || exit 1
export SLAPD_LAB_IP SLAPD_LAB_DIR=$work/.lab SLAPD_LAB_PORT=20389 SLAPD_LAB_BASE=dc=corp,dc=example
export SLAPD_LAB_SCHEMA=$work/user.schema
cat >user.schema <<END
attributetype ( 1.2.840.113556.1.4.2 NAME 'objectGUID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.40 EQUALITY octetStringMatch SINGLE-VALUE )
attributetype ( 1.2.840.113556.1.4.35 NAME 'employeeID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP top STRUCTURAL MUST cn
  MAY ( displayName $ mail $ title $ manager $ employeeID $ telephoneNumber $ objectGUID ) )
objectclass ( 1.2.840.113556.1.5.8 NAME 'group' SUP top STRUCTURAL MUST cn MAY ( member $ objectGUID ) )
END
trap '"$slapd" destroy; chmod -R u+w "$work"; rm -rf "$work"' EXIT
lines=$("$slapd" start --env 2>"$TMPDIR/lab") || { cat "$TMPDIR/lab"; exit 1; }
eval "$lines"
tool() { local tool=$1; shift; "ldap$tool" -x -H "$SL_URL" -D "$SL_ADMIN" -w "$SL_PASSWORD" "$@"; }
of() { tool search -LLL -o ldif-wrap=no -b "$1" -s base '(objectClass=*)' "$2" | sed -n "s/^$2: //p"; }

# The pair of the tests, its directory an ADAM: one server with a port of its own, a simple bind.
cp -r "$MACTL_SOURCE/tests/integration/data/pair/export" export
directory=$(grep -l '<name>Directory</name>' export/Connectors/*)
sed -i -e 's|<category>AD</category>|<category>ADAM</category>|' -e '/unicodePwd/d' \
  -e "s|<forest-name>corp.example</forest-name>|<forest-name>$SLAPD_LAB_IP</forest-name><forest-port>$SLAPD_LAB_PORT</forest-port>\
<forest-login-user>$SL_ADMIN</forest-login-user><simple-bind>1</simple-bind>|" \
  -e 's|</ma-partition-data>|</ma-partition-data><component_mappings><mapping><object_class>organizationalUnit</object_class><dn_component>OU</dn_component></mapping></component_mappings>|' "$directory"
sed -i 's|<attribute-inclusion>.*|<attribute-inclusion><attribute>cn</attribute><attribute>displayName</attribute><attribute>mail</attribute><attribute>title</attribute><attribute>manager</attribute><attribute>employeeID</attribute><attribute>telephoneNumber</attribute></attribute-inclusion>|' "$directory"
sed -i '/unicodePwd/d' export/SynchronizationRules/*
sed -i -e 's|<attribute>title</attribute>|&<attribute>member</attribute>|' -e 's|<object-class>user</object-class>|&<object-class>group</object-class>|' \
  -e 's|<dsml:class id="user" .*|<dsml:class id="group" type="structural"><dsml:name>group</dsml:name><dsml:attribute ref="#objectGUID" required="false"/><dsml:attribute ref="#cn" required="false"/><dsml:attribute ref="#member" required="false"/></dsml:class>\n&|' \
  -e 's|.*<dsml:attribute-type id="objectGUID".*|<dsml:attribute-type id="member"><dsml:name>member</dsml:name><dsml:syntax>1.3.6.1.4.1.1466.115.121.1.12</dsml:syntax></dsml:attribute-type>\n&|' "$directory"
run 0 -C i config import export -q
mkdir -p i/secrets i/madata/HR
(umask 077 && printf '%s\n' "$SL_PASSWORD" >i/secrets/adam)
cp "$MACTL_SOURCE/tests/integration/data/pair/data/hr.ldif" i/madata/HR/
bind() {
  cat >i/mactl.xml <<END
<mactl version="1">
  <guard import-loss-percent="100"/>
  <agent name="HR" plugin="file_ma"><parameter name="format">ldif</parameter><parameter name="file">hr.ldif</parameter>
    <parameter name="anchor">employeeID</parameter></agent>
  <agent name="Directory">$1
    <parameter name="tls">none</parameter><parameter name="allow-clear-password">true</parameter>
    <secret name="password" file="secrets/adam"/></agent>
</mactl>
END
}
round() {
  run 0 -C i run-profile HR 'Full Import'
  run 0 -C i run-profile HR 'Delta Synchronization'
  run 0 -C i run-profile Directory Export
  run 0 -C i run-profile Directory 'Full Import'
  says_not 'exported-change-not-reimported'
  run 0 -C i run-profile Directory 'Delta Synchronization'
}
