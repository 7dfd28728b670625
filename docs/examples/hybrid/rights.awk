# SPDX-License-Identifier: Apache-2.0
# rights.awk DIRECTORY: the directory's LDIF with the lists of rights that a dump of a domain
# controller has. Whoever administered this forest gave the group its rights at OU=Staff,
# attribute by attribute; meant it well in Engineering; was forbidden something in Field; and
# cut Finance off.
BEGIN {
  read = "(A;CI%s;LCRPLORC;;;AU)"
  group = "S-1-5-21-11-22-33-1200"
  user = "bf967aba-0de6-11d0-a285-00aa003049e2"
  split("7cb4c7d3-8787-42b0-b438-3c5d479ad31e 66437984-c3c5-498f-b269-987819ef484b " \
        "6f606079-3a82-4c1b-8efb-dcc8c91d26fe 4d1c5a58-3f0e-4b7c-9a60-2f3d1e8b7a01 " \
        "4d1c5a58-3f0e-4b7c-9a60-2f3d1e8b7a02 bf967a06-0de6-11d0-a285-00aa003049e2", attributes, " ")
}

# What comes down from OU=Staff: to users as it is, to others only on its way.
function granted(flags,   i, text) {
  for (i = 1; i <= 6; i++)
    text = text "(OA;" flags ";WP;" attributes[i] ";" user ";" group ")"
  return text
}

function list(dn, class,   is_user, here, down) {
  is_user = class == "user"
  here = sprintf(read, dn ~ /^DC=/ ? "" : "ID")
  down = is_user ? "CIID" : "CIIOID"
  if (dn !~ /OU=Staff,/)
    return "O:DAG:DAD:AI" here
  if (dn ~ /^OU=Staff,/)
    return "O:DAG:DAD:AI" granted("CIIO") here
  if (dn ~ /^OU=Finance,/)
    return "O:DAG:DAD:PAI" sprintf(read, "")
  if (dn ~ /OU=Finance,/)
    return "O:DAG:DAD:AI" here
  if (dn ~ /^OU=Engineering,/)
    return "O:DAG:DAD:AI(OA;CIIO;RPWP;;" user ";" group ")" granted(down) here
  if (dn ~ /OU=Engineering,/ && is_user)
    return "O:DAG:DAD:AI(OA;CIID;RPWP;;" user ";" group ")" granted(down) here
  if (dn ~ /^OU=Field,/)
    return "O:DAG:DAD:AI(OD;CIIO;WP;" attributes[1] ";" user ";" group ")" granted(down) here
  if (dn ~ /OU=Field,/ && is_user)
    return "O:DAG:DAD:AI(OD;CIID;WP;" attributes[1] ";" user ";" group ")" granted(down) here
  return "O:DAG:DAD:AI" granted(down) here
}

/^dn: / { dn = substr($0, 5) }
/^objectClass: / { class = $2 }
/^$/ { finish() }
{ print }
END { finish() }

function finish() {
  if (dn == "")
    return
  if (dn ~ /^DC=/)
    print "objectSid: S-1-5-21-11-22-33"
  print "nTSecurityDescriptor: " list(dn, class)
  dn = ""
}
