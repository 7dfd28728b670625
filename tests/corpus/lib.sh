# SPDX-License-Identifier: Apache-2.0
# What the scenarios have in common: an instance in a temporary folder, runs with the exit code
# they must have, and the state as sorted text. Sourced; needs $mactl.

export LC_ALL=C.UTF-8 # what is sorted is sorted alike everywhere
failures=0
source=${2:?the source tree}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
instance=$folder/instance

# The folder of a corpus, or a word on why there is none.
need_corpus() {
  local found=${MACTL_CORPUS:-}/$1
  [ -n "${MACTL_CORPUS:-}" ] && [ -d "$found" ] && { echo "$found"; return; }
  echo "SKIPPED: \$MACTL_CORPUS has no $1" >&2
  return 1
}

new_instance() { export MACTL_HOME=$instance; }
# put AGENT FILE [NAME]: into the agent's folder
put() { mkdir -p "$instance/madata/$1" && cp "$2" "$instance/madata/$1/${3:-$(basename "$2")}"; }

# check SENTENCE COMMAND...: the sentence is what failed
check() {
  local sentence=$1
  shift
  if "$@" >"$folder/out" 2>&1; then echo "ok: $sentence"; return; fi
  echo "FAILED: $sentence"
  head -n 60 "$folder/out"
  failures=$((failures + 1))
}
quiet() { "$@" >"$folder/quiet" 2>&1 || { cat "$folder/quiet"; return 1; }; }
same() { diff <(printf '%s\n' "$2") <(printf '%s\n' "$1"); }
# contains FILE LINES: each of the lines is in the file
contains() { ! grep -vxF -f "$1" <<<"$2"; }

# run CODE MA PROFILE
run() {
  "$mactl" run-profile "$2" "$3" >"$folder/run" 2>&1
  local code=$?
  [ "$code" -eq "$1" ] && { echo "ok: $2 / $3 ends with $1"; return; }
  echo "FAILED: $2 / $3 ends with $code, wanted $1"
  cat "$folder/run"
  failures=$((failures + 1))
}

# --- a scenario ------------------------------------------------------------------------------
# Its folder has config/ (as it is imported), mactl.xml, data/AGENT/ (what the systems hold at the
# beginning) and expected/NAME.txt, one file for each state that it looks at: what the last run said,
# then every object of the connector spaces and of the metaverse, sorted. MACTL_ACCEPT=1 writes these
# files anew; read the difference before you believe it.
scenario() {
  here=$source/tests/corpus/$1
  new_instance
  quiet "$mactl" config import "$here/config" || exit 1
  cp "$here/mactl.xml" "$instance/"
  mkdir -p "$instance/madata"
  cp -r "$here"/data/* "$instance/madata/"
}
# step NAME CODE MA PROFILE: a run, and the state that it must leave
step() {
  run "$2" "$3" "$4"
  stands "$1"
}
# stands NAME: the state is as expected/NAME.txt has it
stands() {
  { ran; "$mactl" dump | plainly | folded; } >"$folder/$1.txt"
  [ -z "${MACTL_ACCEPT:-}" ] || { mkdir -p "$here/expected" && cp "$folder/$1.txt" "$here/expected/"; }
  check "the state is that of expected/$1.txt" diff -u "$here/expected/$1.txt" "$folder/$1.txt"
}
# Runs of blanks as one, but for those at the beginning: the columns of a name give way. A transient has a
# GUID for a name.
plainly() { sed -E 's/([^ ]) {2,}/\1 /g; s/ +$//; s/(mactl-transient=)[0-9a-f-]{36}/\1GUID/g'; }
# An object as "AGENT: DN", its parts below it, a value with who gave it in one line.
folded() {
  awk '
    { word = text = "" }
    /^(dn|agent|type|state|metaverse|connectors) / { word = $1; text = substr($0, length($1) + 2) }
    /^$/ { say(""); object = linked = 0; next }
    word == "dn" { dn = text; object = 1; next }
    word == "agent" { print "\n" text ": " dn; next }
    word == "metaverse" && !object { print "\n" $0; object = 1; next }
    word == "connectors" { linked = 1; say("  connector " text); next }
    /^attributes$/ { linked = 0; next }
    linked { sub(/^ +/, "  connector "); say($0); next }
    /^ +<- / { sub(/^ +/, " "); held = held $0; next }
    { say("  " (word == "type" || word == "state" ? text : $0)) }
    function say(line) { if (held != "") print held; held = line }
  '
}
# What the last run said: results, counters, errors. Numbers of runs and times are not the same twice.
ran() {
  "$mactl" runs show last | sed -E 's/^run [0-9]+ /run/; s/  [0-9.]+ s$//; s/mactl runs show [0-9]+ --errors//' | plainly
  "$mactl" runs show last --errors | sed -E '/occurred  /d' | plainly
}
# counted AGENT COUNTER [GROUP]: how many the last run counted in it; a group as the JSON has it (inbound ...)
counted() {
  "$mactl" runs show last -o json | jq --arg agent "$1" --arg counter "$2" --arg group "${3:-}" \
    '[.steps[].counters[] | select(.agent == $agent) | to_entries[] | select($group == "" or .key == $group)
      | .value | objects | .[$counter] // 0] | add // 0'
}
# edit FILE SED-PROGRAM...: what happens outside. A program that changes nothing is a mistake of the test.
edit() {
  local file=$1 program
  shift
  for program in "$@"; do
    sed -i.before -e "$program" "$file"
    ! cmp -s "$file.before" "$file" || check "the edit of $(basename "$file") changes it: $program" false
    rm "$file.before"
  done
}
# ended RESULT: the last run
ended() { same "$("$mactl" runs show last -o json | jq -r .result)" "$1"; }

finish() {
  [ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
}

# --- states as text -------------------------------------------------------------------------
# An expectation without its comments (a line that begins with #, and what follows two blanks and
# a #) and blank lines, runs of blanks as one.
strip() { sed -e '/^#/d' -e '/^$/d' -e 's/  # .*$//' -e 's/   */ /g' -e 's/ *$//' "$1"; }
squeeze() { sed -e '/^$/d' -e 's/   */ /g' -e 's/ *$//'; }

# dumped AGENT AWK-PROGRAM: of each object of the agent; `dn`, `type`, `state` are set
dumped() {
  "$mactl" dump cs | awk -v agent="$1" '
    /^dn  / { dn = $0; sub(/^dn +/, "", dn); section = ""; type = ""; next }
    /^agent  / { mine = $0; sub(/^agent +/, "", mine); next }
    /^type  / { type = $2; next }
    /^state  / { state = $0; sub(/^state +/, "", state); sub(/ \(.*/, "", state); here() ; next }
    /^[a-z]/ { section = $0; if (mine == agent) head(); next }
    /^  / { if (mine == agent) line() }
    function here() { if (mine == agent) first() }
    '"$2"
}
# objects AGENT [ATTRIBUTE...]: what each holds, but for these attributes
objects() {
  local agent=$1
  shift
  dumped "$agent" '
    function first() { if (state != "placeholder") printf "dn %s\ntype %s\n", dn, type }
    function head() { }
    function line() { if (section == "synchronized") print }' |
    grep -vE "^ +($(IFS='|'; echo "${*:-no such}")) " | squeeze
}
# pending AGENT: what is to be exported
pending() {
  dumped "$1" '
    function first() { }
    function head() {
      if (section ~ /^pending export/) printf "dn %s\n%s", dn, section ~ /delete/ ? "  delete\n" : ""
    }
    function line() { if (section ~ /^pending export/) print }' | squeeze
}
# states AGENT: one line an object, "connector DN"
states() {
  dumped "$1" '
    function first() { printf "%s %s\n", state, dn }
    function head() { }
    function line() { }' | sort | squeeze
}
# metaverse AGENT...: one line a value, "KEY ATTRIBUTE VALUE <- AGENT THAT GAVE IT". An object, and who
# refers to it, is named by its connector in the first of these agents that it has one in.
metaverse() {
  "$mactl" dump mv >"$folder/mv"
  awk -v order="$(printf '%s|' "$@")" '
    function keep(text,   at) {
      at = index(text, ": "); agents[++n] = substr(text, 1, at - 1)
      text = substr(text, at + 2); sub(/ \([^()]*\)$/, "", text); dns[n] = text
    }
    function name(   i, j) {
      for (i = 1; i < wanted; i++)
        for (j = 1; j <= n; j++) if (agents[j] == names[i]) return dns[j]
      return dns[1]
    }
    function settle(   j) {
      if (label == "") return
      if (pass == 1) key[label] = name()
      else {
        print key[label], "type", type
        for (j = 1; j <= n; j++) print key[label], "connector", agents[j] ": " dns[j]
      }
      label = ""
    }
    function flush(giver,   j) {
      for (j = 1; j <= held; j++)
        if (pass == 2) print key[label], attr[j], (value[j] in key ? key[value[j]] : value[j]), giver
      held = 0
    }
    FNR == 1 { settle(); pass++; wanted = split(order, names, "|") }
    /^metaverse/ { settle(); label = substr($0, 17); n = 0; section = 0; next }
    /^type/ { type = $2; next }
    /^connectors/ { keep(substr($0, 17)); next }
    /^attributes/ { section = 1; next }
    !section && /^ / { keep(substr($0, 17)); next }
    /^      <- / { giver = substr($0, 7); sub(/, .*/, "", giver); flush(giver); next }
    /^    / { attr[++held] = $1; value[held] = substr($0, 34); next }
    END { settle() }
  ' "$folder/mv" "$folder/mv" | squeeze | sort
}
# The errors of the last run: DN, type and attribute.
cut_errors() {
  "$mactl" runs show "$("$mactl" runs list -o json | tr -d ' \n' | sed 's/.*"runs":\[{[^}]*"run":\([0-9]*\).*/\1/')" --errors |
    awk '/^[a-z]+-error/ { dn = $0; sub(/^[a-z-]+  /, "", dn); split(dn, part, "  "); next_line = part[2] " " part[1]; print next_line }' | sort
}

# append_to_entries LDIF FILE: lines of FILE go to the entries whose sourceAnchor they name
append_to_entries() {
  awk '
    FNR == NR {
      if (/^#/ || /^$/) next
      if (/^sourceAnchor:/) { key = $2; next }
      more[key] = more[key] $0 "\n"
      next
    }
    { print }
    /^sourceAnchor: / && $2 in more { printf "%s", more[$2] }
  ' "$2" "$1" >"$folder/changed" && cat "$folder/changed" >"$1"
}

# --- small configurations -------------------------------------------------------------------
# pair: HR provisions people to a Directory, both LDIF. hybrid: the sample of docs/examples.
# Both run in $instance, which new_instance exported. Guards: import_guard PERCENT.
import_pair() {
  local pair=$source/tests/integration/data/pair
  quiet "$mactl" config import "$pair/export" && cp "$pair/mactl.xml" "$instance/" &&
    put HR "$pair/data/hr.ldif" && put Directory "$pair/data/directory.ldif"
}
import_hybrid() {
  local hybrid=$source/docs/examples/hybrid
  quiet "$mactl" config import "$hybrid/export" && cp "$hybrid/mactl.xml" "$instance/" &&
    put fabrikam.example "$hybrid/data/fabrikam.ldif"
}
# in_settings XML: before the end of mactl.xml
in_settings() { sed -i "s|</mactl>|  $1\n</mactl>|" "$instance/mactl.xml"; }
# told WORDS: the last run said them
told() { grep -qF -- "$1" "$folder/run" || { cat "$folder/run"; return 1; }; }
not_told() { ! told "$1"; }
# everything: the state of all, to compare
everything() { "$mactl" dump; }

# In a sweep the same words mean something else (sweep/sweep.sh).
[ -z "${MACTL_SWEEP:-}" ] || . "$source/tests/corpus/sweep/swept.sh"
