import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe.each([
  ["that packs rows", { attn: "flash" }],
  ["that packs none", { packing: false }],
] as const)("a run of ms-swift %s", (_, patch) => {
  comesBack("ms-swift", { all: patch });
});
