import { isOn } from "#interop/import/read-fields.ts";
import type { Finding } from "#interop/import/finding.ts";
import type { Plain, Source } from "#interop/import/source.ts";
import { numberOf } from "#interop/import/take.ts";
import { isOnField, isSet, isSeveral, type Unmodelled } from "#interop/import/unmodelled.ts";
import { within } from "#interop/import/within.ts";

const BILLION = 1e9;

/** A size by which buffers are cut; stage 3 has some of them under two names. */
const size = (field: string, when: Unmodelled["when"], counted: string): Unmodelled => ({
  field: [...new Set([field, field.replace("stage3_", "")])].map((name) => `zero_optimization.${name}`),
  when,
  sentence: `This size is counted as ${counted}.`,
});

const isNumber = (value: Plain): boolean => numberOf(value) !== undefined;
const isNotBillion = (value: Plain): boolean => isNumber(value) && numberOf(value) !== BILLION;

/** Sections that switch on something of another kind. */
const SECTIONS: Readonly<Record<string, string>> = {
  compression_training: "Compression keeps masks, teachers or weights in other types beside the weights.",
  sparse_attention: "Sparse attention keeps other tensors than those that are counted here.",
  progressive_layer_drop: "Layers that are left out at times are counted.",
  hybrid_engine: "A model that trains and generates in turn keeps more than is counted.",
};

/** The first field of each such section that is on. */
export const readSections = (source: Source): readonly Finding[] =>
  Object.entries(SECTIONS).flatMap(([name, sentence]): readonly Finding[] => {
    const fields = [...within(source, name).fields];
    const switches = fields.filter(([path]) => /(^|\.)enabled$/.test(path));
    const on = switches.length === 0 ? fields[0] : switches.find(([, { value }]) => isOn(value));
    return on === undefined ? [] : [{ kind: "not-modelled", field: on[1], sentence }];
  });

/** They stand in the sections that a finding is about. */
export const SECTIONS_OF_DEEPSPEED: readonly string[] = Object.keys(SECTIONS).map((name) => `${name}.`);

/** What of DeepSpeed changes memory and is said by no key. @see deepspeed@0.19.6:runtime/zero/config.py */
export const UNMODELLED_OF_DEEPSPEED: readonly Unmodelled[] = [
  size("reduce_bucket_size", isNumber, "“auto” becomes under the Trainer, the square of the width"),
  size("stage3_param_persistence_threshold", isNumber, "“auto” becomes under the Trainer, ten times the width"),
  size("sub_group_size", isNotBillion, "DeepSpeed sets it by itself, a billion"),
  size("stage3_max_live_parameters", isNotBillion, "DeepSpeed sets it by itself, a billion"),
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
];
