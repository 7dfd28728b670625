# SPDX-License-Identifier: Apache-2.0
# The bench of the cloud agent runs, from the export to the large group; no time is looked at.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
cloud_need graph
[ -x "$MACTL_BUILD/tests/bench/floor_pages" ] || { echo "no benches in $MACTL_BUILD"; exit 77; }
"$MACTL_SOURCE/tests/bench/run" cloud --size 100 --writes 50 --members 40 >lines 2>errors
is() { [ "$2" = "$3" ] || { fail "$1: '$2' instead of '$3'"; cat lines errors; }; }
is 'it ends well' $? 0
is 'an export' "$(grep -c '^export: fewer writes than a window allows, 55 users' lines)" 1
is 'imports beside a floor' "$(grep -c '^full import of 100: .* of its rate$' lines)" 3
is 'memory' "$(grep -c '^memory of a full import: ' lines)" 1
is 'a large group' "$(grep -c '^group of 40: 100 members more in 5 requests$' lines)" 1
finish
