// SPDX-License-Identifier: Apache-2.0
// An emulator of Microsoft Graph v1.0 for users, groups and contacts, as far as a synchronisation can tell:
// tokens, $select, paging, $filter eq, $expand=manager, delta with replays and split groups, $ref, $batch,
// soft deletes, what a synced object refuses, throttling, replica lag. It is strict where Graph is, and says so
// in Graph's words. Behind /lab is what a test does there: look, change, break.
// environment: PORT(8805) TENANT(lab) CLIENT(lab-client) SECRET(lab-secret) STATE(JSON file) PAGE(100) LAG(0 ms)
import express from "express";
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
const PORT = +(process.env.PORT ?? 8805), TENANT = process.env.TENANT ?? "lab", CLIENT = process.env.CLIENT ?? "lab-client";
const SECRET = process.env.SECRET ?? "lab-secret", STATE = process.env.STATE;
const set = { page: +(process.env.PAGE ?? 100), lag: +(process.env.LAG ?? 0), life: 3600, replay: false, rate: 0, faults: [], clock: 0, app: null };
const now = () => Date.now() + set.clock;
const base = `http://127.0.0.1:${PORT}/v1.0`;

// --- what there is ------------------------------------------------------------------------
const common = ["id", "deletedDateTime", "displayName", "mail", "mailNickname", "onPremisesImmutableId", "onPremisesSyncEnabled", "proxyAddresses"];
const kinds = {
  users: { type: "user", id: "User", props: [...common, "accountEnabled", "userPrincipalName", "givenName", "surname", "jobTitle", "department", "companyName", "city", "state", "country", "postalCode",
      "streetAddress", "officeLocation", "mobilePhone", "businessPhones", "faxNumber", "otherMails", "usageLocation", "preferredLanguage", "employeeId", "onPremisesExtensionAttributes", "passwordProfile", "userType", "createdDateTime"],
    required: ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"] },
  groups: { type: "group", id: "Group", props: [...common, "description", "mailEnabled", "securityEnabled", "groupTypes", "visibility", "createdDateTime"],
    required: ["displayName", "mailEnabled", "mailNickname", "securityEnabled"] },
  contacts: { type: "orgContact", id: "OrgContact", props: [...common, "givenName", "surname", "jobTitle", "department", "companyName"], required: [] },
};
const shown = { users: ["id", "displayName", "givenName", "surname", "jobTitle", "mail", "mobilePhone", "officeLocation", "preferredLanguage", "userPrincipalName", "businessPhones"],
  groups: ["id", "displayName", "description", "mail", "mailEnabled", "mailNickname", "securityEnabled", "groupTypes", "visibility", "createdDateTime"], contacts: ["id", "displayName", "mail"] };
const never = ["proxyAddresses", "onPremisesSyncEnabled", "onPremisesSecurityIdentifier", "onPremisesSamAccountName", "onPremisesDistinguishedName"];
const mastered = ["displayName", "givenName", "surname", "jobTitle", "department", "companyName", "mail", "mobilePhone", "businessPhones", "userPrincipalName", "accountEnabled", "city", "state", "country"];
let db = { users: {}, groups: {}, contacts: {}, deleted: {}, extensions: {}, log: [] };
if (STATE && existsSync(STATE)) db = JSON.parse(readFileSync(STATE));
const asked = [];
// A change of an object: what, of whom, and when it becomes visible.
const change = (kind, id, what) => { db.log.push({ seq: db.log.length + 1, kind, id, at: now() + set.lag, ...what }); };
const visible = () => db.log.filter((one) => one.at <= now());
const find = (id) => { for (const kind of Object.keys(kinds)) if (db[kind][id]) return [kind, db[kind][id]]; return []; };

// --- answers ------------------------------------------------------------------------------
class Refusal extends Error { constructor(status, code, message, details) { super(message); Object.assign(this, { status, code, details }); } }
const refuse = (...args) => { throw new Refusal(...args); };
const missing = (id) => refuse(404, "Request_ResourceNotFound", `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`);
const bad = (message, details) => refuse(400, "Request_BadRequest", message, details);
const errorBody = (error, id) => ({ error: { code: error.code ?? "InternalServerError", message: error.message, ...(error.details ? { details: error.details } : {}),
  innerError: { date: new Date(now()).toISOString(), "request-id": id, "client-request-id": id } } });
const isExtension = (name) => name in db.extensions || (set.app && name.startsWith(`extension_${set.app}_`)); // app: all of its names are registered
function select(kind, query) {
  const names = query.$select === undefined ? shown[kind] : query.$select.split(",");
  for (const name of names) {
    if (["skills", "aboutMe", "mailboxSettings"].includes(name)) refuse(501, "NotImplemented", "The requested property lives elsewhere.");
    if (![...kinds[kind].props, "manager", "members"].includes(name) && !isExtension(name))
      refuse(400, "BadRequest", `Could not find a property named '${name}' on type 'microsoft.graph.${kinds[kind].type}'.`);
  }
  return names.filter((name) => name !== "manager" && name !== "members");
}
const pick = (object, names) => { const out = { id: object.id }; for (const name of names) out[name] = object[name] ?? (["proxyAddresses", "businessPhones", "otherMails", "groupTypes"].includes(name) ? [] : null); return out; };

// --- reading ------------------------------------------------------------------------------
const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (text) => { try { return JSON.parse(Buffer.from(text, "base64url").toString()); } catch { refuse(400, "Request_BadRequest", "Invalid token."); } };
const born = (kind) => Object.values(db[kind]).filter((one) => one.$born <= now());
function list(kind, query) {
  const top = query.$top === undefined ? set.page : +query.$top;
  if (!(top >= 1 && top <= 999)) refuse(400, "Request_UnsupportedQuery", "Invalid page size specified. Must be between 1 and 999 inclusive.");
  const names = select(kind, query), skip = query.$skiptoken ? decode(query.$skiptoken).skip : 0;
  let all = born(kind);
  if (query.$filter !== undefined) {
    const match = /^(\w+) eq '((?:[^']|'')*)'$/.exec(query.$filter);
    if (!match) refuse(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause.");
    all = all.filter((one) => String(one[match[1]] ?? "").toLowerCase() === match[2].replaceAll("''", "'").toLowerCase());
  }
  const size = Math.min(top, set.page), page = all.slice(skip, skip + size);
  const value = page.map((one) => ({ ...pick(one, names), ...(/^manager\b/.test(query.$expand ?? "") && one.$manager ? { manager: { "@odata.type": "#microsoft.graph.user", id: one.$manager } } : {}) }));
  const more = skip + size < all.length;
  const link = new URLSearchParams(query); link.set("$skiptoken", encode({ skip: skip + size }));
  return { "@odata.context": `${base}/$metadata#${kind}`, ...(more ? { "@odata.nextLink": `${base}/${kind}?${link}` } : {}), value };
}
// A round: the state of all objects whose changes it has not seen; $select says which changes count.
function delta(kind, query) {
  for (const name of ["$top", "$expand", "$orderby"]) if (query[name] !== undefined) refuse(400, "Request_UnsupportedQuery", `${name} is not supported on delta.`);
  const token = query.$deltatoken ?? query.$skiptoken, state = token && token !== "latest" ? decode(token) : { since: 0, select: query.$select, at: now() };
  const q = { $select: state.select }, names = select(kind, q), wants = (state.select ?? "").split(",");
  if (now() - state.at > 7 * 86400e3) refuse(410, "syncStateNotFound", "The sync state generation is not found.");
  const log = visible(), last = log.length ? log[log.length - 1].seq : 0;
  const end = (seq) => `${base}/${kind}/delta?$deltatoken=${encode({ since: seq, select: state.select, at: now() })}`;
  if (token === "latest") return { "@odata.context": `${base}/$metadata#${kind}`, "@odata.deltaLink": end(last), value: [] };
  const until = state.until ?? last, skip = state.skip ?? 0;
  const counts = (one) => one.kind === kind && one.seq > state.since && one.seq <= until && (one.gone || one.back || one.made || one.props?.some((name) => names.includes(name)) ||
    (one.link === "manager" && wants.includes("manager")) || (one.link === "members" && wants.includes("members")));
  const events = log.filter(counts), touched = [...new Set(events.map((one) => one.id))];
  let items = [];
  for (const id of touched) {
    const mine = events.filter((one) => one.id === id), object = db[kind][id];
    if (!object) { items.push({ id, "@removed": { reason: db.deleted[id] ? "changed" : "deleted" } }); continue; }
    const changed = state.since === 0 || mine.some((one) => one.made || one.back) ? names : names.filter((name) => mine.some((one) => one.props?.includes(name)));
    const item = { ...pick(object, changed) };
    if (mine.some((one) => one.link === "manager")) item["manager@delta"] = object.$manager ? [{ "@odata.type": "#microsoft.graph.user", id: object.$manager }] : [{ id: mine.findLast((one) => one.link === "manager").target, "@removed": { reason: "deleted" } }];
    const links = mine.filter((one) => one.link === "members").map((one) => ({ "@odata.type": "#microsoft.graph.user", id: one.target, ...(one.removed ? { "@removed": { reason: "deleted" } } : {}) }));
    if (!links.length) items.push(item);
    for (let i = 0; i < links.length; i += 20) items.push({ ...item, "members@delta": links.slice(i, i + 20) }); // a large group comes in slices
  }
  if (set.replay) items = items.flatMap((one) => [one, one]); // documented: the same object may come twice
  const size = set.page, value = items.slice(skip, skip + size), more = skip + size < items.length;
  return { "@odata.context": `${base}/$metadata#${kind}`, value,
    ...(more ? { "@odata.nextLink": `${base}/${kind}/delta?$skiptoken=${encode({ ...state, until, skip: skip + size })}` } : { "@odata.deltaLink": end(until) }) };
}

// --- writing ------------------------------------------------------------------------------
function check(kind, body, object) {
  for (const name of Object.keys(body)) {
    const plain = name.replace(/@odata\.bind$/, "");
    if (never.includes(plain)) bad(`Property '${plain}' is read-only and cannot be set.`);
    if (![...kinds[kind].props, "members", "owners"].includes(plain) && !isExtension(plain)) bad(`Invalid property '${plain}'.`);
  }
  if (object?.onPremisesSyncEnabled && mastered.some((name) => name in body))
    bad("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.");
  for (const name of ["userPrincipalName", "onPremisesImmutableId"]) {
    const other = body[name] && Object.values(db[kind]).find((one) => one !== object && String(one[name] ?? "").toLowerCase() === body[name].toLowerCase());
    if (other) bad(`Another object with the same value for property ${name} already exists.`, [{ code: "ObjectConflict", message: `Another object with the same value for property ${name} already exists.`, target: name }]);
  }
}
function create(kind, body) {
  if (kind === "contacts") refuse(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.");
  for (const name of kinds[kind].required) if (body[name] === undefined || body[name] === null) bad(`A value is required for property '${name}' of resource '${kinds[kind].id}'.`);
  check(kind, body, null);
  const { passwordProfile, ...rest } = body, object = { ...rest, id: randomUUID(), createdDateTime: new Date(now()).toISOString(), $born: now() + set.lag, $members: [] };
  db[kind][object.id] = object; change(kind, object.id, { made: true });
  return object;
}
function update(kind, object, body) {
  const bind = body["members@odata.bind"];
  if (bind) {
    if (bind.length > 20) bad("The number of link changes exceeds the limit: A resource cannot contain more than 20 link changes.");
    const ids = bind.map((url) => url.split("/").pop());
    for (const id of ids) { const [, one] = find(id); if (!one || one.$born > now()) missing(id); }
    for (const id of ids) if (object.$members.includes(id)) bad("One or more added object references already exist for the following modified properties: 'members'.");
    for (const id of ids) { object.$members.push(id); change(kind, object.id, { link: "members", target: id }); }
    delete body["members@odata.bind"];
  }
  check(kind, body, object);
  const { onPremisesExtensionAttributes: x, passwordProfile, ...rest } = body;
  Object.assign(object, rest);
  if (x) object.onPremisesExtensionAttributes = { ...object.onPremisesExtensionAttributes, ...x };
  if (Object.keys(body).length) change(kind, object.id, { props: Object.keys(body) });
}
function remove(kind, object, forGood) {
  delete db[kind][object.id];
  if (kind === "users" && !forGood) db.deleted[object.id] = object;
  change(kind, object.id, { gone: true });
}

// --- the routes ---------------------------------------------------------------------------
const tokens = new Map(), app = express();
app.disable("etag"); app.set("query parser", (text) => Object.fromEntries(new URLSearchParams(text)));
app.use(express.json({ limit: "8mb", type: "application/json" })); app.use(express.urlencoded({ extended: false }));
app.post("/:tenant/oauth2/v2.0/token", (req, res) => {
  asked.push({ method: "POST", url: req.originalUrl, scope: req.body.scope, client: req.body.client_id });
  const no = (code, text) => res.status(401).json({ error: "invalid_client", error_description: `AADSTS${code}: ${text}`, error_codes: [code] });
  if (req.params.tenant !== TENANT) return no(90002, "Tenant not found.");
  if (req.body.client_id !== CLIENT) return no(700016, "Application not found.");
  if (req.body.grant_type !== "client_credentials" || !/\/\.default$/.test(req.body.scope ?? "")) return no(70011, "The provided value for the input parameter 'scope' is not valid.");
  if (req.body.client_secret !== SECRET) return no(7000215, "Invalid client secret provided.");
  const token = randomUUID(); tokens.set(token, now() + set.life * 1000);
  res.json({ token_type: "Bearer", expires_in: set.life, ext_expires_in: set.life, access_token: token });
});
// what a test does: look, change, break
app.get("/lab/objects/:kind", (req, res) => res.json(Object.values(db[req.params.kind])));
app.get("/lab/requests", (req, res) => res.json(asked));
app.delete("/lab/requests", (req, res) => { asked.length = 0; res.status(204).end(); });
app.patch("/lab/settings", (req, res) => { Object.assign(set, req.body); res.json(set); });
app.post("/lab/revoke", (req, res) => { tokens.clear(); res.status(204).end(); });
app.put("/lab/extensions/:name", (req, res) => { db.extensions[req.params.name] = req.body; res.status(204).end(); });
app.patch("/lab/:kind/:id", (req, res) => { const one = db[req.params.kind][req.params.id]; Object.assign(one, req.body); change(req.params.kind, one.id, { props: Object.keys(req.body) }); res.status(204).end(); });
app.post("/lab/contacts", (req, res) => { const one = { ...req.body, id: randomUUID(), $born: now(), $members: [] }; db.contacts[one.id] = one; change("contacts", one.id, { made: true }); res.status(201).json(one); });

let tokensLeft = 0, filled = Date.now();
function throttle(req, res) {
  if (!set.rate) return false;
  const at = Date.now(); tokensLeft = Math.min(set.rate, tokensLeft + (at - filled) / 1000 * set.rate); filled = at;
  if (tokensLeft >= 1) { tokensLeft -= 1; return false; }
  res.status(429).set("Retry-After", String(1 / set.rate)).json({ error: { code: "TooManyRequests", message: "Too many requests." } });
  return true;
}
function broken(req, res) {
  const i = set.faults.findIndex((one) => (!one.method || one.method === req.method) && (!one.path || req.originalUrl.includes(one.path)));
  if (i < 0) return false;
  const fault = set.faults[i]; if (fault.times === undefined || --fault.times <= 0) set.faults.splice(i, 1);
  if (fault.reset) { req.socket.destroy(); return true; }
  if (fault.after !== undefined) res.set("Retry-After", String(fault.after));
  res.status(fault.status).type(fault.type ?? "application/json").send(fault.body ?? JSON.stringify({ error: { code: fault.code ?? "UnknownError", message: "broken by the test" } }));
  return true;
}
function dispatch(method, path, query, body) {
  const [kind, id, rel, target, ref] = path.split("/").filter(Boolean);
  if (kind === "organization") return [200, { value: [{ id: TENANT, onPremisesSyncEnabled: null, verifiedDomains: [{ name: "lab.test", isDefault: true }] }] }];
  if (kind === "directory") {
    const found = db.deleted[rel === "microsoft.graph.user" ? target : rel];
    if (method === "GET") return [200, { value: Object.values(db.deleted).map((one) => pick(one, ["id", "userPrincipalName", "onPremisesImmutableId"])) }];
    if (!found) missing(rel);
    delete db.deleted[found.id];
    if (method === "DELETE") return change("users", found.id, { gone: true }), [204];
    db.users[found.id] = found; change("users", found.id, { back: true });
    return [200, pick(found, shown.users)];
  }
  if (!kinds[kind]) refuse(404, "Request_ResourceNotFound", `Resource not found for the segment '${kind}'.`);
  if (id === undefined) return method === "POST" ? [201, pick(create(kind, body), shown[kind])] : method === "GET" ? [200, list(kind, query)] : refuse(405, "Request_BadRequest", "Not allowed.");
  if (id === "delta" || id === "microsoft.graph.delta()") return [200, delta(kind, query)];
  const object = db[kind][id];
  if (!object || object.$born > now()) missing(id);
  if (rel === "members" && method === "GET") {
    const top = +(query.$top ?? 100), skip = query.$skiptoken ? decode(query.$skiptoken).skip : 0, all = object.$members.filter((one) => find(one)[1]);
    const link = new URLSearchParams(query); link.set("$skiptoken", encode({ skip: skip + top }));
    return [200, { value: all.slice(skip, skip + top).map((one) => ({ "@odata.type": `#microsoft.graph.${kinds[find(one)[0]].type}`, id: one })), ...(skip + top < all.length ? { "@odata.nextLink": `${base}${path}?${link}` } : {}) }];
  }
  if (rel === "members" && method === "DELETE") {
    if (ref !== "$ref") { asked.push({ method, url: path, fatal: "a DELETE without $ref deletes the member itself" }); refuse(403, "Authorization_RequestDenied", "Without $ref."); }
    if (!object.$members.includes(target)) missing(target);
    object.$members = object.$members.filter((one) => one !== target); change(kind, id, { link: "members", target, removed: true });
    return [204];
  }
  if (rel === "manager" && target === "$ref") {
    const was = object.$manager;
    if (method === "DELETE") { if (!was) missing(id); delete object.$manager; return change(kind, id, { link: "manager", target: was }), [204]; }
    const other = body["@odata.id"].split("/").pop(); if (!db.users[other] || db.users[other].$born > now()) missing(other);
    object.$manager = other; return change(kind, id, { link: "manager", target: other }), [204];
  }
  if (rel !== undefined) refuse(404, "Request_ResourceNotFound", `Resource not found for the segment '${rel}'.`);
  if (method === "GET") return [200, { ...pick(object, select(kind, query)), ...(/^manager\b/.test(query.$expand ?? "") && object.$manager ? { manager: { id: object.$manager } } : {}) }];
  if (kind === "contacts") refuse(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.");
  if (method === "PATCH") return update(kind, object, { ...body }), [204];
  if (method === "DELETE") return remove(kind, object), [204];
  return refuse(405, "Request_BadRequest", "Not allowed.");
}
function answer(method, path, query, body, id) {
  try { return dispatch(method, path, query, body ?? {}); } catch (error) { if (!error.status) console.error(error); return [error.status ?? 500, errorBody(error, id)]; }
}
app.use("/v1.0", (req, res) => {
  const id = req.header("client-request-id") ?? randomUUID(), ends = tokens.get((req.header("authorization") ?? "").replace(/^Bearer /, ""));
  asked.push({ method: req.method, url: req.originalUrl, body: req.body });
  res.set("request-id", id);
  if (!ends || ends < now()) return res.status(401).json({ error: { code: "InvalidAuthenticationToken", message: "Lifetime validation failed, the token is expired." } });
  if (broken(req, res) || throttle(req, res)) return undefined;
  if (req.path === "/$batch") {
    const all = req.body.requests ?? [];
    if (all.length > 20 || new Set(all.map((one) => one.id)).size !== all.length) return res.status(400).json({ error: { code: "BadRequest", message: "Number of batch requests or their ids are wrong." } });
    const responses = all.map((one) => { const url = new URL(one.url, "http://x"); const [status, body] = answer(one.method, url.pathname, Object.fromEntries(url.searchParams), one.body, id); return { id: one.id, status, headers: {}, body }; });
    return res.json({ responses: responses.reverse() });
  }
  const [status, body] = answer(req.method, req.path, req.query, req.body, id);
  return body === undefined ? res.status(status).end() : res.status(status).json(body);
});
const server = app.listen(PORT, "127.0.0.1", () => console.log(`READY ${base} ${SECRET}`));
for (const signal of ["SIGTERM", "SIGINT"]) process.on(signal, () => { if (STATE) writeFileSync(STATE, JSON.stringify(db)); server.close(); process.exit(0); });
