import { isOn } from "#interop/import/read-fields.ts";
import type { Plain } from "#interop/import/source.ts";
import { numberOf } from "#interop/import/take.ts";
import { isOnField, isSet, isSeveral, type Unmodelled } from "#interop/import/unmodelled.ts";

/** A number that is not the one counted with. */
const differsFrom =
  (usual: number) =>
  (value: Plain): boolean => {
    const number = numberOf(value);
    return number !== undefined && number !== usual;
  };

const BILLION = 1e9;
const SIZES = "This size of ZeRO's is counted as transformers and DeepSpeed set it by themselves";

const size = (field: string, usual: number): Unmodelled => ({
  field: [field, field.replace("stage3_", "")].map((name) => `zero_optimization.${name}`),
  when: differsFrom(usual),
  sentence: `${SIZES}.`,
});

/** What of DeepSpeed changes memory and is said by no key. @see deepspeed@0.19.6:runtime/zero/config.py */
export const UNMODELLED_OF_DEEPSPEED: readonly Unmodelled[] = [
  size("reduce_bucket_size", 5e8),
  size("allgather_bucket_size", 5e8),
  size("sub_group_size", BILLION),
  size("stage3_max_live_parameters", BILLION),
  size("stage3_prefetch_bucket_size", 5e7),
  size("stage3_param_persistence_threshold", 1e5),
  {
    field: "zero_optimization.zero_quantized_weights",
    when: isOnField,
    sentence: "ZeRO++ gathers weights in 8 bits, through buffers that are not counted.",
  },
  {
    field: "zero_optimization.zero_quantized_nontrainable_weights",
    when: isOnField,
    sentence: "ZeRO++ keeps frozen weights in 8 bits: fewer bytes than are counted.",
  },
  {
    field: "zero_optimization.zero_quantized_gradients",
    when: isOnField,
    sentence: "ZeRO++ reduces gradients in 4 bits, through buffers that are not counted.",
  },
  {
    field: "zero_optimization.zero_hpz_partition_size",
    when: isSeveral,
    sentence: "A second, larger partition of the weights in each machine (ZeRO++) is not counted.",
  },
  {
    field: "zero_optimization.mics_shard_size",
    when: (value) => (numberOf(value) ?? -1) > 0,
    sentence: "MiCS shards among some of the GPUs alone: each of them holds more than is counted.",
  },
  {
    field: "zero_optimization.offload_optimizer.ratio",
    when: (value) => (numberOf(value) ?? 1) < 1,
    sentence: "Only a part of the states is in host memory; all of them are counted there.",
  },
  {
    field: "zero_optimization.zenflow.topk_ratio",
    when: isSet,
    sentence: "ZenFlow keeps a part of the states on the GPU.",
  },
  {
    field: "tensor_parallel.autotp_size",
    when: isSeveral,
    sentence: "DeepSpeed's own tensor parallelism divides matrices; they are counted whole.",
  },
  {
    field: "compile.disable",
    when: (value) => !isOn(value),
    sentence: "torch.compile saves other tensors than those that are counted here.",
  },
  {
    field: "compile.deepcompile",
    when: isOnField,
    sentence: "DeepCompile gathers and frees weights at other moments.",
  },
  { field: "amp.enabled", when: isOnField, sentence: "Apex's amp keeps other copies of the weights." },
  {
    field: "fp8.enabled",
    when: isOnField,
    sentence: "fp8 products keep other tensors than those that are counted here.",
  },
  { field: "torch_autocast.enabled", when: isOnField, sentence: "Weights stay fp32 under DeepSpeed's autocast." },
  { field: "compression_training", when: isSet, sentence: "Compression keeps more than the weights." },
  { field: "zero_allow_untested_optimizer", when: () => false, sentence: "" },
];
