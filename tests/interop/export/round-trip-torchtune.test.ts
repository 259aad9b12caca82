import { describe } from "vitest";
import { comesBack } from "./round-trip.ts";

describe("torchtune", () => {
  // Which of a model's checkpoints is trained is no choice.
  comesBack("torchtune", { aside: /^torchtune’s config is of / });
});
