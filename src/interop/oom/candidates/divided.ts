import type { LayerLayout, Module, ModelLayout } from "#calc/model/layout.ts";
import type { Scenario } from "#calc/model/scenario.ts";
import { formatCount } from "#format/count.ts";
import { canBe } from "#interop/oom/request-range.ts";
import type { Candidate, OomSubject, Origin } from "./candidate.ts";

const product = (shape: readonly number[]): number => shape.reduce((all, each) => all * each, 1);

const elementsOf = (module: Module): number => {
  switch (module.kind) {
    case "linear":
      return module.in_features * module.out_features + (module.bias ? module.out_features : 0);
    case "embedding":
      return module.num_embeddings * module.embedding_dim;
    case "experts":
    case "other":
      return module.tensors.reduce((all, { shape }) => all + product(shape), 0);
    default:
      return module satisfies never;
  }
};

const sumOf = (modules: readonly Module[]): number => modules.reduce((all, each) => all + elementsOf(each), 0);

type Unit = Readonly<{ name: string; elements: number }>;

/** Adapters of one layer, where all layers have as many. */
const adaptersOfLayer = ({ engine, scenario, layout }: OomSubject): number => {
  const { method, architecture } = scenario;
  if (method.kind === "full") return 0;
  const layers = layout.layers.reduce((all, { count }) => all + count, 0);
  return Math.round(engine.countLoraParameters(architecture, method.lora) / layers);
};

const layerUnits = ({ kind, modules }: LayerLayout, adapters: number): readonly Unit[] => {
  const bare = { name: `one ${kind} layer`, elements: sumOf(modules) };
  return adapters === 0
    ? [bare]
    : [{ name: `${bare.name} with its adapters`, elements: bare.elements + adapters }, bare];
};

/** Embedding, last norm and head: FSDP's root. */
const rootUnit = ({ embeddings, final, head }: ModelLayout): Unit => ({
  name: "embedding, last norm and head",
  elements: sumOf([...embeddings, ...final, ...(head.tied ? [] : [head.module])]),
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
    phases: ["load", "train", "save"],
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
    places: ["gather", "backward"],
  };
  if (gpus === 1) return [whole];
  const shard: Candidate = {
    ...common,
    ...SHARD,
    tensor: "fsdp-shard",
    name: `one GPU's part of ${name} in ${type}`,
    bytes: Math.ceil(elements / gpus) * size,
    formula: `${size} B × ${formatCount(elements)} parameters / ${gpus} GPUs`,
    places: ["optimizer", "backward"],
  };
  return [whole, shard];
};

/** A layer's parameters as one tensor, and a GPU's part. @see pytorch 2.13, distributed/fsdp/_flat_param.py, `_alloc_padded_unsharded_flat_param` */
export const layersAsOne: Origin = ({ subject, request }) => {
  const adapters = adaptersOfLayer(subject);
  const units = [...subject.layout.layers.flatMap((each) => layerUnits(each, adapters)), rootUnit(subject.layout)];
  return units
    .flatMap((unit) => [4, 2].flatMap((size) => ofUnit(unit, subject, size)))
    .filter(({ bytes }) => canBe(request, bytes));
};

/** All trained parameters as one tensor, divided. @see deepspeed 0.18, runtime/zero/stage_1_and_2.py, `single_partition_of_fp32_groups` */
export const partitions: Origin = ({ subject: { scenario, estimate }, request }) => {
  const { gpus, sharding } = scenario;
  if (!sharding.startsWith("zero")) return [];
  const trained = estimate.trainableParams;
  return [4, 2]
    .map((size): Candidate => ({
      tensor: "zero-partition",
      name: `one GPU's part of all trained parameters in ${size === 4 ? "fp32" : "16 bit"}`,
      bytes: Math.ceil(trained / gpus) * size,
      formula: `${size} B × ${formatCount(trained)} parameters / ${gpus} GPUs`,
      fits: "fixed",
      rows: null,
      phases: ["load", "train"],
      places: ["optimizer"],
      why: "ZeRO keeps fp32 weights, both states and what the step makes of them as one tensor each of this size; the first step makes them.",
      change: "ZeRO 3 divides the weights too; offload_optimizer puts states on the host; more GPUs divide further.",
    }))
    .filter(({ bytes }) => canBe(request, bytes));
};
