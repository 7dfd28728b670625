// SPDX-License-Identifier: Apache-2.0
// What the emulated tenant holds: objects by kind, what was deleted, and a log of every change, from which
// rounds of changes are told. Kept in one JSON file where STATE names one. The clock is the tenant's own:
// a test turns it on, or lets it run faster.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

export const PORT = +(process.env.PORT ?? 8805);
export const TENANT = process.env.TENANT ?? "lab";
export const base = `http://127.0.0.1:${PORT}/v1.0`;
export const DAY = 86400e3;

// What a test sets (PATCH /lab/settings).
export const set = {
  page: +(process.env.PAGE ?? 100), // objects on a page
  lag: +(process.env.LAG ?? 0), // ms until a change is known everywhere
  readLag: 0, // ms, in addition, until a new object can be read or linked by its id
  life: 3600, // seconds of a token
  replay: false, // rounds show objects twice
  shuffle: false, // rounds show objects in another order
  empty: false, // a page in between that shows nothing
  rate: 0, // requests a second; 0: any
  quota: null, // {writes, seconds}: so many writes in such a window
  percentages: true, // it says how much of the rate is used, from four fifths on
  faults: [], // see graph-faults.mjs
  clock: 0, // ms that the clock is ahead
  speed: 1, // how much faster it runs
  synced: null, // true: the tenant comes from a directory
  app: null, // application whose directory extensions are all registered
};
const began = Date.now();
export const now = () => began + (Date.now() - began) * set.speed + set.clock;

export const db = { users: {}, groups: {}, contacts: {}, deleted: {}, extensions: {}, jobs: [], log: [] };
const STATE = process.env.STATE;
export function load() {
  if (!STATE || !existsSync(STATE)) return;
  Object.assign(db, JSON.parse(readFileSync(STATE)));
  for (const kind of Object.keys(kinds)) for (const object of Object.values(db[kind])) index(kind, object);
}
export function save() {
  if (!STATE) return;
  writeFileSync(`${STATE}.new`, JSON.stringify(db));
  renameSync(`${STATE}.new`, STATE);
}

// --- kinds of objects, by the properties that Graph has and shows unasked
const common = ["id", "deletedDateTime", "displayName", "mail", "mailNickname", "onPremisesSyncEnabled", "proxyAddresses"];
export const kinds = {
  users: {
    type: "user", id: "User",
    props: [...common, "accountEnabled", "userPrincipalName", "givenName", "surname", "jobTitle", "department", "companyName", "city", "state", "country",
      "postalCode", "streetAddress", "officeLocation", "mobilePhone", "businessPhones", "faxNumber", "otherMails", "usageLocation", "preferredLanguage",
      "employeeId", "onPremisesImmutableId", "onPremisesExtensionAttributes", "onPremisesDistinguishedName", "onPremisesSamAccountName",
      "onPremisesSecurityIdentifier", "passwordProfile", "userType", "createdDateTime", "customSecurityAttributes"],
    shown: ["id", "displayName", "givenName", "surname", "jobTitle", "mail", "mobilePhone", "officeLocation", "preferredLanguage", "userPrincipalName", "businessPhones"],
    required: ["accountEnabled", "displayName", "mailNickname", "userPrincipalName", "passwordProfile"],
  },
  groups: {
    type: "group", id: "Group",
    props: [...common, "description", "mailEnabled", "securityEnabled", "groupTypes", "visibility", "createdDateTime", "onPremisesSecurityIdentifier", "onPremisesSamAccountName"],
    shown: ["id", "displayName", "description", "mail", "mailEnabled", "mailNickname", "securityEnabled", "groupTypes", "visibility", "createdDateTime"],
    required: ["displayName", "mailEnabled", "mailNickname", "securityEnabled"],
  },
  contacts: {
    type: "orgContact", id: "OrgContact",
    props: [...common, "givenName", "surname", "jobTitle", "department", "companyName"],
    shown: ["id", "displayName", "mail"],
    required: [],
  },
};
export const elsewhere = ["skills", "aboutMe", "mailboxSettings"]; // properties that live in another service
export const isExtension = (name) => name in db.extensions || (set.app && name.startsWith(`extension_${set.app}_`));

// --- changes: what, of whom, and when it is known everywhere
export function change(kind, id, what) {
  db.log.push({ seq: db.log.length + 1, kind, id, at: now() + set.lag, ...what });
  index(kind, db[kind][id]);
}
// Who has a value that must be unique: noted at each change, and looked at before it is believed.
const holders = new Map();
const lower = (value) => String(value ?? "").toLowerCase();
const uniqueOf = (object) => [...["userPrincipalName", "onPremisesImmutableId"].map((name) => [name, lower(object[name])]), ...(object.proxyAddresses ?? []).map((one) => ["proxyAddresses", lower(one)])];
function index(kind, object) {
  for (const [name, value] of object ? uniqueOf(object) : []) if (value) holders.set(`${name === "proxyAddresses" ? "*" : kind} ${name} ${value}`, [kind, object.id]);
}
export function holder(kind, name, value) { // kind "*": of any
  const [where, id] = holders.get(`${kind} ${name} ${lower(value)}`) ?? [], object = where && db[where][id];
  return object && uniqueOf(object).some(([n, v]) => n === name && v === lower(value)) ? object : undefined;
}
export const visible = () => (set.lag ? db.log.filter((one) => one.at <= now()) : db.log);
export function find(id) {
  for (const kind of Object.keys(kinds)) if (db[kind][id]) return [kind, db[kind][id]];
  return [];
}
export const isListed = (object) => object.$born <= now();
export const isReadable = (object) => object.$born + set.readLag <= now();
export function made(kind, body) {
  const object = { ...body, id: randomUUID(), createdDateTime: new Date(now()).toISOString(), $born: now() + set.lag, $members: [] };
  db[kind][object.id] = object;
  change(kind, object.id, { made: true });
  return object;
}
// What was deleted stays thirty days.
export function purge() {
  for (const object of Object.values(db.deleted))
    if (object.$deleted + 30 * DAY < now()) { delete db.deleted[object.id]; change(object.$kind, object.id, { gone: true }); }
}

// --- refusals, in Graph's words
export class Refusal extends Error { constructor(status, code, message, details) { super(message); Object.assign(this, { status, code, details }); } }
export const refuse = (...args) => { throw new Refusal(...args); };
export const bad = (message, details) => refuse(400, "Request_BadRequest", message, details);
export const missing = (id) => refuse(404, "Request_ResourceNotFound", `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`);
export const errorBody = (error, id) => ({
  error: { code: error.code ?? "InternalServerError", message: error.message, ...(error.details ? { details: error.details } : {}),
    innerError: { date: new Date(now()).toISOString(), "request-id": id, "client-request-id": id } },
});
