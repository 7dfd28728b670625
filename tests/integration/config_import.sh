# SPDX-License-Identifier: Apache-2.0
# mactl config import: the lines of Import-MIISServerConfig, all or nothing, what is not bound yet.
. "$MACTL_SOURCE/tests/support/shell.sh"
classic=$exports/classic connect=$exports/connect
hr='MA-{11111111-0000-4000-8000-000000000001}.XML'

# --- what it says
run 0 -C sync config import "$classic"
check 'the verbose lines are those of the cmdlet, in its order' diff - <(head -n 4 <<<"$out") <<END
Metaverse Schema Updated.
Management Agent Created: $classic/MA-AD.xml
Management Agent Created: $classic/$hr
Metaverse Schema Updated With IAF.
END
says 'management agents      2 created'
says 'fabrikam.example (AD)'
says "secret 'password': mactl.xml does not say where it comes from"
says 'Fabrikam.Rules.dll, rules extension of fabrikam.example'
says_not 'HR (Delimited)'
warns 'next: mactl -C sync config report'
warns 'next: mactl -C sync run-profile "HR" "Full Import"'
check 'every line fits 80 columns, but for paths' \
  test -z "$(grep -v "$classic" <<<"$out" | awk 'length > 80')"
check 'the files are there byte for byte' diff -r sync/config "$classic"
run 0 -C sync config report

# --- again
run 0 -C sync config import "$classic"
says "Management Agent Updated: $classic/$hr"
says 'management agents      2 updated'

# --- one agent, then fewer: the rest stays
cp "$classic/MA-AD.xml" other.xml
sed -i 's/<version>1</<version>7</' other.xml
run 0 -C sync config import other.xml
says "Management Agent Updated: other.xml"
says_not 'Metaverse'
check 'it took the place of the old file' grep -q '<version>7<' sync/config/MA-AD.xml
mkdir fewer && cp "$classic/MV.xml" "$classic/$hr" fewer/
run 0 -C sync config import fewer
check 'the other agent is still there' grep -q '<version>7<' sync/config/MA-AD.xml

# --- skip and what-if
run 0 -C skipping config import "$classic" --skip 'hr; '
says "Management Agent Skipped: $classic/$hr"
says 'management agents      1 created, 1 skipped'
check 'it is not there' test ! -e "skipping/config/$hr"
run 2 -C skipping config import "$classic" --skip 'HR;Nobody'
warns "no management agent 'Nobody' to skip"
before=$(picture sync)
run 0 -C sync config import "$classic" --what-if
says "What if: Metaverse Schema Updated."
says "What if: Management Agent Updated: $classic/MA-AD.xml"
check 'what-if changes nothing' test "$before" = "$(picture sync)"
run 0 -C nowhere config import "$connect" --what-if
says 'What if: Management Agent Created'
check 'what-if makes no instance' test ! -e nowhere

# --- the other family
run 0 -C cloud config import "$connect/"
says 'Metaverse Schema Updated With IAF.'
says 'synchronization rules  3 created'
says "secret 'password'"
check 'the folders are kept' diff -r cloud/config "$connect"
run 8 -C sync config import "$connect"
warns 'another instance is needed'

# --- foreign files
cp -r "$classic" mixed && echo hello >mixed/readme.txt
run 0 -C mixture config import mixed
warns 'warning: mixed/readme.txt is no file of a server configuration: not imported'
check 'it stays out' test ! -e mixture/config/readme.txt
before=$(picture mixture)
run 8 -C mixture config import mixed --strict
warns 'readme.txt'
check 'nothing changed' test "$before" = "$(picture mixture)"

# --- errors: all of them, and nothing changed
cp -r "$classic" bad
sed -i 's/type="full-import"/type="full-of-it"/; s/type="declared" id/type="undeclared" id/' "bad/$hr"
before=$(picture sync)
run 8 -C sync config import bad
check 'each error has its place' test "$(grep -cE '^bad/MA-.*:[0-9]+:[0-9]+: error: ' <<<"$err")" -ge 2
warns 'nothing was imported'
check 'nothing changed' test "$before" = "$(picture sync)"
run 8 -C fresh config import bad
check 'no instance is made' test ! -e fresh
mkdir empty
run 8 -C empty config import bad
check 'the folder is as empty as before' test -z "$(ls -A empty)"
run 2 -C sync config import absent
warns 'absent'

# --- where
mkdir elsewhere && cd elsewhere || exit 1
run 2 config import "$classic"
warns '-C DIR'
check 'nothing is made in the current folder' test -z "$(ls -A)"
cd ..
mkdir occupied && echo letter >occupied/letter
run 2 -C occupied config import "$classic"
warns 'holds something else'
check 'nothing changed' test "$(ls occupied)" = letter
( cd sync && "$MACTL" config import -q "$classic" >/dev/null 2>&1 )
check 'the current folder serves where it is an instance' test $? = 0
MACTL_HOME=$PWD/sync run 0 config import "$classic" -q
says 'Metaverse Schema Updated.'
says_not 'not bound'

# --- what mactl.xml binds is no longer missing
umask 077
echo secret >sync/secrets/ad
cat >sync/mactl.xml <<END
<mactl version="1">
  <agent name="fabrikam.example" plugin="file_ma">
    <secret name="password" file="secrets/ad"/>
  </agent>
  <extension assembly="Fabrikam.Rules.dll" plugin="corp_rules"/>
  <agent name="ghost"/>
</mactl>
END
run 0 -C sync config import "$classic"
says 'nothing: every agent has its plugin and its secrets'
warns "sync/mactl.xml:6:3: there is no management agent 'ghost'"
echo '<mactl version="1"><agnet/></mactl>' >sync/mactl.xml
before=$(picture sync)
run 8 -C sync config import "$classic"
warns "sync/mactl.xml:1:20: <mactl> has no element <agnet>, did you mean 'agent'?"
check 'nothing changed' test "$before" = "$(picture sync)"
finish
