# SPDX-License-Identifier: Apache-2.0
# mactl config export writes the files back, byte for byte.
. "$MACTL_SOURCE/tests/support/shell.sh"

for family in classic connect; do
  run 0 -C $family config import "$exports/$family" -q
  run 0 -C $family config export $family.out
  says "exported to $family.out"
  check "$family comes back" diff -r "$exports/$family" $family.out
done

mkdir full && echo mine >full/mine && echo old >full/MV.xml
before=$(picture full)
run 2 -C classic config export full
warns 'full is not empty'
check 'nothing changed' test "$before" = "$(picture full)"
run 0 -C classic config export full --force
check 'files of the same name are replaced' cmp full/MV.xml "$exports/classic/MV.xml"
check 'others stay' test "$(cat full/mine)" = mine
check 'nothing else is left' test "$(find full -type f | wc -l)" = 4

run 0 init empty
run 8 -C empty config export out
warns 'holds no configuration yet'
check 'no folder is made' test ! -e out
run 2 -C nowhere config export out
warns 'nowhere is no instance'
warns 'mactl init DIR'
run 2 -C classic config export
warns 'an argument is missing'

# an edited file goes out as edited
sed -i 's/<version>1</<version>9</' classic/config/MA-AD.xml
run 0 -C classic config export edited
check 'edits go along' cmp classic/config/MA-AD.xml edited/MA-AD.xml
finish
