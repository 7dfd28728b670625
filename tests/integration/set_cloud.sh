# SPDX-License-Identifier: Apache-2.0
# mactl ma set-cloud: what it writes opens a real SCIM server, and a wrong secret does not.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
cloud_need scimmy
cloud_start scimmy
run 0 -C i config import "$MACTL_SOURCE/docs/examples/hybrid/export" -q
aad='fabrikam.onmicrosoft.example - AAD'
secret() { printf '%s\n' "$1" | "$MACTL" -C i ma set-cloud "$aad" --secret-stdin "${@:2}" >"$TMPDIR/out" 2>"$TMPDIR/err"; out=$(cat "$TMPDIR/out") err=$(cat "$TMPDIR/err"); }
run 0 plugin inspect cloud_ma
says 'delta-may-miss'

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
says ": password: none (was: file secrets/"
check 'the secret that it stands for is forgotten' test "$(ls i/secrets | wc -l)" = 0
run 0 -C i ma list
check 'an agent with a certificate has all that it needs' grep -q 'AAD .* ready' <<<"$out"
chmod 644 key.pem
run 0 -C i ma show "$aad" -v
says 'certificate-key: '
chmod 600 key.pem

# --- and a platform's token for both; then a secret again
echo token >platform.jwt
run 2 -C i ma set-cloud "$aad" --certificate sync.pem --federated-token platform.jwt
warns 'comes from one place'
run 0 -C i ma set-cloud "$aad" --federated-token platform.jwt
says ": certificate: none (was: $work/sync.pem)"
says ": federated-token-file: $work/platform.jwt (was: none)"
says ": certificate-key: none (was: file $work/key.pem)"
check 'a key of somebody else stays where it is' test -f key.pem
run 0 -C i ma list
check 'an agent with a token of the platform has all that it needs' grep -q 'AAD .* ready' <<<"$out"
secret "$cloud_token"
says ": federated-token-file: none (was: $work/platform.jwt)"
says ': password: a new file of secrets/ (was: none)'
run 0 -C i ma list
check 'and with a secret' grep -q 'AAD .* ready' <<<"$out"
check 'nothing is left of the others' test "$(grep -c 'certificate\|federated' i/mactl.xml)" = 0

# --- asked for at the terminal, where what is typed is not shown
if command -v script >/dev/null; then
  : >typed
  { comes grep -q 'Secret of' typed; echo TypedSecret7; } |
    script -qefc "$MACTL -C i ma set-cloud '$aad' --client-id app" typed >/dev/null || fail 'no secret can be typed'
  check 'a secret is asked for' grep -q 'Secret of the client: ' typed
  check 'and not shown' sh -c '! grep -q TypedSecret7 typed'
  check 'and kept in a file of its owner' sh -c 'grep -lx TypedSecret7 i/secrets/* && test -z "$(find i/secrets -type f -perm /077)"'
fi
finish
