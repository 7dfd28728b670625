# SPDX-License-Identifier: Apache-2.0
# Sourced by lib.sh in a sweep. The scenario goes as ever, but each of its runs is killed first and
# then done again, and nothing is looked at before the end. $MACTL_SWEEP says where a run dies:
#   quiet      nowhere
#   commit N   at the N-th moment around a commit of the store
#   report N   before the N-th object that the agent reports
#   lot N      each at a moment of its own, drawn by lot; N is the seed
# What the scenario comes to is written to $MACTL_SWEPT/state, how often it died to $MACTL_SWEPT/deaths.
read -r how number <<<"$MACTL_SWEEP"
declare -A variables=([commit]=MACTL_DIE_AT [report]=MACTL_DIE_AT_REPORT)
instances=() deaths=0
RANDOM=$((number + 0))

check() { :; }
stands() { :; }

# draw: kind and moment of the next death
draw() {
  kind=$how at=$number
  [ "$how" = lot ] || return 0
  kind=commit at=$((RANDOM % (RANDOM % 24 + 1) + 1)) # earlier ones more often: few runs have that many
  [ $((RANDOM % 3)) != 0 ] || kind=report at=$((RANDOM % 4 + 1))
}
profile() {
  "$mactl" run-profile "$@" >"$folder/run" 2>&1 </dev/null
  code=$?
}
# It died by a kill: all of it, or the worker.
dead() { [ "$code" -eq 137 ] || { [ "$code" -eq 1 ] && grep -qE 'stopped-service-shutdown|the worker died' "$folder/run"; }; }
run() {
  local kind=quiet at=0 code wanted=$1
  shift
  draw
  [ "$kind" = quiet ] || export "${variables[$kind]}=$at"
  profile "$@"
  [ "$kind" = quiet ] || unset "${variables[$kind]}"
  if dead; then
    deaths=$((deaths + 1))
    profile "$@"
    [ "$code" -ne 0 ] || wanted=0 # what there was to complain about, the run that died was told
  fi
  [ "$code" -eq "$wanted" ] && return
  echo "FAILED: $* ends with $code, wanted $wanted, killed at $kind $at"
  cat "$folder/run"
  failures=$((failures + 1))
}

new_instance() {
  export MACTL_HOME=$instance
  instances+=("$instance")
}
# What an instance, and the systems behind it, came to. How often an object failed is not compared: one
# that failed in a run that died fails once more.
outcome() {
  "$mactl" -C "$1" dump | sed -E 's/^((import|export) error .*) x[0-9]+/\1/'
  find "$1/madata" -type f | sort | while read -r file; do
    echo "${file#"$1"}"
    sort "$file"
  done
}
finish() {
  local each
  for each in "${instances[@]}"; do outcome "$each"; done >"$MACTL_SWEPT/state"
  echo "$deaths" >"$MACTL_SWEPT/deaths"
  [ "$failures" -eq 0 ]
  exit
}
