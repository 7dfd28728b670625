# SPDX-License-Identifier: Apache-2.0
# The bench of the cloud agent runs, from the pages to the large group; no time is looked at.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
cloud_need graph
[ -x "$MACTL_BUILD/tests/bench/floor_pages" ] || { echo "no benches in $MACTL_BUILD"; exit 77; }
"$MACTL_SOURCE/tests/bench/run" cloud --size 100 --repeat 1 --writes 50 --members 40 --json "$work/cloud.json" >lines 2>errors
is() { [ "$2" = "$3" ] || { fail "$1: '$2' instead of '$3'"; cat lines errors; }; }
is 'it ends well' $? 0
is 'an export' "$(grep -c '^export: fewer writes than a window allows, 55 users' lines)" 1
is 'the pages of each kind' "$(grep -c ' pages, for which the server needed ' lines)" 3
is 'a large group' "$(grep -c '^group of 40: 100 members more in 5 requests, confirmed by 2$' lines)" 1
is 'and one of SCIM' "$(grep -c '^SCIM group of 40: 100 members more in 1 requests$' lines)" 1
check 'imports are beside a bare reading' jq -e '[.figures[] | select(.verdict.goal == 1.25 and .ratio_wall.median > 0)] | length == 6' cloud.json
check 'memory is that of two sizes' jq -e '[.chain[] | select(.figure == "Graph pages, first") | .size] == [10, 100]' cloud.json
check 'what was told is there' jq -e '.told | map(.figure) | length == 6' cloud.json
finish
