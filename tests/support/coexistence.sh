# SPDX-License-Identifier: Apache-2.0
# A domain controller with the sample's people, an account that may write nothing, and an instance whose
# configuration lacks the rules of users. Sourced behind shell.sh and ad.sh.
#
#   coexistence_begin           the instance is `i`; ${enable[@]}, ${disable[@]} and ${admin[@]} are words of a command
#   coexistence_moves           everybody is in the cloud, and mailboxes have moved there
#   settle OPTION...           enabled without a cycle; what came of it goes to "settled"
#   start_over                  all is as in "pristine", a copy of i, and as in "lists-before"
#   sid GROUP                   of a group, as lists name it
#   lists                       the entries of every list of rights above the people, sorted
cloud='fabrikam.onmicrosoft.example - AAD'
group=MSOL_AD_Sync_RichCoexistence
enable=(-C i coexistence enable)
disable=(-C i coexistence disable)
admin=(--admin Administrator --admin-password-file secrets/ad)

samba_tool() { samba-tool "$@" -H "$AD_LAB_DIR/ad/private/sam.ldb" -s "$AD_LAB_DIR/smb.conf"; }

coexistence_begin() {
  ad_begin
  ad_fill
  check 'an account that synchronises' samba_tool user create svc-sync 'Sync-Pass1'
  cp -r "$sample/export" export
  rm "$(grep -l 'Out to AD - User Exchange Hybrid' export/SynchronizationRules/*)"
  run 0 -C i config import export -q
  mkdir -p i/secrets
  (umask 077 && echo 'Sync-Pass1' >i/secrets/ad && echo 'wrong' >wrong && cp secrets/ad i/secrets/admin)
  ad_bind i "${ad_starttls[@]}" '<parameter name="login">svc-sync</parameter>' "$ad_secret"
  file_bind i "$cloud" fabrikam
}

coexistence_moves() {
  run 0 -C i run-profile $agent 'Full Import'
  run 0 -C i run-profile $agent 'Full Synchronization'
  run 0 -C i run-profile "$cloud" Export
  awk -f "$sample/mailboxes.awk" "$sample/data/mailboxes.txt" "i/madata/$cloud/cloud.ldif" >moved
  cp moved "i/madata/$cloud/cloud.ldif"
  run 0 -C i run-profile "$cloud" 'Full Import'
  run 0 -C i run-profile "$cloud" 'Delta Synchronization'
}

settle() {
  run 0 "${enable[@]}" "${admin[@]}" --no-start "$@"
  warns_not 'To undo it'
  { picture i/config; cat i/mactl.xml; lists | sed "s/$(sid "$group")/GROUP/"; ad_search "CN=$group,CN=Users,$AD_BASE" base member; } >settled
}
start_over() {
  run 0 "${disable[@]}" "${admin[@]}"
  check 'the lists are as they were' diff lists-before <(lists)
  check 'the group goes' ad_tool delete "CN=$group,CN=Users,$AD_BASE" </dev/null
  rm -rf i && cp -a pristine i
}


sid() { samba_tool group show "$1" --attributes=objectSid | sed -n 's/^objectSid: //p'; }
lists() {
  /usr/bin/python3 -B - "$AD_SAM" "$AD_SMB_CONF" <<'PY'
import re, sys
from samba.auth import system_session
from samba.dcerpc import security
from samba.ndr import ndr_unpack
from samba.param import LoadParm
from samba.samdb import SamDB

conf = LoadParm()
conf.load(sys.argv[2])
db = SamDB(url=sys.argv[1], session_info=system_session(), lp=conf)
sid = security.dom_sid(db.get_domain_sid())
for one in db.search(expression="(|(objectClass=organizationalUnit)(objectClass=domain))",
                     attrs=["nTSecurityDescriptor"]):
    text = ndr_unpack(security.descriptor, one["nTSecurityDescriptor"][0]).as_sddl(sid)
    for entry in sorted(re.findall(r"\([^)]*\)", text.split("S:")[0])):
        print(one.dn, entry)
PY
}
