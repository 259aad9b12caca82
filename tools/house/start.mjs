// npm start [-- --port N --host H]: installs what is missing, builds, serves the production build and prints the address.
import { join } from "node:path";
import { readCommandLine, refuseCommandLine } from "./command-line.mjs";
import { installDependencies } from "./install-dependencies.mjs";
import { ROOT, runCommand } from "./run-command.mjs";
import { serveFolder } from "./static-server.mjs";

const DEFAULT_PORT = 4173;

const USAGE = `Usage: npm start -- [--port N] [--host NAME]

Installs what is missing, builds, serves the production build and prints the address.

  --port N     ${DEFAULT_PORT}, or PORT of the environment; where it is taken, the next that is free; 0: any
  --host NAME  127.0.0.1, this machine alone`;

/** @param {string} text */
const parsePort = (text) => {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return port;
  return refuseCommandLine(`Not a port: ${text}. Give a whole number from 0 (any free port) to 65535.`, USAGE);
};

const { values } = readCommandLine(USAGE, {
  options: { port: { type: "string" }, host: { type: "string", default: "127.0.0.1" } },
});
const { port: wanted, host } = values;
const port = parsePort(wanted ?? process.env["PORT"] ?? String(DEFAULT_PORT));

await installDependencies();
console.log("Building ...");
const build = await runCommand(process.execPath, ["tools/build/build.mjs"]);
if (build.code !== 0) {
  console.error(build.output);
  process.exit(build.code);
}
const server = await serveFolder({ folder: join(ROOT, "dist"), host, port });
if (port !== 0 && server.port !== port) console.log(`Port ${port} is taken.`);
console.log(`Headroom is at http://${host === "127.0.0.1" ? "localhost" : host}:${server.port}/ (Ctrl+C ends it)`);
