// Asks one of npm's clients for a token, once; run by other_clients.py, with the variables of the case as its environment.
// One line of JSON on stdin holds the client, the resource, a client ID, whether the Arc agent is to seem installed, the
// port that stands for the agent's own, and the root of the host. The answer is one line with the error, or null. No
// socket leaves this machine.
import fs from "node:fs";
import net from "node:net";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { pathToFileURL } from "node:url";

const HIMDS = "/opt/azcmagent/bin/himds";
const KEYS = "/var/opt/azcmagent/tokens/";
const given = JSON.parse(fs.readFileSync(0, "utf8"));

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...parts) {
  const options = Array.isArray(parts[0]) ? parts[0][0] : parts[0];
  if (options && typeof options === "object" && options.port) {
    const host = options.host ?? "localhost";
    if (host !== "localhost" && host !== "::1" && !/^127\./.test(host)) {
      const refused = Object.assign(new Error(`connect ENETUNREACH ${host}:${options.port}`), { code: "ENETUNREACH" });
      process.nextTick(() => this.destroy(refused));
      return this;
    }
    if (Number(options.port) === 40342) options.port = given.agent_port;
  }
  return connect.apply(this, parts);
};

const inRoot = (path) => (typeof path === "string" && path.startsWith(KEYS) ? given.root + path : path);
for (const name of ["statSync", "readFileSync"]) {
  const real = fs[name];
  fs[name] = (path, ...rest) => real(inRoot(path), ...rest);
}
const access = fs.accessSync;
fs.accessSync = (path, ...rest) => {
  if (path !== HIMDS) return access(path, ...rest);
  if (!given.himds) throw new Error("ENOENT");
};
syncBuiltinESMExports();

const packages = createRequire(`${given.packages}/package.json`);
const load = (name) => import(pathToFileURL(packages.resolve(name)));
try {
  if (given.client === "msal-node") {
    const { ManagedIdentityApplication } = await load("@azure/msal-node");
    const ids = given.client_id ? { userAssignedClientId: given.client_id } : {};
    const app = new ManagedIdentityApplication({
      managedIdentityIdParams: ids,
      system: { disableInternalRetries: true },
    });
    await app.acquireToken({ resource: given.resource });
  } else {
    const { ManagedIdentityCredential } = await load("@azure/identity");
    const credential = new ManagedIdentityCredential({
      clientId: given.client_id ?? undefined,
      retryOptions: { maxRetries: 0 },
    });
    await credential.getToken(`${given.resource}/.default`);
  }
  console.log(JSON.stringify({ error: null }));
} catch (error) {
  console.log(JSON.stringify({ error: `${error.name}: ${error.message}` }));
}
process.exit(0);
