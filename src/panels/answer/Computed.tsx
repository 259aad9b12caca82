import { memo, type ReactElement, useMemo, useState } from "react";
import { METHOD_NAMES } from "#scenario/words/method-names.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import type { Term, TermId } from "#calc/model/term.ts";
import type { ToldTerms } from "#service/answers/factored-terms.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { late } from "#ui/late.tsx";
import { ArticleLink } from "#panels/article/ArticleLink.tsx";
import panel from "#panels/panel.module.css";
import styles from "./Computed.module.css";
import { focusedMethod } from "./focused-method.ts";
import { FoldedTerms } from "./FoldedTerms.tsx";
import { HowSure } from "./HowSure.tsx";
import { useAskedFormula } from "./selection.ts";
import { TermRow } from "./TermRow.tsx";
import { useHash } from "./use-hash.ts";
import { usePrinting } from "./use-printing.ts";
import { useNear } from "./use-near.ts";
import { useSettledAnswer } from "./use-settled-answer.ts";
import { useTold } from "./use-told.ts";

const AT_MOMENT: Readonly<Record<MomentId, string>> = {
  load: "while loading",
  forward: "at the end of the forward pass",
  backward: "in the backward pass",
  step: "in the optimizer step",
  zero: "after the step",
};

/** Two dozen runs of the engine: only when somebody asks. */
const LibraryChanges = late<Readonly<{ answer: PageAnswer }>>(
  async () => (await import("./LibraryChanges.tsx")).LibraryChanges,
).Part;

/** A term under this share of the total is folded away with the other small ones. */
const SMALL_SHARE = 0.03;

/** Terms in stack order, never by size: a slider must not shuffle the list. */
const divided = (
  terms: readonly Term[],
  totalBytes: number,
): Readonly<{ large: readonly Term[]; small: readonly Term[] }> => ({
  large: terms.filter(({ bytes }) => bytes >= SMALL_SHARE * totalBytes),
  small: terms.filter(({ bytes }) => bytes < SMALL_SHARE * totalBytes),
});

type OpenRows = Readonly<{ terms: ReadonlySet<TermId>; fold: boolean }>;

/** Which rows are open: what the reader pressed, and what was asked for from the bars or the table. */
const useOpenRows = (small: readonly Term[]): readonly [OpenRows, (next: OpenRows) => void] => {
  const [rows, setRows] = useState<OpenRows>({ terms: new Set<TermId>(["logits"]), fold: false });
  const asked = useAskedFormula();
  if (asked === null) return [rows, setRows];
  const fold = rows.fold || small.some(({ id }) => id === asked);
  if (rows.terms.has(asked) && fold === rows.fold) return [rows, setRows];
  const next: OpenRows = { terms: new Set([...rows.terms, asked]), fold };
  setRows(next);
  return [next, setRows];
};

const toggled = (terms: ReadonlySet<TermId>, id: TermId): ReadonlySet<TermId> => {
  const next = new Set(terms);
  if (!next.delete(id)) next.add(id);
  return next;
};

/**
 * How each term of the focused method's total comes about: formula, the reader's own values put in, where they come from, source.
 */
export const Computed = (): ReactElement => <ComputedOf answer={useSettledAnswer()} />;

type TermsProps = Readonly<{
  answer: PageAnswer;
  /** Whether they have come near the window: only then is the engine asked what they are. */
  near: boolean;
}>;

/** What is said of an answer's terms, and the answer that it goes with; until it is told, the answer alone. */
const useToldTerms = (asked: PageAnswer, near: boolean): Readonly<{ answer: PageAnswer; terms: ToldTerms | null }> => {
  const { choices } = asked;
  const told = useTold(
    asked,
    "factors",
    useMemo(() => (near ? { choices } : null), [near, choices]),
  );
  return { answer: told?.answer ?? asked, terms: told?.given ?? null };
};

/** The terms of the method in focus, a row each. Until they are told for another answer, all stay as they were. */
const Terms = ({ answer: asked, near }: TermsProps): ReactElement => {
  const { answer, terms: toldTerms } = useToldTerms(asked, near);
  const focus = focusedMethod(answer);
  const printing = usePrinting();
  const { large, small } = divided(focus?.estimate.terms ?? [], focus?.estimate.onCardBytes ?? 0);
  const [rows, setRows] = useOpenRows(small);
  const row = (term: Term): ReactElement => (
    <TermRow
      key={term.id}
      answer={answer}
      term={term}
      explanation={toldTerms?.explanations[term.id] ?? null}
      factored={toldTerms?.factored ?? null}
      open={printing || rows.terms.has(term.id)}
      onToggle={() => setRows({ ...rows, terms: toggled(rows.terms, term.id) })}
    />
  );
  return (
    <div className={styles.list}>
      {large.map(row)}
      {small.length > 0 && (
        <FoldedTerms
          terms={small}
          open={printing || rows.fold}
          onToggle={() => setRows({ ...rows, fold: !rows.fold })}
          row={row}
        />
      )}
    </div>
  );
};

/** Whether the terms are drawn: from when they come near the window, or one is asked for, on. */
const useWanted = (near: boolean): boolean => {
  const [wanted, setWanted] = useState(false);
  const asked = useAskedFormula();
  if (!wanted && (near || asked !== null)) setWanted(true);
  return wanted;
};

const ComputedOf = memo(({ answer }: Readonly<{ answer: PageAnswer }>): ReactElement | null => {
  const focus = focusedMethod(answer);
  const printing = usePrinting();
  const hash = useHash();
  const { ref, near } = useNear<HTMLDivElement>();
  const isWanted = useWanted(near);
  if (focus === null) return null;
  return (
    <section id="computed" className={panel.panel} aria-labelledby="computed-title">
      <h2 id="computed-title" className={panel.title}>
        How it is computed
        <span className={panel.hint}>
          {METHOD_NAMES[focus.method].label}, {AT_MOMENT[focus.estimate.peakMoment]}
        </span>
      </h2>
      <div ref={ref}>{isWanted && <Terms answer={answer} near={near} />}</div>
      <HowSure answer={answer} focus={focus} approximations={answer.approximations} ranAs={answer.ranAs} />
      <div id="libraries" className={styles.more} hidden={printing || answer.choices.objective !== "sft"}>
        <Disclosure
          label="What the training library changes"
          summary={stackOf(answer.choices).name}
          defaultOpen={hash === "#libraries"}
        >
          <LibraryChanges answer={answer} />
        </Disclosure>
      </div>
      {answer.choices.stack === "article" && (
        <p className={styles.article}>
          The rule is that of <ArticleLink />. <a href="#article">The article’s figures</a> stand beside what it and a
          training step give.
        </p>
      )}
    </section>
  );
});
