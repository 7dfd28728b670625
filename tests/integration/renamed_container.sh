# SPDX-License-Identifier: Apache-2.0
# A container is renamed, and a group has all as members that lie in it: what an import reads and
# writes of that grows with the members and no faster, in whatever order it names them.
# MACTL_LONG makes them 50 000.
. "$MACTL_SOURCE/tests/support/shell.sh"
small=200 large=2000 commits=4
[ -z "${MACTL_LONG:-}" ] || large=50000 commits=40
data=$MACTL_SOURCE/tests/integration/data/groups

# begin FOLDER
begin() {
  run 0 -C "$1" config import "$data/export" -q
  cp "$data/mactl.xml" "$1/mactl.xml"
  mkdir -p "$1/madata/HR"
}
people() {
  seq -f '%.0f' 1 "$2" | awk -v ou="$1" '{ printf "dn: uid=%d,ou=%s,dc=hr\nobjectClass: person\nemployeeID: %d\ndisplayName: P%d\n\n", $1, ou, $1, $1 }'
}
container() { printf 'dn: ou=%s,dc=hr\nobjectClass: group\nemployeeID: c1\ndisplayName: The container\n\n' "$1"; }
group() {
  printf 'dn: cn=all,ou=groups,dc=hr\nobjectClass: group\nemployeeID: g1\ndisplayName: All\n'
  seq -f "member: uid=%.0f,ou=$1,dc=hr" 1 "$2"
  printf '\n'
}
# picture ORDER OU SIZE: the directory, with its entries in this order
picture() {
  local part
  printf 'version: 1\n\n'
  for part in $1; do
    case $part in
      group) group "$2" "$3" ;;
      container) container "$2" ;;
      people) people "$2" "$3" ;;
    esac
  done
}
# note WHAT SIZE: objects, and values, that the last step read and wrote
note() {
  jq -r '.steps[0].work | [."objects-read", ."values-read" + ."values-written"] | @tsv' <<<"$out" >"cost-$1-$2"
  [ -z "${SHOW_WORK:-}" ] || echo "$1, $2: $(jq -c '.steps[0].work' <<<"$out")"
}
# begun FOLDER SIZE: everything is known and synchronised
begun() {
  begin "$1"
  picture 'container people group' people "$2" >"$1/madata/HR/hr.ldif"
  run 0 -C "$1" run-profile HR 'Full Import'
  run 0 -C "$1" run-profile HR 'Delta Synchronization'
}
# ended FOLDER: the group has all in the new place, and nothing else is left
ended() {
  run 0 -C "$1" db verify
  run 0 -C "$1" cs show HR 'cn=all,ou=groups,dc=hr'
  says 'member                       uid=7,ou=staff,dc=hr'
  says_not 'ou=people'
}
# whole ORDER SIZE: the import shows everything, in this order
whole() {
  local name=${1// /-}
  begun i "$2"
  picture "$1" staff "$2" >i/madata/HR/hr.ldif
  run 0 -C i run-profile HR 'Full Import' -o json
  note "$name" "$2"
  run 0 -C i run-profile HR 'Delta Synchronization' -o json
  note "$name-synchronised" "$2"
  ended i
  rm -r i
}
# rename SIZE: a delta import tells of the rename alone
rename() {
  begun i "$1"
  printf 'version: 1\n\ndn: ou=people,dc=hr\nchangetype: modrdn\nnewrdn: ou=staff\ndeleteoldrdn: 1\n' >i/madata/HR/hr.changes.ldif
  run 0 -C i run-profile HR 'Delta Import' -o json
  note rename "$1"
  run 0 -C i run-profile HR 'Delta Synchronization' -o json
  note rename-synchronised "$1"
  ended i
  rm -r i
}
# grows WHAT: with the members. A group that waits for them is read once more by each commit, of
# which there is one after some thousand writes or a second; their square would be far beyond.
grows() {
  check "$1 costs what there are members" awk -v times=$((large / small)) -v commits=$commits '
    NR == 1 { objects = $1 + 100; values = $2 + 100; next }
    { exit !($1 <= objects * times * 1.5 && $2 <= values * times * commits) }' \
    "cost-$1-$small" "cost-$1-$large"
}

for order in 'group container people' 'group people container' 'container people group' \
  'people group container'; do
  whole "$order" $small
  whole "$order" $large
  grows "${order// /-}"
  grows "${order// /-}-synchronised"
done
rename $small
rename $large
grows rename
grows rename-synchronised
finish
