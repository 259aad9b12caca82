import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { serveFolder } from "../../tools/house/static-server.mjs";

test.use({ serviceWorkers: "allow" });

/** A host with copies of the built page in folders of its own. */
const hostOf = async (...names: readonly string[]) => {
  const folder = await mkdtemp(join(tmpdir(), "headroom-release-"));
  for (const name of names) await cp("dist", join(folder, name), { recursive: true });
  const { port, close } = await serveFolder({ folder });
  return {
    folder,
    url: (name: string): string => `http://localhost:${port}/${name}/`,
    close: async (): Promise<void> => {
      await close();
      await rm(folder, { recursive: true });
    },
  };
};

const opened = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
};

/** Puts a release in the place of another: every script is gone, and the worker knows of none of them. */
const release = async (folder: string): Promise<void> => {
  const assets = join(folder, "assets");
  for (const name of await readdir(assets)) if (name.endsWith(".js")) await rm(join(assets, name));
  await writeFile(join(folder, "boot.js"), 'document.documentElement.dataset["release"] = "next";');
  const worker = await readFile(join(folder, "sw.js"), "utf8");
  const next = worker.replace(/"[0-9a-f]{16}"|[0-9a-f]{16}/, (version) =>
    version.replace(/[0-9a-f]{16}/, "f".repeat(16)),
  );
  await writeFile(join(folder, "sw.js"), next.replaceAll(/"\.\/assets\/[^"]+\.js",?/g, ""));
};

test("a tab that is open survives a release", async ({ page }) => {
  const host = await hostOf("page");
  await opened(page, host.url("page"));
  await release(join(host.folder, "page"));
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const isThere = (): Promise<boolean> =>
    page.evaluate(async () => {
      const { waiting, installing } = await navigator.serviceWorker.ready;
      return waiting !== null && installing === null;
    });
  await expect.poll(isThere).toBe(true);
  await page.getByRole("button", { name: /^Model/ }).click();
  await page.getByRole("combobox", { name: /Search/ }).fill("smollm");
  await expect(page.getByRole("option").first()).toContainText(/smollm/i);
  // Loaded anew it is the new page with the new script, though the worker of the one before is still there.
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-release", "next");
  await host.close();
});

test("two deployments under one origin keep a copy each", async ({ page }) => {
  const host = await hostOf("one", "other");
  await opened(page, host.url("one"));
  await opened(page, host.url("other"));
  const names = await page.evaluate(() => caches.keys());
  expect(names).toHaveLength(2);
  for (const name of ["one", "other"]) expect(names.filter((each) => each.includes(host.url(name)))).toHaveLength(1);
  await host.close();
});

test("the built folder carries the notices of everything in it", async () => {
  const notices = await readFile("dist/licences.md", "utf8");
  const { dependencies } = JSON.parse(await readFile("package.json", "utf8")) as {
    dependencies: Record<string, string>;
  };
  expect(notices).toContain("Headroom contributors");
  const named = [...notices.matchAll(/^## (\S+) - (\S+) \(/gm)].map(([, name, version]) => `${name} ${version}`);
  expect(named).toEqual(expect.arrayContaining(Object.entries(dependencies).map((each) => each.join(" "))));
  // What those bring along is there, too.
  expect(named.join("\n")).toMatch(/^d3-scale \d/m);
});
