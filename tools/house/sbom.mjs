// npm run -s sbom: what the page is made of, with licences, as a CycloneDX bill of materials on standard output. npm itself takes any option and passes over it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readCommandLine } from "./command-line.mjs";
import { ROOT, runNpm } from "./run-command.mjs";

readCommandLine(`Usage: npm run -s sbom

Prints what the page is made of, with licences, as a CycloneDX bill of materials.`);

const asked = ["sbom", "--omit", "dev", "--sbom-format", "cyclonedx", "--sbom-type", "application"];
const { code, output } = await runNpm([...asked, "--loglevel", "error"], {});
if (code !== 0) {
  console.error(output);
  process.exit(code);
}
const materials = JSON.parse(output);
// npm takes the name of the folder for the product's.
const { name } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
materials.metadata.component.name = name;
console.log(JSON.stringify(materials, null, 2));
