# SPDX-License-Identifier: Apache-2.0
# Everything that can be wrong with an answer, met by a full import: what passes is asked for again, what does not
# ends the run with its words; and whatever it was, nobody is let go and nothing is sent twice.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/graph.sh"
graph_instance call-timeout 300 attempts 3 # what is met once must not run out of time and be asked for again
step 0 Service 'Full Import'
there
back 'Full Import'
known() { "$MACTL" -C sync dump cs | grep -c '^agent  *Service'; }
all=$(known)

# The listing of groups, behind that of users: some are there already when it goes wrong.
listing='/groups?$select=id%2CdisplayName%2ConPremisesSyncEnabled'
met() { # FAULT CODE RESULT WORDS [TIMES]
  graph_settings "{\"faults\":[{\"path\":\"$listing\",\"fault\":\"$1\",\"times\":${5:-1}}]}"
  run "$2" -C sync run-profile Service 'Full Import'
  says "$3"
  [ -z "$4" ] || says "$4"
  is "after $1" "$(known)" "$all"
  graph_settings '{"faults":[]}'
  step 0 Service 'Full Import' # which goes on where that one stood
  says 'no-change'
  is "and then" "$(known)" "$all"
}
# once: it is asked for again
for fault in reset reset-in-body half-gzip html; do met "$fault" 0 success "no-change $all"; done
# always: the run ends, and not with an import that lacks half
for fault in reset reset-in-body half-gzip html; do met "$fault" 7 stopped-server-down '' 99; done
# what ends by its time only
graph_bind call-timeout 8 attempts 3
met drip 0 success "no-change $all"
met drip 7 stopped-server-down '' 99
graph_bind call-timeout 300 attempts 3
# what another try would not mend
met error-with-200 1 stopped-unexpected-data "it has no 'value'"
met wrong-type 1 stopped-unexpected-data "'text/plain"
met huge 1 stopped-unexpected-data 'larger than'
met deep 1 stopped-unexpected-data 'nested deeper than'
met invalid-utf8 1 stopped-unexpected-data 'no JSON'
met duplicate-keys 1 stopped-unexpected-data 'duplicate'
met nul-in-text 1 stopped-unexpected-data 'no JSON'
met foreign-next 1 stopped-unexpected-data 'on another host'
met next-is-this 1 stopped-unexpected-data 'the listing would never end'
listing='/users?' met next-in-circles 1 stopped-unexpected-data 'the listing would never end' 99
# also where it is the first that the service says: the configuration is not to blame
listing='/users?' met invalid-utf8 1 stopped-unexpected-data 'no JSON'
listing='/users?' met error-with-200 1 stopped-unexpected-data "it has no 'value'"
met redirect 1 stopped-unexpected-data 'a redirect, which is not followed'

# --- rounds: another order, twice, and pages that show nothing
graph_settings '{"shuffle":true,"empty":true,"replay":true}'
sed -i -e '/^dn: uid=1002/,/^$/s/^title: .*/title: Inventor/' -e '/^dn: cn=Works/,/^$/{s/^member: uid=1005,/member: uid=1003,/}' "$hr"
there
back 'Delta Import'
step 0 Service 'Full Import'
says "no-change $all"

# --- a storm: each request is refused some times, and comes in the end; one that never ends, ends the run
graph_settings '{"shuffle":false,"empty":false,"replay":false,"faults":[{"status":429,"after":"0.05","times":2},{"path":"/groups","status":429,"after":"0.05","times":2},{"path":"/users","status":503,"times":1}]}'
step 0 Service 'Full Import'
says "no-change $all"
graph_settings '{"faults":[{"path":"/users","status":429,"after":"0.05","times":"always"}]}'
step 7 Service 'Full Import'
is 'after a storm without an end' "$(known)" "$all"
graph_settings '{"faults":[]}'

# --- an export that a storm hits: each is written once
graph_settings '{"faults":[{"path":"$batch","fault":"reset"},{"path":"$batch","fault":"html"},{"method":"POST","path":"/users","status":429,"after":"0.2","times":2},{"method":"POST","path":"/groups","status":503,"after":"0.1"}]}'
hr_people 3001 3030
hr_group Storm 3001 3030
there
back 'Full Import'
is 'nobody is there twice' "$(graph_objects users | jq '[.[].userPrincipalName] | length - (unique | length)')" 0
is 'all are members' "$(members Storm)" 30

# --- and where the request was executed, and only its answer was lost: a group has no name that is unique
try() { "$MACTL" -C sync run-profile "$@" >run.out 2>&1 || true; }
doubles() { graph_objects "$1" | jq "[.[].$2] | length - (unique | length)"; }
lose() { # PATH FAULT
  made=$((made + 1))
  hr_group "Lost$made" 3001 3002
  hr_person "40$made" "Lost $made"
  local limit=300
  [ "$2" != drip ] || limit=8
  [ "$1" = '$batch' ] && graph_bind call-timeout $limit attempts 3 || graph_bind call-timeout $limit attempts 3 batch 1
  step 0 HR 'Full Import'
  step 0 HR 'Delta Synchronization'
  graph_settings "{\"faults\":[{\"method\":\"POST\",\"path\":\"$1\",\"fault\":\"$2\",\"done\":true}]}"
  try Service Export
  graph_settings '{"faults":[]}'
  try Service 'Full Import'
  try Service 'Delta Synchronization'
  try Service Export
  is "doubles after $2 of $1" "$(doubles groups displayName) $(doubles users userPrincipalName)" '0 0'
  is "members after $2 of $1" "$(members "Lost$made")" 2
}
made=0
for fault in reset reset-in-body half-gzip html drip error-with-200 wrong-type; do lose /groups "$fault"; done
for fault in reset html invalid-utf8; do lose '$batch' "$fault"; done
back 'Full Import'

# --- a service that says how much of its limit is used is not driven to refuse
graph_bind batch 1
hr_people 5001 5060
step 0 HR 'Full Import'
step 0 HR 'Delta Synchronization'
refused() { curl -sS "$(graph_root)/lab/usage" | jq .refused; }
before=$(refused)
graph_settings '{"rate":40}'
step 0 Service Export
is 'refused requests' $(($(refused) - before)) 0
graph_settings '{"rate":0}'
back 'Full Import'
finish
