// Guidance on serving adapters and on target modules, and the article's general advice.

import { type ReactElement, useMemo, useState } from "react";
import { serving } from "#advice/serving.ts";
import { formatGib, formatSignedGib } from "#format/bytes.ts";
import { formatCount, EN_DASH, formatParams } from "#format/numbers.ts";
import type { AdviceProps } from "./AdvicePanels.tsx";
import { ArticleLink, QuotedTable, type QuotedRow } from "#panels/article/QuotedArticle.tsx";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { type Scale, SliderField } from "#ui/SliderField.tsx";
import styles from "./Guide.module.css";
import type { Choices } from "#scenario/keys/choices.ts";
import { TARGET_GAINS } from "#advice/article-figures.ts";
import { useLocked } from "#panels/scenario/control-state.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { Button } from "#ui/Button.tsx";

const MOST_ADAPTERS = 256;
const SCALE: Scale = { kind: "log", stops: [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256] };
const FIRST = 4;
const METHODS = ["lora", "qlora"] as const;
const NAMES = { lora: "16-bit base", qlora: "Quantised base" } as const;

/** Weights in memory for several adapters: on one base and switched, or each merged into a base of its own. */
export const ServingGuide = ({ answer }: AdviceProps): ReactElement => {
  const [adapters, setAdapters] = useState(FIRST);
  const { choices } = answer;
  const asked = useMemo(() => ({ choices }), [choices]);
  const { value, fresh } = useEngineAnswer("loadedBases", asked);
  const rows = METHODS.map((method): QuotedRow => {
    if (value === null) return [NAMES[method], "", "", "", ""];
    const { baseBytes, adapterBytes, switchedBytes, mergedBytes } = serving(value, { method, adapters });
    return [NAMES[method], ...[baseBytes, adapterBytes, switchedBytes, mergedBytes].map(formatGib)];
  });
  return (
    <>
      <div className={styles.figure}>
        <SliderField
          label="Adapters"
          scale={SCALE}
          ends={["1", String(MOST_ADAPTERS)]}
          value={adapters}
          min={1}
          max={MOST_ADAPTERS}
          format={formatCount}
          onChange={setAdapters}
        />
      </div>
      <QuotedTable
        label="Memory of several adapters"
        head={[
          "GiB of weights",
          "Base",
          "One adapter",
          `${formatCount(adapters)} switched`,
          `${formatCount(adapters)} merged`,
        ]}
        rows={rows}
        quoted={[]}
        fresh={fresh}
      />
      <p className={styles.text}>
        <ArticleLink>The article</ArticleLink>: several adapters on one base, switched at run time, or merged into the
        base, without overhead. Both hold; but each merged adapter is a whole model in 16 bits, and a quantised base has
        to be dequantised to merge. Computed from this scenario’s rank, targets and formats; caches of attention come on
        top.
      </p>
    </>
  );
};

const CASES: readonly Readonly<{ label: string; says: string; patch: Partial<Choices> }>[] = [
  { label: "With gradient checkpointing", says: "always for large models", patch: { ckpt: true } },
  { label: "Without", says: EN_DASH, patch: { ckpt: false } },
  { label: "Weights in bf16", says: "bf16 rather than fp16", patch: { weights: "bf16" } },
  { label: "Weights in fp16", says: EN_DASH, patch: { weights: "fp16" } },
  { label: "Weights in fp32", says: EN_DASH, patch: { weights: "fp32" } },
];

/** The method as it is, then each case. */
const PATCHES = [{}, ...CASES.map(({ patch }) => patch)];

/** What the article always advises, and what it is worth in this scenario. */
export const StandingAdvice = ({ answer, focus }: AdviceProps): ReactElement => {
  const { choices } = answer;
  const { method } = focus;
  const asked = useMemo(() => ({ choices: { ...choices, method }, patches: PATCHES }), [choices, method]);
  const { value, fresh } = useEngineAnswer("trials", asked);
  const [now, ...cases] = value?.map(({ onCardBytes }) => onCardBytes) ?? [];
  const rows = CASES.map(({ label, says }, index): QuotedRow => {
    const bytes = cases[index];
    const computed =
      bytes === undefined || now === undefined ? ["", ""] : [formatGib(bytes), formatSignedGib(bytes - now)];
    return [label, says, ...computed];
  });
  return (
    <>
      <QuotedTable
        label="Checkpointing and number formats"
        head={["Setting", "Quoted", "GiB on the card here", "against now"]}
        rows={rows}
        quoted={[1]}
        fresh={fresh}
      />
      <p className={styles.text}>
        What <ArticleLink>the article</ArticleLink> advises. bf16 and fp16 take the same memory; bf16 has the range of
        fp32, so that no loss scaling is needed. Checkpointing costs about a third more compute and changes no result.
      </p>
    </>
  );
};

const PRESET_NAMES = {
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
  const { value, fresh } = useEngineAnswer("targets", asked);
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
      <QuotedTable
        label="Target modules: gain and memory"
        head={["Targets", "Quality, quoted", "Trained here", "GiB on the card here", "Choose"]}
        rows={rows.map(({ preset, says, trained, gib }) => [
          PRESET_NAMES[preset],
          says,
          trained,
          gib,
          <Button
            key={preset}
            size="small"
            aria-label={`Target ${PRESET_NAMES[preset]}`}
            aria-pressed={choices.targets === preset}
            disabled={locked}
            onClick={() => changeChoices({ targets: preset })}
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
