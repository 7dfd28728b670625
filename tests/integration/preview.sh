# SPDX-License-Identifier: Apache-2.0
# mactl preview: what it shows is what the real run then does, and it changes nothing.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
ada=uid=1001,ou=people,dc=hr

# the store without the table of its readers
state() { picture "$1" | grep -v 'lock\.mdb'; }

run 2 -C i preview --all
warns 'nothing was run here yet'
run 0 -C i run-profile HR 'Full Import' --dry-run
says_not 'because'
run 0 -C i run-profile HR 'Full Import'

# --- the whole population, before anything was synchronised --------------------------------------
state i >before
run 20 -C i preview --all -o json
check 'the store is as before' diff before <(state i)
check 'five people come' jq -e '.schema == "mactl/preview/1" and .objects.metaverse.add == 5
  and .objects.HR.projected == 5 and .objects.Directory.add == 5 and .objects.Directory.provisioned == 5
  and (.changes | length) == 15 and .run.result == "success" and .run.dry_run' <<<"$out"
check 'every value has its rule' jq -e '[.changes[] | select(.space != "HR") | .attributes[]] | length > 10
  and all(.rule != null)' <<<"$out"
jq -S '[.changes[] | select(.space == "Directory") | {dn, attributes: [.attributes[] | {name, add}] | sort_by(.name)}]
  | sort_by(.dn)' <<<"$out" >foretold
run 0 -C i run-profile HR 'Full Synchronization'
run 0 -C i pending Directory -o json
jq -S '[.objects[] | {dn, attributes: [.change.attributes[] | {name, add}] | sort_by(.name)}] | sort_by(.dn)' \
  <<<"$out" >done
check 'the real run does the same, object by object' diff foretold done
run 0 -C i preview --all
says 'nothing would change'
run 0 -C i run-profile Directory EFIDS

# --- one object ----------------------------------------------------------------------------------
sed -i 's/title: Engineer/title: Inventor/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR 'Full Import'
who=$("$MACTL" -C i pending HR --import -o name)
state i >before
run 20 -C i preview HR "$who"
says '- title'
says 'Engineer'
says 'Inventor'
says '~ Directory: '
says "by '"
says '2 objects would change'
run 2 -C i preview HR "$ada,dc=nowhere"
warns 'has no object'
run 2 -C i preview HRR
warns 'did you mean "HR"?'
run 2 -C i preview
run 2 -C i preview HR --all

# --- what if -------------------------------------------------------------------------------------
run 20 -C i preview HR "$ada" --set 'title=Empress' -o json
check 'the wish arrives in both' jq -e '[.changes[] | .attributes[] | select(.name == "title") | .add[0]]
  == ["Empress", "Empress"]' <<<"$out"
run 20 -C i preview HR "$ada" --set 'title='
says 'no rule gives it, was by'
run 2 -C i preview HR "$ada" --set 'tilte=x'
warns "has no attribute 'tilte'"
run 2 -C i preview HR --set 'title=x'
run 2 -C i preview HR "$ada" --set 'title'
check 'nothing is changed by any of it' diff before <(state i)

# --- a proposed configuration --------------------------------------------------------------------
run 0 -C i run-profile HR 'Delta Synchronization'
run 0 -C i run-profile Directory EFIDS
run 0 -C i run-profile HR FIFS
run 0 -C i preview --all
says 'nothing would change'
state i >before
cp -r i/config proposed
flow=$(grep -l '<dest>title</dest>' proposed/SynchronizationRules/* | tail -n 1)
check 'there is a flow to change' test -n "$flow"
perl -0pi -e 's/<src>\s*<attr>title<\/attr>\s*<\/src>/<src><attr>displayName<\/attr><\/src>/' "$flow"
check 'it is changed' test "$(diff -rq proposed i/config | wc -l)" = 1
run 20 -C i preview --all --config proposed
says 'title'
says_not 'Ada Lovelace'
run 20 -C i preview --all --config proposed --changes -o json
check 'titles change and nothing else' jq -e '[.changes[].attributes[].name] | unique == ["title"]' <<<"$out"
run 20 -C i preview --all --config proposed --changes -o jsonl
check 'one change a line' jq -es 'length > 4' <<<"$out"
check 'the instance is as before' diff before <(state i)
run 2 -C i preview --all --config nowhere
echo broken >proposed/GlobalSettings/MV.xml
run 8 -C i preview --all --config proposed
warns 'MV.xml'

# --- only what waits -----------------------------------------------------------------------------
run 0 -C i preview --all --delta
says 'nothing would change'
finish
