import type { ChainLayer } from "#calc/families/chain-layer.ts";
import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { ExpertsModule, LinearModule, ModelLayout, Module } from "#calc/model/layout.ts";
import { fusedNames } from "#calc/families/fused-names.ts";
import { namesModule } from "#calc/families/names-module.ts";
import type { Buffer } from "#calc/modules/forward.ts";
import type { Adapter, Loaded, LoadedLinear, Tuner } from "#calc/modules/loaded.ts";
import type { Element } from "#calc/base/element.ts";
import type { ParameterSpec } from "#calc/tape/parameter.ts";
import { parameter } from "#calc/tape/parameter.ts";
import type { Shape } from "#calc/tape/shape.ts";
import { shapeOf } from "#calc/tape/shape.ts";
import type { Tape, Tensor } from "#calc/tape/tape.ts";

/** Elements that one absmax of bitsandbytes' 4-bit blocks stands for, and absmaxes that one of double quantization stands for. */
const BLOCK = 64;
const NESTED_BLOCK = 256;

/** Names whose weights TRL casts back to bf16 after k-bit preparation; `word_embeddings` is the tied `lm_head`. @see trl 0.x, `peft_module_casting_to_bf16` */
const TRL_SIXTEEN_BIT = /lm_head|embed_tokens|wte|wpe|word_embeddings/;

/** What a parameter that stays unquantised is kept as after k-bit preparation. */
const keptAs = (options: StepOptions, path: string, isWeight: boolean): Element => {
  const { method, weights } = options;
  if (method.kind !== "qlora" || method.kbitPreparation === "none") return weights;
  const back = method.kbitPreparation !== "fp32" && isWeight && !path.includes("norm") && TRL_SIXTEEN_BIT.test(path);
  return back ? "bf16" : "fp32";
};

/** Whether LoraConfig's `target_modules` chooses the module of this path. */
const isTarget = (options: StepOptions, fused: ReadonlySet<string>, path: string): boolean => {
  if (options.method.kind === "full" || fused.has(path.slice(path.lastIndexOf(".") + 1))) return false;
  const { target_modules } = options.method.lora;
  if (target_modules === "all-linear") return true;
  return target_modules.some((target) => namesModule(target, path));
};

/** Whether some module of these has an adapter. */
export const isAdapted = (options: StepOptions, layout: ModelLayout, modules: readonly Module[]): boolean => {
  const fused = fusedNames(layout);
  return modules.some((module) =>
    module.kind === "experts"
      ? module.adapted.some(({ targets }) => targets.some((name) => isTarget(options, new Set(), name)))
      : module.kind === "linear" && isTarget(options, fused, module.name),
  );
};

/** A and B of these sizes, and DoRA's magnitude. */
type AdapterShape = Readonly<{
  name: string;
  rank: number;
  in_features: number;
  out_features: number;
  dora: boolean;
  tuner: Tuner;
}>;

const makeAdapter = (tape: Tape, options: StepOptions, of: AdapterShape): Adapter => {
  const make = (name: string, shape: Shape): Tensor =>
    parameter(tape, {
      name: `${of.name}.${name}`,
      shape,
      dtype: options.adapters,
      component: "adapters",
      trained: true,
    });
  return {
    A: make("lora_A", shapeOf(of.rank, of.in_features)),
    B: make("lora_B", shapeOf(of.out_features, of.rank)),
    magnitude: of.dora ? make("lora_magnitude_vector", shapeOf(of.out_features)) : null,
    dropout: options.method.kind === "full" ? 0 : options.method.lora.lora_dropout,
    tuner: of.tuner,
  };
};

/** A linear to create, whether with an adapter, and whose. */
type LinearRequest = Readonly<{ module: LinearModule; adapted: boolean; tuner: Tuner | null }>;

const loadAdapter = (tape: Tape, options: StepOptions, { module, tuner }: LinearRequest): Adapter | null => {
  if (options.method.kind === "full" || tuner === null) return null;
  const { r, use_dora } = options.method.lora;
  const { name, in_features, out_features } = module;
  return makeAdapter(tape, options, { name, in_features, out_features, rank: r, dora: use_dora, tuner });
};

/** Adapters of fused experts and their router: one A and one B for all experts, a rank for each name that means the parameter. */
const loadParameterAdapters = (
  tape: Tape,
  options: StepOptions,
  { module, tuner }: Readonly<{ module: ExpertsModule; tuner: Tuner | null }>,
): readonly (readonly [string, Adapter])[] => {
  if (options.method.kind === "full" || tuner === null) return [];
  const { r, target_modules } = options.method.lora;
  return module.adapted.flatMap(({ targets, copies, ...shape }) => {
    const chosen =
      target_modules === "all-linear" ? targets : targets.filter((target) => target_modules.includes(target));
    if (chosen.length === 0) return [];
    const rank = r * chosen.length * copies;
    return [[shape.name, makeAdapter(tape, options, { ...shape, rank, dora: false, tuner })] as const];
  });
};

/** The packed weight and its scales: 4 bits each, one absmax a block, fp32 or itself quantised. */
const loadPacked = (tape: Tape, options: StepOptions, module: LinearModule): Tensor => {
  const elements = module.in_features * module.out_features;
  const make = (name: string, shape: Shape, dtype: Element): Tensor =>
    parameter(tape, { name: `${module.name}.${name}`, shape, dtype, component: "weights", trained: false });
  const packed = make("weight", shapeOf(elements / 2, 1), "uint8");
  const { method } = options;
  const nested =
    method.kind === "qlora" && method.quantization.kind === "bnb-4bit" && method.quantization.bnb_4bit_use_double_quant;
  make("absmax", shapeOf(elements / BLOCK), nested ? "uint8" : "fp32");
  if (nested) make("nested_absmax", shapeOf(Math.ceil(elements / BLOCK / NESTED_BLOCK)), "fp32");
  return packed;
};

/** Creates a linear's parameters, packed where the method quantises it (never the output head). */
const loadLinear = (tape: Tape, options: StepOptions, { module, adapted, tuner }: LinearRequest): LoadedLinear => {
  const { name, in_features, out_features, bias, inherits = false } = module;
  const trained = options.method.kind === "full";
  const quantized = options.method.kind === "qlora" && module.part !== "head" && !inherits;
  const shape = shapeOf(out_features, in_features);
  const make = (part: "weight" | "bias", ofShape: Shape): Tensor =>
    parameter(tape, {
      name: `${name}.${part}`,
      shape: ofShape,
      dtype: keptAs(options, name, part === "weight"),
      component: "weights",
      trained,
    });
  return {
    name,
    weight: quantized ? loadPacked(tape, options, module) : make("weight", shape),
    bias: bias ? make("bias", shapeOf(out_features)) : null,
    dequantized: quantized ? shape : null,
    adapter: adapted ? loadAdapter(tape, options, { module, adapted, tuner }) : null,
  };
};

/** PEFT wraps every module whose path ends in one of `modules_to_save` and trains a copy of it. @see peft/utils/other.py, `_set_trainable` */
const isSaved = (options: StepOptions, path: string): boolean =>
  options.method.kind !== "full" && options.method.lora.modules_to_save.some((saved) => path.endsWith(saved));

/** The element type of a trained copy: the original's, unless adapters are cast to a type of their own. */
const copyOf = (tape: Tape, options: StepOptions, original: Tensor): Tensor =>
  parameter(tape, {
    name: `${original.storage.module} (trained copy)`,
    shape: original.shape,
    dtype: options.adapters === "fp32" ? original.dtype : options.adapters,
    component: "adapters",
    trained: true,
  });

/** The head is adapted when a list names it, never by `all-linear`. */
const isHeadTarget = (options: StepOptions, name: string): boolean =>
  options.method.kind !== "full" &&
  options.method.lora.target_modules !== "all-linear" &&
  isTarget(options, new Set(), name);

/** The layout that has the head, and the embeddings that it may be tied to. */
type HeadRequest = Readonly<{ layout: ModelLayout; embeddings: Loaded; tuner: Tuner | null }>;

/** The output head: tied to the first embedding, or of its own; a trained copy where it is saved. */
export const loadHead = (
  tape: Tape,
  options: StepOptions,
  { layout, embeddings, tuner }: HeadRequest,
): LoadedLinear => {
  const { module, tied } = layout.head;
  const table = embeddings.originals[0];
  const { name } = module;
  const head =
    tied && table !== undefined
      ? { name, weight: table, bias: null, dequantized: null, adapter: null }
      : loadLinear(tape, options, { module, tuner, adapted: isHeadTarget(options, name) });
  return isSaved(options, name) ? { ...head, weight: copyOf(tape, options, head.weight), copied: true } : head;
};

const plainTensors = (module: Exclude<Module, LinearModule>): ExpertsModule["tensors"] =>
  module.kind === "embedding"
    ? [{ name: "weight", shape: [module.num_embeddings, module.embedding_dim] }]
    : module.tensors;

/** The name under which buffers are kept. */
export const BUFFER = "buffer";

/** Buffers: not trained, never quantised. */
const loadBuffers = (tape: Tape, buffers: readonly Buffer[]): readonly Tensor[] =>
  buffers.map(({ elements, dtype }) =>
    parameter(tape, { name: BUFFER, shape: shapeOf(elements), dtype, component: "weights", trained: false }),
  );

/** Modules to create, whose adapters they have, and the buffers beside them. */
export type LoadRequest = ChainLayer &
  Readonly<{ layout: ModelLayout; tuner: Tuner | null; buffers?: readonly Buffer[] }>;

/** Creates the parameters of some modules. */
export const load = (
  tape: Tape,
  options: StepOptions,
  { layout, tuner, kind, modules, keepsAll = false, buffers = [] }: LoadRequest,
): Loaded => {
  const fused = fusedNames(layout);
  const linears = new Map<string, LoadedLinear>();
  const tensors = new Map<string, Tensor>();
  const originals: Tensor[] = [];
  const parameterAdapters = new Map<string, Adapter>();
  const trained = options.method.kind === "full";
  for (const module of modules) {
    if (module.kind === "linear") {
      const adapted = isTarget(options, fused, module.name);
      linears.set(module.name, loadLinear(tape, options, { module, adapted, tuner }));
      continue;
    }
    if (module.kind === "experts")
      for (const [name, adapter] of loadParameterAdapters(tape, options, { module, tuner }))
        parameterAdapters.set(name, adapter);
    for (const { name, shape, inFp32 } of plainTensors(module)) {
      const path = `${module.name}.${name}`;
      const dtype = inFp32 ? "fp32" : keptAs(options, module.name, name === "weight");
      const spec: ParameterSpec = { name: path, shape: shapeOf(...shape), dtype, component: "weights", trained };
      const original = parameter(tape, spec);
      originals.push(original);
      tensors.set(path, isSaved(options, module.name) ? copyOf(tape, options, original) : original);
    }
  }
  return {
    kind,
    keepsAll,
    architecture: options.architecture,
    options,
    linears,
    tensors,
    originals,
    parameterAdapters,
    buffers: loadBuffers(tape, buffers),
    shared: null,
  };
};
