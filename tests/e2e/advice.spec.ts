import type { Locator, Page } from "@playwright/test";
import { expectNothingOfAxe } from "./axe.ts";
import { answerText, openBox, PATIENT, scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

const OVER = "?v=1&batch=2&seq=4096";

/** A panel, brought near and filled. */
const panel = async (page: Page, name: RegExp): Promise<Locator> => {
  const region = page.getByRole("region", { name });
  await region.scrollIntoViewIfNeeded();
  // All cards and the code of other libraries come now.
  await page.waitForLoadState("networkidle");
  await expect(region.locator("[aria-busy=false]").first()).toBeVisible(PATIENT);
  return region;
};

/** The guidance, which asks the engine nothing until a part of it is opened. */
const guidance = async (page: Page): Promise<Locator> => {
  const region = page.getByRole("region", { name: /^Guidance/ });
  await region.scrollIntoViewIfNeeded();
  await expect(region.getByRole("link", { name: "The article’s figures" })).toBeVisible();
  return region;
};

test("the sentence under the verdict makes the method fit in one click, and undo brings it back", async ({
  page,
  open,
}) => {
  await open(OVER);
  const top = page.getByRole("region", { name: "What to change first" });
  await expect(top).toContainText("To make LoRA fit: use a fused loss, which saves", PATIENT);
  await top.getByRole("button", { name: "Apply" }).click();
  await expect.poll(() => linkOf(page)["loss"]).toBe("fused");
  await expect(page.getByRole("button", { name: /^LoRA Fits/ })).toBeVisible();
  await expect(top).toContainText("LoRA has room for", PATIENT);
  await page.getByRole("button", { name: "Undo" }).first().click();
  await expect(top).toContainText("To make LoRA fit");
  await expect.poll(() => linkOf(page)["loss"]).toBeUndefined();
});

test("what to change is driven by the keyboard: apply, then undo under the focus", async ({ page, open }) => {
  await open(OVER);
  await panel(page, /^Make it fit LoRA/);
  // Its name is another one once it fits.
  const changes = page.locator("#changes");
  await changes.getByRole("button", { name: /^Learns less/ }).press("Enter");
  await changes.getByRole("button", { name: /^Apply: Sequence to [\d,]+$/ }).press("Enter");
  await expect.poll(() => linkOf(page)["seq"]).toBeDefined();
  await expect(changes.getByRole("button", { name: "Undo" })).toBeFocused();
  expect(Number(linkOf(page)["seq"])).toBeLessThan(4096);
  await page.keyboard.press("Enter");
  await expect.poll(() => linkOf(page)["seq"]).toBe("4096");
});

test("make it fit is driven by the keyboard: arrows preview, Enter applies, and it fits", async ({ page, open }) => {
  await open("?v=1&batch=4&seq=4096");
  const fit = await panel(page, /^Make it fit LoRA/);
  const cards = (await answerText(page)).cards;
  await fit.getByRole("radio", { name: /^Slower/ }).focus();
  await page.keyboard.press("ArrowRight");
  await expect(fit.getByRole("radio", { name: /^Other format/ })).toBeChecked();
  await expect(fit.getByRole("img", { name: /Then: / })).toBeVisible(PATIENT);
  expect((await answerText(page)).cards).toBe(cards);
  await page.keyboard.press("Escape");
  await page.keyboard.press("Enter");
  await expect.poll(() => linkOf(page)["loss"]).toBe("fused");
  expect(Number(linkOf(page)["accum"])).toBeGreaterThan(1);
  await expect(page.getByRole("button", { name: /^LoRA (Fits|May not fit)/ })).toBeVisible();
});

test("make it fit is printed as what changes alone, with nothing to press", async ({ page, open }) => {
  await open("?v=1&batch=4&seq=4096");
  const fit = await panel(page, /^Make it fit LoRA/);
  await expect(fit.getByRole("radio", { name: /^Slower/ })).toBeChecked();
  await page.emulateMedia({ media: "print" });
  await expect(fit.getByRole("list", { name: "What changes" })).toContainText(/Loss.*full.*fused/, PATIENT);
  await expect(fit.getByRole("region", { name: /^As lines of/ })).toContainText("use_liger_kernel=True,");
  for (const role of ["radio", "button", "img"] as const) await expect(fit.getByRole(role)).toHaveCount(0);
  await expect(fit.getByRole("combobox")).toHaveCSS("border-top-width", "0px");
});

test("the room is used in one press, and one token more does not fit", async ({ page, open }) => {
  await open("?v=1&batch=2");
  const room = await panel(page, /^Use the room LoRA/);
  await expect(room.getByRole("radio", { name: /^Longer sequence/ })).toBeChecked();
  await room.getByRole("button", { name: "Apply 1 change" }).click();
  const lora = page.getByRole("button", { name: /^LoRA (Fits|May not fit)/ });
  await expect.poll(() => Number(linkOf(page)["seq"])).toBeGreaterThan(2048);
  await expect(lora).toBeVisible();
  const tokens = Number(linkOf(page)["seq"]);
  await open(`?v=1&batch=2&seq=${tokens + 1}`);
  await expect(page.getByRole("button", { name: /^LoRA Does not fit/ })).toBeVisible();
});

test("the largest model that fits is another way to use the room", async ({ page, open }) => {
  await open("?v=1&method=qlora&loss=fused");
  const room = await panel(page, /^Use the room QLoRA/);
  await room.getByRole("radio", { name: /^Larger model/ }).check();
  await room.getByRole("button", { name: "Apply 1 change" }).click();
  await expect.poll(() => linkOf(page)["model"]).toBe("custom");
  await expect(page.getByRole("button", { name: /^QLoRA (Fits|May not fit)/ })).toBeVisible();
});

test("the matrix says what fits on a dozen cards, and a click chooses one; all cards on demand", async ({
  page,
  open,
}) => {
  await open(OVER);
  const fits = await panel(page, /^What fits where/);
  const row = fits.getByRole("row", { name: /^LoRA/ });
  await expect(row.getByRole("cell")).toHaveCount(12, PATIENT);
  await expect(row.getByRole("cell").first()).toContainText("Does not fit, −");
  await expect(row).toContainText(/from \d+\sGB/);
  await fits.getByRole("button", { name: /80\s?GB H100/ }).click();
  await expect.poll(() => linkOf(page)["gpu"]).toBe("h100-sxm");
  await fits.getByRole("button", { name: "All GPUs of the catalog" }).click();
  const every = fits.getByRole("region", { name: "Every GPU by methods" });
  // Three methods on all cards: seconds of a core of its own.
  await expect.poll(() => every.getByRole("row").count(), PATIENT).toBeGreaterThan(150);
  await fits.getByRole("searchbox", { name: "Find a GPU" }).fill("l40");
  await expect(every.getByRole("row")).toHaveCount(3);
});

test("a sweep is a picture, a sentence for each curve, and a table", async ({ page, open }) => {
  await open(OVER);
  const sweep = await panel(page, /^Sweep/);
  await expect(sweep.locator(".recharts-line")).toHaveCount(2, PATIENT);
  await expect(sweep).toContainText(/LoRA, Transformers \+ PEFT: stays within an RTX 4090 up to [\d,]+ tokens\./);
  await sweep.getByRole("radio", { name: "Rank" }).check();
  await sweep.getByLabel("Second curve").selectOption({ label: "Full, TRL" });
  await expect(sweep).toContainText(/Full, TRL: (stays within|even the least)/, PATIENT);
  await sweep.getByText("The same numbers").click();
  await expect(sweep.getByRole("row", { name: /^512/ })).toContainText(/\d\.\d/);
});

test("choose for me ends in a scenario that fits", async ({ page, open }) => {
  await open(OVER);
  const { box } = await openBox(page);
  await box.getByRole("link", { name: "Choose for me" }).click();
  const choose = page.getByRole("dialog", { name: "Choose for me" });
  await choose.getByLabel("GPU", { exact: true }).selectOption({ label: "RTX 5090, 32 GB" });
  await choose.getByLabel("Training examples").selectOption({ label: "10K to 100K" });
  await choose.getByText("Simple", { exact: true }).click();
  await expect(choose.getByRole("listitem").first()).toContainText("the article goes up to rank 64", PATIENT);
  await expectNothingOfAxe(page, "dialog");
  await choose.getByRole("button", { name: "Use this scenario" }).click();
  await expect(choose).toHaveCount(0);
  await expect.poll(() => linkOf(page)["gpu"]).toBe("rtx-5090");
  expect(linkOf(page)["r"]).toBe("64");
  await expect(page.getByRole("button", { name: /^LoRA (Fits|May not fit)/ })).toBeVisible();
});

test("the article's figures stand on a page of their own beside the engine's, each difference in a sentence", async ({
  page,
  open,
}) => {
  await open();
  const guide = await guidance(page);
  await guide.getByRole("link", { name: "The article’s figures" }).click();
  const article = page.getByRole("dialog", { name: "The article’s figures" });
  const memory = article.getByRole("region", { name: "The article’s memory table beside the engine" });
  await expect(memory.getByRole("row")).toHaveCount(13);
  await expect(memory.getByRole("row", { name: /^7B Full 84\+/ })).toContainText(
    "The rule gives the 84+ that is printed.",
    // All that was asked on the way there is answered first.
    PATIENT,
  );
  await expect(article.getByRole("row", { name: /^70B Full 8x A100/ })).toContainText("does not fit in 80 GB");
  await expect(article.getByRole("row", { name: /^RTX 4090 OOM/ })).toContainText("the engine agrees");
  await article.getByRole("button", { name: "Close" }).click();
  await expect(article).toHaveCount(0);
  await expect(page).toHaveURL(/#guide$/);
});

test("verdict and top change are read aloud once each, not while a slider moves", async ({ page, open }) => {
  await open("?v=1&gpu=h100-sxm&method=full");
  await expect(page.getByRole("region", { name: "What to change first" })).toContainText(
    "Full fine-tuning has room",
    PATIENT,
  );
  await page.waitForTimeout(1200);
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    for (const region of document.querySelectorAll("main [aria-live=polite]"))
      new MutationObserver(() => said.push(region.textContent)).observe(region, {
        childList: true,
        subtree: true,
        characterData: true,
      });
  });
  const slider = scenarioOf(page).getByRole("slider", { name: "Batch size" });
  await slider.focus();
  // One after the other without waiting for an answer: on a loaded machine that alone can take longer than an announcement waits.
  await Promise.all(Array.from({ length: 8 }, () => slider.press("ArrowRight")));
  await page.waitForTimeout(2500);
  const said = await page.evaluate(() => (globalThis as unknown as { said: readonly string[] }).said);
  expect(said.length).toBeGreaterThanOrEqual(1);
  expect(said.length).toBeLessThanOrEqual(2);
});

test("a drag moves cards and verdict at once; advice follows when the slider is let go", async ({ page, open }) => {
  await open(OVER);
  await panel(page, /^Make it fit LoRA/);
  // Its name is another one once it fits.
  const changes = page.locator("#changes");
  await changes.getByRole("button", { name: /^Other format/ }).click();
  const list = changes.getByRole("list", { name: "Other format" });
  // Its code comes with the full catalog: advice is not worked out again after that.
  await expect(list).toContainText("torchtune", PATIENT);
  const before = await list.innerText();
  const slider = scenarioOf(page).getByRole("slider", { name: "Sequence length" });
  const box = await slider.boundingBox();
  if (box === null) throw new Error("The slider has no place on the page.");
  const cards = (await answerText(page)).cards;
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2, { steps: 6 });
  await expect.poll(async () => (await answerText(page)).cards).not.toBe(cards);
  expect(await list.innerText()).toBe(before);
  await page.mouse.up();
  await expect.poll(() => list.innerText()).not.toBe(before);
});
