import { formatCount } from "#format/count.ts";
import { canBe } from "#interop/oom/request-range.ts";
import type { AskedOom, Candidate } from "./candidate.ts";
import { matricesOf, type Matrix } from "./matrices.ts";

/** A way to keep or copy a matrix: bytes of an element, and what such a tensor is. */
export type Kept = Readonly<{
  /** Bytes of an element: 0.5 of 4 bit. */
  size: number;
  /** Part of the matrix that it is: 1, or a half of a stack that is put together from two. */
  part?: number;
  which: (matrix: Matrix) => boolean;
  of: (matrix: Matrix) => Omit<Candidate, "bytes" | "formula" | "fits" | "rows">;
}>;

const formulaOf = ({ shape }: Matrix, { size, part = 1 }: Kept): string => {
  const half = part === 1 ? "" : ` × ${part}`;
  return `${size} B × ${shape.map(formatCount).join(" × ")}${half}`;
};

/** Matrices of the model that can be what was asked for, kept in given ways. */
export const sizedMatrices = ({ subject, request }: AskedOom, ways: readonly Kept[]): readonly Candidate[] =>
  matricesOf(subject.layout).flatMap((matrix) =>
    ways
      .filter(({ size, part = 1, which }) => which(matrix) && canBe(request, Math.ceil(matrix.elements * size * part)))
      .map((way) => ({
        ...way.of(matrix),
        bytes: Math.ceil(matrix.elements * way.size * (way.part ?? 1)),
        formula: formulaOf(matrix, way),
        fits: "fixed",
        rows: null,
      })),
  );
