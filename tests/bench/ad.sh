# SPDX-License-Identifier: Apache-2.0
# The agent for Active Directory against OpenLDAP with people in it, beside what libldap alone takes for the same: a full import, the same
# with nothing changed, both at a tenth of the entries too and over a network of 1 ms round trip, and an export of values over the same. The CPU is that of both ends, because
# they share the machine. With samba and root also a DirSync delta of 100 changes, whose floor is the same in a tenth of the entries
# (MACTL_BENCH_AD=0 leaves that out). Sourced by run.
samba=$PWD/tests/lab/ad/ad-lab.sh
ad_people=ou=Load,dc=corp,dc=example

# --- an instance of the pair of the tests: its Directory bound to the server, HR a file ----------------------------------------
ad_instance() { # CLASS CONTAINER ATTRIBUTE...
  local connector all types pair=$folder/pair name
  rm -rf "$folder/ad" "$pair"
  export MACTL_HOME=$folder/ad
  cp -r tests/integration/data/pair/export "$pair"
  connector=$(grep -l '<name>Directory</name>' "$pair"/Connectors/*)
  all=$(printf '<attribute>%s</attribute>' "${@:3}")
  types=$(printf '<dsml:attribute-type id="%s"><dsml:name>%s</dsml:name><dsml:syntax>1.3.6.1.4.1.1466.115.121.1.15</dsml:syntax></dsml:attribute-type>' \
    $(for name in givenName sn departmentNumber uid description; do echo $name $name; done))
  sed -i -e "s|<attribute-inclusion>.*|<attribute-inclusion>$all</attribute-inclusion>|" -e "s|</dsml:directory-schema>|$types&|" \
    -e "s|id=\"user\"|id=\"$1\"|; s|<dsml:name>user</dsml:name>|<dsml:name>$1</dsml:name>|" \
    -e "s|<object-class>user<|<object-class>$1<|" -e "s|<inclusion>.*</inclusion>|<inclusion>$2</inclusion>|" "$connector"
  sed -i "s|<targetObjectType>user|<targetObjectType>$1|; s|<sourceObjectType>user|<sourceObjectType>$1|; /unicodePwd/d" "$pair"/SynchronizationRules/*
  "$mactl" config import "$pair" -q >/dev/null
  mkdir -p "$MACTL_HOME/secrets" "$MACTL_HOME/madata/HR"
}
ad_bind() { # PASSWORD NAME VALUE...
  (umask 077 && printf '%s\n' "$1" >"$MACTL_HOME/secrets/ad")
  { echo '<mactl version="1"><agent name="HR" plugin="file_ma"><parameter name="format">ldif</parameter><parameter name="file">hr.ldif</parameter><parameter name="anchor">employeeID</parameter></agent><agent name="Directory" plugin="ad_ma">'
    printf '<parameter name="%s">%s</parameter>' "${@:2}"
    echo '<secret name="password" file="secrets/ad"/></agent></mactl>'; } >"$MACTL_HOME/mactl.xml"
}
ad_bind_slapd() { # PORT
  ad_bind "$SL_PASSWORD" server 127.0.0.1 port "$1" authentication simple tls none allow-clear-password true login "$SL_ADMIN" anchor entryUUID
}
ad_server() { eval "$("$slapd" start --env 2>/dev/null)"; } # with SL_URL, SL_ADMIN ...

# as took, with the CPU of the server
ad_took() {
  local before=$(served) keep=$into
  into=$folder/one
  : >"$into"
  took "$@"
  into=$keep
  jq -c --argjson before "$before" --argjson after "$(served)" '.cpu += $after - $before' "$folder/one" >>"$into"
}
ad_run() { ad_took "$1" engine "$mactl" run-profile Directory "$2" -q; }

# --- imports ----------------------------------------------------------------------------------------------------------------------
ad_attributes=(cn displayName givenName sn mail title telephoneNumber departmentNumber uid description)
ad_floor() { # FIGURE [URL]
  ad_took "$1" floor "$bench/floor_ldap" read "${2:-$SL_URL}" "$SL_ADMIN" "$SL_PASSWORD" "$SL_BASE" inetOrgPerson "${ad_attributes[@]}" objectClass entryUUID
}
ad_imports() { # N WHAT: WHAT is behind the names of the figures
  n=$1
  "$slapd" destroy 2>/dev/null || true
  "$slapd" populate "$n" 2>/dev/null
  ad_server
  ad_instance inetOrgPerson "$ad_people" "${ad_attributes[@]}"
  ad_bind_slapd "$SLAPD_LAB_PORT"
  ad_floor warm-up
  sed -i /warm-up/d "$into"
  for _ in $(seq "$repeat"); do
    rm -rf "$MACTL_HOME/store"
    ad_floor "import of a directory, first$2"
    ad_run "import of a directory, first$2" 'Full Import'
    ad_floor "import of a directory, first$2"
    ad_floor "import of a directory, no change$2"
    ad_run "import of a directory, no change$2" 'Full Import'
    ad_floor "import of a directory, no change$2"
  done
}

# --- over a network of 1 ms round trip ----------------------------------------------------------------------------------------------
ad_network() {
  slow=$((SLAPD_LAB_PORT + 1))
  "$bench/delay_proxy" $slow "$SLAPD_LAB_PORT" 500 &
  ad_proxy=$!
  until (exec 3<>/dev/tcp/127.0.0.1/$slow) 2>/dev/null; do kill -0 $ad_proxy; done
}
ad_network_ends() {
  kill "$ad_proxy"
  ad_proxy=
}
# of the directory that the last imports left
ad_far_imports() {
  local far=ldap://127.0.0.1:$((SLAPD_LAB_PORT + 1)) what
  ad_network
  ad_bind_slapd $slow
  for _ in $(seq "$repeat"); do
    rm -rf "$MACTL_HOME/store"
    for what in 'first' 'no change'; do
      ad_floor "import of a directory, 1 ms, $what" $far
      ad_run "import of a directory, 1 ms, $what" 'Full Import'
      ad_floor "import of a directory, 1 ms, $what" $far
    done
  done
  ad_network_ends
}

# --- an export at 1 ms round trip --------------------------------------------------------------------------------------------------
ad_people_of() { # TURN
  awk -v n="$n" -v turn="$1" 'BEGIN { print "version: 1\n"; for (i = 0; i < n; i++)
    printf "dn: uid=%d,dc=hr\nobjectClass: person\nemployeeID: %d\ndisplayName: u%06d\ntitle: Title %d of %d\n\n", i, i, i, turn, i }' \
    >"$MACTL_HOME/madata/HR/hr.ldif"
  quietly HR 'Full Import'
  quietly HR 'Delta Synchronization'
}
ad_floor_modify() {
  ad_took "$1" floor sh -c 'names=$1; shift; exec "$@" <"$names"' sh "$folder/names" "$bench/floor_ldap" modify "ldap://127.0.0.1:$slow" \
    "$SL_ADMIN" "$SL_PASSWORD" "$n" 32
}
ad_directory_of_users() {
  "$slapd" destroy 2>/dev/null
  cat >"$folder/user.schema" <<'END'
attributetype ( 1.2.840.113556.1.4.35 NAME 'employeeID' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 EQUALITY caseIgnoreMatch SINGLE-VALUE )
objectclass ( 1.2.840.113556.1.5.9 NAME 'user' SUP top STRUCTURAL MUST cn
  MAY ( displayName $ mail $ title $ manager $ employeeID $ telephoneNumber $ description ) )
END
  export SLAPD_LAB_SCHEMA=$folder/user.schema
  ad_server
  printf 'dn: OU=Staff,%s\nobjectClass: organizationalUnit\n' "$SL_BASE" | ldapadd -x -H "$SL_URL" -D "$SL_ADMIN" -w "$SL_PASSWORD" >/dev/null
  ad_instance user "OU=Staff,$SL_BASE" cn displayName mail title manager employeeID telephoneNumber
  ad_bind_slapd "$SLAPD_LAB_PORT"
}
ad_export() {
  n=$((size < 10000 ? size : 10000))
  ad_directory_of_users
  ad_network
  quietly Directory 'Full Import'
  ad_people_of 0
  quietly Directory Export
  quietly Directory 'Full Import'
  quietly Directory 'Delta Synchronization'
  ad_bind_slapd $slow
  awk -v n="$n" -v b="$SL_BASE" 'BEGIN { for (i = 0; i < n; i++) printf "CN=u%06d,OU=Staff,%s\n", i, b }' >"$folder/names"
  for turn in $(seq "$repeat"); do
    ad_people_of "$turn"
    ad_floor_modify 'export to a directory, 1 ms'
    ad_run 'export to a directory, 1 ms' Export
    ad_floor_modify 'export to a directory, 1 ms'
  done
  ad_network_ends
}

# --- a DirSync delta of 100 changes ---------------------------------------------------------------------------------------------------
ad_delta() { # SIDE N
  n=$2
  "$samba" destroy 2>/dev/null || true
  "$samba" start 2>/dev/null; "$samba" stop
  "$samba" clone "$n" >/dev/null 2>&1
  eval "$("$samba" start --env 2>/dev/null)"
  ad_instance user "OU=Load,$AD_BASE" cn displayName mail title telephoneNumber
  ad_bind "$AD_PASSWORD" server "$AD_IP" login Administrator@CORP.EXAMPLE
  quietly Directory 'Full Import'
  for turn in $(seq "$repeat"); do
    awk -v b="$AD_BASE" -v turn="$turn" 'BEGIN { for (i = 0; i < 100; i++)
      printf "dn: CN=u%06d,OU=Load,%s\nchangetype: modify\nreplace: title\ntitle: New %d\n\n", i, b, turn }' |
      ldapmodify -x -ZZ -H "$AD_URL" -D "$AD_ADMIN" -w "$AD_PASSWORD" >/dev/null
    took 'DirSync delta of 100 changes' "$1" "$mactl" run-profile Directory 'Delta Import' -q
  done
  "$samba" destroy
}

bench_ad() {
  command -v slapd >/dev/null || [ -x /usr/sbin/slapd ] || { echo 'ad: no slapd here: tools/install-packages test' >&2; return 0; }
  unset SLAPD_LAB_SCHEMA
  export SLAPD_LAB_DIR=$folder/slapd SLAPD_LAB_PORT=$((20000 + RANDOM % 10000)) SLAPD_LAB_BASE=${ad_people#*,}
  ad_imports $((size / 10)) ", $((size / 10)) entries"
  ad_imports "$size" ''
  ad_far_imports
  ad_export
  "$slapd" destroy
  if [ "${MACTL_BENCH_AD:-1}" = 0 ] || [ "$(id -u)" != 0 ] || ! PATH=$PATH:/usr/sbin command -v samba >/dev/null; then return 0; fi
  export AD_LAB_DIR=$folder/samba AD_LAB_IP=127.0.3.1 AD_LAB_REALM=corp.example AD_LAB_SCHEMA=plain AD_LAB_BATCH=20000
  ad_delta floor $((size / 10))
  ad_delta engine "$size"
}
