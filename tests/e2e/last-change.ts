import { expect, type Locator, type Page } from "@playwright/test";
import { answerOf, numberOf, scenarioOf } from "./controls.ts";

const rankOf = (page: Page): Locator => scenarioOf(page).getByRole("slider", { name: "LoRA rank" });

/** Takes the thumb of the rank's slider to the right, and lets it go. */
const dragRank = async (page: Page): Promise<void> => {
  const track = await rankOf(page).boundingBox();
  if (track === null) throw new Error("The slider of the rank is not to be seen.");
  const y = track.y + track.height / 2;
  await page.mouse.move(track.x + track.width * 0.45, y);
  await page.mouse.down();
  await page.mouse.move(track.x + track.width * 0.8, y, { steps: 5 });
  await page.mouse.up();
};

/**
 * Changes something by key, by a chip and by a drag, reloads the page at once each time, and looks for the change. The page is the wide
 * one, with the default scenario.
 */
export const keepsLastChange = async (page: Page): Promise<void> => {
  await rankOf(page).press("ArrowRight");
  await page.reload();
  await expect(numberOf(page, "LoRA rank")).toHaveValue("32");

  await answerOf(page, "Target modules", "Attention").check({ force: true });
  await page.reload();
  await expect(answerOf(page, "Target modules", "Attention")).toBeChecked();

  await dragRank(page);
  await page.reload();
  // Four fifths of the way: 128, or what is next to it in the pixels of another engine.
  await expect(numberOf(page, "LoRA rank")).toHaveValue(/^(\d{3}|[5-9]\d)$/);
};
