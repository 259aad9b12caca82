// Experts of a family: fused parameters, names that PEFT has for them, and the block with router and shared expert.

import type { Architecture } from "#calc/model/architecture.ts";
import type { AdaptedExperts, ExpertsModule, OtherModule } from "#calc/model/layout.ts";
import type { ModuleOf } from "./attention.ts";
import { gatedByActivation, groupedExperts } from "#calc/modules/experts.ts";
import { linear } from "#calc/modules/linear.ts";
import { gatedMlp } from "#calc/modules/mlp.ts";
import { type Route, topKRouter, correctedRouter } from "#calc/modules/router.ts";
import { add, mul } from "#calc/tape/ops/arithmetic.ts";
import { sigmoid } from "#calc/tape/ops/unary.ts";
import { bind, call, rebind } from "#calc/tape/scope.ts";
import type { Loaded } from "#calc/modules/loaded-modules.ts";
import type { Forward } from "#calc/modules/forward.ts";
import { parameters } from "./tensors.ts";

/** The names that `LoraConfig` has for a block's matrices: those from before transformers 5 fused the experts. `router` null: it was no linear. */
type OldNames = Readonly<{ router: string | null; gateUp: readonly string[]; down: readonly string[] }>;

/**
 * Who adapts a block's matrices by old names. `peft`: PEFT translates them, and knows the router by one. `linears`: in version 4 of transformers each expert's
 * matrix was a linear of that name.
 */
type ByOldNames = Readonly<{ peft?: OldNames & Readonly<{ router: string }>; linears?: OldNames }>;

/**
 * PEFT 0.21's table of these names, for the families whose fused experts it adapts.
 * @see peft/utils/transformers_weight_conversion.py, `_MOE_TARGET_MODULE_MAPPING`
 */
export const OLD_NAMES = {
  mixtral: { router: "gate", gateUp: ["w1", "w3"], down: ["w2"] },
  qwen2_moe: { router: "gate", gateUp: ["gate_proj", "up_proj"], down: ["down_proj"] },
} as const satisfies Record<string, OldNames>;

/** DeepSeek's router was no linear in version 4 either, that of its remote code neither. @see transformers 4.50, modeling_deepseek_v3.py, `DeepseekV3TopkRouter` */
export const DEEPSEEK_LINEARS: OldNames = { ...OLD_NAMES.qwen2_moe, router: null };

/** Width of one expert. */
export const expertWidth = (a: Architecture): number => a.moe_intermediate_size ?? a.intermediate_size ?? 0;

/** A block's matrices: of all its experts, and of its router. */
type Block = Readonly<{ path: string; count: number; hidden: number; width: number }>;

const routerNamed = ({ path, count, hidden }: Block, router: string): AdaptedExperts => ({
  name: path.replace(/experts$/, router),
  targets: [router],
  in_features: hidden,
  out_features: count,
  copies: 1,
});

/** What PEFT 0.21 adapts of a block: its two fused parameters, and the router. */
const translated = (
  block: Block,
  { router, gateUp, down }: OldNames & Readonly<{ router: string }>,
): readonly AdaptedExperts[] => {
  const { path, count: copies, hidden, width } = block;
  return [
    { name: `${path}.gate_up_proj`, targets: gateUp, in_features: hidden, out_features: 2 * width, copies },
    { name: `${path}.down_proj`, targets: down, in_features: width, out_features: hidden, copies },
    routerNamed(block, router),
  ];
};

/** The linears of a block in version 4: those of one name, of all experts, together (`mlp.experts.*.up_proj`). */
const linearsOf = (block: Block, { router, gateUp, down }: OldNames): readonly AdaptedExperts[] => {
  const { path, count: copies, hidden, width } = block;
  const named = (old: string): Pick<AdaptedExperts, "name" | "targets" | "copies"> => ({
    name: `${path}.*.${old}`,
    targets: [old],
    copies,
  });
  return [
    ...gateUp.map((old) => ({ ...named(old), in_features: hidden, out_features: width })),
    ...down.map((old) => ({ ...named(old), in_features: width, out_features: hidden })),
    ...(router === null ? [] : [routerNamed(block, router)]),
  ];
};

/** Gated experts fused into `gate_up_proj` [experts, 2f, h] and `down_proj` [experts, h, f]. */
export const fusedExperts = (a: Architecture, name: string, { peft, linears }: ByOldNames = {}): ExpertsModule => {
  const [count, hidden, width] = [a.num_experts ?? 0, a.hidden_size, expertWidth(a)];
  const block = { path: name, count, hidden, width };
  return {
    kind: "experts",
    name,
    num_experts: count,
    tensors: [
      { name: "gate_up_proj", shape: [count, 2 * width, hidden] },
      { name: "down_proj", shape: [count, hidden, width] },
    ],
    adapted: peft === undefined ? [] : translated(block, peft),
    ...(linears && { linears: linearsOf(block, linears) }),
  };
};

/** A router that is a bare matrix: neither quantised nor adapted as a linear; some are kept in fp32. */
export const router = (a: Architecture, name: string, inFp32 = false): OtherModule =>
  parameters(
    name,
    { weight: [a.num_experts ?? 0, a.hidden_size], ...(a.router_bias && { bias: [a.num_experts ?? 0] }) },
    inFp32,
  );

/** `...SparseMoeBlock.forward`: router, experts, and the shared expert if there is one, which may have a gate of its own. */
export const sparseBlock =
  (route: Route, router = "gate", block = "mlp"): ModuleOf =>
  (layer, _, x) =>
    call(
      block,
      (hidden_states) => {
        const shares = layer.linears.has(`${block}.shared_expert_gate`);
        const shared = shares ? bind(gatedMlp(layer, `${block}.shared_expert`, hidden_states)) : null;
        const routing = route(layer, `${block}.${router}`, hidden_states);
        const experts = { path: `${block}.experts`, gate: gatedByActivation };
        const output = groupedExperts(layer, experts, { x: hidden_states, routing });
        const expert_output = bind(output);
        if (layer.linears.has(`${block}.shared_experts.up_proj`))
          return add(expert_output, gatedMlp(layer, `${block}.shared_experts`, hidden_states));
        if (shared === null) return expert_output;
        const gate = sigmoid(linear(layer, `${block}.shared_expert_gate`, hidden_states));
        return add(expert_output, rebind(shared, mul(gate, shared)));
      },
      x,
    );

/** `Qwen2MoeSparseMoeBlock` */
export const qwenBlock = sparseBlock(topKRouter({ normalized: false, castBack: true }));

const isSparse = ({ kind }: Pick<Loaded, "kind">): boolean => kind.startsWith("sparse");

/** `Glm4MoeMoE`, `DeepseekV3MoE` */
export const correctedBlock = sparseBlock(correctedRouter);

/** The MLP of a layer: dense, or with experts. */
export const denseOrSparse =
  (sparse: ModuleOf): ModuleOf =>
  (layer, name, x) =>
    (isSparse(layer) ? sparse : gatedMlp)(layer, name, x);

/** The router's `e_score_correction_bias`, a buffer. */
export const correctionBias: NonNullable<Forward["layerBuffers"]> = ({ architecture }, kind) =>
  isSparse({ kind }) ? [{ elements: architecture.num_experts ?? 0, dtype: "fp32" }] : [];
