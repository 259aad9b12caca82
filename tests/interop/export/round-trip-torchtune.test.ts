import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("torchtune", () => {
  comesBack("torchtune");
});
