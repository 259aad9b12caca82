// node tools/build/package.mjs: what `npm pack ./package` packs, into package/dist: the API and the program with all that they need, types, notices.
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "vite";
import { readCommandLine } from "../house/command-line.mjs";
import { ROOT } from "../house/run-command.mjs";
import { writeDeclarations } from "./declarations.mjs";

readCommandLine(`Usage: node tools/build/package.mjs

Builds what npm pack ./package packs, into package/dist.`);

const PACKAGE = join(ROOT, "package");
const dist = join(PACKAGE, "dist");

await build({
  root: ROOT,
  configFile: false,
  logLevel: "error",
  build: {
    outDir: dist,
    emptyOutDir: true,
    copyPublicDir: false,
    target: "es2022",
    minify: true,
    license: { fileName: "licences.md" },
    lib: {
      entry: { api: join(ROOT, "src/package/api.ts"), bin: join(ROOT, "src/package/bin.ts") },
      formats: ["es"],
    },
    rolldownOptions: {
      external: [/^node:/],
      output: { entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js", minify: true },
    },
  },
});

// The notices of what is bundled, ours before them.
const notices = await readFile(join(dist, "licences.md"), "utf8");
const ours = await readFile(join(ROOT, "LICENSE"), "utf8");
await writeFile(join(dist, "licences.md"), `# Headroom\n\n${ours}\n${notices}`);
await copyFile(join(ROOT, "LICENSE"), join(PACKAGE, "LICENSE"));

await writeDeclarations("package/api", join(dist, "types"));
