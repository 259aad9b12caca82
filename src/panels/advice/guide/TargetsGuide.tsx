import { type ReactElement, useMemo } from "react";
import { TARGET_GAINS } from "#advice/article/target-gains.ts";
import { formatGib } from "#format/bytes.ts";
import { formatParams } from "#format/count.ts";
import type { AdviceProps } from "#panels/advice/LatePanel.tsx";
import { ArticleLink } from "#panels/article/ArticleLink.tsx";
import { Quoted } from "#panels/article/Quoted.tsx";
import { useLocked } from "#panels/scenario/use-locked.ts";
import { change } from "#scenario/page/actions.ts";
import { useAsked } from "#scenario/page/use-asked.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Guide.module.css";

const NAMES = {
  "q-v": "q, v",
  attention: "Attention",
  "attention-mlp": "Attention + MLP",
  "all-linear": "All linear",
} as const;

/** What more target modules bring, quoted, and what they cost in this scenario. */
export const TargetsGuide = ({ answer, focus }: AdviceProps): ReactElement => {
  const { choices, modules } = answer;
  const locked = useLocked("targets");
  const method = focus.method === "full" ? "lora" : focus.method;
  const asked = useMemo(() => ({ choices, method }), [choices, method]);
  const { value, fresh } = useAsked("targets", asked);
  const rows = TARGET_GAINS.filter(({ preset }) => modules.presets[preset] !== null).map(({ preset, says }) => {
    const figures = value?.find((each) => each.preset === preset);
    return {
      preset,
      says,
      trained: figures === undefined ? "" : formatParams(figures.trainableParams),
      gib: figures === undefined ? "" : formatGib(figures.onCardBytes),
    };
  });
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
        fresh={fresh}
      />
      <p className={styles.text}>
        In Llama the last two are the same modules, though <ArticleLink>the article</ArticleLink> gives them different
        gains; and all linears do not come near the memory of full fine-tuning, as it says: the figures beside are the
        engine’s.
      </p>
    </>
  );
};
