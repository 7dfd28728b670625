# SPDX-License-Identifier: Apache-2.0
"""Put N users straight into sam.ldb. Usage: ad-populate.py sam.ldb smb.conf BASE N [OU]
Stop the server first. AD_LAB_BATCH: users a transaction (default: all in one)."""
import os, sys, time
import ldb
from samba.param import LoadParm
from samba.auth import system_session
from samba.samdb import SamDB
sam, conf, base, n = sys.argv[1:4] + [int(sys.argv[4])]
ou = sys.argv[5] if len(sys.argv) > 5 else "Load"
OPTS = os.environ.get("AD_LAB_LDB_OPTIONS", "batch_mode:1 transaction_index_cache_size:200000").split()
batch = int(os.environ.get("AD_LAB_BATCH", "0")) or n
lp = LoadParm(); lp.load(conf)
db = SamDB(url=sam, session_info=system_session(), lp=lp, options=OPTS)
dn = "OU=%s,%s" % (ou, base)
if not db.search(base=base, scope=ldb.SCOPE_ONELEVEL, expression="(ou=%s)" % ou, attrs=["ou"]):
    db.create_ou(dn)
dom = ".".join(x[3:] for x in base.split(","))
t0 = time.time(); i = 0
while i < n:
    db.transaction_start()
    for _ in range(min(batch, n - i)):
        u = "u%06d" % i
        db.add({"dn": "CN=%s,%s" % (u, dn), "objectClass": "user", "sAMAccountName": u, "userAccountControl": "544",
                "userPrincipalName": "%s@%s" % (u, dom), "givenName": "Given%d" % (i % 997), "sn": "Surname%d" % (i % 4999),
                "displayName": "Given%d Surname%d" % (i % 997, i % 4999), "mail": "%s@%s" % (u, dom),
                "department": "D%d" % (i % 50), "title": "Title %d" % (i % 100), "telephoneNumber": "+1 555 %07d" % i,
                "proxyAddresses": ["SMTP:%s@%s" % (u, dom), "smtp:%s@alias.%s" % (u, dom)]})
        i += 1
    db.transaction_commit()
dt = time.time() - t0
print("%d users in %.2f s: %.0f/s" % (n, dt, n / dt))
