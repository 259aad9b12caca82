import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveFolder } from "../../tools/house/static-server.mjs";

const parent = mkdtempSync(join(tmpdir(), "headroom-server-"));
const folder = join(parent, "dist");
let server: Awaited<ReturnType<typeof serveFolder>>;

const ask = (path: string, port = server.port): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);

beforeAll(async () => {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(parent, "secret.txt"), "secret");
  writeFileSync(join(folder, "index.html"), "<p>page</p>");
  writeFileSync(join(folder, "assets", "script.js"), "export {};".repeat(200));
  server = await serveFolder({ folder, base: "/some/path/" });
});

afterAll(async () => {
  await server.close();
  rmSync(parent, { recursive: true });
});

test("the folder's page stands under the base path, whatever its query, and is asked for again each time", async () => {
  const response = await ask("/some/path/?v=1&r=8");
  expect(await response.text()).toBe("<p>page</p>");
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": expect.stringContaining("text/html") as string,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
  });
});

test("scripts come as scripts, packed as static hosts pack them", async () => {
  const { headers } = await ask("/some/path/assets/script.js");
  expect([headers.get("content-type"), headers.get("content-encoding")]).toEqual(["text/javascript", "gzip"]);
});

test.each(["/", "/some/path/missing.js", "/some/path/assets/", "/some/path/..%2fsecret.txt"])(
  "%s is not there, and no page stands in for it",
  async (path) => {
    const response = await ask(path);
    expect([response.status, await response.text()]).toEqual([404, expect.not.stringContaining("page")]);
  },
);

test("other origins may read the files, unless the host is closed to them", async () => {
  const closed = await serveFolder({ folder, open: false });
  const allowed = async (path: string, port?: number): Promise<string | null> =>
    (await ask(path, port)).headers.get("access-control-allow-origin");
  expect([await allowed("/some/path/"), await allowed("/", closed.port)]).toEqual(["*", null]);
  await closed.close();
});

test("a taken port is replaced by a free one, and a closed host is gone", async () => {
  const second = await serveFolder({ folder, port: server.port });
  expect(second.port).not.toBe(server.port);
  expect((await ask("/", second.port)).status).toBe(200);
  await second.close();
  await expect(ask("/", second.port)).rejects.toThrow();
});
