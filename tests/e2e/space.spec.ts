import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { makeSpace } from "../../tools/build/space-folder.mjs";
import { serveFolder } from "../../tools/house/static-server.mjs";

/** Where a file server may have it, which knows nothing of the page. */
const BASE = "/spaces/somebody/headroom/";

test("the folder of a Space answers a link from a file server, under a path of its own", async ({ page }) => {
  const folder = await mkdtemp(join(tmpdir(), "headroom-space-"));
  makeSpace("dist", folder);
  const { port, close } = await serveFolder({ folder, base: BASE });
  const url = `http://localhost:${port}${BASE}`;
  const elsewhere: string[] = [];
  page.on("pageerror", ({ message }) => elsewhere.push(message));
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) elsewhere.push(request.url());
  });

  await page.goto(`${url}?v=1&model=qwen2.5-7b&method=qlora`);
  await expect(page.locator("html[data-answer]")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Model/ })).toContainText("Qwen2.5 7B");
  await expect(page.getByRole("button", { name: /^QLoRA/, pressed: true })).toContainText(/\d+\.\d GiB/);
  expect(elsewhere).toEqual([]);
  expect(await (await page.request.get(`${url}README.md`)).text()).toMatch(/^---\ntitle: Headroom\n/);
  expect(await (await page.request.get(`${url}licences.md`)).text()).toContain("Headroom contributors");
  await close();
  await rm(folder, { recursive: true });
});
