import type { Page } from "@playwright/test";
import { oomText } from "../interop/oom/oom-texts.ts";
import { expectNothingOfAxe, expectNothingOfAxeInBothThemes } from "./axe.ts";
import { PATIENT } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

const LOSS = oomText({ tried: "3.91 GiB", functions: ["training_step", "ForCausalLMLoss"] });
const LINK = "?v=1&method=lora&batch=2&seq=4096";

/** Pastes a text where no field has the focus. */
const pasteAnywhere = async (page: Page, text: string): Promise<void> => {
  await page.waitForLoadState("networkidle");
  await page.evaluate((pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", pasted);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
};

const explained = (page: Page) => page.getByRole("dialog", { name: "Out of memory, explained" });

test("a pasted error is explained by the engine's worker, and a way out of it is taken and taken back", async ({
  page,
  open,
}) => {
  await open(LINK);
  await pasteAnywhere(page, LOSS);
  const box = explained(page);
  await expect(box.getByRole("heading", { name: /^3\.91 GiB is the logits in fp32/ })).toBeVisible(PATIENT);
  await expect(box.locator("p:focus")).toContainText("Tried to allocate 3.91 GiB");
  await expect(
    box.getByRole("img", { name: /^At the error: Base weights .*; tried 3\.9 GiB more, against/ }),
  ).toBeVisible();
  // What finds tensors is the worker's: none of its scripts comes to the page's own thread.
  const scripts = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
  expect(scripts.filter((name) => /explained-against|imported-error/.test(name))).toEqual([]);
  await box.getByRole("button", { name: "Apply: Fused loss" }).click();
  await expect.poll(() => linkOf(page)["loss"]).toBe("fused");
  await expect(box.getByText("Fused loss: applied.")).toContainText(/LoRA: .* free/);
  // Colours that are on their way from one theme to the other are neither's.
  await page.emulateMedia({ reducedMotion: "reduce" });
  await expectNothingOfAxeInBothThemes(page, "dialog");
  await box.getByRole("button", { name: "Undo" }).click();
  await expect.poll(() => linkOf(page)["loss"]).toBeUndefined();
  await page.keyboard.press("Escape");
  await expect(box).toHaveCount(0);
});

test.describe("on a phone", () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test("an error that the scenario has no tensor for is held against another run, in the sheet", async ({
    page,
    open,
  }) => {
    await open("?v=1&method=lora");
    await pasteAnywhere(page, oomText({ tried: "125.25 GiB", functions: ["training_step", "cross_entropy"] }));
    const box = explained(page);
    await expect(
      box.getByRole("heading", { name: "No tensor of this scenario has 125.25 GiB in the loss." }),
    ).toBeVisible();
    await expectNothingOfAxe(page, "dialog");
    expect(await box.evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth)).toBe(0);
    await box.getByRole("spinbutton", { name: "Batch" }).fill("16");
    await box.getByRole("spinbutton", { name: "Sequence" }).fill("16k");
    await box.getByRole("spinbutton", { name: "Sequence" }).press("Enter");
    await expect(box.getByRole("heading", { name: /^125\.25 GiB is the logits/ })).toBeVisible();
    await expect.poll(() => linkOf(page)).toMatchObject({ batch: "16", seq: "16384" });
  });
});
