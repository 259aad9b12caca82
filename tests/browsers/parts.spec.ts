import { LATE_PARTS, WAITING } from "../late-parts.ts";
import { eventually, expect, settled, test, type Person } from "./headroom.ts";

/** Goes down the page, as a reader does, until every part is there. */
const loadEveryPart = async (person: Person): Promise<void> => {
  await eventually(
    () =>
      person.tab.run(
        ([parts, waiting]) => {
          const missing = parts.find((part) => document.querySelector(part) === null);
          const late = missing?.split(" ")[0] ?? waiting;
          document.querySelector(late)?.scrollIntoView({ block: "center" });
          return missing ?? [...document.querySelectorAll(waiting)].map(({ outerHTML }) => outerHTML.slice(0, 80))[0];
        },
        [LATE_PARTS, WAITING] as const,
      ),
    (missing) => missing === undefined || missing === null,
  );
};

test("every part of the page comes, opens, and says the same", async ({ person }) => {
  await person.open("?v=1&model=llama-3.1-8b&gpu=rtx-4090&batch=4&seq=4096");
  await loadEveryPart(person);
  await person.tab.run(() => {
    for (const fold of driven.all("main button[aria-expanded=false]:not([aria-haspopup])"))
      (fold as HTMLElement).click();
    for (const details of document.querySelectorAll("main details")) details.setAttribute("open", "");
  }, null);
  await loadEveryPart(person);
  const parts = await settled(() =>
    person.tab.run(
      () => [...document.querySelectorAll("main section[id]")].map((part) => `${part.id}: ${driven.textOf(part)}`),
      null,
    ),
  );
  expect(parts.length).toBeGreaterThan(6);
  expect(parts.join(" ")).not.toMatch(/NaN|Infinity|undefined|\[object/);
  // The day stands in what is taken away.
  await person.same(parts.filter((part) => !part.startsWith("take:")));
});

for (const anchor of ["accuracy", "article", "choose", "minimum-gpus"])
  test(`the page over the page at #${anchor} opens, and goes with Escape`, async ({ person }) => {
    await person.open(`?v=1#${anchor}`);
    const text = await eventually(
      () => person.text("dialog, [role=dialog]"),
      (said) => said.length > 200,
    );
    await person.press("Escape");
    await eventually(
      () => person.text("dialog, [role=dialog]"),
      (said) => said === "",
    );
    await person.same(text);
  });

test("the header leads to each part", async ({ person }) => {
  // One method is a third of the work.
  await person.open("?v=1&show=lora");
  await loadEveryPart(person);
  for (const [name, id] of [
    ["Sweep", "sweep"],
    ["Change", "changes"],
    ["Where", "fits"],
  ] as const) {
    await person.click(["header nav a", `^${name}$`]);
    await eventually(
      () => person.tab.run((part) => document.getElementById(part)?.getBoundingClientRect().top ?? Infinity, id),
      (top) => top >= 50 && top < 140,
    );
  }
});

test("a part of a bar says what it is, to a pointer and to keys", async ({ person }) => {
  await person.open();
  const said = (before: string): Promise<string> =>
    eventually(
      () =>
        person.tab.run(
          () => driven.oneLine(driven.find("#bars [aria-hidden=true]", "Enter shows how it is computed")?.textContent),
          null,
        ),
      (text) => text.includes("GiB") && text !== before,
    );
  await person.click(["[data-segment='lora weights']"]);
  const byPointer = await said("");
  await person.press("ArrowRight");
  await person.same([byPointer, await said(byPointer)]);
});
