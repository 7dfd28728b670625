# SPDX-License-Identifier: Apache-2.0
# mactl coexistence enable: whichever way an account is given, it is the one that connects afterwards; and the
# administrator is one who may, by whatever proves it. Each is tried on what it is for: the domain controller, and
# the token endpoint of the Graph emulator.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
. "$MACTL_SOURCE/tests/support/coexistence.sh"
coexistence_begin
. "$MACTL_SOURCE/tests/support/cloud.sh" # behind it: both stop what they started
coexistence_moves
binding() { sed -n "/<agent name=\"$1\"/,/<\/agent>/p" i/mactl.xml; }
bound() { check "mactl.xml has: $2" grep -qF -- "$2" <<<"$(binding "$1")"; }
unbound() { check "mactl.xml has no more: $2" test -z "$(binding "$1" | grep -F -- "$2")"; }
member() { check "$1 is in the group" grep -q "^member: CN=$1,CN=Users,$AD_BASE" <(ad_search "CN=$group,CN=Users,$AD_BASE" base member); }
new_account() { # NAME PASSWORD
  check "the account $1" samba_tool user create "$1" "$2"
}

connects() { # AGENT WHAT-IS-TRIED-FIRST: with remarks or without
  local got=0
  "$MACTL" -C i ma test "$1" >"$TMPDIR/out" 2>"$TMPDIR/err" || got=$?
  out=$(cat "$TMPDIR/out") err=$(cat "$TMPDIR/err") last="-- ma test $1"
  case $got in 0 | 3) ;; *) fail "exit code $got instead of 0 or 3" ;; esac
  says "  ok       $2"
}

# --- the administrator: a credential of systemd, which has to be there -----------------------------------------
mkdir credentials
(umask 077 && cp secrets/ad credentials/admin && echo 'Credential-Pass1' >credentials/sync)
new_account svc-credential 'Credential-Pass1'
credential=(--admin Administrator --admin-credential admin --login svc-credential --login-credential sync --no-start)
picture i/config >unchanged
CREDENTIALS_DIRECTORY=$PWD/nowhere run 1 "${enable[@]}" "${credential[@]}"
warns 'nowhere/admin'
check 'nothing was made' diff unchanged <(picture i/config)
CREDENTIALS_DIRECTORY=$PWD/credentials run 0 "${enable[@]}" "${credential[@]}"
says 'rights: 26 set'
bound $agent '<secret name="password" credential="sync"/>'
unbound $agent 'secrets/ad'
check 'neither is kept' test -z "$(grep -rlE "$AD_PASSWORD|Credential-Pass1" i | grep -vE '^i/secrets/(admin|ad)$')"
CREDENTIALS_DIRECTORY=$PWD/credentials connects $agent connection
echo wrong >credentials/sync
CREDENTIALS_DIRECTORY=$PWD/credentials run 7 -C i ma test $agent

# --- the administrator: tickets of Kerberos; the account: its keys ---------------------------------------------
new_account svc-keys 'Keytab-Pass1'
check 'its keys' samba-tool domain exportkeytab keys --principal=svc-keys -s "$AD_SMB_CONF"
chmod 600 keys
keys=(--login svc-keys --keytab keys --no-start)
run 1 "${enable[@]}" --admin-cache "FILE:$PWD/tickets" "${keys[@]}"
unbound $agent 'svc-keys'
check 'tickets of somebody who may not' env KRB5CCNAME="FILE:$PWD/tickets" kinit -k -t keys svc-keys
run 1 "${enable[@]}" --admin-cache "FILE:$PWD/tickets" --group 'Write-back by ticket' "${keys[@]}"
check 'and does not' test -z "$(ad_search "CN=Write-back by ticket,CN=Users,$AD_BASE" base dn 2>/dev/null)"
check 'tickets of the administrator' env KRB5CCNAME="FILE:$PWD/tickets" kinit "Administrator@${AD_REALM^^}" <secrets/ad
run 0 "${enable[@]}" --admin-cache "FILE:$PWD/tickets" --group 'Write-back by ticket' "${keys[@]}"
says "group: CN=Write-back by ticket,CN=Users,$AD_BASE made"
says 'rights: 26 set'
bound $agent "<parameter name=\"keytab\">$PWD/keys</parameter>"
unbound $agent 'credential="sync"'
unbound $agent 'tickets'
connects $agent connection
mv keys elsewhere
run 7 -C i ma test $agent
mv elsewhere keys

# --- and out of it by tickets, too ------------------------------------------------------------------------------
run 0 "${disable[@]}" --admin-cache "FILE:$PWD/tickets" --group 'Write-back by ticket'
says 'rights: 52 taken out'
CREDENTIALS_DIRECTORY=$PWD/credentials run 0 "${disable[@]}" --admin Administrator --admin-credential admin
says 'rights: there are none that were set'

# --- a file of its own stays where it is; the account is the one that is put into the group ------------------------
new_account svc-file 'File-Pass1'
(umask 077 && echo 'File-Pass1' >its-password)
run 0 "${enable[@]}" "${admin[@]}" --login svc-file --login-password-file its-password --no-start
bound $agent "<secret name=\"password\" file=\"$PWD/its-password\"/>"
unbound $agent 'keytab'
connects $agent connection

# --- the cloud: where it is, who asks it for a token, and what proves it -------------------------------------------
cloud_need graph
cloud_start graph
graph_settings '{"app":"labclient"}' # whose extensions the hybrid values are
sed -i -e "/<agent name=\"$cloud\"/,/<\/agent>/{s/plugin=\"file_ma\"/plugin=\"cloud_ma\"/; /<parameter/d}" i/mactl.xml
service=(--connect-to "$cloud_url" --tenant lab --token-url "$(graph_root)/lab/oauth2/v2.0/token" --client-id lab-client)
opens() { # HOW: a token was given for it
  graph_forget
  connects "$cloud" tenant
  check "it is opened by $1" graph_sees "map(select(.url | endswith(\"/token\"))) | length >= 1 and all(.by == \"$1\")"
}
(umask 077 && echo lab-secret >its-secret && echo lab-secret >credentials/cloud)
run 0 "${enable[@]}" "${admin[@]}" --no-start "${service[@]}" --cloud-secret-file its-secret
for parameter in "url\">$cloud_url" 'tenant">lab' "token-url\">$(graph_root)/lab/oauth2/v2.0/token" 'client-id">lab-client'; do
  bound "$cloud" "<parameter name=\"$parameter</parameter>"
done
bound "$cloud" "file=\"$PWD/its-secret\""
opens secret
run 0 "${enable[@]}" "${admin[@]}" --no-start --client-id nobody --cloud-secret-file its-secret
run 7 -C i ma test "$cloud"
run 0 "${enable[@]}" "${admin[@]}" --no-start --client-id lab-client --cloud-credential cloud
bound "$cloud" 'credential="cloud"'
unbound "$cloud" 'its-secret'
CREDENTIALS_DIRECTORY=$PWD/credentials opens secret
run 7 -C i ma test "$cloud"

# --- a certificate, its key in it or beside it ------------------------------------------------------------------
(umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -keyout it.key -out it.pem -subj /CN=it -days 90 2>/dev/null && cat it.pem it.key >both.pem)
jq -Rs '{pem: .}' it.pem | curl -sS -f -X PUT -H 'Content-Type: application/json' "$(graph_root)/lab/certificates" -d @-
run 0 "${enable[@]}" "${admin[@]}" --no-start --certificate it.pem --certificate-key it.key
bound "$cloud" "<parameter name=\"certificate\">$PWD/it.pem</parameter>"
bound "$cloud" "file=\"$PWD/it.key\""
unbound "$cloud" 'credential="cloud"'
opens assertion
run 0 "${enable[@]}" "${admin[@]}" --no-start --certificate both.pem
bound "$cloud" "<parameter name=\"certificate\">$PWD/both.pem</parameter>"
unbound "$cloud" 'it.key'
opens assertion

# --- a token that the platform writes -------------------------------------------------------------------------------
b64() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
openssl genrsa -out platform.key 2048 2>/dev/null
jq -n --arg key "$(openssl rsa -in platform.key -pubout 2>/dev/null)" '{issuer: "https://platform.test", subject: "it", key: $key}' |
  curl -sS -f -X PUT -H 'Content-Type: application/json' "$(graph_root)/lab/platforms" -d @-
text=$(printf '{"alg":"RS256","typ":"JWT"}' | b64).$(jq -nc --argjson now "$(date +%s)" \
  '{iss: "https://platform.test", sub: "it", aud: "api://AzureADTokenExchange", nbf: $now, exp: ($now + 600)}' | tr -d '\n' | b64)
printf '%s.%s\n' "$text" "$(printf %s "$text" | openssl dgst -sha256 -sign platform.key | b64)" >federated
run 0 "${enable[@]}" "${admin[@]}" --no-start --federated-token federated
bound "$cloud" "<parameter name=\"federated-token-file\">$PWD/federated</parameter>"
unbound "$cloud" 'both.pem'
opens assertion
echo nonsense >federated
run 7 -C i ma test "$cloud"
check 'nothing of a key or a token is kept' test -z "$(grep -rlE 'PRIVATE KEY|eyJhbGci|lab-secret' i)"
finish
