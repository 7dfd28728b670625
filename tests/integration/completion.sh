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
finish
