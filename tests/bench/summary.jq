# SPDX-License-Identifier: Apache-2.0
# What was measured, and what it comes to: for each figure the ratios of the engine to the mean
# of the floors around it (where they are not as many as they should be: to the n-th floor), and what came of its goal (goals.jq).
include "goals";

def median: sort | if length == 0 then null else .[(length - 1) / 2 | floor] end;
def spread: if length == 0 then null else {min: min, median: median, max: max} end;

def ratios($engine; $floor; field):
  [range($engine | length) as $i
   | (if ($floor | length) == 2 * ($engine | length) then ($floor[2 * $i] + $floor[2 * $i + 1]) / 2
      elif $i < ($floor | length) then $floor[$i] else null end) as $beside
   | select($beside != null and $beside > 0) | $engine[$i] / $beside];

def figure($name; $all):
  [$all[] | select(.figure == $name and .side == "engine")] as $e
  | [$all[] | select(.figure == $name and .side == "floor")] as $f
  | {figure: $name, size: $e[0].size,
     wall: ([$e[].wall] | median), cpu: ([$e[].cpu] | median), anon_mb: ([$e[].anon_mb] | max),
     floor_wall: ([$f[].wall] | median), floor_cpu: ([$f[].cpu] | median),
     ratio_wall: (ratios([$e[].wall]; [$f[].wall]; 0) | spread),
     ratio_cpu: (ratios([$e[].cpu]; [$f[].cpu]; 0) | spread)}
  | {cpu: .ratio_cpu.median, wall: .ratio_wall.median, seconds: .wall, rate: (if .wall > 0 then .size / .wall else null end)} as $values
  | .verdict = (goal_of($name) | verdict($values[.of // ""]));

# a step of the chain: its memory, and what that is of the memory at the next smaller size, where a commit is full at both
def step($all):
  . as $row
  | ([$all[] | select(.figure == $row.figure and .size < $row.size and .size >= 100000)] | max_by(.size)) as $smaller
  | if .figure == "store" then .
    else .verdict = (goals[if .figure | test("^(SCIM )?group,") then "memory of a large group" else "memory" end] | verdict($row.anon_mb))
      | .growth = (goals["growth"] | verdict(if $smaller == null then null else $row.anon_mb / $smaller.anon_mb end)) end;

[$chain[] | select(.side == "engine")] as $steps
| {format: "mactl/bench/1", commit: $commit, size: $size, rules: $rules,
   figures: [([$paired[].figure] | reduce .[] as $f ([]; if index([$f]) then . else . + [$f] end))[] as $name
             | figure($name; $paired)],
   chain: [$steps[] | step($steps)],
   measured: $paired}
| .ending = ([(.figures[] | {name: .figure, verdict}),
              (.chain[] | {name: "\(.figure), memory of \(.size)", verdict: (.verdict, .growth)})] | ending)
