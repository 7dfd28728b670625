# SPDX-License-Identifier: Apache-2.0
# That the token endpoint of the emulator of Graph is as strict as Microsoft's, asked for without the agent: an
# assertion is of the application, for this endpoint, of now, short, signed by a key that is known, and comes once.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/service.sh"
cloud_need graph
cloud_start graph
endpoint=$(graph_root)/lab/oauth2/v2.0/token
scope=https://graph.microsoft.com/.default
lab() { curl -sS -f -X "$1" -H 'Content-Type: application/json' "$(graph_root)/lab/$2" -d "$3"; }
b64() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
token() { curl -sS "$@" --data-urlencode grant_type=client_credentials >body; }
by_secret() { token "$1" -d client_id=lab-client --data-urlencode "scope=$2" -d client_secret=lab-secret; }
print() { openssl x509 -in "$1.pem" -outform DER | openssl dgst "-$2" -binary | b64; }
key() { openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.pem" -subj "/CN=$1" -days 30 2>/dev/null; }
serial=0
# assertion KEY HEADER CLAIMS: $text; HEADER and CLAIMS are put over the right ones
assertion() {
  local header claims
  serial=$((serial + 1))
  header=$(jq -nc --arg print "$(print here sha1)" "{alg: \"RS256\", typ: \"JWT\", x5t: \$print} + $2")
  claims=$(jq -nc --arg aud "$endpoint" --arg jti "$serial" --argjson now "$(date +%s)" \
    "{aud: \$aud, iss: \"lab-client\", sub: \"lab-client\", jti: \$jti, nbf: \$now, exp: (\$now + 600)} + $3")
  text=$(printf %s "$header" | b64).$(printf %s "$claims" | b64)
  text=$text.$(printf %s "$text" | openssl dgst -sha256 -sign "$1.key" | b64)
}
by_assertion() {
  token "$endpoint" -d client_id=lab-client --data-urlencode "scope=$scope" --data-urlencode "client_assertion=$text" \
    -d client_assertion_type="${1:-urn:ietf:params:oauth:client-assertion-type:jwt-bearer}"
}
given() { jq -e '.access_token | length > 0' body >/dev/null || fail "$1: $(cat body)"; }
refused() { grep -qF "AADSTS$2:" body || fail "$1: $(cat body)"; }
# no WHAT CODE KEY HEADER CLAIMS: an assertion like this gets no token
no() {
  assertion "$3" "$4" "$5"
  by_assertion
  refused "$1" "$2"
}
key here
key other
lab PUT certificates "$(jq -Rs '{pem: .}' here.pem)"

by_secret "$endpoint" "$scope"
given 'a secret'
by_secret "$endpoint" https://graph.microsoft.com/User.Read
refused 'a scope that is not the default' 70011
by_secret "$(graph_root)/elsewhere/oauth2/v2.0/token" "$scope"
refused 'another tenant' 90002

assertion here '{}' '{}'
by_assertion
given 'an assertion'
by_assertion
refused 'the same once more' 50013
assertion here '{}' '{}'
text+=$'\n'
by_assertion
refused 'with a line end behind it' 50027
assertion here '{}' '{}'
by_assertion urn:other
refused 'of another type' 50027
no 'for somebody else' 700023 here '{}' '{aud: "https://login.example/token"}'
no 'of another application' 700023 here '{}' '{iss: "somebody", sub: "somebody"}'
no 'by another key' 700027 other '{}' '{}'
no 'by a certificate that nobody knows' 700027 other "{x5t: \"$(print other sha1)\"}" '{}'
no 'PS256 with the old print' 50027 here '{alg: "PS256"}' '{}'
no 'PS256 that is none' 700027 here "{alg: \"PS256\", \"x5t#S256\": \"$(print here sha256)\"}" '{}'
no 'without a name of its own' 50013 here '{}' '{jti: ""}'
no 'for a day' 700024 here '{}' '{exp: (now + 86400 | floor)}'
no 'of yesterday' 700024 here '{}' '{nbf: (now - 86400 | floor), exp: (now - 85800 | floor)}'
no 'of tomorrow' 700024 here '{}' '{nbf: (now + 86400 | floor), exp: (now + 87000 | floor)}'

lab PUT platforms "$(jq -nc --arg key "$(openssl rsa -in other.key -pubout 2>/dev/null)" '{issuer: "https://platform.test", subject: "sync", key: $key}')"
platform='{iss: "https://platform.test", sub: "sync", aud: "api://AzureADTokenExchange"}'
assertion other '{x5t: null}' "$platform"
by_assertion
given 'a token of the platform'
no 'of the platform, for somebody else' 700212 other '{x5t: null}' "$platform + {aud: \"api://other\"}"
no 'of the platform, by another key' 50027 here '{x5t: null}' "$platform"

# --- a token ends
by_secret "$endpoint" "$scope"
bearer=$(jq -r .access_token body)
code() { curl -sS -o /dev/null -w '%{http_code}' -H "Authorization: Bearer $bearer" "$cloud_url/organization"; }
is 'a token is one' "$(code)" 200
lab PATCH settings '{"clock":7200000}' >/dev/null
is 'until its end' "$(code)" 401
finish
