import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, type Page, test } from "@playwright/test";
import { hostOf, NEXT, releaseNext } from "./release-host.ts";

test.use({ serviceWorkers: "allow" });

const opened = async (page: Page, url: string): Promise<void> => {
  await page.goto(url);
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
};

/** The browser has fetched the next release's service worker, which waits. */
const nextWaits = async (page: Page): Promise<void> => {
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  const isThere = (): Promise<boolean> =>
    page.evaluate(async () => {
      const { waiting, installing } = await navigator.serviceWorker.ready;
      return waiting !== null && installing === null;
    });
  await expect.poll(isThere).toBe(true);
};

const search = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: /^Model/ }).click();
  await page.getByRole("combobox", { name: /Search/ }).fill("smollm");
  await expect(page.getByRole("option").first()).toContainText(/smollm/i);
};

test("a tab that is open survives a release", async ({ page }) => {
  const host = await hostOf("page");
  await opened(page, host.url("page"));
  await releaseNext(join(host.folder, "page"));
  await nextWaits(page);
  await search(page);
  await expect(page.getByText("A new version is here")).toHaveCount(0);
  // Loaded anew it is the new page with the new script, though the worker of the one before is still there.
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-release", NEXT);
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

test("a release of the one leaves the tabs and the copy of the other alone", async ({ page, context }) => {
  const host = await hostOf("one", "other");
  await opened(page, host.url("one"));
  const other = await context.newPage();
  await opened(other, host.url("other"));
  await releaseNext(join(host.folder, "one"));
  await nextWaits(page);
  await page.goto("about:blank");
  // The last tab of the one is closed: the next release's worker takes its place, and deletes what it alone had.
  await page.goto(host.url("one"));
  await expect(page.locator("html")).toHaveAttribute("data-release", NEXT);
  const copies = async (name: string): Promise<readonly string[]> =>
    (await other.evaluate(() => caches.keys())).filter((each) => each.includes(host.url(name)));
  await expect.poll(() => copies("one")).toEqual([expect.stringContaining("f".repeat(16))]);
  expect(await copies("other")).toHaveLength(1);
  await host.leave();
  await search(other);
  await search(page);
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
