import { eventually, expect, test, type Person } from "./headroom.ts";
import type { Served } from "./served.ts";

/** What a docs author puts on a page: a frame, one in a sandbox, and the element. */
const hostPage = ({ url }: Served): string => `
  <style>body { margin: 0 } iframe { border: 0; width: 640px; height: 300px } headroom-calculator { width: 400px }</style>
  <iframe id="plain" src="${url}?v=1&method=qlora&embed=1&theme=light"></iframe>
  <iframe id="sandboxed" sandbox="allow-scripts" src="${url}?v=1&model=qwen2.5-7b&embed=1&theme=dark"></iframe>
  <headroom-calculator label="The element" model="gemma-2-9b" gpu="rtx-3090" theme="dark"></headroom-calculator>
  <script src="${url}embed.js"></script>
  <script>
    var said = {};
    addEventListener("message", ({ source, data }) => {
      const frame = [...document.querySelectorAll("iframe")].find(({ contentWindow }) => contentWindow === source);
      if (!frame) return;
      (said[frame.id] ??= {})[data.type] = data;
      if (data.type === "headroom:height") frame.style.height = data.height + "px";
    });
    document.querySelector("headroom-calculator").addEventListener("change", ({ detail }) => (said.element = detail));
  </script>`;

const ELEMENT = "iframe[title='The element']";
const FRAMES = ["#plain", "#sandboxed", ELEMENT] as const;

type Said = Readonly<
  Record<
    string,
    Readonly<Record<string, Readonly<{ link: string; state: Record<string, string> }>>> & Readonly<{ link?: string }>
  >
>;

const saidIn = (person: Person): Promise<Said> =>
  person.tab.run(() => (globalThis as unknown as { said: Said }).said, null);

const cardsIn = (person: Person, frame: string): Promise<readonly string[]> =>
  person.tab.run(
    () => driven.all('[aria-label="Memory by method"] button').map(({ textContent }) => driven.oneLine(textContent)),
    null,
    frame,
  );

/** Opens the host's page, and waits until each of the three has its answer. */
const visit = async (person: Person, site: Served): Promise<void> => {
  await person.visit(hostPage(site));
  for (const frame of FRAMES) {
    await person.tab.run((selector) => driven.find(selector)?.scrollIntoView({ block: "center" }), frame);
    await eventually(
      async () => [
        (await cardsIn(person, frame)).length,
        await person.tab.run(() => document.querySelector("html[data-answer]") === null, null, frame),
      ],
      ([count, isAnswered]) => count === 3 && isAnswered === true,
    );
  }
};

test("frame, sandboxed frame and element answer, each with its own scenario, theme and height", async ({
  person,
  site,
}) => {
  await visit(person, site);
  const colours = [];
  for (const frame of FRAMES)
    colours.push(await person.tab.run(() => getComputedStyle(document.documentElement).backgroundColor, null, frame));
  expect(colours).toEqual(["rgb(255, 255, 255)", "rgb(18, 20, 23)", "rgb(18, 20, 23)"]);
  for (const frame of FRAMES)
    await eventually(
      async () => [
        await person.tab.run((selector) => driven.find(selector)?.getBoundingClientRect().height ?? 0, frame),
        await person.tab.run(() => Math.ceil(document.documentElement.getBoundingClientRect().height), null, frame),
      ],
      ([outer = 0, inner]) => outer === inner && outer > 100,
    );
  const cards = [];
  for (const frame of FRAMES) cards.push(await cardsIn(person, frame));
  await person.same(cards);
});

test("what is chosen in each, by pointer and by keys, is told to the page around it", async ({ person, site }) => {
  await visit(person, site);
  for (const frame of FRAMES) {
    await person.click(["input[type=range]", "^Batch"], frame);
    await person.tab.run(() => (driven.find("input[type=range]", "^Batch") as HTMLElement).focus(), null, frame);
    await person.pressIn(frame, "End");
  }
  const links = await eventually(
    async () => {
      const said = await saidIn(person);
      return [
        said["plain"]?.["headroom:state"]?.link,
        said["sandboxed"]?.["headroom:state"]?.link,
        said["element"]?.link,
      ];
    },
    (told) => told.every((link) => link?.includes("batch=64") === true),
  );
  await person.same(links);
});

test("the page around a frame sets its state by message, and attributes set the element's", async ({
  person,
  site,
}) => {
  await visit(person, site);
  await person.tab.run(() => {
    for (const frame of document.querySelectorAll("iframe"))
      frame.contentWindow?.postMessage({ type: "headroom:set", link: "?v=1&model=phi-4&seq=4096&embed=0" }, "*");
    document.querySelector("headroom-calculator")?.setAttribute("seq", "8192");
  }, null);
  await eventually(
    async () => {
      const said = await saidIn(person);
      return [
        said["plain"]?.["headroom:state"]?.link,
        said["sandboxed"]?.["headroom:state"]?.link,
        said["element"]?.link,
      ];
    },
    ([plain = "", sandboxed = "", element = ""]) =>
      plain.includes("model=phi-4&seq=4096") &&
      sandboxed.includes("model=phi-4&seq=4096") &&
      element.includes("seq=8192"),
  );
  const cards = [];
  for (const frame of FRAMES)
    cards.push(
      await eventually(
        () => cardsIn(person, frame),
        (texts) => texts.length === 3,
      ),
    );
  expect(cards[0]).toEqual(cards[1]);
});

test("an embed stores nothing, opened by itself too", async ({ person }) => {
  await person.open("?v=1&embed=1");
  await person.click(["input[type=range]", "^Batch"]);
  await eventually(
    () => person.link(),
    (link) => link.includes("batch="),
  );
  const kept = await person.tab.run(
    async () => [
      (await caches.keys()).length,
      (await navigator.serviceWorker.getRegistrations()).length,
      localStorage.length,
    ],
    null,
  );
  expect(kept).toEqual([0, 0, 0]);
});
