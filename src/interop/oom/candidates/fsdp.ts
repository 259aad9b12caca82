// Candidates under FSDP: a layer's flat parameters, and optimizer states of sharded parameters.

import type { LayerLayout, ModelLayout } from "#calc/model/layout.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { formatCount } from "#format/numbers.ts";
import { isPossibleSize } from "#interop/oom/request-range.ts";
import type { Candidate, OomSubject, Origin } from "./candidate.ts";
import { elementsOf, matricesOf, type Matrix, productOf } from "./matrices.ts";

type Unit = Readonly<{ name: string; elements: number }>;

/** Adapters of one layer, where all layers have as many. */
const adaptersOfLayer = ({ engine, scenario, layout }: OomSubject): number => {
  const { method, architecture } = scenario;
  if (method.kind === "full") return 0;
  const layers = layout.layers.reduce((all, { count }) => all + count, 0);
  return Math.round(engine.countLoraParameters(architecture, method.lora) / layers);
};

const layerUnits = ({ kind, modules }: LayerLayout, adapters: number): readonly Unit[] => {
  const bare = { name: `one ${kind} layer`, elements: elementsOf(modules) };
  return adapters === 0
    ? [bare]
    : [{ name: `${bare.name} with its adapters`, elements: bare.elements + adapters }, bare];
};

/** Embedding, last norm and head: FSDP's root. */
const rootUnit = ({ embeddings, final, head }: ModelLayout): Unit => ({
  name: "embedding, last norm and head",
  elements: elementsOf([...embeddings, ...final, ...(head.tied ? [] : [head.module])]),
});

const isFsdp = ({ sharding }: Scenario): boolean => sharding === "fsdp1" || sharding === "fsdp2";

const UNIT = {
  why: "FSDP keeps the parameters of a layer in one tensor: whole when it is wrapped and when it is gathered, and its gradient before it is divided.",
  change:
    "More GPUs do not make it smaller, fewer tokens do not either: keep it in 16 bit (mixed precision), or wrap smaller modules.",
};
const SHARD = {
  why: "FSDP divides the parameters of each layer: weights, gradients and both optimizer states are tensors of this size, the states from the first step on.",
  change: "More GPUs divide it further; an 8-bit optimizer, LoRA or offload to the host take most of it away.",
};

const ofUnit = ({ name, elements }: Unit, { scenario }: OomSubject, size: number): readonly Candidate[] => {
  const { gpus } = scenario;
  const common = {
    fits: "fixed",
    rows: null,
    phases: ["load", "train", "evaluate", "save"],
    isUnset: !isFsdp(scenario),
  } as const;
  const type = size === 4 ? "fp32" : "16 bit";
  const whole: Candidate = {
    ...common,
    ...UNIT,
    tensor: "fsdp-unit",
    name: `the parameters of ${name} as one tensor in ${type}`,
    bytes: elements * size,
    formula: `${size} B × ${formatCount(elements)} parameters`,
    places: ["gather", "forward", "backward"],
  };
  if (gpus === 1) return [whole];
  const shard: Candidate = {
    ...common,
    ...SHARD,
    tensor: "fsdp-shard",
    name: `one GPU's part of ${name} in ${type}`,
    bytes: Math.ceil(elements / gpus) * size,
    formula: `${size} B × ${formatCount(elements)} parameters / ${gpus} GPUs`,
    places: ["optimizer", "optimizer-state", "backward"],
  };
  return [whole, shard];
};

/** A layer's parameters as one tensor, and a GPU's part. @see pytorch 2.13, distributed/fsdp/_flat_param.py, `_alloc_padded_unsharded_flat_param` */
export const fsdpUnits: Origin = ({ subject, request }) => {
  const adapters = adaptersOfLayer(subject);
  const units = [...subject.layout.layers.flatMap((each) => layerUnits(each, adapters)), rootUnit(subject.layout)];
  return units
    .flatMap((unit) => [4, 2].flatMap((size) => ofUnit(unit, subject, size)))
    .filter(({ bytes }) => isPossibleSize(request, bytes));
};

/** A GPU's rows of a matrix. @see pytorch 2.13, distributed/fsdp/_fully_shard/_fsdp_param.py, `_init_sharded_param` */
const shardOf = ({ shape: [rows = 1, ...rest] }: Matrix, gpus: number): readonly number[] => [
  Math.ceil(rows / gpus),
  ...rest,
];

/** Optimizer states under FSDP 2, which divides each parameter by its first dimension. */
export const fsdp2Shards: Origin = ({ subject: { scenario, layout }, request }) => {
  const { sharding, method, gpus } = scenario;
  if (sharding !== "fsdp2" || method.kind !== "full" || gpus === 1) return [];
  return matricesOf(layout)
    .filter(({ of }) => of !== "expert")
    .flatMap((matrix) =>
      [4, 2].map((size): Candidate => {
        const shard = shardOf(matrix, gpus);
        return {
          tensor: "optimizer-state",
          name: `an optimizer state of one GPU's rows of ${matrix.name} in ${size === 4 ? "fp32" : "16 bit"}`,
          bytes: productOf(shard) * size,
          formula: `${size} B × ${shard.map(formatCount).join(" × ")}`,
          fits: "fixed",
          rows: null,
          phases: ["train"],
          places: ["optimizer", "optimizer-state"],
          why: "FSDP 2 divides each parameter by its rows, and AdamW makes two tensors as large as each part in the first step, and keeps them.",
          change: "More GPUs divide it further; an 8-bit optimizer or offload to the host take most of it away.",
        };
      }),
    )
    .filter(({ bytes }) => isPossibleSize(request, bytes));
};
