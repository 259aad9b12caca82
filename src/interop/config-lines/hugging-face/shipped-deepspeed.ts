import type { ChosenRun } from "#interop/config-lines/chosen-run.ts";
import { chosenSharding } from "#interop/config-lines/chosen-sharding.ts";
import type { Setting } from "#interop/config-lines/setting.ts";
import { topField } from "#interop/config-lines/top-field.ts";
import { unwritten } from "#interop/config-lines/unwritten.ts";

type Shipped = Readonly<{
  tool: string;
  folder: string;
  /** By stage and what is in host memory: "2 optimizer". */
  files: Readonly<Record<string, string>>;
}>;

/** One of the DeepSpeed JSONs that a library ships, in a field of its YAML. */
export const shippedDeepspeed = (run: ChosenRun, { tool, folder, files }: Shipped): Setting => {
  const place = topField("deepspeed");
  const chosen = chosenSharding(run);
  const file = chosen.kind === "zero" ? files[`${chosen.stage} ${chosen.offload}`] : undefined;
  if (file !== undefined) return { ...place, value: `${folder}/${file}`, otherwise: null };
  const instead = `none of the DeepSpeed JSONs in ${folder} is so`;
  return unwritten(run, [tool, "placement"], { name: ".deepspeed", instead });
};
