// Liger's kernels in trainer arguments, whole or with `liger_kernel_config`.

import {
  type Finding,
  fieldOf,
  isOn,
  type Source,
  type SourceField,
  takeFlag,
  readAs,
  sectionOf,
} from "#interop/import/source-fields.ts";

const SWITCH = ["use_liger_kernel", "use_liger"];

const CONFIG = "liger_kernel_config";

const FUSED = "fused_linear_cross_entropy";

const IN_PLACE = "cross_entropy";

/** Kernels in place of modules; a model takes those of its own gates. @see Liger-Kernel@ead96b61:transformers/monkey_patch.py, `_apply_liger_kernel_to_instance` */
const MODULES = ["rope", "rms_norm", "swiglu", "geglu"];

const GATES = ["swiglu", "geglu"];

const TOGETHER = "Liger's kernels are counted all together, not one by one.";

const WITHOUT = "Liger's kernels are off: it changes nothing.";

const ITS_LOSS = "It is off, as it is by itself: the fused loss takes its place.";

const isOff = (field: SourceField | undefined): boolean => field !== undefined && takeFlag(field.value) === "0";

/** What both fields of a loss that is not the fused one say together. */
const readOtherLoss = (fused: SourceField, inPlace: SourceField | undefined): readonly Finding[] => {
  const text = inPlace !== undefined && isOn(inPlace.value) ? "inplace" : "full";
  return [fused, inPlace].flatMap((field) => (field === undefined ? [] : [{ kind: "read", field, key: "loss", text }]));
};

/**
 * Which loss, by itself the fused one.
 *
 * @param all the switch of all kernels, where those in place of modules are off: the loss is what is left of them
 */
const readLoss = (config: Source, all: SourceField | undefined): readonly Finding[] => {
  const [fused, inPlace] = [fieldOf(config, FUSED), fieldOf(config, IN_PLACE)];
  if (fused !== undefined && isOff(fused)) return readOtherLoss(fused, inPlace);
  const field = fused ?? all;
  return [
    ...(field === undefined ? [] : [{ kind: "read", field, key: "loss", text: "fused" } as const]),
    ...(inPlace === undefined ? [] : [{ kind: "ignored", field: inPlace, sentence: ITS_LOSS } as const]),
  ];
};

/** Whether no module of a model is Liger's: each of those that all models have, and its gate, is switched off. */
const withoutModules = (config: Source): boolean =>
  MODULES.every((name) => GATES.includes(name) || isOff(fieldOf(config, name))) &&
  GATES.some((name) => isOff(fieldOf(config, name))) &&
  !GATES.some((name) => isOn(fieldOf(config, name)?.value));

/** Kernels that are switched one by one. */
const readModules = (config: Source, isWithout: boolean): readonly Finding[] =>
  [...config.fields].flatMap(([name, field]): readonly Finding[] => {
    if (name === FUSED || name === IN_PLACE) return [];
    if (isWithout && MODULES.includes(name)) return [{ kind: "read", field, key: "liger", text: "0" }];
    return MODULES.includes(name) && isOn(field.value)
      ? [{ kind: "read", field, key: "liger", text: "1" }]
      : [{ kind: "not-modelled", field, sentence: TOGETHER }];
  });

/**
 * Liger's kernels, as a Trainer puts them in: all of those that Liger has on by itself, the fused loss among them, but for what `liger_kernel_config` says.
 *
 * @see transformers@5.14.1:integrations/liger.py, apply_liger_kernel; Liger-Kernel@ead96b61:transformers/monkey_patch.py
 */
export const readLiger = (source: Source): readonly Finding[] => {
  const field = fieldOf(source, SWITCH);
  const config = sectionOf(source, CONFIG);
  if (field === undefined || !isOn(field.value))
    return [
      ...(field === undefined || field.value === null ? [] : readAs(field, "liger", takeFlag(field.value))),
      ...[...config.fields.values()].map((each) => ({ kind: "ignored", field: each, sentence: WITHOUT }) as const),
    ];
  const isWithout = withoutModules(config);
  return [
    { kind: "read", field, key: "liger", text: isWithout ? "0" : "1" },
    ...readModules(config, isWithout),
    ...readLoss(config, isWithout ? field : undefined),
  ];
};
