# SPDX-License-Identifier: Apache-2.0
# The audit of rights over a directory that is fast: slapd, with what Active Directory would show of a forest, and the
# descriptors that a real domain controller wrote (tests/plugin/data/seed.json), handed out in turns. What is measured is
# the audit; its floor is what slapd took to answer, and a domain controller takes more. Sourced by run.
slapd=$PWD/tests/lab/slapd/slapd-lab.sh
seed=$PWD/tests/plugin/data/seed.json
declare -A class_guid=([user]=bf967aba-0de6-11d0-a285-00aa003049e2 [group]=bf967a9c-0de6-11d0-a285-00aa003049e2
  [contact]=5cb41ed0-0e4c-11d0-a286-00aa003049e2)
ad_base=${container#*,}
configuration=CN=Configuration,$ad_base

hex64() { tr a-f A-F | basenc --base16 -d | base64 -w 0; }
# the bytes of a GUID as the wire has it, and of a SID
guid64() { sed -E 's/^(..)(..)(..)(..)-(..)(..)-(..)(..)-/\4\3\2\1\6\5\8\7/; s/-//g' <<<"$1" | tr -d '\n' | hex64; }
sid64() {
  awk -F- -v ORS= '{ printf "01%02x0000000000%02x", NF - 3, $3
    for (i = 4; i <= NF; i++) { n = $i; for (b = 0; b < 4; b++) { printf "%02x", n % 256; n = int(n / 256) } } }' <<<"$1" | hex64
}

audit_schema() {
  local name of_bytes='1.3.6.1.4.1.1466.115.121.1.40' text='1.3.6.1.4.1.1466.115.121.1.15' number='1.3.6.1.4.1.1466.115.121.1.27' all='' oid=100
  attribute() { oid=$((oid + 1)); all="$all \$ $1"; echo "attributetype ( 1.3.6.1.4.1.32473.2.$oid NAME '$1' SYNTAX $2 EQUALITY $3 )"; }
  for name in objectGUID objectSid nTSecurityDescriptor tokenGroups sIDHistory schemaIDGUID attributeSecurityGUID; do
    attribute $name $of_bytes octetStringMatch
  done
  for name in adminCount groupType userAccountControl systemFlags linkID validAccesses; do attribute $name $number integerMatch; done
  for name in sAMAccountName userPrincipalName lDAPDisplayName subClassOf mayContain mustContain systemMayContain systemMustContain \
    auxiliaryClass systemAuxiliaryClass rightsGuid systemOnly dSHeuristics defaultNamingContext schemaNamingContext configurationNamingContext; do
    attribute $name $text caseIgnoreMatch
  done
  for name in user group contact domainDNS container attributeSchema classSchema controlAccessRight rootFacts; do
    oid=$((oid + 1))
    echo "objectclass ( 1.3.6.1.4.1.32473.2.$oid NAME '$name' SUP top STRUCTURAL MAY ( cn $ dc $ ou $ member$all ) )"
  done
  echo "rootDSE $folder/root.ldif"
  printf 'dn:\ndefaultNamingContext: %s\nconfigurationNamingContext: %s\nschemaNamingContext: CN=Schema,%s\n\n' "$ad_base" "$configuration" \
    "$configuration" >"$folder/root.ldif"
}

# audit_forest: what the audit reads besides the objects, then the objects of the population
audit_forest() {
  local descriptors name guid domain
  domain=$(jq -r .domain "$seed")
  mapfile -t descriptors < <(jq -r '.objects[].sd' "$seed" | while read -r name; do printf %s "$name" | hex64; echo; done)
  entry() { printf 'dn: %s\nobjectClass: %s\n' "$1" "$2"; printf '%s\n' "${@:3}" ''; }
  entry "$ad_base" domainDNS "dc: $(sed 's/^DC=//; s/,.*//' <<<"$ad_base")" "objectSid:: $(sid64 "$domain")" "nTSecurityDescriptor:: ${descriptors[0]}"
  for name in "$configuration" "CN=Schema,$configuration" "CN=Extended-Rights,$configuration" "CN=System,$ad_base" \
    "CN=AdminSDHolder,CN=System,$ad_base" "CN=Users,$ad_base"; do
    entry "$name" container "nTSecurityDescriptor:: ${descriptors[2]}"
  done
  entry "$container" organizationalUnit >"$folder/unit"
  sed "s/^objectClass: organizationalUnit$/objectClass: container\nnTSecurityDescriptor:: ${descriptors[0]//\//\\/}/" "$folder/unit"
  jq -r '.attributes | to_entries[] | "\(.key) \(.value.schemaIDGUID)"' "$seed" | while read -r name guid; do
    entry "CN=$name,CN=Schema,$configuration" attributeSchema "lDAPDisplayName: $name" "schemaIDGUID:: $(guid64 "$guid")"
  done
  for name in "${!class_guid[@]}"; do
    entry "CN=$name,CN=Schema,$configuration" classSchema "lDAPDisplayName: $name" "schemaIDGUID:: $(guid64 "${class_guid[$name]}")" \
      "subClassOf: top" $'mayContain: '"$(jq -r '.attributes | keys | join("\nmayContain: ")' "$seed")"
  done
  entry "CN=MSOL_AD_Sync,CN=Users,$ad_base" user 'sAMAccountName: MSOL_AD_Sync' 'userAccountControl: 512' \
    "objectSid:: $(sid64 "$(jq -r '.token[0]' "$seed")")" "$(jq -r '.token[1:][]' "$seed" | while read -r name; do echo "tokenGroups:: $(sid64 "$name")"; done)"
  entry "CN=MSOL_AD_Sync_RichCoexistence,CN=Users,$ad_base" group 'sAMAccountName: MSOL_AD_Sync_RichCoexistence' 'groupType: -2147483646' \
    "objectSid:: $(sid64 "$(jq -r .group "$seed")")"
  # of a thousand one has its inheritance off and is a place of its own to mend: those the audit has to remember
  awk -v list="${descriptors[0]} ${descriptors[3]} ${descriptors[4]} ${descriptors[5]} ${descriptors[6]}" -v off="${descriptors[1]}" \
    -v sid="$(sid64 "$(jq -r '.token[2]' "$seed")")" 'BEGIN { count = split(list, descriptor, " ") }
    /^dn: CN=Person / {
      print; print "objectClass: user"; print "objectSid:: " sid
      print "nTSecurityDescriptor:: " (++n % 1000 == 0 ? off : descriptor[n % count + 1])
      print "" }' "$data"
}

# the store of an import, which a file gives faster, and the directory to be asked
audit_begin() {
  instance "$1"
  quietly "$ad" 'Full Import'
  quietly "$ad" 'Full Synchronization'
  export SLAPD_LAB_DIR=$folder/slapd SLAPD_LAB_PORT=$((20000 + RANDOM % 10000)) SLAPD_LAB_BASE=$ad_base SLAPD_LAB_SCHEMA=$folder/audit.schema
  "$slapd" destroy 2>/dev/null || true
  audit_schema >"$folder/audit.schema"
  audit_forest >"$folder/forest.ldif"
  "$slapd" load <"$folder/forest.ldif" 2>"$folder/err" || { cat "$folder/err" >&2; exit 1; }
  "$slapd" start 2>"$folder/err" || { cat "$folder/err" >&2; exit 1; }
  mkdir -p "$MACTL_HOME/secrets"
  (umask 077 && echo secret >"$MACTL_HOME/secrets/ad")
  sed -i "/<agent name=\"$ad\"/a <parameter name=\"server\">127.0.0.1</parameter><parameter name=\"port\">$SLAPD_LAB_PORT</parameter>\
<parameter name=\"login\">cn=admin,$ad_base</parameter><parameter name=\"authentication\">simple</parameter><parameter name=\"tls\">none</parameter>\
<parameter name=\"allow-clear-password\">true</parameter><parameter name=\"audit-account\">MSOL_AD_Sync</parameter><secret name=\"password\" file=\"secrets/ad\"/>" \
    "$MACTL_HOME/mactl.xml"
}
served() { awk -v hz="$(getconf CLK_TCK)" '{ print ($14 + $15) / hz }' "/proc/$(cut -d' ' -f1 "$SLAPD_LAB_DIR/pid")/stat"; }
# audit_once FIGURE: what the audit took, and beside it what the server took to answer, as its floor. The exit code says
# that something was found.
audit_once() {
  local before after
  before=$(served)
  took "$1" engine bash -c '"$@"; [ $? = 20 ]' - "$mactl" acl audit "$ad" --feature exchange-hybrid
  after=$(served)
  grep -q ' allowed, .* refused, 0 unsure' "$folder/err" || { cat "$folder/err" >&2; exit 1; }
  awk -v figure="$1" -v n="$n" -v cpu="$(awk -v a="$after" -v b="$before" 'BEGIN { print a - b }')" '/^wall / {
    printf "{\"figure\":\"%s\",\"side\":\"floor\",\"size\":%d,\"wall\":%s,\"cpu\":%s,\"anon_mb\":0}\n", figure, n, $2, cpu }' "$folder/err" >>"$into"
}
bench_audit() {
  command -v slapd >/dev/null || [ -x /usr/sbin/slapd ] || { echo 'audit: no slapd here: tools/install-packages test' >&2; return 0; }
  local each
  for each in $((size / 10)) "$size"; do
    audit_begin "$each"
    for _ in $(seq "$repeat"); do audit_once "audit of rights, $each"; done
    "$slapd" destroy
  done
}
