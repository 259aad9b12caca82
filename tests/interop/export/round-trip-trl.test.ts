import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("trl", () => {
  comesBack("trl");
});
