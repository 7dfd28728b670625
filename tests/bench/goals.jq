# SPDX-License-Identifier: Apache-2.0
# The goals of the benches. A goal is of the ratio of CPU or of wall clock to the floor, which may
# not be exceeded, or of seconds, or of objects a second, which are to be reached. Where a machine that works is waited for, the wall
# clock counts. `why` is where it is explained that a goal is not met; one that has none is met, and is open where it is not.

def not_met: "docs/design/018-cost.md#goals-that-are-not-met";
def goals: {
  "full import, first": {of: "cpu", goal: 1.5, why: "docs/design/018-cost.md#the-import"},
  "full import, no change": {of: "cpu", goal: 1.25, why: "docs/design/018-cost.md#the-import"},
  "full synchronisation, first": {of: "cpu", goal: 3.33, why: not_met},
  "full synchronisation, no change": {of: "cpu", goal: 3.33, why: not_met},
  "full synchronisation, no change again": {of: "cpu", goal: 3.33, why: "docs/design/018-cost.md#what-came-to-nothing"},
  "export to a file": {of: "cpu", goal: 1.11, why: not_met},
  "delta synchronisation": {of: "cpu", goal: 1.5},
  "100 attribute flows (us)": {of: "cpu", goal: 2},
  "configuration import": {of: "cpu", goal: 1.5, why: "docs/design/018-cost.md#the-configuration"},
  "DirSync delta of 100 changes": {of: "cpu", goal: 1.5, why: not_met},
  "import of a directory, first": {of: "wall", goal: 1.5, why: not_met},
  "import of a directory, no change": {of: "wall", goal: 1.25},
  "import of a directory, 1 ms, first": {of: "wall", goal: 1.2, why: not_met},
  "import of a directory, 1 ms, no change": {of: "wall", goal: 1.1, why: not_met},
  "export to a directory, 1 ms": {of: "wall", goal: 1.11, why: not_met},
  "Graph pages, first": {of: "wall", goal: 1.25, why: "docs/design/014-the-cloud-agent.md#what-it-costs"},
  "Graph pages, no change": {of: "wall", goal: 1.25},
  "SCIM pages by index, first": {of: "wall", goal: 1.25},
  "SCIM pages by index, no change": {of: "wall", goal: 1.25},
  "SCIM pages by cursor, first": {of: "wall", goal: 1.25},
  "SCIM pages by cursor, no change": {of: "wall", goal: 1.25},
  "mactl --version": {of: "seconds", goal: 0.01},
  "audit of rights": {of: "rate", goal: 5000},
  # anonymous memory of each step, MB, and what it is of that at the next smaller size from 100 000 on
  "memory": {of: "memory", goal: 128},
  "memory of a large group": {of: "memory", goal: 128, why: "docs/performance.md#the-table"},
  "growth": {of: "growth", goal: 1.25, why: not_met},
  # how many times as long they take (peers)
  "syncrepl": {of: "times", goal: 2},
  "slapadd": {of: "times", goal: 1, why: "docs/design/018-cost.md#an-initial-load"},
  "python-ldap": {of: "times", goal: 10, why: "docs/design/018-cost.md#an-initial-load"}
};
# of a figure that is measured at several sizes, a size goes behind its name
def goal_of($name): goals[$name] // goals[$name | sub(", [0-9]+$"; "")];

def words: {cpu: " of CPU", wall: " of wall", times: " times", seconds: " s", rate: " a second", memory: " MB", growth: " times"};
# verdict(value): what came of a goal, or null where nothing was measured of it
def verdict($value):
  if .goal == null or $value == null then null
  else . + {value: $value, met: (if .of == "rate" or .of == "times" then $value >= .goal else $value <= .goal end)} end;
def told: if . == null then ""
  else "goal \(.goal)\(words[.of]): " + (if .met then "met" elif .why then "not met, see \(.why)" else "not met" end) end;
# of figures with verdicts: how it ends
def ending:
  [.[] | select(.verdict)] | map(select(.verdict.met | not)) as $missed | [$missed[] | select(.verdict.why | not) | .name] as $open
  | "goals: \(length - ($missed | length)) met, \(($missed | length) - ($open | length)) not met and explained, "
    + (if $open == [] then "none open" else "\($open | length) neither met nor explained: \($open | join("; "))" end);
