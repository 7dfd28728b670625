/* SPDX-License-Identifier: Apache-2.0 */
#include "report/advice.h"

#include <string.h>

#define CORRECT "correct the entry at its source, and import again"
#define LOOK_AT_RULE "correct the rule, or the value that it is given"
#define IN_EXTENSION "correct the rules extension, or ask who wrote it"
#define IMPORT_FIRST "import from the system, synchronise, export again"

static const struct advice table[] = {
    /* synchronisation */
    {"ambiguous-join", "one join criterion fits several metaverse objects",
     "make the data or the criterion unique"},
    {"ambiguous-import-flow-from-multiple-connectors",
     "a second object of one agent joined the same metaverse object, and the same rule "
     "lets both contribute",
     "find the duplicate: the text names the other"},
    {"ambiguous-export-flow-to-single-valued-attribute",
     "several metaverse values are meant for one that takes one",
     "choose one in the rule, as with Item()"},
    {"sync-rule-error-function-triggered", "a rule called Error()",
     "the text is the rule's: do what it asks"},
    {"sync-rule-flow-provisioning-failed",
     "the new object has no DN, or another object has it",
     "the text names the other; correct the rule that makes the DN"},
    {"cs-attribute-type-mismatch",
     "a flow gives a text where a number is wanted, or the like",
     "try mactl expr eval with the values of the object"},
    {"flow-multi-values-to-single-value",
     "several values for an attribute that takes one",
     "choose one in the rule, as with Item()"},
    {"extension-entry-point-not-implemented", "a scripted rule has no plugin",
     "bind one in mactl.xml, or rewrite the rule"},
    {"extension-dll-exception", "a rules extension failed", IN_EXTENSION},
    {"extension-provisioning-call-limit-reached", "provisioning calls itself without end",
     IN_EXTENSION},
    {"extension-projection-invalid-object-type",
     "a rules extension projects to a type that the metaverse lacks", IN_EXTENSION},
    {"extension-join-resolution-index-out-of-bounds",
     "a rules extension chose a candidate that is not there", IN_EXTENSION},
    {"extension-deprovisioning-invalid-result",
     "a rules extension gave an answer that is none", IN_EXTENSION},
    {"sync-rule-invalid-expression", "an expression cannot be evaluated", LOOK_AT_RULE},
    {"sync-rule-inbound-flow-rules-invalid", "an inbound flow cannot be evaluated",
     LOOK_AT_RULE},
    {"sync-rule-outbound-flow-rules-invalid", "an outbound flow cannot be evaluated",
     LOOK_AT_RULE},
    {"dn-index-out-of-bounds", "a rule asks for a part of the DN that it lacks",
     LOOK_AT_RULE},
    {"invalid-dn", "a rule, or the system, gives a DN that is none", LOOK_AT_RULE},
    {"unexported-container-rename",
     "a container is to be renamed that was not exported yet", "export first"},
    {"exported-change-not-reimported", "the system did not keep what it accepted",
     "find who else writes there, or what the system normalises"},
    /* import */
    {"need-full-object", "a delta import changes what was never imported",
     "run a full import"},
    {"duplicate-object", "one anchor came twice in one import", CORRECT},
    {"duplicate-anchor", "two objects have one anchor",
     "import, and see why the rules do not join it to the object that is there"},
    {"missing-dn", "the entry has no DN", CORRECT},
    {"missing-anchor-component", "the entry lacks an attribute of its anchor", CORRECT},
    {"multi-valued-anchor-component", "an attribute of the anchor has several values",
     CORRECT},
    {"anchor-too-long", "the anchor is longer than 800 bytes",
     "choose another anchor in the configuration of the agent"},
    {"missing-object-class", "the entry has no object class", CORRECT},
    {"unmappable-object-type", "no selected object type fits the entry",
     "select its type, or leave the entry out at its source"},
    {"multi-single-mismatch", "several values for an attribute that takes one",
     "correct the entry, or declare the attribute with several values"},
    {"invalid-numeric-value", "a value is no number", CORRECT},
    {"invalid-boolean-value", "a value is neither true nor false", CORRECT},
    {"invalid-reference-value", "a reference is no DN", CORRECT},
    {"reference-value-not-ldap-conformant", "a reference is no DN of LDAP", CORRECT},
    {"dn-not-ldap-conformant", "the DN is none of LDAP",
     "correct the entry at its source; a rule that makes the DN has to escape what it "
     "puts in: EscapeDNComponent()"},
    {"invalid-attribute-value", "a value is not what its attribute takes", CORRECT},
    {"parse-error", "the entry cannot be read", CORRECT},
    {"code-page-conversion", "bytes that the code page of the file does not have",
     "correct the code page in the configuration, or the file"},
    {"insufficient-columns", "the line has too few columns", CORRECT},
    {"insufficient-field-width", "the line is too short", CORRECT},
    /* export */
    {"cd-missing-object", "the export met another state than the last import",
     IMPORT_FIRST},
    {"cd-existing-object", "the export met another state than the last import",
     IMPORT_FIRST},
    {"cd-error", "the system refused the change",
     "what it said is below; correct it there, or the rule that asks for it"},
    {"permission-issue", "the account of the agent may not do this",
     "grant the right, or stop asking for the attribute"},
    {"non-existent-parent", "the container of the new object is not there",
     "make it, or have a rule provision it"},
    {"rename-to-existing-dn", "another object has the new name",
     "rename one of them; import first if the other is gone"},
    {"dn-attributes-failure", "a reference points to what is not there yet",
     "export again; the referenced object may be new itself"},
    {"constraint-violation", "a value breaks a rule of the system",
     "what it said is below; correct the value at its source"},
};

enum { TYPES = sizeof table / sizeof table[0] };

const struct advice *advice_of(const char *type)
{
    static const struct advice any = {NULL, "it failed for the reason below",
                                      "correct the cause; the next run tries again"};

    for (size_t i = 0; type != NULL && i < TYPES; i++)
        if (strcmp(table[i].type, type) == 0)
            return &table[i];
    return &any;
}

const struct advice *advice_at(size_t index)
{
    return index < TYPES ? &table[index] : NULL;
}
