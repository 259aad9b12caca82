import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import { assert } from "#calc/base/assert.ts";
import type { Shape } from "#calc/tape/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** LoRA's matrices beside a linear, DoRA's magnitude, and the tuner whose they are. */
export type Adapter = Readonly<{ A: Tensor; B: Tensor; magnitude: Tensor | null; dropout: number; tuner: Tuner }>;

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

/** What a linear gives with its adapter, from the adapter's input and what the base gave, which the caller has bound. */
export type WithAdapter = (
  module: LoadedLinear,
  adapter: Adapter,
  tensors: readonly [x: Tensor, result: Tensor],
) => Tensor;

/** A way of training few parameters beside a frozen linear: what it adds on a base of 16 bits, and on one of 4. */
export type Tuner = Readonly<{ onPlainBase: WithAdapter; onFourBitBase: WithAdapter }>;

/** Keys and values by name, and the checkpoint's closure that holds them, if any. */
export type Shared = Readonly<{ states: Map<string, readonly [Tensor, Tensor]>; holder: Tensor[] }>;

/** The modules of a layer (or of what is before or after the layers), with their parameters, by their paths in the modelling code. */
export type Loaded = Readonly<{
  /** What tells the layer apart: see `ChainLayer`. */
  kind: string;
  /** It is not checkpointed where others are: see `ChainLayer`. */
  keepsAll: boolean;
  architecture: Architecture;
  options: StepOptions;
  linears: ReadonlyMap<string, LoadedLinear>;
  /** Parameters of everything that is not a linear, by full name: `input_layernorm.weight`. */
  tensors: ReadonlyMap<string, Tensor>;
  /** The same as they were before `modules_to_save` put trained copies in their place. */
  originals: readonly Tensor[];
  /** Adapters of parameters that are no linear's: stacks of experts, routers. By the parameter's full name. */
  parameterAdapters: ReadonlyMap<string, Adapter>;
  buffers: readonly Tensor[];
}> & {
  /** What layers of the run under way hand to later ones. */
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
