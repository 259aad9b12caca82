import { expect, test } from "vitest";
import { ALL_OPTIMIZERS } from "#calc/optimizers/all-optimizers.ts";
import { stateBytesPerParameter } from "#calc/optimizers/optimizer.ts";

test.each([
  ["two fp32 moments take 8 bytes", "adamw_torch_fused", 4, 8],
  ["two bf16 moments take 4", "adamw_torch_fused", 2, 4],
  ["two moments in 8 bit take 2, and two scales of 4 bytes for each 256", "adamw_bnb_8bit", 4, 2 * (1 + 4 / 256)],
  ["two moments in 4 bit take 1, and two scales of 4 bytes for each 128", "adamw_torch_4bit", 4, 2 * (1 / 2 + 4 / 128)],
  ["a momentum takes what a parameter does", "lion", 2, 2],
  ["plain SGD keeps nothing", "sgd", 4, 0],
] as const)("of a parameter of a large matrix %s", (...[, optim, stateBytes, expected]) => {
  expect(stateBytesPerParameter(ALL_OPTIMIZERS[optim], stateBytes)).toBe(expected);
});
