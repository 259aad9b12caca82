// Hooks that keep outputs of checkpointed layers by operation, or offload saved tensors to host memory.

import type { KeptOutputs, Checkpoint, Tensor, ActivationHooks, GradNode } from "#calc/tape/tape.ts";
import { aliasOf, drop, fresh } from "#calc/tape/tensor.ts";
import type { ModelLayout } from "#calc/model/layout.ts";
import { ELEMENT_BYTES } from "#calc/base/dtypes.ts";
import { allocate, release } from "#calc/tape/ledger/storages.ts";
import { type Ledger, type Storage, secondLedger } from "#calc/tape/ledger/ledger.ts";
import { PARAMETER } from "#calc/tape/parameter.ts";
import { extentOf } from "#calc/tape/ledger/extent.ts";
import { CONSTANT, growthAt } from "#calc/tape/ledger/growth.ts";
import type { Shape } from "#calc/tape/ledger/shape.ts";
import type { MakeActivationHooks } from "#calc/step/strategy.ts";

/** The tape's names of matrix products without a bias (`aten.mm`). A 4-bit linear calls that too. */
const MATRIX_PRODUCTS = new Set(["mm", "matmul_4bit"]);

/** The tape's names of the other operations whose outputs are kept. */
const KEPT = new Set(["flash_attention", "efficient_attention", "reduce-scatter"]);

/**
 * torchtitan's policy by operation: the outputs of attention, of reduce-scatters, and of every other matrix product are kept. Products are counted anew in each
 * layer, from the first, which is kept.
 *
 * @see torchtitan/parallelisms/parallelize_llama.py (December 2024), `_save_list`, `_get_custom_policy`; later torchtitan/distributed/activation_checkpoint.py
 */
const keptByOperation = (): Keeps => {
  let products = 0;
  return (operation) => (MATRIX_PRODUCTS.has(operation) ? ++products % 2 === 1 : KEPT.has(operation));
};

/** Whether the output of an operation of that name is kept. It is asked once for each operation, in order, so it may count. */
type Keeps = (operation: string) => boolean;

/** Another reference to the same storage. */
const another = (tensor: Tensor): Tensor => aliasOf(tensor, tensor.shape);

/**
 * A checkpoint that keeps some outputs (selective activation checkpointing). The first run stores another reference to each; the second run takes it instead of
 * computing it again. The recomputation may stop early: an output that it does not reach stays until the layer's backward has ended.
 *
 * @param policy makes a new `Keeps` for each run
 * @see torch/utils/checkpoint.py, `_CachingTorchDispatchMode`, `_CachedTorchDispatchMode`
 */
const keepOutputs = (policy: () => Keeps): KeptOutputs => {
  const kept: Checkpoint["kept"] = [];
  const keptInFirst = policy();
  return {
    kept,
    inFirstRun: (operation, make) => {
      const outputs = make();
      if (keptInFirst(operation)) kept.push(outputs.map((output) => Object.assign(another(output), { bindings: 1 })));
      return outputs;
    },
    inSecondRun: () => {
      const keeps = policy();
      let next = 0;
      return (operation, make) => {
        if (!keeps(operation)) return make();
        const held = kept[next++] ?? [];
        const outputs = held.map(another);
        held.forEach(drop);
        return outputs;
      };
    },
  };
};

/** Smaller tensors are not offloaded: `min_offload_size`. */
const LEAST_BYTES = 1024;

/** A batch and length at which sizes are compared: no multiple of what rows are rounded up to. */
const PROBE = extentOf({ b: 3, s: 1001, chunk: 0, chunkSize: 0 });

const elementsOf = ({ factor, growth }: Shape): number => factor * growthAt(growth, PROBE);

/** Whether a view shows only a part of its storage. An expanded view, which shows more, is offloaded as the storage itself. */
const isPartOf = (view: Shape, whole: Shape): boolean => elementsOf(view) < elementsOf(whole);

/** Copies a tensor to host memory. The returned function brings it back as a new tensor and frees the copy. */
const send = (host: Ledger, { tape, storage, dtype, permuted, ...view }: Tensor): (() => Tensor) => {
  const { term, op, module } = storage;
  const shape = isPartOf(view.shape, storage.shape) ? view.shape : storage.shape;
  const copy = allocate(host, { shape, dtype, term, op, module });
  return () => {
    const back = fresh(tape, shape, dtype);
    back.permuted = permuted;
    release(host, copy);
    return back;
  };
};

/** Offloads only inputs of checkpointed layers (Unsloth). @see unsloth_zoo/gradient_checkpointing.py, `Unsloth_Offloaded_Gradient_Checkpointer` */
const sendCheckpoints = (host: Ledger): Pick<ActivationHooks, "sendInput"> => ({
  sendInput: (input) => send(host, input),
});

/** Kernels whose backward writes over what they saved: what they save is not offloaded. */
const OVERWRITING = /^(inplace_|liger_|fast_cross_|fused_lora|unsloth_|lora_mlp)/;

const isSmall = ({ shape, dtype }: Storage): boolean =>
  shape.growth === CONSTANT && shape.factor * ELEMENT_BYTES[dtype] < LEAST_BYTES;

/** Whether a storage is a weight or an adapter. Ids and labels are loaded in the same way, but count as activations. */
const isParameter = ({ op, term }: Storage): boolean => op === PARAMETER && term !== "activations";

/**
 * Offloads every tensor that autograd saves, the inputs of checkpointed layers among them. Not offloaded: parameters, tensors below 1,024 bytes, what the head
 * saves, and a tensor that was offloaded before (the second node that saves it keeps it on the card). A tensor comes back when its node's backward begins,
 * and stays until it ends. TRL's streams are left out: they keep up to five tensors for longer.
 *
 * @see trl/models/activation_offloading.py (TRL 1.x), `OffloadActivations`, `get_act_offloading_ctx_manager`
 */
const sendSavedTensors = (host: Ledger, layout: ModelLayout): Omit<ActivationHooks, "host"> => {
  const head = layout.head.module.name;
  const sent = new WeakMap<GradNode, (() => Tensor)[]>();
  /** What was offloaded in this micro step: whole storages, or views of a part. */
  const gone = new Set<Storage | Tensor>();
  let microStep = Number.NaN;
  const isSent = (tensor: Tensor): boolean => {
    const { tape, storage } = tensor;
    const what = isPartOf(tensor.shape, storage.shape) ? tensor : storage;
    if (tape.position.microStep !== microStep) gone.clear();
    microStep = tape.position.microStep;
    const { module } = tape.recorder;
    const isOfHead = module === head || module.startsWith(`${head}.`);
    if (isOfHead || gone.has(what) || isParameter(storage) || isSmall(storage)) return false;
    gone.add(what);
    return true;
  };
  return {
    sendInput: (input) => (isSent(input) ? send(host, input) : null),
    sendSaved: (node, tensor) => {
      if (OVERWRITING.test(node.name) || !isSent(tensor)) return false;
      const copies = sent.get(node) ?? [];
      copies.push(send(host, tensor));
      sent.set(node, copies);
      return true;
    },
    bringBack: (node) => {
      for (const copy of sent.get(node) ?? []) copy();
      sent.delete(node);
    },
  };
};

/** Hooks that keep some outputs of checkpointed layers, and offload saved tensors to host memory; null where there is neither. */
export const activationHooksOf: MakeActivationHooks = (tape, options, layout) => {
  const { selective, checkpointsOffloaded, gradient_checkpointing, loss } = options;
  // LitGPT's own loop does not offload saved tensors.
  const savedTensorsOffloaded = options.savedTensorsOffloaded === true && loss.kind !== "litgpt";
  const keeps = selective === "op" ? { keepOutputs: () => keepOutputs(keptByOperation) } : {};
  const isSent = savedTensorsOffloaded || (checkpointsOffloaded && gradient_checkpointing);
  if (!isSent) return selective === "op" ? { ...keeps, host: null } : null;
  const host = secondLedger(tape.recorder.ledger);
  const sends = savedTensorsOffloaded ? sendSavedTensors(host, layout) : sendCheckpoints(host);
  return { ...keeps, ...sends, host };
};
