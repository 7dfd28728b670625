/* SPDX-License-Identifier: Apache-2.0 */

/*
 * population N [SUFFIX]: N directory entries as LDIF on stdout, the same ones for the
 * same arguments: of a hundred entries 96 are users (42 attributes at most), three are
 * groups of up to 200 members, one is a contact. SUFFIX is the container they lie in;
 * default OU=CORP,DC=contoso,DC=com.
 */

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static const char digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Sixteen bytes made from the number, in Base64. */
static void print_guid(const char *attribute, uint64_t number)
{
    unsigned char bytes[18] = {0};
    uint64_t mixed = number * 0xD6E8FEB86659FD93u;

    for (int i = 0; i < 8; i++) {
        bytes[i] = (unsigned char)(number >> (8 * i));
        bytes[8 + i] = (unsigned char)(mixed >> (8 * i));
    }
    printf("%s:: ", attribute);
    for (int i = 0; i < 15; i += 3) {
        unsigned three =
            (unsigned)bytes[i] << 16 | (unsigned)bytes[i + 1] << 8 | bytes[i + 2];

        printf("%c%c%c%c", digits[three >> 18], digits[three >> 12 & 63],
               digits[three >> 6 & 63], digits[three & 63]);
    }
    printf("%c%c==\n", digits[bytes[15] >> 2], digits[(bytes[15] & 3) << 4]);
}

static void print_dn(uint64_t number, const char *suffix)
{
    printf("CN=Person %" PRIu64 ",%s\n", number, suffix);
}

static const char *const departments[] = {"Sales", "Engineering", "Finance",
                                          "Field", "Legal",       "Support"};

static void print_person(uint64_t n)
{
    printf("cn: Person %" PRIu64 "\ndisplayName: Person %" PRIu64
           "\ngivenName: Given%" PRIu64 "\nsn: Family%" PRIu64 "\nmail: person%" PRIu64
           "@contoso.com\nmailNickname: person%" PRIu64
           "\ncompany: Contoso\ntelephoneNumber: +49 30 %" PRIu64 "\n",
           n, n, n % 997, n % 4999, n, n, 1000000 + n);
    printf("proxyAddresses: SMTP:person%" PRIu64
           "@contoso.com\nproxyAddresses: smtp:p%" PRIu64
           "@contoso.com\nproxyAddresses: smtp:%" PRIu64 ".person@contoso.com\n",
           n, n, n);
}

static void print_user(uint64_t n, const char *suffix)
{
    printf("dn: ");
    print_dn(n, suffix);
    printf("objectClass: top\nobjectClass: person\nobjectClass: organizationalPerson\n"
           "objectClass: user\n");
    print_guid("objectGUID", n);
    print_person(n);
    printf("sAMAccountName: person%" PRIu64 "\nuserPrincipalName: person%" PRIu64
           "@contoso.com\nuserAccountControl: %d\ndepartment: %s\n"
           "title: Title %" PRIu64 "\nl: Berlin\nst: Berlin\nc: DE\nco: Germany\n"
           "countryCode: 276\npostalCode: %" PRIu64 "\nstreetAddress: Street %" PRIu64
           "\nphysicalDeliveryOfficeName: Room %" PRIu64 "\nmobile: +49 170 %" PRIu64
           "\npwdLastSet: %" PRIu64 "\ndescription: A person of Contoso\n",
           n, n, n % 50 == 0 ? 514 : 512, departments[n % 6], n % 31, 10000 + n % 9000,
           n % 500, n % 700, 2000000 + n, 131000000000000000u + n);
    for (unsigned i = 1; i <= 8; i++)
        printf("extensionAttribute%u: Value %u of %" PRIu64 "\n", i, i, n % 101);
    if (n > 100) {
        printf("manager: ");
        print_dn(n / 100 * 100 + 1, suffix);
    }
    putchar('\n');
}

static void print_group(uint64_t n, uint64_t count, const char *suffix)
{
    uint64_t members = n % 200;

    printf("dn: CN=Group %" PRIu64 ",%s\nobjectClass: top\nobjectClass: group\n", n,
           suffix);
    print_guid("objectGUID", n);
    printf("cn: Group %" PRIu64 "\ndisplayName: Group %" PRIu64
           "\nsAMAccountName: group%" PRIu64
           "\ngroupType: -2147483646\ndescription: A group\n",
           n, n, n);
    for (uint64_t i = 0; i < members; i++) {
        uint64_t person = (n * 7919 + i * 37) % count;

        person -= person % 100 >= 96 ? 10 : 0;
        printf("member: ");
        print_dn(person, suffix);
    }
    putchar('\n');
}

static void print_contact(uint64_t n, const char *suffix)
{
    printf("dn: CN=Contact %" PRIu64 ",%s\nobjectClass: top\nobjectClass: person\n"
           "objectClass: organizationalPerson\nobjectClass: contact\n",
           n, suffix);
    print_guid("objectGUID", n);
    print_person(n);
    putchar('\n');
}

int main(int argc, char **argv)
{
    uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
    const char *suffix = argc > 2 ? argv[2] : "OU=CORP,DC=contoso,DC=com";

    if (count == 0) {
        fputs("usage: population N [SUFFIX]\n", stderr);
        return 2;
    }
    puts("version: 1\n");
    for (uint64_t n = 0; n < count; n++) {
        if (n % 100 < 96)
            print_user(n, suffix);
        else if (n % 100 < 99)
            print_group(n, count, suffix);
        else
            print_contact(n, suffix);
    }
    return fflush(stdout) == 0 ? 0 : 1;
}
