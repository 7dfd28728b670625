# SPDX-License-Identifier: Apache-2.0
# mactl ma set-ad, set-cloud: what changes is shown, is as small as can be, or does not happen at all.
. "$MACTL_SOURCE/tests/support/shell.sh"
agent=fabrikam.example
run 0 -C i config import "$MACTL_SOURCE/docs/examples/hybrid/export" -q
connector=$(echo i/config/Connectors/*80ccb0b2*)
steps() { grep -o '<partition>{[^<]*' "$connector"; }
before=$(steps)

# --- what is asked for is said, and only said -------------------------------------------------------
picture i >unchanged
run 0 -C i ma set-ad $agent --login svc-new --credential c --what-if
says_not 'svc-mactl'
check 'a look changes nothing' diff unchanged <(picture i)

# --- an account, with a password of stdin -------------------------------------------------------------
secret='Pass<&"word'
printf '%s\nnot this\n' "$secret" | "$MACTL" -C i ma set-ad $agent --login svc-new --domain corp.example --password-stdin >out 2>err
check 'it went well' test $? = 0
out=$(cat out) err=$(cat err)
says 'fabrikam.example: login: svc-new (was: none)'
says 'fabrikam.example: domain: corp.example (was: none)'
says 'fabrikam.example: password: a new file of secrets/ (was: none)'
says_not "$secret"
warns 'mactl -C i ma test fabrikam.example'
kept=secrets/$(ls i/secrets)
check 'it is kept for its owner alone' test "$(stat -c %a "i/$kept")" = 600
check 'it is the first line' test "$(cat "i/$kept")" = "$secret"
check 'the template is still there' grep -q 'What the imported configuration cannot say' i/mactl.xml
run 0 -C i ma show $agent
says "password: file $kept"

# --- another password: the old file goes once the new one holds ------------------------------------------
echo second | "$MACTL" -C i ma set-ad $agent --password-stdin >/dev/null 2>&1
check 'one file is left' test "$(ls i/secrets)" != "$(basename "$kept")" -a "$(ls i/secrets | wc -l)" = 1
check 'with the new one' grep -qx second i/secrets/*

# --- a file, a credential, a keytab: what was typed is not kept beside them -------------------------------
(umask 077 && echo third >outside)
run 0 -C i ma set-ad $agent --password-file outside
says "password: file $work/outside (was: file secrets/fabrikam.example-"
check 'what nobody reads is gone' test -z "$(ls i/secrets)"
run 0 -C i ma set-ad $agent --password-file outside
says 'all is so already'
run 0 -C i ma set-ad $agent --credential contoso
says 'password: credential contoso'
touch keys
run 0 -C i ma set-ad $agent --keytab keys
says "keytab: $work/keys (was: none)"
says 'password: none (was: credential contoso)'
says 'authentication: kerberos (was: none)'
run 0 -C i ma set-ad $agent --password-file outside
says "keytab: none (was: $work/keys)"

# --- a terminal is asked, without an echo ------------------------------------------------------------------
printf 'Password of svc-tty: \tTyped in\n' >answers
run_terminal() { "$MACTL_SOURCE/tests/support/terminal.py" answers "$MACTL" "$@" >out 2>&1; code=$? out=$(cat out); }
run_terminal -C i ma set-ad $agent --login svc-tty
check 'it went well' test $code = 0
says 'login: svc-tty (was: svc-new)'
says_not 'Typed in'
check 'it was understood' grep -qx 'Typed in' i/secrets/*
picture i >unchanged
printf 'Password of svc-tty: \t\n' >answers
run_terminal -C i ma set-ad $agent --login svc-tty
check 'no password is none' test $code = 2
says 'no password was given'
check 'and the old one holds' diff unchanged <(picture i)

# --- another forest, other containers: partitions keep their ids, run profiles their partitions ---------------
run 0 -C i ma set-ad $agent --forest lab.example --container OU=People,DC=lab,DC=example --what-if
says 'What if: fabrikam.example: forest: lab.example (was: fabrikam.example)'
check 'a look changes nothing' diff unchanged <(picture i)
run 0 -C i ma set-ad $agent --forest lab.example
says 'fabrikam.example: forest: lab.example (was: fabrikam.example)'
says 'partition: DC=lab,DC=example (was: DC=fabrikam,DC=example)'
says 'containers of DC=lab,DC=example: OU=Staff,DC=lab,DC=example (was: OU=Staff,DC=fabrikam,DC=example)'
check 'the steps point where they did' test "$(steps)" = "$before"
check 'parameters of rules know it' grep -q 'name="Domain.LDAP".*>DC=lab,DC=example<' "$connector"
check 'no place of the old one is left there' test "$(grep -c 'DC=fabrikam,DC=example' "$connector")" = 0
run 0 -C i ma set-ad $agent --container OU=People,DC=lab,DC=example --container 'OU=R&D,DC=lab,DC=example'
says 'OU=People,DC=lab,DC=example; OU=R&D,DC=lab,DC=example (was: OU=Staff,DC=lab,DC=example)'
says 'not below, in DC=lab,DC=example: DC=lab,DC=example (was: DC=lab,DC=example; OU=Leavers'
run 0 -C i ma partitions $agent -o json
check 'as it was asked for' jq -e '.partitions[0].inclusions == ["OU=People,DC=lab,DC=example", "OU=R&D,DC=lab,DC=example"]
  and .partitions[0].exclusions == ["DC=lab,DC=example"]' <<<"$out"
run 0 -C i ma set-ad $agent --container DC=lab,DC=example -o json
check 'the document' jq -e '.schema == "mactl/ma-set/1" and .agent == "fabrikam.example" and (.what_if | not)
  and (.changes | map(.now) | index("DC=lab,DC=example"))' <<<"$out"

# --- the cloud -----------------------------------------------------------------------------------------------
cloud='fabrikam.onmicrosoft.example - AAD'
run 0 -C i ma set-cloud "$cloud" --connect-to https://scim.example/v2 --client-id app --tenant t --secret-file outside
says ': url: https://scim.example/v2 (was: none)'
says ': client-id: app (was: none)'
says ": password: file $work/outside"
picture i >unchanged
run 0 -C i ma set-cloud "$cloud" --connect-to https://scim.example/v2 --client-id app --tenant t --secret-file outside
says 'all is so already'
run 2 -C i ma set-cloud "$cloud" --connect-to http://scim.example/v2
warns 'begins with https://'
run 2 -C i coexistence enable --connect-to http://scim.example/v2
warns 'begins with https://'

# --- mistakes change nothing -----------------------------------------------------------------------------------
run 2 -C i ma set-ad $agent
warns 'nothing was given to set'
run 2 -C i ma set-ad $agent --login x
warns 'nobody is there to be asked for the password'
run 2 -C i ma set-ad $agent --keytab keys --password-stdin
warns 'comes from one place'
run 2 -C i ma set-ad "$cloud" --forest x
warns 'category Extensible2'
run 2 -C i ma set-ad fabrikam.exmple --forest x
warns 'did you mean "fabrikam.example"?'
run 8 -C i ma set-ad $agent --container OU=Elsewhere,DC=other
warns "no partition of 'fabrikam.example' holds the container 'OU=Elsewhere,DC=other'"
chmod 644 outside
run 1 -C i ma set-ad $agent --password-file outside
warns 'has mode 0644'
chmod 600 outside
check 'and nothing was' diff unchanged <(picture i)
cp i/mactl.xml good.xml
echo '<mactl version="1"><agents/></mactl>' >i/mactl.xml
run 8 -C i ma set-ad $agent --container OU=X,DC=lab,DC=example --login y --password-file outside
cp good.xml i/mactl.xml
check 'a broken mactl.xml leaves config/ alone' diff unchanged <(picture i)
finish
