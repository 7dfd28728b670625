# SPDX-License-Identifier: Apache-2.0
# A domain controller for a test, Samba's, made for it and gone with it. Sourced behind shell.sh.
#
#   ad_begin                starts one, on an address that is this test's alone; it ends with the test, killed or not
#   ad_add, ad_modify, ad_delete, ad_search     as its administrator, LDIF on stdin
#   ad_begin_other contoso.com                  a second one, of a forest of its own; other ad_add ... speaks to that
#   ad_instance FOLDER      an instance of the hybrid sample; the directory's agent is bound to it
#   ad_seed, ad_seeded_instance FOLDER     the same where write-back fails in seven ways
#   ad_synchronised FOLDER  all of that, imported by the service's account and synchronised
#   ad_list DN, ad_list_add DN ENTRY, ad_sid DN    the rights to an object as SDDL; one more; a SID as text
#   ad_bind, file_bind      of bindings.sh; ${ad_starttls[@]}: a simple bind, over TLS
#
# The first start on a machine makes the domain, in some seconds; it is kept in the build folder.
. "$MACTL_SOURCE/tests/support/guard.sh"
. "$MACTL_SOURCE/tests/support/bindings.sh"
agent=fabrikam.example
lab=$MACTL_SOURCE/tests/lab/ad/ad-lab.sh
sample=$MACTL_SOURCE/docs/examples/hybrid

ad_begin() {
  local lines
  command -v samba >/dev/null || command -v /usr/sbin/samba >/dev/null ||
    { echo "no samba here: tools/install-packages test"; exit 77; }
  [ "$(id -u)" = 0 ] || { echo "a domain controller needs port 389, and that root"; exit 77; }
  AD_LAB_IP=$(loopback "${remove[@]}" "$work") || exit 1
  export AD_LAB_DIR=$work/.lab AD_LAB_IP AD_LAB_REALM=${AD_LAB_REALM:-fabrikam.example}
  export AD_LAB_TEMPLATE=${MACTL_BUILD:?}/ad-template
  mkdir -p "$AD_LAB_TEMPLATE"
  trap '"$lab" destroy; chmod -R u+w "$work"; rm -rf "$work"' EXIT
  lines=$("$lab" start --env 2>"$TMPDIR/lab") || { cat "$TMPDIR/lab"; exit 1; }
  eval "$lines"
  staff=OU=Staff,$AD_BASE
  ad_starttls=('<parameter name="authentication">simple</parameter>' '<parameter name="tls">starttls</parameter>'
    "<parameter name=\"ca-file\">$AD_CA</parameter>")
  mkdir -p secrets
  (umask 077 && printf '%s\n' "$AD_PASSWORD" >secrets/ad)
}

# What the first has in AD_..., the second has in OTHER_...; Kerberos knows both.
ad_begin_other() {
  local lines first=$KRB5_CONFIG ip
  ip=$(loopback) || exit 1
  trap '"$lab" destroy; env -u AD_LAB_IP -u AD_LAB_REALM AD_LAB_DIR="$work/.other" "$lab" destroy; chmod -R u+w "$work"; rm -rf "$work"' EXIT
  lines=$(AD_LAB_DIR=$work/.other AD_LAB_IP=$ip AD_LAB_REALM=$1 "$lab" start --env 2>"$TMPDIR/lab") ||
    { cat "$TMPDIR/lab"; exit 1; }
  eval "$(sed -n 's/^export AD_/OTHER_/p' <<<"$lines")"
  eval "$(sed -n 's/^export KRB5_CONFIG=/other_krb5=/p' <<<"$lines")"
  export KRB5_CONFIG=$first:$other_krb5
}
other() { AD_URL=$OTHER_URL AD_ADMIN=$OTHER_ADMIN AD_CA=$OTHER_CA AD_PASSWORD=$OTHER_PASSWORD "$@"; }

ad_tool() { local tool=$1; shift; LDAPTLS_CACERT=$AD_CA "ldap$tool" -x -ZZ -H "$AD_URL" -D "$AD_ADMIN" -w "$AD_PASSWORD" "$@"; }
ad_add() { check 'ldapadd' ad_tool add "$@"; }
ad_modify() { check 'ldapmodify' ad_tool modify "$@"; }
ad_delete() { check 'ldapdelete' ad_tool delete "$@" </dev/null; }
# ad_search BASE SCOPE ATTRIBUTE...: as LDIF, lines unbroken
ad_search() { local base=$1 scope=$2; shift 2; ad_tool search -LLL -o ldif-wrap=no -b "$base" -s "$scope" '(objectClass=*)' "$@" </dev/null; }

# The sample's directory, as far as a domain controller takes it: it has GUIDs of its own.
ad_fill() {
  awk 'BEGIN { RS = ""; FS = "\n" }
    /^version/ || /^dn: (DC|CN=Builtin)/ { next }
    { for (i = 1; i <= NF; i++)
        if ($i !~ /^(objectGUID|extensionAttribute|mailNickname|groupType|isCriticalSystemObject|member|manager)/) print $i
      print "" }' "$sample/data/fabrikam.ldif" >"$TMPDIR/fill"
  ad_add -f "$TMPDIR/fill"
}

ad_instance() {
  run 0 -C "$1" config import "$sample/export" -q
  mkdir -p "$1/secrets"
  cp -p secrets/ad "$1/secrets/ad"
  ad_bind "$1" "$ad_login" "$ad_secret"
}

# The directory as it is where write-back fails in seven ways, and an instance that sees it.
ad_seed() { "$lab" seed >"$TMPDIR/seed" 2>&1 || { cat "$TMPDIR/seed"; exit 1; }; }
ad_seeded_instance() {
  ad_instance "$1"
  sed -i 's|<inclusion>OU=Staff,|<inclusion>OU=Sync,DC=fabrikam,DC=example</inclusion><inclusion>OU=Outside,|' \
    "$1"/config/Connectors/Connector_*80ccb0b2*.xml
}
ad_service='<parameter name="login">MSOL_AD_Sync</parameter>'
ad_synchronised() {
  ad_begin
  ad_seed
  ad_seeded_instance "$1"
  ad_bind "$1" "$ad_service" "$ad_secret"
  run 0 -C "$1" run-profile $agent 'Full Import'
  run 0 -C "$1" run-profile $agent 'Full Synchronization'
}
ad_list() { command samba-tool dsacl get -H "$AD_SAM" -s "$AD_SMB_CONF" --objectdn="$1" | grep '^O:'; }
ad_list_add() { command samba-tool dsacl set -H "$AD_SAM" -s "$AD_SMB_CONF" --objectdn="$1" --sddl="$2" >/dev/null; }
ad_sid() {
  ad_search "$1" base objectSid | sed -n 's/^objectSid:: //p' | base64 -d | od -An -tu4 -j8 -w100 |
    awk '{ print "S-1-5-" $1 "-" $2 "-" $3 "-" $4 "-" $5 }'
}
