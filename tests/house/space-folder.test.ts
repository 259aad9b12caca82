import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { makeSpace } from "../../tools/build/space-folder.mjs";

let place = "";
const dist = (): string => join(place, "dist");
const space = (): string => join(place, "space");

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "headroom-space-"));
  mkdirSync(join(dist(), "assets"), { recursive: true });
  for (const name of ["index.html", "licences.md", "assets/index-1.js"]) writeFileSync(join(dist(), name), name);
});
afterEach(() => rmSync(place, { recursive: true }));

/** The colours of a Space's card. @see https://huggingface.co/docs/hub/spaces-config-reference */
const COLOURS = ["red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"];

describe("the folder of a Space", () => {
  test("is the built page with its licences and a README.md", () => {
    makeSpace(dist(), space());
    expect(readdirSync(space()).toSorted()).toEqual([
      ".gitattributes",
      "README.md",
      "assets",
      "index.html",
      "licences.md",
    ]);
    expect(readFileSync(join(space(), "assets/index-1.js"), "utf8")).toBe("assets/index-1.js");
  });

  test("says by its README.md what Hugging Face asks of a static Space", () => {
    makeSpace(dist(), space());
    const [, front = ""] = readFileSync(join(space(), "README.md"), "utf8").split("---\n");
    const metadata = parse(front) as Record<string, unknown>;
    expect(metadata).toMatchObject({
      title: "Headroom",
      sdk: "static",
      app_file: "index.html",
      pinned: false,
      license: "mit",
    });
    expect(COLOURS).toContain(metadata["colorFrom"]);
    expect(COLOURS).toContain(metadata["colorTo"]);
    // The Hub refuses more.
    expect(String(metadata["short_description"]).length).toBeLessThanOrEqual(60);
  });

  test("hands every picture to Git LFS: the Hub takes none in git itself", () => {
    makeSpace(dist(), space());
    const [...endings] = readFileSync(join(space(), ".gitattributes"), "utf8").matchAll(/^\*(\.\w+) filter=lfs /gm);
    const pictures = readdirSync("public").filter((name) => /\.(png|ico|jpe?g|gif|webp|avif)$/.test(name));
    expect(pictures).toContain("preview.png");
    expect(pictures.filter((name) => !endings.some(([, ending = ""]) => name.endsWith(ending)))).toEqual([]);
  });

  test("gets the page in the place of the one before, and what is git’s stays", () => {
    makeSpace(dist(), space());
    mkdirSync(join(space(), ".git"));
    writeFileSync(join(space(), ".gitattributes"), "theirs");
    rmSync(join(dist(), "assets/index-1.js"));
    writeFileSync(join(dist(), "assets/index-2.js"), "");
    makeSpace(dist(), space());
    expect(readdirSync(join(space(), "assets"))).toEqual(["index-2.js"]);
    expect(existsSync(join(space(), ".git"))).toBe(true);
    expect(readFileSync(join(space(), ".gitattributes"), "utf8")).toBe("theirs");
  });

  test("is no folder that holds what was not made here, be it a static Space", () => {
    mkdirSync(space());
    writeFileSync(join(space(), "README.md"), "---\ntitle: Years of work\nsdk: static\n---\n");
    writeFileSync(join(space(), "novel.html"), "");
    expect(() => makeSpace(dist(), space())).toThrow("holds files that npm run space did not make, and would delete");
    expect(readdirSync(space())).toEqual(["README.md", "novel.html"]);
  });

  test("is a clone that has nothing but what begins with a dot", () => {
    mkdirSync(join(space(), ".git"), { recursive: true });
    makeSpace(dist(), space());
    expect(readdirSync(space())).toContain("index.html");
  });

  test("is made of a built page", () => {
    rmSync(join(dist(), "index.html"));
    expect(() => makeSpace(dist(), space())).toThrow("holds no built page");
    expect(existsSync(space())).toBe(false);
  });
});
