import type { ReactElement } from "react";
import type { Scale } from "#ui/scale.ts";
import { SliderField } from "#ui/SliderField.tsx";
import { bytesInWords } from "./bytes-rows.ts";
import type { BytesRowProps } from "./bytes-row-props.ts";
import { BYTES_SCALE } from "./scales.ts";

/** No rule of thumb has more. */
const MOST_BYTES = 64;

/** The slider's places, and what stands under its ends. */
type Track = Readonly<{ scale: Scale; ends: readonly [string, string] }>;

/** That of a flat accounting. */
const FLAT: Track = { scale: BYTES_SCALE, ends: ["0", "16 B"] };

/** Any number of bytes. */
export const BytesSlider = ({
  row,
  locked,
  override,
  onChange,
  track: { scale, ends } = FLAT,
}: BytesRowProps & Readonly<{ track?: Track }>): ReactElement => (
  <SliderField
    label={row.label}
    locked={locked}
    override={override}
    scale={scale}
    ends={ends}
    value={row.bytes}
    min={0}
    max={MOST_BYTES}
    whole={false}
    step={0.5}
    format={bytesInWords}
    onChange={(bytes) => onChange(bytes)}
  />
);
