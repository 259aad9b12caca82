import type { ObjectiveId } from "#calc/model/objective.ts";
import type { OptimizerId } from "#calc/model/scenario.ts";
import type { Finding } from "#interop/import/finding.ts";
import type { NamedVersions, PackageName } from "./named-versions.ts";
import { isBefore, type VersionNumber, versionNumber } from "./version-number.ts";

type Assumed = Extract<Finding, { kind: "assumed" }>;

/** The run's library, the version of it that is named, and the optimizer of the row that is estimated. */
export type RunVersion = Readonly<{
  library: string;
  version: VersionNumber | null;
  named: NamedVersions;
  optim: OptimizerId;
  objective: ObjectiveId;
}>;

/** @see trl 0.21.0 and 0.22.0: trainer/sft_config.py, dpo_config.py, grpo_config.py, `gradient_checkpointing` */
const CHECKPOINTS: VersionNumber = [0, 22];
/** @see trl 0.18.2 and 0.19.1: trainer/sft_config.py, `bf16`; grpo_config.py, `beta` (0.04, then 0.0) */
const BF16: VersionNumber = [0, 19];
/** @see transformers 4.53.3 and 4.54.1: training_args.py, `default_optim` */
const FUSED: Readonly<Partial<Record<PackageName, VersionNumber>>> = { torch: [2, 8], transformers: [4, 54] };

const OLDER_TRL = "TRL up to 0.21 did not checkpoint by default: for such a version ckpt=0.";

const replaced = (findings: readonly Finding[], key: string, by: (found: Assumed) => Assumed): readonly Finding[] =>
  findings.map((found) => (found.kind === "assumed" && found.key === key ? by(found) : found));

/** Checkpoints that no field says. */
const checkpoints = (findings: readonly Finding[], { library, version }: RunVersion): readonly Finding[] => {
  if (library !== "TRL") return findings;
  return replaced(findings, "ckpt", (found) => {
    if (version === null) return { ...found, sentence: `${found.sentence} ${OLDER_TRL}` };
    const sentence = "TRL's default up to 0.21: layers are not checkpointed.";
    return isBefore(version, CHECKPOINTS) ? { ...found, text: "0", sentence } : found;
  });
};

/** True if something says what products are computed in. */
const saysPrecision = (findings: readonly Finding[]): boolean =>
  findings.some(
    (found) =>
      ("key" in found && (found.key === "autocast" || found.key === "compute")) ||
      /(^|\.)(bf16|fp16)$/.test(found.field?.path ?? ""),
  );

/** Defaults of GRPO, and of precision, before TRL 0.19. */
const before019 = (findings: readonly Finding[], { library, version }: RunVersion): readonly Finding[] => {
  if (library !== "TRL" || version === null || !isBefore(version, BF16)) return findings;
  const sentence = "TRL's default up to 0.18 (trainer/grpo_config.py): a reference.";
  const held = replaced(findings, "beta", (found) => ({ ...found, text: "0.04", sentence }));
  if (saysPrecision(held)) return held;
  const neither = "TRL's default up to 0.18: neither bf16 nor fp16 is on.";
  return [...held, { kind: "assumed", key: "autocast", text: "0", sentence: neither }];
};

/** The version that rules out the fused optimizer, in words; null: none that is named does. */
const withoutFused = (named: NamedVersions): string | null => {
  for (const name of ["torch", "transformers"] as const) {
    const [value, first] = [named.get(name)?.value ?? "", FUSED[name]];
    const version = versionNumber(value);
    if (first !== undefined && version !== null && isBefore(version, first))
      return `${name} ${value} is named, and adamw_torch_fused is the default from ${name} ${first.join(".")} on`;
  }
  return null;
};

/** The optimizer that no field says, where an older version takes another one. */
const optimizer = (
  findings: readonly Finding[],
  { library, version, named, optim }: RunVersion,
): readonly Finding[] => {
  // TRL 0.21 is of August 2025, as torch 2.8 is.
  const isOlderTrl = library === "TRL" && version !== null && isBefore(version, CHECKPOINTS);
  const isOlderRow = isOlderTrl || (version !== null && optim === "adamw_torch");
  const why = withoutFused(named) ?? (isOlderRow ? "The default of its time, before torch 2.8" : null);
  if (why === null) return findings;
  return replaced(findings, "optim", (found) =>
    found.text === "adamw_torch_fused" ? { ...found, text: "adamw_torch", sentence: `${why}.` } : found,
  );
};

/** Assumed values of the newest version, replaced by those of the version that is named. */
export const olderDefaults = (findings: readonly Finding[], run: RunVersion): readonly Finding[] =>
  optimizer(before019(checkpoints(findings, run), run), run);
