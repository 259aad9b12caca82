import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { fetchPart, PART_GONE } from "#service/fetch-part.ts";

let told: string[] = [];

beforeEach(() => {
  told = [];
  vi.stubGlobal("dispatchEvent", ({ type }: Event) => told.push(type));
});
afterEach(() => vi.unstubAllGlobals());

test("a part that is there is handed on without a word", async () => {
  expect(await fetchPart(async () => "the part")).toBe("the part");
  expect(told).toEqual([]);
});

test("a part that is gone is told of, and what is said of it is a sentence with the browser's own words as its cause", async () => {
  const cause = new TypeError("Failed to fetch dynamically imported module: https://example.org/assets/a.js");
  const error: unknown = await fetchPart(() => Promise.reject(cause)).catch((thrown: unknown) => thrown);
  expect(told).toEqual([PART_GONE]);
  expect(error).toMatchObject({
    message: "A part of this page could not be loaded. Try again, or reload the page.",
    cause,
  });
});

test("what is told is what Vite's own code tells", () => {
  expect(PART_GONE).toBe("vite:preloadError");
});
