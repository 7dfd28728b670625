# SPDX-License-Identifier: Apache-2.0
# Real servers of SCIM for a test, from tests/lab/cloud. Sourced behind shell.sh or corpus/lib.sh.
#
#   cloud_need NAME    77, with the line to type, where it is not installed
#   cloud_start NAME   on a port of its own; $cloud_url and $cloud_token; the test's end stops it
#   cloud PATH [CURL ARGUMENT ...]   the answer of the server, as JSON
cloud_lab=${MACTL_SOURCE:-${source:?}}/tests/lab/cloud/cloud-lab.sh
cloud_running=()
. "${MACTL_SOURCE:-$source}/tests/support/guard.sh"

cloud_need() {
  "$cloud_lab" installed "$1" && return
  echo "SKIPPED: $1 is not installed: tests/lab/cloud/cloud-lab.sh install $1" >&2
  exit 77
}

cloud_stop() { local one; for one in "${cloud_running[@]}"; do "$cloud_lab" stop "$one"; done; }

cloud_before=$(trap -p EXIT | sed -e "s/^trap -- '//" -e "s/' EXIT\$//")
trap "cloud_stop; $cloud_before" EXIT

cloud_start() {
  local try settings name
  for try in 1 2 3 4 5; do
    name=$1@$((20000 + RANDOM % 12000))
    settings=$("$cloud_lab" start "$name" 2>"$1.log") || continue
    ! grep -q 'already running' "$1.log" || continue # it is another test's
    cloud_running+=("$name")
    guard "$cloud_lab" stop "$name"
    eval "$settings"
    name=${1^^}_URL cloud_url=${!name}
    name=${1^^}_TOKEN cloud_token=${!name}
    return
  done
  cat "$1.log"
  echo "the server $1 does not start after $try tries"
  exit 1
}

cloud() {
  local path=$1
  shift
  curl -sS --fail-with-body -H "Authorization: Bearer $cloud_token" -H 'Content-Type: application/scim+json' "$@" "$cloud_url$path"
}

# cloud_id PATH-OF-LIST ATTRIBUTE VALUE
cloud_id() { cloud "$1?count=1000" | jq -r --arg value "$3" ".Resources[] | select($2 == \$value) | .id"; }

# cloud_returns FILE: what the service sets on its own side. The lines of FILE, as in LDIF, belong to
# the object whose sourceAnchor ("sourceAnchor: X"), or userPrincipalName ("user X"), is above them.
cloud_returns() {
  local where key endpoint id type
  awk '
    /^#/ || /^$/ { next }
    /^user / { key = "userName\t" $2; next }
    /^sourceAnchor: / { key = "externalId\t" $2; next }
    { name = $1; sub(/::?$/, "", name); value = $0; sub(/^[^ ]* /, "", value); print key "\t" name "\t" value }
  ' "$1" | jq -R 'split("\t")' | jq -cs 'group_by(.[0:2])[]' | while read -r where; do
    key=$(jq -r '.[0][0]' <<<"$where")
    id=
    for endpoint in Users:user Groups:group Contacts:contact; do
      type=${endpoint#*:} endpoint=/${endpoint%:*}
      id=$(cloud_id "$endpoint" ".$key" "$(jq -r '.[0][1]' <<<"$where")")
      [ -z "$id" ] || break
    done
    [ -n "$id" ] || { echo "nobody is $(jq -c '.[0][0:2]' <<<"$where")"; return 1; }
    cloud "$endpoint/$id" -X PATCH -d "$(cloud_patch "$type" <<<"$where")" >/dev/null || return 1
  done
}

# cloud_patch CLASS: the operations for one object; the types are those of the server's schema
cloud_patch() {
  jq -c --arg class "$1" --slurpfile types "${cloud_lab%/*}/main/hybrid.json" '
    def typed($type):
      if $type | startswith("boolean") then (ascii_downcase == "true")
      elif $type | startswith("integer") then tonumber else . end;
    {schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
     Operations: [group_by(.[2])[] | .[0][2] as $name | ($types[0][$class][$name] // "string") as $type |
       {op: "replace",
        path: ((if $class == "contact" then "" else "urn:ietf:params:scim:schemas:extension:hybrid:2.0:" +
          ({user: "User:", group: "Group:"}[$class]) end) + $name),
        value: ([.[][3] | typed($type)] | if $type | endswith("[]") then . else .[0] end)}]}'
}

# cloud_instance AD LDIF AAD: mactl.xml of $instance, with a directory that is a file and the cloud as
# its configuration says
cloud_instance() {
  mkdir -p "$instance/secrets"
  (umask 077 && echo "$cloud_token" >"$instance/secrets/cloud")
  cat >"$instance/mactl.xml" <<XML
<mactl version="1">
  <agent name="$1" plugin="file_ma">
    <parameter name="format">ldif</parameter>
    <parameter name="file">$2</parameter>
    <parameter name="anchor">objectGUID</parameter>
  </agent>
  <agent name="$3">
    <parameter name="url">$cloud_url</parameter>
    <secret name="password" file="secrets/cloud"/>
  </agent>
</mactl>
XML
}
# edit LDIF DN SED: in the entry; leave LDIF DN: without it
edit() { sed -i -e "/^dn: $2\$/,/^\$/$3" "$1"; }
leave() { sed -i -e "/^dn: $2\$/,/^\$/d" "$1"; }

# --- the emulator of Microsoft Graph
# graph_settings JSON: what it does (page, lag, replay, rate, faults, clock, app); graph_log: what it was
# asked; graph_sees JQ: whether the log, as JSON, is so
graph_root() { echo "${cloud_url%/v1.0}"; }
graph_settings() { curl -sS -X PATCH -H 'Content-Type: application/json' "$(graph_root)/lab/settings" -d "$1" >/dev/null; }
graph_log() { curl -sS "$(graph_root)/lab/requests"; }
graph_objects() { curl -sS "$(graph_root)/lab/objects/$1"; } # users, groups, contacts, whole
graph_forget() { curl -sS -X DELETE "$(graph_root)/lab/requests"; }
graph_sees() { graph_log | jq -e "$1" >/dev/null || { graph_log | jq -c '.[] | [.method, .url[0:100], .body]' | tail -n 30; return 1; }; }
graph_token() {
  cloud_token=$(curl -sS "$(graph_root)/lab/oauth2/v2.0/token" -d 'client_id=lab-client&client_secret=lab-secret' \
    -d grant_type=client_credentials -d 'scope=https://graph/.default' | jq -r .access_token)
}
# graph_parameters: what mactl.xml says of it
graph_parameters() {
  cat <<XML
    <parameter name="tenant">lab</parameter>
    <parameter name="url">$cloud_url</parameter>
    <parameter name="token-url">$(graph_root)/lab/oauth2/v2.0/token</parameter>
    <parameter name="client-id">lab-client</parameter>
    <parameter name="extension-app">app-1</parameter>
XML
}
# graph_returns FILE: as cloud_returns, into directory extensions
graph_returns() {
  local line kind
  awk '
    /^#/ || /^$/ { next }
    /^sourceAnchor: / { key = $2; next }
    { name = $1; sub(/::?$/, "", name); value = $0; sub(/^[^ ]* /, "", value); print key "\t" name "\t" value }
  ' "$1" | jq -R 'split("\t")' | jq -cs --slurpfile types "${cloud_lab%/*}/main/hybrid.json" '
    def typed($type): if $type | startswith("boolean") then (ascii_downcase == "true")
      elif $type | startswith("integer") then tonumber else . end;
    group_by(.[0])[] | {key: .[0][0], values: (group_by(.[1]) | map(.[0][1] as $name | ($types[0].user[$name] // "string") as $type |
      {key: (if $name == "usageLocation" then $name else "extension_app1_" + $name end),
       value: ([.[][2] | typed($type)] | if $type | endswith("[]") then . else .[0] end)}) | from_entries)}' |
    while read -r line; do
      for kind in users:onPremisesImmutableId groups:extension_app1_sourceAnchor; do
        graph_objects "${kind%:*}" | jq -r --argjson line "$line" ".[] | select(.${kind#*:} == \$line.key) | .id" |
          while read -r id; do
            curl -sS -f -X PATCH -H 'Content-Type: application/json' "$(graph_root)/lab/${kind%:*}/$id" -d "$(jq -c .values <<<"$line")"
          done
      done
    done
}
