import type { ReactElement } from "react";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import type { ExpertRead, ExpertsChoice } from "#scenario/keys/values.ts";
import { STACK_WORDS } from "#scenario/words/stack.ts";
import { expertReadOf } from "#scenario/choices/resolve-stack.ts";
import { change } from "#scenario/page/actions.ts";
import { useAnswer } from "#scenario/page/store.ts";
import { useChoices } from "#scenario/page/use-choices.ts";
import { Segmented } from "#ui/Segmented.tsx";
import { optionsOf } from "./options.ts";
import { stackOverride } from "./stack-override.ts";
import { useLocked } from "./use-locked.ts";
import { useWhyNot } from "./use-why-not.ts";

/** gpt-oss alone is published in MXFP4. */
const ALL = optionsOf(STACK_WORDS.experts.values);
const USUAL = ALL.filter(({ value }) => value !== "mxfp4");
const READS = optionsOf(STACK_WORDS.expertread.values);

const HINTS: Readonly<Record<ExpertRead, string>> = {
  saved: "16-bit copies stay until backward: those of one layer with checkpointing, of all without. Axolotl does so.",
  rebuilt: "16-bit copies serve one product at a time, and are made again in backward. Unsloth does so.",
};

/** How QLoRA has the experts as the answer counts them; null for a model without fused experts, and where QLoRA is not shown. */
const usedExperts = ({
  methods,
  modules,
}: PageAnswer): Readonly<{ stored: ExpertsChoice; read: ExpertRead | null }> | null => {
  const method = methods.find((run) => run.method === "qlora")?.scenario.method;
  if (method?.kind !== "qlora" || !modules.hasFusedExperts) return null;
  return { stored: method.experts?.stored ?? "16bit", read: method.experts?.read ?? null };
};

/** For how long 16-bit weights of packed experts live. */
const ReadControl = ({ read }: Readonly<{ read: ExpertRead }>): ReactElement => {
  const { stack, expertread } = useChoices("stack", "expertread");
  const locked = useLocked("expertread");
  const own = expertReadOf({ stack, expertread: null });
  return (
    <Segmented
      label="Reading of experts"
      locked={locked}
      options={READS}
      value={read}
      override={stackOverride("expertread", expertread, STACK_WORDS.expertread.values[own])}
      hint={HINTS[read]}
      onChange={(next) => change({ expertread: next === own ? null : next })}
    />
  );
};

/** How fused experts of a quantised base are stored, and for how long their 16-bit weights live. Only for models that have such. */
export const ExpertControls = (): ReactElement | null => {
  const answer = useAnswer();
  const { experts: chosen } = useChoices("experts");
  const locked = useLocked("experts");
  const whyNot = useWhyNot();
  const used = usedExperts(answer);
  if (used === null) return null;
  const { usualExperts: own } = answer;
  return (
    <>
      <Segmented
        label="Experts"
        locked={locked}
        options={answer.model.architecture.model_type === "gpt_oss" ? ALL : USUAL}
        value={chosen ?? used.stored}
        override={stackOverride("experts", chosen, STACK_WORDS.experts.values[own])}
        hint={
          whyNot("experts") ??
          "transformers 5 fuses the experts of a layer into two parameters, which bitsandbytes alone leaves in 16 bits."
        }
        onChange={(experts) => change({ experts: experts === own ? null : experts })}
      />
      {used.read !== null && <ReadControl read={used.read} />}
    </>
  );
};
