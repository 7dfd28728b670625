# SPDX-License-Identifier: Apache-2.0
# mactl ma list, show, partitions.
. "$MACTL_SOURCE/tests/support/shell.sh"
run 0 -C sync config import "$exports/classic" -q

run 0 -C sync ma list
check 'one line an agent, and why it cannot run' diff - <(echo "$out") <<END
NAME              CATEGORY   PLUGIN   STATE           PROFILES  PARTITIONS
fabrikam.example  AD         ad_ma    secret missing         2         1/1
HR                Delimited  file_ma  ready                  2         1/1
END
COLUMNS=60 run 0 -C sync ma list
says 'fabrik…ample'
run 0 -C sync ma list -o wide
says '11111111-0000-4000-8000-000000000001'
run 0 -C sync ma list -o name
check 'names alone' test "$out" = $'fabrikam.example\nHR'
run 0 -C sync ma list -o json
check 'the document' jq -e '.schema == "mactl/agents/1" and (.agents | length == 2)
  and .agents[1].name == "HR" and .agents[1].ready and .agents[1].plugin == "file_ma"
  and .agents[0].ready == false' <<<"$out"

run 0 -C sync ma show hr
says 'Delimited'
says 'config/MA-{11111111'
says 'above 500 deletes, or 5 %'
says '1. Full Synchronization'
run 0 -C sync ma show '{11111111-0000-4000-8000-000000000002}' -v
says 'password: mactl.xml does not say where it comes from'
says 'Fabrikam.Rules.dll, as plugin Fabrikam.Rules'
says 'user.displayName <- person: displayName'
says 'person.displayName <- user: displayName'
says 'user.cn <- person: CommonName(givenName, sn)'
says 'user.unicodePwd <- person: ***'
says_not 'Geheim'
run 0 -C sync ma show fabrikam.example -o json
says_not 'Geheim'
check 'the document' jq -e '.schema == "mactl/agent/1" and .deprovisioning == "delete-object" and .ready == false
  and .guard.export_deletes == 500 and (.partitions | length == 1) and .run_profiles[1].steps[0].type == "Export"
  and (.export_flows | length == 3) and (.import_flows[0].mv_attribute == "displayName")' <<<"$out"
run 0 -C sync ma show HR -o name
check 'names of run profiles' test "$out" = $'Full Import\nFull Sync'

run 0 -C sync ma partitions fabrikam.example
says 'DC=fabrikam,DC=example'
run 0 -C sync ma partitions fabrikam.example -o json
check 'the document' jq -e '.schema == "mactl/partitions/1" and .partitions[0].selected
  and .partitions[0].inclusions == ["DC=fabrikam,DC=example"]' <<<"$out"

run 2 -C sync ma show fabrikam.exmple
warns 'did you mean "fabrikam.example"?'
run 2 -C sync ma show
run 2 -C nowhere ma list
run 0 init empty
run 8 -C empty ma list
warns 'config import'

# secrets: where from, and whether they can be had
umask 022
echo secret >sync/secrets/ad
sed -i 's|</mactl>|<agent name="fabrikam.example"><secret name="password" file="secrets/ad"/></agent><guard agent="HR" export-deletes="7"/></mactl>|' sync/mactl.xml
run 0 -C sync ma show fabrikam.example
says 'has mode 0644'
chmod 600 sync/secrets/ad
run 0 -C sync ma show fabrikam.example
says 'password: file secrets/ad'
run 0 -C sync ma show HR
says 'above 7 deletes, or 5 %'

# a partition with an account of its own needs a password of its own, unless mactl.xml says who logs on
own='password:DC=fabrikam,DC=example: '
config=sync/config/MA-AD.xml
cp "$config" kept.xml
sed -i '/<partition>$/,/<.partition>/s|<custom-data/>|<custom-data><adma-partition-data><login-user>child</login-user><login-domain>fabrikam.example</login-domain></adma-partition-data></custom-data>|' "$config"
run 0 -C sync ma show fabrikam.example
says "${own}mactl.xml does not say where it comes from"
run 0 -C sync ma show fabrikam.example -o json
check 'the document' jq -e '[.secrets[].name] == ["password", "password:DC=fabrikam,DC=example"]' <<<"$out"
run 0 -C sync ma list
says 'secret missing'
sed -i 's|<agent name="fabrikam.example">|&<secret name="password:DC=fabrikam,DC=example" file="secrets/ad"/>|' sync/mactl.xml
run 0 -C sync ma show fabrikam.example
says "${own}file secrets/ad"
run 0 -C sync ma list
says_not 'secret missing'
sed -i 's|<secret name="password:[^>]*>|<parameter name="login">one</parameter>|' sync/mactl.xml
run 0 -C sync ma list
says_not 'secret missing'
sed -i 's|<parameter name="login">one</parameter>||' sync/mactl.xml
sed -i 's|login-user>child<|login-user>SVC-sync<|' "$config"
run 0 -C sync ma show fabrikam.example
says_not "$own"
cp kept.xml "$config"

# the plugin opens, and tries no more than that
run 0 -C sync ma test HR
says 'ok       session'
run 2 -C sync ma test nobody

# tickets stand for a password; a plugin that is not there is told
sed -i 's|<secret name="password" file="secrets/ad"/>|<parameter name="keytab">svc.keytab</parameter>|' sync/mactl.xml
run 0 -C sync ma show fabrikam.example
says_not 'password'
MACTL_PLUGIN_PATH=$work run 0 -C sync ma show fabrikam.example
says "there is no plugin 'ad_ma'"
finish
