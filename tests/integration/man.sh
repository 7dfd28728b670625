# SPDX-License-Identifier: Apache-2.0
# The manual: no complaint of mandoc, the sections that every page has, references that lead
# somewhere, and every command and setting is in it.
. "$MACTL_SOURCE/tests/support/shell.sh"
cd "$MACTL_SOURCE/docs/man" || exit 1

for page in *.[1-8]; do
  last=$page out='' err=''
  mandoc -Tlint -W style "$page" >"$TMPDIR/lint" 2>&1
  check "$page: mandoc has no complaint" test -z "$(grep -v 'referenced manual not found' "$TMPDIR/lint" | tee "$TMPDIR/left")"
  cat "$TMPDIR/left"
  for section in NAME DESCRIPTION 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
    check "$page has $section" grep -qx "\.Sh $section" "$page"
  done
  case $page in *.1) check "$page has SYNOPSIS" grep -qx '\.Sh SYNOPSIS' "$page" ;; esac
  check "$page has examples" grep -q '^\.D[l1] \|^\.Bd -literal' "$page"
  while read -r name section; do
    check "$page: $name($section) is there" test -f "$name.$section"
  done < <(sed -nE 's/^\.Xr (mactl[^ ]*) ([1-8]).*/\1 \2/p' "$page" | sort -u)
done

# a group of commands that has a page is described there as a whole
while read -r words; do
  page=mactl-${words%% *}.1
  [ -f "$page" ] || page=mactl.1
  text=$(mandoc -T ascii -O width=900 "$page" | sed 's/.\x08//g')
  check "'$words' is in $page" grep -qE "mactl( \[[^]]*\])* ${words}|^ *${words}( |\$)|mactl ${words%% *}" <<<"$text"
done < <("$MACTL" help commands -o name)
"$MACTL" help settings | sed -nE 's/^([a-z-]+) \(.*/\1/p' >"$TMPDIR/settings"
while read -r setting; do
  check "the setting $setting is in mactl.xml(5)" grep -qF "$setting" mactl.xml.5
done <"$TMPDIR/settings"
"$MACTL" help exit-codes -o json | jq -r '.codes[].code' >"$TMPDIR/codes"
while read -r code; do
  check "code $code is in mactl-exit-codes(7)" grep -qE "^\.It (.* )?$code( |$)" mactl-exit-codes.7
done <"$TMPDIR/codes"
finish
