import type { Page } from "@playwright/test";
import { answerOf, numberOf, scenarioOf, unfold } from "./controls.ts";
import { expect, test } from "./headroom.ts";

/** In the page: notes in each frame which animations and transitions run, and on what. */
const watchMotion = (): void => {
  const moved = new Set<string>();
  Object.assign(globalThis, { moved });
  const look = (): void => {
    for (const { effect } of document.getAnimations())
      if (effect instanceof KeyframeEffect) moved.add(effect.target?.outerHTML.slice(0, 80) ?? "");
    requestAnimationFrame(look);
  };
  look();
};

const movedSoFar = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => [...(globalThis as unknown as { moved: Set<string> }).moved]);

/** Changes of all kinds: pointed at, switched, chosen, opened, slid, applied and taken back. */
const changeThings = async (page: Page): Promise<void> => {
  const scenario = scenarioOf(page);
  await page.getByRole("region", { name: "Memory by method" }).getByRole("button").first().hover();
  await scenario.getByRole("checkbox", { name: "Gradient checkpointing" }).click();
  await answerOf(page, "Target modules", "q, v").click({ force: true });
  const section = scenario.getByRole("button", { name: /^Memory already in use/ });
  for (let presses = 0; presses < 2; presses++) await section.click();
  const rank = await numberOf(page, "LoRA rank").inputValue();
  await scenario.getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await expect(numberOf(page, "LoRA rank")).not.toHaveValue(rank);
  const first = page.getByRole("region", { name: "What to change first" });
  await expect(first).toHaveAttribute("aria-busy", "false");
  await first.getByRole("button", { name: "Apply" }).click();
  const undo = page.getByRole("banner").getByRole("button", { name: "Undo" });
  for (let steps = 0; steps < 3; steps++) await undo.click();
  await expect(first).toHaveAttribute("aria-busy", "false");
};

test("nothing moves by itself for those who ask for less motion, and something does for all others", async ({
  page,
  open,
}) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await open("?v=1&batch=4&seq=4096");
  await unfold(page);
  await page.evaluate(watchMotion);
  await changeThings(page);
  expect(await movedSoFar(page)).toEqual([]);
  await page.emulateMedia({ reducedMotion: "no-preference" });
  await changeThings(page);
  expect(await movedSoFar(page)).not.toEqual([]);
});
