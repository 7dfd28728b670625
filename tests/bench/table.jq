# SPDX-License-Identifier: Apache-2.0
# The JSON of summary.jq as rows.
include "goals";
def number($digits): if . == null then "-" else . * pow(10; $digits) | round / pow(10; $digits) | tostring end;
def span: if . == null then "-" else "\(.min | number(2)) \(.median | number(2)) \(.max | number(2))" end;
(if .figures == [] then empty else
  ["", "wall s", "CPU s", "anon MB", "ratio of CPU", "ratio of wall", ""],
  (.figures[] | [.figure, (.wall | number(4)), (.cpu | number(4)), (.anon_mb | number(1)), (.ratio_cpu | span), (.ratio_wall | span), (.verdict | told)])
 end),
(if .chain == [] then empty else
  ["once at each size", "wall s", "CPU s", "anon MB", "entries", "us CPU an entry", ""],
  (.chain[] | if .figure == "store" then ["store of \(.mb) MB", "", "", "", (.size | tostring), "", ""]
   else [.figure, (.wall | number(2)), (.cpu | number(2)), (.anon_mb | number(1)), (.size | tostring), (.cpu * 1e6 / .size | number(1)),
         ([.verdict, .growth | select(.) | told] | join("; "))] end)
 end),
[.ending]
| @tsv
