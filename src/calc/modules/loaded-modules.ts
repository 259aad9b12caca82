// Modules with their parameters on the tape, their adapters, and the interface of tuners.

import type { StepOptions } from "#calc/model/step-options.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Element } from "#calc/base/dtypes.ts";
import type { Lora, Quantization, Method } from "#calc/model/scenario.ts";
import { type TunerId, type Matrix, type TunerTensors, tunerIdOf } from "#calc/model/tuners.ts";
import { assert } from "#calc/base/guards.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** How ranks cut a matrix [out, in]: by its outputs ("columns"), or by its inputs ("rows"). */
export type MatrixCut = "columns" | "rows";

/** A way to train few parameters beside a frozen model, with everything that others need to know of it. */
export type Tuner = Readonly<{
  id: TunerId;
  tensors: TunerTensors;
  /** Buffers of its module around a linear; absent: none. */
  buffers?: (
    matrix: Pick<Matrix, "in_features" | "out_features">,
    config: Lora,
  ) => readonly Readonly<{ elements: number; dtype: Element }>[];
  /** Why PEFT does not take a linear of this shape, in words that follow its name; absent: it takes all. */
  whyNot?: (matrix: Matrix) => string | null;
  /** The forward of PEFT's module around a linear: the result of the base layer, and what is added to it. */
  forward: (module: LoadedLinear, adapter: Adapter, x: Tensor) => Tensor;
  /** Terms that each of its adapters adds to the loss, one after the other; absent: none. */
  penalties?: (adapter: Adapter) => readonly (() => Tensor)[];
  /** Which of its modules tensor parallelism divides as it divides the matrix; null where PEFT cannot divide it. */
  divides: ((cut: MatrixCut) => readonly string[]) | null;
  /** The quantised bases for which PEFT has a module of this tuner. */
  bases: readonly Quantization["kind"][];
  /** Whether PEFT has it for `nn.Linear`, but not for transformers' `Conv1D` (GPT-2). */
  leavesConv1D?: boolean;
  /** Whether libraries that bring adapters of their own, or kernels for them, support it. */
  inLibraries: boolean;
}>;

/** A tuner's tensors beside one matrix, by the names that the tuner gives them. */
export type Adapter = Readonly<{ tensors: ReadonlyMap<string, Tensor>; dropout: number; tuner: Tuner }>;

/** A linear with its parameters. `dequantized`: the shape of the 16-bit weight where only packed 4-bit is kept. */
export type LoadedLinear = Readonly<{
  name: string;
  weight: Tensor;
  bias: Tensor | null;
  dequantized: Shape | null;
  adapter: Adapter | null;
  /** Whether it is a trained copy that `modules_to_save` made. */
  copied?: boolean;
}>;

/** Fused experts that are packed: the shape of their 16-bit weights, and how many fp32 statistics a read makes of nested ones; 0: they are kept as they are. */
export type PackedExperts = Readonly<{ shape: Shape; statistics: number }>;

/** Keys and values by name, and the checkpoint's closure that holds them, if any; the list that routers' logits are put into, where the model is asked for them. */
export type Shared = Readonly<{
  states: Map<string, readonly [Tensor, Tensor]>;
  holder: Tensor[];
  routerLogits: Tensor[] | null;
}>;

/** The modules of a layer (or of what is before or after the layers), with their parameters, by their paths in the modelling code. */
export type Loaded = Readonly<{
  /** What distinguishes the layer from others: see `ChainLayer`. */
  kind: string;
  /** It is not checkpointed although others are: see `ChainLayer`. */
  keepsAll: boolean;
  architecture: Architecture;
  options: StepOptions;
  linears: ReadonlyMap<string, LoadedLinear>;
  /** Parameters of everything that is not a linear, by full name: `input_layernorm.weight`. */
  tensors: ReadonlyMap<string, Tensor>;
  /** Which of them are fused experts that are packed, by full name. */
  packed: ReadonlyMap<string, PackedExperts>;
  /** Parameters that `modules_to_save` replaced with trained copies: they stay in memory. */
  originals: readonly Tensor[];
  /** Adapters of parameters outside linears (fused experts, routers), by the full name of the parameter; a prompt by that of the embedding. */
  parameterAdapters: ReadonlyMap<string, Adapter>;
  buffers: readonly Tensor[];
}> & {
  /** States that layers of the current forward hand to later ones. */
  shared: Shared | null;
};

/** The parameter of that name. */
export const tensorOf = (loaded: Loaded, name: string): Tensor => {
  const tensor = loaded.tensors.get(name);
  assert(tensor !== undefined, `no parameter ${name}`);
  return tensor;
};

/** The linear of that name. */
export const linearOf = (loaded: Loaded, name: string): LoadedLinear => {
  const linear = loaded.linears.get(name);
  assert(linear !== undefined, `no linear ${name}`);
  return linear;
};

/** The tensor of an adapter that its tuner gives this name. */
export const adapterTensorOf = ({ tensors, tuner }: Adapter, name: string): Tensor => {
  const tensor = tensors.get(name);
  assert(tensor !== undefined, `${tuner.id} has a ${name}`);
  return tensor;
};

/** The tuners that an engine was made with. */
export type Tuners = Readonly<Partial<Record<TunerId, Tuner>>>;

/**
 * The tuner of a method; null where the model itself is trained.
 *
 * @throws Error when the engine was made without it: `estimate` refuses such a scenario before
 */
export const tunerOf = (tuners: Tuners, method: Method): Tuner | null => {
  const id = tunerIdOf(method);
  if (id === null) return null;
  const tuner = tuners[id];
  assert(tuner !== undefined, `somebody knows the tuner ${id}`);
  return tuner;
};
