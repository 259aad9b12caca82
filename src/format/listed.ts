/** "LoRA", "LoRA and QLoRA", "full, LoRA and QLoRA". */
export const listed = (phrases: readonly string[]): string => {
  const last = phrases.at(-1) ?? "";
  return phrases.length < 2 ? last : `${phrases.slice(0, -1).join(", ")} and ${last}`;
};
