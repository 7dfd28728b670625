# SPDX-License-Identifier: Apache-2.0
# What was measured, and what it comes to: for each figure the ratios of the engine to the mean
# of the floors around it (where they are not as many as they should be: to the n-th floor).

def median: sort | if length == 0 then null else .[(length - 1) / 2 | floor] end;
def spread: if length == 0 then null else {min: min, median: median, max: max} end;

# goals, as ratios that may not be exceeded; docs/performance.md says where they come from
def goal: {
  "full import, first": 1.5, "full import, no change": 1.25,
  "full synchronisation, first": 3.33, "full synchronisation, no change": 3.33,
  "full synchronisation, no change again": 3.33,
  "export to a file": 1.11, "delta synchronisation": 1.5,
  "100 attribute flows (us)": 2, "configuration import": 1.5, "DirSync delta of 100 changes": 1.5
};
# the same of the wall clock, where another machine is waited for
def wall_goal: {
  "Graph pages, first": 1.25, "Graph pages, no change": 1.25, "SCIM pages by index, first": 1.25, "SCIM pages by index, no change": 1.25,
  "SCIM pages by cursor, first": 1.25, "SCIM pages by cursor, no change": 1.25, "import of a directory, first": 1.5, "import of a directory, no change": 1.25, "export to a directory, 1 ms": 1.11,
  "import of a directory, 1 ms, first": 1.2, "import of a directory, 1 ms, no change": 1.1
};

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
     ratio_cpu: (ratios([$e[].cpu]; [$f[].cpu]; 0) | spread),
     goal: goal[$name], wall_goal: wall_goal[$name]};

{format: "mactl/bench/1", commit: $commit, size: $size, rules: $rules,
 figures: [([$paired[].figure] | reduce .[] as $f ([]; if index([$f]) then . else . + [$f] end))[] as $name
           | figure($name; $paired)],
 chain: [$chain[] | select(.side == "engine")],
 measured: $paired}
