# SPDX-License-Identifier: Apache-2.0
# mactl scim probe says in what a server differs from the standard, as parameters for mactl.xml: of three
# servers, each as it is.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }
people() { # how many; in eights
  seq 1 "$1" | xargs -P 8 -I{} curl -sS -o /dev/null -H "Authorization: Bearer $cloud_token" -H 'Content-Type: application/scim+json' "$cloud_url/Users" \
    -d '{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"p{}@corp.example","displayName":"P","active":true,"name":{"givenName":"P","familyName":"N{}"},"emails":[{"value":"p{}@corp.example","primary":true}]}'
}
probe() { # SERVER PEOPLE: $found
  cloud_need "$1"
  cloud_start "$1"
  people "$2"
  (umask 077 && echo "$cloud_token" >"$1.bearer")
  run 0 scim probe "$cloud_url" --secret-file "$1.bearer" -o json
  found=$(jq -r '.parameters[]' <<<"$out" | sed -E 's/.*"(.*)">(.*)<.*/\1 \2/' | sort | tr '\n' ';')
}

cloud_need jackson
probe jackson 60
is 'the sloppy one counts the page, finds by the name alone' "$found" 'delta none;page-size 50;total-results ignored;'
probe scimmy 30
is 'one that does as it should has none' "$found" ''
probe betterauth 110
is 'the strict one' "$found" 'delta none;page-size 100;'

# --- the words, and what is wrong
cloud_start scimmy
(umask 077 && echo "$cloud_token" >bearer)
run 0 scim probe "$cloud_url" --secret-file bearer
says 'nobody is there to be listed'
(umask 077 && echo wrong >bearer)
run 7 scim probe "$cloud_url" --secret-file bearer
warns '401'
for url in http://scim.example/v2 nope; do
  run 2 scim probe $url # nobody is asked for a secret before
  warns "scim probe $url: a URL that begins with https://"
done
run 7 scim probe "http://127.0.0.1:1/v2" --secret-file bearer
finish
