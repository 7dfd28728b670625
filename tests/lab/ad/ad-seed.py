# SPDX-License-Identifier: Apache-2.0
"""Seed the write-back scenario. Usage: ad-seed.py sam.ldb smb.conf BASE PASSWORD
Works on the database file, with the server running or stopped."""
import re
import sys
import ldb
from samba.param import LoadParm
from samba.auth import system_session
from samba.samdb import SamDB
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack

sam, conf, base, pw = sys.argv[1:5]
lp = LoadParm(); lp.load(conf)
db = SamDB(url=sam, session_info=system_session(), lp=lp)
dsid = security.dom_sid(db.get_domain_sid())
SDF = ["sd_flags:1:%d" % (security.SECINFO_OWNER | security.SECINFO_GROUP | security.SECINFO_DACL)]
PROT = ["sd_flags:1:%d" % (security.SECINFO_DACL | security.SECINFO_PROTECTED_DACL)]
ATTRS = ["msExchSafeSendersHash", "msExchBlockedSendersHash", "msExchSafeRecipientsHash",
         "msExchArchiveStatus", "msExchUCVoiceMailSettings", "proxyAddresses"]
USER = "bf967aba-0de6-11d0-a285-00aa003049e2"

def guid(name):
    r = db.search(base=db.get_schema_basedn(), expression="(lDAPDisplayName=%s)" % name, attrs=["schemaIDGUID"])
    from samba.dcerpc import misc
    return str(ndr_unpack(misc.GUID, r[0]["schemaIDGUID"][0]))

def sid(name):
    r = db.search(base=base, scope=ldb.SCOPE_SUBTREE, expression="(sAMAccountName=%s)" % name, attrs=["objectSid"])
    return str(ndr_unpack(security.dom_sid, r[0]["objectSid"][0]))

def getsd(dn):
    r = db.search(base=dn, scope=ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=SDF)
    return ndr_unpack(security.descriptor, r[0]["nTSecurityDescriptor"][0])

def setsd(dn, sddl, controls=SDF):
    d = security.descriptor.from_sddl(sddl, dsid)
    m = ldb.Message(ldb.Dn(db, dn))
    m["nTSecurityDescriptor"] = ldb.MessageElement(ndr_pack(d), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor")
    db.modify(m, controls=controls)

def user(name, ou):
    db.newuser(name, pw, userou=ou)
    return "CN=%s,%s,%s" % (name, ou, base)

if db.search(base=base, scope=ldb.SCOPE_ONELEVEL, expression="(ou=Sync)", attrs=["ou"]):
    print("seeded already"); sys.exit()
db.transaction_start()
for ou in ("OU=Sync", "OU=Staff,OU=Sync", "OU=Blocked,OU=Sync", "OU=Outside"):
    db.create_ou("%s,%s" % (ou, base))
db.newuser("MSOL_AD_Sync", pw)
db.newgroup("MSOL_AD_Sync_RichCoexistence")
db.add_remove_group_members("MSOL_AD_Sync_RichCoexistence", ["MSOL_AD_Sync"], True)
db.transaction_commit()
g = sid("MSOL_AD_Sync_RichCoexistence")

# dsacls OU /I:S /G "GROUP:WP;attr;user"  ==  (OA;CIIO;WP;attr;user;GROUP), one ACE per attribute
ou = "OU=Sync,%s" % base
aces = "".join("(OA;CIIO;WP;%s;%s;%s)" % (guid(a), USER, g) for a in ATTRS)
sd = getsd(ou).as_sddl(dsid)
i = sd.index("D:")
j = sd.index("(", i)
setsd(ou, sd[:j] + aces + sd[j:])

db.transaction_start()
alice = user("alice", "OU=Staff,OU=Sync")       # inherits
bob = user("bob", "OU=Staff,OU=Sync")           # inheritance blocked on the object
carol = user("carol", "OU=Staff,OU=Sync")       # protected by AdminSDHolder
dave = user("dave", "OU=Staff,OU=Sync")         # explicit deny of one attribute
erin = user("erin", "OU=Outside")               # out of scope of the grant
frank = user("frank", "OU=Outside")             # explicit grant of the Public-Information property set only
gina = user("gina", "OU=Blocked,OU=Sync")       # the container above blocks inheritance
db.transaction_commit()

def protect(dn):      # "disable inheritance" + "remove inherited permissions"; on SDDL text, because
    t = getsd(dn).as_sddl(dsid)       # assigning to dacl.aces crashes python3-samba 4.17
    head, rest = t.split("D:", 1)
    dacl = rest.split("S:", 1)[0]
    keep = [x for x in re.findall(r"\([^)]*\)", dacl) if "ID" not in re.findall("..", x[1:].split(";")[1])]
    setsd(dn, head + "D:PAI" + "".join(keep))
protect(bob)
protect("OU=Blocked,OU=Sync,%s" % base)

db.add_remove_group_members("Domain Admins", ["carol"], True)
# what SDProp does on Windows every 60 minutes; Samba has no SDProp task
# and its AdminSDHolder lacks the PROTECTED flag that Windows sets, so set it first
protect("CN=AdminSDHolder,CN=System,%s" % base)
setsd(carol, getsd("CN=AdminSDHolder,CN=System,%s" % base).as_sddl(dsid))
m = ldb.Message(ldb.Dn(db, carol)); m["adminCount"] = ldb.MessageElement("1", ldb.FLAG_MOD_REPLACE, "adminCount"); db.modify(m)

s = getsd(dave).as_sddl(dsid); k = s.index("(", s.index("D:"))
setsd(dave, s[:k] + "(OD;;WP;%s;;%s)" % (guid("msExchSafeSendersHash"), g) + s[k:])
s = getsd(frank).as_sddl(dsid); k = s.index("(", s.index("D:"))
setsd(frank, s[:k] + "(OA;;WP;e48d0154-bcf8-11d1-8702-00c04fb96050;;%s)" % g + s[k:])
print("group", g)
