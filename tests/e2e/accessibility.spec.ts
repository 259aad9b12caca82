import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { listOf, scenarioOf, unfold } from "./controls.ts";
import { expect, test } from "./headroom.ts";

type View = Readonly<{
  name: string;
  link: string;
  /** 1440 where it is not said. */
  width?: number;
  /** What is pressed before it is looked at. */
  reach?: (page: Page) => Promise<void>;
}>;

/** Every panel comes when it comes near. */
const readThrough = async (page: Page): Promise<void> => {
  const { height } = page.viewportSize() ?? { height: 800 };
  const end = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let top = 0; top < end; top += height / 2) {
    await page.evaluate((to) => scrollTo(0, to), top);
    await page.waitForTimeout(50);
  }
  await expect(page.getByRole("group", { name: "Picture" })).toBeVisible();
  await expect(
    page
      .getByRole("img", { name: /^LoRA|^Largest|^Longest/ })
      .or(page.locator("#fits table"))
      .first(),
  ).toBeVisible();
};

const dialogNamed =
  (name: string) =>
  (page: Page): Promise<void> =>
    expect(page.getByRole("dialog", { name })).toBeVisible();

const VIEWS: readonly View[] = [
  { name: "the page, read through", link: "?v=1", reach: readThrough },
  { name: "the page on a phone, read through", link: "?v=1", width: 390, reach: readThrough },
  { name: "what does not fit, read through", link: "?v=1&batch=4&seq=4096", reach: readThrough },
  { name: "what the card cannot run, read through", link: "?v=1&gpu=t4&attn=flash", reach: readThrough },
  { name: "GPUs that divide a model", link: "?v=1&gpus=8&tp=2&sp=1&pp=2&accum=8", reach: readThrough },
  { name: "scenarios side by side", link: "?v=1&b=seq:8192&c=method:qlora;gpu:h100-sxm" },
  { name: "scenarios side by side on a phone", link: "?v=1&b=seq:8192&c=method:qlora", width: 390 },
  { name: "the embed", link: "?v=1&embed=1", width: 640 },
  { name: "the embed with everything locked", link: "?v=1&embed=1&lock=model,gpu,batch,seq,method", width: 390 },
  {
    name: "a link with bad values, all of them listed",
    link: "?v=1&batch=-3&gpu=abacus&r=x&foo=1",
    reach: (page) => page.getByRole("button", { name: "All 4" }).click(),
  },
  { name: "every section of the scenario", link: "?v=1&gpus=8&tp=3", reach: unfold },
  {
    name: "every section of the scenario, on a phone",
    link: "?v=1&gpus=8&tp=3",
    width: 390,
    reach: async (page) => {
      await page.getByRole("button", { name: "Change scenario" }).click();
      await unfold(page);
    },
  },
  {
    name: "an answer that is late",
    link: "?v=1&batch=4",
    reach: async (page) => {
      await readThrough(page);
      await page.locator("html").evaluate((root) => root.setAttribute("data-late", ""));
      await page.locator("[aria-busy]").evaluateAll((all) => all.map((one) => one.setAttribute("aria-busy", "true")));
    },
  },
  {
    name: "the list of sections",
    link: "?v=1",
    width: 1024,
    reach: (page) => page.getByRole("button", { name: "Sections" }).click(),
  },
  {
    name: "a phone's menu",
    link: "?v=1",
    width: 390,
    reach: async (page) => {
      await page.getByRole("button", { name: "Menu" }).click();
      await expect(page.getByRole("button", { name: /^Theme/ })).toBeVisible();
    },
  },
  {
    name: "a list in which nothing is found",
    link: "?v=1",
    reach: async (page) => {
      await listOf(page, "Model").click();
      await page.getByRole("combobox", { name: "Search: Model" }).fill("xyzzy");
    },
  },
  {
    name: "a config.json with an error",
    link: "?v=1",
    reach: async (page) => {
      await scenarioOf(page).getByRole("button", { name: "Paste config.json" }).click();
      await scenarioOf(page)
        .getByRole("textbox", { name: /config\.json/ })
        .fill('{"hidden_size": "big"}');
      await scenarioOf(page).getByRole("button", { name: "Use this model" }).click();
    },
  },
  {
    name: "the embed's dialog",
    link: "?v=1&batch=2",
    reach: async (page) => {
      await page.getByRole("button", { name: "Embed", exact: true }).click();
      await expect(page.getByRole("dialog").getByRole("textbox")).toBeVisible();
    },
  },
  { name: "predicted against measured", link: "?v=1#accuracy", reach: dialogNamed("Predicted against measured") },
  { name: "the article’s figures", link: "?v=1#article", reach: dialogNamed("The article’s figures") },
  { name: "the page that chooses", link: "?v=1#choose", reach: dialogNamed("Choose for me") },
  { name: "how many GPUs it takes", link: "?v=1#minimum-gpus", reach: dialogNamed("How many GPUs it takes") },
];

for (const { name, link, width = 1440, reach } of VIEWS) {
  test(`axe finds nothing in ${name}, light or dark`, async ({ page, open }) => {
    await page.setViewportSize({ width, height: 900 });
    // Nothing is looked at halfway from one colour to another.
    await page.emulateMedia({ reducedMotion: "reduce" });
    const [search, hash = ""] = link.split("#");
    await open(`${search}&theme=light${hash === "" ? "" : `#${hash}`}`);
    await reach?.(page);
    for (const theme of ["light", "dark"]) {
      await page.locator("html").evaluate((root, to) => (root.dataset["theme"] = to), theme);
      // The embed's dialog shows the embed itself, which is looked at above.
      const { violations, passes } = await new AxeBuilder({ page }).exclude("iframe").analyze();
      expect(passes.length).toBeGreaterThan(10);
      const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      expect(found, theme).toEqual([]);
    }
  });
}
