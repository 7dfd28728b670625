#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cloud-lab.sh - SCIM servers and an OAuth token endpoint on 127.0.0.1, from npm. Debian 12; only the apt part needs root.
#
#   cloud-lab.sh install [NAME...]    node and npm (apt) where missing, then npm ci under CLOUD_LAB_DIR; default: all
#   cloud-lab.sh start NAME[@PORT]    start, wait until it answers, print what env prints
#   cloud-lab.sh stop [NAME[@PORT]]   by recorded pid, wait for it; without a name: all
#   cloud-lab.sh env NAME[@PORT]      shell lines to eval: endpoint and token
#   cloud-lab.sh status               what runs; 1 when nothing does
#   cloud-lab.sh exercise NAME[@PORT] [N]   some 50 protocol questions, then N creates (default 1000) and listings
#   cloud-lab.sh types NAME[@PORT] MAPPING...   whether an emulator of Graph, and mappings, are as Microsoft publishes
#   cloud-lab.sh installed NAME        whether it was installed
#   cloud-lab.sh destroy              stop all and remove CLOUD_LAB_DIR, node_modules included
#
# NAME         port  what it is                          from the environment of start
# scimmy       8801  the main SCIM server                TOKEN, SEED=n users, STATE=file (default: memory only), FLUSH_MS, HYBRID=no
# jackson      8802  sloppy, as found in production      KIND=generic-scim-v2|azure-scim-v2|okta-scim-v2|...
# betterauth   8804  strict; 500 users at most           TOKEN (32 characters or more)
# oauth        8810  signed tokens, JWKS                 TTL=seconds, AUD
# front        8811  TLS, HTTP/2 and a proxy before one  TO=URL, KEY=file, CERT=file, PROXY_USER=name:password
# graph        8805  an emulator of Microsoft Graph      PAGE=size, LAG=ms, STATE=file
#
# CLOUD_LAB_DIR   all that is written (default build/lab/cloud of this tree), npm's cache too unless npm_config_cache is set
set -eu
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/../common.sh"
D=${CLOUD_LAB_DIR:-$(cd "$HERE/../../.." && pwd)/build/lab/cloud}
case $D in /*) ;; *) die "CLOUD_LAB_DIR must be absolute: $D" ;; esac
ALL="scimmy jackson betterauth oauth graph front"

# apt_install PACKAGE...: no questions, no daemon started. /usr/sbin/policy-rc.d is made only if absent and goes again.
# The lock keeps another lab's install from losing the policy half way.
apt_install() {
  local p missing=""
  for p; do dpkg-query -W -f '${db:Status-Abbrev}\n' "$p" 2>/dev/null | grep -q '^ii' || missing="$missing $p"; done
  if [ -z "$missing" ]; then say "installed already"; return 0; fi
  [ "$(id -u)" = 0 ] || die "install needs root (missing:$missing)"
  ( policy=/usr/sbin/policy-rc.d
    exec 8</var/lib/dpkg; flock 8
    trap 'exit 130' INT TERM HUP
    if [ ! -e $policy ] && [ ! -L $policy ]; then
      trap 'rm -f $policy' EXIT
      printf '#!/bin/sh\nexit 101\n' >$policy; chmod 755 $policy
    fi
    apt() { DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@" 8<&-; }
    compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null || apt update >&2
    apt install -y --no-install-recommends $missing >&2 ||
      { apt update >&2 && apt install -y --no-install-recommends $missing >&2; } )
}

folder_of() { case $1 in scimmy|oauth|graph|front) echo main ;; jackson|betterauth) echo "$1" ;; *) die "no server '$1': $ALL" ;; esac; }
port_of() { case $1 in scimmy) echo 8801 ;; jackson) echo 8802 ;; betterauth) echo 8804 ;; oauth) echo 8810 ;; graph) echo 8805 ;; front) echo 8811 ;; esac; }

good_node() { "$1" -e 'const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||a==20&&b>=19?0:1)' 2>/dev/null; }
node_path() {   # the node to run with: the system's when it is 20.19 or newer (Debian 12 has 18), else ours
  local n
  for n in "$(command -v node || true)" "$D"/node/node_modules/node-linux-*/bin/node; do
    if [ -x "$n" ] && good_node "$n"; then echo "$n"; return 0; fi
  done
  return 1
}

put() {   # put FOLDER: its package files and programs, fresh from here
  mkdir -p "$D/$1"; cp -f "$HERE/$1"/*.json "$D/$1/"
  ! compgen -G "$HERE/$1/*.mjs" >/dev/null || cp -f "$HERE/$1"/*.mjs "$D/$1/"
}
fetch() {   # fetch FOLDER: npm ci, unless what lies there came from the same lock file
  local want; want=$(sha256sum <"$HERE/$1/package-lock.json")
  put "$1"
  [ "$(cat "$D/$1/.installed" 2>/dev/null)" != "$want" ] || return 0
  rm -f "$D/$1/.installed"
  ( cd "$D/$1"; export npm_config_cache="${npm_config_cache:-$D/npm-cache}"
    npm ci --ignore-scripts --legacy-peer-deps --no-audit --no-fund --no-update-notifier --loglevel=error >&2 ) || die "npm ci failed in $D/$1"
  echo "$want" >"$D/$1/.installed"
}

install() {
  local n
  for n in "$@"; do folder_of "$n" >/dev/null; done
  own_dir "$D"; exec 9>>"$D/.lab"; flock 9
  { command -v node && command -v npm; } >/dev/null || apt_install nodejs npm
  node_path >/dev/null || fetch node
  node_path >/dev/null || die "no node 20.19 or newer, and npm could not fetch one (certificates? registry?)"
  PATH=$(dirname "$(node_path)"):$PATH
  for n in "$@"; do fetch "$(folder_of "$n")"; done
  say "installed in $D: $*"
}

# One running server is one instance: NAME on its own port, or NAME@PORT. Its files are run/INSTANCE.{pid,log,env}.
parse() {
  NAME=${1%@*}; FOLDER=$(folder_of "$NAME")
  case $1 in *@*) PORT=${1#*@} ;; *) PORT=$(port_of "$NAME") ;; esac
  RUN=$D/run/$1
}

start() {
  local node i url token
  parse "$1"
  [ -f "$D/$FOLDER/.installed" ] || die "not installed: run $0 install $NAME"
  node=$(node_path) || die "no node 20.19 or newer: run $0 install $NAME"
  mkdir -p "$D/run"; exec 9>>"$D/.lab"; flock 9
  if alive "$RUN.pid"; then say "already running: pid $(cut -d' ' -f1 "$RUN.pid")"; cat "$RUN.env"; return 0; fi
  halt "$RUN.pid"; rm -f "$RUN.env"
  ! answers 127.0.0.1 "$PORT" || die "port $PORT is taken: start $NAME@PORT"
  put "$FOLDER"
  launch "$RUN.pid" "$RUN.log" env -C "$D/$FOLDER" PORT="$PORT" "$node" "$NAME.mjs"
  trap 'halt "$RUN.pid"; exit 130' INT TERM HUP
  for i in $(seq 1 6000); do
    alive "$RUN.pid" || { rm -f "$RUN.pid"; cat "$RUN.log" >&2; die "$1 died"; }
    if read -r url token < <(sed -n 's/^READY //p' "$RUN.log") && answers 127.0.0.1 "$PORT"; then
      trap - INT TERM HUP
      write_env "$url" "$token" >"$RUN.env"; cat "$RUN.env"
      say "running: pid $(cut -d' ' -f1 "$RUN.pid"), $url"; return 0
    fi
    sleep 0.05
  done
  halt "$RUN.pid"; die "$1 did not answer; see $RUN.log"
}

write_env() {
  local up; up=$(printf %s "$NAME" | tr a-z A-Z)
  if [ "$NAME" = oauth ]; then
    exports OAUTH_ISSUER "$1" OAUTH_TOKEN_URL "$1/token" OAUTH_JWKS_URL "$1/jwks" OAUTH_CLIENT_ID lab-client OAUTH_CLIENT_SECRET lab-secret
  else exports "${up}_URL" "$1" "${up}_TOKEN" "$2"; fi
}

instances() { local f; for f in "$D"/run/*.pid; do [ ! -f "$f" ] || basename "$f" .pid; done; }
stop() { parse "$1"; halt "$RUN.pid"; rm -f "$RUN.env"; }
stop_all() { local n; for n in $(instances); do stop "$n"; done; }
running() { parse "$1"; alive "$RUN.pid" && [ -f "$RUN.env" ] || die "$1 does not run"; }

status() {
  local n some=1
  for n in $(instances); do
    parse "$n"; if alive "$RUN.pid"; then echo "$n: pid $(cut -d' ' -f1 "$RUN.pid"), port $PORT"; some=0; fi
  done
  [ $some = 0 ] || echo "not running"
  return $some
}

exercise() {
  local up; running "$1"; up=$(printf %s "$NAME" | tr a-z A-Z)
  [ "$NAME" != oauth ] || die "exercise is for the SCIM servers"
  . "$RUN.env"; local url="${up}_URL" token="${up}_TOKEN"
  put main; "$(node_path)" "$D/main/exercise.mjs" "${!url}" "${!token}" "${2:-1000}"
}

types() {
  running "$1"; . "$RUN.env"; shift
  local url=$GRAPH_URL token
  token=$(curl -sS "${url%/v1.0}/lab/oauth2/v2.0/token" -d 'client_id=lab-client&client_secret=lab-secret' \
    -d grant_type=client_credentials -d 'scope=https://graph/.default' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  put main; "$(node_path)" "$D/main/graph-types.mjs" "$url" "$token" "$@"
}

case ${1:-} in
  install) shift; [ $# -gt 0 ] || set -- $ALL; install "$@" ;;
  installed) [ -n "${2:-}" ] || die "what? $ALL"; [ -f "$D/$(folder_of "$2")/.installed" ] ;;
  start) [ -n "${2:-}" ] || die "start what? $ALL"; start "$2" ;;
  stop) if [ -n "${2:-}" ]; then stop "$2"; else stop_all; fi ;;
  env) [ -n "${2:-}" ] || die "env of what? $ALL"; running "$2"; cat "$RUN.env" ;;
  status) status ;;
  exercise) [ -n "${2:-}" ] || die "exercise what? scimmy, jackson, betterauth"; shift; exercise "$@" ;;
  types) [ -n "${2:-}" ] || die "types of what? graph"; shift; types "$@" ;;
  destroy) stop_all; remove_dir "$D" ;;
  *) sed -n '2,/^set /s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
