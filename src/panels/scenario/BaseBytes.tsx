import { type ReactElement, useId } from "react";
import { summandsOf } from "#calc/explain/factor-term.ts";
import { useAnswer, useScenario } from "#scenario/page/store.ts";
import type { PageAnswer } from "#service/answers/page-answer.ts";
import { Button } from "#ui/Button.tsx";
import { Field } from "#ui/Field.tsx";
import { openSection } from "./asked-section.ts";
import styles from "./BytesPerParameter.module.css";
import type { BytesRowProps } from "./bytes-row-props.ts";
import { BytesSlider } from "./BytesSlider.tsx";
import { bytesInWords, formatOfBytes } from "./bytes-rows.ts";
import { STACK_WORDS } from "#scenario/words/stack.ts";
import { BASE_BYTES_SCALE } from "./scales.ts";

const LABEL = "Bytes per parameter";

const TRACK = { scale: BASE_BYTES_SCALE, ends: ["0.5", "4"] } as const;

/** Bytes of a quantised weight, as the formula of the base has them; null where QLoRA is not shown. */
const quantisedBytes = ({ methods }: PageAnswer): number | null => {
  const terms = methods.find(({ method }) => method === "qlora")?.estimate.terms ?? [];
  const formula = terms.find(({ id }) => id === "weights")?.formula ?? [];
  const inputs = summandsOf(formula)
    .map((summand) => summand.filter((token) => typeof token !== "string"))
    .find((summand) => summand.some(({ name }) => name === "quantised parameters"));
  if (inputs === undefined) return null;
  return inputs.reduce((bytes, { name, value }) => (name === "quantised parameters" ? bytes : bytes * value), 1);
};

/** What a quantised weight takes: it follows from how the base is quantised, which this leads to. */
const Quantised = (): ReactElement => {
  const id = useId();
  const bytes = quantisedBytes(useAnswer());
  const quant = useScenario(({ choices }) => choices.quant);
  return (
    <Field
      controlId={id}
      label={LABEL}
      aside={
        <output id={id} className={styles.quantised}>
          {bytes === null ? STACK_WORDS.quant.values[quant] : bytesInWords(bytes)}
        </output>
      }
      hint={
        <>
          What {STACK_WORDS.quant.values[quant]} keeps of a linear layer’s weight.{" "}
          <Button kind="link" onClick={() => openSection("stack")}>
            Quantised base
          </Button>
        </>
      }
    />
  );
};

/** Bytes of a base weight for the method in focus: a slider, and any number in its field. */
export const BaseBytes = ({ row, locked, override, onChange }: BytesRowProps): ReactElement => {
  const method = useScenario(({ choices }) => choices.method);
  return (
    <div className={styles.base}>
      {method === "qlora" ? (
        <Quantised />
      ) : (
        <BytesSlider
          row={{ ...row, label: LABEL }}
          locked={locked}
          override={override}
          track={TRACK}
          onChange={(bytes) => onChange(formatOfBytes(row.key, Number(bytes), row.dtype))}
        />
      )}
    </div>
  );
};
