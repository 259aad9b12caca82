import { fromPretrained } from "#interop/config-lines/hugging-face/from-pretrained.ts";
import type { FieldSetting } from "#interop/config-lines/setting.ts";
import { isWritten } from "#interop/config-lines/is-written.ts";
import { argumentsOf } from "#interop/export/python/python-call.ts";
import type { Asked } from "#interop/measure/asked.ts";

/** Whether the base is quantised by bitsandbytes. */
export const isQuantised = ({ scenario: { method } }: Asked): boolean => method.kind === "qlora";

/** The arguments of bitsandbytes' config; modules that a checkpoint leaves in 16 bits are named beside the head. */
export const bitsandbytesArguments = ({ run, scenario: { architecture } }: Asked): readonly string[] => {
  const fields = fromPretrained(run, { tool: "Transformers", dtype: "dtype" }).filter(
    (setting): setting is FieldSetting => "within" in setting && setting.within === "BitsAndBytesConfig",
  );
  const skipped = architecture.llm_int8_skip_modules ?? [];
  return [
    ...argumentsOf(fields.filter(isWritten)),
    ...(skipped.length === 0 ? [] : [`llm_int8_skip_modules=${JSON.stringify(["lm_head", ...skipped])}`]),
  ];
};

/** Python that loads a quantised base as a checkpoint is loaded, from weights that are drawn one by one. */
export const QUANTISED_TEXT = `class Drawn:
    """A weight that is drawn when it is asked for, in the place of a slice of a checkpoint's file."""

    def __init__(self, like):
        self.shape, self.dtype = like.shape, like.dtype

    def get_shape(self):
        return list(self.shape)

    def __getitem__(self, _):
        return torch.randn(self.shape, dtype=self.dtype, device=DEVICE) * 0.02


def quantised(config):
    """The base as \`from_pretrained\` loads and quantises it."""
    with torch.device("meta"):
        shape_of = AutoModelForCausalLM.from_config(config, dtype=DTYPE)
    weights = {name: Drawn(like) for name, like in shape_of.named_parameters()}
    weights.update((name, Drawn(like)) for name, like in shape_of.state_dict().items() if not like.is_floating_point())
    return type(shape_of).from_pretrained(
        None,
        config=config,
        state_dict=weights,
        attn_implementation=ATTENTION,
        dtype=DTYPE,
        quantization_config=QUANTIZATION,
        device_map={"": DEVICE},
    )`;
