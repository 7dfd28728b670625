/* SPDX-License-Identifier: Apache-2.0 */

/* Functions of certificates: known, so that a rule that uses one is refused by name. */

#include "expr/tree.h"

#define REFUSED(called, gives)                                                           \
    {                                                                                    \
        .help = {.name = (called),                                                       \
                 .signature = gives " " called "(bin certificate)",                      \
                 .help = "certificates are not read",                                    \
                 .refused = true},                                                       \
        .least = 1, .most = 3                                                            \
    }

static const struct function rows[] = {
    REFUSED("CertExtensionOids", "mvstr"),
    REFUSED("CertFormat", "str"),
    REFUSED("CertFriendlyName", "str"),
    REFUSED("CertHashString", "str"),
    REFUSED("CertIssuer", "str"),
    REFUSED("CertIssuerDN", "str"),
    REFUSED("CertIssuerOid", "str"),
    REFUSED("CertKeyAlgorithm", "str"),
    REFUSED("CertKeyAlgorithmParams", "str"),
    REFUSED("CertNameInfo", "str"),
    REFUSED("CertNotAfter", "dt"),
    REFUSED("CertNotBefore", "dt"),
    REFUSED("CertPublicKeyOid", "str"),
    REFUSED("CertPublicKeyParametersOid", "str"),
    REFUSED("CertSerialNumber", "str"),
    REFUSED("CertSignatureAlgorithmOid", "str"),
    REFUSED("CertSubject", "str"),
    REFUSED("CertSubjectNameDN", "str"),
    REFUSED("CertSubjectNameOid", "str"),
    REFUSED("CertThumbprint", "str"),
    REFUSED("CertVersion", "str"),
    REFUSED("IsCert", "bool"),
};

const struct function_group fn_certificates = {"Certificate", rows,
                                               sizeof rows / sizeof rows[0]};
