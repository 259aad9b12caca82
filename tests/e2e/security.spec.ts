import { readFileSync } from "node:fs";
import { expect, test } from "./headroom.ts";

test("the page forbids itself inline code, inline style and other hosts", () => {
  const html = readFileSync("dist/index.html", "utf8");
  const [, written = ""] = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
  const policy = written.replaceAll("&#39;", "'");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("style-src 'self';");
  expect(policy).toContain("require-trusted-types-for 'script'");
  // The drawn answer is data: no browser runs it, and the policy says nothing of it.
  const code = html.replace(/<script type="application\/json" [^>]*>[^<]*<\/script>/, "");
  expect(code).not.toMatch(/\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)/);
});

test("a breach of the policy would be seen by these tests", async ({ page, open, quiet }) => {
  await open();
  await page.evaluate(() => document.body.setAttribute("style", "color: red"));
  await expect.poll(() => quiet.noise().join("\n")).toContain("policy: style-src-attr");
  quiet.forget();
});

test.describe("what is kept for use without a network", () => {
  test.use({ serviceWorkers: "allow" });

  for (const link of ["", "?v=1&batch=2"])
    test(`is kept within the policy, and without a word: ${link || "the default page"}`, async ({
      page,
      open,
      site,
    }) => {
      await open(link);
      const scope = await page.evaluate(async () => (await navigator.serviceWorker.ready).scope);
      expect(scope).toBe(site.url);
    });

  test("is nothing of an embed", async ({ page, open }) => {
    await open("?v=1&embed=1");
    // The last part that every page loads: it asks for a worker where there is one to be.
    await page.waitForFunction(() =>
      performance.getEntriesByType("resource").some(({ name }) => name.includes("startup-tasks")),
    );
    await page.waitForTimeout(1500);
    const stored = await page.evaluate(async () => ({
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      caches: await caches.keys(),
      values: [...Object.keys(localStorage), ...Object.keys(sessionStorage)],
    }));
    expect(stored).toEqual({ workers: 0, caches: [], values: [] });
  });
});
