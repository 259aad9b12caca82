import type { GpuFacts } from "#catalog/gpu-row.ts";
import type { Answer } from "#scenario/choices/answer.ts";
import { type CardNote, cardNotes } from "./card-notes.ts";
import { expertsNote } from "./experts-note.ts";
import { hostNote } from "./host-note.ts";
import { nearEdgeNote } from "./near-edge-note.ts";
import { versionNotes } from "./version-notes.ts";

/**
 * What no figure says by itself, a sentence each: what the GPU asks for, what published runs did that came as close to their GPU, whether experts are
 * quantized, what the host has to hold, what another version of the library does. Page and terminal say the same.
 *
 * @param row the chosen card; undefined for one that is in no catalog
 */
export const notesOf = (row: GpuFacts | undefined, answer: Answer): readonly CardNote[] => [
  ...(row === undefined ? [] : cardNotes(row, answer)),
  ...[nearEdgeNote(answer), expertsNote(answer), hostNote(answer)].filter((note) => note !== null),
  ...versionNotes(answer),
];
