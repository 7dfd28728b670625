# SPDX-License-Identifier: Apache-2.0
# The way to a service in the cloud: TLS that is verified, HTTP/2 over one connection, a proxy that wants to know who
# asks, and the hosts of Microsoft's clouds.
. "$MACTL_SOURCE/tests/support/shell.sh"
. "$MACTL_SOURCE/tests/support/cloud.sh"
. "$MACTL_SOURCE/tests/support/scim.sh"
unset http_proxy https_proxy all_proxy no_proxy HTTPS_PROXY ALL_PROXY NO_PROXY
scim_instance scimmy
openssl req -x509 -newkey rsa:2048 -nodes -keyout front.key -out front.pem -subj /CN=localhost -addext subjectAltName=DNS:localhost -days 2 2>/dev/null
TO=$cloud_url KEY=$PWD/front.key CERT=$PWD/front.pem PROXY_USER=joe:Guarded7 cloud_start front
proxy=$cloud_token
log() { curl -sS "$proxy/log"; }
logged() { log | jq -e "$1" >/dev/null || { log | jq -c '.[]' | tail -n 20; return 1; }; }
why() { run 0 -C sync runs show last; }
full() { run "$1" -C sync run-profile Service 'Full Import'; }
wants_password() { sed -i '/name="Service"/,/<.agent>/s|</agent>|<secret name="proxy-password" file="secrets/proxy"/>&|' sync/mactl.xml; }

# --- TLS: whom nobody vouches for, or who has another name, is not spoken to
scim_bind attempts 2
full 7
says 'certificate'
sed "s|//localhost:|//127.0.0.1:|" <(scim_bind attempts 2 ca-file "$PWD/front.pem"; cat sync/mactl.xml) >other.xml
cp other.xml sync/mactl.xml
full 7
says '127.0.0.1'
check 'nothing was asked' logged 'length == 0'

# --- HTTP/2: many requests at once over one connection
scim_bind ca-file "$PWD/front.pem" bulk no
hr_people 2001 2040
there
check 'all of it by HTTP/2' logged 'map(.version) | unique == ["2.0"]'
check 'over one connection' logged 'map(select(.method == "POST")) | length >= 47 and (map(.connection) | unique | length == 1)'
step 0 Service 'Full Import'
says 'add 47'

# --- a proxy: who asks, what for, and past it where it is not to be asked
(umask 077 && echo Guarded7 >sync/secrets/proxy)
scim_bind attempts 2 ca-file "$PWD/front.pem" proxy "$proxy"
full 7
says '407'
check 'who says no name gets no tunnel' logged 'map(select(.tunnel)) | length > 0 and all(.by == "")'
scim_bind ca-file "$PWD/front.pem" proxy "$proxy" proxy-user joe
wants_password
full 0
check 'it is a tunnel' logged '(map(select(.tunnel)) | last) as $last | $last.by == "joe" and ($last.tunnel | startswith("localhost:"))'
check 'the proxy never sees the bearer' logged 'map(select(.bearer == true)) == []'
check 'nobody sees its password' sh -c '! grep -rl Guarded7 sync --exclude-dir=secrets'
before=$(log | jq 'map(select(.tunnel)) | length')
scim_bind ca-file "$PWD/front.pem" proxy "$proxy" proxy-user joe no-proxy localhost
wants_password
full 0
is 'tunnels where none is needed' "$(log | jq 'map(select(.tunnel)) | length')" "$before"

# --- Microsoft's clouds: where the token is, and where Graph is
asked() { log | jq -r 'map(select(.tunnel and (.tunnel | startswith("localhost") | not)).tunnel) | last'; }
cloud() { # NAME LOGIN GRAPH
  : | service_bind tenant lab ${1:+cloud "$1"} client-id app token-url "$proxy/token" no-proxy 127.0.0.1 proxy "$proxy" proxy-user joe attempts 1
  wants_password
  full 7
  is "Graph in ${1:-the cloud that is meant}" "$(asked)" "$3:443"
  : | service_bind tenant lab ${1:+cloud "$1"} client-id app proxy "$proxy" proxy-user joe attempts 1
  wants_password
  full 7
  is "the token in ${1:-the cloud that is meant}" "$(asked)" "$2:443"
}
cloud '' login.microsoftonline.com graph.microsoft.com
cloud global login.microsoftonline.com graph.microsoft.com
cloud us-gov-l4 login.microsoftonline.us graph.microsoft.us
cloud us-gov-l5 login.microsoftonline.us dod-graph.microsoft.us
cloud china login.chinacloudapi.cn microsoftgraph.chinacloudapi.cn
: | service_bind tenant lab cloud mars
full 6
why
says "'mars' is none of: global, us-gov-l4, us-gov-l5, china"
# another one, by its hosts
: | service_bind tenant lab url https://graph.example/v1.0 token-url https://login.example/lab/token client-id app proxy "$proxy" proxy-user joe attempts 1
wants_password
full 7
is 'the token of a cloud by its hosts' "$(asked)" login.example:443
: | service_bind tenant lab url https://graph.example/v1.0 client-id app token-url "$proxy/token" no-proxy 127.0.0.1 proxy "$proxy" proxy-user joe attempts 1
wants_password
full 7
is 'Graph of a cloud by its hosts' "$(asked)" graph.example:443
finish
