import { ENGINE } from "#calc/whole-engine.ts";
import type { Architecture } from "#calc/model/architecture.ts";
import type { Choices } from "#scenario/keys/choices.ts";
import type { MeasuredRun } from "./measured-run.ts";
import type { NotMapped } from "./not-mapped.ts";

/** What LitGPT and torchtune call parts of a layer, in the names that model families have for them. */
const NAMES: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    query: ["q_proj", "query_key_value", "qkv_proj", "c_attn"],
    key: ["k_proj", "query_key_value", "qkv_proj", "c_attn"],
    value: ["v_proj", "query_key_value", "qkv_proj", "c_attn"],
    projection: ["o_proj", "dense"],
    output_proj: ["o_proj"],
    mlp: ["gate_proj", "up_proj", "down_proj", "gate_up_proj", "fc1", "fc2", "dense_h_to_4h", "dense_4h_to_h"],
    head: ["lm_head", "embed_out"],
  }),
);

const REMARK = /\s*\(.*\)$/;
const IS_SAVED = /modules_to_save/;

/** Which modules a run adapted, and which it trained whole, by the names of its model. */
export type RunModules = Pick<Choices, "targets" | "save">;

/** The model's names for one that a run gives: several for an MLP; one for q, k and v where they are fused. */
const namesOf = (name: string, has: (name: string) => boolean): readonly string[] =>
  has(name) ? [name] : (NAMES.get(name) ?? []).filter(has);

/** The modules of a run: names of its own library become those of the model; an embedding beside a head that is trained whole is trained whole. */
export const runModules = (
  { target_modules, hf_id, model }: MeasuredRun,
  architecture: Architecture,
): RunModules | NotMapped => {
  if (target_modules === null || typeof target_modules === "string") return { targets: "all-linear", save: [] };
  const trainsWhole = target_modules.some((name) => IS_SAVED.test(name));
  const isWhole = (name: string): boolean => IS_SAVED.test(name) || (trainsWhole && /wte|embed/.test(name));
  const [whole, adapted] = [target_modules.filter(isWhole), target_modules.filter((name) => !isWhole(name))];
  const known = adapted.map((name) => namesOf(name, ENGINE.canTarget(architecture)));
  const unknown = known.findIndex((names) => names.length === 0);
  return unknown === -1
    ? { targets: [...new Set(known.flat())], save: whole.map((name) => name.replace(REMARK, "")) }
    : { why: `${hf_id ?? model} has no module called ${adapted[unknown]}` };
};
