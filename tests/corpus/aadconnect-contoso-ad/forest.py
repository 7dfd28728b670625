# SPDX-License-Identifier: Apache-2.0
"""forest.py schema|classes CONNECTOR.xml SCHEMA-DN <NAMES | objects DIRECTORY.ldif NAMES | links DIRECTORY.ldif

LDIF for a domain controller that is not running. schema: the selected attributes of an agent that the forest (the
names of its attributes, one a line) lacks, as the configuration knows them; classes: mailRecipient may hold them.
objects: what directory.ldif has, with its GUIDs and SIDs, as far as the forest has the attributes; links: who refers
to whom.
"""
import base64
import re
import struct
import sys
import uuid

DSML = '1.3.6.1.4.1.1466.115.121.1.'
SYNTAXES = {                    # attributeSyntax, oMSyntax (MS-ADTS 3.1.1.2.2.2)
    DSML + '15': ('2.5.5.12', 64), DSML + '12': ('2.5.5.1', 127), DSML + '27': ('2.5.5.9', 2),
    DSML + '7': ('2.5.5.8', 1), DSML + '40': ('2.5.5.10', 4), DSML + '24': ('2.5.5.11', 24),
    '1.2.840.113556.1.4.906': ('2.5.5.16', 65), '1.2.840.113556.1.4.1221': ('2.5.5.1', 127),
}


def lacking(connector, names):
    text = open(connector, encoding='utf-8-sig').read()
    selected = re.search(r'<attribute-inclusion>(.*?)</attribute-inclusion>', text, re.S).group(1)
    types = {m.group(2): (m.group(3), 'single-value="true"' in m.group(1)) for m in
             re.finditer(r'<attribute-type ([^>]*)><name>([^<]*)</name><syntax>([^<]*)</syntax>', text)}
    for name in re.findall('<attribute>([^<]*)', selected):
        if name.lower() not in names and name in types:
            yield name, types[name]


def schema(connector, base, names):
    for i, (name, (syntax, single)) in enumerate(lacking(connector, names)):
        form, om = SYNTAXES[syntax]
        print(f'dn: CN={name},{base}\nobjectClass: attributeSchema\ncn: {name}\nlDAPDisplayName: {name}\n'
              f'attributeID: 1.3.6.1.4.1.99999.1.{i + 1}\nattributeSyntax: {form}\noMSyntax: {om}\n'
              f'isSingleValued: {"TRUE" if single else "FALSE"}\nsearchFlags: 0\n'
              f'schemaIDGUID: {uuid.uuid5(uuid.NAMESPACE_OID, name)}\n')


def classes(connector, base, names):
    print(f'dn: CN=Mail-Recipient,{base}\nchangetype: modify\nadd: mayContain')
    for name, _ in lacking(connector, names):
        print(f'mayContain: {name}')


def sid(text):
    raw = base64.b64decode(text)
    parts = struct.unpack(f'<{raw[1]}I', raw[8:])
    return '-'.join(['S', str(raw[0]), str(int.from_bytes(raw[2:8], 'big'))] + [str(part) for part in parts])


REFERENCES = ('member', 'managedBy', 'manager')
BOOKED = ('objectSid:', 'mS-DS-CreatorSID:')    # the tools of ldb want them as text


def entries(path):
    """What Active Directory takes. Not: the domain itself, the name of a replication conflict, a user without an
    account name, devices and foreign security principals below an organizational unit."""
    for entry in re.split(r'\n\s*\n', open(path).read()):
        lines = [line.split(': ', 1) for line in entry.split('\n') if line and not line.startswith('#')]
        names = [name for name, _ in lines if name != 'version']
        kinds = [value for name, value in lines if name == 'objectClass']
        nameless = 'user' in kinds and 'sAMAccountName' not in names
        strange = {'domainDNS', 'msDS-Device', 'foreignSecurityPrincipal'} & set(kinds)
        if 'dn' in names and not nameless and not strange and '\\0ACNF' not in lines[0][1]:
            yield lines


def objects(path, names):
    names = {name.lower() for name in names.split(',')} | {'dn'}
    for lines in entries(path):
        for name, value in lines:
            if name in REFERENCES or name.rstrip(':').lower() not in names:
                continue
            if name == 'pwdLastSet' and value != '0':       # the server alone says when
                continue
            print(f'{name[:-1]}: {sid(value)}' if name in BOOKED else f'{name}: {value}')
        print()


def links(path):
    known = {lines[0][1].lower() for lines in entries(path)}
    for lines in entries(path):
        for name, value in lines:
            if name in REFERENCES and value.lower() in known:
                print(f'dn: {lines[0][1]}\nchangetype: modify\nadd: {name}\n{name}: {value}\n')


def main(what, *args):
    if what in ('schema', 'classes'):
        args += ({line.strip().lower() for line in sys.stdin},)
    {'schema': schema, 'classes': classes, 'objects': objects, 'links': links}[what](*args)


main(*sys.argv[1:])
