# SPDX-License-Identifier: Apache-2.0
"""A man in the middle: whoever connects finds a certificate of ours, and behind it another server.
Usage: tls_proxy.py ADDRESS PORT CERTIFICATE KEY SERVER-PORT SERVER-CA [starttls]; says "ready" when it listens. With starttls
TLS begins in front when LDAP asks for it by its first message."""
import socket, ssl, sys, threading

address, port, certificate, key, behind, ca = sys.argv[1:7]
front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
front.load_cert_chain(certificate, key)
# the answer to a first message, an ExtendedResponse: success (RFC 4511 4.14.2)
GRANTED = bytes.fromhex("300c02010178070a010004000400") if sys.argv[7:] == ["starttls"] else b""
back = ssl.create_default_context(cafile=ca)


def pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def serve(client):
    try:
        if GRANTED:
            client.recv(65536)
            client.sendall(GRANTED)
        client = front.wrap_socket(client, server_side=True)
        server = back.wrap_socket(socket.create_connection((address, int(behind))), server_hostname=address)
    except OSError:
        return
    threading.Thread(target=pump, args=(server, client), daemon=True).start()
    pump(client, server)


listener = socket.create_server((address, int(port)))
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
