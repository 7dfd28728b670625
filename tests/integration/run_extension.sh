# SPDX-License-Identifier: Apache-2.0
# Scripted rules: with the extension they run; without it the step that needs them is refused by name,
# and what other agents have scripted is named as not done.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/scripted.sh"
run 0 -C i run-profile HR 'Full Import'
says 'add 2'

# --- the agent's own import flow needs what is not there ----------------------------------------------
run 9 -C i run-profile HR 'Full Sync'
says 'stopped-extension-dll-file-not-found'
says "flow 'corp.displayName' is scripted, and Corp.Rules.dll is not there"
check 'nothing was projected' test -z "$("$MACTL" -C i mv search -o name -q)"
run 0 -C i run-profile HR 'Full Import'

# --- another agent's step does not need it ---------------------------------------------------------------
profile=$("$MACTL" -C i ma show AD -o name | grep -i sync | head -n 1)
run 0 -C i run-profile AD "$profile"
says 'success'

# --- an extension that does not have the flow ---------------------------------------------------------------
sed -i 's|</mactl>|<extension assembly="Corp.Rules.dll" plugin="list_ma"/></mactl>|' i/mactl.xml
run 9 -C i run-profile HR 'Full Sync'
says 'stopped-extension-dll-no-implementation'
says "Corp.Rules.dll has no flow 'corp.displayName'"

# --- with it, the flow runs, and what it refuses is an error of the object -------------------------------------
sed -i 's|list_ma|corp_rules|' i/mactl.xml
run 4 -C i run-profile HR 'Full Sync'
says 'disconnector-projected-flow 1'
says 'flow-failure 1'
run 0 -C i runs show last --errors
says 'givenName and sn are both required'
run 0 -C i mv search 'displayName=Lovelace, Ada' -o json
check 'it computed the name' jq -e '.objects | length == 1' <<<"$out"

# --- a hook that no extension can serve yet ----------------------------------------------------------------------
sed -i 's|<class-mapping type="declared" id="{2239FCF6[^>]*>|<class-mapping type="scripted" id="{2239FCF6-D406-4F8A-87EA-D66DD7D0C127}" cd-object-type="person">|' i/config/MA-HR.XML
sed -i '/class-mapping type="scripted"/,/class-mapping>/ {/mv-object-type/d}' i/config/MA-HR.XML
run 9 -C i run-profile HR 'Full Sync'
says 'stopped-extension-dll-no-implementation'
says 'projection'
finish
