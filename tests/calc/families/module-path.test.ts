import { expect, test } from "vitest";
import { namesModule } from "#calc/families/model-layout.ts";

test.each([
  ["q_proj", "self_attn.q_proj", true],
  ["self_attn.q_proj", "self_attn.q_proj", true],
  ["proj", "self_attn.q_proj", false],
  ["q_proj", "self_attn.q_proj_norm", false],
  ["self_attn.q_proj", "q_proj", false],
])("%s in target_modules means %s: %s", (name, path, means) => {
  expect(namesModule(name, path)).toBe(means);
});
