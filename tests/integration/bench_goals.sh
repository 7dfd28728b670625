# SPDX-License-Identifier: Apache-2.0
# What the benches say of a goal, from figures that are made up: it is met, or where it is explained that it is not, or it is open.
# And the explanations are there.
. "$MACTL_SOURCE/tests/support/shell.sh"
command -v jq >/dev/null || { echo "no jq"; exit 77; }
benches=$MACTL_SOURCE/tests/bench
: >paired
: >chain
# measured FILE FIGURE SIDE SIZE WALL CPU MB
measured() {
  jq -nc --arg figure "$2" --arg side "$3" '{figure: $figure, side: $side, size: $ARGS.positional[0], wall: $ARGS.positional[1],
    cpu: $ARGS.positional[2], anon_mb: $ARGS.positional[3]}' --jsonargs "${@:4}" >>"$1"
}
told() {
  jq -n -L "$benches" --slurpfile paired paired --slurpfile chain chain --arg rules none --argjson size 100 --arg commit none \
    -f "$benches/summary.jq" >summary && jq -r -L "$benches" -f "$benches/table.jq" summary >table
}
tells() { check "$1: $2" grep -qE "^$1	.*	$2\$" table; }

# --- of ratios, seconds and rates -------------------------------------------------------------------------------------------------
measured paired 'full import, first' floor 100 1 1 1
measured paired 'full import, first' engine 100 9 1.5 9
measured paired 'full import, no change' floor 100 1 1 1
measured paired 'full import, no change' engine 100 1 1.3 9
measured paired 'import of a directory, no change' floor 100 1 1 1
measured paired 'import of a directory, no change' engine 100 1.2 9 9
measured paired 'mactl --version' engine 1 0.01 0.01 1
measured paired 'audit of rights, 1000' engine 1000 0.2 1 1
measured paired 'audit of rights, 100' floor 100 0.1 0.1 1
check 'it is summed up' told
tells 'full import, first' 'goal 1.5 of CPU: met'
tells 'full import, no change' 'goal 1.25 of CPU: not met, see docs/design/018-cost.md#the-import'
tells 'import of a directory, no change' 'goal 1.25 of wall: met'
tells 'mactl --version' 'goal 0.01 s: met'
tells 'audit of rights, 1000' 'goal 5000 a second: met'
check 'so it ends' test "$(tail -n 1 table)" = 'goals: 4 met, 1 not met and explained, none open'

# --- of memory ---------------------------------------------------------------------------------------------------------------------
measured chain 'full import, first' engine 10000 1 1 10
measured chain 'full import, first' engine 100000 1 1 40
measured chain 'full import, first' engine 1000000 1 1 50
measured chain 'export to a file' engine 100000 1 1 100
measured chain 'export to a file' engine 1000000 1 1 127
measured chain 'group, export of a change' engine 50000 1 1 129
check 'it is summed up' told
tells 'full import, first' 'goal 128 MB: met'
tells 'full import, first' 'goal 128 MB: met; goal 1.25 times: met'
tells 'export to a file' 'goal 128 MB: met; goal 1.25 times: not met, see docs/design/018-cost.md#goals-that-are-not-met'
tells 'group, export of a change' 'goal 128 MB: not met, see docs/performance.md#the-table'
check 'each is counted' test "$(tail -n 1 table)" = 'goals: 10 met, 3 not met and explained, none open'

# --- what nobody explained is open ------------------------------------------------------------------------------------------------
measured paired 'delta synchronisation' floor 10 1 1 1
measured paired 'delta synchronisation' engine 100 1 1.6 1
measured paired 'mactl --version' engine 1 0.011 0.01 1
measured paired 'mactl --version' engine 1 0.011 0.01 1
measured paired 'audit of rights, 2000' engine 2000 0.5 1 1
measured chain 'confirming import' engine 100 1 1 129
check 'it is summed up' told
tells 'delta synchronisation' 'goal 1.5 of CPU: not met'
check 'and named' test "$(tail -n 1 table)" = "goals: 9 met, 3 not met and explained, 4 neither met nor explained: \
mactl --version; delta synchronisation; audit of rights, 2000; confirming import, memory of 100"

# --- the explanations ----------------------------------------------------------------------------------------------------------------
jq -rn -L "$benches" 'include "goals"; [goals[].why | select(.)] | unique[]' >whys
check 'there are some' test "$(wc -l <whys)" -ge 5
while IFS='#' read -r page anchor; do
  sed -nE 's/^#+ //p' "$MACTL_SOURCE/$page" | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g' >anchors
  check "$page has $anchor" grep -qxF -- "$anchor" anchors
done <whys
finish
