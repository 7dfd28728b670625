# SPDX-License-Identifier: Apache-2.0
# mactl config report: its document has the keys that were promised, and bindings lift what they can.
. "$MACTL_SOURCE/tests/support/shell.sh"
keys='management_agents run_profiles steps partitions partitions_selected mv_classes
mv_attribute_types import_flow_groups import_flows import_flows_direct import_flows_constant
import_flows_scripted import_flows_dn_part import_flows_sync_rule export_flow_sets export_flows
export_flows_direct export_flows_constant export_flows_scripted export_flows_sync_rule join_criteria
projections filter_alternatives mv_deletion_rules ma_options sync_rules sync_rules_inbound
sync_rules_outbound sync_rules_provision mappings mappings_direct mappings_constant
mappings_expression distinct_expressions scope_groups scope_clauses join_groups global_parameters'

run 0 config report "$exports/classic" -o json
check 'the schema' jq -e '.schema == "mactl/config-report/1"' <<<"$out"
check 'the family' jq -e '.family == "mim"' <<<"$out"
check 'the lists' jq -e '(.unsupported | type) == "array" and (.warnings | type) == "array" and (.approximated | type) == "array"' <<<"$out"
check 'exactly the keys' diff <(tr -s ' \n' '\n\n' <<<"$keys") <(jq -r '.counts | keys_unsorted[]' <<<"$out")
check 'the numbers' jq -e '.counts | .management_agents == 2 and .run_profiles == 4 and .import_flows == 3
  and .export_flows == 3 and .export_flows_scripted == 1 and .export_flows_constant == 1 and .join_criteria == 1 and .projections == 1' <<<"$out"
check 'what is understood has places' jq -e '.understood | length == 3 and all(.line > 0)' <<<"$out"

run 0 config report "$exports/connect" -o json
check 'the other family' jq -e '.family == "aadconnect"' <<<"$out"
check 'its numbers' jq -e '.counts | .sync_rules == 3 and .sync_rules_inbound == 2 and .mappings == 5
  and .mappings_expression == 1 and .join_groups == 1 and .global_parameters == 2' <<<"$out"

run 0 config report "$exports/classic"
says 'a MIIS, ILM, FIM or MIM configuration'
says 'fabrikam.example (AD)'
says 'counts'
says_not 'Geheim-2020'
check 'it fits 80 columns' test -z "$(tail -n +2 <<<"$out" | awk 'length > 80')"
run 0 config report "$exports/classic" -v -o json
says_not 'Geheim-2020'

# what mactl.xml binds is no longer unsupported
run 0 -C sync config import "$exports/classic" -q
run 0 -C sync config report -o json
before=$(jq '.unsupported | length' <<<"$out")
says 'Fabrikam.Rules.dll'
cat >sync/mactl.xml <<END
<mactl version="1">
  <agent name="fabrikam.example" plugin="file_ma"/>
  <extension assembly="Fabrikam.Rules.dll" plugin="corp_rules"/>
</mactl>
END
run 0 -C sync config report -o json
check 'bindings lift' test "$(jq '.unsupported | length' <<<"$out")" -lt "$before"
says_not 'Fabrikam.Rules.dll'
run 0 config report sync -o json
says_not 'Fabrikam.Rules.dll'
run 0 config validate sync
says_not 'Fabrikam.Rules.dll'
mkdir empty
run 8 config report empty
says_not '(null)'
run 2 config report
warns 'the current folder is no instance'
finish
