import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { gzipSync } from "node:zlib";

/** @type {Readonly<Record<string, string>>} */
const MIME_TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".webmanifest": "application/manifest+json; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".png": "image/png",
  ".ico": "image/x-icon",
};

/**
 * The file that a request path names: inside the folder or none, `index.html` for a folder.
 *
 * @param {string} folder
 * @param {string} path decoded, starting with a slash
 * @returns {Promise<string | null>}
 */
const findFile = async (folder, path) => {
  const named = normalize(join(folder, path));
  if (path.includes("\0") || !(named + sep).startsWith(normalize(folder + sep))) return null;
  const file = path.endsWith("/") ? join(named, "index.html") : named;
  const found = await stat(file).catch(() => null);
  return found?.isFile() ? file : null;
};

/** @param {string} url */
const decodedPath = (url) => {
  try {
    return decodeURIComponent(new URL(url, "http://localhost").pathname);
  } catch {
    return null;
  }
};

/**
 * @param {import("node:http").ServerResponse} response
 * @param {number} status
 * @param {Record<string, string>} [headers]
 */
const refuse = (response, status, headers = {}) => {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", ...headers });
  response.end(`${status}\n`);
};

/**
 * @param {Readonly<{ request: import("node:http").IncomingMessage, response: import("node:http").ServerResponse, open: boolean }>} exchange
 * @param {string} file
 */
const sendFile = async ({ request, response, open }, file) => {
  const type = MIME_TYPES[extname(file)] ?? "application/octet-stream";
  const zip = type.includes("charset") && /\bgzip\b/.test(String(request.headers["accept-encoding"]));
  const content = await readFile(file);
  const body = zip ? gzipSync(content) : content;
  response.writeHead(200, {
    "Content-Type": type,
    "Content-Length": body.length,
    // Ask again each time: the address is the same after a rebuild.
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    // As public static hosts say: a sandboxed frame has no origin of its own and may load modules only where everybody may.
    ...(open ? { "Access-Control-Allow-Origin": "*" } : {}),
    ...(zip ? { "Content-Encoding": "gzip", Vary: "Accept-Encoding" } : {}),
  });
  response.end(request.method === "HEAD" ? undefined : body);
};

/**
 * Serves a folder of files as a static host does: right types, gzip, nothing else.
 *
 * @param {Readonly<{ folder: string, base?: string, host?: string, port?: number, open?: boolean }>} options `base`: the path that the folder stands
 * under, `/` by default; `port` 0 (the default) is any free one, and a taken one is replaced by a free one; `open` false: other
 * origins may not read the files
 * @returns {Promise<Readonly<{ port: number, close: () => Promise<void> }>>}
 */
export const serveFolder = async ({ folder, base = "/", host = "127.0.0.1", port = 0, open = true }) => {
  const server = createServer((request, response) => {
    const answer = async () => {
      const path = decodedPath(request.url ?? "/");
      if (request.method !== "GET" && request.method !== "HEAD") return refuse(response, 405, { Allow: "GET, HEAD" });
      if (path !== null && `${path}/` === base) return refuse(response, 301, { Location: base });
      const file = path?.startsWith(base) ? await findFile(folder, `/${path.slice(base.length)}`) : null;
      return file === null ? refuse(response, 404) : sendFile({ request, response, open }, file);
    };
    answer().catch(() => response.destroy());
  });

  /** @param {number} wanted */
  const listen = (wanted) =>
    new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(wanted, host, () => resolve(server.off("error", reject)));
    });
  await listen(port).catch((/** @type {NodeJS.ErrnoException} */ error) => {
    if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    return listen(0);
  });

  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  const close = () =>
    /** @type {Promise<void>} */ (
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })
    );
  return { port: address.port, close };
};
