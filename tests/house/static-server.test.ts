import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serveFolder } from "../../tools/house/static-server.mjs";

const parent = mkdtempSync(join(tmpdir(), "headroom-server-"));
const folder = join(parent, "dist");
let server: Awaited<ReturnType<typeof serveFolder>>;

type Reply = Readonly<{ status: number | undefined; headers: Readonly<Record<string, unknown>>; body: string }>;

/** node:http, because fetch would tidy up the paths that are asked for here. */
const ask = (path: string, method = "GET"): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const asked = request({ port: server.port, host: "127.0.0.1", path, method }, (response) => {
      let body = "";
      response.on("data", (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    });
    asked.on("error", reject).end();
  });

beforeAll(async () => {
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(join(parent, "secret.txt"), "secret");
  writeFileSync(join(folder, "index.html"), "<p>page</p>");
  writeFileSync(join(folder, "assets", "a b.js"), "export {};");
  server = await serveFolder({ folder, base: "/some/path/" });
});

afterAll(async () => {
  await server.close();
  rmSync(parent, { recursive: true });
});

test("the folder's page stands under the base path, whatever its query", async () => {
  const { status, headers, body } = await ask("/some/path/?v=1&r=8");
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("text/html; charset=utf-8");
  expect(headers["cache-control"]).toBe("no-cache");
  expect(body).toBe("<p>page</p>");
});

test("scripts are served as scripts, names decoded", async () => {
  const { status, headers } = await ask("/some/path/assets/a%20b.js");
  expect(status).toBe(200);
  expect(headers["content-type"]).toBe("text/javascript; charset=utf-8");
});

test("the base path without its last slash leads to the one with it", async () => {
  const { status, headers } = await ask("/some/path");
  expect([status, headers["location"]]).toEqual([301, "/some/path/"]);
});

test.each([
  "/",
  "/index.html",
  "/some/path/missing.js",
  "/some/path/assets/",
  "/some/path/assets",
  "/some/path/../../../secret.txt",
  "/some/path/..%2fsecret.txt",
  "/some/path/%2e%2e/secret.txt",
  "/some/path/%00",
  "/some/path/%zz",
])("%s is not there", async (path) => {
  const { status, body } = await ask(path);
  expect([status, body]).toEqual([404, "404\n"]);
});

test("nothing can be sent to it", async () => {
  expect((await ask("/some/path/", "POST")).status).toBe(405);
});

test("a taken port is replaced by a free one", async () => {
  const second = await serveFolder({ folder, port: server.port });
  expect(second.port).not.toBe(server.port);
  await second.close();
});
