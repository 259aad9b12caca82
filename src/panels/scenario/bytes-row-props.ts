import type { ParameterFormat } from "#calc/base/dtype.ts";
import type { Override } from "#ui/Field.tsx";
import type { BytesRow } from "./bytes-rows.ts";

/** What the control of a row is given, whichever of its two looks it has. */
export type BytesRowProps = Readonly<{
  row: BytesRow;
  locked: boolean;
  override: Override | null;
  onChange: (format: ParameterFormat) => void;
}>;
