# SPDX-License-Identifier: Apache-2.0
# common.sh - what the labs share. Sourced, not run. Nothing here writes beside the scripts, so they may lie
# in a read-only folder. A pid file holds "PID START": START (field 22 of /proc/PID/stat) tells a recycled number.
set +m                                    # no job control: else setsid forks and $! is not the server
PATH=$PATH:/usr/sbin:/sbin

say() { printf '%s\n' "$*" >&2; }
die() { say "${0##*/}: $*"; exit 1; }

# stat_of PID: state, parent, group, session, ... of a process, into the array STAT; fails when there is none
stat_of() {
  local s
  { IFS= read -r -d '' s || [ -n "$s" ]; } 2>/dev/null </proc/"$1"/stat || return 1
  read -r -a STAT <<<"${s##*) }"
} 2>/dev/null

# alive PIDFILE: is what we started still there, not a zombie and not somebody else under the same number?
alive() {
  local pid since
  read -r pid since 2>/dev/null <"$1" || return 1
  stat_of "$pid" && [ "${STAT[19]}" = "$since" ] && [ "${STAT[0]}" != Z ]
} 2>/dev/null

# session_of PID: the living members of the session PID leads (zombies wait for pid 1 and hold nothing)
session_of() {
  local d
  for d in /proc/[0-9]*; do
    stat_of "${d#/proc/}" && [ "${STAT[3]}" = "$1" ] && [ "${STAT[0]}" != Z ] && echo "${d#/proc/}"
  done
  return 0
}

# launch PIDFILE LOG COMMAND...: in a session of its own, so that halt finds whatever it forks. It is in the pid file
# before it is there, so that halt finds it even where who started it was killed.
launch() {
  local pidfile=$1 log=$2; shift 2
  ( stat_of "$BASHPID" && echo "$BASHPID ${STAT[19]}" >"$pidfile" && exec setsid "$@" ) </dev/null >"$log" 2>&1 9>&- &
  until [ -s "$pidfile" ]; do stat_of $! && [ "${STAT[0]}" != Z ] || { cat "$log" >&2; die "$1 did not start"; }; done
}

# halt PIDFILE: SIGTERM, up to 10 s of patience, then SIGKILL to whatever of the session is left; a minute for that
halt() {
  local pid since p i
  read -r pid since 2>/dev/null <"$1" || { rm -f "$1"; return 0; }
  if ! stat_of "$pid" || [ "${STAT[19]}" = "$since" ]; then      # a recycled number means that all of ours is gone
    if alive "$1"; then kill "$pid" 2>/dev/null || true
    else for p in $(session_of "$pid"); do kill "$p" 2>/dev/null || true; done; fi
    for i in $(seq 1 400); do [ -n "$(session_of "$pid")" ] || break; sleep 0.025; done
    for p in $(session_of "$pid"); do kill -9 "$p" 2>/dev/null || true; done
    for i in $(seq 1 2400); do [ -n "$(session_of "$pid")" ] || break; sleep 0.025; done
    [ -z "$(session_of "$pid")" ] || die "processes left: $(session_of "$pid" | tr '\n' ' ')"
  fi
  rm -f "$1"
}

# answers IP PORT: does anybody listen there?
answers() { (exec 3<>"/dev/tcp/$1/$2") 2>/dev/null; }

# own_dir DIR: make it for this user only; refuse one that is not ours or holds something else (destroy removes it)
own_dir() {
  mkdir -p -m 755 "$1"
  [ -O "$1" ] && [ ! -L "$1" ] || die "$1 belongs to somebody else"
  [ -e "$1/.lab" ] || [ -z "$(ls -A "$1")" ] || die "$1 is not empty and not a lab"
  : >"$1/.lab"
}
remove_dir() {
  [ -e "$1" ] || return 0
  [ -e "$1/.lab" ] || die "$1 is not a lab: not removed"
  rm -rf "$1"
}

# exports NAME VALUE...: single-quoted lines for eval, in any POSIX shell
exports() { while [ $# -gt 0 ]; do printf "export %s='%s'\n" "$1" "${2//\'/\'\\\'\'}"; shift 2; done; }
