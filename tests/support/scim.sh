# SPDX-License-Identifier: Apache-2.0
# People and groups of HR, a file, and a real SCIM server as the service that they go to. Sourced behind
# shell.sh and cloud.sh.
#
#   scim_instance SERVER [PARAMETER VALUE ...]   starts it; "sync" is the instance, $hr its file
#   step CODE AGENT PROFILE    a run;  round PROFILE [CODE]: from HR to the service, and what it has then
#   field USERNAME JQ          of what the service has
scim_data=$MACTL_SOURCE/tests/integration/data/scim
hr=sync/madata/HR/hr.ldif

scim_instance() {
  cloud_need "$1"
  cloud_start "$1"
  shift
  run 0 -C sync config import "$scim_data/export" -q
  mkdir -p sync/madata/HR sync/secrets
  cp "$scim_data/data/hr.ldif" sync/madata/HR/
  scim_bind "$@"
  (umask 077 && echo "$cloud_token" >sync/secrets/service)
}
scim_bind() { # [PARAMETER VALUE ...]: mactl.xml, with these parameters too
  {
    echo "    <parameter name=\"url\">$cloud_url</parameter>"
    while [ $# -gt 0 ]; do
      echo "    <parameter name=\"$1\">$2</parameter>"
      shift 2
    done
  } >parameters.xml
  sed -e '/@URL@/{r parameters.xml' -e 'd}' "$scim_data/mactl.xml" >sync/mactl.xml
}
step() { run "$1" -C sync run-profile "$2" "$3"; }
there() {
  step 0 HR 'Full Import'
  step 0 HR 'Delta Synchronization'
  step 0 Service Export
  sent=$out
}
round() { # PROFILE [CODE]: the confirming import may have something to say
  there
  step "${2:-0}" Service "$1"
  step 0 Service 'Delta Synchronization'
}
pending() { "$MACTL" -C sync dump cs | grep -c '^pending export'; }
all_users() { # every page, whatever a page may hold
  local at=1 page count
  while page=$(cloud "/Users?startIndex=$at&count=100") && count=$(jq '.Resources | length' <<<"$page") && [ "$count" -gt 0 ]; do
    jq -c '.Resources[]' <<<"$page"
    at=$((at + count))
  done
}
user() { all_users | jq -cS "select(.userName == \"$1\")"; }
field() { user "$1" | jq -r "$2 // empty"; }
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }
hr_people() { # FROM TO
  local i
  for i in $(seq "$1" "$2"); do
    printf '\ndn: uid=%s,ou=people,dc=hr\nobjectClass: person\nemployeeID: %s\ndisplayName: P %s\ngivenName: P\nsn: N%s\nmail: p%s@corp.example\n' "$i" "$i" "$i" "$i" "$i"
  done >>"$hr"
}
