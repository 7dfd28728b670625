# SPDX-License-Identifier: Apache-2.0
# Full and delta imports from a domain controller: what is selected comes, and whatever happens to it.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/ad.sh"
ad_begin
ad_fill
ad_instance i

full() { run 0 -C i run-profile $agent 'Full Import'; }
delta() { run 0 -C i run-profile $agent 'Delta Import'; }
shows() { run 0 -C i cs show $agent "$1"; }
is_gone() { run 2 -C i cs show $agent "$1"; }

# --- the selected containers, classes and attributes ------------------------------------------------
full
says 'staged     add 81'
says 'filtered-objects 2'
shows "CN=Ana Lima,OU=Sales,$staff"
says 'title                        Head of Sales'
says 'userAccountControl           512'
says_not 'whenCreated'
is_gone "CN=Guest,CN=Users,$AD_BASE"
full
says 'no-change 81'
delta
says_not 'staged'

# --- new, changed, emptied; members one by one ------------------------------------------------------
ad_add <<LDIF
dn: CN=Nora New,OU=Sales,$staff
objectClass: user
sAMAccountName: nnew
displayName: Nora New
LDIF
ad_modify <<LDIF
dn: CN=Ana Lima,OU=Sales,$staff
changetype: modify
replace: title
title: Director, Sales
-
delete: department

dn: CN=All Staff,OU=Groups,$staff
changetype: modify
add: member
member: CN=Ana Lima,OU=Sales,$staff
member: CN=Nora New,OU=Sales,$staff
member: CN=Sales,OU=Groups,$staff
LDIF
delta
says 'staged     add 1  update 2'
shows "CN=Ana Lima,OU=Sales,$staff"
says 'title                        Director, Sales'
says_not 'department'
shows "CN=All Staff,OU=Groups,$staff"
says 'CN=Nora New,OU=Sales'
says 'CN=Sales,OU=Groups'

# --- renamed, moved, moved out and back, with what lies below -----------------------------------------
ad_modify <<LDIF
dn: CN=All Staff,OU=Groups,$staff
changetype: modify
delete: member
member: CN=Sales,OU=Groups,$staff

dn: CN=Nora New,OU=Sales,$staff
changetype: modrdn
newrdn: CN=Nora \\, Newer
deleteoldrdn: 1
newsuperior: OU=Finance,$staff

dn: OU=Field,$staff
changetype: modrdn
newrdn: OU=Outdoors
deleteoldrdn: 1
LDIF
delta
says 'rename 2'
shows "CN=All Staff,OU=Groups,$staff"
says 'CN=Nora \, Newer,OU=Finance'
says_not 'CN=Sales,OU=Groups'
below=$(ad_search "OU=Outdoors,$staff" one dn | grep -c '^dn')
full
says 'no-change 82'

ad_modify <<LDIF
dn: OU=Outdoors,$staff
changetype: modrdn
newrdn: OU=Outdoors
deleteoldrdn: 1
newsuperior: $AD_BASE
LDIF
delta
says "delete $((below + 1))"
is_gone "OU=Outdoors,$AD_BASE"
ad_modify <<LDIF
dn: OU=Outdoors,$AD_BASE
changetype: modrdn
newrdn: OU=Field
deleteoldrdn: 1
newsuperior: $staff
LDIF
delta
says "add $((below + 1))"
full
says 'no-change 82'

# --- deleted, and back again ---------------------------------------------------------------------------
ad_delete "CN=Nora \\, Newer,OU=Finance,$staff"
delta
says 'staged     delete 1'
shows "CN=All Staff,OU=Groups,$staff"
says 'Newer' # a domain controller does not tell of the group that the member went with its object
delta
says_not 'staged'
full
says 'no-change 80  update 1'
shows "CN=All Staff,OU=Groups,$staff"
says_not 'Newer'
full
says 'no-change 81'

# a tombstone is brought to life again
tomb=$(ad_tool search -LLL -o ldif-wrap=no -e '!1.2.840.113556.1.4.417' -b "CN=Deleted Objects,$AD_BASE" '(sAMAccountName=nnew)' 1.1 | sed -n 's/^dn: //p;s/^dn:: //p')
case $tomb in CN=*) ;; *) tomb=$(base64 -d <<<"$tomb") ;; esac
ad_modify -e '!1.2.840.113556.1.4.417' <<LDIF
dn:: $(printf %s "$tomb" | base64 -w0)
changetype: modify
delete: isDeleted
-
replace: distinguishedName
distinguishedName: CN=Nora Again,OU=Sales,$staff
LDIF
delta
says 'add 1'
shows "CN=Nora Again,OU=Sales,$staff"
says 'nnew'
full
says 'no-change 82'
ad_delete "CN=Nora Again,OU=Sales,$staff"
delta
says 'delete 1'

# --- a selected container that is away takes nobody along ------------------------------------------------
ad_modify <<LDIF
dn: $staff
changetype: modrdn
newrdn: OU=Crew
deleteoldrdn: 1
LDIF
run 6 -C i run-profile $agent 'Full Import'
says 'no-start-bad-ma-configuration'
says "the selected container 'OU=Staff,DC=fabrikam,DC=example' is not there"
run 6 -C i run-profile $agent 'Delta Import'
says 'is not there'
ad_modify <<LDIF
dn: OU=Crew,$AD_BASE
changetype: modrdn
newrdn: OU=Staff
deleteoldrdn: 1
LDIF
delta
full
says 'no-change 81'
finish
