# SPDX-License-Identifier: Apache-2.0
# People and groups of HR, a file, and a real SCIM server as the service that they go to. Sourced behind
# shell.sh and cloud.sh.
#
#   scim_instance SERVER [PARAMETER VALUE ...]   starts it; "sync" is the instance, $hr its file
#   step CODE AGENT PROFILE    a run;  round PROFILE [CODE]: from HR to the service, and what it has then
#   field USERNAME JQ          of what the service has
. "$MACTL_SOURCE/tests/support/service.sh"

scim_instance() {
  cloud_need "$1"
  cloud_start "$1"
  shift
  service_instance
  scim_bind "$@"
  (umask 077 && echo "$cloud_token" >sync/secrets/service)
}
scim_bind() { echo "    <parameter name=\"url\">$cloud_url</parameter>" | service_bind "$@"; } # with these parameters too
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
all_users() { # every page, whatever a page may hold
  local at=1 page count
  while page=$(cloud "/Users?startIndex=$at&count=100") && count=$(jq '.Resources | length' <<<"$page") && [ "$count" -gt 0 ]; do
    jq -c '.Resources[]' <<<"$page"
    at=$((at + count))
  done
}
user() { all_users | jq -cS "select(.userName == \"$1\")"; }
field() { user "$1" | jq -r "$2 // empty"; }
hr_people() { # FROM TO
  local i
  for i in $(seq "$1" "$2"); do
    printf '\ndn: uid=%s,ou=people,dc=hr\nobjectClass: person\nemployeeID: %s\ndisplayName: P %s\ngivenName: P\nsn: N%s\nmail: p%s@corp.example\n' "$i" "$i" "$i" "$i" "$i"
  done >>"$hr"
}
