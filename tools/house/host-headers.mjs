import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {Readonly<{ path: string, status?: number, headers: Readonly<Record<string, string>> }>} Expected
 * @typedef {Readonly<{ path: string, wrong: readonly string[], seen: string }>} Held
 */

const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_AGAIN = "no-cache";

/** The policy that a built page has of itself. @param {string} dist */
export const policyOf = (dist) => {
  const html = readFileSync(join(dist, "index.html"), "utf8");
  const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
  if (policy === undefined) throw new Error("index.html has no policy.");
  return policy;
};

/** What a good host says of the files of a built page. @param {string} dist @returns {readonly Expected[]} */
const expectedOf = (dist) => {
  const assets = readdirSync(join(dist, "assets"));
  /** @param {RegExp} pattern */
  const asset = (pattern) => `assets/${assets.find((name) => pattern.test(name))}`;
  /** @param {string} path @param {string} type @param {{ cache?: string, encoding?: string }} [sent] */
  const file = (path, type, { cache = ASK_AGAIN, encoding = "gzip" } = {}) => ({
    path,
    headers: { "content-type": type, "cache-control": cache, "content-encoding": encoding },
  });
  const asItIs = { encoding: "" };
  const named = { cache: FOR_EVER };
  return [
    file("", "text/html; charset=utf-8"),
    file("?v=1&model=qwen2.5-7b", "text/html; charset=utf-8"),
    file("sw.js", "application/javascript; charset=utf-8"),
    file("boot.js", "application/javascript; charset=utf-8"),
    file("embed.js", "application/javascript; charset=utf-8"),
    file("embed.d.ts", "text/plain; charset=utf-8"),
    file("manifest.webmanifest", "application/manifest+json", asItIs),
    file("licences.md", "text/markdown"),
    file("icon.svg", "image/svg+xml", asItIs),
    file("favicon.ico", "image/x-icon", asItIs),
    file("preview.png", "image/png", asItIs),
    file(asset(/^index-.*\.js$/), "application/javascript; charset=utf-8", named),
    file(asset(/^engine-.*\.js$/), "application/javascript; charset=utf-8", named),
    file(asset(/^first-.*\.css$/), "text/css", named),
    { path: "assets/none.js", status: 404, headers: { "cache-control": ASK_AGAIN } },
    { path: ".git/config", status: 404, headers: { "cache-control": ASK_AGAIN } },
  ];
};

/** @param {Response} response @param {Expected} expected @param {string} policy */
const wrongWith = ({ status, headers }, expected, policy) => {
  const wanted = {
    ...expected.headers,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "access-control-allow-origin": "*",
    "content-security-policy": policy,
  };
  const wrong = Object.entries(wanted)
    .filter(([name, value]) => (headers.get(name) ?? "") !== value)
    .map(([name, value]) => `${name} is ${headers.get(name) ?? "missing"}, not ${value}`);
  const { status: code = 200 } = expected;
  return status === code ? wrong : [`the status is ${status}, not ${code}`, ...wrong];
};

/**
 * Asks a host for files of a built page, and holds what it says of them.
 *
 * @param {string} url where the page stands
 * @param {string} dist
 * @returns {Promise<readonly Held[]>}
 */
export const holdHeaders = async (url, dist) => {
  const policy = policyOf(dist);
  /** @type {Held[]} */
  const held = [];
  for (const expected of expectedOf(dist)) {
    const response = await fetch(`${url}${expected.path}`, { headers: { "Accept-Encoding": "gzip" } });
    await response.arrayBuffer();
    const seen = ["content-type", "content-encoding", "cache-control"].map((name) => response.headers.get(name) ?? "–");
    held.push({
      path: expected.path,
      wrong: wrongWith(response, expected, policy),
      seen: [response.status, ...seen].join(" | "),
    });
  }
  return held;
};
