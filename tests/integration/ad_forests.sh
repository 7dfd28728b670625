# SPDX-License-Identifier: Apache-2.0
# Several partitions in one agent, each read, remembered and tested for itself; and two forests that know nothing of each
# other, each with an agent, in one metaverse.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_begin
ad_begin_other contoso.com

# --- people: two who are in both forests by their number, one in each ------------------------------------
people() {
  local base=$1
  shift
  printf 'dn: OU=Staff,%s\nobjectClass: organizationalUnit\n' "$base"
  for line; do
    IFS=/ read -r number name title <<<"$line"
    printf '\ndn: CN=%s,OU=Staff,%s\nobjectClass: user\nsAMAccountName: u%s\nemployeeID: %s\ndisplayName: %s\ntitle: %s\n' \
      "$name" "$base" "$number" "$number" "$name" "$title"
  done
}
people "$AD_BASE" '1/Ana Lima/Head' '2/Bo Berg/Clerk' '3/Cy Cole/Cook' | ad_add
people "$OTHER_BASE" '1/A. Lima/Chair' '2/B. Berg/Scout' '4/Di Dahl/Diver' | other ad_add

# --- the configuration: the forest of the exports' test, and a copy of its agent for the other -----------------
data=$MACTL_SOURCE/tests/integration/data/forest/export
mkdir -p export/Connectors export/SynchronizationRules
cp -r "$data/GlobalSettings" export/
here=$(grep -l '<name>fabrikam.example</name>' "$data"/Connectors/*)
there=export/Connectors/there.xml
sed -e 's/AAAAAAAA-0001-4000-8000-000000000002/AAAAAAAA-0001-4000-8000-000000000003/' \
  -e 's/cccccccc-0000-4000-8000-000000000023/cccccccc-0000-4000-8000-000000000033/I' \
  -e 's/bbbbbbbb-0000-4000-8000-00000000002/bbbbbbbb-0000-4000-8000-00000000003/' \
  -e 's/fabrikam\.example/contoso.com/; s/DC=fabrikam,DC=example/DC=contoso,DC=com/' "$here" >"$there"
# the first has a second partition, and profiles with a step for each
second='<partition><id>{cccccccc-0000-4000-8000-000000000024}</id><name>CN=Configuration,DC=fabrikam,DC=example</name><selected>1</selected><filter><object-classes><object-class>site</object-class></object-classes><containers><inclusions><inclusion>CN=Sites,CN=Configuration,DC=fabrikam,DC=example</inclusion></inclusions><exclusions/></containers></filter><custom-data/></partition>'
class='<dsml:class id="site" type="structural"><dsml:name>site</dsml:name><dsml:attribute ref="#objectGUID" required="false"/><dsml:attribute ref="#cn" required="false"/></dsml:class>'
sed -e "s|</ma-partition-data>|$second&|" -e "s|<dsml:class id=\"user\"|$class&|" \
  -e 's#\(<step><step-type type="\(full\|delta\)-import">.*\)CCCCCCCC-0000-4000-8000-000000000023\(.*\)#&\1CCCCCCCC-0000-4000-8000-000000000024\3#' \
  "$here" >export/Connectors/here.xml
# rule NUMBER NAME DIRECTION AGENT LINK-TYPE MAPPINGS JOIN
rule() {
  cat >"export/SynchronizationRules/$1.xml" <<END
<synchronizationRule><id>{eeeeeeee-0002-4000-8000-00000000000$1}</id><internal-id>{eeeeeeee-0002-4000-8000-00000000000$1}</internal-id>
<version>1</version><name>$2</name><description/><immutable-tag/><direction>$3</direction><disabled>False</disabled>
<connector>{aaaaaaaa-0001-4000-8000-00000000000$4}</connector>
<sourceObjectType>$([ "$3" = Inbound ] && echo user || echo person)</sourceObjectType>
<targetObjectType>$([ "$3" = Inbound ] && echo person || echo user)</targetObjectType>
<linkType>$5</linkType><precedence>10$1</precedence><precedence-after>{00000000-0000-0000-0000-000000000000}</precedence-after>
<precedence-before>{00000000-0000-0000-0000-000000000000}</precedence-before><softDeleteExpiryInterval>00:00:00</softDeleteExpiryInterval>
<EnablePasswordSync>false</EnablePasswordSync><attribute-mappings>$6</attribute-mappings>
<relationshipCriteria>$7</relationshipCriteria><synchronizationCriteria/></synchronizationRule>
END
}
flow() { printf '<mapping><dest>%s</dest><src><attr>%s</attr></src><valueMergeType>Update</valueMergeType></mapping>' "$1" "$1"; }
join='<conditions><condition><caseSensitive>False</caseSensitive><csAttribute>employeeID</csAttribute><ilmAttribute>employeeID</ilmAttribute></condition></conditions>'
rule 1 'In from contoso.com' Inbound 3 Provision "$(flow employeeID)$(flow title)" "$join"
rule 2 'In from fabrikam.example' Inbound 2 Provision "$(flow employeeID)$(flow title)$(flow displayName)" "$join"
rule 3 'Out to fabrikam.example' Outbound 2 Join "$(flow title)" ''
run 0 -C i config import export -q
mkdir -p i/secrets
cp -p secrets/ad i/secrets/ad
cat >i/mactl.xml <<END
<mactl version="1">
  <agent name="fabrikam.example" plugin="ad_ma"><parameter name="server">$AD_IP</parameter>$ad_login$ad_secret</agent>
  <agent name="contoso.com" plugin="ad_ma"><parameter name="server">127.0.1.209</parameter><parameter name="server">$OTHER_IP</parameter>$ad_login$ad_secret</agent>
</mactl>
END

# --- one agent, two partitions: the test, the containers, the imports name and know each ---------------------
run 0 -C i ma test fabrikam.example
says "connection  DC=fabrikam,DC=example: $AD_IP, Kerberos"
says "connection  CN=Configuration,DC=fabrikam,DC=example: $AD_IP, Kerberos"
says 'container   CN=Sites,CN=Configuration,DC=fabrikam,DC=example'
run 0 -C i ma schema fabrikam.example -o json
check 'containers of both' jq -e '(.containers | index("OU=Staff,DC=fabrikam,DC=example") != null)
  and (.containers | index("CN=Services,CN=Configuration,DC=fabrikam,DC=example") != null)' <<<"$out"
run 0 -C i run-profile fabrikam.example 'Full Import'
says 'staged     add 4' # three people, their container
says 'staged     add 1' # the site
run 0 -C i run-profile fabrikam.example 'Delta Import'
says_not 'staged'
printf 'dn: CN=Berlin,CN=Sites,CN=Configuration,%s\nobjectClass: site\n' "$AD_BASE" | ad_add
printf 'dn: CN=Cy Cole,%s\nchangetype: modify\nreplace: title\ntitle: Chef\n' "$staff" | ad_modify
run 0 -C i run-profile fabrikam.example 'Delta Import' -o json
check 'each partition its own changes' jq -e '[.steps[] | [.partition, (.counters[0].staging // {})]] == [
  ["DC=fabrikam,DC=example", {"stage-update": 1}], ["CN=Configuration,DC=fabrikam,DC=example", {"stage-add": 1}]]' <<<"$out"
run 0 -C i run-profile fabrikam.example 'Full Import'
says 'no-change 4'
says 'no-change 2'

# --- the other forest: a server that is away is passed over, and the history says so --------------------------
run 0 -C i run-profile contoso.com 'Full Import'
says 'staged     add 4'
warns 'domain controller 127.0.1.209 is passed over'
run 0 -C i runs show last -o json
check 'which server when' jq -e --arg now "$OTHER_IP" '.steps[0] | .server == $now
  and (.incidents | length == 1 and .[0].server == "127.0.1.209" and .[0].result == "failed-connection")' <<<"$out"
run 0 -C i runs show last -o xml
says "<server>$OTHER_IP</server>"
says '<connection-log>'

# --- one metaverse: who is in both is one person, with values of each -----------------------------------------
run 0 -C i run-profile fabrikam.example 'Delta Synchronization'
run 0 -C i run-profile contoso.com 'Delta Synchronization'
run 0 -C i mv search person -o name -q
check 'four people' test "$(wc -l <<<"$out")" = 4
run 0 -C i mv search employeeID=1 -o name -q
run 0 -C i mv show "$out"
says 'fabrikam.example'
says 'contoso.com'
says 'Ana Lima'
says 'Chair'
run 0 -C i run-profile fabrikam.example Export
says 'update 2'
ad_search "CN=Ana Lima,$staff" base title displayName >"$TMPDIR/ana"
check 'a title of the one forest is in the other' grep -qx 'title: Chair' "$TMPDIR/ana"
check 'and the name stays' grep -qx 'displayName: Ana Lima' "$TMPDIR/ana"
run 0 -C i run-profile fabrikam.example Confirm
says_not 'not-reimported'
finish
