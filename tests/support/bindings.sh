# SPDX-License-Identifier: Apache-2.0
# mactl.xml of a test that has a directory, $AD_IP, for its agent $agent. Sourced.
#
#   ad_bind FOLDER LINE...            anew, with these elements in the agent
#   file_bind FOLDER AGENT SEED       this agent too: its system is a file, cloud.ldif
#   agent_bind FOLDER ELEMENT         this one too, as the element says
ad_bind() {
  local folder=$1
  shift
  { echo '<mactl version="1">'
    printf '  <agent name="%s" plugin="ad_ma">\n    <parameter name="server">%s</parameter>\n' "$agent" "$AD_IP"
    printf '    %s\n' "$@"
    echo '  </agent>'
    echo '</mactl>'; } >"$folder/mactl.xml"
}

file_bind() {
  agent_bind "$1" "<agent name=\"$2\" plugin=\"file_ma\"><parameter name=\"format\">ldif</parameter><parameter name=\"file\">cloud.ldif</parameter><parameter name=\"anchor-seed\">$3</parameter></agent>"
}
agent_bind() { sed -i "s|^</mactl>|  $2\n&|" "$1/mactl.xml"; }
ad_login='<parameter name="login">Administrator</parameter>'
ad_secret='<secret name="password" file="secrets/ad"/>'
