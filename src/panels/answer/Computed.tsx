// Panel of the formulas behind each memory component, with sources.

import { type ReactElement, useId, useEffect, useRef, memo, useMemo, useState } from "react";
import type { Term, TermId } from "#calc/model/terms.ts";
import { TERM_STYLE, TermSwatch } from "#charts/term-style.tsx";
import { formatGib, formatBytes } from "#format/bytes.ts";
import { Chevron } from "#ui/Chevron.tsx";
import styles from "./Computed.module.css";
import { bytes as wholeBytes } from "#calc/base/bytes.ts";
import type { Explanation } from "#calc/explain/term-explanations.ts";
import { formulaNames, formulaValue, withoutRest } from "#format/formula-text.ts";
import type { FactoredTerms } from "#advice/factored-terms.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { latePart } from "#ui/late-parts.tsx";
import { Factors } from "./Factors.tsx";
import { clearAskedFormula, useAskedFormula } from "./selection.ts";
import { focusedMethod } from "#scenario/choices/answer.ts";
import spoken from "#ui/spoken.module.css";
import { METHOD_NAMES } from "#scenario/words/names.ts";
import type { MomentId } from "#calc/model/memory-estimate.ts";
import type { ExplainedTerms } from "#service/answers/explained-step.ts";
import { stackOf } from "#scenario/choices/resolve-stack.ts";
import { Disclosure } from "#ui/Disclosure.tsx";
import { ArticleLink } from "#panels/article/QuotedArticle.tsx";
import panel from "#panels/panel.module.css";
import { HowSure } from "./HowSure.tsx";
import { useHash, usePrinting } from "#ui/window.ts";
import { useNear, useSettledAnswer, useAnswerDetails } from "./use-settled-answer.ts";

type FoldedTermsProps = Readonly<{
  terms: readonly Term[];
  open: boolean;
  onToggle: () => void;
  row: (term: Term) => ReactElement;
}>;

/** The terms that hardly count, behind one row: their number, names and sum. */
const FoldedTerms = ({ terms, open, onToggle, row }: FoldedTermsProps): ReactElement => {
  const bodyId = useId();
  const names = terms.map(({ id }) => TERM_STYLE[id].label.toLowerCase()).join(", ");
  const total = terms.reduce((bytes, term) => bytes + term.bytes, 0);
  return (
    <div className={styles.term}>
      <button
        type="button"
        className={styles.row}
        aria-expanded={open}
        aria-controls={open ? bodyId : undefined}
        onClick={onToggle}
      >
        <Chevron to={open ? "down" : "right"} />
        <span className={styles.label}>
          {terms.length === 1 ? "1 smaller component" : `${terms.length} smaller components`}
        </span>{" "}
        <span className={styles.short}>{names}</span> <span className={styles.size}>{gibText(total)}</span>
      </button>
      {open && (
        <div id={bodyId} className={styles.folded}>
          {terms.map(row)}
        </div>
      )}
    </div>
  );
};

/** "7.8 GiB", and the dash alone for a term that is not there. */
const gibText = (bytes: number): string => (bytes === 0 ? formatGib(0) : `${formatGib(bytes)}\u00a0GiB`);

const shortText = (term: Term): string =>
  term.formula.length === 0 ? "nothing at the peak" : formulaNames(withoutRest(term.formula));

/** The bytes of a term that its products give. */
const inProducts = ({ bytes, formula }: Term): Term["bytes"] => {
  const rest = formula.at(-1);
  return typeof rest === "object" && rest.origin === "rest" ? wholeBytes(bytes - rest.value) : bytes;
};

const FormulaLines = ({ formula, bytes }: Pick<Term, "formula" | "bytes">): ReactElement => (
  <div className={styles.formula}>
    <p>
      <span className={styles.symbol}>bytes</span> = {formulaNames(formula)}
    </p>
    <p>
      <span className={styles.blank} aria-hidden="true">
        bytes
      </span>{" "}
      ={" "}
      {formula.map((token, index) =>
        typeof token === "string" ? token : <strong key={`${index} ${token.name}`}>{formulaValue(token)}</strong>,
      )}
    </p>
    <p>
      <span className={styles.blank} aria-hidden="true">
        bytes
      </span>{" "}
      = {formatBytes(bytes)} = <strong>{gibText(bytes)}</strong>
    </p>
  </div>
);

const Source = ({ source }: Pick<Explanation, "source">): ReactElement =>
  source.url === null ? (
    <>Source: {source.label}.</>
  ) : (
    <a href={source.url} title={source.label} target="_blank" rel="noopener noreferrer">
      Source
      <span className={spoken.spoken}>: {source.label}</span>
    </a>
  );

/** Advice comes later than the formulas. */
const TermChange = latePart<Readonly<{ answer: PageAnswer; term: TermId }>>(
  async () => (await import("#panels/advice/TermChange.tsx")).TermChange,
).Part;

type TermRowProps = Readonly<{
  answer: PageAnswer;
  term: Term;
  /** null until it is told. */
  explanation: Explanation | null;
  /** What its factors are made of; null until the engine has told. */
  factored: FactoredTerms | null;
  open: boolean;
  onToggle: () => void;
}>;

/** One term: its name, short formula and size; open, the formula in full, where each number comes from, and the source. */
const TermRow = ({ answer, term, explanation, factored, open, onToggle }: TermRowProps): ReactElement => {
  const bodyId = useId();
  const button = useRef<HTMLButtonElement>(null);
  const isAsked = useAskedFormula() === term.id;
  useEffect(() => {
    if (!isAsked) return;
    button.current?.scrollIntoView({ block: "center" });
    button.current?.focus({ preventScroll: true });
    clearAskedFormula();
  }, [isAsked]);
  return (
    <div className={styles.term}>
      <button
        ref={button}
        type="button"
        className={styles.row}
        aria-expanded={open}
        aria-controls={open ? bodyId : undefined}
        onClick={onToggle}
      >
        <Chevron to={open ? "down" : "right"} />
        <TermSwatch id={term.id} />
        <span className={styles.label}>{TERM_STYLE[term.id].label}</span>{" "}
        <span className={styles.short}>{shortText(term)}</span>{" "}
        <span className={styles.size}>{gibText(term.bytes)}</span>
      </button>
      {open && (
        <div id={bodyId} className={styles.body}>
          {term.formula.length > 0 && (
            <>
              <FormulaLines formula={withoutRest(term.formula)} bytes={inProducts(term)} />
              <Factors answer={answer} term={term} factored={factored} />
            </>
          )}
          {explanation !== null && (
            <p className={styles.note}>
              {explanation.note} <Source source={explanation.source} />
            </p>
          )}
          <TermChange answer={answer} term={term.id} />
        </div>
      )}
    </div>
  );
};

const AT_MOMENT: Readonly<Record<MomentId, string>> = {
  load: "while loading",
  forward: "at the end of the forward pass",
  backward: "in the backward pass",
  step: "in the optimizer step",
  zero: "after the step",
};

/** Two dozen runs of the engine: only when somebody asks. */
const LibraryChanges = latePart<Readonly<{ answer: PageAnswer }>>(
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
const useToldTerms = (
  asked: PageAnswer,
  near: boolean,
): Readonly<{ answer: PageAnswer; terms: ExplainedTerms | null }> => {
  const { choices } = asked;
  const told = useAnswerDetails(
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
