# SPDX-License-Identifier: Apache-2.0
# mactl config validate: every error with its place, without an instance.
. "$MACTL_SOURCE/tests/support/shell.sh"
hr='MA-{11111111-0000-4000-8000-000000000001}.XML'
cp -r "$exports/classic" bad

run 0 config validate "$exports/classic"
says '0 errors, 0 warnings'
check 'nothing is made' test -z "$(ls -A | grep -v '^bad$' | grep -v '^.tmp$')"

sed -i 's/type="full-import"/type="full-of-it"/; s/<stay-disconnector\/>/<stay-disconnected\/>/' "bad/$hr"
sed -i 's/src-ma="{11111111-0000-4000-8000-000000000001}"/src-ma="{11111111-0000-4000-8000-00000000000f}"/' bad/MV.xml
run 8 config validate bad
line=$(grep -n 'full-of-it' "bad/$hr" | cut -d: -f1)
says "bad/$hr:$line:"
check 'an unknown element is listed with its place' grep -qE "^bad/MA-.*:[0-9]+:[0-9]+: .*stay-disconnected" <<<"$out"
check 'a dangling reference is a warning' grep -qE '^bad/MV.xml:[0-9]+:[0-9]+: warning: ' <<<"$out"
check 'the last line counts' grep -qE '^bad: [1-9][0-9]* errors?, [1-9]' <<<"$(tail -n 1 <<<"$out")"
run 8 config validate bad -q
says_not 'warning'
run 8 config validate bad -o json
check 'it is JSON of its schema' jq -e '.schema == "mactl/config-findings/1" and .valid == false' <<<"$out"
check 'findings have places' jq -e '[.findings[] | select(.level == "error")] | length > 0 and all(.line > 0 and .column > 0 and (.file | length > 0))' <<<"$out"

# an instance: mactl.xml and its configuration
run 0 -C sync config import "$exports/classic" -q
run 0 -C sync config validate
run 0 config validate sync
sed -i 's|</mactl>|<guard export-deletes="many"/></mactl>|' sync/mactl.xml
run 8 config validate sync/mactl.xml
warns "sync/mactl.xml:"
warns "'many' is no number"
run 8 -C sync config validate
warns "'many' is no number"

# an expression that does not parse: found here, and not imported
run 0 -C good config import "$exports/connect" -q
before=$(picture good)
cp -r "$exports/connect" broken
sed -i '0,/<expression>/s/<expression>/<expression>IIF(/' broken/SynchronizationRules/*
run 8 config validate broken
says 'error: the expression for'
check 'with its place' grep -qE '^broken/SynchronizationRules/[^:]*:[0-9]+:[0-9]+: error: ' <<<"$out"
run 8 -C good config import broken
warns 'nothing was imported'
check 'the instance is as it was' test "$before" = "$(picture good)"

# what is no configuration at all
mkdir empty
run 8 config validate empty
run 2 config validate absent
run 2 config validate
warns 'the current folder is no instance'
head -c 300 "$exports/classic/MV.xml" >cut.xml
run 8 config validate cut.xml
check 'the file is named once' grep -qE '^cut.xml:[0-9]+:[0-9]+: error: ' <<<"$out$err"
finish
