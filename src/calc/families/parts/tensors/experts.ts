import type { Architecture } from "#calc/model/architecture.ts";
import type { ExpertsModule, OtherModule } from "#calc/model/layout.ts";
import { parameters } from "./parameters.ts";

/** The names that `LoraConfig` has for a block's matrices: those from before transformers 5 fused the experts. */
export type OldNames = Readonly<{ router: string; gateUp: readonly string[]; down: readonly string[] }>;

/**
 * PEFT 0.21's table of these names, for the families whose fused experts it adapts.
 * @see peft/utils/transformers_weight_conversion.py, `_MOE_TARGET_MODULE_MAPPING`
 */
export const OLD_NAMES = {
  mixtral: { router: "gate", gateUp: ["w1", "w3"], down: ["w2"] },
  qwen2_moe: { router: "gate", gateUp: ["gate_proj", "up_proj"], down: ["down_proj"] },
} as const satisfies Record<string, OldNames>;

/** Width of one expert. */
export const expertWidth = (a: Architecture): number => a.moe_intermediate_size ?? a.intermediate_size ?? 0;

/** Gated experts fused into `gate_up_proj` [experts, 2f, h] and `down_proj` [experts, h, f]; with `oldNames`, PEFT adapts them and the router. */
export const fusedExperts = (a: Architecture, name: string, oldNames: OldNames | null = null): ExpertsModule => {
  const [count, hidden, width] = [a.num_experts ?? 0, a.hidden_size, expertWidth(a)];
  return {
    kind: "experts",
    name,
    num_experts: count,
    tensors: [
      { name: "gate_up_proj", shape: [count, 2 * width, hidden] },
      { name: "down_proj", shape: [count, hidden, width] },
    ],
    adapted: oldNames
      ? [
          {
            name: `${name}.gate_up_proj`,
            targets: oldNames.gateUp,
            in_features: hidden,
            out_features: 2 * width,
            copies: count,
          },
          {
            name: `${name}.down_proj`,
            targets: oldNames.down,
            in_features: width,
            out_features: hidden,
            copies: count,
          },
          {
            name: name.replace(/experts$/, oldNames.router),
            targets: [oldNames.router],
            in_features: hidden,
            out_features: count,
            copies: 1,
          },
        ]
      : [],
  };
};

/** A router that is a bare matrix: neither quantised nor adapted as a linear; some are kept in fp32. */
export const router = (a: Architecture, name: string, inFp32 = false): OtherModule =>
  parameters(
    name,
    { weight: [a.num_experts ?? 0, a.hidden_size], ...(a.router_bias && { bias: [a.num_experts ?? 0] }) },
    inFp32,
  );
