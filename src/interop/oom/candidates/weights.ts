// Candidates of weights: loading, quantization, expert stacks, k-bit preparation, merging.

import { GIB } from "#calc/base/bytes.ts";
import { formatGib } from "#format/bytes.ts";
import { isPossibleSize } from "#interop/oom/request-range.ts";
import type { Candidate, OomSubject, Origin } from "./candidate.ts";
import { type Matrix, type Kept, sizedMatrices } from "./matrices.ts";

const loadedBytes = ({ estimate }: OomSubject): number =>
  estimate.moments.find(({ id }) => id === "load")?.liveBytes ?? 0;

const anyMatrix = (): boolean => true;

const typeOf = (size: number): string => (size === 4 ? "fp32" : "16 bit");

type Moments = Pick<Candidate, "phases" | "places" | "isUnset">;

/** Put there as it is or to be packed, with nothing else yet. */
const LOADED: Moments = { phases: ["load"], places: ["quantise"] };

/** ZeRO 3 puts a whole matrix there before each use. */
const gathered = ({ scenario: { sharding } }: OomSubject): Moments => ({
  phases: ["train", "evaluate"],
  places: ["gather", "forward", "backward"],
  isUnset: sharding !== "zero3",
});

const whole = (subject: OomSubject, size: number, moments: Moments): Kept => ({
  size,
  which: anyMatrix,
  of: ({ name }) => ({
    tensor: "weight",
    name: `the weight of ${name} in ${typeOf(size)}`,
    ...moments,
    between: { low: 0, high: loadedBytes(subject) },
    why: "A parameter is put on the GPU as one tensor, one after the other while a model is loaded; ZeRO 3 gathers it so before each use.",
    change: `All weights take ${formatGib(loadedBytes(subject))} GiB here: load them in 16 or 4 bit, divide them over GPUs, or take a smaller model; see that nothing else has the card.`,
  }),
});

/** All weights as one block: what is asked for, and given back, before a model with a device_map is loaded. */
const warmUp: Origin = ({ subject, request }) => {
  const bytes = loadedBytes(subject);
  if (bytes < GIB || !isPossibleSize(request, bytes)) return [];
  return [
    {
      tensor: "weight",
      name: "all weights as one block",
      bytes,
      formula: "all weights as they are loaded",
      fits: "fixed",
      rows: null,
      phases: ["load"],
      places: [],
      why: "transformers asks for the room of all weights at once before it loads a model with a device_map (caching_allocator_warmup).",
      change:
        "The card does not have the weights alone: load them in 4 bit, or let device_map put some on another GPU or the host.",
    },
  ];
};

/**
 * Weights as they are loaded, one at a time or all at once.
 *
 * @see transformers 5.24, core_model_loading.py; modeling_utils.py, `caching_allocator_warmup`
 */
export const weights: Origin = (asked) => [
  ...sizedMatrices(
    asked,
    [gathered(asked.subject), LOADED].flatMap((moments) => [2, 4].map((size) => whole(asked.subject, size, moments))),
  ),
  ...warmUp(asked),
];

const isStack = ({ of }: Matrix): boolean => of === "stack";

const stacked = (size: number, part: number): Kept => ({
  size,
  part,
  which: isStack,
  of: ({ name }) => ({
    tensor: "weight",
    name: `${part === 1 ? "all" : "half"} of ${name}, put together or taken apart`,
    phases: ["load", "save"],
    places: [],
    why: "Experts are one tensor in transformers 5 and many in a checkpoint: loading stacks them on the GPU, and saving cuts all layers apart there at once.",
    change: "To save, use save_original_format=False or move the model to the host first.",
  }),
});

/** Stacks of experts. @see transformers 5.24, conversion_mapping.py; `revert_weight_conversion` */
export const expertStacks: Origin = (asked) => sizedMatrices(asked, [stacked(2, 1), stacked(2, 0.5)]);

const prepared: Kept = {
  size: 4,
  which: ({ of }) => of !== "expert",
  of: ({ name }) => ({
    tensor: "weight",
    name: `${name} cast to fp32`,
    phases: ["prepare"],
    places: [],
    why: "prepare_model_for_kbit_training casts all that is not quantised to fp32, each beside its 16-bit copy: embedding, head, norms, and fused experts too.",
    change: "Leave that call out and cast the norms alone, or quantise the experts: of a MoE it doubles them.",
  }),
};

/** Casts before k-bit training. @see peft 0.21, utils/other.py, `prepare_model_for_kbit_training` */
export const preparation: Origin = (asked) =>
  asked.subject.scenario.method.kind === "qlora" ? sizedMatrices(asked, [prepared]) : [];

const delta = (size: number): Kept => ({
  size,
  which: ({ of }) => of !== "embedding" && of !== "expert",
  of: ({ name }): Omit<Candidate, "bytes" | "formula" | "fits" | "rows"> => ({
    tensor: "weight",
    name: `what adapters add to ${name}, in ${typeOf(size)}`,
    phases: ["merge"],
    places: [],
    why: "Merging makes B × A of each matrix whole, in the adapters' type, beside the matrix; of a 4-bit base it makes that whole too.",
    change: "Merge on the host, with adapters in bf16, and without safe_merge.",
  }),
});

/** What merging makes of one matrix. @see peft 0.21, tuners/lora/layer.py, `get_delta_weight`; bnb.py */
export const merging: Origin = (asked) =>
  asked.subject.scenario.method.kind === "full" ? [] : sizedMatrices(asked, [delta(4), delta(2)]);

const PACKED_BYTES = { "4bit": 0.5, "8bit": 1 } as const;

const packed = (bits: keyof typeof PACKED_BYTES): Kept => ({
  size: PACKED_BYTES[bits],
  which: ({ of }) => of === "linear" || of === "expert",
  of: ({ name }) => ({
    tensor: "quantised-weight",
    name: `${name} packed to ${bits === "4bit" ? "4" : "8"} bit`,
    phases: ["load"],
    places: ["quantise"],
    why: "A quantised model is loaded matrix by matrix: each in 16 bit first, then packed beside it. What is there already has filled the card.",
    change:
      "Every process loads the whole quantised model (DDP and FSDP alike): start one process a GPU, see that nothing else has it, or take a smaller model.",
  }),
});

const wholeMatrix = (size: 2 | 4): Kept => ({
  size,
  which: ({ of }) => of === "linear" || of === "expert",
  of: ({ name }) => ({
    tensor: "dequantised-weight",
    name: `${name} dequantised to ${size === 4 ? "fp32" : "16 bit"}`,
    phases: ["train", "evaluate", "merge"],
    places: ["dequantise", "forward", "backward"],
    why: "Each product with a 4-bit matrix makes it whole for a moment, in forward and again in backward. It is the last drop, not what fills the card.",
    change:
      size === 4
        ? "Set bnb_4bit_compute_dtype=torch.bfloat16 (it is fp32 unless it is set), which halves it; then shorter rows, a smaller batch, gradient checkpointing."
        : "Shorter rows, a smaller batch and gradient checkpointing make room: the rest of the card is full.",
  }),
});

/**
 * Matrices of a quantised base: packed while it is loaded, whole for each product.
 *
 * @see bitsandbytes 0.50, nn/modules.py, `Params4bit._quantize`; autograd/_functions.py, `MatMul4Bit`
 */
export const quantizedWeights: Origin = (asked) => {
  const { method } = asked.subject.scenario;
  if (method.kind !== "qlora") return [];
  const is8Bit = method.quantization.kind === "bnb-8bit";
  return sizedMatrices(asked, [packed(is8Bit ? "8bit" : "4bit"), wholeMatrix(2), wholeMatrix(4)]);
};
