# SPDX-License-Identifier: Apache-2.0
"""A man in the middle: whoever connects finds a certificate of ours, and behind it another server.
Usage: tls_proxy.py ADDRESS PORT CERTIFICATE KEY SERVER-PORT SERVER-CA; says "ready" when it listens."""
import socket, ssl, sys, threading

address, port, certificate, key, behind, ca = sys.argv[1:7]
front = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
front.load_cert_chain(certificate, key)
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
