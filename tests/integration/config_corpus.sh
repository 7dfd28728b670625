# SPDX-License-Identifier: Apache-2.0
# The two real exports: numbers, lines, the way back, and no password in anything that is printed.
. "$MACTL_SOURCE/tests/support/shell.sh"
need_corpus
mim=$MACTL_CORPUS/mim-contoso aad=$MACTL_CORPUS/aadconnect-contoso

# --- the numbers
counts() { jq -S '.counts | with_entries(select(.value > 0))' <<<"$out"; }
run 0 config report "$mim" -o json
check 'the numbers of MIM' diff - <(counts) <<END
{
  "export_flow_sets": 12,
  "export_flows": 116,
  "export_flows_constant": 3,
  "export_flows_direct": 52,
  "export_flows_scripted": 1,
  "export_flows_sync_rule": 60,
  "filter_alternatives": 3,
  "import_flow_groups": 69,
  "import_flows": 92,
  "import_flows_direct": 63,
  "import_flows_sync_rule": 29,
  "join_criteria": 20,
  "ma_options": 8,
  "management_agents": 8,
  "mv_attribute_types": 126,
  "mv_classes": 13,
  "mv_deletion_rules": 4,
  "partitions": 13,
  "partitions_selected": 8,
  "projections": 8,
  "run_profiles": 76,
  "steps": 93
}
END
run 0 config report "$aad" -o json
check 'the numbers of Azure AD Connect' jq -e '.counts | .management_agents == 2 and .run_profiles == 10 and .steps == 10
  and .sync_rules == 62 and .sync_rules_inbound == 28 and .sync_rules_outbound == 34 and .sync_rules_provision == 9
  and .mappings == 1200 and .mappings_direct == 802 and .mappings_constant == 7 and .mappings_expression == 391
  and .distinct_expressions == 86 and .scope_groups == 48 and .scope_clauses == 92 and .join_groups == 40
  and .mv_classes == 3 and .mv_attribute_types == 219 and .global_parameters == 37' <<<"$out"

# --- import, and the way back
run 0 -C mim config import "$mim"
check 'schema first, eight agents, flows last' diff - <(head -n 10 <<<"$out" | sed 's/: .*//') <<END
Metaverse Schema Updated.
$(for _ in 1 2 3 4 5 6 7 8; do echo 'Management Agent Created'; done)
Metaverse Schema Updated With IAF.
END
says 'MVExtension.dll, rules extension of the metaverse'
says 'Contoso HR System (MSSQL)'
run 0 -C aad config import "$aad"
says 'synchronization rules  62 created'
for family in mim aad; do
  run 0 -C $family config export $family.out
done
check 'MIM comes back byte for byte' diff -r --exclude='LICENSE*' "$mim" mim.out
check 'Azure AD Connect comes back byte for byte' diff -r --exclude='LICENSE*' "$aad" aad.out
run 0 -C mim config import "$mim" --skip 'FIM Service;HROrg'
says '2 skipped'

# --- an export is not touched by being looked at
before=$(picture mim)
run 0 -C mim ma list
run 0 -C mim config report
run 0 -C mim config validate
check 'looking changes nothing' test "$before" = "$(picture mim)"

# --- passwords that stand in constants
mapfile -t secrets < <(grep -ohE 'cd-attribute="(unicodePwd|userPassword|export_password)"[^>]*><(sync-rule|constant)-mapping.*?</export-flow>' "$mim"/*.XML |
  grep -oE '<(sync-rule-value|constant-value)>[^<]+' | sed 's/.*>//' | sort -u)
check 'the corpus has passwords in constants' test "${#secrets[@]}" -gt 0
for secret in "${secrets[@]}"; do
  for words in 'config report -v' 'config report -v -o json' 'config validate -v' 'config validate -o json' \
    'ma show -v -o json' 'ma show -v'; do
    if [[ $words = 'ma show'* ]]; then
      for agent in 'Contoso Active Directory' 'Active Directory LDS'; do
        # shellcheck disable=SC2086
        run 0 -C mim ma show "$agent" ${words#ma show}
        says_not "$secret"
      done
    else
      # shellcheck disable=SC2086
      run 0 -C mim $words
      says_not "$secret"
    fi
  done
done
run 0 -C mim ma show 'Contoso Active Directory' -v
says 'user.unicodePwd <- person: ***'

# --- agents
run 0 -C mim ma list -o json
check 'eight agents' jq -e '.agents | length == 8' <<<"$out"
COLUMNS=80 run 0 -C mim ma list
check 'it fits 80 columns' test -z "$(awk 'length > 84' <<<"$out")"
run 0 -C aad ma partitions contoso.com
says 'OU=CORP,DC=contoso,DC=com'
run 0 -C aad ma show 'contoso.onmicrosoft.com - AAD' -o json
check 'rules of the agent' jq -e '.counts.inbound_rules == 7 and .counts.outbound_rules == 26' <<<"$out"
finish
