import { type ReactElement, useEffect, useId, useRef } from "react";
import { bytes as wholeBytes } from "#calc/base/quantity.ts";
import type { Explanation } from "#calc/explain/explanation.ts";
import type { Term, TermId } from "#calc/model/term.ts";
import { TermSwatch } from "#charts/TermSwatch.tsx";
import { TERM_STYLE } from "#charts/term-style.ts";
import { formulaNames, formulaValue, withoutRest } from "#format/formula-text.ts";
import { formatBytes, formatGib } from "#format/bytes.ts";
import type { FactoredTerms } from "#advice/factored-run.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { late } from "#ui/late.tsx";
import { Chevron } from "#ui/Chevron.tsx";
import { Factors } from "./Factors.tsx";
import { formulaShown, useAskedFormula } from "./selection.ts";
import spoken from "#ui/spoken.module.css";
import styles from "./TermRow.module.css";

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
const TermChange = late<Readonly<{ answer: PageAnswer; term: TermId }>>(
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
export const TermRow = ({ answer, term, explanation, factored, open, onToggle }: TermRowProps): ReactElement => {
  const bodyId = useId();
  const button = useRef<HTMLButtonElement>(null);
  const isAsked = useAskedFormula() === term.id;
  useEffect(() => {
    if (!isAsked) return;
    button.current?.scrollIntoView({ block: "center" });
    button.current?.focus({ preventScroll: true });
    formulaShown();
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
