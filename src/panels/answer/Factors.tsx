// Factors of a component's formula, each with its value and the control that changes it.

import { type ReactElement, Fragment, useId, useState } from "react";
import { type FactoredProduct, type FactorPart, summandsOf, type FactoredTerm } from "#calc/explain/factored-term.ts";
import { tensorName, whyAlive } from "#calc/explain/tensor-words.ts";
import type { Term } from "#calc/model/terms.ts";
import { kernelText, shapeText, factorValue, otherwiseText, partsText, restText } from "#advice/factor-text.ts";
import { TERM_STYLE } from "#charts/term-style.tsx";
import { formatBytes, formatGib, formatMib } from "#format/bytes.ts";
import { formatCount } from "#format/numbers.ts";
import type { FactoredTerms } from "#advice/factored-terms.ts";
import { Button } from "#ui/Button.tsx";
import styles from "./Factors.module.css";
import { openAliveTensors } from "./selection.ts";
import type { Formula, FormulaInput, InputOrigin } from "#calc/base/formula.ts";
import { withoutRest } from "#format/formula-text.ts";
import { type ControlId, goToControl } from "#scenario/page/store.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { usePrinting } from "#ui/window.ts";

/** So many rows tell where a factor comes from; the others are one row together. */
const MOST_ROWS = 8;

const sumOf = (parts: readonly FactorPart[], what: (part: FactorPart) => number): number =>
  parts.reduce((sum, part) => sum + what(part), 0);

/** "a logit": what a block's bytes are counted for. */
const unitWord = ({ factors, unit }: FactoredProduct): string =>
  factors.length === 1 ? "MiB" : unit.name.replace("bytes per", "a");

type BlockProps = Readonly<{ term: Term; product: FactoredProduct; each: number }>;

/** The bytes that tensors add to the factor, on the term's colour. */
const Block = ({ term, product, each }: BlockProps): ReactElement => {
  const { fill, labelFill, edge } = TERM_STYLE[term.id];
  return (
    <span className={styles.block} style={{ background: fill, color: labelFill, borderColor: edge ?? fill }}>
      {product.factors.length === 1 ? formatMib(each) : formatBytes(each)}
    </span>
  );
};

type FactorPartsProps = Readonly<{ id: string; term: Term; product: FactoredProduct; factored: FactoredTerms }>;

/** The tensors that a factor is made of: what each adds to it, its name, kernel and shape, why it is there, and its GiB. */
const FactorParts = ({ id, term, product, factored }: FactorPartsProps): ReactElement => {
  const shown = product.parts.slice(0, MOST_ROWS);
  const others = product.parts.slice(MOST_ROWS);
  return (
    <table id={id} className={styles.parts}>
      <caption className={styles.caption}>{`What ${product.unit.name} are made of`}</caption>
      <thead>
        <tr>
          <th scope="col">{unitWord(product)}</th>
          <th scope="col">Tensor alive at the peak</th>
          <th scope="col" className={styles.wide}>
            Shape
          </th>
          <th scope="col" className={styles.wide}>
            Why it is there
          </th>
          <th scope="col" className={styles.gib}>
            GiB
          </th>
        </tr>
      </thead>
      <tbody>
        {shown.map((part, index) => (
          <tr key={index}>
            <td>
              <Block term={term} product={product} each={part.each} />
            </td>
            <th scope="row">
              <Button
                kind="link"
                className={styles.tensor}
                title={`${shapeText(part)}. ${whyAlive(part.tensors, factored)}`}
                onClick={() => openAliveTensors(term.id)}
              >
                {tensorName(part.tensors)}
              </Button>
              <code className={styles.kernel}>{kernelText(part, factored.layers)}</code>
            </th>
            <td className={`${styles.wide} ${styles.shape}`}>{shapeText(part)}</td>
            <td className={`${styles.wide} ${styles.why}`}>{whyAlive(part.tensors, factored)}</td>
            <td className={styles.gib}>{formatGib(part.bytes)}</td>
          </tr>
        ))}
        {others.length > 0 && (
          <tr>
            <td>
              <Block term={term} product={product} each={sumOf(others, ({ each }) => each)} />
            </td>
            <th scope="row">
              <Button kind="link" className={styles.tensor} onClick={() => openAliveTensors(term.id)}>
                {formatCount(others.length)} more
              </Button>
            </th>
            <td className={`${styles.wide} ${styles.why}`} colSpan={2}>
              Each adds less than those above
            </td>
            <td className={styles.gib}>{formatGib(sumOf(others, ({ bytes }) => bytes))}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
};

const ORIGINS: Readonly<Record<InputOrigin, string>> = {
  setting: "your setting",
  config: "config.json",
  stack: "what the stack does",
  constant: "constant",
  counted: "tensor by tensor",
  tensors: "tensor by tensor",
  rest: "tensor by tensor",
  replay: "a replay of this run",
};

/** The controls that settings of a formula have. */
const CONTROLS: Readonly<Record<string, Readonly<{ id: Extract<ControlId, "batch" | "seq" | "r">; label: string }>>> = {
  micro_batch_size: { id: "batch", label: "Batch size" },
  sequence_length: { id: "seq", label: "Sequence length" },
  r: { id: "r", label: "LoRA rank" },
};

/** A term, and the answer that it is of. */
type Explained = Readonly<{ answer: PageAnswer; term: Term }>;

/** Where GPUs divide what was chosen, a factor is less than that. */
const partOf = ({ value }: FormulaInput, whole: number | undefined): string =>
  whole !== undefined && value < whole ? ", a GPU’s part" : "";

/** A field of the model's config.json; undefined of a product of several. */
const fieldOf = ({ model }: PageAnswer, key: string): number | undefined => {
  const fields: Readonly<Record<string, unknown>> = model.architecture;
  const field = fields[key];
  return typeof field === "number" ? field : undefined;
};

/** Where a factor leads: what stands under its name, and what pressing it does; null: it is a number that a rule brings. */
const leadOf = ({ answer, term }: Explained, input: FormulaInput): Readonly<{ to: string; go: () => void }> | null => {
  const { origin, key = "" } = input;
  const control = origin === "setting" ? CONTROLS[key] : undefined;
  if (control !== undefined)
    return { to: control.label + partOf(input, answer.choices[control.id]), go: () => goToControl(control.id) };
  if (origin === "config")
    return { to: `config.json, ${key}${partOf(input, fieldOf(answer, key))}`, go: () => goToControl("model") };
  return origin === "counted" ? { to: ORIGINS.counted, go: () => openAliveTensors(term.id) } : null;
};

const Factor = ({ input, ...of }: Readonly<{ input: FormulaInput }> & Explained): ReactElement => {
  const lead = leadOf(of, input);
  const content = (
    <>
      <strong className={styles.value}>{factorValue(input)}</strong> <span className={styles.name}>{input.name}</span>{" "}
      <span className={lead === null ? styles.origin : styles.source}>{lead?.to ?? ORIGINS[input.origin]}</span>
    </>
  );
  if (lead === null) return <div className={styles.factor}>{content}</div>;
  return (
    <button type="button" className={styles.factor} onClick={lead.go}>
      {content}
    </button>
  );
};

type UnitProps = Readonly<{
  input: FormulaInput;
  product: FactoredProduct | undefined;
  open: boolean;
  bodyId: string;
  onPress: () => void;
}>;

/** The factor that tensors add up to: it opens them. */
const Unit = ({ input, product, open, bodyId, onPress }: UnitProps): ReactElement => (
  <button
    type="button"
    className={styles.factor}
    aria-expanded={open}
    aria-controls={open && product !== undefined ? bodyId : undefined}
    onClick={onPress}
  >
    <strong className={styles.value}>{factorValue(input)}</strong> <span className={styles.name}>{input.name}</span>{" "}
    <span className={styles.source}>{product === undefined ? ORIGINS.tensors : partsText(product)}</span>
  </button>
);

type SentencesProps = Readonly<{
  term: FactoredTerm;
  product: FactoredProduct | undefined;
  phase: FactoredTerms["phase"];
}>;

/** What the open factor is in the other pass, and what fits no product. */
const Sentences = ({ term, product, phase }: SentencesProps): ReactElement | null => {
  const said = [product === undefined ? "" : otherwiseText(product, phase), restText(term)].filter(
    (text) => text !== "",
  );
  if (said.length === 0) return null;
  return (
    <p className={styles.rest}>
      {said.join(" ")}{" "}
      <Button kind="link" onClick={() => openAliveTensors(term.id)}>
        What is alive at the peak
      </Button>
    </p>
  );
};

/** Which of a formula's factors is open: the first at first; a change that takes the open one away closes it. */
const useOpenUnit = (formula: Formula): readonly [open: string | null, press: (key: string | null) => void] => {
  const keys = formula.flatMap((token) =>
    typeof token !== "string" && token.origin === "tensors" && token.key !== undefined ? [token.key] : [],
  );
  const [pressed, setPressed] = useState<string | null | undefined>();
  const open = pressed === undefined ? keys[0] : keys.find((key) => key === pressed);
  return [open ?? null, setPressed];
};

/** A formula line by line, without what fits no product: a line for each product; one for all where each is a single number. */
const linesOf = (formula: Formula): readonly Formula[] => {
  const summands = summandsOf(withoutRest(formula));
  return summands.every(({ length }) => length === 1) ? [withoutRest(formula)] : summands;
};

type FactorsProps = Explained &
  Readonly<{
    /** null until the engine has told. */
    factored: FactoredTerms | null;
  }>;

/**
 * A term's formula as buttons: each number leads to where it comes from. The factor that tensors add up to opens them, one row each; what fits no product is
 * a sentence at the end.
 */
export const Factors = ({ answer, term, factored }: FactorsProps): ReactElement => {
  const id = useId();
  const printing = usePrinting();
  const [open, press] = useOpenUnit(term.formula);
  const ofTerm = factored?.terms.find((each) => each.id === term.id);
  const productOf = (key: string | null | undefined): FactoredProduct | undefined =>
    ofTerm?.products.find(({ unit }) => unit.key === key);
  const product = productOf(open);
  const shown = ofTerm?.products.filter(({ unit }) => printing || unit.key === open) ?? [];
  const idOf = (key = ""): string => `${id} ${key}`.replaceAll(/\W+/g, "-");
  const factor = (input: FormulaInput): ReactElement => {
    if (input.origin !== "tensors") return <Factor input={input} answer={answer} term={term} />;
    const isOpen = printing || input.key === open;
    return (
      <Unit
        input={input}
        product={productOf(input.key)}
        open={isOpen}
        bodyId={idOf(input.key)}
        onPress={() => press(isOpen ? null : (input.key ?? null))}
      />
    );
  };
  return (
    <div className={styles.room}>
      {linesOf(term.formula).map((line, index) => (
        <div key={index} className={styles.factors}>
          {index > 0 && <span className={`${styles.sign} ${styles.plus}`}>+</span>}
          {line.map((token, at) => (
            <Fragment key={at}>
              {typeof token === "string" ? <span className={styles.sign}>{token.trim()}</span> : factor(token)}
            </Fragment>
          ))}
        </div>
      ))}
      {factored !== null &&
        shown.map((each) => (
          <FactorParts key={each.unit.key} id={idOf(each.unit.key)} term={term} product={each} factored={factored} />
        ))}
      {ofTerm !== undefined && factored !== null && (
        <Sentences term={ofTerm} product={product} phase={factored.phase} />
      )}
    </div>
  );
};
