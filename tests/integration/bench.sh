# SPDX-License-Identifier: Apache-2.0
# The benches run, from the population to the curve; no time is looked at.
. "$MACTL_SOURCE/tests/support/shell.sh"
[ -x "$MACTL_BUILD/tests/bench/floor_store" ] || { echo "no benches in $MACTL_BUILD"; exit 77; }
command -v jq >/dev/null || { echo "no jq"; exit 77; }
bench() { "$MACTL_SOURCE/tests/bench/run" "$@" --json "$work/bench.json"; }
export MACTL_CORPUS=$work/none # the sample that comes with the source
export MACTL_BENCH_AD=0         # no domain controller

# --- each part, once --------------------------------------------------------------------------------
bench all --size 100 --repeat 1 >all 2>&1 || fail "all parts run: $(tail -n 5 all)"
check 'each figure has an engine and a floor' jq -e '
  [.figures[] | select(.verdict.of == "cpu")] | length == 9 and all(.[]; .wall >= 0 and .ratio_wall.median >= 0)' bench.json
if PATH=$PATH:/usr/sbin command -v slapd >/dev/null; then
  check 'the agent for directories, too' jq -e '[.figures[] | select(.verdict.of == "wall" and .ratio_wall.median > 0)] | length == 5' bench.json
fi
check 'it ends with what came of the goals' grep -qE '^goals: [0-9]+ met, [0-9]+ not met and explained, ' all
check 'the steps were measured at two sizes' jq -e '[.chain[].size] | unique == [10, 100]' bench.json
check 'and what a few changes cost in them' jq -e '[.chain[] | select(.figure == "delta synchronisation of 1 000 changes" and .cpu > 0)] | length == 2' bench.json

# --- beside what people would use instead ---------------------------------------------------------------
"$MACTL_SOURCE/tests/bench/run" peers --size 50 --repeat 1 --json "$work/peers.json" >peers 2>&1 || fail "all of them load all: $(tail -n 5 peers)"
check 'each was measured' jq -e '[.peers[] | select(.wall > 0 and .cpu >= 0)] | length == 4' peers.json
check 'three have a goal' jq -e '[.peers[] | select(.verdict.of == "times")] | length == 3' peers.json
check 'it ends with what came of them' grep -q '^goals: ' peers

# --- the curve ---------------------------------------------------------------------------------------
check 'it is drawn' bench --plot --sizes '20 60'
check 'it is XML' xmllint --noout bench.svg
check 'it has a line for each step' test "$(grep -c '<polyline' bench.svg)" = 7

# --- the floors do what they say ----------------------------------------------------------------------
"$MACTL_BUILD/tests/bench/population" 100 >population.ldif
floor() { "$MACTL_BUILD/tests/bench/floor_store" "$@"; }
check 'all entries are stored' test "$(floor import population.ldif store)" = 100
check 'all entries are found again' test "$(floor again population.ldif store)" = 100
check 'a first synchronisation writes all' test "$(floor sync store)" = 100
check 'the next writes none' test "$(floor sync store)" = 0
floor export population.ldif out.ldif >count
check 'the file has them all' cmp <(grep -v ^version population.ldif | grep .) <(grep . out.ldif)
finish
