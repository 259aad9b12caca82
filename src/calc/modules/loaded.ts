import type { StepOptions } from "#calc/model/options/step-options.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Quantization } from "#calc/model/scenario.ts";
import type { TunerId } from "#calc/model/tuner-id.ts";
import type { TunerTensors } from "#calc/model/tuner-tensors.ts";
import { assert } from "#calc/base/assert.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { Tensor } from "#calc/tape/tape.ts";

/** How ranks cut a matrix: by its outputs, or by its inputs. */
export type MatrixCut = "columns" | "rows";

/** A way of training few parameters beside a frozen model: all that anybody needs to know of it. */
export type Tuner = Readonly<{
  id: TunerId;
  tensors: TunerTensors;
  /** PEFT's module around a linear: what the base gives, and what is added. */
  forward: (module: LoadedLinear, adapter: Adapter, x: Tensor) => Tensor;
  /** Which of its modules ranks cut as they cut the matrix, and run as they run that; null where PEFT cannot divide it. */
  divides: ((cut: MatrixCut) => readonly string[]) | null;
  /** Quantised bases that it has a module for. */
  bases: readonly Quantization["kind"][];
  /** Whether libraries that bring adapters, or kernels for them, of their own have it. */
  inLibraries: boolean;
}>;

/** A tuner's tensors beside one matrix, by its names for them. */
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

/** The tensor of an adapter that its tuner calls so. */
export const adapterTensorOf = ({ tensors, tuner }: Adapter, name: string): Tensor => {
  const tensor = tensors.get(name);
  assert(tensor !== undefined, `${tuner.id} has a ${name}`);
  return tensor;
};
