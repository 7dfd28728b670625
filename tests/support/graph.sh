# SPDX-License-Identifier: Apache-2.0
# People and groups of HR, a file, and an emulator of Microsoft Graph as the service that they go to.
# Sourced behind shell.sh and cloud.sh.
#
#   graph_instance [PARAMETER VALUE ...]   starts the emulator; "sync" is the instance, $hr its file
#   step CODE AGENT PROFILE    a run; there: from HR to the service; back PROFILE: a confirming import
#   user UPN JQ    group NAME JQ    what the service has;  members NAME: how many
. "$MACTL_SOURCE/tests/support/service.sh"

graph_instance() {
  cloud_need graph
  cloud_start graph
  graph_settings '{"app":"app1","page":17}'
  service_instance
  cp "$service_data/graph.json" sync/madata/Service/
  (umask 077 && echo lab-secret >sync/secrets/service)
  graph_bind "$@"
}

# graph_bind [PARAMETER VALUE ...]: mactl.xml, with these parameters too
graph_bind() { { graph_parameters; echo '    <parameter name="mapping">graph.json</parameter>'; } | service_bind "$@"; }

there() {
  step 0 HR 'Full Import'
  step 0 HR 'Delta Synchronization'
  step 0 Service Export
}
back() {
  step 0 Service "$1"
  step 0 Service 'Delta Synchronization'
  is "nothing is left to export" "$(pending)" 0
}
user() { graph_objects users | jq -r ".[] | select(.userPrincipalName == \"$1\") | $2 // empty"; }
group() { graph_objects groups | jq -r ".[] | select(.displayName == \"$1\") | $2 // empty"; }
members() { # of a group, those that are there
  jq -n --slurpfile users <(graph_objects users) --slurpfile groups <(graph_objects groups) --arg name "$1" \
    '($users[0] + $groups[0] | map({key: .id, value: true}) | from_entries) as $there | $groups[0][] | select(.displayName == $name)."$members" | map(select($there[.])) | length'
}
# hr_person NUMBER NAME: one more;  hr_people FROM TO: many;  hr_group NAME FROM TO: a group of those
hr_person() { printf '\ndn: uid=%s,ou=people,dc=hr\nobjectClass: person\nemployeeID: %s\ndisplayName: %s\nmail: p%s@corp.example\n' "$1" "$1" "$2" "$1" >>"$hr"; }
hr_people() { local i; for i in $(seq "$1" "$2"); do hr_person "$i" "P $i"; done; }
hr_group() {
  {
    printf '\ndn: cn=%s,ou=groups,dc=hr\nobjectClass: group\nemployeeID: g-%s\ndisplayName: %s\n' "$1" "$1" "$1"
    seq -f 'member: uid=%.0f,ou=people,dc=hr' "$2" "$3"
  } >>"$hr"
}
