# SPDX-License-Identifier: Apache-2.0
# Lines of figure, size, microseconds of CPU an entry (tabs) become an SVG with logarithmic axes.
function x(size) { return 70 + (log(size) - log(least)) / (log(most) - log(least) + 1e-9) * 480 }
function y(cost) { return 330 - (log(cost) - log(low)) / (log(high) - log(low)) * 300 }
{
  if (!($1 in seen)) { seen[$1] = ++figures; name[figures] = $1 }
  size[NR] = $2; cost[NR] = $3 > 0 ? $3 : 0.01; of[NR] = seen[$1]
  if (least == "" || $2 < least) least = $2
  if (most == "" || $2 > most) most = $2
}
END {
  low = 1; high = 10000
  split("#1b6ca8 #c0392b #27ae60 #8e44ad #d68910 #16a085 #7f8c8d #2c3e50", colour, " ")
  print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"860\" height=\"380\" font-family=\"sans-serif\" font-size=\"12\">"
  print "<rect width=\"860\" height=\"380\" fill=\"white\"/>"
  for (c = low; c <= high; c *= 10)
    printf "<line x1=\"70\" x2=\"550\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"62\" y=\"%.1f\" text-anchor=\"end\">%d</text>\n", y(c), y(c), y(c) + 4, c
  for (i = 1; i <= NR; i++)
    if (!(size[i] in marked)) {
      marked[size[i]] = 1
      printf "<text x=\"%.1f\" y=\"350\" text-anchor=\"middle\">%d</text>\n", x(size[i]), size[i]
    }
  print "<text x=\"310\" y=\"372\" text-anchor=\"middle\">entries</text><text x=\"14\" y=\"20\">us of CPU an entry</text>"
  for (f = 1; f <= figures; f++) {
    points = ""
    for (i = 1; i <= NR; i++)
      if (of[i] == f) {
        points = points sprintf("%.1f,%.1f ", x(size[i]), y(cost[i]))
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", x(size[i]), y(cost[i]), colour[f]
      }
    printf "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>\n", points, colour[f]
    printf "<text x=\"570\" y=\"%d\" fill=\"%s\">%s</text>\n", 40 + 20 * f, colour[f], name[f]
  }
  print "</svg>"
}
