/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MACTL_GRANT_SCRIPT_H
#define MACTL_GRANT_SCRIPT_H

#include "rights/audit_plan.h"

/*
 * A plan of rights as a script for the tool that an administrator has: dsacls and
 * PowerShell on Windows, samba-tool on Samba, LDIF anywhere. Entries are set one by one;
 * what is there already is not set twice by any of them. LDIF has whole lists, and fits
 * as long as nobody changes them.
 */
struct grant_language {
    const char *name; /* "dsacls" */
    const char *comment;
    void (*entry)(const struct audit_entry *entry); /* NULL: it has whole lists only */
};

/* NULL: there is none of that name. */
const struct grant_language *grant_language(const char *name);
void grant_script_print(const struct grant_language *language,
                        const struct audit_plan *plan);
/* LDIF of one list, Base64, to stand in the place of the one there. */
void grant_script_list(struct arena *arena, const char *dn, const char *list);

#endif
