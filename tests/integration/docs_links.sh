# SPDX-License-Identifier: Apache-2.0
# The documents: links lead somewhere, to a heading too; functions and tests that they name are
# there; docs/design is in order.
. "$MACTL_SOURCE/tests/support/shell.sh"
cd "$MACTL_SOURCE" || exit 1

# as GitHub makes them of headings
anchors() {
  grep -E '^#+ ' "$1" | sed -E 's/^#+ //' | tr '[:upper:]' '[:lower:]' | sed -E 's/[^a-z0-9 _-]//g; s/ /-/g'
}

check_link() {
  local page=$1 link=$2 target=$1
  case $link in http://* | https://*) return ;; esac
  case $link in '#'*) ;; *) target=$(dirname "$page")/${link%%#*} ;; esac
  check "$page: $link is there" test -e "$target"
  case $link in *'#'*) check "$page: $link has the heading" grep -qxF -- "${link#*#}" <<<"$(anchors "$target")" ;; esac
}

for page in $(find README.md docs -name '*.md' | sort); do
  last=$page
  while read -r link; do
    check_link "$page" "$link"
  done < <(grep -oE '\]\([^)]+\)' "$page" | sed -E 's/^\]\(//; s/\)$//')
done

# names_with_underscores, whole or the beginning of one: of functions, tests, types and files
find core mactl plugins tests docs/examples | grep -oE '[A-Za-z0-9]+(_[A-Za-z0-9]+)+' >"$TMPDIR/known"
find core mactl plugins tests \( -name '*.[ch]' -o -name '*.sh' \) -exec grep -ohE '[A-Za-z0-9]+(_[A-Za-z0-9]+)+' {} + >>"$TMPDIR/known"
sort -u -o "$TMPDIR/known" "$TMPDIR/known"
for page in docs/architecture.md docs/plugin-author.md docs/design/[0-9]*.md docs/internals/*.md; do
  last=$page
  while read -r name; do
    check "$page: $name is there" grep -qF -- "$name" "$TMPDIR/known"
  done < <(grep -oE '\b[a-z][a-z0-9]*(_[a-z0-9]+)+' "$page" | sort -u)
done

for page in docs/design/*.md; do
  name=${page##*/} last=$page
  [ "$name" != README.md ] || continue
  check "$name begins with a number" grep -qE '^[0-9]{3}-[a-z-]+\.md$' <<<"$name"
  check "$name is in the index" grep -qF "($name)" docs/design/README.md
  for heading in 'The problem' 'What exists' 'What we chose' 'What would change our mind'; do
    check "$name says: $heading" grep -qxF "## $heading" "$page"
  done
done
check 'a number is given once' test -z "$(find docs/design -name '[0-9]*' -printf '%.3f\n' | sort | uniq -d)"
finish
