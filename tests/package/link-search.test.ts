import { expect, it } from "vitest";
import { linkSearch } from "#package/given-scenario.ts";

it.each([
  ["?v=1&r=8", "?v=1&r=8"],
  ["v=1&r=8", "v=1&r=8"],
  ["?", "?"],
  [" ?v=1 ", "?v=1"],
  ["https://example.org/calculator/?v=1&r=8#bars", "?v=1&r=8"],
  ["HTTP://localhost:4173/?r=8", "?r=8"],
  ["https://example.org/calculator/", ""],
  ["file:///index.html?r=8", "?r=8"],
  ["index.html?r=8", "?r=8"],
  ["r=8&note=what?", "r=8&note=what?"],
])("%s is the link %s", (text, search) => expect(linkSearch(text)).toBe(search));

it.each(["", "  ", "hello", "llama-2-7b", "#v=1"])("%j is no link", (text) => expect(linkSearch(text)).toBeNull());
