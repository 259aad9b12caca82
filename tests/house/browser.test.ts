import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { expect, test } from "vitest";
import { BROWSER_FLAGS } from "../../tools/house/browser.mjs";

test("what Playwright turns off in Chromium stays off, though of two lists the browser follows the last", () => {
  const playwright = readFileSync(createRequire(import.meta.url).resolve("playwright-core/lib/coreBundle"), "utf8");
  const [, list = ""] = /disabledFeatures = \[([^\]]*)\]/.exec(playwright) ?? [];
  const names = [...list.matchAll(/^ *"(\w+)",?$/gm)].map(([, name = ""]) => name);
  expect(names).toContain("PaintHolding");
  const ours = BROWSER_FLAGS.filter((flag) => flag.startsWith("--disable-features="));
  expect(ours).toHaveLength(1);
  const off = ours[0]?.replace(/^[^=]*=/, "").split(",");
  // Edge alone knows what starts with its maker's letters.
  expect(off).toEqual(expect.arrayContaining(names.filter((name) => !name.startsWith("ms"))));
});
