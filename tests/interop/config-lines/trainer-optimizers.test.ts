import { expect, test } from "vitest";
import type { OptimizerId } from "#calc/model/scenario.ts";
import { changed } from "./changed.ts";

const MODULES = '+ optim_target_modules="all-linear",';

test.each<readonly [optim: OptimizerId, lines: readonly string[]]>([
  ["adamw_torch", []],
  ["paged_adamw_8bit", ["* From transformers 4.30, with bitsandbytes installed."]],
  ["adafactor", []],
  ["sgd", []],
  ["apollo_adamw", [MODULES, "* From transformers 4.49, with apollo-torch installed."]],
  ["adamw_torch_8bit", ["* From transformers 4.45, with torchao installed."]],
  ["adamw_torch_4bit", ["* From transformers 4.45, with torchao installed."]],
  ["adamw_apex_fused", ["* Up to transformers 4.57, with apex installed."]],
  ["lomo", ["* From transformers 4.42, with lomo-optim installed."]],
  ["adalomo", ["* From transformers 4.42, with lomo-optim installed."]],
])("the Trainer knows %s by that name", (optim, lines) => {
  expect(changed({}, { optim })).toEqual([`+ optim="${optim}",`, ...lines]);
});

test.each<OptimizerId>([
  "adamw_in_backward",
  "adamw_bnb_8bit_in_backward",
  "paged_adamw_8bit_in_backward",
  "paged_adamw_32bit_in_backward",
])("the Trainer has no name for %s", (optim) => {
  expect(changed({}, { optim })).toEqual([`? Transformers has no field for the optimizer ${optim}.`]);
});
