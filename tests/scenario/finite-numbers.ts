/** Whether no number in a value, however deep, is NaN or infinite. */
export const finiteNumbers = (value: unknown): boolean => {
  if (typeof value === "number") return Number.isFinite(value);
  return typeof value !== "object" || value === null || Object.values(value).every(finiteNumbers);
};
