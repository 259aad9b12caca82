// Attention module that most families share: projections, norms, rotary embedding, output projection.

import { type Attended, headsFirst, splitHeads, type NamedHeads } from "#calc/modules/heads.ts";
import { attention } from "#calc/modules/attention.ts";
import { ligerRotary, runsLiger } from "#calc/modules/liger-kernels.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import { mul } from "#calc/tape/ops/arithmetic.ts";
import { clone, sigmoid } from "#calc/tape/ops/unary.ts";
import { chunk, view } from "#calc/tape/ops/views.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind, bindAll, call, rebind, unname } from "#calc/tape/scope.ts";
import { kernelLinears, loraLinears } from "#calc/modules/lora-kernels.ts";
import { type ApplyRotary, applyRotary } from "#calc/modules/rotary.ts";
import type { Tensor, Heads } from "#calc/tape/tape.ts";
import { assert } from "#calc/base/guards.ts";

/** The ways in which modelling files differ in attention. */
export type SelfAttention = Readonly<{
  path?: string;
  norm: ModuleOf;
  rotary: ApplyRotary;
  /**
   * Where queries and keys are normed, if they are: `heads` in [b, s, heads, d] (Qwen 3), `heads first` in [b, heads, s, d] (Gemma 3, Apertus), `projection`
   * over the whole width (OLMo 2).
   */
  normAt?: "heads" | "heads first" | "projection";
  norms?: readonly [ofQueries: string, ofKeys: string];
  /** Applied to rotated queries and keys. */
  rotated?: (layer: Loaded, of: "query" | "key", states: Tensor) => Tensor;
  output?: string;
  /** Probability with which eager attention drops weights. */
  dropout?: number;
  /** Whether `q_proj` also makes a gate for the output (Qwen 3.5). */
  gated?: boolean;
  /** Applied to the output projection's result, inside the module. */
  after?: (x: Tensor) => Tensor;
}>;

const QK_NORMS = ["q_norm", "k_norm"] as const;

/** Whether the layer has a norm of that name: one for all heads, or one for each. */
const hasNorm = (layer: Loaded, path: string): boolean =>
  layer.tensors.has(`${path}.weight`) || layer.tensors.has(`${path}.norms.0.weight`);

const PROJECTIONS = ["q_proj", "k_proj", "v_proj"] as const;

/** Queries, keys and values where one kernel makes them all; else none. */
const madeByKernel = (layer: Loaded, path: string, x: Tensor): readonly Tensor[] => {
  const linears = kernelLinears(
    layer,
    PROJECTIONS.map((name) => `${path}.${name}`),
  );
  return linears === null ? [] : loraLinears(linears, x).map(bind);
};

const outputOf = (layer: Loaded, name: string, attn_output: Tensor): Tensor => {
  const linears = kernelLinears(layer, [name]);
  const [out] = linears === null ? [] : loraLinears(linears, attn_output);
  return out ?? linear(layer, name, attn_output);
};

/** Liger has its own of Llama's. */
const rotaryOf = (layer: Loaded, rotary: ApplyRotary): ApplyRotary =>
  rotary === applyRotary && runsLiger(layer) ? ligerRotary : rotary;

/** A layer's attention, as a module of its own. */
export type Attend = (layer: Loaded, context: LayerContext, hidden_states: Tensor) => Attended;

/** `LlamaAttention.forward` and its kin: projections, rotary embedding, attention, output projection. */
export const selfAttention =
  ({
    path = "self_attn",
    norm,
    rotary,
    normAt = "heads",
    norms: [qNorm, kNorm] = QK_NORMS,
    rotated,
    output = "o_proj",
    dropout = 0,
    gated = false,
    after = (x) => x,
  }: SelfAttention): Attend =>
  (layer, context, hidden_states) =>
    call(
      path,
      (x): Attended => {
        const { head_dim } = layer.architecture;
        const normed = (at: SelfAttention["normAt"], name: string, states: Tensor): Tensor =>
          at === normAt && hasNorm(layer, `${path}.${name}`) ? norm(layer, `${path}.${name}`, states) : states;
        const made = madeByKernel(layer, path, x);
        const projection = (index: number): Tensor => made[index] ?? linear(layer, `${path}.${PROJECTIONS[index]}`, x);
        const projected = (index: number, normName: string): Tensor => {
          const whole = normed("projection", normName, projection(index));
          return headsFirst(normed("heads", normName, splitHeads(whole, head_dim)));
        };
        const gates: Tensor[] = [];
        const gatedQueries = (): Tensor => {
          const both = splitHeads(projection(0), 2 * head_dim);
          const [queries, gate] = bindAll(chunk(both, 2)) as readonly [Tensor, Tensor];
          gates.push(bind(view(clone(gate), shapeOf("b", "s", layer.architecture.num_attention_heads * head_dim))));
          unname(gate);
          const normedQueries = headsFirst(normed("heads", qNorm, queries));
          unname(queries);
          return normedQueries;
        };
        /** Names heads; the projection that they are made of goes, if a kernel made it. */
        const named = (heads: Tensor, index: number): Tensor => {
          const bound = bind(heads);
          made.slice(index, index + 1).forEach(unname);
          return bound;
        };
        let q = named(gated ? gatedQueries() : projected(0, qNorm), 0);
        let k = named(projected(1, kNorm), 1);
        const value = named(projected(2, ""), 2);
        if (normAt === "heads first") {
          q = rebind(q, normed("heads first", qNorm, q));
          k = rebind(k, normed("heads first", kNorm, k));
        }
        let [query, key] = bindAll(rotaryOf(layer, rotary)(q, k, context));
        unname(q);
        unname(k);
        if (rotated !== undefined) {
          query = rebind(query, rotated(layer, "query", query));
          key = rebind(key, rotated(layer, "key", key));
        }
        const { attn_logit_softcapping } = layer.architecture;
        const how = { mask: context.mask, softcap: attn_logit_softcapping !== undefined, dropout };
        let [attn_output, attn_weights] = bindAll(attention(layer.options, { query, key, value }, how));
        for (const gate of gates) attn_output = rebind(attn_output, mul(attn_output, sigmoid(gate)));
        return [after(outputOf(layer, `${path}.${output}`, attn_output)), attn_weights];
      },
      hidden_states,
    );

/** The inputs of a layer beside the hidden states: rotary tables, and the mask that eager attention adds. */
export type LayerContext = Readonly<{ cos: Tensor; sin: Tensor; mask: Tensor | null }>;

/** Reads [cos, sin, mask]; the mask is there with eager attention only. */
export const layerContext = ([cos, sin, mask]: readonly Tensor[]): LayerContext => {
  assert(cos !== undefined && sin !== undefined, "layers are handed rotary tables");
  return { cos, sin, mask: mask ?? null };
};

/** Reads [mask]: attention without positions has no tables. */
export const unrotatedContext = ([mask]: readonly Tensor[]): LayerContext => ({ mask: mask ?? null }) as LayerContext;

/** A module of a layer, called by its path. */
export type ModuleOf = (loaded: Loaded, name: string, x: Tensor) => Tensor;

/** The ways in which attention modules differ that project first and rotate whole heads. */
type ProjectedAttention = Readonly<{
  path: string;
  /** Makes queries, keys and values, in heads. */
  project: (layer: Loaded, x: Tensor) => NamedHeads;
  rotary: ApplyRotary;
  /** Applied to the heads before attention. */
  prepare?: (layer: Loaded, heads: Heads) => Heads;
  output: (layer: Loaded, attn_output: Tensor) => Tensor;
}>;

/** An attention module in this order: all projections, heads, rotary embedding, attention, output projection. */
export const projectedAttention =
  ({ path, project, rotary, prepare = (_, heads) => heads, output }: ProjectedAttention): Attend =>
  (layer, context, hidden_states) =>
    call(
      path,
      (x): Attended => {
        const [q, k, value] = project(layer, x);
        const [query, key] = bindAll(rotary(q, k, context));
        unname(q);
        unname(k);
        const heads = prepare(layer, { query, key, value });
        const [attn_output, attn_weights] = bindAll(attention(layer.options, heads, { mask: context.mask }));
        return [output(layer, attn_output), attn_weights];
      },
      hidden_states,
    );
