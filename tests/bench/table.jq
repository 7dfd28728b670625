# SPDX-License-Identifier: Apache-2.0
# The JSON of summary.jq as rows.
def number($digits): if . == null then "-" else . * pow(10; $digits) | round / pow(10; $digits) | tostring end;
def span: if . == null then "-" else "\(.min | number(2)) \(.median | number(2)) \(.max | number(2))" end;
def judge($goal; $ratio): if $goal == null or $ratio == null then ""
  elif $ratio.median <= $goal then "goal \($goal): met" else "goal \($goal): not met" end;
def judged: judge(.goal; .ratio_cpu) + judge(.wall_goal; .ratio_wall);

(if .figures == [] then empty else
  ["", "wall s", "CPU s", "anon MB", "ratio of CPU", "ratio of wall", ""],
  (.figures[] | [.figure, (.wall | number(4)), (.cpu | number(4)), (.anon_mb | number(1)), (.ratio_cpu | span), (.ratio_wall | span), judged])
 end),
(if .chain == [] then empty else
  ["once at each size", "wall s", "CPU s", "anon MB", "entries", "us CPU an entry", ""],
  (.chain[] | if .figure == "store" then ["store of \(.mb) MB", "", "", "", (.size | tostring), "", ""]
   else [.figure, (.wall | number(2)), (.cpu | number(2)), (.anon_mb | number(1)), (.size | tostring), (.cpu * 1e6 / .size | number(1)),
         (if .anon_mb > 128 then "above 128 MB" else "" end)] end)
 end)
| @tsv
