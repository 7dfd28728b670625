// SPDX-License-Identifier: Apache-2.0
// A service that costs next to nothing: pages of people and one group, each made once and then sent as it
// lies in memory, so that a bench of reading them measures its readers. Microsoft Graph below /v1.0, SCIM
// by index below /scim/v2, by cursor below /cursor/v2. Packed, as Graph does it, where that is accepted.
// With a group, its members can be added and removed by SCIM, what was modified can be asked for, and the
// people are no more than a group needs; /changes says how many values each change had, and forgets it.
// environment: PORT, USERS, MEMBERS (0: no group); prints READY and the root
import http from "node:http";
import { gzipSync } from "node:zlib";

const [PORT, USERS, MEMBERS] = ["PORT", "USERS", "MEMBERS"].map((name) => +(process.env[name] ?? 0));
const root = `http://127.0.0.1:${PORT}`;
const id = (kind, i) => `${kind}0000000-0000-4000-8000-${i.toString(16).padStart(12, "0")}`;
const mail = (i) => `p${100000 + i}@corp.example`;
const manager = (i) => id(1, i - (i % 10));

// --- what there is
const words = {
  userPrincipalName: mail, mail, employeeId: (i) => String(100000 + i), displayName: (i) => `Pat ${i} Example`, givenName: () => "Pat", surname: (i) => `Example${i}`,
  jobTitle: (i) => `Clerk of the ${i % 90}th grade`, department: (i) => `Department ${i % 40}`, accountEnabled: () => true,
};
const graphUser = (names, expand) => (i) => ({
  id: id(1, i), ...Object.fromEntries(names.map((name) => [name, words[name]?.(i) ?? null])),
  ...(expand && i % 10 ? { manager: { "@odata.type": "#microsoft.graph.user", id: manager(i) } } : {}),
});
const enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const plainUser = (i) => ({
  id: id(1, i), externalId: String(100000 + i), userName: mail(i), displayName: `P ${100000 + i}`, emails: [{ value: mail(i), type: "work" }], active: true,
});
const scimUser = MEMBERS ? plainUser : (i) => ({
  schemas: ["urn:ietf:params:scim:schemas:core:2.0:User", enterprise], id: id(1, i), externalId: String(100000 + i), userName: mail(i), displayName: `Pat ${i} Example`,
  name: { givenName: "Pat", familyName: `Example${i}` }, emails: [{ value: mail(i), type: "work", primary: true }], title: `Clerk of the ${i % 90}th grade`, active: true,
  [enterprise]: { department: `Department ${i % 40}`, ...(i % 10 ? { manager: { value: manager(i) } } : {}) },
  meta: { resourceType: "User", created: "2026-01-01T00:00:00Z", lastModified: "2026-01-01T00:00:00Z", location: `${root}/scim/v2/Users/${id(1, i)}` },
});
const shortUser = (i) => ({ id: id(1, i), userName: mail(i) });
const range = (from, to, make) => Array.from({ length: Math.max(0, to - from) }, (_, n) => make(from + n));

// --- Microsoft Graph
function graphPage(url, count, make) {
  const top = Math.min(+(url.searchParams.get("$top") ?? 100), 999), from = +(url.searchParams.get("$skiptoken") ?? 0), next = new URL(url);
  next.searchParams.set("$skiptoken", from + top);
  return { ...(from + top < count ? { "@odata.nextLink": next.href } : {}), value: range(from, Math.min(from + top, count), make) };
}
function graph(url, [kind, of, what]) {
  const names = (url.searchParams.get("$select") ?? "").split(",").filter((name) => !["id", "manager", "members"].includes(name));
  if (of === "delta") return { "@odata.deltaLink": `${root}/v1.0/${kind}/delta?$deltatoken=0`, value: [] };
  if (what === "members") return graphPage(url, MEMBERS, (i) => ({ "@odata.type": "#microsoft.graph.user", id: id(1, i) }));
  if (kind === "users") return graphPage(url, USERS, graphUser(names, url.searchParams.has("$expand")));
  return graphPage(url, MEMBERS ? 1 : 0, () => ({ id: id(2, 0), displayName: "Large" }));
}

// --- SCIM
function listed(url, count, make, cursors) {
  const most = Math.min(+(url.searchParams.get("count") ?? 100), 1000), cursor = url.searchParams.get("cursor");
  const from = cursors ? +(cursor || 0) : +(url.searchParams.get("startIndex") ?? 1) - 1, to = Math.min(from + most, count);
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], totalResults: count, itemsPerPage: Math.max(0, to - from),
    ...(cursors ? (to < count ? { nextCursor: String(to) } : {}) : { startIndex: from + 1 }), Resources: range(from, to, make),
  };
}
const members = new Set(range(0, MEMBERS, (i) => id(1, i)));
let modified = "2026-01-01T00:00:00Z"; // of the group; people stay as they are
const shortGroup = () => ({ id: id(2, 0), displayName: "Large" });
const largeGroup = () => ({ ...shortGroup(), externalId: "g-Large", members: [...members].map((value) => ({ value, type: "User" })) });
const since = (url) => /^meta\.lastModified ge "(.*)"$/.exec(url.searchParams.get("filter") ?? "")?.[1] ?? "";
const scim = (cursors) => (url, [kind]) => {
  const short = url.searchParams.has("attributes");
  if (kind === "Users") return listed(url, since(url) > "2026" ? 0 : USERS, short ? shortUser : scimUser, cursors);
  if (kind === "Groups") return listed(url, MEMBERS && modified >= since(url) ? 1 : 0, short ? shortGroup : largeGroup, cursors);
  if (kind === "ServiceProviderConfig") return { patch: { supported: true }, filter: { supported: MEMBERS > 0 }, pagination: { cursor: cursors, index: !cursors, maxPageSize: 1000 } };
};

// members of the group, by value
function change({ Operations: operations }) {
  for (const { op, path, value } of operations) {
    const one = /^members\[value eq "(.*)"\]$/.exec(path)?.[1], values = one ? [one] : value.map((each) => each.value);
    for (const each of values) if (op.toLowerCase() === "add") members.add(each); else members.delete(each);
    changes.push(values.length);
  }
  modified = new Date().toISOString().slice(0, 19) + "Z";
  for (const path of kept.keys()) if (path.includes("/Groups")) kept.delete(path);
}

// --- each page is made once
const kept = new Map(), asked = [], changes = [];
const parts = [["/v1.0/", graph], ["/scim/v2/", scim(false)], ["/cursor/v2/", scim(true)]];
function page(path) {
  if (kept.has(path)) return kept.get(path);
  const url = new URL(path, root), [head, make] = parts.find(([name]) => url.pathname.startsWith(name)) ?? [], body = make?.(url, url.pathname.slice(head.length).split("/"));
  const plain = body && Buffer.from(JSON.stringify(body)), made = plain && { plain, packed: plain.length > 1024 ? gzipSync(plain, { level: 1 }) : undefined };
  kept.set(path, made);
  return made;
}
const json = { "Content-Type": "application/json" };
const inside = {
  "/token": (res) => res.writeHead(200, json).end(JSON.stringify({ access_token: "t", token_type: "Bearer", expires_in: 86399 })),
  "/asked": (res) => res.writeHead(200).end(asked.splice(0).map((path) => `${root}${path}\n`).join("")), // and forgets it
  "/changes": (res) => res.writeHead(200, json).end(JSON.stringify(changes.splice(0))),
  "/members": (res) => res.writeHead(200).end(String(members.size)),
  "/cpu": (res) => res.writeHead(200).end(String((({ user, system }) => (user + system) / 1e6)(process.cpuUsage()))), // seconds
};
http.createServer({ keepAliveTimeout: 60000 }, (req, res) => {
  if (inside[req.url]) return inside[req.url](res);
  if (req.method === "PATCH") {
    let body = "";
    req.on("data", (more) => body += more).on("end", () => { change(JSON.parse(body)); res.writeHead(204).end(); });
    return;
  }
  const found = page(req.url), packed = found?.packed && /\bgzip\b/.test(req.headers["accept-encoding"] ?? "") ? found.packed : undefined;
  asked.push(req.url);
  if (!found) return res.writeHead(404, json).end("{}");
  return res.writeHead(200, { ...json, ...(packed ? { "Content-Encoding": "gzip" } : {}), "Content-Length": (packed ?? found.plain).length }).end(packed ?? found.plain);
}).listen(PORT, "127.0.0.1", () => console.log(`READY ${root}`));
