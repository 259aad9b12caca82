import type { FrameLocator, Page } from "@playwright/test";
import { expect, test } from "./headroom.ts";

type Said = Readonly<{
  from: string;
  type: string;
  height: number;
  link: string;
  state: Readonly<Record<string, string>>;
  issues: readonly unknown[];
}>;

/** What a docs author puts on a page: two frames in a sandbox that follow their own height, and the element. */
const hostPage = (url: string): string => `
  <style>body { margin: 0 } iframe { border: 0; width: 640px; height: 300px } headroom-calculator { width: 400px }</style>
  <iframe id="light" sandbox="allow-scripts" src="${url}?v=1&method=qlora&embed=1&theme=light"></iframe>
  <iframe id="dark" sandbox="allow-scripts" src="${url}?v=1&model=qwen2.5-7b&embed=1&theme=dark"></iframe>
  <headroom-calculator model="gemma-2-9b" gpu="rtx-3090" theme="dark"></headroom-calculator>
  <script src="${url}embed.js"></script>
  <script>
    var said = [];
    var changes = [];
    addEventListener("message", ({ source, data }) => {
      const frame = [...document.querySelectorAll("iframe")].find(({ contentWindow }) => contentWindow === source);
      if (!frame) return;
      said.push({ from: frame.id, ...data });
      if (data.type === "headroom:height") frame.style.height = data.height + "px";
    });
    document.querySelector("headroom-calculator").addEventListener("change", ({ detail }) => changes.push(detail));
  </script>`;

const frameOf = (page: Page, id: string): FrameLocator => page.frameLocator(`#${id}`);
const elementOf = (page: Page): FrameLocator => page.frameLocator("headroom-calculator iframe");
const cardsOf = (frame: FrameLocator) => frame.getByRole("region", { name: "Memory by method" });

const saidBy = (page: Page, from: string): Promise<readonly Said[]> =>
  page.evaluate((id) => (globalThis as unknown as { said: Said[] }).said.filter((one) => one.from === id), from);
const lastState = async (page: Page, from: string): Promise<Said | undefined> =>
  (await saidBy(page, from)).findLast(({ type }) => type === "headroom:state");
const changesOf = (page: Page): Promise<readonly Said[]> =>
  page.evaluate(() => (globalThis as unknown as { changes: Said[] }).changes);

/** How high a frame is, and how high what it holds. */
const heights = async (page: Page, selector: string): Promise<readonly [number, number]> => {
  const frame = page.locator(selector);
  const content = await frame
    .contentFrame()
    .locator("html")
    .evaluate((html) => Math.ceil(html.getBoundingClientRect().height));
  return [await frame.evaluate((element) => element.getBoundingClientRect().height), content];
};

const surfaceOf = (frame: FrameLocator): Promise<string> =>
  frame.locator("html").evaluate((html) => getComputedStyle(html).backgroundColor);

const WHITE = "rgb(255, 255, 255)";
const DARK = "rgb(18, 20, 23)";
const FRAMES = ["#light", "#dark", "headroom-calculator iframe"] as const;

test.beforeEach(async ({ page, host, site }) => {
  await page.setViewportSize({ width: 1280, height: 2000 });
  await host(hostPage(site.url));
  for (const frame of [frameOf(page, "light"), frameOf(page, "dark"), elementOf(page)])
    await expect(cardsOf(frame).getByRole("button")).toHaveCount(3);
  // The static answer has its cards before anybody hears messages.
  for (const id of ["light", "dark"]) await expect.poll(() => lastState(page, id)).toBeDefined();
});

test("frames and element are as high as what they hold, also when that changes", async ({ page }) => {
  for (const selector of FRAMES)
    await expect.poll(() => heights(page, selector)).toEqual([expect.any(Number), (await heights(page, selector))[0]]);
  const [before] = await heights(page, "#light");
  await page.locator("#light").evaluate((frame) => (frame.style.width = "340px"));
  await expect.poll(async () => (await heights(page, "#light"))[0]).toBeGreaterThan(before + 50);
  for (const selector of FRAMES) {
    const [outer, inner] = await heights(page, selector);
    expect(outer, selector).toBe(inner);
  }
});

test("each has its own theme and its own scenario", async ({ page }) => {
  expect(await surfaceOf(frameOf(page, "light"))).toBe(WHITE);
  expect(await surfaceOf(frameOf(page, "dark"))).toBe(DARK);
  expect(await surfaceOf(elementOf(page))).toBe(DARK);
  await expect(frameOf(page, "light").getByRole("button", { pressed: true })).toContainText("QLoRA");
  await expect(frameOf(page, "dark").getByRole("button", { name: /^Model/ })).toContainText("Qwen2.5 7B");
  await expect(elementOf(page).getByRole("button", { name: /^GPU/ })).toContainText("RTX 3090");
});

test("what is chosen in a frame is told to the page around it, and only there", async ({ page }) => {
  await frameOf(page, "light").getByRole("slider", { name: "Batch" }).press("End");
  await expect.poll(async () => (await lastState(page, "light"))?.state["batch"]).toBe("64");
  const told = await lastState(page, "light");
  expect(told?.link).toBe("?v=1&method=qlora&batch=64&embed=1&theme=light");
  expect(told?.issues).toEqual([]);
  expect((await lastState(page, "dark"))?.state["batch"]).toBe("1");
});

test("the page around a frame sets its state by message, and its looks stay", async ({ page }) => {
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector("#dark") as HTMLIFrameElement;
    contentWindow?.postMessage({ type: "headroom:set", link: "?v=1&model=phi-4&seq=4096&embed=0" }, "*");
  });
  await expect
    .poll(async () => (await lastState(page, "dark"))?.link)
    .toBe("?v=1&model=phi-4&seq=4096&embed=1&theme=dark");
  await expect(frameOf(page, "dark").getByRole("button", { name: /^Model/ })).toContainText("Phi-4");
  await expect(frameOf(page, "dark").getByRole("banner")).toHaveCount(0);
  expect(await surfaceOf(frameOf(page, "dark"))).toBe(DARK);
});

test("a value that is not understood is told to page and reader, as a link's would be", async ({ page }) => {
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector("#light") as HTMLIFrameElement;
    contentWindow?.postMessage({ type: "headroom:set", link: "?v=1&r=5000" }, "*");
  });
  await expect.poll(async () => (await lastState(page, "light"))?.state["r"]).toBe("1024");
  expect((await lastState(page, "light"))?.issues).toMatchObject([{ key: "r", value: "5000", used: "1024" }]);
  await expect(frameOf(page, "light").getByRole("status").filter({ hasText: "in the link" })).toContainText(
    "r = 5000 (using 1,024)",
  );
});

test("attributes of the element change what it shows without a reload, and what was chosen in it stays", async ({
  page,
}) => {
  const element = page.locator("headroom-calculator");
  await elementOf(page)
    .locator("html")
    .evaluate((html) => html.setAttribute("data-same-document", ""));
  await elementOf(page).getByRole("slider", { name: "Batch" }).press("ArrowRight");
  await expect.poll(async () => (await changesOf(page)).at(-1)?.state["batch"]).toBe("2");
  await element.evaluate((calculator) => {
    calculator.setAttribute("model", "llama-1-65b");
    calculator.setAttribute("seq", "4096");
    calculator.setAttribute("theme", "light");
    calculator.removeAttribute("gpu");
  });
  await expect
    .poll(async () => (await changesOf(page)).at(-1)?.link)
    .toBe("?v=1&model=llama-1-65b&batch=2&seq=4096&embed=1&theme=light");
  await expect(elementOf(page).getByRole("button", { name: /^Model/ })).toContainText("65B");
  await expect(elementOf(page).getByRole("button", { name: /^GPU/ })).toContainText("RTX 4090");
  expect(await surfaceOf(elementOf(page))).toBe(WHITE);
  await expect(elementOf(page).locator("html")).toHaveAttribute("data-same-document", "");
  expect(await element.evaluate((calculator) => (calculator as unknown as Said).link)).toContain("seq=4096");
});

test("an element that is taken out and put back starts anew, and leaves nothing behind", async ({ page }) => {
  const before = (await changesOf(page)).length;
  await page.evaluate(() => {
    const calculator = document.querySelector("headroom-calculator");
    calculator?.remove();
    calculator?.setAttribute("batch", "8");
    if (calculator) document.body.append(calculator);
  });
  await expect
    .poll(async () => (await changesOf(page)).slice(before).map(({ state }) => state["batch"]))
    .toEqual(["8"]);
});

test("speaks with open-iframe-resizer's host side", async ({ page }) => {
  const ask = (type: string): Promise<void> =>
    page.evaluate((asked) => {
      const { contentWindow } = document.querySelector("#light") as HTMLIFrameElement;
      contentWindow?.postMessage({ type: asked }, "*");
    }, type);
  await ask("iframe-get-child-dimensions");
  await ask("iframe-child-init");
  const resized = async (): Promise<readonly Said[]> =>
    (await saidBy(page, "light")).filter(({ type }) => type === "iframe-resized");
  await expect.poll(resized).toHaveLength(1);
  await ask("iframe-get-child-dimensions");
  await expect.poll(resized).toHaveLength(2);
  const [outer] = await heights(page, "#light");
  expect((await resized()).at(-1)).toMatchObject({ height: outer, width: 640 });
});

const HOSTILE: readonly unknown[] = [
  null,
  42,
  "headroom:set",
  [],
  { type: "headroom:set" },
  { type: "headroom:set", link: 7 },
  { type: "headroom:set", link: { toString: "?v=1&r=8" } },
  { type: "headroom:set", link: "" },
  { type: "headroom:set", link: "?__proto__=1&constructor=2&toString=3" },
  { type: "headroom:set", link: "%E0%A4%A" },
  { type: "headroom:set", link: `?v=1&batch=8&save=${"x".repeat(5_000_000)}` },
  { type: "headroom:nothing", link: "?v=1&batch=8" },
  { type: ["headroom:set"], link: "?v=1&batch=8" },
];

test("what is malformed, huge or aimed at prototypes changes nothing, without a word", async ({ page, quiet }) => {
  const states = await Promise.all(["light", "dark"].map((id) => lastState(page, id)));
  const before = await cardsOf(frameOf(page, "light")).innerText();
  await page.evaluate((messages) => {
    const polluted: unknown = JSON.parse(
      '{"__proto__":{"type":"headroom:set","link":"?v=1&batch=8"},"constructor":{"prototype":{"link":"?v=1&batch=8"}}}',
    );
    for (const { contentWindow } of document.querySelectorAll("iframe"))
      for (const message of [...messages, polluted]) contentWindow?.postMessage(message, "*");
  }, HOSTILE);
  // A message that is followed comes after all of those: nothing is on its way any more.
  await page.evaluate(() => {
    const { contentWindow } = document.querySelector("#light") as HTMLIFrameElement;
    contentWindow?.postMessage({ type: "iframe-child-init" }, "*");
  });
  await expect.poll(async () => (await saidBy(page, "light")).some(({ type }) => type === "iframe-resized")).toBe(true);
  expect(await Promise.all(["light", "dark"].map((id) => lastState(page, id)))).toEqual(states);
  expect(await cardsOf(frameOf(page, "light")).innerText()).toBe(before);
  expect(quiet.noise()).toEqual([]);
});

test("a frame of another origin beside them is not listened to, by frames or element", async ({ page, site }) => {
  const before = await cardsOf(frameOf(page, "light")).innerText();
  const height = (await heights(page, "headroom-calculator iframe"))[0];
  await page.evaluate(
    (script) => {
      const frame = document.createElement("iframe");
      frame.srcdoc = script;
      frame.setAttribute("sandbox", "allow-scripts");
      frame.id = "stranger";
      document.body.append(frame);
    },
    `<script>
    for (let index = 0; index < parent.frames.length; index++)
      for (const type of ["headroom:set", "iframe-child-init"]) parent.frames[index].postMessage({ type, link: "?v=1&batch=8" }, "*");
    parent.postMessage({ type: "headroom:height", height: 9999 }, "*");
    parent.postMessage({ type: "headroom:state", link: "?v=1&batch=8", state: { batch: "8" }, issues: [] }, "*");
    parent.postMessage({ type: "done" }, "*");
  </script>`,
  );
  await expect.poll(async () => (await saidBy(page, "stranger")).some(({ type }) => type === "done")).toBe(true);
  await page.waitForTimeout(200);
  expect(await cardsOf(frameOf(page, "light")).innerText()).toBe(before);
  expect((await saidBy(page, "light")).some(({ type }) => type === "iframe-resized")).toBe(false);
  expect((await heights(page, "headroom-calculator iframe"))[0]).toBe(height);
  expect((await changesOf(page)).some(({ state }) => state["batch"] === "8")).toBe(false);
  expect(site.url).toContain("localhost");
});
