#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a group that two agents keep with equal precedence: what either adds or takes away counts, member by
# member, also where both change it between two synchronisations, and a member that only one knows stays.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
scenario 27-two-keep-one-group
directory=$instance/madata/Directory/directory.ldif
portal=$instance/madata/Portal/portal.ldif
members() { metaverse Directory | sed -n 's/^uid=team,dc=corp member uid=\([a-z]*\).*/\1/p' | paste -sd' '; }
send() {
  run 0 "$1" Export
  run 0 "$1" 'Full Import'
  run 0 "$1" 'Delta Sync'
}
run 0 Directory 'Full Import'
run 0 Directory 'Delta Sync'
run 0 Portal 'Full Import'
step 1-the-members-of-both 0 Portal 'Delta Sync'
check "who joins adds what it has" same "$(members)" 'ada bob carl eve'
send Directory
send Portal
stands 2-both-have-them

edit "$directory" 's/^member: uid=ada,dc=corp/&\nmember: uid=dora,dc=corp/'
edit "$portal" '/^member: uid=bob/d'
run 0 Directory 'Full Import'
run 0 Portal 'Full Import'
run 0 Directory 'Delta Sync'
step 3-one-adds-one-takes-away 0 Portal 'Delta Sync'
check "both count" same "$(members)" 'ada carl dora eve'
# who gave each member, as the metaverse keeps it
givers() {
  "$mactl" mv show "$("$mactl" mv search group uid=team -o name)" --lineage -o json |
    jq -r '[.values[] | select(.attribute == "member")] | group_by(.value)[] | "\(.[0].name) \([.[].agent] | join(" "))"' | sort
}
check "each member is of who brought it" same "$(givers)" $'Ada Directory\nCarl Portal\nDora Directory\nEve Directory'
run 0 Directory 'Full Sync'
run 0 Portal 'Full Sync'
check "a full synchronisation brings nobody back" same "$(members)" 'ada carl dora eve'
send Directory
send Portal
run 0 Directory 'Full Sync'
step 4-and-there-is-peace 0 Portal 'Full Sync'

edit "$directory" '/^dn: uid=team/,/^$/ s/^cn: .*/cn: The Team/'
edit "$directory" '/^member: uid=carl/d'
run 0 Directory 'Full Import'
run 0 Directory 'Delta Sync'
check "the last of a member who was another's is his who takes it away" same "$(members)" 'ada dora eve'
edit "$directory" '/^dn: uid=team/,$d'
run 0 Directory 'Full Import'
step 5-what-one-has-stays-without-the-other 0 Directory 'Delta Sync'
finish
