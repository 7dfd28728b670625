# SPDX-License-Identifier: Apache-2.0
# docs/internals/rights.md: where it says that Samba says otherwise, the vectors say so, too, and no other does.
. "$MACTL_SOURCE/tests/support/shell.sh"
page=$MACTL_SOURCE/docs/internals/rights.md
vectors=$MACTL_SOURCE/tests/plugin/data/acl.json
sed -n '/^## Where Samba says otherwise/,/^## What was/p' "$page" >chapter
last='-- Where Samba says otherwise'
grep '^| ' chapter | tail -n +2 | while IFS='|' read -r _ ids document samba _; do
  case $samba in *allows*) says=allow ;; *error*) says=error ;; *) says=other ;; esac
  for id in ${ids//,/ }; do echo "$id $says"; done
  grep -qE 'MS-(ADTS|DTYP) [0-9.]+:' <<<"$document" || echo "no clause for $ids"
done | sort >told
jq -r '.access[] | select(.samba) | .id' "$vectors" | sort >differing
check 'the same vectors' diff <(cut -d' ' -f1 told) differing
check 'each with a clause of a document' test -z "$(grep 'no clause' told)"
while read -r id says; do
  [ "$says" = other ] || check "$id: $says" jq -e --arg id "$id" --arg says "$says" '.access[] | select(.id == $id) | .samba == $says' "$vectors"
done <told
check 'what differs is another verdict' jq -e '[.access[] | select(.samba)] | all(.samba != .expect)' "$vectors"
check 'and as many as it says' grep -qF "Of the $(jq '.access | length' "$vectors") access vectors seven" chapter
check 'which are seven' test "$(wc -l <differing)" = 7
finish
