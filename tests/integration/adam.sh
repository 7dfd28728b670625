# SPDX-License-Identifier: Apache-2.0
# An agent of the category ADAM against a directory that is no Active Directory: OpenLDAP stands for AD LDS. It has
# neither DirSync nor change numbers; its objects are known by entryUUID, or by an objectGUID that somebody gives them.
. "$MACTL_SOURCE/tests/support/shell.sh"
slapd=$MACTL_SOURCE/tests/lab/slapd/slapd-lab.sh
command -v slapd >/dev/null || [ -x /usr/sbin/slapd ] || { echo "no slapd here: tools/install-packages test"; exit 77; }
export SLAPD_LAB_DIR=$work/.lab SLAPD_LAB_PORT=$((20000 + $$ % 10000)) SLAPD_LAB_BASE=dc=corp,dc=example
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
  -e "s|<forest-name>corp.example</forest-name>|<forest-name>localhost</forest-name><forest-port>$SLAPD_LAB_PORT</forest-port>\
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

# --- known by entryUUID: people come, change, are renamed, and go ------------------------------------
bind '<parameter name="anchor">entryUUID</parameter>'
run 0 -C i ma list
check 'the plugin of the category' grep -q '^Directory  *ADAM  *ad_ma  *ready' <<<"$out"
run 3 -C i ma test Directory
says 'none is found: there are no delta imports'
says 'connection  '
says 'simple bind'
run 0 -C i ma schema Directory
says_not 'gone     attribute'
run 0 -C i run-profile Directory 'Full Import'
round
ada=CN=Ada\ Lovelace,OU=Staff,DC=corp,DC=example
check 'the container was made, and she is in it' test "$(of "$ada" mail)" = ada@corp.example
check 'whom others refer to' grep -qix "$ada" <<<"$(of 'CN=Bob Babbage,OU=Staff,DC=corp,DC=example' manager)"
run 0 -C i cs show Directory "$ada" -o json
check 'her anchor is the entryUUID' test "$(jq -r .anchor <<<"$out")" = "$(of "$ada" entryUUID)"
uuid=$(of "$ada" entryUUID)
sed -i -e 's/^displayName: Ada Lovelace/displayName: Ada Byron/' -e 's/^title: Engineer/title: Clerk/' i/madata/HR/hr.ldif
round
byron=CN=Ada\ Byron,OU=Staff,DC=corp,DC=example
check 'a rename is one' test "$(of "$byron" entryUUID)" = "$uuid"
check 'a change is there' test "$(of 'CN=Bob Babbage,OU=Staff,DC=corp,DC=example' title)" = Clerk
run 6 -C i run-profile Directory 'Delta Import'
says 'had no complete full import yet'
awk 'BEGIN { RS = ""; ORS = "\n\n" } !/employeeID: 1004/' i/madata/HR/hr.ldif | sed '/^manager: uid=1004/d' >hr && cp hr i/madata/HR/hr.ldif
round
check 'who left is gone' test -z "$(of 'CN=Dora Euler,OU=Staff,DC=corp,DC=example' cn 2>/dev/null)"

# --- known by an objectGUID of the schema -------------------------------------------------------------
for n in 1 2 3 5; do
  tool search -LLL -b ou=Staff,dc=corp,dc=example "(employeeID=100$n)" 1.1 | sed -n 's/^dn: //p' | while read -r dn; do
    printf 'dn: %s\nchangetype: modify\nadd: objectGUID\nobjectGUID: guid number 000%s\n' "$dn" $n | tool modify >/dev/null
  done
done
rm -r i/store
bind ''
run 0 -C i run-profile Directory 'Full Import'
says 'staged     add 4'
run 0 -C i cs show Directory "$byron" -o json
check 'her anchor is the objectGUID' grep -qF 'guid number 0001' <<<"$out"
printf 'dn: %s\nchangetype: modify\ndelete: objectGUID\n' "$byron" | tool modify >/dev/null
run 4 -C i run-profile Directory 'Full Import'
run 0 -C i runs show last --errors
says 'missing-anchor-component'
says "the parameter 'anchor' names what the directory has not"

# --- a group of 5 001: each member, and no other -------------------------------------------------------
bind '<parameter name="anchor">entryUUID</parameter>'
{ printf 'dn: cn=all,ou=Staff,dc=corp,dc=example\nobjectClass: group\n'
  seq -f 'member: CN=m%.0f,OU=People,DC=corp,DC=example' 1 5001; } | tool add >/dev/null
rm -r i/store
run 0 -C i run-profile Directory 'Full Import'
run 0 -C i cs show Directory 'CN=all,OU=Staff,DC=corp,DC=example' -o json
check 'all 5 001 came' diff <(seq 1 5001 | sort) \
  <(jq -r '.. | strings | capture("^CN=m(?<n>[0-9]+),OU=People,DC=corp,DC=example$"; "i").n' <<<"$out" | sort -u)
finish
