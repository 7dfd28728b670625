#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# sweep.sh MACTL SOURCE SCENARIO: the scenario ends as ever where each of its runs was killed at the 1st,
# 2nd, ... n-th moment around a commit, and before the 1st, 2nd, ... n-th report of its agent, and
# done again. That takes minutes and is for MACTL_LONG=1; else one pass draws a moment for each run by lot.
set -uo pipefail
mactl=$1
source=$2
scenario=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# The agents' plugin, and what stands in for it.
find_plugin() { IFS=: ; for path in $MACTL_PLUGIN_PATH; do [ ! -e "$path/$1.so" ] || { echo "$path/$1.so"; return; }; done; }
export MACTL_WRAPPED
MACTL_WRAPPED=$(find_plugin file_ma)
mkdir "$work/plugins"
ln -s "$(find_plugin dying_ma)" "$work/plugins/file_ma.so"
export MACTL_PLUGIN_PATH=$work/plugins:$MACTL_PLUGIN_PATH

# pass NAME HOW: what it came to is in $work/NAME
pass() {
  mkdir "$work/$1"
  MACTL_SWEPT=$work/$1 MACTL_SWEEP=$2 "$source/tests/corpus/$scenario/test.sh" "$mactl" "$source" >"$work/$1/log" 2>&1 && return
  echo "FAILED: killed at $2"
  head -n 40 "$work/$1/log"
  failed=$((failed + 1))
}
# compared HOW: a pass against the quiet one; true where something died in it
compared() {
  rm -rf "$work/swept"
  pass swept "$1"
  diff "$work/quiet/state" "$work/swept/state" >"$work/difference" || {
    echo "FAILED: another end, killed at $1"
    head -n 40 "$work/difference"
    failed=$((failed + 1))
  }
  died=$(cat "$work/swept/deaths")
  deaths=$((deaths + died))
  [ "$died" -gt 0 ]
}

pass quiet quiet
[ -s "$work/quiet/state" ] || { echo "FAILED: the scenario came to nothing"; exit 1; }
deaths=0
if [ "${MACTL_LONG:-0}" = 1 ]; then
  for kind in commit report; do
    for ((n = 1; n <= 1000; n++)); do compared "$kind $n" || break; done
    echo "$scenario: killed at $((n - 1)) moments of kind $kind"
  done
else
  compared "lot ${MACTL_SEED:-$(cksum <<<"$scenario" | cut -d ' ' -f 1)}"
fi
[ "$deaths" -gt 0 ] || { echo "FAILED: nothing died"; failed=$((failed + 1)); }
echo "$scenario: $deaths deaths, $failed failed"
[ "$failed" -eq 0 ]
