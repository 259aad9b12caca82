import type { Finding } from "#interop/import/finding.ts";
import { isOn } from "#interop/import/read-fields.ts";
import type { SourceField } from "#interop/import/source.ts";
import { wordOf } from "#interop/import/take.ts";

/** Fields that say where states and parameters are kept: a device, or a switch. */
export type OffloadFields = Readonly<{ optimizer: SourceField | undefined; parameters: SourceField | undefined }>;

/** On the host or on its disk: in either case not on the GPU. */
const isAway = (field: SourceField | undefined): field is SourceField =>
  field !== undefined && (isOn(field.value) || /^(cpu|nvme)$/i.test(wordOf(field.value)));

const ALONE = "Parameters in host memory with states on the GPU: no key says that, and they are counted on the GPU.";

/**
 * What ZeRO keeps in host memory. Parameters can leave the GPU in stage 3 alone.
 *
 * @param place where the default stands: nothing is away
 * @see deepspeed@0.19.6:runtime/zero/offload_config.py (lines 24, 58), runtime/zero/config.py (lines 157 to 164)
 */
export const readOffload = ({ optimizer, parameters }: OffloadFields, place: string): readonly Finding[] => {
  if (isAway(optimizer)) {
    const both = isAway(parameters);
    return [
      { kind: "read", field: optimizer, key: "offload", text: both ? "all" : "optimizer" },
      ...(both ? [{ kind: "read", field: parameters, key: "offload", text: "all" } as const] : []),
    ];
  }
  const none = {
    kind: "assumed",
    key: "offload",
    text: "none",
    sentence: `Nothing is in host memory (${place}).`,
  } as const;
  if (isAway(parameters)) return [{ kind: "not-modelled", field: parameters, sentence: ALONE }, none];
  const said = optimizer ?? parameters;
  return said === undefined ? [none] : [{ kind: "read", field: said, key: "offload", text: "none" }];
};
