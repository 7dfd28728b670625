# SPDX-License-Identifier: Apache-2.0
# People and groups of HR, a file, and a service that they go to: what graph.sh and scim.sh have in common, which
# source it behind shell.sh and cloud.sh.
#
#   service_instance           "sync" is the instance, $hr its file
#   service_bind [PARAMETER VALUE ...]    mactl.xml, with the lines on stdin and these parameters
#   step CODE AGENT PROFILE    a run;  pending: how many exports wait;  is WHAT VALUE EXPECTED
service_data=$MACTL_SOURCE/tests/integration/data/scim
hr=sync/madata/HR/hr.ldif

service_instance() {
  run 0 -C sync config import "$service_data/export" -q
  mkdir -p sync/madata/HR sync/madata/Service sync/secrets
  cp "$service_data/data/hr.ldif" sync/madata/HR/
}
service_bind() {
  {
    cat
    while [ $# -gt 0 ]; do
      echo "    <parameter name=\"$1\">$2</parameter>"
      shift 2
    done
  } >parameters.xml
  sed -e '/@URL@/{r parameters.xml' -e 'd}' "$service_data/mactl.xml" >sync/mactl.xml
}
step() { run "$1" -C sync run-profile "$2" "$3"; }
pending() { "$MACTL" -C sync dump cs | grep -c '^pending export'; }
is() { [ "$2" = "$3" ] || fail "$1: '$2' instead of '$3'"; }
