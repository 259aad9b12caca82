import { formatCount } from "#format/count.ts";
import type { Candidate } from "./candidates/candidate.ts";

/** "4 B × 8 × 2,000 tokens × 256,000 = 16,384,000,000 B". */
export const productWords = ({ formula, bytes }: Candidate): string => `${formula} = ${formatCount(bytes)} B`;
