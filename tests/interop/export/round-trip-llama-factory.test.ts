import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("llama-factory", () => {
  comesBack("llama-factory");
});
