import { readFileSync } from "node:fs";
import { scenarioOf } from "./controls.ts";
import { expect, linkOf, test } from "./headroom.ts";

type GoldenLink = Readonly<{ link: string; issues: readonly (readonly [string, string])[] }>;
/** Names that are not known have no bars. */
const hasBars = ({ issues }: GoldenLink): boolean =>
  !issues.some(([code, key]) => /^(unknown-value|missing-field)$/.test(code) && /^(model|gpu|stack)$/.test(key));
const GOLDEN = (JSON.parse(readFileSync("tests/golden/links.json", "utf8")) as Readonly<{ links: GoldenLink[] }>).links
  .filter(hasBars)
  .map(({ link }) => (link === "" ? "?v=1" : link))
  // Other parts of the page, in other places.
  .filter((link) => !/embed=|only=|hide=/.test(link));

/** What mostly does not fit: six models on five cards, with two loads. */
const HEAVY = ["llama-3.1-8b", "llama-3.2-3b", "qwen2.5-7b", "qwen2.5-14b", "mistral-7b-v0.1", "gemma-2-9b"].flatMap(
  (model) =>
    ["t4", "rtx-4060", "rtx-4090", "a100-40gb-pcie", "h100-sxm"].flatMap((gpu) =>
      ["batch=2&seq=4096&r=16", "batch=8&seq=2048&r=256"].map((load) => `?v=1&model=${model}&gpu=${gpu}&${load}`),
    ),
);

const WIDTHS = [1440, 1024, 390];
const PHONE = 390;

/** Where bars started, by the width of the window. */
type Starts = Record<number, number[]>;

type Questions = Readonly<{ questions: { open: Set<string>; advice: number } }>;

/** In the page: keeps which questions to the engine are open, and how many asked for advice, which follows each answer. */
const watchQuestions = (): void => {
  const questions = { open: new Set<string>(), advice: 0 };
  let workers = 0;
  Object.assign(globalThis, { questions });
  globalThis.Worker = class extends Worker {
    // Each worker has numbers of its own.
    readonly #name = workers++;
    constructor(address: string | URL, options?: WorkerOptions) {
      super(address, options);
      this.addEventListener("message", ({ data }) =>
        questions.open.delete(this.#key((data as { number: number }).number)),
      );
    }
    #key(number: number): string {
      return `${this.#name} ${number}`;
    }
    override postMessage(message: { number: number; id?: string; dropped?: true }): void {
      if (message.dropped) questions.open.delete(this.#key(message.number));
      else questions.open.add(this.#key(message.number));
      if (message.id === "firstAdvice") questions.advice += 1;
      super.postMessage(message);
    }
  };
};

const adviceSoFar = (): number => (globalThis as unknown as Questions).questions.advice;

/** In the page: looks in each frame where the bars start. */
const watchBars = (): void => {
  const starts: Starts = {};
  Object.assign(globalThis, { starts });
  const look = (): void => {
    const bars = document.getElementById("bars");
    const start = bars === null ? null : Math.round(bars.getBoundingClientRect().top + scrollY);
    const before = (starts[innerWidth] ??= []);
    if (start !== null && !before.includes(start)) before.push(start);
    requestAnimationFrame(look);
  };
  look();
};

const startsOf = (): Starts => (globalThis as unknown as { starts: Starts }).starts;

type Visit = Readonly<{ link: string; widths: readonly number[] }>;

/** In the page around: shows links in its frame as "back" does, each whole and in several widths. */
const visitEach = async (visits: readonly Visit[]): Promise<void> => {
  const frame = document.querySelector("iframe");
  const inner = frame?.contentWindow as (Window & typeof globalThis) | null | undefined;
  if (!frame || !inner) throw new Error("There is no frame.");
  const { questions } = inner as unknown as Questions;
  const nextFrame = (): Promise<unknown> => new Promise((resolve) => inner.requestAnimationFrame(resolve));
  const isWhole = (): boolean =>
    questions.open.size === 0 && inner.document.querySelector("main > div > section[aria-busy=true]") === null;
  const show = async (width: number | undefined): Promise<void> => {
    frame.width = String(width);
    // The first frame has the new width, the second what is drawn for it.
    for (let frames = 0; frames < 2; frames++) await nextFrame();
  };
  for (const { link, widths } of visits) {
    if (!widths.includes(Number(frame.width))) await show(widths[0]);
    const asked = questions.advice;
    const end = performance.now() + 60_000;
    inner.history.pushState(null, "", link);
    inner.dispatchEvent(new inner.PopStateEvent("popstate"));
    while (questions.advice === asked || !isWhole()) {
      if (performance.now() > end) throw new Error(`Never answered: ${link}`);
      await nextFrame();
    }
    for (const width of widths) await show(width);
  }
};

test("the bars start at one height for every link, at every width, at every moment", async ({ page, site }) => {
  test.slow();
  await page.addInitScript(watchQuestions);
  // A page of the same origin around it: a frame is made wider and narrower without leaving the browser.
  await page.route(`${site.url}around`, (route) =>
    route.fulfill({
      contentType: "text/html",
      body: `<!doctype html><link rel="icon" href="data:,"><iframe width="1440" height="900" src="./?v=1&batch=2"></iframe>`,
    }),
  );
  await page.goto(`${site.url}around`);
  const root = page.frameLocator("iframe").locator("html");
  await expect.poll(() => root.evaluate(adviceSoFar)).toBeGreaterThan(0);
  await root.evaluate(watchBars);
  // On a phone cards of other methods are rows of their own.
  const visits = [...new Set([...HEAVY, ...GOLDEN])].map((link) => ({
    link,
    widths: WIDTHS.filter((width) => width !== PHONE || !link.includes("show=")),
  }));
  await page.evaluate(visitEach, visits);
  const starts = await root.evaluate(startsOf);
  for (const width of WIDTHS) expect(starts[width], `at ${width} px`).toHaveLength(1);
});

test("the bars do not move while sliders move, at any width", async ({ page, open }) => {
  await open("?v=1&model=llama-3.2-3b");
  const first = page.getByRole("region", { name: "What to change first" });
  await page.evaluate(watchBars);
  for (const width of WIDTHS)
    await test.step(`${width} px wide`, async () => {
      await page.setViewportSize({ width, height: 900 });
      if (width === PHONE) await page.getByRole("button", { name: "Change scenario" }).click();
      for (const [name, key] of [
        ["Batch size", "batch"],
        ["Sequence length", "seq"],
        ["LoRA rank", "r"],
      ] as const) {
        const slider = scenarioOf(page).getByRole("slider", { name });
        await slider.scrollIntoViewIfNeeded();
        const box = await slider.boundingBox();
        if (box === null) throw new Error("The slider has no place on the page.");
        const before = linkOf(page)[key];
        const [left, y] = [box.x + 9, box.y + box.height / 2];
        const far = width === WIDTHS[1] ? left : left + box.width - 18;
        await page.mouse.move(left + box.width / 2, y);
        await page.mouse.down();
        await page.mouse.move(far, y, { steps: 10 });
        await page.mouse.up();
        await expect.poll(() => linkOf(page)[key]).not.toBe(before);
        await expect(page.locator("html")).not.toHaveAttribute("data-late");
        await expect(first).toHaveAttribute("aria-busy", "false");
      }
    });
  const starts = await page.evaluate(startsOf);
  for (const width of WIDTHS) expect(starts[width], `at ${width} px`).toHaveLength(1);
});
