#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# test.sh MACTL SOURCE: a configuration edited wrongly by hand: the run is refused and names the
# place, or says that there are warnings where it acts on what is left.
set -uo pipefail
mactl=$1
. "$2/tests/corpus/lib.sh"
new_instance
check "the pair is imported" import_pair
run 0 HR FIFS
everything >"$folder/before"
cp -r "$instance/config" "$folder/config"
cp "$instance/mactl.xml" "$folder/"
agent="$instance/config/Connectors/Connector_{aaaaaaaa-0000-4000-8000-000000000001}.xml"
rules=$instance/config/SynchronizationRules
rule="$rules/SynchronizationRule_{eeeeeeee-0000-4000-8000-000000000001}.xml"
mv=$instance/config/GlobalSettings/MV.xml

repair() {
  rm -rf "$instance/config"
  cp -r "$folder/config" "$instance/config"
  cp "$folder/mactl.xml" "$instance/"
}
# refused CODE WORDS EDIT...: after the edit a run ends so, says that, and has changed nothing
refused() {
  local code=$1 words=$2
  shift 2
  "$@"
  run "$code" HR FIFS
  check "it says: $words" told "$words"
  repair
  check "nothing was changed" diff "$folder/before" <(everything)
}

refused 8 'Connector_{aaaaaaaa-0000-4000-8000-000000000001}.xml:31:' truncate -s 2000 "$agent"
refused 8 'the file is empty' truncate -s 0 "$agent"
refused 8 "wanted one of full-import" sed -i 's/"full-import"/"ful-import"/' "$agent"
refused 8 'wanted a GUID' sed -i 's/{AAAAAAAA/{ZZ/' "$agent"
refused 8 "'id' is missing" sed -i '/<id>{AAAAAAAA/d' "$agent"
refused 8 'has the id of management agent' cp "$agent" "${agent/000001/000002}"
refused 8 "wanted a number" sed -i 's|<threshold></threshold>|<threshold><object>x</object></threshold>|' "$agent"
refused 8 'a value is expected' sed -i 's/title\]=/title]==/' "$rule"
refused 8 "did you mean 'Error'" sed -i 's/Error(/Errror(/' "$rule"
refused 8 'wanted one of Inbound, Outbound' sed -i 's/Inbound/Sideways/' "$rule"
refused 8 'a DOCTYPE is not read' sed -i '1i <!DOCTYPE x [<!ENTITY a SYSTEM "/etc/passwd">]>' "$rule"
refused 8 'No such file or directory' ln -sf /nowhere "$rule"
refused 8 'no configuration yet' rm -r "$instance/config"
refused 8 'the file is empty' truncate -s 0 "$instance/mactl.xml"
refused 8 "did you mean 'agent'" sed -i 's/<agent /<agnet /' "$instance/mactl.xml"
refused 8 'no number from 0 to 100' in_settings '<guard import-loss-percent="200"/>'
refused 2 'no instance' rm "$instance/mactl.xml"
refused 9 "there is no plugin 'flie_ma'" sed -i 's/file_ma/flie_ma/' "$instance/mactl.xml"
refused 6 "wanted ldif" sed -i 's/>ldif</>ldiff</' "$instance/mactl.xml"
refused 6 "name one in mactl.xml" sed -i 's/name="HR"/name="HRR"/' "$instance/mactl.xml"
refused 4 "errors     5" sed -i 's/>employeeID</>employeeNr</' "$instance/mactl.xml"
refused 6 'no-start-file-not-found' sed -i 's/hr.ldif/hr.ldfi/' "$instance/mactl.xml"

# what is left without a metaverse, or without rules, would let everybody go
refused 6 'there is no MV.xml' rm "$mv"
refused 6 'there are no synchronisation rules' rm -r "$rules"

# a name that is nowhere is left out, with a word
sed -i 's|<dest>mail</dest>|<dest>mial</dest>|' "$rule"
run 0 HR FIFS
check "the run says that there are warnings" told 'warnings about the configuration: mactl config validate'
check "validation names the place" grep -q ":22:5: warning: attribute 'mial'" <("$mactl" config validate 2>&1)
run 0 HR FIFS
check "it says so once" not_told 'about the configuration'
repair
in_settings '<guard agent="Nobody" import-loss-percent="1"/>'
run 0 HR FIFS
check "a guard of nobody is told" told "there is no management agent 'Nobody'"
finish
