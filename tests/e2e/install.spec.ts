import type { Page } from "@playwright/test";
import { expect, test } from "./headroom.ts";

const devToolsOf = (page: Page) => page.context().newCDPSession(page);

test("a browser can install the page, each copy under the address where it stands", async ({ page, open }) => {
  await open();
  const devTools = await devToolsOf(page);
  const { url, errors } = await devTools.send("Page.getAppManifest");
  expect({ url, errors }).toEqual({ url: new URL("manifest.webmanifest", page.url()).href, errors: [] });
  const { appId } = await devTools.send("Page.getAppId");
  expect(appId).toBe(new URL("./", page.url()).href);
  const { installabilityErrors } = await devTools.send("Page.getInstallabilityErrors");
  // A test's window keeps nothing.
  expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(["in-incognito"]);
});

test("every icon that the page and its manifest name is there", async ({ page, open }) => {
  await open();
  const named = await page.evaluate(async () => {
    const manifest = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')?.href ?? "";
    const { icons } = (await (await fetch(manifest)).json()) as { icons: readonly { src: string }[] };
    const links = [...document.querySelectorAll<HTMLLinkElement>('link[rel~="icon"], link[rel="apple-touch-icon"]')];
    return [...links.map(({ href }) => href), ...icons.map(({ src }) => new URL(src, manifest).href)];
  });
  expect(named.length).toBeGreaterThan(5);
  for (const address of named) expect((await page.request.get(address)).status(), address).toBe(200);
});

test("the browser's own bars have the colour of the theme that is shown", async ({ page, open }) => {
  await page.emulateMedia({ colorScheme: "light" });
  // Of several that fit a browser takes the first one.
  const barsOf = (): Promise<string | undefined> =>
    page.evaluate(
      () =>
        [...document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')].find(
          ({ media }) => media === "" || matchMedia(media).matches,
        )?.content,
    );
  const groundOf = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--surface").trim());
  await open();
  await expect.poll(barsOf).toBe("#ffffff");
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(barsOf).toBe("#121417");
  expect(await groundOf()).toBe("#121417");
  await page.emulateMedia({ colorScheme: "light" });
  await open("?v=1&theme=dark");
  await expect.poll(barsOf).toBe("#121417");
  expect(await groundOf()).toBe("#121417");
  await page.getByRole("button", { name: "Theme: dark" }).click();
  await expect.poll(barsOf).toBe("#ffffff");
  expect(await groundOf()).toMatch(/^#fff(fff)?$/);
});
