# SPDX-License-Identifier: Apache-2.0
# A partition with an account of its own: what is audited are the rights of that account, not the agent's; live and of a
# dump. The agent's account may write all, the partition's nearly nothing.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_begin
ad_seed
ad_seeded_instance i
agents='<secret name="password" file="secrets/ad"/>'
own="<secret name=\"password:$AD_BASE\" file=\"secrets/own\"/>"
cp -p secrets/ad i/secrets/own
connector=$(echo i/config/Connectors/Connector_*80ccb0b2*)
sed -i 's|<forest-login-user>[^<]*<|<forest-login-user>Administrator<|' "$connector"
ad_bind i "$agents" "$own"
run 0 -C i run-profile $agent 'Full Import'
run 0 -C i run-profile $agent 'Full Synchronization'
audited() { run "$1" -C i acl audit $agent -o json; cp "$TMPDIR/out" "$2"; }

# --- the agent's account: an administrator ------------------------------------------------------------
audited 20 agent.json
check 'nothing is refused' jq -e '[.findings[] | select(.attribute and .verdict == "refused")] == []' agent.json

# --- the partition's own --------------------------------------------------------------------------------
sed -i 's|<adma-partition-data>|&<login-user>MSOL_AD_Sync</login-user><login-domain>fabrikam.example</login-domain>|' "$connector"
run 20 -C i acl audit $agent
warns '7 objects, 42 writes: 12 allowed, 30 refused, 0 unsure'
audited 20 own.json
ad_bind i "$ad_service" "$ad_secret"
audited 20 service.json
check 'cell by cell what the account gets as the agent' diff <(jq -S .findings own.json) <(jq -S .findings service.json)
ad_bind i "$agents" "$own"
run 20 -C i acl effective $agent "CN=erin,OU=Outside,$AD_BASE"
says 'NO-ACE'

# --- of a dump, without a password ------------------------------------------------------------------------
dump() { ad_tool search -LLL -E '!1.2.840.113556.1.4.801=::MAMCAQc=' -E pr=500/noprompt -b "$1" '(objectClass=*)' '*' nTSecurityDescriptor; }
for base in "$AD_BASE" "CN=Schema,CN=Configuration,$AD_BASE" "CN=Extended-Rights,CN=Configuration,$AD_BASE"; do
  check 'a dump' dump "$base"
  cat "$TMPDIR/check" >>all.ldif
done
rm i/secrets/own i/secrets/ad
run 20 -C i acl audit $agent --ldif all.ldif -o json
check 'and the dump says the same' diff <(jq -S .findings own.json) <(jq -S .findings "$TMPDIR/out")
finish
