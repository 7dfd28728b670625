# SPDX-License-Identifier: Apache-2.0
# same_output.awk EXPECTED GOT: whether a command printed what a document says. "..." within a
# line stands for any text, a line that is "..." for any lines, also none. Blanks at the end of a
# line, times, dates, process numbers and GUIDs of this run are not compared. Exit code 1: another output.

# mawk knows no {8}
BEGIN {
  four = "[0-9a-f][0-9a-f][0-9a-f][0-9a-f]"
  guid = four four "-" four "-" four "-" four "-" four four four
}

function plain(line) {
  gsub(/[0-9]+-[0-9][0-9]-[0-9][0-9][ T][0-9][0-9]:[0-9][0-9]:[0-9][0-9](\.[0-9]+Z)?/, "<date>", line)
  gsub(/[0-9]+(\.[0-9]+)? m?s([^a-zA-Z0-9]|$)/, "<time> ", line)
  gsub(/process [0-9]+/, "process <number>", line)
  gsub(guid, "<guid>", line)
  gsub(/ +/, " ", line)
  sub(/ $/, "", line)
  return line
}

# The parts of `want` between its "..." are in `got`, in order, the outer ones at its ends.
function fits(want, got,   part, n, i, at) {
  n = split(want, part, /\.\.\./)
  if (n < 2) return want == got
  if (substr(got, 1, length(part[1])) != part[1]) return 0
  got = substr(got, length(part[1]) + 1)
  for (i = 2; i < n; i++) {
    at = index(got, part[i])
    if (at == 0) return 0
    got = substr(got, at + length(part[i]))
  }
  return length(got) >= length(part[n]) && substr(got, length(got) - length(part[n]) + 1) == part[n]
}

function same(w, g,   to) {
  for (; w <= wanted; w++) {
    if (want[w] == "...") {
      for (to = g; to <= gotten + 1; to++)
        if (same(w + 1, to)) return 1
      return 0
    }
    if (g > gotten || !fits(want[w], got[g])) {
      if (w > furthest) furthest = w
      return 0
    }
    g++
  }
  return g == gotten + 1
}

FNR == NR && FILENAME == ARGV[1] { shown[++wanted] = $0; want[wanted] = plain($0); next }
{ got[++gotten] = plain($0) }
END {
  if (same(1, 1)) exit 0
  printf "  the document has: %s\n", furthest == 0 ? "(fewer lines)" : shown[furthest]
  exit 1
}
