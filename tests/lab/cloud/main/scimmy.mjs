// SPDX-License-Identifier: Apache-2.0
// The main SCIM 2.0 lab server: SCIMMY and scimmy-routers do the protocol, a Map is the store.
// environment: PORT(8801) TOKEN(lab-token) SEED(n deterministic users, when the store is empty) STATE(JSON file) FLUSH_MS(5000)
//   HYBRID(yes): users and groups have the attributes of hybrid.json, each of which SCIMMY defines anew for each object it shows
// POST /lab/lose {method, path, times}: so many requests of these are executed, and their answers are lost; GET /lab/asked counts
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";
import { randomUUID, createHash } from "node:crypto";
import { readFileSync, writeFileSync, existsSync } from "node:fs";
const PORT = +(process.env.PORT ?? 8801), TOKEN = process.env.TOKEN ?? "lab-token", STATE = process.env.STATE;
const { Attribute, SchemaDefinition } = SCIMMY.Types;
// hybrid.json: what the Azure AD connector has and RFC 7643 has not, by class; "binary[]" has several values
const hybrid = JSON.parse(readFileSync(new URL("hybrid.json", import.meta.url)));
const U = "urn:ietf:params:scim:schemas:extension:hybrid:2.0", X = `${U}:User`, E = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const attributes = (kind) => Object.entries(hybrid[kind]).map(([name, type]) => {
  const basic = type.replace("[]", "");
  return new Attribute(basic, name, { multiValued: type.endsWith("[]"), ...(basic === "string" ? { caseExact: true } : {}) }); });
const user = (...names) => names.map((name) => SCIMMY.Schemas.User.definition.attribute(name));
const names = ["name", "displayName", "title", "preferredLanguage", "emails", "phoneNumbers", "addresses"];
// a resource that RFC 7643 does not have
function resource(name, endpoint, definition) {
  let ingress, egress, degress, basepath;
  const Schema = class extends SCIMMY.Types.Schema {
    static get id() { return definition.id; }
    static get definition() { return definition; }
    constructor(data, direction = "both", path, filters) { super(data, direction); Object.assign(this, definition.coerce(data, direction, path, filters)); }
  };
  const told = (error) => error instanceof SCIMMY.Types.Error ? error : new SCIMMY.Types.Error(error instanceof TypeError ? 400 : 404, error instanceof TypeError ? "invalidValue" : null, error.message);
  const Made = class extends SCIMMY.Types.Resource {
    static get endpoint() { return endpoint; }
    static basepath(path) { if (path === undefined) return basepath; basepath = path.endsWith(endpoint) ? path : path + endpoint; return Made; }
    static get schema() { return Schema; }
    static ingress(f) { ingress = f; return Made; }
    static egress(f) { egress = f; return Made; }
    static degress(f) { degress = f; return Made; }
    out(data) { return new Schema(data, "out", basepath, this.attributes); }
    async read(context) {
      try {
        const found = await egress(this, context);
        return this.id ? this.out([found].flat()[0]) : new SCIMMY.Messages.ListResponse(found.map((one) => this.out(one)), this.constraints);
      } catch (error) { throw told(error); }
    }
    async write(data, context) { try { return this.out(await ingress(this, new Schema(data, "in"), context)); } catch (error) { throw told(error); } }
    async patch(message, context) {
      const changed = await new SCIMMY.Messages.PatchOp(message).apply(await this.read(context), (data) => this.write(data, context));
      return changed && this.out(changed);
    }
    async dispose(context) { try { await degress(this, context); } catch (error) { throw told(error); } }
  };
  Object.defineProperty(Made, "name", { value: name });
  SCIMMY.Resources.declare(Made, name);
  return Made;
}
SCIMMY.Resources.declare(SCIMMY.Resources.User.extend(SCIMMY.Schemas.EnterpriseUser));
const isHybrid = process.env.HYBRID !== "no";
if (isHybrid) SCIMMY.Schemas.User.definition.extend(new SchemaDefinition("HybridUser", X, "Hybrid user", attributes("user")), false);
SCIMMY.Resources.declare(SCIMMY.Resources.Group);
if (isHybrid) SCIMMY.Schemas.Group.definition.extend(new SchemaDefinition("HybridGroup", `${U}:Group`, "Hybrid group", attributes("group")), false);
const Contact = resource("Contact", "/Contacts", new SchemaDefinition("Contact", `${U}:Contact`, "Contact", [...user(...names), ...attributes("contact")]));
const Device = resource("Device", "/Devices", new SchemaDefinition("Device", `${U}:Device`, "Device", [...user("displayName", "active"), ...attributes("device")]));
SCIMMY.Config.set({ documentationUri: "http://127.0.0.1/", filter: { supported: true, maxResults: 1000 },
  bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 8 << 20 }, changePassword: false, etag: false });
const db = { Users: new Map(), Groups: new Map(), Contacts: new Map(), Devices: new Map() };
const saved = () => JSON.stringify(Object.fromEntries(Object.entries(db).map(([kind, map]) => [kind, [...map]])));
if (STATE && existsSync(STATE)) for (const [k, v] of Object.entries(JSON.parse(readFileSync(STATE)))) db[k] = new Map(v);
let dirty = false; const touch = () => { dirty = true; };
if (STATE) setInterval(() => { if (dirty) { dirty = false; writeFileSync(STATE, saved()); } }, +(process.env.FLUSH_MS ?? 5000)).unref();
// SEED: user i is the same in every run, ids and times included; who has which attribute follows from i
const sha = (x) => createHash("sha256").update(x).digest();
const uuid = (x) => { const h = sha(x); h[6] = h[6] & 15 | 80; h[8] = h[8] & 63 | 128; return h.toString("hex", 0, 16).replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-"); };
const userId = (i) => uuid(`user ${i}`);
function seedUser(i) {
  const n = String(i).padStart(6, "0"), name = `user${n}`, mail = `${name}@lab.test`, given = `Given${i % 997}`, family = `Family${i % 4999}`;
  const at = new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString(), hash = (kind, k) => sha(`${kind} ${i}`).subarray(0, 4 * k).toString("base64");
  const dn = `/o=ExchangeLabs/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=${sha(`dn ${i}`).toString("hex", 0, 16)}-${name}`;
  const x = { cloudLegacyExchangeDN: dn, cloudMSExchArchiveStatus: i % 2, cloudMSExchRecipientDisplayType: i % 3 ? 1073741824 : -2147483642,
    proxyAddresses: [`SMTP:${mail}`, `smtp:${name}@alias.lab.test`, `X500:${dn}`], cloudMSExchSafeSendersHash: hash("safe", 1 + i % 5) };
  for (let k = 1; k <= i % 16; k++) x[`extensionAttribute${k}`] = `ea${k}-${n}`;
  if (i % 2) x.cloudMSExchBlockedSendersHash = hash("blocked", 1 + i % 3);
  if (i % 3 === 0) x.cloudMSExchSafeRecipientsHash = hash("recipients", 1);
  if (i % 4 === 0) x.cloudMSExchUCVoiceMailSettings = ["ExchangeHostedVoiceMail=1"];
  if (i % 5 === 0) x.cloudMSExchUserHoldPolicies = Array.from({ length: 1 + i % 2 }, (_, k) => `mbx${sha(`hold ${k}`).toString("hex", 0, 16)}:1`);
  return { id: userId(i), meta: { created: at, lastModified: at }, userName: mail, externalId: `ext-${n}`, active: i % 10 !== 9, displayName: `${given} ${family}`, title: `Title ${i % 100}`,
    name: { formatted: `${given} ${family}`, givenName: given, familyName: family }, emails: [{ value: mail, type: "work", primary: true }], phoneNumbers: [{ value: `+1 555 ${n}`, type: "work" }],
    [E]: { employeeNumber: n, department: `D${i % 50}`, ...(i ? { manager: { value: userId(Math.floor(i / 10)) } } : {}) }, [X]: x };
}
if (!db.Users.size) for (let i = 0; i < +(process.env.SEED ?? 0); i++) { const u = seedUser(i); db.Users.set(u.id, u); }
const uniq = { Users: ["userName", new Map()], Groups: [], Contacts: [], Devices: [] };
for (const u of db.Users.values()) uniq.Users[1].set(u.userName.toLowerCase(), u.id);
function bind(Res, kind) {
  const map = db[kind], [ukey, uidx] = uniq[kind];
  Res.ingress((resource, instance) => {
    const now = new Date().toISOString(); let id = resource.id; const old = id ? map.get(id) : null;
    if (id && !old) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
    if (ukey) { const k = instance[ukey].toLowerCase(), o = uidx.get(k);
      if (o && o !== id) throw new SCIMMY.Types.Error(409, "uniqueness", `${ukey} already taken`);
      if (old) uidx.delete(old[ukey].toLowerCase()); uidx.set(k, id ??= randomUUID()); }
    id ??= randomUUID();
    const doc = JSON.parse(JSON.stringify(instance)); delete doc.schemas;
    const rec = { ...doc, id, meta: { created: old?.meta.created ?? now, lastModified: now } };
    map.set(id, rec); touch(); return rec; });
  Res.egress((resource) => {
    if (resource.id) { const r = map.get(resource.id); if (!r) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`); return r; }
    const f = resource.filter; let all = [...map.values()];
    if (f) all = f.match(all);
    const c = (resource.constraints ??= {});            // SCIMMY rebuilds every object it is handed: slice here, or a page costs O(total)
    if (c.sortBy === undefined) { const cap = 1000, start = Math.max(c.startIndex ?? 1, 1), n = Math.min(c.count ?? 20, cap);
      if (all.length > n || start > 1) { c.totalResults = all.length; c.count = n; return all.slice(start - 1, start - 1 + n); } }
    return all; });
  Res.degress((resource) => { const r = map.get(resource.id);
    if (!r) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
    map.delete(resource.id); if (ukey) uidx.delete(r[ukey].toLowerCase()); touch(); });
}
bind(SCIMMY.Resources.User, "Users"); bind(SCIMMY.Resources.Group, "Groups"); bind(Contact, "Contacts"); bind(Device, "Devices");
const app = express();
let lose = [];
const asked = {}; // how many requests for many changes, for one, of a version
app.get("/lab/asked", (req, res) => { res.json(asked); });
app.post("/lab/lose", express.json(), (req, res) => { lose = [req.body].flat(); res.status(204).end(); });
app.use("/scim", (req, res, next) => {
  const kind = req.url.startsWith("/Bulk") ? "bulk" : req.method === "GET" ? "read" : "change";
  for (const what of [kind, ...(req.header("If-Match") === undefined ? [] : ["conditional"])]) asked[what] = (asked[what] ?? 0) + 1;
  const one = lose.find(({ method, path, times = 1 }) => times > 0 && req.method === method && req.url.startsWith(path));
  if (one) { one.times = (one.times ?? 1) - 1; res.write = res.end = () => { req.socket.destroy(); return res; }; }
  next();
});
app.use("/scim", new SCIMMYRouters({ type: "bearer", docUri: "http://127.0.0.1/", baseUri: (r) => `http://${r.headers.host}`,
  handler: (req) => { if (req.header("Authorization") !== `Bearer ${TOKEN}`) throw new Error("Authorization not detected!"); return "lab"; } }));
const srv = app.listen(PORT, "127.0.0.1", () => console.log(`READY http://127.0.0.1:${PORT}/scim ${TOKEN}`));
for (const s of ["SIGTERM", "SIGINT"]) process.on(s, () => { if (STATE) writeFileSync(STATE, saved()); srv.close(); process.exit(0); });
