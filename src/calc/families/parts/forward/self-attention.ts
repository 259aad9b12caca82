import { type Attended, headsFirst, splitHeads } from "#calc/modules/heads.ts";
import { attention } from "#calc/modules/attention.ts";
import { linear } from "#calc/modules/linear.ts";
import type { Loaded } from "#calc/modules/loaded.ts";
import { mul } from "#calc/tape/ops/binary.ts";
import { clone, sigmoid } from "#calc/tape/ops/unary.ts";
import { chunk, view } from "#calc/tape/ops/view.ts";
import { shapeOf } from "#calc/tape/ledger/shape.ts";
import { bind, bindAll, call, rebind, unname } from "#calc/tape/scope.ts";
import type { ApplyRotary } from "#calc/modules/rotary.ts";
import type { Tensor } from "#calc/tape/tape.ts";
import type { LayerContext } from "./layer-context.ts";
import type { ModuleOf } from "./module-of.ts";

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
        const projected = (projection: string, normName: string): Tensor => {
          const whole = normed("projection", normName, linear(layer, `${path}.${projection}`, x));
          return headsFirst(normed("heads", normName, splitHeads(whole, head_dim)));
        };
        const gates: Tensor[] = [];
        const gatedQueries = (): Tensor => {
          const both = splitHeads(linear(layer, `${path}.q_proj`, x), 2 * head_dim);
          const [queries, gate] = bindAll(chunk(both, 2)) as readonly [Tensor, Tensor];
          gates.push(bind(view(clone(gate), shapeOf("b", "s", layer.architecture.num_attention_heads * head_dim))));
          unname(gate);
          const normedQueries = headsFirst(normed("heads", qNorm, queries));
          unname(queries);
          return normedQueries;
        };
        let q = bind(gated ? gatedQueries() : projected("q_proj", qNorm));
        let k = bind(projected("k_proj", kNorm));
        const value = bind(projected("v_proj", ""));
        if (normAt === "heads first") {
          q = rebind(q, normed("heads first", qNorm, q));
          k = rebind(k, normed("heads first", kNorm, k));
        }
        let [query, key] = bindAll(rotary(q, k, context));
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
        return [after(linear(layer, `${path}.${output}`, attn_output)), attn_weights];
      },
      hidden_states,
    );
