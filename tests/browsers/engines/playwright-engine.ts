import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserType, CDPSession, Frame, LaunchOptions, Page } from "@playwright/test";
import { KEY_CODES, shifted, type KeyStep, type Place, type PointerStep } from "./actions.ts";
import { HEIGHT, WIDTH, type Engine, type Skill, type Tab } from "./tab.ts";

const NAME_OF_CODE = new Map(Object.entries(KEY_CODES).map(([name, code]) => [code, name]));

/** Starts a browser that Playwright drives itself: Chromium everywhere, its own builds of Firefox and WebKit where it has downloaded them. */
export const startPlaywright = async (
  type: BrowserType,
  name: string,
  options: LaunchOptions & Readonly<{ lacks?: Readonly<Partial<Record<Skill, string>>> }>,
): Promise<Engine> => {
  const { lacks = {}, ...launch } = options;
  const browser = await type.launch(launch);
  return {
    name,
    tab: async () => {
      const context = await browser.newContext({ viewport: { width: WIDTH, height: HEIGHT } });
      const tab = await pageTab(await context.newPage(), lacks);
      return {
        ...tab,
        close: async () => {
          await context.close();
          await rm(tab.downloads, { recursive: true, force: true });
        },
      };
    },
    close: () => browser.close(),
  };
};

/** The frame of a selector, and where it stands in the window. */
const frameOf = async (page: Page, selector: string): Promise<Readonly<{ frame: Frame; x: number; y: number }>> => {
  const element = await page.locator(selector).elementHandle();
  const [frame, box] = await Promise.all([element?.contentFrame(), element?.boundingBox()]);
  if (!frame || !box) throw new Error(`There is no frame ${selector}.`);
  return { frame, x: box.x, y: box.y };
};

const pageTab = async (page: Page, lacks: Tab["lacks"]): Promise<Tab> => {
  const downloads = await mkdtemp(join(tmpdir(), "headroom-downloads-"));
  page.on("download", (file) => void file.saveAs(join(downloads, file.suggestedFilename())));
  return {
    downloads,
    lacks,
    go: async (url) => void (await page.goto(url)),
    reload: async () => void (await page.reload()),
    back: async () => void (await page.goBack()),
    forward: async () => void (await page.goForward()),
    run: async <A, R>(script: (argument: A) => R | Promise<R>, argument: A, frame?: string): Promise<R> => {
      const where = frame === undefined ? page : (await frameOf(page, frame)).frame;
      // Playwright's types unwrap what a function may return; what comes back is JSON.
      return (await where.evaluate(script as (argument: unknown) => unknown, argument)) as R;
    },
    act: async (sources, frame) => {
      const { x, y } = frame === undefined ? { x: 0, y: 0 } : await frameOf(page, frame);
      for (const source of sources.map((one) => shifted(one, { x, y }))) {
        if (source.type === "key") await pressKeys(page, source.actions);
        else if (source.parameters.pointerType === "mouse") await moveMouse(page, source.actions);
        else await touch(page, source.actions);
      }
    },
    resize: (width, height) => page.setViewportSize({ width, height }),
    picture: () => page.screenshot(),
    close: () => page.close(),
  };
};

const pressKeys = async (page: Page, steps: readonly KeyStep[]): Promise<void> => {
  for (const { type, value } of steps) {
    const name = NAME_OF_CODE.get(value) ?? value;
    await (type === "keyDown" ? page.keyboard.down(name) : page.keyboard.up(name));
  }
};

const moveMouse = async (page: Page, steps: readonly PointerStep[]): Promise<void> => {
  for (const step of steps) {
    if (step.type === "pointerMove") await page.mouse.move(step.x, step.y, { steps: 3 });
    else await (step.type === "pointerDown" ? page.mouse.down() : page.mouse.up());
  }
};

const touch = async (page: Page, steps: readonly PointerStep[]): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  let at: Place = { x: 0, y: 0 };
  let isDown = false;
  for (const step of steps) {
    if (step.type === "pointerMove") at = { x: step.x, y: step.y };
    if (step.type === "pointerDown") isDown = true;
    const points = step.type === "pointerUp" ? [] : [at];
    if (isDown) await sendTouch(session, step.type, points);
  }
  await session.detach();
};

const TOUCH = { pointerDown: "touchStart", pointerMove: "touchMove", pointerUp: "touchEnd" } as const;

const sendTouch = async (session: CDPSession, type: PointerStep["type"], touchPoints: Place[]): Promise<void> =>
  void (await session.send("Input.dispatchTouchEvent", { type: TOUCH[type], touchPoints }));
