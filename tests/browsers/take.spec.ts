import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { eventually, expect, test, type Person } from "./headroom.ts";

const LINK = "?v=1&model=qwen2.5-7b&batch=2&gpu=rtx-3090";

const toTake = async (person: Person): Promise<void> => {
  await person.open(LINK);
  await eventually(
    () =>
      person.tab.run(() => {
        document.querySelector("#take")?.scrollIntoView({ block: "center" });
        return driven.find("#take button", "^SVG$") !== null;
      }, null),
    Boolean,
  );
};

/** The file that a button hands over, once it is whole. */
const saved = async (person: Person, button: string, ending: string): Promise<Buffer> => {
  const before = new Set(await readdir(person.tab.downloads));
  await person.click(["#take button", `^${button}$`]);
  const [name = ""] = await eventually(
    async () => (await readdir(person.tab.downloads)).filter((file) => !before.has(file) && file.endsWith(ending)),
    ({ length }) => length > 0,
  );
  return eventually(
    () => readFile(join(person.tab.downloads, name)),
    ({ length }) => length > 0,
  );
};

const mark = process.platform === "darwin" ? "Meta" : "Control";

/** Pastes into a page of somebody else's what is on the clipboard, as a person does. */
const pasted = async (person: Person): Promise<string> => {
  await person.visit('<textarea aria-label="Here" rows="9" cols="80"></textarea>');
  await person.click(["textarea"]);
  await person.press(`${mark}+v`);
  return eventually(
    () => person.tab.run(() => document.querySelector("textarea")?.value ?? "", null),
    (text) => text !== "",
  );
};

test("the link is copied", async ({ person, site }) => {
  person.needs("clipboard");
  await person.open(LINK);
  await person.click(["header button", "^Copy link$"]);
  await eventually(
    () => person.text("header"),
    (text) => text.includes("Copied"),
  );
  expect(await pasted(person)).toBe(`${site.url}${LINK}`);
});

test("the table is copied as Markdown", async ({ person, site }) => {
  person.needs("clipboard");
  await toTake(person);
  await person.click(["#take button", "^Copy Markdown$"]);
  await eventually(
    () => person.text("#take"),
    (text) => text.includes("Copied"),
  );
  // WebKit pastes a space for each space that does not break; the page writes the same text in every engine.
  const markdown = (await pasted(person)).replaceAll("\u00A0", " ");
  expect(markdown).toContain("| Base weights |");
  await person.same(markdown.replaceAll(site.url, ""));
});

test("the pictures: SVG with scenario and link, PNG with two dots for each px", async ({ person, site }) => {
  person.needs("downloads");
  await toTake(person);
  const svg = (await saved(person, "SVG", ".svg")).toString().replaceAll("\u00a0", " ");
  expect(svg).toContain("Qwen2.5 7B, all linear r = 16, batch 2 × 2,048, on RTX 3090");
  expect(svg).toContain(`${site.url}${LINK}`.replaceAll("&", "&amp;"));
  const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg) ?? [];
  const png = await saved(person, "PNG, 2×", ".png");
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([2 * Number(width), 2 * Number(height)]);
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text = ""]) => text.replaceAll(site.url, ""));
  await person.same(texts);
});

test("CSV and JSON are saved", async ({ person, site }) => {
  person.needs("downloads");
  await toTake(person);
  const csv = (await saved(person, "CSV", ".csv")).toString();
  const json = (await saved(person, "JSON", ".json")).toString();
  expect(csv.split("\r\n").length).toBeGreaterThan(5);
  expect(JSON.parse(json)).toMatchObject({ link: LINK });
  await person.same([csv, json].map((text) => text.replaceAll(site.url, "")));
});
