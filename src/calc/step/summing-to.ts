import type { AliveTensors } from "#calc/model/alive-tensors.ts";

/**
 * Scales rows so that their bytes sum to `total`, in whole bytes. Rows that already do stay as they are.
 */
export const summingTo = (rows: readonly AliveTensors[], total: number): readonly AliveTensors[] => {
  const whole = rows.reduce((sum, { bytes }) => sum + bytes, 0);
  if (whole === total) return rows;
  let before = 0;
  let given = 0;
  return rows.map((row, index) => {
    before += row.bytes;
    const upTo = index === rows.length - 1 ? total : Math.round((before / whole) * total);
    const bytes = upTo - given;
    given = upTo;
    return { ...row, bytes };
  });
};
