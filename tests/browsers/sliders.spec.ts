import { eventually, expect, test, type Person } from "./headroom.ts";

const SLIDERS = "aside input[type=range]";
const BETWEEN_ENDS = 0.012;

/** Opens every section of the scenario, and says which sliders there are. */
const slidersOf = async (person: Person): Promise<readonly string[]> => {
  const folded = "aside button[aria-expanded=false]:not([aria-haspopup])";
  await eventually(
    () => person.text("aside"),
    (text) => text.includes("Memory already in use"),
  );
  await eventually(
    async () => {
      const [name] = await person.tab.run((what) => driven.all(what).map(driven.nameOf), folded);
      if (name === undefined) return name;
      // By key: what opens moves what a pointer is on its way to.
      await person.tab.run((what) => (driven.find(what) as HTMLElement).focus(), folded);
      await person.press("Enter");
      return name;
    },
    (name) => name === undefined,
  );
  return person.tab.run((what) => driven.all(what).map(driven.nameOf), SLIDERS);
};

const pattern = (name: string): string => `^${name.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}$`;

/** Where a slider stands, from 0 to 1, its value in words, and the link. */
const standing = (person: Person, name: string): Promise<Readonly<{ share: number; words: string; link: string }>> =>
  person.tab.run(
    ([selector, wanted]) => {
      const slider = driven.find(selector, wanted) as HTMLInputElement;
      return {
        share: Number(slider.value) / Number(slider.max),
        words: slider.getAttribute("aria-valuetext") ?? "",
        link: location.search,
      };
    },
    [SLIDERS, pattern(name)] as const,
  );

/** Waits until the slider has gone elsewhere, and the link with it. */
const moved = async (
  person: Person,
  name: string,
  before: string,
): Promise<Readonly<{ words: string; link: string; share: number }>> =>
  eventually(
    () => standing(person, name),
    ({ link }) => link !== before,
  );

test("every slider goes to its ends and back by keys, and the link says so", async ({ person }) => {
  await person.open("?v=1&gpus=2&used=1");
  const seen: unknown[] = [];
  const names = await slidersOf(person);
  expect(names.length).toBeGreaterThan(4);
  for (const name of names) {
    await person.tab.run(([selector, wanted]) => (driven.find(selector, wanted) as HTMLElement).focus(), [
      SLIDERS,
      pattern(name),
    ] as const);
    for (const key of ["Home", "ArrowRight", "End", "ArrowLeft"]) {
      await person.press(key);
      await eventually(
        () => standing(person, name),
        ({ share }) => (key === "Home" ? share === 0 : key === "End" ? share === 1 : share > 0 && share < 1),
      );
    }
    seen.push([
      name,
      await eventually(
        () => standing(person, name),
        ({ link }) => link !== "?v=1&gpus=2&used=1",
      ),
    ]);
    await person.open("?v=1&gpus=2&used=1");
    await slidersOf(person);
  }
  await person.same(seen);
});

for (const kind of ["mouse", "touch"] as const)
  test(`every slider follows ${kind === "mouse" ? "the pointer" : "a finger"} to both of its ends`, async ({
    person,
  }) => {
    if (kind === "touch") person.needs("touch");
    await person.open("?v=1&gpus=2&used=1");
    const seen: unknown[] = [];
    for (const name of await slidersOf(person)) {
      const what = [SLIDERS, pattern(name)] as const;
      const { share, link } = await standing(person, name);
      const [from, to] = [
        { x: 0.02 + 0.96 * share, y: 0.5 },
        { x: 1 - BETWEEN_ENDS, y: 0.5 },
      ];
      await person.drag(kind, what, from, { x: 0.5, y: 0.5 }, to);
      const end = await moved(person, name, link);
      expect(end.share, `${name} at its end`).toBe(1);
      await person.drag(kind, what, to, { x: 0.5, y: 0.5 }, { x: BETWEEN_ENDS, y: 0.5 });
      const start = await moved(person, name, end.link);
      expect(start.share, `${name} at its start`).toBe(0);
      seen.push([name, end, start]);
    }
    await person.same(seen);
  });
