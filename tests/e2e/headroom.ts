import { test as base, expect, type Page } from "@playwright/test";
import { serveFolder } from "../../tools/house/static-server.mjs";
import { serveOtherSite, type OtherSite } from "../other-site.ts";
import { PATIENT } from "./controls.ts";

export { expect } from "@playwright/test";

/** Far below the root of its host, where a documentation site may put it. */
const BASE_PATH = "/some/deep/path/";

type Site = Readonly<{
  /** The page's address, without a link. */
  url: string;
  /** Takes the host away, as a lost network does. */
  close: () => Promise<void>;
}>;

type Quiet = Readonly<{
  /** Everything that was not quiet so far: console noise, exceptions, refused policies, requests to other hosts. */
  noise: () => readonly string[];
  /** For a test that makes noise on purpose. */
  forget: () => void;
}>;

/** Reports a breach of the page's own security policy on the console, in words that name it. */
const reportViolations = (): void => {
  document.addEventListener("securitypolicyviolation", (event) => {
    console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
  });
};

/** What Playwright says of each page where no service worker may come (`playwright.config.ts`). */
const BLOCKED = "Service Worker registration blocked by Playwright";

const listen = async (page: Page, origins: readonly string[]): Promise<string[]> => {
  const noise: string[] = [];
  await page.addInitScript(reportViolations);
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && message.text() !== BLOCKED)
      noise.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => noise.push(`exception: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith("http") && !origins.includes(url.origin))
      noise.push(`request left the origin: ${url.href}`);
  });
  return noise;
};

/**
 * Every test runs against the built page under a deep path, and fails on any console noise, exception, breach of the security policy or
 * request to another host, whatever else it looks at.
 */
export const test = base.extend<
  {
    quiet: Quiet;
    open: (link?: string) => Promise<void>;
    /** Opens a page of somebody else's, with this in its body. */
    host: (body: string) => Promise<void>;
  },
  { site: Site; otherSite: OtherSite }
>({
  site: [
    async ({}, provide) => {
      const { port, close } = await serveFolder({ folder: "dist", base: BASE_PATH });
      await provide({ url: `http://localhost:${port}${BASE_PATH}`, close });
      await close();
    },
    { scope: "worker" },
  ],
  otherSite: [
    async ({}, provide) => {
      const other = await serveOtherSite();
      await provide(other);
      other.close();
    },
    { scope: "worker" },
  ],
  host: async ({ page, otherSite }, provide) => {
    await provide(async (body) => {
      otherSite.show(body);
      await page.goto(otherSite.url);
    });
  },
  quiet: [
    async ({ page, site, otherSite }, provide) => {
      const noise = await listen(page, [new URL(site.url).origin, new URL(otherSite.url).origin]);
      await provide({ noise: () => noise, forget: () => noise.splice(0) });
      expect(noise).toEqual([]);
    },
    { auto: true },
  ],
  open: async ({ page, site }, provide) => {
    await provide(async (link = "") => {
      await page.goto(`${site.url}${link}`);
      await expect(page.getByRole("main")).toBeVisible(PATIENT);
      // The answer to the link has taken the place of what was drawn for every link.
      await expect(page.locator("html[data-answer]")).toHaveCount(0, PATIENT);
    });
  },
});

/** The link in the address bar, key by key. */
export const linkOf = (page: Page): Readonly<Record<string, string>> =>
  Object.fromEntries(new URL(page.url()).searchParams);
