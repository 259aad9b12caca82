import { expect, type Page } from "@playwright/test";
import { loadEveryPanel, unfold } from "../controls.ts";
import { axeAt } from "../looks/axe-look.ts";
import { CHOSEN } from "../looks/forced-colors.ts";
import type { Look, View } from "../looks/look.ts";
import { sideways, WHOLE_FIGURES } from "../looks/sideways.ts";
import { tabStops, tabStopsOfPage } from "../looks/tab-stops.ts";
import { forFinger, forMouse } from "../looks/targets.ts";
import { inWidestFace } from "../looks/widest-face.ts";
import { WORDS } from "../looks/words.ts";
import { walkByTab } from "../tab-walk.ts";
import { openAll, openAnswer, openSections, openSheet } from "./reach.ts";

/** The sum of the list of what is alive, and the answers of the guidance. */
const expectAnswerOpen = async (page: Page): Promise<void> => {
  await expect(page.getByRole("table").filter({ hasText: "Sum of all rows" })).toBeVisible();
  await expect(page.locator("#guide button[aria-expanded=true]")).not.toHaveCount(0);
  await expect(page.locator("#guide button[aria-expanded=false]")).toHaveCount(0);
};

/** The page while the engine still works on its answer, which comes too soon to be looked at. */
const LATE: Look = {
  name: axeAt(1440).name,
  at: async (page) => {
    const parts = page.locator("[aria-busy]");
    const root = page.locator("html");
    await root.evaluate((html) => html.setAttribute("data-late", ""));
    await parts.evaluateAll((all) => all.map((one) => one.setAttribute("aria-busy", "true")));
    await axeAt(1440).at(page);
    await root.evaluate((html) => html.removeAttribute("data-late"));
    await parts.evaluateAll((all) => all.map((one) => one.setAttribute("aria-busy", "false")));
  },
};

const readThrough = (name: string, link: string, ...widths: readonly number[]): View => ({
  name,
  link,
  stages: [{ name: "every panel", reach: loadEveryPanel, looks: [1440, ...widths].map((width) => axeAt(width)) }],
});

export const PAGE_VIEWS: readonly View[] = [
  {
    name: "the default page",
    link: "?v=1",
    stages: [
      { name: "every panel", reach: loadEveryPanel, looks: [axeAt(1440), axeAt(390), WHOLE_FIGURES, sideways()] },
      { name: "an answer that is late", looks: [LATE] },
      { name: "every section", reach: openSections, looks: [tabStopsOfPage(120)] },
      { name: "all of it open", reach: openAll, looks: [WORDS] },
    ],
  },
  {
    name: "what does not fit",
    link: "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=2&seq=4096",
    stages: [
      { name: "every panel", reach: loadEveryPanel, looks: [sideways()] },
      { name: "every section", reach: unfold, looks: CHOSEN },
      {
        name: "the answer open",
        reach: async (page) => {
          await openAnswer(page);
          await expectAnswerOpen(page);
        },
        looks: [axeAt(1440), axeAt(390), forMouse("header", "aside", "main"), forFinger("main")],
      },
      { name: "all of it open", reach: openAll, looks: [inWidestFace(["main", "header"])] },
      {
        name: "the scenario in its sheet",
        width: 390,
        reach: openSheet,
        looks: [inWidestFace(["aside"]), forFinger("aside")],
      },
    ],
  },
  {
    name: "scenarios side by side, with GPUs that divide a model",
    link: "?v=1&gpus=8&tp=2&sp=1&pp=2&accum=8&b=seq:8192&c=method:qlora;gpu:h100-sxm",
    stages: [
      {
        name: "every panel",
        reach: async (page) => {
          await loadEveryPanel(page);
          await expect(page.getByRole("region", { name: "Scenarios compared" })).toBeVisible();
        },
        looks: [axeAt(1440), axeAt(390), sideways(), inWidestFace(["#compare", "#take"])],
      },
      { name: "every section", reach: openSections, looks: [tabStopsOfPage(120)] },
    ],
  },
  {
    name: "several GPUs beside other scenarios",
    link: "?v=1&gpus=8&optim=paged_adamw_32bit&method=qlora&kbit=trl-0.11&b=shard:zero3;offload:optimizer&c=optim:adamw_bnb_8bit;targets:q-v",
    stages: [
      {
        name: "the answer open",
        reach: async (page) => {
          await openSections(page);
          await openAnswer(page);
        },
        looks: [forMouse("main"), forFinger("main")],
      },
      { name: "all of it open", reach: openAll, looks: [WORDS] },
    ],
  },
  {
    name: "a link with wrong values",
    link: "?v=1&ckpt=x&optim=zzz&shard=zzz&targets=zzz&quant=fp4&gpus=8&batch=-3&r=nope&seq=abc&foo=1",
    stages: [
      {
        name: "all of them listed",
        reach: async (page) => {
          await page.getByRole("button", { name: /^All \d+$/ }).press("Enter");
          await expect(page.getByRole("listitem").filter({ hasText: "foo" })).toBeVisible();
        },
        looks: [
          axeAt(1440),
          tabStops(2, async (page) => {
            await page.getByRole("main").focus();
            return walkByTab(page, { within: "main > div:first-child" });
          }),
        ],
      },
      { name: "all of it open", reach: openAll, looks: [WORDS] },
    ],
  },
  {
    name: "a huge scenario that fits on no GPU, with a bad link",
    link: "?v=1&model=llama-3.1-8b&gpu=h100-sxm&seq=131072&batch=64&r=512&bogus=1&used=-1",
    stages: [
      { name: "every panel", reach: loadEveryPanel, looks: [sideways()] },
      { name: "every section", reach: openSections, looks: [tabStopsOfPage(120)] },
    ],
  },
  {
    // All advice for it takes the engine half a minute, and longer than it may on a busy machine.
    name: "the longest figures, with a bad link",
    link: "?v=1&model=llama-3.1-405b&gpu=h100-sxm&seq=131072&batch=64&r=512&bogus=1&used=-1",
    stages: [{ name: "what is there at first", looks: [sideways()] }],
  },
  {
    name: "completions that vLLM makes",
    link: "?v=1&objective=grpo&gpu=h100-sxm&engine=vllm-colocate&batch=4&eval=1",
    stages: [
      { name: "what is there at first", looks: [axeAt(1440)] },
      { name: "every section", reach: openSections, looks: [tabStopsOfPage(120)] },
    ],
  },
  readThrough("what the card cannot run", "?v=1&gpu=t4&attn=flash"),
  readThrough("preferences beside a reference model", "?v=1&objective=dpo&gpu=h100-sxm", 390),
  readThrough("a run that evaluates", "?v=1&eval=1&evalkeep=logits&evalbatches=3&evalseq=512"),
  {
    name: "the article's rule of thumb",
    link: "?v=1&stack=article",
    stages: [{ name: "what is there at first", looks: [axeAt(1440)] }],
  },
  {
    name: "methods of more than 100 GiB",
    link: "?v=1&model=llama-3.1-70b&gpu=custom&vram=300GiB",
    stages: [{ name: "what is there at first", looks: [WHOLE_FIGURES] }],
  },
  {
    name: "a division that is not possible",
    link: "?v=1&gpus=8&tp=3",
    stages: [
      { name: "every section of the scenario", reach: unfold, looks: [axeAt(1440)] },
      { name: "the scenario in its sheet", width: 390, reach: openSheet, looks: [axeAt(390)] },
    ],
  },
];
