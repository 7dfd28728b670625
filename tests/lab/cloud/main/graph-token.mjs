// SPDX-License-Identifier: Apache-2.0
// The token endpoint. It verifies what it is given: a secret, an assertion signed with a registered
// certificate (PS256 with x5t#S256, RS256 with x5t), a token of a platform that is trusted.
import { constants, createHash, createPublicKey, randomUUID, verify, X509Certificate } from "node:crypto";
import { now, PORT, set, TENANT } from "./graph-state.mjs";

const CLIENT = process.env.CLIENT ?? "lab-client";
export const SECRET = process.env.SECRET ?? "lab-secret";
const tokens = new Map(); // text -> its end
const certificates = []; // X509Certificate
const platforms = []; // {issuer, subject, key}
const used = new Set(); // jti
export const url = `http://127.0.0.1:${PORT}/${TENANT}/oauth2/v2.0/token`;

export const trustCertificate = (pem) => certificates.push(new X509Certificate(pem));
export const trustPlatform = ({ issuer, subject, key }) => platforms.push({ issuer, subject, key: createPublicKey(key) });
export const revoke = () => tokens.clear();
export const isGood = (authorization) => (tokens.get((authorization ?? "").replace(/^Bearer /, "")) ?? 0) > now();

class No extends Error { constructor(code, text) { super(text); this.code = code; } }
const no = (code, text) => { throw new No(code, text); };
const part = (text) => { try { return JSON.parse(Buffer.from(text, "base64url")); } catch { return no(50027, "Invalid JWT token."); } };
const hash = (name, certificate) => createHash(name).update(certificate.raw).digest("base64url");
const isSigned = (alg, text, key, signature) => alg === "PS256"
  ? verify("sha256", text, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }, signature)
  : alg === "RS256" && verify("sha256", text, { key, padding: constants.RSA_PKCS1_PADDING }, signature);

function lasts({ nbf = 0, exp }) {
  const second = now() / 1000;
  if (!(exp > second - 300) || nbf > second + 300) no(700024, "Client assertion is not within its valid time range.");
}
function byCertificate(header, claims, text, signature) {
  const known = certificates.find((one) => header["x5t#S256"] === hash("sha256", one) || header.x5t === hash("sha1", one));
  if (!known) no(700027, "The certificate with identifier used to sign the client assertion is not registered on application.");
  if (header.alg === "PS256" && !header["x5t#S256"]) no(50027, "Invalid JWT token. PS256 needs x5t#S256.");
  if (new Date(known.validTo).getTime() < now()) no(7000222, "The provided client certificate is expired.");
  if (!isSigned(header.alg, text, known.publicKey, signature)) no(700027, "The key was not used to sign the client assertion.");
  if (claims.iss !== CLIENT || claims.sub !== CLIENT) no(700023, "Client assertion: iss and sub must be the client.");
  if (claims.aud !== url) no(700023, `Client assertion audience claim does not match: ${claims.aud}`);
  if (!(claims.exp - claims.nbf <= 660)) no(700024, "Client assertion lasts too long.");
  if (!claims.jti || used.has(claims.jti)) no(50013, "Assertion was used before.");
  used.add(claims.jti);
}
function byPlatform(header, claims, text, signature) {
  const known = platforms.find((one) => one.issuer === claims.iss && one.subject === claims.sub);
  if (!known) no(700213, "No matching federated identity record found for presented assertion subject.");
  if (claims.aud !== "api://AzureADTokenExchange") no(700212, "No matching federated identity record found for presented assertion audience.");
  if (!isSigned(header.alg, text, known.key, signature)) no(50027, "Invalid JWT token.");
}
function checkAssertion(body) {
  if (body.client_assertion_type !== "urn:ietf:params:oauth:client-assertion-type:jwt-bearer") no(50027, "Invalid client_assertion_type.");
  if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(body.client_assertion)) no(50027, "Invalid JWT token.");
  const [h, c, s] = String(body.client_assertion).split("."), header = part(h ?? ""), claims = part(c ?? "");
  lasts(claims);
  const isOurs = claims.iss === CLIENT || header.x5t || header["x5t#S256"];
  (isOurs ? byCertificate : byPlatform)(header, claims, Buffer.from(`${h}.${c}`), Buffer.from(s ?? "", "base64url"));
}
function check(tenant, body) {
  if (tenant !== TENANT) no(90002, "Tenant not found.");
  if (body.client_id !== CLIENT) no(700016, "Application not found.");
  if (body.grant_type !== "client_credentials" || !/\/\.default$/.test(body.scope ?? "")) no(70011, "The provided value for the input parameter 'scope' is not valid.");
  if (body.client_assertion !== undefined) checkAssertion(body);
  else if (body.client_secret !== SECRET) no(7000215, "Invalid client secret provided.");
}
export function give(req, res) {
  res.set("Date", new Date(now()).toUTCString());
  try { check(req.params.tenant, req.body); } catch (error) {
    return res.status(401).json({ error: "invalid_client", error_description: `AADSTS${error.code}: ${error.message}`, error_codes: [error.code],
      timestamp: new Date(now()).toISOString(), trace_id: randomUUID(), correlation_id: randomUUID() });
  }
  const token = randomUUID();
  tokens.set(token, now() + set.life * 1000);
  return res.json({ token_type: "Bearer", expires_in: set.life, ext_expires_in: set.life, access_token: token });
}
