import { expect, test } from "vitest";
import type { Module } from "#calc/model/layout.ts";
import { moduleTensors } from "#calc/parameters/parameter-tensors.ts";
import { bnb4bitTensors } from "#calc/parameters/weight-bytes.ts";

const LINEAR = { kind: "linear", name: "self_attn.q_proj", in_features: 8, out_features: 4, bias: true } as const;
const WEIGHT = { name: "self_attn.q_proj.weight", shape: [4, 8] };

test.each<readonly [what: string, module: Module, tensors: readonly object[]]>([
  [
    "a linear has a weight of outputs by inputs, and a bias for each output",
    LINEAR,
    [
      { ...WEIGHT, role: "linear" },
      { name: "self_attn.q_proj.bias", shape: [4], role: "bias" },
    ],
  ],
  ["one without bias has the weight alone", { ...LINEAR, bias: false }, [{ ...WEIGHT, role: "linear" }]],
  [
    "an embedding has a table",
    { kind: "embedding", name: "embed_tokens", num_embeddings: 10, embedding_dim: 4 },
    [{ name: "embed_tokens.weight", shape: [10, 4], role: "embedding" }],
  ],
  [
    "a norm's tensors are a norm's",
    { kind: "other", name: "norm", isNorm: true, tensors: [{ name: "weight", shape: [4] }] },
    [{ name: "norm.weight", shape: [4], role: "norm" }],
  ],
  [
    "what is kept in fp32 says so, and what is not says nothing",
    {
      kind: "other",
      name: "mixer",
      isNorm: false,
      tensors: [
        { name: "A_log", shape: [4], inFp32: true },
        { name: "D", shape: [4] },
      ],
    },
    [
      { name: "mixer.A_log", shape: [4], role: "other", kept: "fp32" },
      { name: "mixer.D", shape: [4], role: "other" },
    ],
  ],
])("Of parameters %s", (_, module, tensors) => {
  expect(moduleTensors(module)).toEqual(tensors);
});

test("A 4-bit matrix is a packed weight and its block maxima, which double quantization quantises with maxima of their own", () => {
  expect(bnb4bitTensors(64 * 256 * 3, false)).toEqual([
    { name: "weight", elements: 32 * 256 * 3, dtype: "uint8" },
    { name: "absmax", elements: 256 * 3, dtype: "fp32" },
  ]);
  expect(bnb4bitTensors(64 * 256 * 3, true)).toEqual([
    { name: "weight", elements: 32 * 256 * 3, dtype: "uint8" },
    { name: "absmax", elements: 256 * 3, dtype: "uint8" },
    { name: "nested_absmax", elements: 3, dtype: "fp32" },
  ]);
});
