import { readFileSync } from "node:fs";
import { beforeEach, expect, test } from "vitest";
import { paintBars } from "#app/theme.ts";

const SYSTEMS = /<meta name="theme-color"[^>]*>/g;

const colours = (): readonly (string | null)[] =>
  [...document.querySelectorAll('[name="theme-color"]')].map((meta) => meta.getAttribute("content"));

beforeEach(() => {
  document.head.innerHTML = [...readFileSync("index.html", "utf8").matchAll(SYSTEMS)].join("");
});

test("the browser's bars follow the system until a theme is chosen", () => {
  paintBars("auto");
  expect(colours()).toEqual(["#ffffff", "#121417"]);
});

test("a theme that is chosen comes before those of the system, once, and goes with the choice", () => {
  paintBars("light");
  paintBars("dark");
  expect(colours()).toEqual(["#121417", "#ffffff", "#121417"]);
  paintBars("light");
  expect(colours()).toEqual(["#ffffff", "#ffffff", "#121417"]);
  paintBars("auto");
  expect(colours()).toEqual(["#ffffff", "#121417"]);
});
