# SPDX-License-Identifier: Apache-2.0
# Completion of bash: what is offered behind a line that was typed so far.
. "$MACTL_SOURCE/tests/support/shell.sh"
PATH=$(dirname "$MACTL"):$PATH
run 0 -C sync config import "$exports/classic" -q
# shellcheck source=/dev/null
. "$MACTL_SOURCE/mactl/completion/mactl"
check 'it is registered' test -n "$(complete -p mactl)"

# completes WORD... : the last one is being typed; the offers, sorted, go to $out
completes() {
  COMP_WORDS=("$@")
  COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  last="-- completion of: $*"
  _mactl
  out=$(printf '%s\n' "${COMPREPLY[@]}" | sort)
  err=''
}
offers() { check "it offers $1" grep -qxF -- "$1" <<<"$out"; }
offers_only() { check "it offers only: $1" test "$out" = "$1"; }

completes mactl ''
offers config
offers run-profile
completes mactl conf
offers_only config
completes mactl config ''
offers_only $'diff\nexport\nimport\nreport\nvalidate'
completes mactl ma sh
offers_only show
completes mactl config import --
offers --skip
offers --what-if
offers --directory
completes mactl ma list --w
offers_only ''
completes mactl -C sync ma show ''
offers HR
offers fabrikam.example
completes mactl -C sync ma show FAB
offers_only fabrikam.example
completes mactl -C sync run-profile HR ''
offers 'Full\ Import'
completes mactl -C sync run-profile HR '"Full'
offers 'Full Import'
completes mactl -C sync run-profile 'fabrikam.example' Ex
offers_only Export
completes mactl acl ''
offers_only $'audit\neffective\nfix'
completes mactl -C sync acl audit FAB
offers_only fabrikam.example
completes mactl -C sync acl effective fab
offers_only fabrikam.example
completes mactl -C sync acl fix fab
offers_only fabrikam.example
completes mactl acl audit --f
offers_only --feature
completes mactl acl audit --m
offers_only --matrix
completes mactl acl audit --
offers --ldif
offers --account-domain
completes mactl acl fix --al
offers_only $'--allow-adminsdholder\n--allow-blocked-inheritance'
completes mactl -C sync acl audit fabrikam.example --ldif sy
offers_only sync
completes mactl -C sync ma list -o n
offers_only name
completes mactl -C sy
offers_only sync
completes mactl config import sy
offers_only sync
completes mactl help exit
offers_only exit-codes
completes mactl plugin inspect file
offers_only file_ma
completes mactl -C nowhere ma show ''
offers_only ''

# --- rich coexistence, and what it is made of
completes mactl coexistence ''
offers_only $'disable\nenable\nstatus'
completes mactl writeback set ''
offers_only exchange-hybrid
completes mactl sync ''
offers_only start
for command in 'ma schema' 'ma set-ad' 'ma set-cloud'; do
  # shellcheck disable=SC2086
  completes mactl -C sync $command fab
  offers_only fabrikam.example
done
completes mactl -C sync coexistence enable --ad-ma ''
offers HR
offers fabrikam.example
completes mactl -C sync coexistence enable --ad-ma = fab
offers_only fabrikam.example
completes mactl -C sync coexistence enable --what-if --cloud-ma H
offers_only HR
: >certificate.pem
completes mactl coexistence enable --certificate cert
offers_only certificate.pem
completes mactl coexistence enable --login sv
offers_only ''
completes mactl -C sync ma set-ad --login svc fab # the value of an option is no argument
offers_only fabrikam.example

# --- every command, word by word, and every option of each
"$MACTL" help commands -o name >commands
check 'there are commands' test "$(wc -l <commands)" -gt 40
_mactl_ask() { # what was asked once
  local all=$*
  case $all in
    'help commands -o name') cat commands ;;
    *--help) cat "help of ${all% --help}" ;;
  esac
}
while read -r first second third; do
  completes mactl "$first"
  offers "$first"
  [ -n "$second" ] || continue
  completes mactl "$first" "$second"
  offers "$second"
  [ -n "$third" ] || continue
  completes mactl "$first" "$second" "$third"
  offers "$third"
done <commands
while read -r command; do
  # shellcheck disable=SC2086
  "$MACTL" $command --help >"help of $command"
  # shellcheck disable=SC2086
  completes mactl $command --
  grep -oE '^ +(-[A-Za-z], )?--[^ =]+' "help of $command" | grep -oE -- '--.*' | sort -u >options
  check "every option of $command" diff options <(sort -u <<<"$out")
done <commands
# what the tables of the program have is in its help
sed -nE 's/^ *\.words = "([^"]*)",.*/\1/p' "$MACTL_SOURCE"/mactl/cmd_*.c | sort >tables
hidden() { awk '/\.words = / { words = $0; gsub(/^[^"]*"|".*$/, "", words) } /\.hidden = true/ { print words }' "$MACTL_SOURCE"/mactl/cmd_*.c | sort; }
check 'every command of the tables' diff <(comm -23 tables <(hidden)) <(sort commands)
finish
