import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "@playwright/test";
import { serveFolder } from "../../tools/house/static-server.mjs";
import { PATIENT } from "./controls.ts";

const LINK = "?v=1&model=qwen2.5-0.5b&method=qlora";

/** All of the JSON that the API answers with. */
const SCRIPT = `import { estimate } from "./dist/api.js";\nconst answered = JSON.stringify(estimate(${JSON.stringify(LINK)}));\n`;

type Api = Readonly<{ estimate: (link: string) => unknown }>;

test("the package answers in a page and in a worker as it does in Node", async ({ page }) => {
  expect(spawnSync(process.execPath, ["tools/build/package.mjs"]).status).toBe(0);
  const folder = mkdtempSync(join(tmpdir(), "headroom-api-"));
  cpSync(join("package", "dist"), join(folder, "dist"), { recursive: true });
  writeFileSync(join(folder, "page.js"), `${SCRIPT}document.querySelector("output").value = answered;\n`);
  writeFileSync(join(folder, "worker.js"), `${SCRIPT}postMessage(answered);\n`);
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><title>API</title><output></output><script type="module" src="page.js"></script>',
  );
  const { estimate } = (await import(pathToFileURL(resolve("package", "dist", "api.js")).href)) as Api;
  const inNode = JSON.stringify(estimate(LINK));
  const { port, close } = await serveFolder({ folder });
  await page.goto(`http://localhost:${port}/`);
  await expect(page.locator("output")).toHaveText(inNode, PATIENT);
  const inWorker = await page.evaluate(
    () =>
      new Promise((answer, fail) => {
        const worker = new Worker("worker.js", { type: "module" });
        worker.onmessage = ({ data }) => answer(data);
        worker.onerror = ({ message }) => fail(new Error(message));
      }),
  );
  expect(inWorker).toBe(inNode);
  await close();
  rmSync(folder, { recursive: true });
});
