import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("unsloth", () => {
  comesBack("unsloth");
});
