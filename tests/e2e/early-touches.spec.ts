import type { Page } from "@playwright/test";
import { readBundleSizes } from "../../tools/house/bundle-sizes.mjs";
import { answerOf, listOf, numberOf, scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

const { first } = readBundleSizes("dist");

/** Keeps the scripts of the page waiting; returns what lets those go whose address has one of these words in it, and no others. */
const holdScripts = async (page: Page): Promise<(words: readonly string[]) => Promise<void>> => {
  const waiting: { url: string; go: () => Promise<void> }[] = [];
  let wanted: readonly string[] = [];
  const mayGo = (url: string): boolean => wanted.some((word) => url.includes(word));
  await page.route("**/assets/*.js", async (route) => {
    const url = route.request().url();
    if (mayGo(url)) await route.continue();
    else waiting.push({ url, go: () => route.continue() });
  });
  return async (words) => {
    wanted = words;
    const going = waiting.filter(({ url }) => mayGo(url));
    for (const { go } of going) await go();
  };
};

test("what is pressed and moved before the scripts have come is done once they have", async ({ page, site }) => {
  const letGo = await holdScripts(page);
  await page.goto(site.url, { waitUntil: "commit" });
  const rank = scenarioOf(page).getByRole("slider", { name: "LoRA rank" });
  // Each steps from where the one before went to.
  for (const key of ["ArrowRight", "ArrowRight"]) await rank.press(key);
  const batch = scenarioOf(page).getByRole("slider", { name: "Batch size" });
  const box = await batch.boundingBox();
  if (box === null) throw new Error("The slider has no place on the page.");
  await page.mouse.click(box.x + box.width - 2, box.y + box.height / 2);
  await answerOf(page, "Target modules", "q, v").click({ force: true });
  await listOf(page, "GPU").focus();
  await page.keyboard.type("h2");
  await letGo(["/assets/"]);

  await expect(page.getByRole("combobox", { name: "Search: GPU" })).toHaveValue("h2");
  await expect.poll(() => linkOf(page)).toEqual({ v: "1", r: "64", batch: "64", targets: "q-v" });
  await expect(numberOf(page, "LoRA rank")).toHaveValue("64");
  await page.keyboard.press("Escape");
  await batch.press("ArrowLeft");
  await expect(numberOf(page, "Batch size")).toHaveValue("56");
});

test("keys that step a number or have it read are not lost either", async ({ page, site }) => {
  const letGo = await holdScripts(page);
  await page.goto(site.url, { waitUntil: "commit" });
  const howMany = numberOf(page, "How many");
  for (const key of ["ArrowUp", "ArrowUp"]) await howMany.press(key);
  await numberOf(page, "Batch size").fill("3");
  await numberOf(page, "Batch size").press("Enter");
  await letGo(["/assets/"]);
  await expect.poll(() => linkOf(page)).toEqual({ v: "1", gpus: "4", batch: "3" });
  await expect(numberOf(page, "Batch size")).toBeFocused();
});

/** Presses "Compare" in the first task after React has taken the page over. */
const pressAtTakeover = (): void => {
  const ticks = new MessageChannel();
  const tick = (): void => {
    const root = document.getElementById("root");
    const isTaken = root !== null && Object.keys(root).some((key) => key.startsWith("__reactContainer"));
    if (!isTaken) return ticks.port2.postMessage(null);
    const buttons = [...root.querySelectorAll("button")];
    buttons.find(({ textContent }) => textContent === "Compare")?.click();
    root.dataset["pressed"] = "";
  };
  ticks.port1.onmessage = tick;
  tick();
};

test("what is pressed right when the page is taken over is done once", async ({ page, site }) => {
  const letGo = await holdScripts(page);
  await page.addInitScript(pressAtTakeover);
  await page.goto(site.url, { waitUntil: "commit" });
  await letGo(first.map(({ file }) => file));
  await expect(page.locator("#root[data-pressed]")).toBeAttached();
  await letGo(["/assets/"]);
  await expect(page.getByRole("region", { name: "Scenarios compared" }).getByRole("heading", { level: 3 })).toHaveCount(
    2,
  );
});

test("what is pressed while a part's script is on its way is done once it is here", async ({ page, site }) => {
  const letGo = await holdScripts(page);
  await page.goto(site.url, { waitUntil: "commit" });
  await letGo([...first.map(({ file }) => file), "/open-link-", "/page-address-"]);
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("End");
  await expect(numberOf(page, "LoRA rank")).toHaveValue("512");

  const quarters = answerOf(page, "Target modules", "q, v");
  await quarters.click({ force: true });
  await expect(quarters).not.toBeChecked();
  const section = scenarioOf(page).getByRole("button", { name: /^Memory already in use/ });
  await section.press("Enter");
  await expect(section).toHaveAttribute("aria-expanded", "false");
  await letGo(["/assets/"]);
  await expect(quarters).toBeChecked();
  await expect(section).toHaveAttribute("aria-expanded", "true");
  await expect.poll(() => linkOf(page)).toEqual({ v: "1", r: "512", targets: "q-v" });
});

test("what is pressed and moved in the embed before it is drawn anew is done to the new one", async ({
  page,
  site,
}) => {
  const letGo = await holdScripts(page);
  await page.goto(`${site.url}?v=1&embed=1`, { waitUntil: "commit" });
  // Until its styles are here the page is there beside the embed, unseen.
  const batch = page.getByRole("main").getByRole("slider", { name: "Batch", exact: true });
  await expect(batch).toBeVisible();
  for (const key of ["ArrowRight", "ArrowRight"]) await batch.press(key);
  await listOf(page, "Model").click();
  await page.keyboard.type("qwen");
  await letGo(["/assets/"]);

  await expect(page.getByRole("combobox", { name: "Search: Model" })).toHaveValue("qwen");
  await expect(page.getByRole("combobox", { name: "Search: Model" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(listOf(page, "Model")).toBeFocused();
  await expect.poll(() => linkOf(page)).toEqual({ v: "1", embed: "1", batch: "3" });
});

test("what is pressed in the header before another scenario's page is drawn is done once it stands", async ({
  page,
  site,
}) => {
  const letGo = await holdScripts(page);
  await page.goto(`${site.url}?v=1&seq=8192`, { waitUntil: "commit" });
  const header = page.getByRole("banner");
  await header.getByRole("button", { name: "Compare" }).click();
  await expect(page.getByRole("slider", { name: "Batch size" })).toBeHidden();
  await letGo(["/assets/"]);
  await expect(page.getByRole("region", { name: "Scenarios compared" }).getByRole("heading", { level: 3 })).toHaveCount(
    2,
  );
  await expect(header.getByRole("button", { name: "Compare" })).toBeFocused();
});
