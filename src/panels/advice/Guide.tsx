// Guidance panel: method and rank, with the article's figures beside the engine's.

import { type ReactElement, useMemo } from "react";
import {
  BY_CASE,
  BY_HARDWARE,
  CHOOSE_WHEN,
  QUALITY_BY_RANK,
  DATA_SIZE_NAMES,
  DATA_SIZES,
  RANK_BY_DATA,
} from "#advice/article-figures.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { formatSignedGib, formatGib } from "#format/bytes.ts";
import type { AdviceProps } from "./AdvicePanels.tsx";
import { ArticleLink, QuotedTable, type QuotedRow, QuotedFigure } from "#panels/article/QuotedArticle.tsx";
import { useScenario } from "#scenario/page/store.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import type { TrialFigures } from "#service/answers/advice-answers.ts";
import styles from "./Guide.module.css";
import { formatCount, EN_DASH } from "#format/numbers.ts";
import { useLocked } from "#panels/scenario/control-state.ts";
import { changeChoices } from "#scenario/page/actions.ts";
import { impliedChoices } from "#scenario/choices/resolve-stack.ts";
import { Button } from "#ui/Button.tsx";
import { Disclosure } from "#ui/Disclosure.tsx";
import { ServingGuide, StandingAdvice, TargetsGuide } from "./ServingGuide.tsx";
import { useFullCatalog } from "#scenario/page/actions.ts";

const GPUS = [...new Set(BY_HARDWARE.flatMap(({ gpus }) => gpus))];

/** Every method on one of each card. */
const PATCHES = GPUS.flatMap((id) =>
  METHODS.map((method) => ({ gpus: 1, method, gpu: { kind: "catalog", id } as const })),
);

/** What the engine says of this model on one card, by method: "Full −51.8, LoRA +3.2, QLoRA +9.7". */
const marginsOn = (id: string, figures: readonly TrialFigures[]): string =>
  PATCHES.flatMap(({ method, gpu }, index) => {
    const card = figures[index]?.card;
    return gpu.id === id && card ? `${METHOD_NAMES[method].label} ${formatSignedGib(card.headroomBytes)}` : [];
  }).join(", ");

/** Which method, as the article says it, beside whether it fits in this scenario. */
const MethodGuide = ({ answer }: AdviceProps): ReactElement => {
  const names = useScenario((state) => state.catalog.gpus);
  const { choices, model } = answer;
  const asked = useMemo(() => ({ choices, patches: PATCHES }), [choices]);
  const { value, fresh } = useEngineAnswer("trials", asked);
  const onCards = (gpus: readonly string[]): string =>
    value === null ? "" : gpus.map((id) => `${names[id]?.shortName ?? id}: ${marginsOn(id, value)}`).join("; ");
  const hardware = BY_HARDWARE.map(({ when, says, gpus }): QuotedRow => [
    when,
    says,
    gpus.length === 0
      ? "See the matrix above with the number of GPUs set: sharded, each card holds its share."
      : onCards(gpus),
  ]);
  return (
    <>
      <QuotedTable
        label="Method by hardware"
        head={["Hardware", "Quoted", `${model.name} here, spare or missing GiB`]}
        rows={hardware}
        quoted={[1]}
        words={[2]}
        fresh={fresh}
      />
      <QuotedTable
        label="Method by case"
        head={["Case", "Quoted"]}
        rows={BY_CASE.map(({ when, says }) => [when, says])}
        quoted={[1]}
      />
      {METHODS.map((method) => (
        <p key={method} className={styles.text}>
          <strong>{METHOD_NAMES[method].label}</strong>, the article says, for: {CHOOSE_WHEN[method]}.
        </p>
      ))}
      <p className={styles.text}>
        <ArticleLink>The article</ArticleLink> decides by the card alone; what fits depends on batch, length and
        vocabulary too, and QLoRA can take more than LoRA where k-bit preparation makes large embeddings fp32. The
        figures above are this scenario’s.
      </p>
    </>
  );
};

const rangeText = ([from, to]: readonly [number, number]): string => `${from} to ${to}`;

/** The method as it is, then with each rank; where there is none, full fine-tuning. */
const RANK_CHANGES = [{}, ...QUALITY_BY_RANK.map(({ r }) => (r === null ? { method: "full" as const } : { r }))];

const computed = (bytes: number | undefined, now: number | undefined): readonly string[] => {
  if (bytes === undefined || now === undefined) return ["", ""];
  return [formatGib(bytes), bytes === now ? EN_DASH : formatSignedGib(bytes - now)];
};

/** Rank by data and task, quality by rank with what each rank costs in this scenario, and what alpha does. */
export const RankGuide = ({ answer, focus }: AdviceProps): ReactElement => {
  const { choices } = answer;
  const locked = useLocked("alpha");
  const method = focus.method === "full" ? "lora" : focus.method;
  const asked = useMemo(() => ({ choices: { ...choices, method }, patches: RANK_CHANGES }), [choices, method]);
  const { value, fresh } = useEngineAnswer("trials", asked);
  const [now, ...ranks] = value?.map(({ onCardBytes }) => onCardBytes) ?? [];
  const rows = QUALITY_BY_RANK.map(({ r, mmlu, mtBench }, index): QuotedRow => [
    r === null ? "Full" : formatCount(r),
    mmlu.toFixed(1),
    mtBench.toFixed(1),
    ...computed(ranks[index], now),
  ]);
  const { alpha } = impliedChoices(choices);
  return (
    <>
      <QuotedTable
        label="Rank by number of examples"
        head={["Examples", "Simple task, quoted", "Complex task, quoted"]}
        rows={DATA_SIZES.map((size) => [
          DATA_SIZE_NAMES[size],
          rangeText(RANK_BY_DATA[size].simple),
          `${rangeText(RANK_BY_DATA[size].complex)}${size === "over100k" ? ", or full" : ""}`,
        ])}
        quoted={[1, 2]}
      />
      <p className={styles.text}>
        What an adapter adds is scaled by alpha / r: here {formatCount(alpha)} / {formatCount(choices.r)} ={" "}
        {Number((alpha / choices.r).toFixed(3))}. <ArticleLink>The article</ArticleLink> starts with alpha = 2r, as this
        calculator does unless alpha is set.{" "}
        {choices.alpha !== null && !locked && (
          <Button kind="link" onClick={() => changeChoices({ alpha: null })}>
            Use alpha = 2r
          </Button>
        )}
      </p>
      <QuotedFigure
        title="MMLU of a 7B model by rank, per cent."
        names={["MMLU"]}
        groups={QUALITY_BY_RANK.map(({ r, mmlu }) => ({ label: r === null ? "Full" : `r ${r}`, values: [mmlu] }))}
      />
      <QuotedTable
        label="Quality by rank, and memory"
        head={["Rank", "MMLU, quoted", "MT-Bench, quoted", "GiB on the card here", "against now"]}
        rows={rows}
        quoted={[1, 2]}
        fresh={fresh}
      />
      <p className={styles.text}>
        Quality is the article’s, of one 7B model; memory is the engine’s, of this scenario with that rank and nothing
        else changed. Its parameter counts (13.1 M at rank 16) belong to no 7B model of this catalog: Llama 2 7B has 8.4
        M on q and v, 40.0 M on all linears.
      </p>
    </>
  );
};

/** Which method, rank and modules, and how to serve them: what the article says, quoted, beside what the engine says of this scenario. */
export const Guide = ({ answer, focus }: AdviceProps): ReactElement => {
  useFullCatalog();
  const props = { answer, focus };
  return (
    <>
      <p className={styles.text}>
        <a href="#choose">Choose for me</a>: three questions that end in a scenario.
      </p>
      <p className={styles.text}>
        Quoted: <ArticleLink />, in grey. <a href="#article">The article’s figures</a> of memory, GPUs, speed and
        quality have a page of their own.
      </p>
      <Disclosure label="Which method" summary="by hardware, data and goal">
        <MethodGuide {...props} />
      </Disclosure>
      <Disclosure label="Which rank and alpha" summary="by data and task; quality by rank">
        <RankGuide {...props} />
      </Disclosure>
      <Disclosure label="Which target modules" summary="gain and memory">
        <TargetsGuide {...props} />
      </Disclosure>
      <Disclosure label="Serving several adapters" summary="merged or switched">
        <ServingGuide {...props} />
      </Disclosure>
      <Disclosure label="Always" summary="checkpointing, bf16">
        <StandingAdvice {...props} />
      </Disclosure>
    </>
  );
};
