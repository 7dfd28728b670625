/* SPDX-License-Identifier: Apache-2.0 */
#include "errors.h"

#include <stdlib.h>

/* --- tables ----------------------------------------------------------------------- */

/* Numbers of Windows (MS-ERREF 2.2), where they say more than the result code of LDAP.
 * `type` NULL: the result code decides. */
static const struct {
    unsigned long number;
    const char *type;
    const char *text;
} numbers[] = {
    {5, "permission-issue", "Access is denied."},
    {31, NULL, "A device attached to the system is not functioning."},
    {86, "password-policy-violation", "The specified network password is not correct."},
    {87, NULL, "The parameter is incorrect."},
    {1315, "invalid-attribute-value",
     "The name provided is not a properly formed account name."},
    {1316, "cd-existing-object", "The specified account already exists."},
    {1325, "password-policy-violation",
     "Unable to update the password. The value provided for the new password does not "
     "meet "
     "the length, complexity, or history requirements of the domain."},
    {8202, NULL, "The specified directory service attribute or value does not exist."},
    {8203, "syntax-violation",
     "The attribute syntax specified to the directory service is invalid."},
    {8204, "schema-violation",
     "The attribute type specified to the directory service is not defined."},
    {8205, "cd-existing-attribute-or-value",
     "The specified directory service attribute or value already exists."},
    {8206, "cd-connectivity-error", "The directory service is busy."},
    {8207, "cd-connectivity-error", "The directory service is unavailable."},
    {8212, "schema-violation",
     "The requested operation did not satisfy one or more constraints associated with "
     "the "
     "class of the object."},
    {8213, NULL,
     "The directory service can perform the requested operation only on a leaf object."},
    {8214, "modify-naming-attribute",
     "The directory service cannot perform the requested operation on the RDN attribute "
     "of "
     "an object."},
    {8224, NULL, "An operations error occurred."},
    {8239, "constraint-violation", "A constraint violation occurred."},
    {8240, NULL, "There is no such object on the server."},
    {8242, "invalid-dn", "An invalid dn syntax has been specified."},
    {8245, NULL, "The server is unwilling to process the request."},
    {8247, "invalid-dn", "There is a naming violation."},
    {8305, "cd-existing-object",
     "An attempt was made to add an object to the directory with a name that is already "
     "in "
     "use."},
    {8311, NULL,
     "Illegal modify operation. Some aspect of the modification is not permitted."},
    {8321, "constraint-violation",
     "Multiple values were specified for an attribute that can have only one value."},
    {8322, "constraint-violation",
     "A value for the attribute was not in the acceptable range of values."},
    {8333, NULL, "Directory object not found."},
    {8344, "permission-issue", "Insufficient access rights to perform the operation."},
    {8647, "constraint-violation",
     "The operation failed because SPN value provided for addition/modification is not "
     "unique forest-wide."},
    {8648, "constraint-violation",
     "The operation failed because UPN value provided for addition/modification is not "
     "unique forest-wide."},
};

/* Result codes (RFC 4511 A). `number`: for a server that gives none of its own. */
static const struct {
    int code;
    const char *type;
    unsigned long number;
} results[] = {
    {LDAP_INSUFFICIENT_ACCESS, "permission-issue", 8344},
    {LDAP_ALREADY_EXISTS, "cd-existing-object", 8305},
    {LDAP_NO_SUCH_OBJECT, "cd-missing-object", 8333},
    {LDAP_TYPE_OR_VALUE_EXISTS, "cd-existing-attribute-or-value", 8205},
    {LDAP_NO_SUCH_ATTRIBUTE, "constraint-violation", 8202},
    {LDAP_UNDEFINED_TYPE, "schema-violation", 8204},
    {LDAP_CONSTRAINT_VIOLATION, "constraint-violation", 8239},
    {LDAP_INVALID_SYNTAX, "syntax-violation", 8203},
    {LDAP_INVALID_DN_SYNTAX, "invalid-dn", 8242},
    {LDAP_NAMING_VIOLATION, "invalid-dn", 8247},
    {LDAP_OBJECT_CLASS_VIOLATION, "schema-violation", 8212},
    {LDAP_NO_OBJECT_CLASS_MODS, "schema-violation", 0},
    {LDAP_NOT_ALLOWED_ON_NONLEAF, "cd-error", 8213},
    {LDAP_NOT_ALLOWED_ON_RDN, "modify-naming-attribute", 8214},
    {LDAP_BUSY, "cd-connectivity-error", 8206},
    {LDAP_UNAVAILABLE, "cd-connectivity-error", 8207},
    {LDAP_UNWILLING_TO_PERFORM, "cd-error", 8245},
};

static const char *text_of(unsigned long number, const char **type)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (numbers[i].number == number) {
            if (numbers[i].type != NULL)
                *type = numbers[i].type;
            return numbers[i].text;
        }
    return NULL;
}

static const char *type_of(int code, unsigned long *number)
{
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (results[i].code == code) {
            *number = results[i].number;
            return results[i].type;
        }
    return "cd-error";
}

/* --- a failure -------------------------------------------------------------------- */

static bool leading_number(const char *said, unsigned long *number)
{
    size_t digits = strspn(said, "0123456789abcdefABCDEF");

    if (digits != 8)
        return false;
    *number = strtoul(said, NULL, 16);
    return *number != 0;
}

void errors_of(struct failure *f, int code, const char *said)
{
    unsigned long number = 0;
    unsigned long own;
    size_t length;

    *f = (struct failure){.ldap = code};
    f->type = type_of(code, &number);
    if (said != NULL && leading_number(said, &own))
        number = own;
    f->literal = text_of(number, &f->type);
    if (f->literal == NULL)
        f->literal = ldap_err2string(code);
    if (number != 0)
        snprintf(f->code, sizeof f->code, "%lu", number);
    snprintf(f->detail, sizeof f->detail, "LDAP %d: %.300s", code,
             said == NULL || said[0] == '\0' ? ldap_err2string(code) : said);
    length = strlen(f->detail);
    while (length > 0 && (f->detail[length - 1] == '\n' || f->detail[length - 1] == ' '))
        f->detail[--length] = '\0';
}

void errors_set(struct failure *f, const char *type, const char *literal)
{
    *f = (struct failure){.type = type, .literal = literal};
}

void errors_add(struct failure *f, const char *fmt, ...)
{
    size_t length = strlen(f->detail);
    va_list args;

    if (length > 0 && length + 2 < sizeof f->detail)
        length += (size_t)snprintf(f->detail + length, sizeof f->detail - length, "; ");
    va_start(args, fmt);
    if (length < sizeof f->detail)
        vsnprintf(f->detail + length, sizeof f->detail - length, fmt, args);
    va_end(args);
}
