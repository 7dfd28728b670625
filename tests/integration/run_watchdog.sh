# SPDX-License-Identifier: Apache-2.0
# A plugin that does not come back is ended with its run, and the result names the call that it is in. The limit is
# one that no other call comes near, on a slow machine either.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i
watched() { pair_behave i "$1"; pair_setting i plugin-silence 8; }
silent="the plugin gave no sign of life for 8 s"

# --- an agent: when it is opened, while it imports, while it exports ---------------------------------
watched stuck
run 9 -C i run-profile HR 'Full Import'
says 'stopped-ma-extension-timeout'
says "$silent in open of gate_ma: the worker was killed"
watched hang
run 9 -C i run-profile HR 'Full Import'
says "$silent in import_entries of gate_ma, object 'uid=1,ou=people,dc=hr': the worker was killed"
pair_behave i fine
run 0 -C i run-profile HR FIFS
watched hang
run 9 -C i run-profile Directory Export
says 'stopped-ma-extension-timeout'
check 'the object that it was at' grep -q "$silent in export_entries of gate_ma, object '[^']*CN=.*'" <<<"$out"
run 0 -C i runs list
says_not 'in-progress'

# --- a step's own time limit counts where it is the lower one ---------------------------------------------
pair_behave i hang
run 9 -C i run-profile HR Impatient
says 'gave no sign of life for 8 s in import_entries of gate_ma'

# --- who is slow, but says that it is there, may go on -----------------------------------------------------
watched crawl
run 0 -C i run-profile HR 'Full Import'
says 'success'

# --- a crash names the call too ------------------------------------------------------------------------------
pair_behave i abort
run 9 -C i run-profile HR 'Full Import'
says "the worker died in import_entries of gate_ma, object 'uid=1,ou=people,dc=hr': Aborted"

# --- a hook of a rules extension: which, and for which object ------------------------------------------------
rm -rf i
. "$MACTL_SOURCE/tests/support/scripted.sh"
sed -i 's|</mactl>|<extension assembly="Corp.Rules.dll" plugin="stuck_rules"/></mactl>|' i/mactl.xml
pair_setting i plugin-silence 8
run 0 -C i run-profile HR 'Full Import'
run 9 -C i run-profile HR 'Full Sync'
says 'stopped-ma-extension-timeout'
says "$silent in 'corp.displayName' (import-flow) of Corp.Rules.dll, object '"
check 'Eve' grep -q "object '[^']*2[^']*': the worker was killed" <<<"$out"
finish
