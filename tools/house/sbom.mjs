// npm run -s sbom: what the page is made of, with licences, as a CycloneDX bill of materials on standard output: of all that npm has installed the packages that the
// build lists (`dist/licences.md`), which is made where it is not there. npm itself takes any option and passes over it.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { billOfMaterials } from "./bill-of-materials.mjs";
import { readCommandLine } from "./command-line.mjs";
import { ROOT, runCommand, runNpm } from "./run-command.mjs";

readCommandLine(`Usage: npm run -s sbom

Prints what the page is made of, with licences, as a CycloneDX bill of materials.`);

/** The output of a program that went well; ends this one where it did not. @param {Awaited<ReturnType<typeof runNpm>>} ran */
const outputOf = ({ code, output }) => {
  if (code === 0) return output;
  console.error(output);
  process.exit(code);
};

const notices = join(ROOT, "dist", "licences.md");
if (!existsSync(notices)) outputOf(await runCommand(process.execPath, [join("tools", "build", "build.mjs")]));
const asked = ["sbom", "--sbom-format", "cyclonedx", "--sbom-type", "application", "--loglevel", "error"];
const installed = JSON.parse(outputOf(await runNpm(asked, {})));
const { name } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
console.log(JSON.stringify(billOfMaterials(installed, readFileSync(notices, "utf8"), name), null, 2));
