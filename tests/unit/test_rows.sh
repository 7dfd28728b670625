#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The transition table of docs/internals/tower.md: T1 to T34 are all there, each with tests, and every
# test that it names exists: in C, or as a scenario.
set -u
cd "${1:?source folder}" || exit 2
table=docs/internals/tower.md
bad=0
complain() { echo "$table: $*"; bad=1; }
exists() { [ -f "tests/corpus/$1/test.sh" ] || grep -rqF "START_TEST($1)" tests/unit; }
for row in T{1..34}; do
  line=$(grep -E "^\| $row \|" "$table") || { complain "there is no row $row"; continue; }
  tests=$(awk -F '|' '{ print $(NF - 1) }' <<<"$line" | grep -o '`[^`]*`' | tr -d '`')
  [ -n "$tests" ] || complain "row $row has no test"
  for name in $tests; do exists "$name" || complain "row $row: there is no test $name"; done
done
exit $bad
