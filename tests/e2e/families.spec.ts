import { execFileSync } from "node:child_process";
import type { Page } from "@playwright/test";
import { answerText, openBox, PATIENT } from "./controls.ts";
import { expect, test } from "./headroom.ts";

type Said = Readonly<{ methods: readonly Readonly<{ onCardBytes: number }>[] }>;

const GIB = 2 ** 30;

/** What each method needs in GiB, as the terminal says it. */
const needsInTerminal = (link: string): readonly string[] => {
  const printed = execFileSync(process.execPath, ["tools/terminal/run.mjs", "estimate", "--json", link], {
    encoding: "utf8",
    // Ends with 1 where the method in focus does not fit.
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (JSON.parse(printed) as Said).methods.map(({ onCardBytes }) => (onCardBytes / GIB).toFixed(1));
};

const showsNeeds = async (page: Page, link: string): Promise<void> => {
  for (const need of needsInTerminal(link))
    await expect.poll(async () => (await answerText(page)).cards, PATIENT).toMatch(new RegExp(`${need}\\sGiB needed`));
};

test("families whose modelling code is not in the first script take what the terminal says", async ({ page, open }) => {
  // A card that the method in focus fits on.
  for (const model of ["gpt2", "olmo-2-7b", "olmoe-1b-7b"])
    await test.step(model, async () => {
      const link = `?v=1&model=${model}&gpu=h200-sxm`;
      await open(link);
      await showsNeeds(page, link);
    });
});

const OLMO_2 = {
  model_type: "olmo2",
  hidden_size: 2048,
  num_hidden_layers: 16,
  num_attention_heads: 16,
  num_key_value_heads: 16,
  intermediate_size: 8192,
  vocab_size: 100_352,
  max_position_embeddings: 4096,
  tie_word_embeddings: false,
};

test("a pasted config.json of such a family waits for its modelling code, and its link opens with the same answer", async ({
  page,
  open,
}) => {
  await open("?v=1&gpu=h200-sxm");
  const { box, field } = await openBox(page);
  await field.fill(JSON.stringify(OLMO_2));
  await box.getByRole("button", { name: "Read", exact: true }).click();
  await box.getByRole("button", { name: "Done" }).click();
  await expect.poll(() => new URL(page.url()).search).toContain("arch=");
  const { search } = new URL(page.url());
  await showsNeeds(page, search);
  await page.reload();
  await showsNeeds(page, search);
});
