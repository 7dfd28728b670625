# SPDX-License-Identifier: Apache-2.0
# What an agent refuses by itself is told before its export; an agent that cannot tell spoils nothing.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
run 0 -C i run-profile HR FIFS

# --- an agent that refuses nothing: nothing is said of it
run 0 -C i pending Directory
says_not 'refused'
run 0 -C i pending Directory -o json
check 'of nobody' jq -e '[.objects[] | select(.refused)] == []' <<<"$out"

# --- one that keeps an attribute
as() { # PLUGIN [PARAMETER VALUE]
  sed -i "s|<agent name=\"Directory\".*|<agent name=\"Directory\" plugin=\"$1\"><parameter name=\"${2:-none}\">${3:-none}</parameter>|" i/mactl.xml
}
as list_ma keeps title
run 0 -C i pending Directory
says 'refused before anything is sent (! certainly, ? perhaps)'
says '! Directory: title, 5 objects ('
says 'remedy: take out the flow'
run 0 -C i pending Directory -o wide
says 'REFUSED'
run 0 -C i pending Directory --op add --csv
check 'the column has the attribute' test "$(grep -c ',title$' <<<"${out//$'\r'/}")" = 5
run 0 -C i pending HR --import
says_not 'refused'
who=$("$MACTL" -C i pending Directory -o name | head -n 1)
run 0 -C i cs show Directory "$who" -o json
check 'the object has it too' jq -e '.refused == [{"attribute": "title", "type": "readonly-attribute",
  "why": "the list keeps its own", "remedy": "take out the flow"}]' <<<"$out"
run 4 -C i run-profile Directory Export
run 0 -C i runs show last --errors
says 'the list keeps its own'

# --- who crashes, hangs or is not there is a warning; the list is whole
as foresee_ma behave crash
run 0 -C i pending Directory
warns "what 'Directory' will refuse is not known: plugin 'foresee_ma': who was asked crashed"
says 'add'
run 0 -C i cs show Directory "$who"
warns 'crashed'
says 'pending export'
as foresee_ma behave secret
run 0 -C i pending Directory
warns "plugin 'foresee_ma': there are no secrets in this kind of call"
as foresee_ma behave astray
run 0 -C i pending Directory
warns 'a finding on what was not asked about'
as foresee_ma behave print
run 0 -C i pending Directory -o json
check 'what it prints is no part of the answer' jq -e '.objects | length == 5' <<<"$out"
as nothing_ma
run 0 -C i pending Directory
warns "what 'Directory' will refuse is not known: plugin 'nothing_ma'"
run 0 -C i run-profile Directory Export --dry-run
says 'what the agent will refuse is not known'
finish
