# SPDX-License-Identifier: Apache-2.0
# What the scenarios have in common: an instance in a temporary folder, runs with the exit code
# they must have, and the state as sorted text. Sourced; needs $mactl.

failures=0
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

finish() {
  [ "$failures" -eq 0 ] || { echo "$failures failed"; exit 1; }
}

# --- states as text -------------------------------------------------------------------------
# An expectation without its comments and blank lines, runs of blanks as one.
strip() { sed -e '/^#/d' -e '/^$/d' -e 's/   */ /g' -e 's/ *$//' "$1"; }
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
    function head() { if (section ~ /^pending export/) printf "dn %s\n", dn }
    function line() { if (section ~ /^pending export/) print }' | squeeze
}
# states AGENT: one line an object, "connector DN"
states() {
  dumped "$1" '
    function first() { printf "%s %s\n", state, dn }
    function head() { }
    function line() { }' | sort | squeeze
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
