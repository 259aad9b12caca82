import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("trl-yaml", () => {
  comesBack("trl-yaml");
});
