import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Method, ModellingId, QuantizedExperts, Scenario } from "#calc/model/scenario.ts";
import type { Storage } from "#calc/tape/ledger/ledger.ts";
import { FULL_CATALOG } from "#catalog/full-catalog.ts";
import { ENGINE } from "#calc/whole-engine.ts";
import { tried } from "../../tried.ts";
import { ledgerOf } from "../ledger-of.ts";
import { lora } from "../lora.ts";
import { loraMethod, qloraMethod, scenario } from "../scenario.ts";
import { tally } from "../on-paper.ts";

/** Layers that are run: as few as have every kind, where a model's kinds come in turns. */
const LAYERS = 6;

const shortened = (architecture: Architecture): Architecture => ({
  ...architecture,
  num_hidden_layers: Math.min(LAYERS, architecture.num_hidden_layers),
  vocab_size: 512,
});

/** A model of each type that has fused experts. */
const MODELS: ReadonlyMap<string, Architecture> = new Map(
  Object.values(FULL_CATALOG.models)
    .filter(({ architecture }) => ENGINE.fusedExperts(architecture).weights > 0)
    .map(({ architecture }) => [architecture.model_type, shortened(architecture)]),
);

const MODELLINGS: readonly ModellingId[] = [
  "transformers",
  "transformers-4.48",
  "foak-4.45",
  "unsloth",
  "unsloth-2024",
  "torchtune",
];

const SAVED: QuantizedExperts = { stored: "4bit", read: "saved" };
const REBUILT: QuantizedExperts = { stored: "4bit", read: "rebuilt" };
/** PEFT takes gate and up together, or neither. */
const TARGETS = ["all-linear", ["gate_proj", "up_proj", "down_proj"], ["q_proj", "down_proj"]] as const;
const NAMED = [undefined, ["experts.gate_up_proj", "experts.up_proj", "experts.down_proj"]] as const;

const configs = TARGETS.flatMap((target_modules) =>
  NAMED.map((target_parameters) => lora({ r: 2, target_modules, ...(target_parameters && { target_parameters }) })),
);
const METHODS: readonly Method[] = configs.flatMap((config) => [
  loraMethod(config),
  qloraMethod({ lora: config }),
  qloraMethod({ lora: config, experts: SAVED }),
  qloraMethod({ lora: config, experts: REBUILT }),
]);

const run = (model_type: string, patch: Partial<Scenario>): Scenario => {
  const architecture = MODELS.get(model_type);
  if (architecture === undefined) throw new Error(model_type);
  const modelled = ENGINE.modelled(architecture, patch.modelling);
  return scenario({ architecture: modelled, sequence_length: 64, ...patch });
};

const isMade = ({ at }: Storage, index: number): boolean => at === index;

/** How large it is: the gradient of a factor of experts has the factor's elements in another shape. */
const elementsOf = ({ shape }: Storage): string => `${shape.factor} elements`;

/** Adapters, and gradients that are kept, by their sizes. Gradients of casts, which autocast makes of adapters, go on to these. */
const adaptersAndGradients = (asked: Scenario) => {
  const made = ledgerOf(asked).log.filter(isMade);
  return {
    adapters: tally(made.filter(({ term, op }) => term === "adapters" && op === "parameter").map(elementsOf)),
    gradients: tally(made.filter(({ term, dtype }) => term === "gradients" && dtype === "fp32").map(elementsOf)),
  };
};

const expectAllRun = (asked: Scenario): void => {
  const { adapters, gradients } = adaptersAndGradients(asked);
  expect(gradients).toEqual(adapters);
};

describe("Every adapter that is planned is run: it gets a gradient", () => {
  test.each([...MODELS.keys()])("of %s, with Unsloth", (model_type) => {
    expectAllRun(run(model_type, { modelling: "unsloth", method: loraMethod({ r: 2, target_modules: "all-linear" }) }));
  });

  const anyRun = fc.record({
    model_type: fc.constantFrom(...MODELS.keys()),
    modelling: fc.constantFrom(...MODELLINGS),
    method: fc.constantFrom(...METHODS),
    gradient_checkpointing: fc.boolean(),
  });

  tried(
    "with any type that has fused experts, library, targets and way of keeping them",
    { quick: 40, thorough: 1500 },
    (runs) =>
      fc.assert(
        fc.property(anyRun, ({ model_type, ...patch }) => expectAllRun(run(model_type, patch))),
        runs,
      ),
  );
});
