import { writeFileSync } from "node:fs";

/** Writes files of the project, and says which. @returns the exit code */
export const writeFiles = (files: Readonly<Record<string, string>>, print: (line: string) => void): number => {
  for (const [path, text] of Object.entries(files)) {
    writeFileSync(path, text);
    print(path);
  }
  return 0;
};
