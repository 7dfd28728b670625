# SPDX-License-Identifier: Apache-2.0
"""Fast bulk load for benchmarks: make one proper user through the dsdb modules, then write N raw
copies of its record into the domain partition file, changing the identity attributes. Skips the
dsdb modules (no password hash, no RID pool, no SD computation), keeps ldb's own indexes.
Server must be stopped. Usage: ad-clone.py sam.ldb smb.conf BASE N [OU]"""
import os, sys, time, uuid, struct, glob
import ldb
from samba.param import LoadParm
from samba.auth import system_session
from samba.samdb import SamDB
from samba.dcerpc import drsblobs, security, misc
from samba.ndr import ndr_unpack, ndr_pack
sam, conf, base, n = sys.argv[1:4] + [int(sys.argv[4])]
ou = sys.argv[5] if len(sys.argv) > 5 else "Load"
lp = LoadParm(); lp.load(conf)
db = SamDB(url=sam, session_info=system_session(), lp=lp)
dn = "OU=%s,%s" % (ou, base); dom = ".".join(x[3:] for x in base.split(","))
if not db.search(base=base, scope=ldb.SCOPE_ONELEVEL, expression="(ou=%s)" % ou, attrs=["ou"]):
    db.create_ou(dn)
def attrs(u, i):
    return {"sAMAccountName": u, "userPrincipalName": "%s@%s" % (u, dom), "givenName": "Given%d" % (i % 997),
            "sn": "Surname%d" % (i % 4999), "displayName": "Given%d Surname%d" % (i % 997, i % 4999), "mail": "%s@%s" % (u, dom),
            "department": "D%d" % (i % 50), "title": "Title %d" % (i % 100), "telephoneNumber": "+1 555 %07d" % i,
            "proxyAddresses": ["SMTP:%s@%s" % (u, dom), "smtp:%s@alias.%s" % (u, dom)]}
u0 = "proto%d" % int(time.time())
d0 = "CN=%s,%s" % (u0, dn)
db.add(dict(attrs(u0, 0), dn=d0, objectClass="user", userAccountControl="544"))
guid0 = db.search(base=d0, scope=ldb.SCOPE_BASE, attrs=["objectGUID"])[0]["objectGUID"][0]
dsid = db.get_domain_sid()
part = db.search(base="@PARTITION", scope=ldb.SCOPE_BASE)[0]
pname = [str(x).split(":", 1)[1] for x in part["partition"] if str(x).split(":", 1)[0].lower() == base.lower()][0]
store = str(part["backendStore"][0]) if "backendStore" in part else "tdb"
path = os.path.join(os.path.dirname(sam), pname)
del db
raw = ldb.Ldb("%s://%s" % (store, path), options=os.environ.get("AD_LAB_LDB_OPTIONS", "batch_mode:1 transaction_index_cache_size:200000").split())
p = raw.search(base=d0, scope=ldb.SCOPE_BASE)[0]
import tdb                                   # the forest-wide sequence number lives here, not in the partition
md = tdb.open(os.path.join(os.path.dirname(sam), "sam.ldb.d", "metadata.tdb"))
usn = int(md[b"SEQ_NUM"].rstrip(b"\0"))
meta = ndr_unpack(drsblobs.replPropertyMetaDataBlob, p["replPropertyMetaData"][0])
t0 = time.time(); FIRST = 0x10000000       # RIDs well away from the pool
step = int(os.environ.get("AD_LAB_BATCH", "20000"))
keep = {k: p[k] for k in p.keys() if k not in ("dn", "objectGUID", "objectSid", "cn", "name", "uSNCreated", "uSNChanged", "replPropertyMetaData", "distinguishedName")}
metab = bytes(p["replPropertyMetaData"][0])
m0 = [bytes(struct.pack("<Q", x.local_usn)) for x in meta.ctr.array]
oldusn = struct.pack("<Q", meta.ctr.array[0].local_usn)
i = 0
while i < n:
    raw.transaction_start()
    for _ in range(min(step, n - i)):
        u = "u%06d" % i; usn += 1
        m = ldb.Message(ldb.Dn(raw, "CN=%s,%s" % (u, dn)))
        for k, v in keep.items(): m[k] = v
        for k, v in attrs(u, i).items(): m[k] = v
        m["objectGUID"] = uuid.uuid4().bytes_le
        m["objectSid"] = ndr_pack(security.dom_sid("%s-%d" % (dsid, FIRST + i)))
        m["cn"] = u; m["name"] = u; m["uSNCreated"] = str(usn); m["uSNChanged"] = str(usn)
        m["replPropertyMetaData"] = metab.replace(oldusn, struct.pack("<Q", usn))
        raw.add(m); i += 1
    q = ldb.Message(ldb.Dn(raw, "@REPLCHANGED")); q["uSNHighest"] = ldb.MessageElement(str(usn), ldb.FLAG_MOD_REPLACE, "uSNHighest"); raw.modify(q)
    raw.transaction_commit()
md[b"SEQ_NUM"] = b"%d" % usn + (b"\0" if md[b"SEQ_NUM"].endswith(b"\0") else b"")
dt = time.time() - t0
print("%d users in %.2f s: %.0f/s (%s)" % (n, dt, n / dt, store))
