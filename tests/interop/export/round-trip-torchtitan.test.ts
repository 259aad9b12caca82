import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("torchtitan", () => {
  comesBack("torchtitan", { without: ["packing"] });
});
