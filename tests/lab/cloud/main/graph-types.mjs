// SPDX-License-Identifier: Apache-2.0
// Holds the emulator, and the mappings of Graph, to the types that Microsoft publishes (@microsoft/microsoft-graph-types,
// made from the metadata of v1.0): each property that is served or accepted exists, and its values are of its type.
//   node graph-types.mjs URL TOKEN MAPPING...     the last line says how much was looked at; 1 when something does not fit
import { readFileSync } from "node:fs";
import { kinds } from "./graph-state.mjs";

const [base, token, ...mappings] = process.argv.slice(2);
const lines = readFileSync(new URL("node_modules/@microsoft/microsoft-graph-types/microsoft-graph.d.ts", import.meta.url), "utf8").split(/\r?\n/);
const types = {}, words = {}; // interfaces: {extends, props}; unions of texts
for (let i = 0; i < lines.length; i++) {
  const head = /^export interface (\w+)(?: extends (\w+))? \{(\})?/.exec(lines[i]), alias = /^export type (\w+) =/.exec(lines[i]);
  if (alias) words[alias[1]] = true;
  if (!head) continue;
  const props = {};
  if (!head[3]) for (i++; i < lines.length && lines[i] !== "}"; i++) {
    const prop = /^ {4}"?([\w@.]+)"?\??: (.*);$/.exec(lines[i]);
    if (prop) props[prop[1]] = prop[2];
  }
  types[head[1]] = { base: head[2], props };
}
const interfaces = { users: "User", groups: "Group", contacts: "OrgContact", organization: "Organization" };
const typeOf = (name, prop) => (types[name] ? types[name].props[prop] ?? typeOf(types[name].base, prop) : undefined);
const isAnnotation = (name) => name.includes("@") || name.startsWith("extension_");

const wrong = new Set();
let looked = 0;
function fits(type, value, where) {
  const nullable = /^NullableOption<(.*)>$/.exec(type);
  if (nullable) return value === null || fits(nullable[1], value, where);
  if (type.endsWith("[]")) return Array.isArray(value) && value.every((one) => fits(type.slice(0, -2), one, where));
  if (["string", "boolean", "number"].includes(type)) return typeof value === type;
  if (type.includes('"') || words[type]) return typeof value === "string";
  if (type === "any") return true;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  check(type, value, where);
  return true;
}
function check(name, object, where) {
  for (const [prop, value] of Object.entries(object)) {
    if (isAnnotation(prop)) continue;
    const type = typeOf(name, prop);
    looked++;
    if (!type) wrong.add(`${where}: ${name} has no '${prop}'`);
    else if (!fits(type, value, where)) wrong.add(`${where}: ${name}.${prop} is ${type}, and this is ${JSON.stringify(value)}`);
  }
}
async function ask(method, path, body, status = 200) {
  const answer = await fetch(base + path, { method, headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body: body && JSON.stringify(body) });
  const text = await answer.text();
  if (answer.status !== status) wrong.add(`${method} ${path}: ${answer.status} ${text.slice(0, 200)}`);
  return text ? JSON.parse(text) : {};
}

// what is served: everything that can be selected, what comes unasked, one object, the members, a round
for (const kind of Object.keys(kinds)) {
  const select = `$select=${kinds[kind].props.join(",")}`, name = interfaces[kind];
  for (const path of [`/${kind}?${select}${kind === "users" ? "&$expand=manager" : ""}`, `/${kind}`, `/${kind}/delta?${select}`])
    for (const object of (await ask("GET", path)).value) check(name, object, `GET ${path.slice(0, 20)}`);
  const [first] = (await ask("GET", `/${kind}?$top=1`)).value;
  check(name, await ask("GET", `/${kind}/${first.id}?${select}`), `GET /${kind}/ID`);
}
for (const { id } of (await ask("GET", "/groups")).value)
  for (const member of (await ask("GET", `/groups/${id}/members`)).value) check("DirectoryObject", member, "GET /groups/ID/members");
for (const object of (await ask("GET", "/organization")).value) check("Organization", object, "GET /organization");

// what is accepted: a value of the published type for each property, and none that is not published
const sample = { string: "x", boolean: true, number: 1, "string[]": ["x"], PasswordProfile: { password: "Aa1!xxxx" }, OnPremisesExtensionAttributes: { extensionAttribute1: "x" },
  CustomSecurityAttributeValue: { Set: { "@odata.type": "#Microsoft.DirectoryServices.CustomSecurityAttributeValue", Code: "x" } } };
const given = { userPrincipalName: "types@lab.test", mail: "types@lab.test", otherMails: ["types@other.test"] };
const readOnly = ["id", "deletedDateTime", "createdDateTime", "proxyAddresses", "mailEnabled", "mail"];
for (const kind of ["users", "groups"]) {
  const body = {};
  for (const prop of kinds[kind].props.filter((one) => !readOnly.includes(one) && !(one.startsWith("onPremises") && !/ImmutableId|ExtensionAttributes/.test(one)))) {
    const type = typeOf(interfaces[kind], prop)?.replace(/^NullableOption<(.*)>$/, "$1");
    if (type === undefined || !(type in sample)) wrong.add(`POST /${kind}: no value for ${prop}: ${type}`);
    else body[prop] = given[prop] ?? sample[type];
  }
  if (kind === "groups") body.mailEnabled = false;
  const { id } = await ask("POST", `/${kind}`, body, 201);
  looked += Object.keys(body).length;
  if (id) for (const [prop, value] of Object.entries(body)) if (!["passwordProfile", "userPrincipalName"].includes(prop)) await ask("PATCH", `/${kind}/${id}`, { [prop]: value }, 204);
}
await ask("POST", "/users", { accountEnabled: true, displayName: "x", mailNickname: "x", userPrincipalName: "y@lab.test", passwordProfile: {}, nickname: "x" }, 400);

// what the mappings name: a property, or a part of one
for (const file of mappings)
  for (const [name, one] of Object.entries(JSON.parse(readFileSync(file)).classes)) {
    const paths = [...Object.values(one.attributes).map((attribute) => attribute.path ?? attribute), one.dn.from, ...Object.keys(one.defaults ?? {}), ...(one.unique ?? [])];
    for (const path of paths.filter((text) => typeof text === "string" && !isAnnotation(text))) {
      const [prop, part] = path.split("."), type = typeOf(interfaces[one.endpoint.slice(1)], prop);
      const inner = type?.replace(/^NullableOption<(.*)>$/, "$1").replace("[]", "");
      looked++;
      if (!type || (part && !typeOf(inner, part))) wrong.add(`${file.split("/").pop()}: ${name}: there is no '${path}'`);
    }
  }
for (const text of wrong) console.log(text);
console.log(`${looked} properties were looked at, ${wrong.size} do not fit`);
process.exit(wrong.size ? 1 : 0);
