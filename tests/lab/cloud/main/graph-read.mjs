// SPDX-License-Identifier: Apache-2.0
// Reading: listings by pages, one object, members, and rounds of changes.
import { base, DAY, db, elsewhere, find, isExtension, isListed, kinds, missing, now, refuse, set, visible } from "./graph-state.mjs";

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decode = (text) => { try { return JSON.parse(Buffer.from(text, "base64url").toString()); } catch { refuse(400, "Request_BadRequest", "Invalid token."); } };
const lists = ["proxyAddresses", "businessPhones", "otherMails", "groupTypes"];

export function select(kind, query) {
  const names = query.$select === undefined ? kinds[kind].shown : query.$select.split(",");
  for (const name of names) {
    if (elsewhere.includes(name)) refuse(501, "NotImplemented", "The requested property lives elsewhere.");
    if (![...kinds[kind].props, "manager", "members"].includes(name) && !isExtension(name))
      refuse(400, "BadRequest", `Could not find a property named '${name}' on type 'microsoft.graph.${kinds[kind].type}'.`);
  }
  return names.filter((name) => name !== "manager" && name !== "members");
}
export function pick(object, names) {
  const out = { id: object.id };
  for (const name of names) out[name] = object[name] ?? (lists.includes(name) ? [] : null);
  if (object.$cloudManaged && "onPremisesSyncEnabled" in out) out.onPremisesSyncEnabled = null;
  return out;
}
const manager = (object, query) => (/^manager\b/.test(query.$expand ?? "") && object.$manager ? { manager: { "@odata.type": "#microsoft.graph.user", id: object.$manager } } : {});
export const one = (kind, object, query) => ({ ...pick(object, select(kind, query)), ...manager(object, query) });

// --- listings
// Comparisons other than eq need an index that is asked for, and lags.
function filtered(all, query, headers) {
  if (query.$filter === undefined) return all;
  const match = /^(\w+) (eq|ne) '((?:[^']|'')*)'$/.exec(query.$filter);
  const advanced = /^eventual$/i.test(headers.consistencylevel ?? "") && query.$count === "true";
  if (!match || (match[2] === "ne" && !advanced)) refuse(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause.");
  const wanted = match[3].replaceAll("''", "'").toLowerCase();
  return all.filter((object) => (String(object[match[1]] ?? "").toLowerCase() === wanted) === (match[2] === "eq"));
}
const ids = {}; // of a kind, in the order of their making: a page costs what is on it
function inOrder(kind, objects) {
  const keep = ids[kind];
  if (keep && keep.objects === objects && keep.log === db.log.length) return keep.all;
  ids[kind] = { objects, log: db.log.length, all: Object.values(objects) };
  return ids[kind].all;
}
export function list(kind, query, headers, objects = db[kind], path = `/${kind}`) {
  const top = query.$top === undefined ? set.page : +query.$top;
  if (!(top >= 1 && top <= 999)) refuse(400, "Request_UnsupportedQuery", "Invalid page size specified. Must be between 1 and 999 inclusive.");
  const names = select(kind, query), skip = query.$skiptoken ? decode(query.$skiptoken).skip : 0;
  const born = objects === db[kind] ? inOrder(kind, objects) : Object.values(objects);
  const all = filtered(set.lag ? born.filter(isListed) : born, query, headers);
  const size = Math.min(top, set.page), link = new URLSearchParams(query);
  link.set("$skiptoken", encode({ skip: skip + size }));
  return {
    "@odata.context": `${base}/$metadata#${kind}(${names.join(",")})`,
    ...(skip + size < all.length ? { "@odata.nextLink": `${base}${path}?${link}` } : {}),
    value: all.slice(skip, skip + size).map((object) => ({ ...pick(object, names), ...manager(object, query) })),
  };
}
export function members(object, path, query) {
  const top = Math.min(+(query.$top ?? 100), 999), skip = query.$skiptoken ? decode(query.$skiptoken).skip : 0;
  const all = object.$members.filter((id) => find(id)[1]), link = new URLSearchParams(query);
  link.set("$skiptoken", encode({ skip: skip + top }));
  return {
    value: all.slice(skip, skip + top).map((id) => ({ "@odata.type": `#microsoft.graph.${kinds[find(id)[0]].type}`, id })),
    ...(skip + top < all.length ? { "@odata.nextLink": `${base}${path}?${link}` } : {}),
  };
}

// --- rounds: the objects whose changes a token has not seen; $select says which changes count
const isWanted = (kind, names, wants) => (one) => one.kind === kind && (one.gone || one.back || one.made || one.props?.some((name) => names.includes(name)) ||
  (one.link === "manager" && wants.includes("manager")) || (one.link === "members" && wants.includes("members")));
function changed(kind, id, mine, names, first) {
  const object = db[kind][id];
  if (!object) return [{ id, "@removed": { reason: db.deleted[id] ? "changed" : "deleted" } }];
  const whole = first || mine.some((one) => one.made || one.back);
  const item = pick(object, whole ? names : names.filter((name) => mine.some((one) => one.props?.includes(name))));
  const last = mine.findLast((one) => one.link === "manager");
  if (last) item["manager@delta"] = [object.$manager ? { "@odata.type": "#microsoft.graph.user", id: object.$manager } : { id: last.target, "@removed": { reason: "deleted" } }];
  const links = mine.filter((one) => one.link === "members").map((one) => ({ "@odata.type": "#microsoft.graph.user", id: one.target, ...(one.removed ? { "@removed": { reason: "deleted" } } : {}) }));
  const slices = []; // a large group comes in several
  for (let i = 0; i < links.length; i += 20) slices.push({ ...item, "members@delta": links.slice(i, i + 20) });
  return slices.length ? slices : [item];
}
function itemsOf(kind, state, until, names) {
  const counts = isWanted(kind, names, (state.select ?? "").split(",")), by = new Map();
  for (const one of visible()) if (one.seq > state.since && one.seq <= until && counts(one)) by.set(one.id, [...(by.get(one.id) ?? []), one]);
  let items = [...by].flatMap(([id, mine]) => changed(kind, id, mine, names, state.since === 0));
  if (set.replay) items = items.flatMap((item) => [item, item]);
  if (set.shuffle) items = items.filter((_, i) => i % 2).concat(items.filter((_, i) => i % 2 === 0));
  return items;
}
function forgotten(kind, state) {
  if (state.lost) refuse(410, "resyncRequired", "Resync required. Replace any local items with the server's version.");
  if (now() - state.at > 7 * DAY) refuse(410, "syncStateNotFound", "The sync state generation is not found.");
}
export function delta(kind, query) {
  for (const name of ["$top", "$expand", "$orderby"]) if (query[name] !== undefined) refuse(400, "Request_UnsupportedQuery", `${name} is not supported on delta.`);
  const token = query.$deltatoken || query.$skiptoken;
  const state = token && token !== "latest" ? decode(token) : { since: 0, select: query.$select, at: now() };
  const names = select(kind, { $select: state.select });
  forgotten(kind, state);
  const log = visible(), last = log.length ? log[log.length - 1].seq : 0, context = `${base}/$metadata#${kind}`;
  const end = (seq) => `${base}/${kind}/delta?$deltatoken=${encode({ since: seq, select: state.select, at: now() })}`;
  if (token === "latest") return { "@odata.context": context, "@odata.deltaLink": end(last), value: [] };
  const until = state.until ?? last, skip = state.skip ?? 0, items = itemsOf(kind, state, until, names);
  const next = (to, more) => `${base}/${kind}/delta?$skiptoken=${encode({ ...state, until, skip: to, ...more })}`;
  if (set.empty && !state.paused) return { "@odata.context": context, value: [], "@odata.nextLink": next(skip, { paused: true }) };
  const more = skip + set.page < items.length;
  return { "@odata.context": context, value: items.slice(skip, skip + set.page), ...(more ? { "@odata.nextLink": next(skip + set.page, { paused: false }) } : { "@odata.deltaLink": end(until) }) };
}
