import { eventually, expect, test, type Person } from "./headroom.ts";

const RANK = ["aside input[type=range]", "^LoRA rank"] as const;
const BATCH = ["aside input[type=range]", "^Batch size"] as const;

const wordsOf = (person: Person, what: readonly [string, string]): Promise<string> =>
  person.tab.run(([selector, name]) => driven.find(selector, name)?.getAttribute("aria-valuetext") ?? "", what);

const focus = (person: Person, what: readonly [string, string]): Promise<void> =>
  person.tab.run(([selector, name]) => (driven.find(selector, name) as HTMLElement).focus(), what);

const shows = (person: Person, what: readonly [string, string], words: string): Promise<string> =>
  eventually(
    () => wordsOf(person, what),
    (said) => said === words,
  );

/** The page is loaded anew the moment that this reaches it, after the page's own listeners: sooner than any driver could ask for it. */
const reloadAt = (person: Person, type: "pointerup" | "keyup" | "keydown"): Promise<void> =>
  person.tab.run((event) => {
    document.documentElement.dataset["before"] = "";
    addEventListener(event, () => location.reload(), { once: true });
  }, type);

/** The link that the page was loaded anew with. What a browser may put back into fields by itself after that is not in it. */
const reloadedLink = (person: Person): Promise<string | null> =>
  eventually(
    () =>
      person.tab.run(() => {
        const [loaded] = performance.getEntriesByType("navigation");
        const isNew = document.querySelector("main") !== null && document.querySelector("html[data-before]") === null;
        return isNew && loaded !== undefined ? new URL(loaded.name).search : null;
      }, null),
    (link) => link !== null,
  );

test("the last change before a reload is kept: by pointer, and by key", async ({ person }) => {
  await person.open("?v=1&model=qwen2.5-7b");
  await reloadAt(person, "pointerup");
  await person.drag("mouse", BATCH, { x: 0.03, y: 0.5 }, { x: 0.99, y: 0.5 });
  expect(await reloadedLink(person)).toBe("?v=1&model=qwen2.5-7b&batch=64");
  await shows(person, BATCH, "64");
  await reloadAt(person, "keyup");
  await focus(person, RANK);
  await person.press("End");
  expect(await reloadedLink(person)).toBe("?v=1&model=qwen2.5-7b&r=512&batch=64");
  await shows(person, RANK, "512");
});

test("the last change before a key reloads the page is kept while the slider is still held", async ({ person }) => {
  await person.open("?v=1&model=qwen2.5-7b");
  await reloadAt(person, "keydown");
  await person.hold(BATCH, { x: 0.03, y: 0.5 }, { x: 0.99, y: 0.5 });
  await person.press("F5");
  expect(await reloadedLink(person)).toBe("?v=1&model=qwen2.5-7b&batch=64");
  await person.letGo();
  await shows(person, BATCH, "64");
});

test("back and forward bring back each scenario", async ({ person }) => {
  await person.open("?v=1&r=8");
  const eight = await person.text("#verdict h1");
  await person.open("?v=1&r=64&batch=2");
  const two = await person.text("#verdict h1");
  await focus(person, RANK);
  await person.press("End");
  await eventually(
    () => person.link(),
    (link) => link.includes("r=512"),
  );
  await person.tab.back();
  await shows(person, RANK, "64");
  await eventually(
    () => person.text("#verdict h1"),
    (verdict) => verdict === two,
  );
  await person.tab.back();
  await shows(person, RANK, "8");
  await eventually(
    () => person.text("#verdict h1"),
    (verdict) => verdict === eight,
  );
  await person.tab.forward();
  await shows(person, RANK, "64");
  await person.tab.forward();
  await shows(person, RANK, "512");
  await person.same([
    eight,
    two,
    await person.link(),
    await eventually(
      () => person.text("#verdict h1"),
      (verdict) => verdict !== two,
    ),
  ]);
});

test("a bad link is reported, and repaired", async ({ person }) => {
  await person.open("?v=1&batch=-3&r=abc&gpu=abacus&frobnicate=1&seq=1024");
  const report = await eventually(
    () => person.tab.run(() => driven.all("[role=status], output", "in the link").map(driven.nameOf).join(" "), null),
    (said) => said.includes("batch = -3 (using 1)"),
  );
  await person.click(["button", "^Dismiss$"]);
  await eventually(
    () => person.link(),
    (link) => link === "?v=1&seq=1024",
  );
  await person.same(report);
});

test("the theme: the link's, then the one that is chosen, kept over a reload", async ({ person }) => {
  const background = (): Promise<string> =>
    person.tab.run(() => getComputedStyle(document.documentElement).backgroundColor, null);
  await person.open("?v=1&theme=dark");
  expect(await background()).toBe("rgb(18, 20, 23)");
  await person.open("?v=1");
  await person.click(["header button", "^Theme"]);
  await eventually(
    () => person.text("header"),
    (text) => text.includes("Theme: light"),
  );
  await person.click(["header button", "^Theme"]);
  await eventually(
    () => person.text("header"),
    (text) => text.includes("Theme: dark"),
  );
  await eventually(background, (colour) => colour === "rgb(18, 20, 23)");
  await person.reload();
  await eventually(
    () => person.text("header"),
    (text) => text.includes("Theme: dark"),
  );
  expect(await background()).toBe("rgb(18, 20, 23)");
});
