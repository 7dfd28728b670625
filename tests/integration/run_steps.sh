# SPDX-License-Identifier: Apache-2.0
# Profiles of several steps: which results let the next step run, and which end the profile.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
hr=i/madata/HR/hr.ldif directory=i/madata/Directory/directory.ldif
# steps RESULT...: of the last run, one of each step that ran
steps() {
  local got
  got=$("$MACTL" -C i runs show last -o json | jq -r '.steps[].result' | tr '\n' ' ')
  check "the steps ended with: $*" test "$got" = "$* "
}

run 0 -C i run-profile HR FIFS
steps success success
run 0 -C i run-profile Directory EFIDS
steps success success success

# --- warnings: the next step runs, and the gravest result is the run's
sed -i 's/^title: Countess/title: Somebody Else/' "$directory"
sed -i 's/^title: Countess/title: Baroness/' "$hr"
run 0 -C i run-profile HR FIFS
run 0 -C i run-profile Directory Export
sed -i 's/^title: Baroness/title: Somebody Else/' "$directory"
sed -i 's/^title: Engineer/title: Chief Engineer/' "$hr"
run 0 -C i run-profile HR FIFS
run 3 -C i run-profile Directory EFIDS
steps success completed-warnings success
says 'completed-warnings'

# --- objects that cannot be exported: the next step runs
run 0 -C i run-profile Directory EFIDS
sed -i 's/^title: Chief Engineer/title: Retired/' "$hr"
run 0 -C i run-profile HR FIFS
sed -i '/^dn: CN=Bob Babbage/,/^$/d' "$directory"
run 5 -C i run-profile Directory EFIDS
steps completed-export-errors stopped-deletion-limit
says '1/3 export'
says_not 'apply-rules'

# --- an entry that cannot be staged: the profile ends, and nothing is synchronised
printf '\ndn: uid=1099,ou=people,dc=hr\nobjectClass: person\ndisplayName: No Number\n' >>"$hr"
sed -i 's/^title: Prince/title: King/' "$hr"
run 4 -C i run-profile HR FIFS
steps completed-discovery-errors
run 4 -C i run-profile HR 'Full Import and Delta Synchronization'
steps completed-discovery-errors
run 0 -C i mv search title=King -o name
check 'nothing came of it' test -z "$out"

# --- one step alone, whatever stands before it
sed -i '/^dn: uid=1099/,$d' "$hr"
run 0 -C i run-profile HR FIFS --step 1
steps success
run 0 -C i run-profile HR FIFS --step 2
steps success
check 'its number is that of the profile' test "$("$MACTL" -C i runs show last -o json | jq '.steps[0].step')" = 2
run 0 -C i mv search title=King -o name
check 'now it did' test -n "$out"

# --- a system that is away ends it before anything was read
pair_behave i away
run 7 -C i run-profile HR FIFS
steps no-start-connection
finish
