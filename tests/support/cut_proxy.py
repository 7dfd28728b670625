# SPDX-License-Identifier: Apache-2.0
"""A server that dies: it passes on what another says, so many bytes of each connection, and hangs up.
Usage: cut_proxy.py ADDRESS PORT SERVER-ADDRESS BYTES; says "ready" when it listens, at the server's own port."""
import socket, sys, threading

address, port, server, most = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4])


def ask(client, target):
    try:
        while data := client.recv(65536):
            target.sendall(data)
    except OSError:
        pass


def serve(client):
    left = most
    with client, socket.create_connection((server, port)) as target:
        threading.Thread(target=ask, args=(client, target), daemon=True).start()
        try:
            while left > 0 and (data := target.recv(min(left, 4096))):
                client.sendall(data)
                left -= len(data)
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


listener = socket.create_server((address, port))
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
