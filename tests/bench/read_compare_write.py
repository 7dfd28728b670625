#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""read_compare_write.py SOURCE TARGET LOGIN PASSWORD BASE: what an admin would write with python-ldap.

Reads the people of two directories, compares them and writes to the second what it lacks.
Prints how many it wrote."""
import sys

import ldap
import ldap.modlist
from ldap.controls import SimplePagedResultsControl

source, target, login, password, base = sys.argv[1:]


def people(url):
    connection = ldap.initialize(url)
    connection.simple_bind_s(login, password)
    page = SimplePagedResultsControl(True, size=1000, cookie="")
    found = {}
    while True:
        number = connection.search_ext(base, ldap.SCOPE_SUBTREE, "(objectClass=inetOrgPerson)", serverctrls=[page])
        _, entries, _, controls = connection.result3(number)
        found.update((dn.lower(), (dn, attributes)) for dn, attributes in entries)
        page.cookie = next(c for c in controls if c.controlType == page.controlType).cookie
        if not page.cookie:
            return connection, found


_, wanted = people(source)
connection, present = people(target)
written = 0
for key, (dn, attributes) in wanted.items():
    if key not in present:
        connection.add_s(dn, ldap.modlist.addModlist(attributes))
        written += 1
        continue
    changes = ldap.modlist.modifyModlist(present[key][1], attributes)
    if changes:
        connection.modify_s(dn, changes)
        written += 1
print(written)
