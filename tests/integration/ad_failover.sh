# SPDX-License-Identifier: Apache-2.0
# A server that dies in the middle of a run, and another one that takes over in that run: every object is exported once,
# every one is imported, nothing is let go, and the history says which server it was when.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/adam.sh"
ip=$SLAPD_LAB_IP
frail=$(loopback) || exit 1
bind "<parameter name=\"anchor\">entryUUID</parameter><parameter name=\"server\">$frail</parameter><parameter name=\"server\">$ip</parameter>"

# fails BYTES: the first server is one that hangs up after so many
trap '[ -z "${proxy:-}" ] || kill $proxy; "$slapd" destroy; chmod -R u+w "$work"; rm -rf "$work"' EXIT
fails() {
  [ -z "${proxy:-}" ] || { kill $proxy; wait $proxy 2>/dev/null; }
  "${mortal[@]}" /usr/bin/python3 -B "$MACTL_SOURCE/tests/support/cut_proxy.py" $frail "$SLAPD_LAB_PORT" $ip "$1" >proxied 2>&1 &
  proxy=$!
  comes grep -q ready proxied
  check 'a frail server' grep -q ready proxied
}
changed_over() {
  run 0 -C i runs show last -o json
  check "$1: which server when" jq -e --arg frail $frail --arg ip $ip '.steps[0] | .server == $ip and .result == "success"
    and (.incidents | length == 1) and .incidents[0].server == $frail and .incidents[0].result == "dropped-connection"' <<<"$out"
}

# --- an export of 300 people: the first server takes some of them, and dies --------------------------------
{ printf 'version: 1\n\n'
  seq 1 300 | awk '{ printf "dn: uid=%d,dc=hr\nobjectClass: person\nemployeeID: %d\ndisplayName: P%d\ntitle: Clerk\n\n", $1, $1, $1 }'; } >i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import'
run 0 -C i run-profile HR 'Delta Synchronization'
fails 20000
run 0 -C i run-profile Directory Export
says 'exported   add 300'
warns "domain controller $frail is left"
changed_over 'the export'
run 0 -C i runs show last
says "server     $frail: dropped-connection"
check 'all are there, each once' test "$(tool search -LLL -b ou=Staff,dc=corp,dc=example '(objectClass=user)' 1.1 | grep -c '^dn')" = 300

# --- a full import: begun at the first server, done by the second ------------------------------------------
fails 30000
run 0 -C i run-profile Directory 'Full Import'
warns "domain controller $frail is left"
says_not 'delete'
changed_over 'the import'
run 0 -C i run-profile Directory 'Delta Synchronization'
run 0 -C i run-profile Directory 'Full Import'
says 'no-change 300'
says_not 'not-reimported'

# --- changes: each is there, whoever took it ---------------------------------------------------------------
sed -i 's/^title: Clerk/title: Head/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import'
run 0 -C i run-profile HR 'Delta Synchronization'
fails 3000
run 0 -C i run-profile Directory Export
says 'update 300'
changed_over 'the changes'
check 'all are changed' test "$(tool search -LLL -b ou=Staff,dc=corp,dc=example '(title=Head)' 1.1 | grep -c '^dn')" = 300

# --- who went meanwhile is let go by what the second server shows, and nobody else ---------------------------
tool delete 'cn=P7,ou=Staff,dc=corp,dc=example'
fails 30000
run 0 -C i run-profile Directory 'Full Import'
says 'delete 1'
changed_over 'the last import'

# --- none is left ------------------------------------------------------------------------------------------
sed -i "s|<parameter name=\"server\">$ip</parameter>||" i/mactl.xml
run 7 -C i run-profile Directory 'Full Import'
says 'no-start-connection'
finish
