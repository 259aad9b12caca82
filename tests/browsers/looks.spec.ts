import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually, expect, test, type Person } from "./headroom.ts";
import type { Served } from "./served.ts";

const folder = process.env["SHOTS"];
const LINK = "?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=4&seq=4096";
const PHONE = 390;
const HEIGHT = 844;

/** Takes a picture once the advice beside the verdict has come. */
const shoot = async (person: Person, name: string, frame?: string): Promise<void> => {
  if (folder === undefined) return;
  await eventually(
    () => person.text('[aria-label="What to change first"] p', frame),
    (text) => text !== "",
  );
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${test.info().project.name}-${name}.png`), await person.tab.picture());
};

/** Opens the page in a window this narrow; where the engine's windows are wider than that, in a frame that is. */
const openNarrow = async (person: Person, site: Served, width: number): Promise<string | undefined> => {
  if (person.tab.lacks.narrow === undefined) {
    await person.tab.resize(width, HEIGHT);
    await person.open(LINK);
    return undefined;
  }
  const size = `style="border: 0; width: ${width}px; height: ${HEIGHT}px"`;
  await person.visit(`<style>body { margin: 0 }</style><iframe id="window" ${size} src="${site.url}${LINK}"></iframe>`);
  await eventually(
    () =>
      person.tab.run(
        () => document.querySelector("html[data-answer]") === null && document.querySelector("main") !== null,
        null,
        "#window",
      ),
    Boolean,
  );
  return "#window";
};

/** How much wider the page is than its window, and how wide that window is for the page. */
const widths = (person: Person, frame?: string): Promise<readonly [number, number]> =>
  person.tab.run(
    () =>
      [
        document.documentElement.scrollWidth - document.documentElement.clientWidth,
        document.documentElement.clientWidth,
      ] as const,
    null,
    frame,
  );

test("nothing scrolls sideways on a wide window", async ({ person }) => {
  await person.open(LINK);
  expect((await widths(person))[0]).toBe(0);
  await shoot(person, "1440");
  await person.open(`${LINK}&theme=dark`);
  await shoot(person, "1440-dark");
});

for (const width of [PHONE, 320])
  test(`nothing scrolls sideways or is cut in a card at ${width} px`, async ({ person, site }) => {
    const frame = await openNarrow(person, site, width);
    const [overhang, room] = await widths(person, frame);
    expect(overhang).toBe(0);
    // A scrollbar that takes room takes it from the page.
    expect(room).toBeGreaterThan(width - 20);
    const cut = await person.tab.run(
      () =>
        driven
          .all('[aria-label="Memory by method"] *')
          .filter((line) => line.scrollWidth > line.clientWidth + 1 && line.clientWidth > 0)
          .map(({ textContent }) => driven.oneLine(textContent)),
      null,
      frame,
    );
    expect(cut).toEqual([]);
    await shoot(person, String(width), frame);
  });

test("on a phone the scenario is a sheet: opened, changed and closed", async ({ person, site }) => {
  const frame = await openNarrow(person, site, PHONE);
  await person.click(["button", "^Change scenario"], frame);
  await person.click(["aside input", "^q, v$"], frame);
  await eventually(
    () => person.tab.run(() => location.search, null, frame),
    (link) => link.includes("targets=q-v"),
  );
  await shoot(person, `${PHONE}-sheet`, frame);
  await person.click(["button", "^Done$"], frame);
  await eventually(
    () =>
      person.tab.run(
        () =>
          driven.place(["main button", "^Change scenario"]) !== null ||
          driven.find("button", "^Change scenario") !== null,
        null,
        frame,
      ),
    Boolean,
  );
});
