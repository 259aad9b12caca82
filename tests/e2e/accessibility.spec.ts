import type { Page } from "@playwright/test";
import { expectNothingOfAxe, expectNothingOfAxeInBothThemes } from "./axe.ts";
import { listOf, loadEveryPanel, openBox, unfold } from "./controls.ts";
import { expect, test } from "./headroom.ts";
import { LLAMA_FACTORY } from "./training-files.ts";

type View = Readonly<{
  name: string;
  link: string;
  /** 1440 where none is said; the page is loaded in the first. */
  widths?: readonly number[];
  /** What alone is looked at in all widths but the first. */
  within?: readonly string[];
  /** What is pressed before it is looked at. */
  reach?: (page: Page) => Promise<void>;
}>;

/** What does not stand open by itself: the numbers and the list of the step, and the answers of the guidance. */
const openAnswer = async (page: Page): Promise<void> => {
  await loadEveryPanel(page);
  const step = page.locator("#moments");
  await step.getByText("The same numbers").click();
  await step.getByRole("button", { name: /^What is alive at the peak/ }).click();
  await expect(page.getByRole("table").filter({ hasText: "Sum of all rows" })).toBeVisible();
  const guide = page.locator("#guide");
  for (const name of [/^Which method/, /^Which rank/, /^Which target/, /^Serving/])
    await guide.getByRole("button", { name }).click();
  await expect(guide.locator("[aria-busy=true]")).toHaveCount(0);
};

/** A page over the page, with a part of what comes last in it. */
const dialogNamed =
  (name: string, last: Readonly<{ role: "table" | "button" | "row"; name?: RegExp; text?: string }>) =>
  async (page: Page): Promise<void> => {
    const part = page.getByRole("dialog", { name }).getByRole(last.role, { ...(last.name && { name: last.name }) });
    await expect(part.last()).toContainText(last.text ?? "");
    await expect(part.last()).toBeVisible();
  };

const DIALOG_WIDTHS = { widths: [1440, 390], within: ["dialog"] } as const;

const VIEWS: readonly View[] = [
  { name: "the page, read through", link: "?v=1", reach: loadEveryPanel },
  { name: "the page on a phone, read through", link: "?v=1", widths: [390], reach: loadEveryPanel },
  {
    name: "what does not fit, with all that opens in the answer",
    link: "?v=1&batch=2&seq=4096",
    widths: [1440, 390],
    reach: openAnswer,
  },
  { name: "what the card cannot run, read through", link: "?v=1&gpu=t4&attn=flash", reach: loadEveryPanel },
  {
    name: "preferences beside a reference model, read through",
    link: "?v=1&objective=dpo&gpu=h100-sxm",
    widths: [1440, 390],
    reach: loadEveryPanel,
  },
  { name: "completions that vLLM makes", link: "?v=1&objective=grpo&gpu=h100-sxm&engine=vllm-colocate&batch=4" },
  {
    name: "a run that evaluates, read through",
    link: "?v=1&eval=1&evalkeep=logits&evalbatches=3&evalseq=512",
    reach: loadEveryPanel,
  },
  { name: "the article's rule of thumb", link: "?v=1&stack=article" },
  { name: "GPUs that divide a model", link: "?v=1&gpus=8&tp=2&sp=1&pp=2&accum=8" },
  {
    name: "scenarios side by side",
    link: "?v=1&b=seq:8192&c=method:qlora;gpu:h100-sxm",
    reach: (page) => expect(page.getByRole("region", { name: "Scenarios compared" })).toBeVisible(),
  },
  { name: "scenarios side by side on a phone", link: "?v=1&b=seq:8192&c=method:qlora", widths: [390] },
  { name: "the embed", link: "?v=1&embed=1", widths: [640] },
  { name: "the embed with everything locked", link: "?v=1&embed=1&lock=model,gpu,batch,seq,method", widths: [390] },
  {
    name: "a link with bad values, all of them listed",
    link: "?v=1&batch=-3&ckpt=x&r=x&foo=1",
    reach: (page) => page.getByRole("button", { name: "All 4" }).click(),
  },
  { name: "every section of the scenario", link: "?v=1&gpus=8&tp=3", reach: unfold },
  {
    name: "every section of the scenario, on a phone",
    link: "?v=1&gpus=8&tp=3",
    widths: [390],
    reach: async (page) => {
      await page.getByRole("button", { name: "Change scenario" }).click();
      await unfold(page);
    },
  },
  {
    name: "an answer that is late",
    link: "?v=1&batch=4",
    reach: async (page) => {
      await loadEveryPanel(page);
      await page.locator("html").evaluate((root) => root.setAttribute("data-late", ""));
      await page.locator("[aria-busy]").evaluateAll((all) => all.map((one) => one.setAttribute("aria-busy", "true")));
    },
  },
  {
    name: "the list of sections",
    link: "?v=1",
    widths: [1024],
    reach: (page) => page.getByRole("button", { name: "Sections" }).click(),
  },
  {
    name: "a phone's menu",
    link: "?v=1",
    widths: [390],
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
    name: "the box, and what was read in it",
    link: "?v=1",
    ...DIALOG_WIDTHS,
    reach: async (page) => {
      const { box, field } = await openBox(page);
      await expectNothingOfAxe(page, "dialog");
      await field.fill(LLAMA_FACTORY);
      await box.getByRole("button", { name: "Read", exact: true }).click();
      await expect(box.getByRole("button", { name: "Undo" })).toBeVisible();
    },
  },
  {
    name: "a config.json with an error",
    link: "?v=1",
    reach: async (page) => {
      const { box, field } = await openBox(page);
      await field.fill('{"hidden_size": "big"}');
      await box.getByRole("button", { name: "Read", exact: true }).click();
      await expect(box.getByText("The scenario is what it was.")).toBeVisible();
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
  {
    name: "predicted against measured",
    link: "?v=1#accuracy",
    ...DIALOG_WIDTHS,
    reach: dialogNamed("Predicted against measured", { role: "table" }),
  },
  {
    name: "the article’s figures",
    link: "?v=1#article",
    ...DIALOG_WIDTHS,
    reach: dialogNamed("The article’s figures", { role: "row", name: /^70B QLoRA A6000/, text: "48 GB" }),
  },
  {
    name: "the page that chooses",
    link: "?v=1#choose",
    ...DIALOG_WIDTHS,
    reach: dialogNamed("Choose for me", { role: "button", name: /^Use this scenario/ }),
  },
  {
    name: "how many GPUs it takes",
    link: "?v=1#minimum-gpus",
    ...DIALOG_WIDTHS,
    reach: async (page) => {
      const dialog = page.getByRole("dialog", { name: "How many GPUs it takes" });
      await expect(dialog.getByRole("table")).toHaveCount(4);
    },
  },
];

/** How much wider the page is than the window, and what stands over it than its box, in pixels. */
const overhang = (page: Page): Promise<number> =>
  page
    .locator("html, dialog[open]")
    .evaluateAll((all) => Math.max(...all.map((one) => one.scrollWidth - one.clientWidth)));

for (const { name, link, widths = [1440], within = [], reach } of VIEWS) {
  test(`axe finds nothing in ${name}, light or dark, and nothing is wider than its window`, async ({ page, open }) => {
    const [first = 1440] = widths;
    await page.setViewportSize({ width: first, height: 900 });
    // Nothing is looked at halfway from one colour to another.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await open(link);
    await reach?.(page);
    for (const width of widths)
      await test.step(`${width} px wide`, async () => {
        await page.setViewportSize({ width, height: 900 });
        await expect.poll(() => overhang(page)).toBeLessThanOrEqual(0);
        await expectNothingOfAxeInBothThemes(page, ...(width === first ? [] : within));
      });
  });
}
