import type { Locator, Page } from "@playwright/test";
import { PANEL_IDS } from "#scenario/keys/values.ts";
import { serveFolder } from "../../tools/house/static-server.mjs";
import { barsOf } from "./controls.ts";
import { expect, test } from "./headroom.ts";

const LINK = "?v=1&model=llama-3.1-8b&method=qlora&batch=2&embed=1&theme=light";

test("embed=1 shows four controls, three cards, the bars and a way out, and nothing else", async ({ page, open }) => {
  await page.setViewportSize({ width: 640, height: 420 });
  await open(LINK);
  await expect(page.getByRole("banner")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Verdict" })).toHaveCount(0);
  await expect(page.getByRole("table")).toHaveCount(0);
  await expect(page.getByRole("button", { name: /^Model/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^GPU/ })).toBeVisible();
  await expect(page.getByRole("slider")).toHaveCount(2);
  await expect(page.getByRole("button", { pressed: true })).toContainText("QLoRA");
  await expect(barsOf(page)).toBeVisible();
});

test("at 640 by 420 px the embed needs no scrolling", async ({ page, open }) => {
  await page.setViewportSize({ width: 640, height: 420 });
  await open(LINK);
  const overhang = await page.evaluate(
    () => document.documentElement.scrollHeight - document.documentElement.clientHeight,
  );
  expect(overhang).toBe(0);
});

test("the way out leads to the same scenario on the full page", async ({ page, open, context }) => {
  await open(LINK);
  const opening = context.waitForEvent("page");
  await page.getByRole("link", { name: "Open in Headroom" }).click();
  const full = await opening;
  await expect(full.getByRole("region", { name: "Verdict" })).toBeVisible();
  const keys = new URL(full.url()).searchParams;
  expect([keys.get("embed"), keys.get("method"), keys.get("batch")]).toEqual([null, "qlora", "2"]);
});

test("the embed works in a sandboxed frame, where storage is refused", async ({ page, site }) => {
  await page.setContent(`<iframe sandbox="allow-scripts" width="640" height="420" src="${site.url}${LINK}"></iframe>`);
  const frame = page.frameLocator("iframe");
  await expect(frame.getByRole("button", { pressed: true })).toContainText("QLoRA");
  const batch = frame.getByRole("slider", { name: "Batch" });
  const before = await frame.getByRole("region", { name: "Memory by method" }).innerText();
  await batch.press("End");
  await expect(frame.getByRole("region", { name: "Memory by method" })).not.toHaveText(before);
});

test("where the scripts cannot be loaded the static answer stays, and names the scenario it is for", async ({
  page,
  quiet,
}) => {
  // A host that lets no other origin read its files, and a frame without an origin of its own.
  const { port, close } = await serveFolder({ folder: "dist", open: false });
  await page.setContent(
    `<iframe sandbox="allow-scripts" width="640" height="420" src="http://localhost:${port}/${LINK}"></iframe>`,
  );
  const frame = page.frameLocator("iframe");
  await expect(frame.getByText("The scripts of this page did not run here.")).toBeVisible();
  await expect(frame.getByText(/the answer for Llama 3.1 8B, all linear r.=.16, batch 1.×.2,048/)).toBeVisible();
  const cards = frame.getByRole("region", { name: "Memory by method" });
  await expect(cards.getByRole("button")).toHaveCount(3);
  expect(
    await cards
      .getByRole("button")
      .first()
      .evaluate((card) => getComputedStyle(card).borderRadius),
  ).not.toBe("0px");
  await expect(frame.getByRole("banner")).toBeHidden();
  await expect(frame.getByRole("complementary", { name: "Scenario" })).toBeHidden();
  await close();
  expect(quiet.noise().length).toBeGreaterThan(0);
  quiet.forget();
});

test("only, hide and lock choose what is shown and what can be changed", async ({ page, open }) => {
  await open("?v=1&embed=1&only=cards,table,verdict&hide=table&lock=model,batch,method&method=qlora");
  await expect(page.getByRole("region", { name: "Verdict" })).toBeVisible();
  await expect(page.getByRole("table")).toHaveCount(0);
  await expect(barsOf(page)).toHaveCount(0);
  await expect(page.getByRole("slider")).toHaveCount(1);
  await expect(page.getByRole("button", { name: /^Model/ })).toHaveCount(0);
  await expect(page.getByRole("main").getByText("Llama 3.1 8B").first()).toBeVisible();
  const cards = page.getByRole("region", { name: "Memory by method" }).getByRole("button");
  for (const card of await cards.all()) await expect(card).toBeDisabled();
});

const boxOf = (locator: Locator): Promise<DOMRect> => locator.evaluate((element) => element.getBoundingClientRect());

/** What tells that a panel is there. */
const SIGNS: Readonly<Record<(typeof PANEL_IDS)[number], (page: Page) => Locator>> = {
  verdict: (page) => page.getByRole("region", { name: "Verdict" }),
  cards: (page) => page.getByRole("region", { name: "Memory by method" }),
  bars: (page) => barsOf(page),
  table: (page) => page.getByRole("columnheader", { name: "At the peak, GiB" }),
  moments: (page) => page.getByRole("heading", { name: "Moment of the peak" }),
  changes: (page) => page.getByRole("heading", { name: /^Make it fit|^Use the room/ }),
  fits: (page) => page.getByRole("heading", { name: "What fits where" }),
  sweep: (page) => page.getByRole("heading", { name: "Sweep" }),
  computed: (page) => page.getByRole("heading", { name: "How it is computed" }),
  guide: (page) => page.getByRole("heading", { name: "Guidance" }),
  // Its heading comes when it is near.
  take: (page) => page.getByRole("region", { name: "Take it with you" }),
};

for (const id of PANEL_IDS) {
  test(`only=${id} shows that panel, no other, and no word of a mistake`, async ({ page, open }) => {
    await open(`?v=1&embed=1&gpu=rtx-4060&only=${id}`);
    await expect(SIGNS[id](page).first()).toBeVisible();
    for (const other of PANEL_IDS) if (other !== id) await expect(SIGNS[other](page)).toHaveCount(0);
    await expect(page.getByText("in the link")).toHaveCount(0);
    // All changes are led to where their panel is, and nowhere else.
    await expect(page.getByRole("link", { name: /^Make it fit|^Use the room/ })).toHaveCount(0);
  });
}

test("a panel that is hidden is the only one that is not there", async ({ page, open }) => {
  const ids = PANEL_IDS.join();
  // These names are promised.
  expect(ids).toBe("verdict,cards,bars,table,moments,changes,fits,sweep,computed,guide,take");
  await open(`?v=1&embed=1&gpu=rtx-4060&only=${ids}`);
  // What is out of sight comes with the first touch.
  await page.keyboard.press("End");
  for (const hidden of PANEL_IDS)
    await test.step(hidden, async () => {
      // As "back" shows it.
      await page.evaluate((search) => {
        history.pushState(null, "", search);
        dispatchEvent(new PopStateEvent("popstate"));
      }, `?v=1&embed=1&gpu=rtx-4060&only=${ids}&hide=${hidden}`);
      for (const id of PANEL_IDS) await expect(SIGNS[id](page).first()).toBeAttached({ attached: id !== hidden });
      await expect(page.getByText("in the link")).toHaveCount(0);
    });
});

test("an embed that does not name the changes shows nothing of how to make it fit", async ({ page, open }) => {
  await open("?v=1&embed=1&batch=8&seq=8192");
  await expect(page.getByRole("button", { pressed: true })).toContainText("Does not fit");
  await expect(page.getByText(/Make it fit|Use the room|To make .* fit/)).toHaveCount(0);
  await expect(page.locator("#changes, a[href='#changes']")).toHaveCount(0);
});

test("the changes are led to from the verdict where both are shown", async ({ page, open }) => {
  await open("?v=1&embed=1&gpu=rtx-4060&only=verdict,changes");
  await expect(page.getByRole("link", { name: "Make it fit" })).toBeVisible();
});

test("a link with a mistake says so once where the verdict is shown, too", async ({ page, open }) => {
  await open("?v=1&embed=1&r=5000&only=verdict,cards");
  await expect(page.getByRole("status").filter({ hasText: "in the link" })).toHaveCount(1);
});

const LOCKED_VALUES = { Model: "Llama 3.1 8B", GPU: "RTX 4090", Batch: "1", Sequence: "2,048" };

test("locked values are text under their labels, without a border, at any width", async ({ page, open }) => {
  await open("?v=1&embed=1&lock=model,gpu,batch,seq");
  for (const width of [640, 519, 320])
    await test.step(`${width} px wide`, async () => {
      await page.setViewportSize({ width, height: 600 });
      for (const [label, value] of Object.entries(LOCKED_VALUES)) {
        const text = page.getByLabel(label, { exact: true });
        await expect(text).toHaveText(value);
        const over = await boxOf(page.getByText(label, { exact: true }));
        const under = await boxOf(text);
        expect(under.x).toBe(over.x);
        expect(under.y).toBeGreaterThanOrEqual(over.y + over.height);
        expect(await text.evaluate((element) => getComputedStyle(element).borderTopWidth)).toBe("0px");
      }
    });
});

test("an embed that shows the guidance alone has the article's page too", async ({ page, open }) => {
  await open("?v=1&embed=1&only=guide");
  await page.getByRole("link", { name: "The article’s figures" }).click();
  await expect(page.getByRole("dialog", { name: "The article’s figures" }).getByRole("table").first()).toBeVisible();
});

test("a part of the bars asks for its method's formula, but not against a lock", async ({ page, open }) => {
  await open("?v=1&embed=1&lock=method&method=qlora");
  await barsOf(page)
    .getByRole("button", { name: /Base weights/ })
    .first()
    .press("Enter");
  await expect(page.getByRole("button", { pressed: true })).toContainText("QLoRA");
});

test("a link with a mistake says so in the embed too", async ({ page, open }) => {
  await open("?v=1&embed=1&r=5000");
  await expect(page.getByRole("status").filter({ hasText: "in the link" })).toContainText("r = 5000 (using 1,024)");
});

test("theme=auto follows the system, not what a reader chose for the calculator itself", async ({
  page,
  open,
  site,
}) => {
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(site.url);
  await page.evaluate(() => localStorage.setItem("headroom-theme", "light"));
  await open("?v=1&embed=1&batch=2");
  expect(await page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)).toBe("rgb(18, 20, 23)");
});
