#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: the MIM corpus, unchanged, over files in place of its databases, directories
# and portal: joined, exported to, changed and deleted by HR, then bound to the portal.
set -uo pipefail
real=$1
here=$2/tests/corpus/mim-contoso
. "$2/tests/corpus/lib.sh"
corpus=$(need_corpus mim-contoso) || exit 77
command -v jq >/dev/null || { echo "SKIPPED: there is no jq" >&2; exit 77; }

hr='Contoso HR System'
ad='Contoso Active Directory'
lds='Active Directory LDS'
bhold='BHOLD Authorizations'
fim='FIM Service'
agents=("$hr" HROrg "$ad" "$lds" "$bhold" 'BHOLD FIMEmployee' 'Bhold FimOrgunit' "$fim")

# Whatever the program prints is kept, to look for passwords in it at the end.
mactl=$folder/mactl
cat >"$mactl" <<END
#!/usr/bin/env bash
"$real" "\$@" >"$folder/stdout" 2>"$folder/stderr"
code=\$?
cat "$folder/stdout" "$folder/stderr" >>"$folder/printed"
cat "$folder/stdout"
cat "$folder/stderr" >&2
exit \$code
END
chmod +x "$mactl"

# --- states as text -------------------------------------------------------------------------
all_pending() {
  local agent text
  for agent in "${agents[@]}"; do
    text=$(pending "$agent")
    [ -z "$text" ] || printf '== %s\n%s\n' "$agent" "$text"
  done | sed -E 's/\{[0-9A-F-]{36}\}$/{GUID}/'
}
state() { metaverse "$hr" HROrg "$fim" "$ad"; }
sorted() { strip "$1" | sort; }
# what the second state has (+) and lacks (-)
delta() { diff <(printf '%s\n' "$1") <(printf '%s\n' "$2") | sed -n 's/^< /- /p; s/^> /+ /p' | sort; }
held() {
  for agent in "$ad" "$lds" "$bhold"; do printf '== %s\n' "$agent"; objects "$agent"; done
  printf '== %s\n' "$hr"
  objects "$hr" | grep -E '^(dn| email) '
}
# the metaverse objects that the portal has a part in
of_portal() { awk 'FNR == NR { if (/ connector FIM Service: /) mine[$1]; next } $1 in mine' <(state) <(state); }

# --- steps --------------------------------------------------------------------------------
# configure true|false [unbound]: the setting, and whether the portal is bound
configure() {
  sed -E "s/(without-service\">)[a-z]+/\1$1/" "$here/mactl.xml" >"$instance/mactl.xml"
  [ "${2:-}" != unbound ] || sed -i "/<agent name=\"$fim\"/,/<\/agent>/d" "$instance/mactl.xml"
}
begin() {
  instance=$folder/$1
  new_instance
  check "the export is imported" quiet "$mactl" config import "$corpus"
  configure "$2" unbound
  cp -r "$here"/data/* "$instance/madata/"
}
import_all() {
  run 0 "$hr" 'Full Import'
  run 0 HROrg FI
  run 0 "$ad" 'Full Import'
  run 0 "$lds" '_Full Import'
  run 0 "$bhold" 'full import'
  run 0 'BHOLD FIMEmployee' FI
  run 0 'Bhold FimOrgunit' FI
}
synchronise_all() {
  run 0 "$hr" FS
  run 0 HROrg FS
  run 0 "$ad" FS
  run 0 "$lds" 'Full Sync'
  run 0 "$bhold" FS
  run 0 'BHOLD FIMEmployee' EFIFS
  run 0 'Bhold FimOrgunit' 'ful sync'
}
# Profiles of several steps: export, import, synchronise. A file has no log of deletes, so these show
# in a full import.
export_all() {
  run 0 "$ad" EDIDS
  run 0 "$lds" EDIDS
  run 0 "$lds" 'Full Import'
  run 0 "$lds" '_Delta Sync'
  run 0 "$hr" EFIDS
  run 0 "$bhold" EFIDS
}
# the GUID of the one metaverse object that matches, as MIM writes it
guid() { "$mactl" mv search "$@" -o json | jq -r '.objects[0].guid | ascii_upcase'; }
portal=''
known_to_portal() { sed -i "s/@$1@/{$(guid "${@:2}")}/" "$portal"; }

# --- what is not done is told -------------------------------------------------------------------
report() { env -u MACTL_HOME "$mactl" config report "$corpus" -o json; }
begin first false
check "what is refused is what the list says, no more and no less" same \
  "$(report | jq -r '.unsupported[] | "\(.construct) - \(.consequence)"' | LC_ALL=C sort -u)" \
  "$(grep -vE '^(#|EnablePasswordSync )' "$here/../refused.txt")"
unsupported() { report | jq -r '.unsupported[].text' | grep -qF -- "$1"; }
check "the metaverse's extension is named, and what is up to it" unsupported \
  'provisioning and the deletion of metaverse objects of type printer is up to MVExtension.dll'
check "the agent's extension is named" unsupported "'BHOLD FIMEmployee' are in 'BHOLD FIMEmployeeExtension.dll'"
for part in 'Person to person (26 import flows)' 'projects DetectedRuleEntry, ExpectedRuleEntry, Group, Person, SynchronizationRule' \
  'person to Person (29 export flows)' 'provisioning follows the synchronisation rules of the FIM Service'; do
  check "of the portal it says: $part" unsupported "$part"
done
run 6 "$fim" 'Full Import'
check "and that it is not bound" grep -qF "no plugin serves 'FIM Service'" "$folder/run"

# --- without the setting -----------------------------------------------------------------------
import_all
synchronise_all
check "every run says what its extension would have done" grep -qF 'scripted provisioning (MVExtension.dll)' "$folder/run"
check "HR projects, AD, LDS and BHOLD join, each value is where its rule puts it" same "$(state)" "$(sorted "$here/expected-metaverse.txt")"
check "synchronisation rules flow nowhere" same "$(all_pending)" \
  "$(strip "$here/expected-exports.txt" | sed -n '/^== BHOLD/,$p')"

# --- with it ------------------------------------------------------------------------------------
configure true unbound
synchronise_all
without_names() { grep -v " connector $ad: "; } # those to be renamed have their new names already
check "nothing changes in the metaverse" same "$(state | without_names)" "$(sorted "$here/expected-metaverse.txt" | without_names)"
check "they flow to joined connectors" same "$(all_pending)" "$(strip "$here/expected-exports.txt")"
export_all
check "all of it arrived, and is seen" same "$(all_pending)" ""
check "the systems hold it, value by value" same "$(held)" "$(strip "$here/expected-systems.txt")"
synchronise_all
check "a second round wants nothing" same "$(all_pending)" ""
"$mactl" dump >"$folder/turned-on"

first=$instance
begin second true
import_all
synchronise_all
export_all
"$mactl" dump >"$folder/always-on"
check "who had the setting from the start stands where we stand" diff "$folder/turned-on" "$folder/always-on"
instance=$first
new_instance

# --- HR changes -----------------------------------------------------------------------------------
before=$(state)
put "$hr" "$here/data/later/people.csv"
put HROrg "$here/data/later/units.csv"
run 0 "$hr" EFIDS
run 0 HROrg 'Import OUs from HR'
check "a delete in HR ends the metaverse object" same "$(delta "$before" "$(state)")" "$(sorted "$here/expected-hr.txt")"
check "each agent deprovisions as it says" same "$(all_pending)" "$(strip "$here/expected-hr-exports.txt")"
export_all
run 0 "$ad" EFIFS
check "the accounts are gone" same "$(held | grep -c 'IdaBerg')" 0
check "and nothing is left to do" same "$(all_pending)" ""

# --- the portal --------------------------------------------------------------------------------
configure true
portal=$instance/madata/$fim/portal.csv
for who in E1001 E1002 E1099; do known_to_portal $who person employeeID=$who; done
for group in Sales Engineers; do known_to_portal $group group "mail=$group@contoso.com"; done
others() { awk 'FNR == NR { if (/ connector FIM Service: /) mine[$1]; next } !($1 in mine)' "$1" "$2"; }
state >"$folder/before"
run 0 "$fim" 'Full Import'
run 0 "$fim" FS
cat "$here/data/later/more-groups.ldif" >>"$instance/madata/$ad/contoso.ldif"
run 0 "$ad" 'Delta Import'
run 0 "$ad" '_Delta Sync'
run 0 "$lds" '_Delta Sync'
run 0 "$bhold" DS
state >"$folder/after"
check "precedence holds between HR, AD and the portal" same "$(of_portal)" "$(sorted "$here/expected-portal.txt")"
check "whom the portal does not know is as before" same "$(others "$folder/after" "$folder/after")" \
  "$(others "$folder/after" "$folder/before" | grep -vE '^CN=(Sales|Engineers),')"
check "and each is told what ranks before its own" same "$(all_pending)" "$(strip "$here/expected-portal-exports.txt")"
check "explain says why the portal is not told a phone that HR gave" \
  grep -qF 'held back: the value comes from an agent that ranks below this one' <("$mactl" explain "$fim" p-ben MobilePhone)
check "and that of equals each counts with what it changes" \
  grep -qF 'what it adds and takes away counts (equal precedence)' <("$mactl" explain mv "$(guid group accountName=Engineers | tr -d '{}')" member)
run 0 "$fim" EDIDS
export_all
run 0 "$fim" DIDS
run 0 "$fim" EFIFS
synchronise_all
check "then there is peace" same "$(all_pending)" ""

# --- the portal loses some ------------------------------------------------------------------------
before=$(state)
sed -i '/^p-ben,/d; /^g-managers,/d; /^p-ana,/s/+1 206 555 7777//' "$portal"
run 0 "$fim" '_Full Import'
run 0 "$fim" DS
check "the deletion rules name the portal too" same "$(delta "$before" "$(state)")" "$(sorted "$here/expected-lost.txt")"
check "and it goes on from there" same "$(all_pending)" "$(strip "$here/expected-lost-exports.txt")"
before=$(state)
run 0 "$hr" DS
check "what HR still has is projected again" same "$(delta "$before" "$(state)")" "$(sorted "$here/expected-again.txt")"
export_all
run 0 "$ad" EFIFS
run 0 "$fim" EDIDS
check "and all is done" same "$(all_pending)" ""

# --- objects that fail ----------------------------------------------------------------------------
cat "$here/data/later/trouble.ldif" >>"$instance/madata/$ad/contoso.ldif"
printf 'p-dup,Person,,Jon of the portal,jon2,,,E1010%s\n' "$(printf ',%.0s' {1..39})" >>"$portal"
sed -i 's/Eva,Grace,Stone,/Eva,Grace,"Stone, Dr.",/' "$instance/madata/$hr/people.csv"
run 0 "$fim" '_Full Import'
run 0 "$fim" '_Delta Sync'
run 0 "$ad" '_Full Import'
run 4 "$ad" '_Delta Sync'
check "two accounts for one, two persons with one number: an error each" same "$(cut_errors)" "$(strip "$here/expected-errors.txt")"
run 0 "$hr" '_Full Import'
run 0 "$hr" '_Delta Sync'
run 4 "$ad" '_Export'
check "a rule that does not escape makes no DN, and is told" same "$(cut_errors)" \
  'invalid-dn CN=EvaStone, Dr.,OU=People,OU=FIM_Managed,DC=contoso,DC=com'
check "the store is sound" quiet "$mactl" db verify

# --- passwords ------------------------------------------------------------------------------------
secret='Pa$$w0rd'
ana='CN=AnaLopez,OU=People,OU=FIM_Managed,DC=contoso,DC=com'
check "the export has the initial password in it" grep -rqF "$secret" "$instance/config"
check "an agent shows that there is one, and not what it is" \
  grep -qF 'user.unicodePwd <- person: ***' <("$mactl" ma show "$ad" -v)
for words in "ma show|$lds|-v" "ma show|$ad|-v|-o|json" "config report|-v" "config report|-v|-o|json" "config validate|-v" \
  "cs show|$ad|$ana" "cs show|$ad|$ana|-o|json" "explain|$ad|$ana|unicodePwd" "explain|$lds|CN=AnaLopez,OU=People,DC=Contoso,DC=local|unicodePwd" \
  "runs list|-o|json" "runs show|last|-o|json" "pending|-o|json" "dump"; do
  IFS='|' read -ra parts <<<"$words"
  # shellcheck disable=SC2086
  "$mactl" ${parts[0]} "${parts[@]:1}" >/dev/null 2>&1
done
check "no command has printed it" same "$(grep -cF "$secret" "$folder/printed")" 0
check "no file has it but the configuration" same "$(cd "$instance" && grep -rlF "$secret" . | grep -v '^./config/')" ""
finish
