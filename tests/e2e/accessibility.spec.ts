import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./headroom.ts";

const VIEWS = [
  { name: "the page", link: "" },
  { name: "the page of a link with bad values", link: "?v=1&batch=-3&gpu=abacus" },
  { name: "the embed", link: "?embed=1" },
  { name: "GPUs that divide a model", link: "?v=1&gpus=8&tp=2&sp=1&pp=2&accum=8" },
  { name: "scenarios side by side", link: "?v=1&b=seq:8192&c=method:qlora;gpu:h100-sxm" },
];

for (const theme of ["light", "dark"] as const) {
  for (const { name, link } of VIEWS) {
    test(`axe finds nothing in ${name}, ${theme}`, async ({ page, open }) => {
      await open(`${link}${link === "" ? "?" : "&"}theme=${theme}`);
      const { violations, passes } = await new AxeBuilder({ page }).analyze();
      expect(passes.length).toBeGreaterThan(10);
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
    });
  }
}

test("axe finds nothing with every section of the scenario open, on a phone", async ({ page, open }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open("?v=1&gpus=8&tp=3");
  await page.getByRole("button", { name: "Change scenario" }).click();
  const folded = page.getByRole("complementary", { name: "Scenario" }).locator("button[aria-expanded=false]");
  const sections = folded.and(page.locator("button:not([aria-haspopup])"));
  for (let left = await sections.count(); left > 0; left--) await sections.nth(left - 1).click();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
});

test("axe finds nothing in the ways out and the embed dialog", async ({ page, open }) => {
  await open("?v=1&batch=2");
  await page.waitForLoadState("networkidle");
  await page.locator("#take").scrollIntoViewIfNeeded();
  await page.getByRole("button", { name: "Embed in a page" }).click();
  await expect(page.getByRole("dialog").getByRole("textbox")).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include("#take").analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`)).toEqual([]);
});
