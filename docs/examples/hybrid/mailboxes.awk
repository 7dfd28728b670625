# SPDX-License-Identifier: Apache-2.0
# mailboxes.awk MAILBOXES CLOUD: the cloud's LDIF with the values of MAILBOXES behind the
# userPrincipalName that each belongs to; what Exchange Online does when a mailbox moves.
FNR == NR && /^#/ { next }
FNR == NR && $1 == "user" { who = $2; next }
FNR == NR { more[who] = more[who] $0 "\n"; next }
{ print }
/^userPrincipalName: / && $2 in more { printf "%s", more[$2] }
