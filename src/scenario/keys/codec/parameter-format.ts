import { DTYPE_BYTES, type Dtype, type ParameterFormat } from "#calc/base/dtype.ts";
import { type Codec, read, refused } from "./codec.ts";
import { clamp, parseNumber } from "./number.ts";

const DTYPES = Object.keys(DTYPE_BYTES) as readonly Dtype[];

/** Beyond any accounting in use: 16 B for a parameter in fp32 with Adam's states and gradient, 20 B with a copy. */
const BYTES = { min: 0, max: 64 };

/** How a parameter is kept: a dtype by its name, or bytes for each parameter. */
export const parameterFormat: Codec<ParameterFormat> = {
  encode: String,
  decode: (text) => {
    const word = text.trim().toLowerCase();
    const dtype = DTYPES.find((candidate) => candidate === word);
    if (dtype !== undefined) return read(dtype);
    const value = parseNumber(word);
    return value === null
      ? refused("unknown-value", `is neither a number of bytes nor one of ${DTYPES.join(", ")}`)
      : clamp(value, BYTES);
  },
};
