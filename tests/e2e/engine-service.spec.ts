import { readBundleSizes } from "../../tools/house/bundle-sizes.mjs";
import { numberOf, scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

const { engine, first } = readBundleSizes("dist");

const LINK = "?v=1&model=qwen2.5-7b&gpu=h100-sxm&r=32";
const VERDICT = /^On an H100/;

test("the engine runs in workers, which load nothing of what draws the page", async ({ page, open }) => {
  await open(LINK);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(VERDICT);
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await expect(page.locator("#verdict p").first()).toContainText("r = 64");
  const scripts = new Set(page.workers().map((worker) => worker.url()));
  expect([...scripts]).toEqual([expect.stringContaining("/assets/engine-")]);
  const shared = first.filter(({ file }) => engine.some((other) => other.file === file)).map(({ file }) => file);
  expect(shared.filter((file) => !/\/shared-/.test(file))).toEqual([]);
});

test("where no worker can be had the page computes by itself, from the link on", async ({ page, open }) => {
  await page.addInitScript(() => {
    Reflect.deleteProperty(globalThis, "Worker");
  });
  await open(LINK);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(VERDICT);
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await expect(page.locator("#verdict p").first()).toContainText("r = 64");
  expect(page.workers()).toEqual([]);
});

test("a worker whose script cannot be fetched leaves the computing to the page", async ({ page, open, quiet }) => {
  await page.addInitScript(() => {
    const { trustedTypes } = globalThis as unknown as {
      trustedTypes: {
        createPolicy: (name: string, rules: object) => { createScriptURL: (address: string) => string };
      };
    };
    const misled = trustedTypes.createPolicy("misled", { createScriptURL: (address: string) => `${address}.gone` });
    globalThis.Worker = class extends Worker {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(misled.createScriptURL(String(address)), options);
      }
    };
  });
  await open(LINK);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(VERDICT);
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await expect(page.locator("#verdict p").first()).toContainText("r = 64");
  quiet.forget();
});

test("a worker that throws is started once more, and the next answer is that of the next choices", async ({
  page,
  open,
  quiet,
}) => {
  await open(LINK);
  const rank = scenarioOf(page).getByRole("slider", { name: "LoRA rank" });
  for (const [restart, r] of [
    [1, "64"],
    [2, "128"],
  ] as const) {
    const [worker] = page.workers();
    if (worker === undefined) throw new Error(`There is no worker at restart ${restart}.`);
    const closed = worker.waitForEvent("close");
    await worker.evaluate(
      () =>
        void setTimeout(() => {
          throw new Error("broken on purpose");
        }),
    );
    await closed;
    await rank.press("ArrowRight");
    await expect(page.locator("#verdict p").first()).toContainText(`r = ${r}`);
  }
  // Twice is enough: from now on the page computes by itself.
  expect(page.workers()).toEqual([]);
  quiet.forget();
});

/** A thousand layers, of which each has experts and convolutions. */
const LARGE =
  "?v=1&model=custom&arch=qwen3_next.h2048.f5120.l1024.a16.k2.d256.v151936.t0.e512.x10.m512.fi4.lv32.lh16.ld128.lw128.lc4&seq=131072&ckpt=0&gpu=h100-sxm&gpus=8";

test("a link whose answer takes long can be stopped: it stays in the address, and the page works", async ({
  page,
  site,
}) => {
  await page.goto(`${site.url}${LARGE}`, { waitUntil: "commit" });
  const notice = page.getByRole("status").filter({ hasText: /large|Stopped/ });
  await expect(notice).toHaveText(/^This scenario is large: its answer takes a while\./);
  await notice.getByRole("button", { name: "Stop" }).press("Enter");
  await expect(notice).toHaveText(/^Stopped: the link is not opened, and this is another scenario\./);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(/^On an RTX 4090/);
  expect(linkOf(page)["arch"]).toMatch(/^qwen3_next/);
  await notice.getByRole("button", { name: "Dismiss" }).press("Enter");
  await expect(notice).toHaveCount(0);
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await expect(page.locator("#verdict p").first()).toContainText("r = 32");
  expect(linkOf(page)).toEqual({ v: "1", r: "32" });
  // On a busy machine this one may have been said to be large, too.
  await expect(notice).toHaveCount(0);
});

test("an answer that is late is shown as what it is, and gone when the new one is here", async ({ page, open }) => {
  // Questions wait on their way to the worker while they are held back, as they do for one that is busy.
  await page.addInitScript(() => {
    const held: (() => void)[] = [];
    const mail = { isHeld: false, letGo: () => held.splice(0).forEach((send) => send()) };
    globalThis.Worker = class extends Worker {
      override postMessage(message: unknown): void {
        if (mail.isHeld) held.push(() => super.postMessage(message));
        else super.postMessage(message);
      }
    };
    Object.assign(globalThis, { mail });
  });
  const hold = (isHeld: boolean): Promise<void> =>
    page.evaluate((held) => {
      const { mail } = globalThis as unknown as { mail: { isHeld: boolean; letGo: () => void } };
      mail.isHeld = held;
      if (!held) mail.letGo();
    }, isHeld);
  await open(LINK);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(VERDICT);
  await hold(true);
  await scenarioOf(page).getByRole("slider", { name: "LoRA rank" }).press("ArrowRight");
  await expect(numberOf(page, "LoRA rank")).toHaveValue("64");
  await expect(page.locator("html")).toHaveAttribute("data-late", "");
  await expect(page.locator("#verdict p").first()).toContainText("r = 32");
  await hold(false);
  await expect(page.locator("#verdict p").first()).toContainText("r = 64");
  await expect(page.locator("html")).not.toHaveAttribute("data-late");
});

test("each painted frame of a drag shows verdict, cards and bars of one state, and what is read aloud is of that too", async ({
  page,
  open,
}) => {
  await open(LINK);
  await page.evaluate(() => {
    const seen: (readonly string[])[] = [];
    const stale: string[] = [];
    Object.assign(window, { seen, stale });
    const look = (): void => {
      const text = (selector: string): string => document.querySelector(selector)?.textContent ?? "";
      const cards = document.querySelector('[aria-label="Memory by method"]')?.textContent ?? "";
      const bars = document.querySelector('[role="toolbar"]')?.getAttribute("aria-label") ?? "";
      seen.push([text("#verdict p"), text("#verdict h1"), cards, bars]);
      const said = text("#verdict [aria-live]");
      if (said !== "" && !said.startsWith(text("#verdict h1"))) stale.push(said);
      const advice = '[aria-label="What to change first"]';
      if (!text(`${advice} p`).includes(text(`${advice} [aria-live]`))) stale.push(text(`${advice} [aria-live]`));
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  const slider = scenarioOf(page).getByRole("slider", { name: "Sequence length" });
  const box = await slider.boundingBox();
  if (box === null) throw new Error("The slider has no place on the page.");
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + 8, y);
  await page.mouse.down();
  for (let step = 0; step <= 40; step++) await page.mouse.move(box.x + 8 + (step * (box.width - 16)) / 40, y);
  await page.mouse.up();
  await expect.poll(() => Number(linkOf(page)["seq"])).toBeGreaterThan(100_000);
  // Once it has been said, it is no longer there when it is no longer true.
  const said = page.locator("#verdict [aria-live]");
  await expect(said).not.toHaveText("");
  await slider.press("Home");
  await expect.poll(() => linkOf(page)["seq"]).not.toBe("131072");
  await expect(said).toHaveText("");
  await expect(said).not.toHaveText("");
  const { seen, stale } = await page.evaluate(() => {
    const watched = window as unknown as { seen: string[][]; stale: string[] };
    return { seen: watched.seen, stale: watched.stale };
  });
  expect(stale).toEqual([]);
  const states = new Map<string, string>();
  for (const [scenario = "", ...answer] of seen) {
    const all = answer.join(" | ");
    expect(states.get(scenario) ?? all).toBe(all);
    states.set(scenario, all);
  }
  // A drag is followed, on a machine that does two things at once too.
  expect(states.size).toBeGreaterThan(2);
});

test("a change is in the address as soon as the hand lets go: a reload at once loses nothing", async ({
  page,
  open,
}) => {
  await open(LINK);
  const slider = scenarioOf(page).getByRole("slider", { name: "Batch size" });
  const box = await slider.boundingBox();
  if (box === null) throw new Error("The slider has no place on the page.");
  await page.mouse.move(box.x + 8, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
  await page.mouse.up();
  await page.evaluate(() => location.reload());
  await expect(numberOf(page, "Batch size")).toHaveValue("64");
  expect(linkOf(page)["batch"]).toBe("64");
});

test("a key that reloads the page while the slider is still held loses nothing of where it was moved to", async ({
  page,
  open,
}) => {
  await open(LINK);
  const slider = scenarioOf(page).getByRole("slider", { name: "Batch size" });
  const box = await slider.boundingBox();
  if (box === null) throw new Error("The slider has no place on the page.");
  // The browser's own answer to the key, which a driver's key does not have.
  await page.evaluate(() => addEventListener("keydown", () => location.reload(), { once: true }));
  await page.mouse.move(box.x + 8, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2);
  const reloaded = page.waitForEvent("load");
  await page.keyboard.press("F5");
  await reloaded;
  expect(linkOf(page)["batch"]).toBe("64");
  await page.mouse.up();
  await expect(numberOf(page, "Batch size")).toHaveValue("64");
});
