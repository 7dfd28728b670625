# SPDX-License-Identifier: Apache-2.0
# A forest contoso.com, Samba's, with what ../aadconnect-contoso/directory.ldif has: the same GUIDs and SIDs, so that
# the expectations of a directory that is a file are those of a real one. Sourced behind ../lib.sh.
#
#   forest_begin exchange|plain             with the attributes that the corpus selects, or without those of Exchange
#   forest search|modify|rename|delete ...  as its administrator
#   forest_bind                             mactl.xml: the directory is the forest, the cloud a file
lab=$source/tests/lab/ad/ad-lab.sh
. "$source/tests/support/guard.sh"
. "$source/tests/support/bindings.sh"
agent=contoso.com

forest_begin() {
  local connector lines here=$source/tests/corpus/aadconnect-contoso-ad
  command -v samba >/dev/null || command -v /usr/sbin/samba >/dev/null || { echo "SKIPPED: no samba here"; exit 77; }
  [ "$(id -u)" = 0 ] || { echo "SKIPPED: a domain controller needs port 389, and that root"; exit 77; }
  AD_LAB_IP=$(loopback "${remove[@]}" "$folder") || exit 1
  export AD_LAB_DIR=$folder/.lab AD_LAB_IP AD_LAB_REALM=contoso.com AD_LAB_SCHEMA=plain
  export AD_LAB_TEMPLATE=${MACTL_BUILD:?}/ad-template PATH=$PATH:/usr/sbin
  mkdir -p "$AD_LAB_TEMPLATE"
  trap '"$lab" destroy; rm -rf "$folder"' EXIT
  lines=$("$lab" start --env 2>"$folder/lab") || { cat "$folder/lab"; exit 1; }
  eval "$lines"
  "$lab" stop
  connector=$(grep -l '<name>contoso.com</name>' "$corpus"/Connectors/*)
  [ "$1" = plain ] || forest_extend "$connector"
  forest_fill "$here"
  "$lab" start 2>>"$folder/lab" || { cat "$folder/lab"; exit 1; }
}
forest_py() { /usr/bin/python3 -B "$source/tests/corpus/aadconnect-contoso-ad/forest.py" "$@"; }
forest_extend() {
  local schema="CN=Schema,CN=Configuration,$AD_BASE" update='--option=dsdb:schema update allowed=true'
  ldbsearch -H "$AD_SAM" -b "$schema" '(objectClass=attributeSchema)' lDAPDisplayName 2>/dev/null |
    sed -n 's/^lDAPDisplayName: //p' >"$folder/names"
  forest_py schema "$1" "$schema" <"$folder/names" >"$folder/attributes.ldif"
  forest_py classes "$1" "$schema" <"$folder/names" >"$folder/classes.ldif"
  check "the schema takes the attributes of Exchange" quiet ldbadd -H "$AD_SAM" "$update" "$folder/attributes.ldif"
  check "users, groups and contacts may have them" quiet ldbmodify -H "$AD_SAM" "$update" "$folder/classes.ldif"
}
# A plain forest is given what it has attributes for. The database is filled while nobody serves it: only so it takes
# GUIDs, SIDs and critical system objects as they are wanted.
forest_fill() {
  forest_py objects "$1/../aadconnect-contoso/directory.ldif" "$(ldbsearch -H "$AD_SAM" \
    -b "CN=Schema,CN=Configuration,$AD_BASE" '(objectClass=attributeSchema)' lDAPDisplayName 2>/dev/null |
    sed -n 's/^lDAPDisplayName: //p' | paste -sd,)" >"$folder/objects.ldif"
  check "the forest takes the objects" quiet ldbadd -H "$AD_SAM" --controls relax:0 "$folder/objects.ldif"
  forest_py links "$1/../aadconnect-contoso/directory.ldif" >"$folder/links.ldif"
  check "and how they refer to one another" quiet ldbmodify -H "$AD_SAM" --controls relax:0 "$folder/links.ldif"
}

forest() { local tool=$1; shift; LDAPTLS_CACERT=$AD_CA "ldap$tool" -x -ZZ -H "$AD_URL" -D "$AD_ADMIN" -w "$AD_PASSWORD" "$@"; }
# values DN ATTRIBUTE: of one object, as LDIF has them
values() { forest search -LLL -o ldif-wrap=no -b "$1" -s base '(objectClass=*)' "$2" | grep "^$2:" | sort; }
forest_bind() {
  mkdir -p "$instance/secrets"
  (umask 077 && printf '%s\n' "$AD_PASSWORD" >"$instance/secrets/ad")
  ad_bind "$instance" '<parameter name="login">Administrator@CONTOSO.COM</parameter>' "$ad_secret"
  file_bind "$instance" 'contoso.onmicrosoft.com - AAD' contoso
}
