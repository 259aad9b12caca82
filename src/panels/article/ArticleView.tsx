// Article page: quoted tables and figures beside the engine's.

import { type ReactElement, useMemo } from "react";
import { ARTICLE_MEMORY, QUALITY_BY_METHOD, QUALITY_SIZES, SPEED, SPEED_PARAMS } from "#advice/article-figures.ts";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import { METHODS } from "#calc/model/scenario.ts";
import { formatCount } from "#format/numbers.ts";
import { formatGb } from "#format/bytes.ts";
import { type Choices, DEFAULT_CHOICES } from "#scenario/keys/choices.ts";
import { useEngineAnswer } from "#scenario/page/questions.ts";
import { QuotedTable, type QuotedRow, QuotedFigure, ArticleLink } from "./QuotedArticle.tsx";
import table from "./QuotedArticle.module.css";
import { FIT_WORDS } from "#panels/answer/FitStatus.tsx";
import { gibWords } from "#advice/gpu-words.ts";
import type { CardFit } from "#calc/model/memory-estimate.ts";
import { QUOTED_ARTICLE } from "#catalog/stacks/article.ts";
import { useFullCatalog } from "#scenario/page/actions.ts";
import { useSettledAnswer } from "#panels/answer/use-settled-answer.ts";
import styles from "./ArticleView.module.css";

/** The batch and the length of the steps that the article's figures are held against: asked about, so kept from draw to draw. */
type StepProps = Readonly<{ at: Pick<Choices, "batch" | "seq"> }>;

/** What the article prints, line by line; the engine's figures come in the same order. */
const PRINTED = ARTICLE_MEMORY.flatMap(({ label, gb }) =>
  METHODS.map((method) => ({ label, method, quoted: gb[method] })),
);

/** The article's training memory by model size beside its rule and a training step, each difference in a sentence. */
const MemoryTable = ({ at }: StepProps): ReactElement => {
  const { value, fresh } = useEngineAnswer("comparedMemory", at);
  return (
    <>
      <QuotedTable
        label="The article’s memory table beside the engine"
        head={["GB (10⁹ B)", "Method", "Quoted", "Its rule", "A step", "Why they differ"]}
        rows={PRINTED.map(({ label, method, quoted }, index): QuotedRow => {
          const row = value?.[index];
          const computed = row ? [formatGb(row.ruleBytes), formatGb(row.stepBytes), row.why] : ["", "", ""];
          return [label, METHOD_NAMES[method].label, quoted, ...computed];
        })}
        quoted={[2]}
        words={[5]}
        fresh={fresh}
      />
      <p className={table.note}>
        Quoted: as the article prints it. Its rule: the preset <em>Article</em>, 12 bytes for each trained parameter, 2
        for a frozen one, 0.5 for one in 4 bits, nothing else; only the full column follows from it, the others were
        rounded up by hand. A step: the PyTorch peak of a training step at batch {formatCount(at.batch)} and{" "}
        {formatCount(at.seq)} tokens with the default stack, LoRA rank 16 on all linears, for a model of that size. A
        step differs because batch, length and vocabulary count, 4-bit applies to linear layers only, and PEFT keeps
        adapters in fp32.
      </p>
    </>
  );
};

/** MT-Bench by method and size, quoted: nothing of it can be computed here. */
const Quality = (): ReactElement => (
  <>
    <QuotedFigure
      title="MT-Bench by method and LLaMA’s size."
      names={QUALITY_BY_METHOD.map(({ label }) => label)}
      groups={QUALITY_SIZES.map((label, index) => ({
        label,
        values: QUALITY_BY_METHOD.map(({ mtBench }) => mtBench[index] ?? null),
      }))}
    />
    <QuotedTable
      label="MT-Bench by method"
      head={["MT-Bench, quoted", ...QUALITY_SIZES]}
      rows={QUALITY_BY_METHOD.map(({ label, mtBench }) => [label, ...mtBench.map((score) => score.toFixed(1))])}
      quoted={[1, 2, 3]}
    />
  </>
);

const ABSENT = "not in the catalog";

/** The article's smallest GPUs beside its own accounting and what the engine says of a step on them. */
const SmallestGpus = ({ at }: StepProps): ReactElement => {
  const { value, fresh } = useEngineAnswer("comparedGpus", at);
  const rows = value ?? [];
  return (
    <>
      <p>
        <a href="#minimum-gpus">How many GPUs it takes</a>: the fewest of five cards for each of these sizes, really
        sharded.
      </p>
      <QuotedTable
        label="The article’s smallest GPUs beside the engine"
        head={["Model", "Method", "Quoted", "By its rule", "A step there", "Why they differ"]}
        rows={rows.map(({ label, method, quoted, fitsByRule, fit, why }) => [
          label,
          METHOD_NAMES[method].label,
          quoted,
          fitsByRule === null ? ABSENT : fitsByRule ? "fits" : "does not fit",
          fit === null ? ABSENT : FIT_WORDS[fit].toLowerCase(),
          why,
        ])}
        quoted={[2]}
        words={[5]}
        fresh={fresh}
      />
    </>
  );
};

/** Full fine-tuning of the article's model, on each of its cards. */
const ARTICLE_RUN = { ...DEFAULT_CHOICES, model: { kind: "size", params: SPEED_PARAMS }, method: "full" } as const;
const PATCHES = SPEED.map(({ gpu }) => ({ gpu: { kind: "catalog", id: gpu } as const }));

/** Whether the engine agrees that the full fine-tuning of that model runs there, or does not. */
const agreement = (quoted: number | null, card: CardFit): string => {
  if (card.cannotRun !== null) return `a step cannot run: ${card.cannotRun}`;
  const size = gibWords(card.headroomBytes);
  if (card.fit === "tight") return `Full: the engine cannot tell, a step may not fit: ${size} free.`;
  const isOver = card.fit === "over";
  const says = isOver ? `a step lacks ${size}` : `a step fits with ${size}`;
  return (quoted === null) === isOver
    ? `Full: the engine agrees, ${says}.`
    : `Full: the engine does not agree, ${says} at this batch and length.`;
};

/** Samples a second by GPU and method, quoted; what the engine can say is whether "OOM" is right. */
const Speed = ({ at }: StepProps): ReactElement => {
  const asked = useMemo(() => ({ choices: { ...ARTICLE_RUN, ...at }, patches: PATCHES }), [at]);
  const { value, fresh } = useEngineAnswer("trials", asked);
  const rows = SPEED.map(({ label, samples }, index): QuotedRow => {
    const card = value?.[index]?.card;
    return [
      label,
      ...METHODS.map((method) => samples[method]?.toFixed(1) ?? "OOM"),
      card === undefined ? "" : agreement(samples.full, card),
    ];
  });
  return (
    <>
      <QuotedFigure
        title="Samples a second, LLaMA-7B, one GPU."
        names={METHODS.map((method) => METHOD_NAMES[method].label)}
        groups={SPEED.map(({ label, samples }) => ({ label, values: METHODS.map((method) => samples[method]) }))}
      />
      <QuotedTable
        label="Samples a second by GPU"
        head={["Samples a second, quoted", "Full", "LoRA", "QLoRA", "Whether it runs there, by the engine"]}
        rows={rows}
        quoted={[1, 2, 3]}
        words={[4]}
        fresh={fresh}
      />
    </>
  );
};

/** What the article prints, quoted, beside what the engine says: all of it that is not about the choice of a method, rank or modules. */
export const ArticleView = (): ReactElement => {
  useFullCatalog();
  const { batch, seq } = useSettledAnswer().choices;
  const at = useMemo(() => ({ batch, seq }), [batch, seq]);
  return (
    <div className={styles.view}>
      <p>
        <ArticleLink />, by the {QUOTED_ARTICLE.by}, {QUOTED_ARTICLE.published}, compares the three methods. Its figures
        are quoted as it prints them, in grey, and are never this tool’s own. This tool computes memory alone: there is
        nothing to hold the article’s quality, speed and gains of target modules against here.
      </p>
      <p>
        What it says of methods, ranks, target modules and serving stands under <a href="#guide">Guidance</a>, beside
        this scenario.
      </p>
      <h3>Memory by model size</h3>
      <MemoryTable at={at} />
      <h3>Smallest GPUs</h3>
      <SmallestGpus at={at} />
      <h3>Speed by GPU</h3>
      <Speed at={at} />
      <h3>Quality by method</h3>
      <Quality />
    </div>
  );
};
