import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { minimumGpusPage } from "../../tools/terminal/minimum-gpus.ts";

describe("docs/minimum-gpus.md", () => {
  test("is what the engine says now; npm run -s minimum-gpus > docs/minimum-gpus.md", { timeout: 60_000 }, () => {
    const page = readFileSync(new URL("../../docs/minimum-gpus.md", import.meta.url), "utf8");
    expect(page.trim().split("\n")).toEqual(minimumGpusPage().slice(0, -1));
  });
});
