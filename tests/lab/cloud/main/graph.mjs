// SPDX-License-Identifier: Apache-2.0
// An emulator of Microsoft Graph v1.0 for users, groups and contacts, as far as a synchronisation can tell:
// tokens, $select, paging, $filter, $expand=manager, delta with replays and split groups, $ref, $batch, soft
// deletes, what a synced object refuses, throttling, replica lag. It is strict where Graph is, and says so in
// Graph's words. Behind /lab is what a test does there: look, change, break.
//   graph-state  what there is, the clock     graph-read   listings and rounds      graph-write  the rules of writing
//   graph-token  who may                      graph-faults what goes wrong
// environment: PORT(8805) TENANT(lab) CLIENT(lab-client) SECRET(lab-secret) STATE(JSON file) PAGE(100) LAG(0 ms)
import express from "express";
import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { base, change, db, errorBody, kinds, isReadable, load, made, missing, now, PORT, purge, refuse, save, set, TENANT } from "./graph-state.mjs";
import { delta, list, members, one, pick } from "./graph-read.mjs";
import * as write from "./graph-write.mjs";
import * as token from "./graph-token.mjs";
import { broken, faultBody, itemFault, throttled, tooMany, usage, used } from "./graph-faults.mjs";

const asked = []; // every request, for the tests to look at
const notAllowed = () => refuse(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.");
const noSegment = (name) => refuse(404, "Request_ResourceNotFound", `Resource not found for the segment '${name}'.`);

// --- one request of the API: [status, body]
function deletedItems(method, [, , rel, what], query, headers) {
  purge();
  const kind = Object.keys(kinds).find((name) => rel === `microsoft.graph.${kinds[name].type}`);
  const known = Object.fromEntries(Object.entries(db.deleted).filter(([, object]) => !kind || object.$kind === kind));
  if (kind) return [200, list(kind, query, headers, known, `/directory/deletedItems/${rel}`)];
  if (rel === undefined) return [200, { value: Object.values(db.deleted).map((object) => pick(object, ["userPrincipalName", "onPremisesImmutableId"])) }];
  const object = db.deleted[rel];
  if (!object) missing(rel);
  if (method === "DELETE") { delete db.deleted[rel]; change(object.$kind, rel, { gone: true }); return [204]; }
  if (method === "POST" && what === "restore") { write.restore(object); return [200, pick(object, kinds[object.$kind].shown)]; }
  return notAllowed();
}
function extensionProperties(method, app, body) {
  const prefix = `extension_${app.replaceAll("-", "")}_`;
  if (method === "POST") { db.extensions[prefix + body.name] = body; return [201, { ...body, name: prefix + body.name }]; }
  return [200, { value: Object.entries(db.extensions).filter(([name]) => name.startsWith(prefix)).map(([name, one]) => ({ ...one, name })) }];
}
function syncBehavior(method, kind, object, body) {
  if (method === "GET") return [200, { isCloudManaged: object.$cloudManaged === true }];
  object.$cloudManaged = body.isCloudManaged === true;
  change(kind, object.id, { props: ["onPremisesSyncEnabled"] });
  return [204];
}
function link(method, kind, object, [, id, rel, target, ref], path, query, body) {
  if (rel === "onPremisesSyncBehavior") return syncBehavior(method, kind, object, body);
  if (kind === "groups" && rel === "members") {
    if (method === "GET") return [200, members(object, path, query)];
    if (method === "POST" && target === "$ref") return write.addMember(object, body), [204];
    if (method === "DELETE" && ref !== "$ref") { asked.push({ method, url: path, fatal: "a DELETE without $ref deletes the member itself" }); refuse(403, "Authorization_RequestDenied", "Without $ref."); }
    if (method === "DELETE") return write.removeMember(object, target), [204];
  }
  if (kind === "users" && rel === "manager" && target === "$ref") {
    if (method === "PUT") return write.setManager(object, body), [204];
    if (method === "DELETE") return write.clearManager(object), [204];
  }
  return noSegment(rel);
}
function dispatch(method, path, query, body, headers) {
  const parts = path.split("/").filter(Boolean).map(decodeURIComponent), [kind, id, rel] = parts;
  if (kind === "organization") return [200, { value: [write.organization(TENANT)] }];
  if (kind === "directory" && id === "deletedItems") return deletedItems(method, parts, query, headers);
  if (kind === "applications" && rel === "extensionProperties") return extensionProperties(method, id, body);
  if (kind === "servicePrincipals" && parts.at(-1) === "bulkUpload") return write.bulkUpload(body), [202];
  if (!kinds[kind]) return noSegment(kind);
  if (id === undefined) return method === "POST" ? [201, pick(write.create(kind, body), kinds[kind].shown)] : method === "GET" ? [200, list(kind, query, headers)] : notAllowed();
  if (id === "delta" || id === "microsoft.graph.delta()") return [200, delta(kind, query)];
  const object = db[kind][id];
  if (!object || !isReadable(object)) missing(id);
  if (rel !== undefined) return link(method, kind, object, parts, path, query, body);
  if (method === "GET") return [200, one(kind, object, query)];
  if (method === "PATCH") return write.update(kind, object, { ...body }), [204];
  if (method === "DELETE") return write.remove(kind, object), [204];
  return notAllowed();
}
function answer(method, path, query, body, headers, id) {
  try { return dispatch(method, path, query, body ?? {}, headers); } catch (error) {
    if (!error.status) console.error(error);
    return [error.status ?? 500, errorBody(error, id), error.code === "resyncRequired" || error.code === "syncStateNotFound" ? { Location: `${base}${path}?$deltatoken=` } : {}];
  }
}

// --- many in one: each is metered and refused by itself, and the answers come in any order
function inBatch(item, id) {
  const url = new URL(item.url, "http://x"), tell = (status, body, headers = {}) => ({ id: item.id, status, headers: { "request-id": id, ...headers }, ...(body === undefined ? {} : { body }) });
  if (item.body !== undefined && !Object.keys(item.headers ?? {}).some((name) => name.toLowerCase() === "content-type"))
    return tell(400, { error: { code: "BadRequest", message: "A request with a body needs a Content-Type header." } });
  asked.push({ method: item.method, url: `/v1.0${item.url}`, body: item.body, batch: true });
  const fault = itemFault(item.method, item.url);
  if (fault) return tell(fault.status, faultBody(fault), fault.after === undefined ? {} : { "Retry-After": String(fault.after) });
  const late = throttled(item.method);
  if (late) return tell(429, tooMany, late);
  const [status, body, headers] = answer(item.method, url.pathname, Object.fromEntries(url.searchParams), item.body, item.headers ?? {}, id);
  return tell(status, body, { ...used(), ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers });
}
function batch(req, id) {
  const all = req.body.requests ?? [];
  if (all.length > 20 || new Set(all.map((item) => item.id)).size !== all.length || all.some((item) => !item.url.startsWith("/")))
    return [400, { error: { code: "BadRequest", message: "The number of requests in the batch, their ids or their URLs are wrong." } }];
  const done = new Map();
  for (const item of all) {
    const failed = (item.dependsOn ?? []).some((name) => !(done.get(name)?.status < 300));
    done.set(item.id, failed ? { id: item.id, status: 424, headers: {}, body: { error: { code: "FailedDependency", message: "A request that this one depends on failed." } } } : inBatch(item, id));
  }
  return [200, { responses: [...done.values()].reverse() }];
}

// --- the server
const app = express();
app.disable("etag");
app.set("query parser", (text) => Object.fromEntries(new URLSearchParams(text)));
app.use(express.json({ limit: "256mb", type: ["application/json", "application/scim+json"] }));
app.use(express.urlencoded({ extended: false, limit: "1mb" }));
app.post("/:tenant/oauth2/v2.0/token", (req, res) => {
  asked.push({ method: "POST", url: req.originalUrl, scope: req.body.scope, client: req.body.client_id, by: req.body.client_assertion === undefined ? "secret" : "assertion" });
  return broken(req, res) ? undefined : token.give(req, res);
});

// what a test does: look, change, break
const done = (res) => res.status(204).end();
app.get("/lab/objects/:kind", (req, res) => res.json(Object.values(db[req.params.kind])));
app.get("/lab/requests", (req, res) => res.json(asked));
app.delete("/lab/requests", (req, res) => { asked.length = 0; done(res); });
app.get("/lab/usage", (req, res) => res.json(usage));
app.patch("/lab/settings", (req, res) => res.json(Object.assign(set, req.body)));
app.post("/lab/revoke", (req, res) => { token.revoke(); done(res); });
app.post("/lab/save", (req, res) => { save(); done(res); });
app.post("/lab/cycle", (req, res) => res.json(write.cycle()));
app.put("/lab/certificates", (req, res) => { token.trustCertificate(req.body.pem); done(res); });
app.put("/lab/platforms", (req, res) => { token.trustPlatform(req.body); done(res); });
app.put("/lab/extensions/:name", (req, res) => { db.extensions[req.params.name] = req.body; done(res); });
// {users: N, groups: N, members: N of each group}, made here because a hundred thousand POSTs take their time;
// with `first` as people of HR (graph.sh): employee numbers from there on, and a group "Large" of the first ones
const hrUser = (number) => ({ accountEnabled: true, employeeId: String(number), displayName: `P ${number}`, mailNickname: `p${number}`, userPrincipalName: `p${number}@corp.example`, mail: `p${number}@corp.example` });
const labUser = (i) => ({ accountEnabled: true, displayName: `Person ${i}`, mailNickname: `p${i}`, userPrincipalName: `p${i}@lab.test`, givenName: "Pat", surname: `Person${i}`, department: `D${i % 40}`, jobTitle: "Clerk", proxyAddresses: [`SMTP:p${i}@lab.test`], mail: `p${i}@lab.test` });
app.post("/lab/fill", (req, res) => {
  const users = [], { users: count = 0, groups = 0, members: each = 0, first } = req.body;
  for (let i = 0; i < count; i++) users.push(made("users", first === undefined ? labUser(i) : hrUser(first + i)).id);
  for (let i = 0; i < groups; i++)
    made("groups", { mailNickname: `g${i}`, mailEnabled: false, securityEnabled: true, ...(first === undefined ? { displayName: `Group ${i}` } : { displayName: "Large", extension_app1_externalId: "g-Large" }) }).$members = users.slice(0, each);
  res.json({ users: users.length, groups });
});
app.post("/lab/objects/:kind", (req, res) => res.status(201).json(made(req.params.kind, req.body)));
app.patch("/lab/:kind/:id", (req, res) => {
  const object = db[req.params.kind][req.params.id];
  Object.assign(object, req.body);
  change(req.params.kind, object.id, { props: Object.keys(req.body) });
  done(res);
});

function send(req, res, status, body) {
  if (body === undefined) return res.status(status).end();
  const text = JSON.stringify(body), packed = text.length > 1024 && /\bgzip\b/.test(req.header("accept-encoding") ?? "");
  res.status(status).type("application/json");
  return packed ? res.set("Content-Encoding", "gzip").end(gzipSync(text, { level: 1 })) : res.send(text);
}
app.use("/v1.0", (req, res) => {
  const id = req.header("client-request-id") ?? randomUUID(), isBatch = req.path === "/$batch";
  asked.push({ method: req.method, url: req.originalUrl, id: req.header("client-request-id"), priority: req.header("x-ms-throttle-priority"), body: isBatch ? undefined : req.body, ...(isBatch ? { requests: req.body.requests?.length } : {}) });
  res.set({ "request-id": id, "client-request-id": id, Date: new Date(now()).toUTCString() });
  if (!token.isGood(req.header("authorization"))) return res.status(401).json({ error: { code: "InvalidAuthenticationToken", message: "Lifetime validation failed, the token is expired." } });
  if (broken(req, res, () => (isBatch ? batch(req, id) : answer(req.method, req.path, req.query, req.body, req.headers, id)))) return undefined;
  if (isBatch) return send(req, res, ...batch(req, id));
  const late = throttled(req.method);
  res.set(used());
  if (late) return res.status(429).set(late).json(tooMany);
  const [status, body, headers] = answer(req.method, req.path, req.query, req.body, req.headers, id);
  res.set(headers ?? {});
  return send(req, res, status, body);
});
load();
const server = app.listen(PORT, "127.0.0.1", () => console.log(`READY ${base} ${token.SECRET}`));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => { save(); server.close(); process.exit(0); });
