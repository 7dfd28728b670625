# SPDX-License-Identifier: Apache-2.0
# Runs in the background whose agent (gate_ma, "behave" gate) waits at a gate, so that whatever
# happens meanwhile happens at a known moment. Sourced behind pair.sh. One run an agent.
declare -A supervisors workers
gated=

# gates_begin FOLDER: the gates of both agents
gates_begin() {
  gated=$1
  mkfifo "$1"/madata/{HR,Directory}/{ready,gate}
}

# begin AGENT PROFILE [OPTION...]: at the gate when this returns. $supervisor, $worker: of this run.
begin() {
  local line
  "$MACTL" -C "$gated" run-profile "$@" >"$TMPDIR/$1.out" 2>"$TMPDIR/$1.err" </dev/null &
  supervisor=$!
  hear line "$gated/madata/$1/ready"
  worker=$("$MACTL" -C "$gated" runs show last -o json | jq .process)
  supervisors[$1]=$supervisor workers[$1]=$worker begun=$1
  last="run-profile $* (in the background, $line)"
}

# hear NAME FIFO: the next line that is said there. Where the one who spoke last has not closed it yet, that is none.
hear() { until read -r "$1" <"$2"; do :; done; }

open_gate() { : >"$gated/madata/$1/gate"; }

# ended CODE [AGENT]: the run has ended with it; of the agent begun last where none is named
ended() {
  local got=0 agent=${2-$begun}
  wait "${supervisors[$agent]}" 2>/dev/null || got=$?
  out=$(cat "$TMPDIR/$agent.out") err=$(cat "$TMPDIR/$agent.err")
  [ "$got" = "$1" ] || fail "exit code $got instead of $1"
}

# gone PID: it does not exist any more, or is a zombie that nobody has waited for
gone() { [ ! -e "/proc/$1/fd/0" ] || [ -z "$(readlink "/proc/$1/exe")" ]; }
wait_gone() { while ! gone "$1"; do :; done; }
