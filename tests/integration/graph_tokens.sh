# SPDX-License-Identifier: Apache-2.0
# How the agent says who it is: a secret, a certificate, a token of the platform. The token endpoint of the
# emulator verifies what it is given. Nothing of it is on disk, in a log or in an argument.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/graph.sh"
graph_instance
certificate() { # NAME DAYS
  (umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days "$2" 2>/dev/null)
}
trust() { jq -Rs '{pem: .}' "$1.pem" | curl -sS -f -X PUT -H 'Content-Type: application/json' "$(graph_root)/lab/certificates" -d @-; }
full() { run "$1" -C sync run-profile Service 'Full Import'; }
why() { run 0 -C sync runs show last; }
b64() { base64 -w0 | tr '+/' '-_' | tr -d '='; }

# --- the secret, asked for once in a run
graph_forget
full 0
check 'one token serves a run' graph_sees 'map(select(.url | endswith("/token"))) | length == 1 and .[0].by == "secret"'

# --- a certificate, both ways to sign
certificate here 90
check 'the application knows it' trust here
cp here.key sync/secrets/service
for algorithm in PS256 RS256; do
  graph_bind certificate "$PWD/here.pem" certificate-algorithm "$algorithm"
  graph_forget
  full 0
  check "$algorithm" graph_sees 'map(select(.url | endswith("/token"))) | length == 1 and .[0].by == "assertion"'
done
warns_not 'ends in'
check 'a token is revoked in the middle of a run' graph_settings '{"faults":[{"path":"/groups","status":401,"code":"InvalidAuthenticationToken"}]}'
graph_forget
full 0
check 'it is renewed once' graph_sees 'map(select(.url | endswith("/token"))) | length == 2'

# --- what is wrong with it is told before a request, or in the words of the service
denied() { # WORDS
  full 7
  why
  says 'no-start-credentials'
  says "$1"
  says_not 'PRIVATE KEY'
}
certificate other 90
graph_bind certificate "$PWD/other.pem"
denied 'is not the key of'
cp other.key sync/secrets/service
denied 'AADSTS700027'
certificate short 20
check 'the application knows it' trust short
cp short.key sync/secrets/service
graph_bind certificate "$PWD/short.pem"
run 0 -C sync run-profile Service 'Full Import'
warns 'short.pem ends in'
graph_bind certificate "$PWD/nowhere.pem"
denied 'nowhere.pem: No such file'
graph_bind certificate "$PWD/here.pem" certificate-algorithm HS256
full 6
why
says "'HS256' is none of: PS256, RS256"
echo nonsense >sync/secrets/service
graph_bind certificate "$PWD/here.pem"
denied 'is no private key in PEM'
(umask 077 && openssl ecparam -name prime256v1 -genkey -noout -out sync/secrets/service)
denied 'is no RSA key'

# --- a secret of its own name
cat here.pem here.key >both.pem
chmod 600 both.pem
graph_bind certificate "$PWD/both.pem"
sed -i -e "s|</agent>|<secret name=\"certificate-key\" file=\"$PWD/both.pem\"/>&|" sync/mactl.xml
full 0
graph_bind certificate "$PWD/here.pem"

# --- a systemd credential
mkdir credentials
cp here.key credentials/graph
sed -i -e 's|<secret name="password" file="secrets/service"/>|<secret name="password" credential="graph"/>|' sync/mactl.xml
CREDENTIALS_DIRECTORY=$PWD/credentials full 0

# --- a token that the platform keeps in a file
openssl genrsa -out platform.key 2048 2>/dev/null
jq -n --arg key "$(openssl rsa -in platform.key -pubout 2>/dev/null)" '{issuer: "https://platform.test", subject: "system:serviceaccount:sync", key: $key}' |
  curl -sS -f -X PUT -H 'Content-Type: application/json' "$(graph_root)/lab/platforms" -d @-
platform_token() { # SUBJECT
  local text
  text=$(printf '{"alg":"RS256","typ":"JWT"}' | b64).$(jq -nc --arg sub "$1" --argjson now "$(date +%s)" \
    '{iss: "https://platform.test", sub: $sub, aud: "api://AzureADTokenExchange", nbf: $now, exp: ($now + 300)}' | tr -d '\n' | b64)
  printf '%s.%s\n' "$text" "$(printf %s "$text" | openssl dgst -sha256 -sign platform.key | b64)" >federated
}
graph_bind federated-token-file "$PWD/federated"
platform_token system:serviceaccount:sync
graph_forget
full 0
check 'by assertion' graph_sees 'map(select(.url | endswith("/token"))) | length == 1 and .[0].by == "assertion"'
platform_token system:serviceaccount:other
denied 'AADSTS700213'
graph_bind federated-token-file "$PWD/federated" certificate "$PWD/here.pem"
full 6
why
says 'give one of them'

# --- no other way gives a token, and no file has anything of it
echo wrong >sync/secrets/service
graph_bind
denied 'AADSTS7000215'
graph_settings '{"clock":-7200000}'
denied 'seconds ahead)'
check 'nothing of a key or a token is kept' sh -c '! grep -rlE "PRIVATE KEY|eyJhbGci|access_token" sync --include="*" --exclude-dir=secrets'
finish
