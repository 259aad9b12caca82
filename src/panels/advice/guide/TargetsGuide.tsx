import { ENGINE } from "#calc/whole-engine.ts";
import { type ReactElement, useMemo } from "react";
import { TARGET_GAINS } from "#advice/article/target-gains.ts";
import { formatGib } from "#format/bytes.ts";
import { formatParams } from "#format/count.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { useLocked } from "#panels/scenario/use-locked.ts";
import { change } from "#scenario/page/actions.ts";
import { toAnswer } from "#scenario/choices/to-answer.ts";
import { useScenario } from "#scenario/page/store.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Guide.module.css";
import { Quoted } from "./Quoted.tsx";

const NAMES = {
  "q-v": "q, v",
  attention: "Attention",
  "attention-mlp": "Attention + MLP",
  "all-linear": "All linear",
} as const;

/** What more target modules bring, quoted, and what they cost in this scenario. */
export const TargetsGuide = ({ answer, focus }: AdviceProps): ReactElement => {
  const catalog = useScenario((state) => state.catalog);
  const { choices, model } = answer;
  const locked = useLocked("targets");
  const rows = useMemo(() => {
    const method = focus.method === "full" ? "lora" : focus.method;
    return TARGET_GAINS.filter(({ preset }) => ENGINE.targetModules(model.architecture, preset) !== null).map(
      ({ preset, says }) => {
        const estimate = toAnswer({ ...choices, targets: preset, show: [method] }, catalog).methods[0]?.estimate;
        return {
          preset,
          says,
          trained: formatParams(estimate?.trainableParams ?? 0),
          gib: formatGib(estimate?.onCardBytes ?? 0),
        };
      },
    );
  }, [choices, model, focus.method, catalog]);
  return (
    <>
      <Quoted
        label="Target modules: gain and memory"
        head={["Targets", "Quality, quoted", "Trained here", "GiB on the card here", "Choose"]}
        rows={rows.map(({ preset, says, trained, gib }) => [
          NAMES[preset],
          says,
          trained,
          gib,
          <Button
            key={preset}
            size="small"
            aria-label={`Target ${NAMES[preset]}`}
            aria-pressed={choices.targets === preset}
            disabled={locked}
            onClick={() => change({ targets: preset })}
          >
            {choices.targets === preset ? "Chosen" : "Use"}
          </Button>,
        ])}
        quoted={[1]}
      />
      <p className={styles.text}>
        In Llama the last two are the same modules, though the article gives them different gains; and all linears do
        not come near the memory of full fine-tuning, as it says: the figures beside are the engine’s.
      </p>
    </>
  );
};
