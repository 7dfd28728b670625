/* SPDX-License-Identifier: Apache-2.0 */
#include "grant_script.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* A text between single quotes; `escaped` stands for one of them. */
static void print_quoted(const char *text, const char *escaped)
{
    putchar('\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputs(escaped, stdout);
        else
            putchar(*text);
    }
    putchar('\'');
}

/* "(OA;CIIO;WP;attribute;class;trustee)": the index-th field, from 0. */
static void print_field(const char *grant, int index)
{
    const char *at = grant + 1;

    for (; index > 0; index--)
        at = strchr(at, ';') + 1;
    printf("%.*s", (int)strcspn(at, ";)"), at);
}

static void print_samba(const struct audit_entry *entry)
{
    fputs("samba-tool dsacl set --objectdn=", stdout);
    print_quoted(entry->place, "'\\''");
    fputs(" --sddl=", stdout);
    print_quoted(entry->grant, "'\\''");
    putchar('\n');
}

/* dsacls quotes as the command prompt does, and knows names only. */
static void print_dsacls(const struct audit_entry *entry)
{
    printf("dsacls \"%s\"%s /G \"%s:WP;%s;%s\"\n", entry->place,
           entry->comes_down ? " /I:S" : "", entry->trustee, entry->attribute,
           entry->comes_down ? entry->object_type : "");
}

static void print_powershell(const struct audit_entry *entry)
{
    fputs("$path = 'AD:\\' + ", stdout);
    print_quoted(entry->place, "''");
    fputs("\n$acl = Get-Acl -LiteralPath $path\n"
          "$acl.AddAccessRule((New-Object "
          "System.DirectoryServices.ActiveDirectoryAccessRule("
          "[System.Security.Principal.SecurityIdentifier]'",
          stdout);
    print_field(entry->grant, 5);
    fputs("', 'WriteProperty', 'Allow', [guid]'", stdout);
    print_field(entry->grant, 3);
    if (entry->comes_down) {
        fputs("', 'Descendents', [guid]'", stdout);
        print_field(entry->grant, 4);
        fputs("')))\n", stdout);
    } else {
        fputs("', 'None')))\n", stdout);
    }
    fputs("Set-Acl -LiteralPath $path -AclObject $acl\n", stdout);
}

static const struct grant_language languages[] = {
    {"dsacls", "rem", print_dsacls},
    {"powershell", "#", print_powershell},
    {"samba-tool", "#", print_samba},
    {"ldif", "#", NULL},
};

const struct grant_language *grant_language(const char *name)
{
    for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++)
        if (strcmp(languages[i].name, name) == 0)
            return &languages[i];
    return NULL;
}

static void print_by_hand(const struct grant_language *language,
                          const struct audit_group *group)
{
    printf("%s by hand: %s", language->comment, group->code);
    if (group->attribute != NULL)
        printf(" of %s", group->attribute);
    if (group->dn != NULL)
        printf(", %llu objects, the first %s", (unsigned long long)group->objects,
               group->dn);
    if (group->remedy != NULL)
        printf(": %s", group->remedy);
    putchar('\n');
}

/* Their tools take away all entries of somebody, or none. */
static void print_removal(const struct grant_language *language,
                          const struct audit_removal *removal)
{
    printf("%s by hand: %s may write no more than that of %s: take out %s, on %s\n",
           language->comment, removal->trustee,
           removal->object_type == NULL ? "everything" : removal->object_type,
           removal->grant, removal->place);
}

/* What AdminSDHolder has, every administrator has within the hour: that is no line of a
 * script that somebody runs as a whole. */
static bool is_for_scripts(const struct grant_language *language,
                           const struct audit_entry *entry)
{
    if (entry->consent == NULL || strcmp(entry->consent, "adminsdholder") != 0)
        return true;
    printf("%s by hand: %s may write %s, on %s: %s\n", language->comment, entry->trustee,
           entry->attribute, entry->place, entry->grant);
    return false;
}

/* RFC 2849: what a line of LDIF may hold as it is. */
static bool is_safe(const char *text)
{
    size_t length = strlen(text);

    if (strchr(" :<", text[0]) != NULL || text[length - 1] == ' ')
        return false;
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < ' ' || (unsigned char)*text > '~')
            return false;
    return true;
}

void grant_script_list(struct arena *arena, const char *dn, const char *list)
{
    bool safe = is_safe(dn);

    printf("\ndn:%s %s\ncontrol: 1.2.840.113556.1.4.801 true:: MAMCAQQ=\n"
           "changetype: modify\nreplace: nTSecurityDescriptor\n"
           "nTSecurityDescriptor:: %s\n-\n",
           safe ? "" : ":", safe ? dn : text_base64(arena, slice_text(dn)).at, list);
}

void grant_script_print(const struct grant_language *language,
                        const struct audit_plan *plan)
{
    for (size_t i = 0; i < plan->entries.count; i++) {
        const struct audit_entry *entry = &plan->entries.items[i];

        if (!is_for_scripts(language, entry))
            continue;
        printf("%s %s may write %s: heals %llu\n", language->comment, entry->trustee,
               entry->attribute, (unsigned long long)entry->objects);
        if (language->entry != NULL)
            language->entry(entry);
    }
    for (size_t i = 0; i < plan->removals.count; i++)
        print_removal(language, &plan->removals.items[i]);
    for (size_t i = 0; i < plan->by_hand.count; i++)
        print_by_hand(language, plan->by_hand.items[i]);
}
