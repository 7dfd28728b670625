# SPDX-License-Identifier: Apache-2.0
# What docs/internals says shows that the agents for Active Directory and the cloud are right: each test that it names
# is there, and no feature of the latter, and no point of what the emulator of Graph does, is left out.
. "$MACTL_SOURCE/tests/support/shell.sh"
rows() { python3 "$MACTL_SOURCE/tests/support/rows.py" "$MACTL_SOURCE" "$1"; }
for page in docs/internals/active-directory.md docs/internals/cloud.md; do
  wrong=$(rows "$page")
  [ -z "$wrong" ] || fail "$wrong"
done
for row in G{1..11} {1..13}; do
  check "$page has a row $row" grep -qE "^\| $row \|" "$MACTL_SOURCE/$page"
done

# --- and the check sees what is wrong
cp -r "$MACTL_SOURCE/docs/internals" wrong
sed -i -e 's/retry_after_is_read_in_all_its_forms/retry_after_is_read/' -e 's/no more than twenty links in a request/no more than ten/' -e 's|`integration/scim_many`|`integration/scim_some`|' wrong/cloud.md
mkdir -p docs && ln -s "$MACTL_SOURCE/tests" tests && mv wrong docs/internals
out=$(python3 tests/support/rows.py "$PWD" "$page")
says "plugin/cloud_http has no 'retry_after_is_read'"
says "integration/graph has no 'no more than ten'"
says 'there is no test integration/scim_some'
[ "$(wc -l <<<"$out")" = 3 ] || fail "more than three: $out"
finish
