# SPDX-License-Identifier: Apache-2.0
# Drop files: what an import got and what an export would send, in a file, and back from it.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
hr=i/madata/HR/hr.drop
directory=i/madata/Directory/directory.drop

# --- an import to a file stages nothing and moves no watermark ------------------------------------
run 6 -C i run-profile HR 'Import From File'
says 'no-start-file-not-found'
run 0 -C i run-profile HR 'Import To File'
says 'drop file  hr.drop'
check 'nothing staged' test -z "$("$MACTL" -C i cs search HR -o name)"
run 6 -C i run-profile HR 'Delta Import'
check 'header, five entries, the end' jq -es '.[0].schema == "mactl/drop/1" and .[0].kind == "import" and .[0].full
  and ([.[] | select(.change == "present")] | length == 5) and .[-1].end == 5' "$hr"
check 'only its owner reads it' test "$(stat -c %a "$hr")" = 600

# --- from the file: staged, and still no watermark -------------------------------------------------
mv i/madata/HR/hr.ldif kept.ldif
run 0 -C i run-profile HR 'Import From File'
says 'add 5'
mv kept.ldif i/madata/HR/hr.ldif
run 6 -C i run-profile HR 'Delta Import'
says 'no-start-full-import-required'
run 0 -C i run-profile HR 'Full Import'
says 'no-change 5'
run 0 -C i run-profile HR 'Delta Import'

# --- through the file: both, and the watermark moves -----------------------------------------------
pair_begin j
run 0 -C j run-profile HR 'Import Through File'
says 'add 5'
run 0 -C j run-profile HR 'Delta Import'
check 'the same file' diff <(grep -v watermark "$hr") <(grep -v watermark j/madata/HR/hr.drop)

# --- a file that is not whole, or of somebody else, is refused and nothing staged --------------------
sed -i '$d' "$hr"
sed -i 's/Countess/Duchess/' "$hr"
run 6 -C i run-profile HR 'Import From File'
says 'no-start-file-open'
says 'hr.drop: the file ends in the middle'
check 'nobody went' test "$("$MACTL" -C i cs search HR state=disconnector -o name | wc -l)" = 5
run 0 -C i pending HR --import --op obsolete
says_not uid
sed -i '1s/HR/Payroll/' "$hr"
echo '{"end":5}' >>"$hr"
run 6 -C i run-profile HR 'Import From File'
says 'hr.drop:1: the drop file of another agent'
sed -i '1s/Payroll/HR/; 3s/.*/dn: cn=ada/' "$hr"
run 1 -C i run-profile HR 'Import From File'
says 'stopped-parsing-errors'
says 'hr.drop:3: no JSON document'

# --- an export to a file sends nothing; secrets are not in it ------------------------------------------
run 0 -C i run-profile HR 'Full Import and Full Synchronization'
run 0 -C i run-profile Directory 'Export To File'
check 'five adds' test "$(jq -s '[.[] | select(.change == "add")] | length' "$directory")" = 5
check 'nothing was sent' test "$(grep -c ^dn: i/madata/Directory/directory.ldif)" = 0
check 'no secret' test -z "$(grep -r 'Secret.123' i/madata)"
check 'masked' grep -q '"name":"unicodePwd","type":"text","values":\[{"secret":true}\]' "$directory"

# --- what was approved is exported, if it is still what is pending -----------------------------------
cp "$directory" approved
sed -i 's/title: Prince/title: King/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import and Delta Synchronization'
run 1 -C i run-profile Directory 'Export From File'
says 'stopped-unexpected-data'
says 'directory.drop.now beside it'
check 'nothing was sent' test "$(grep -c ^dn: i/madata/Directory/directory.ldif)" = 0
check 'the difference is to be seen' grep -q King "$directory.now"
run 0 -C i run-profile Directory 'Export To File'
run 0 -C i run-profile Directory 'Export From File'
says 'exported   add 5'
check 'it is there' grep -q 'title: King' i/madata/Directory/directory.ldif
check 'no comparison left' test ! -e "$directory.now"
rm "$directory"
run 6 -C i run-profile Directory 'Export From File'
says 'no-start-file-not-found'
run 0 -C i run-profile Directory 'Export Through File'
run 0 -C i run-profile Directory 'Export To File'
says 'completed-no-objects'
finish
