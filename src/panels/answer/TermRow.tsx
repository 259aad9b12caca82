import type { InputOrigin } from "#calc/base/formula/formula.ts";
import { type ReactElement, useEffect, useId, useRef } from "react";
import type { Explanation } from "#calc/explain/explanation.ts";
import type { Term } from "#calc/model/term.ts";
import { TermSwatch } from "#charts/TermSwatch.tsx";
import { TERM_STYLE } from "#charts/term-style.ts";
import { formulaNames, formulaValue } from "#charts/formula-text.ts";
import { formatBytes, formatGib } from "#format/bytes.ts";
import { Chevron } from "#ui/Chevron.tsx";
import { formulaInputs } from "./formula-inputs.ts";
import { formulaShown, useAskedFormula } from "./selection.ts";
import spoken from "#ui/spoken.module.css";
import styles from "./TermRow.module.css";

const ORIGINS: Readonly<Record<InputOrigin, string>> = {
  setting: "your setting",
  config: "config.json",
  stack: "what the stack does",
  constant: "constant",
  counted: "counted",
  tensors: "tensors",
  rest: "smaller",
};

/** "7.8 GiB", and the dash alone for a term that is not there. */
const gibText = (bytes: number): string => (bytes === 0 ? formatGib(0) : `${formatGib(bytes)}\u00a0GiB`);

const shortText = (term: Term): string =>
  term.formula.length === 0 ? "not there at the peak" : formulaNames(term.formula);

const FormulaLines = ({ term }: Readonly<{ term: Term }>): ReactElement => (
  <div className={styles.formula}>
    <p>
      <span className={styles.symbol}>bytes</span> = {formulaNames(term.formula)}
    </p>
    <p>
      <span className={styles.blank} aria-hidden="true">
        bytes
      </span>{" "}
      ={" "}
      {term.formula.map((token, index) =>
        typeof token === "string" ? token : <strong key={`${index} ${token.name}`}>{formulaValue(token)}</strong>,
      )}
    </p>
    <p>
      <span className={styles.blank} aria-hidden="true">
        bytes
      </span>{" "}
      = {formatBytes(term.bytes)} = <strong>{gibText(term.bytes)}</strong>
    </p>
  </div>
);

const Inputs = ({ term }: Readonly<{ term: Term }>): ReactElement => (
  <ul className={styles.inputs}>
    {formulaInputs(term.formula).map((input) => (
      <li key={`${input.name} ${input.value}`}>
        {input.name} {formulaValue(input)}
        <span className={styles.origin}>{ORIGINS[input.origin]}</span>
      </li>
    ))}
  </ul>
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

type TermRowProps = Readonly<{ term: Term; explanation: Explanation; open: boolean; onToggle: () => void }>;

/** One term: its name, short formula and size; open, the formula in full, where each number comes from, and the source. */
export const TermRow = ({ term, explanation, open, onToggle }: TermRowProps): ReactElement => {
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
              <FormulaLines term={term} />
              <Inputs term={term} />
            </>
          )}
          <p className={styles.note}>
            {explanation.note} <Source source={explanation.source} />
          </p>
        </div>
      )}
    </div>
  );
};
