import type { ReactElement } from "react";
import { SliderField } from "#ui/SliderField.tsx";
import { bytesInWords } from "./bytes-rows.ts";
import type { BytesRowProps } from "./bytes-row-props.ts";
import { BYTES_SCALE } from "./scales.ts";

/** No rule of thumb has more. */
const MOST_BYTES = 64;

/** A row of a flat accounting: any number of bytes. */
export const BytesSlider = ({ row, locked, override, onChange }: BytesRowProps): ReactElement => (
  <SliderField
    label={row.label}
    locked={locked}
    override={override}
    scale={BYTES_SCALE}
    ends={["0", "16 B"]}
    value={row.bytes}
    min={0}
    max={MOST_BYTES}
    whole={false}
    step={0.5}
    format={bytesInWords}
    onChange={(bytes) => onChange(bytes)}
  />
);
