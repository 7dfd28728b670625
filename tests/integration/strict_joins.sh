# SPDX-License-Identifier: Apache-2.0
# A join criterion that matches several metaverse objects: an error of the object, which says what
# to do; and what it says can be done.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/pair.sh"
pair_begin i

# people are told apart by their number, and joined by their mail
sed -i 's|<csAttribute>employeeID</csAttribute><ilmAttribute>employeeID<|<csAttribute>mail</csAttribute><ilmAttribute>mail<|' \
  i/config/SynchronizationRules/*1}.xml

run 0 -C i run-profile HR FIFS
sed -i 's/^mail: bob@/mail: ada@/' i/madata/HR/hr.ldif
run 0 -C i run-profile HR FIFS
printf '\ndn: uid=1006,ou=people,dc=hr\nobjectClass: person\nemployeeID: 1006\ndisplayName: Ada King\nmail: ada@corp.example\n' >>i/madata/HR/hr.ldif
run 4 -C i run-profile HR FIFS
says 'flow-failure 1'
run 0 -C i runs show last --errors
says 'ambiguous-join'
says 'uid=1006'
says '2 metaverse objects'
says 'strict-joins'
run 0 help settings
says 'strict-joins (true)'
pair_setting i strict-joins false
run 0 -C i run-profile HR FIFS
says 'disconnector-projected-flow 1'
finish
