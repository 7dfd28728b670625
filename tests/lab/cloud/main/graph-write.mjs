// SPDX-License-Identifier: Apache-2.0
// Writing: what may be written on what, links, soft deletes. As strict as Graph is.
import { change, db, find, holder, isExtension, isReadable, kinds, made, missing, bad, now, refuse, set } from "./graph-state.mjs";

// Nobody may set these, whatever the object.
const never = ["proxyAddresses", "onPremisesSyncEnabled", "onPremisesSecurityIdentifier", "onPremisesSamAccountName", "onPremisesDistinguishedName"];
// These come from the directory where the object is synchronised from one.
const mastered = ["displayName", "givenName", "surname", "jobTitle", "department", "companyName", "mail", "mailNickname", "mobilePhone", "businessPhones", "faxNumber", "userPrincipalName",
  "accountEnabled", "city", "state", "country", "postalCode", "streetAddress", "officeLocation", "employeeId", "description", "onPremisesImmutableId", "onPremisesExtensionAttributes"];
const domains = ["lab.test", "contoso.com", "corp.example", "contoso.onmicrosoft.com"];
export const organization = (tenant) => ({ id: tenant, displayName: "Lab", onPremisesSyncEnabled: set.synced ?? null, verifiedDomains: domains.map((name, i) => ({ name, isDefault: i === 0 })) });
const notAllowed = (code) => refuse(405, "Request_BadRequest", code ?? "Specified HTTP method is not allowed for the request target.");
const isMastered = (object) => object?.onPremisesSyncEnabled && !object.$cloudManaged;
const conflict = (name) => bad(`Another object with the same value for property ${name} already exists.`,
  [{ code: "ObjectConflict", message: `Another object with the same value for property ${name} already exists.`, target: name }]);

function checkNames(kind, body, object) {
  for (const name of Object.keys(body)) {
    const plain = name.replace(/@odata\.bind$/, "");
    if (never.includes(plain)) bad(`Property '${plain}' is read-only and cannot be set.`);
    if (![...kinds[kind].props, "members", "owners"].includes(plain) && !isExtension(plain)) bad(`Invalid property '${plain}'.`);
  }
  if (isMastered(object) && mastered.some((name) => name in body))
    bad("Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.");
  for (const set of Object.values(body.customSecurityAttributes ?? {}))
    if (set["@odata.type"] !== "#Microsoft.DirectoryServices.CustomSecurityAttributeValue") bad("The set of custom security attributes has no @odata.type.");
}
function checkUnique(kind, body, object) {
  for (const name of ["userPrincipalName", "onPremisesImmutableId"]) {
    const other = body[name] && holder(kind, name, body[name]);
    if (other && other !== object) conflict(name);
  }
  const other = body.mail && holder("*", "proxyAddresses", `smtp:${body.mail}`); // an address is unique among all that have one
  if (other && other !== object) conflict("proxyAddresses");
}
function check(kind, body, object) {
  checkNames(kind, body, object);
  if (body.userPrincipalName !== undefined && !process.env.ANY_DOMAIN && !domains.some((name) => body.userPrincipalName.toLowerCase().endsWith(`@${name}`)))
    bad("The domain portion of the userPrincipalName property is invalid. You must use one of the verified domain names in your organization.");
  checkUnique(kind, body, object);
}

// --- objects
export function create(kind, body) {
  if (kind === "contacts") notAllowed();
  for (const name of kinds[kind].required) if (body[name] === undefined || body[name] === null) bad(`A value is required for property '${name}' of resource '${kinds[kind].id}'.`);
  const { "members@odata.bind": bind = [], "owners@odata.bind": owners = [], passwordProfile, ...rest } = body;
  if (bind.length + owners.length > 20) bad("A resource cannot contain more than 20 link changes.");
  check(kind, body, null);
  const object = made(kind, rest);
  if (bind.length) addMembers(object, bind.map((url) => url.split("/").pop()));
  return object;
}
export function update(kind, object, body) {
  if (kind === "contacts") notAllowed();
  const { "members@odata.bind": bind, ...props } = body;
  check(kind, props, object);
  if (bind) {
    if (bind.length > 20) bad("The number of link changes exceeds the limit: A resource cannot contain more than 20 link changes.");
    addMembers(object, bind.map((url) => url.split("/").pop()));
  }
  const { onPremisesExtensionAttributes: x, passwordProfile, ...rest } = props;
  Object.assign(object, rest);
  if (x) object.onPremisesExtensionAttributes = { ...object.onPremisesExtensionAttributes, ...x };
  const told = Object.keys(props).filter((name) => name !== "customSecurityAttributes"); // no round tells of those
  if (told.length) change(kind, object.id, { props: told });
}
// A user's name is free again at once: the deleted one has another.
export function remove(kind, object) {
  if (kind === "contacts") notAllowed();
  delete db[kind][object.id];
  if (kind === "users" || object.groupTypes?.includes("Unified")) {
    db.deleted[object.id] = Object.assign(object, { $kind: kind, $deleted: now(), deletedDateTime: new Date(now()).toISOString() });
    if (object.userPrincipalName) object.userPrincipalName = object.id.replaceAll("-", "") + object.userPrincipalName;
  }
  change(kind, object.id, { gone: true });
}
export function restore(object) {
  if (object.userPrincipalName) object.userPrincipalName = object.userPrincipalName.replace(object.id.replaceAll("-", ""), "");
  checkUnique(object.$kind, object, object);
  delete db.deleted[object.id];
  delete object.deletedDateTime;
  db[object.$kind][object.id] = object;
  change(object.$kind, object.id, { back: true });
  return object;
}

// --- links
const isMailList = (object) => object.mailEnabled && !object.groupTypes?.includes("Unified");
const noMailList = (object) => isMailList(object) && bad("Cannot Update a mail-enabled security groups and or distribution list.");
function addMembers(object, ids) { // all of them or none
  noMailList(object);
  if (object.groupTypes?.includes("DynamicMembership")) bad("Insufficient privileges: the membership of the group is a rule.");
  for (const id of ids) { const [, one] = find(id); if (!one || !isReadable(one)) missing(id); }
  if (new Set(ids).size !== ids.length || ids.some((id) => object.$members.includes(id))) bad("One or more added object references already exist for the following modified properties: 'members'.");
  for (const id of ids) { object.$members.push(id); change("groups", object.id, { link: "members", target: id }); }
}
export const addMember = (object, body) => addMembers(object, [String(body["@odata.id"]).split("/").pop()]);
export function removeMember(object, id) {
  noMailList(object);
  if (!object.$members.includes(id)) missing(id);
  object.$members = object.$members.filter((one) => one !== id);
  change("groups", object.id, { link: "members", target: id, removed: true });
}
export function setManager(object, body) {
  const id = String(body["@odata.id"]).split("/").pop();
  if (!db.users[id] || !isReadable(db.users[id])) missing(id);
  object.$manager = id;
  change("users", object.id, { link: "manager", target: id });
}
export function clearManager(object) {
  const was = object.$manager;
  if (!was) missing(object.id);
  delete object.$manager;
  change("users", object.id, { link: "manager", target: was });
}

// --- bulkUpload of API-driven provisioning: taken at once, done when the job's cycle comes
export function bulkUpload(body) {
  if ((body.Operations ?? []).length > 50) bad("The number of operations exceeds the limit of 50.");
  db.jobs.push(...(body.Operations ?? []));
}
export function cycle() {
  const log = [];
  for (const { path, data } of db.jobs.splice(0)) {
    const known = Object.values(db.users).find((one) => one.employeeId === data.externalId);
    if (path !== "/Users" || !data.externalId) { log.push({ status: "failure", externalId: data.externalId }); continue; }
    const props = { employeeId: data.externalId, displayName: data.displayName, userPrincipalName: data.userName, accountEnabled: data.active === true }; // left out: disabled
    if (known) { Object.assign(known, props); change("users", known.id, { props: Object.keys(props) }); } else made("users", props);
    log.push({ status: "success", action: known ? "update" : "create", externalId: data.externalId });
  }
  return log;
}
