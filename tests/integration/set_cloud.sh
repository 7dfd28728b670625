# SPDX-License-Identifier: Apache-2.0
# mactl ma set-cloud: what it writes opens a real SCIM server, and a wrong secret does not.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
cloud_need scimmy
cloud_start scimmy
run 0 -C i config import "$MACTL_SOURCE/docs/examples/hybrid/export" -q
aad='fabrikam.onmicrosoft.example - AAD'
secret() { printf '%s\n' "$1" | "$MACTL" -C i ma set-cloud "$aad" --secret-stdin "${@:2}" >"$TMPDIR/out" 2>"$TMPDIR/err"; out=$(cat "$TMPDIR/out") err=$(cat "$TMPDIR/err"); }

secret wrong --connect-to "$cloud_url"
says ": url: $cloud_url (was: none)"
run 7 -C i run-profile "$aad" 'Full Import'
secret "$cloud_token"
says_not "$cloud_token"
run 0 -C i run-profile "$aad" 'Full Import'
check 'one secret is kept' test "$(ls i/secrets | wc -l)" = 1

# --- a certificate stands for it, with its key beside it or in it ---------------------------------------
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out sync.pem -days 2 -subj /CN=sync 2>/dev/null
chmod 600 key.pem
run 2 -C i ma set-cloud "$aad" --certificate-key key.pem
warns 'is of a --certificate'
run 0 -C i ma set-cloud "$aad" --client-id app --certificate sync.pem --certificate-key key.pem
says ": certificate: $work/sync.pem (was: none)"
says ": certificate-key: file $work/key.pem (was: none)"
check 'mactl.xml names both' test "$(grep -c "sync.pem\|key.pem" i/mactl.xml)" = 2
finish
