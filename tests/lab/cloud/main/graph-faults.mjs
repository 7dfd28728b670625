// SPDX-License-Identifier: Apache-2.0
// What goes wrong: quotas, and faults that a test asks for. A fault is
//   {method, path, times, ...}  which requests (all; those whose URL has it; once), and one of
//   {status, after, code, body, type}  an answer; after: its Retry-After, as it stands
//   {fault: NAME}                      one of the table below
//   {done: true, ...}                  the request is executed all the same, and only its answer is lost
// A request in a $batch meets faults of the first kind, as itself.
import { gzipSync } from "node:zlib";
import { base, now, set } from "./graph-state.mjs";

const page = (extra) => JSON.stringify({ "@odata.context": `${base}/$metadata#users`, value: [], ...extra });
const json = (res, text) => res.status(200).type("application/json").send(text);
const begin = (res, headers) => { res.writeHead(200, { "Content-Type": "application/json", ...headers }); };
const drip = (res) => { // a blank a second, for ever
  begin(res);
  const timer = setInterval(() => res.write(" "), 1000);
  res.on("close", () => clearInterval(timer));
};
export const table = {
  reset: (req) => req.socket.destroy(),
  "reset-in-body": (req, res) => { begin(res, { "Content-Length": "1000" }); res.write('{"value":['); setTimeout(() => req.socket.destroy(), 20); },
  drip: (req, res) => drip(res),
  "half-gzip": (req, res) => { const whole = gzipSync(page()); begin(res, { "Content-Encoding": "gzip", Connection: "close" }); res.end(whole.subarray(0, whole.length / 2)); },
  html: (req, res) => res.status(502).type("text/html").send("<html>Bad Gateway</html>"),
  "error-with-200": (req, res) => json(res, JSON.stringify({ error: { code: "UnknownError", message: "an error, with 200" } })),
  "wrong-type": (req, res) => res.status(200).type("text/plain").send(page()),
  huge: (req, res) => { begin(res); res.write('{"value":["'); const more = "x".repeat(1 << 20); for (let i = 0; i < 100; i++) res.write(more); res.end('"]}'); },
  deep: (req, res) => json(res, `{"value":${"[".repeat(10000)}${"]".repeat(10000)}}`),
  "invalid-utf8": (req, res) => json(res, Buffer.concat([Buffer.from('{"value":[{"id":"a","displayName":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}]}')])),
  "duplicate-keys": (req, res) => json(res, '{"value":[],"value":[]}'),
  "nul-in-text": (req, res) => json(res, '{"value":[{"id":"a\\u0000b","displayName":"x"}]}'),
  "foreign-next": (req, res) => json(res, page({ "@odata.nextLink": "http://localhost:1/v1.0/users" })),
  "next-is-this": (req, res) => json(res, page({ "@odata.nextLink": base.replace("/v1.0", "") + req.originalUrl })),
  "next-in-circles": (req, res) => json(res, page({ "@odata.nextLink": `${base}/users?$skiptoken=circle${/circle1/.test(req.originalUrl) ? 2 : 1}` })),
  redirect: (req, res) => res.redirect(302, "http://127.0.0.1:1/"),
};

function take(method, path, kinds) {
  const i = set.faults.findIndex((one) => (!one.method || one.method === method) && (!one.path || path.includes(one.path)) && kinds(one));
  if (i < 0) return null;
  const fault = set.faults[i];
  if (fault.times !== "always" && (fault.times === undefined || --fault.times <= 0)) set.faults.splice(i, 1);
  return fault;
}
export const itemFault = (method, path) => take(method, path, (one) => one.status !== undefined);
export const faultBody = (fault) => fault.body ?? { error: { code: fault.code ?? "UnknownError", message: "broken by the test" } };
// A fault of the whole request; true: it was answered, or never will be.
export function broken(req, res, execute = () => {}) {
  const fault = take(req.method, req.originalUrl, () => true);
  if (!fault) return false;
  if (fault.done) execute();
  if (fault.fault) { table[fault.fault](req, res); return true; }
  if (fault.reset) { table.reset(req); return true; }
  if (fault.after !== undefined) res.set("Retry-After", String(fault.after));
  const body = faultBody(fault);
  res.status(fault.status).type(fault.type ?? "application/json").send(typeof body === "string" ? body : JSON.stringify(body));
  return true;
}

// --- quotas. Each request counts, also those in a $batch; what is refused counts nothing.
let left = Infinity, filled = Date.now(); // it begins full
export const usage = { writes: 0, reads: 0, refused: 0, windows: [] };
let began = 0;
// Milliseconds of the client's clock until it may come back; 0: it may.
function wait(method) {
  if (set.rate) {
    const at = Date.now();
    left = Math.min(set.rate, left + (at - filled) / 1000 * set.rate);
    filled = at;
    if (left < 1) return (1 - left) * 1000 / set.rate;
    left -= 1;
  }
  if (set.quota && method !== "GET") {
    const window = usage.windows[usage.windows.length - 1], length = set.quota.seconds * 1000;
    if (!window || now() >= began + length) { began = now(); usage.windows.push(1); }
    else if (window >= set.quota.writes) return (began + length - now()) / set.speed;
    else usage.windows[usage.windows.length - 1]++;
  }
  return 0;
}
export function throttled(method) {
  const ms = wait(method);
  if (ms > 0) { usage.refused++; return { "Retry-After": String(Math.ceil(ms) / 1000), "x-ms-throttle-scope": "Tenant_Application/Write/lab", "x-ms-throttle-information": "WriteRequests" }; }
  if (method === "GET") usage.reads++; else usage.writes++;
  return null;
}
export function used() { // headers of an answer
  const part = set.rate ? 1 - left / set.rate : 0;
  return set.percentages && part >= 0.8 ? { "x-ms-throttle-limit-percentage": part.toFixed(2) } : {};
}
export const tooMany = { error: { code: "TooManyRequests", message: "Too many requests." } };
