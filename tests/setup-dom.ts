import "@testing-library/jest-dom/vitest";
import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { openAnew } from "./page-here.ts";

/** What a component said on the console: React's warnings come this way, and none of them is harmless. */
let noise: string[] = [];

beforeEach(() => {
  noise = [];
  for (const kind of ["error", "warn"] as const)
    vi.spyOn(console, kind).mockImplementation((...said: unknown[]) => {
      noise.push(`console.${kind}: ${said.map(String).join(" ")}`);
    });
});

afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  openAnew();
  expect(noise, "a component test must leave the console silent").toEqual([]);
});
