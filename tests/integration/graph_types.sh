# SPDX-License-Identifier: Apache-2.0
# The emulator of Graph, and the mappings, are held to the types that Microsoft publishes: what is served and accepted
# exists there, with values of its type. And what is none of that is found.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
cloud_need graph
cloud_start graph
lab() { curl -sS -f -X POST -H 'Content-Type: application/json' "$(graph_root)/lab/$1" -d "$2"; }
types() { "$cloud_lab" types "${cloud_running[0]}" "$@" >types.out 2>&1; }
check 'some are there' lab fill '{"users":5,"groups":2,"members":3}' >/dev/null
check 'and one with next to nothing' lab objects/users '{"displayName":"Bare"}' >/dev/null
lab objects/contacts '{"displayName":"Carl","mail":"carl@partner.test","proxyAddresses":["SMTP:carl@partner.test"]}' >/dev/null
check 'all fits' types "$MACTL_SOURCE"/schemas/cloud/{graph,aadconnect-graph}.json || cat types.out
check 'and is not little' test "$(sed -n 's/ properties were looked at.*//p' types.out)" -gt 400

lab objects/users '{"displayName":7,"businessPhones":"12"}' >/dev/null
jq '.classes.user.attributes.nick = "nickname" | .classes.user.attributes.ex = "onPremisesExtensionAttributes.extensionAttribute16"' \
  "$MACTL_SOURCE/schemas/cloud/graph.json" >other.json
check 'what does not fit is found' test "$(types other.json && echo all; grep -c 'User.displayName is\|User.businessPhones is' types.out)" -ge 2
check 'in a mapping, too' test "$(grep -c "there is no 'nickname'\|there is no 'onPremisesExtensionAttributes.extensionAttribute16'" types.out)" = 2
finish
