// SPDX-License-Identifier: Apache-2.0
// What stands before a service: TLS with HTTP/2, which passes on to TO, and a proxy that wants to know who asks.
// environment: PORT(8811) TO(URL of the service) KEY CERT(files, PEM) PROXY_USER(name:password; none: anybody)
// The proxy tunnels to this machine only; every other host is written down, and refused. Its GET /log has what was asked; its POST /token gives one.
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import { readFileSync } from "node:fs";
const PORT = +(process.env.PORT ?? 8811), to = new URL(process.env.TO), user = process.env.PROXY_USER;
const log = [], sessions = new Map();
const ofOneHop = ["connection", "keep-alive", "transfer-encoding", "host"];
const ends = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith(":") && !ofOneHop.includes(name)));
const number = (socket) => sessions.get(socket) ?? (sessions.set(socket, sessions.size + 1), sessions.size);

const front = http2.createSecureServer({ key: readFileSync(process.env.KEY), cert: readFileSync(process.env.CERT), allowHTTP1: true }, (req, res) => {
  log.push({ version: req.httpVersion, method: req.method, url: req.url, connection: number(req.stream?.session ?? req.socket) });
  const on = http.request({ host: to.hostname, port: to.port, method: req.method, path: req.url, headers: ends(req.headers) }, (answer) => {
    res.writeHead(answer.statusCode, ends(answer.headers));
    answer.pipe(res);
  });
  on.on("error", () => (res.stream ?? res).destroy());
  req.pipe(on);
});
const proxy = http.createServer((req, res) => {
  res.setHeader("Content-Type", "application/json");
  res.end(JSON.stringify(req.method === "POST" ? { token_type: "Bearer", expires_in: 3599, access_token: "anything" } : log));
});
proxy.on("connect", (req, socket, head) => {
  const given = Buffer.from((req.headers["proxy-authorization"] ?? "").replace(/^Basic /, ""), "base64").toString(), [host, port] = req.url.split(":");
  log.push({ tunnel: req.url, by: given.split(":")[0], bearer: req.headers.authorization !== undefined });
  socket.on("error", () => {});
  if (user && given !== user) return socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"lab\"\r\nContent-Length: 0\r\n\r\n");
  if (host !== "localhost") return socket.end("HTTP/1.1 502 Not From Here\r\nContent-Length: 0\r\n\r\n");
  const on = net.connect(+port, "127.0.0.1", () => { socket.write("HTTP/1.1 200 OK\r\n\r\n"); on.write(head); on.pipe(socket); socket.pipe(on); });
  return on.on("error", () => socket.destroy());
});
proxy.listen(0, "127.0.0.1", () => front.listen(PORT, "127.0.0.1", () => console.log(`READY https://localhost:${PORT}${to.pathname} http://127.0.0.1:${proxy.address().port}`)));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => process.exit(0));
