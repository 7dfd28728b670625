# SPDX-License-Identifier: Apache-2.0
# An instance of tests/integration/data/pair: HR provisions people to a Directory, both are LDIF
# files. Sourced behind shell.sh.
pair=$MACTL_SOURCE/tests/integration/data/pair

# pair_begin FOLDER
pair_begin() {
  run 0 -C "$1" config import "$pair/export" -q
  cp "$pair/mactl.xml" "$1/mactl.xml"
  mkdir -p "$1/madata/HR" "$1/madata/Directory"
  cp "$pair/data/hr.ldif" "$1/madata/HR/"
  cp "$pair/data/directory.ldif" "$1/madata/Directory/"
}

# pair_behave FOLDER HOW: both are served by the agent that misbehaves; nobody of HR is in the Directory
pair_behave() {
  cat >"$1/mactl.xml" <<XML
<mactl version="1">
  <agent name="HR" plugin="gate_ma"><parameter name="behave">$2</parameter></agent>
  <agent name="Directory" plugin="gate_ma"><parameter name="behave">$2</parameter>
    <parameter name="type">user</parameter>
    <parameter name="number">telephoneNumber</parameter>
    <parameter name="below">OU=People,DC=corp,DC=example</parameter></agent>
  <setting name="plugin-grace">0</setting>
</mactl>
XML
}

# setting FOLDER NAME VALUE
pair_setting() {
  sed -i "s|</mactl>|  <setting name=\"$2\">$3</setting>\n</mactl>|" "$1/mactl.xml"
}

# result FOLDER: of the last run
last_result() { "$MACTL" -C "$1" runs show last -o json | jq -r .result; }
