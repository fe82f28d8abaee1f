// Reads every script that a phone gets with the built app: node check.js <folder of the app>
"use strict";

const fs = require("fs");
const path = require("path");
const { complaints } = require("./browser_engines.js");

// `level` is "module" or "classic"; data blocks are no scripts.
function scriptsIn(html) {
  return [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/g)]
    .map(([, attributes, source]) => ({
      type: (/\btype=["']?([^"'\s>]*)/.exec(attributes) || [])[1] || "classic",
      source,
    }))
    .filter(({ type, source }) => source.trim() && ["classic", "module", "text/javascript"].includes(type))
    .map(({ type, source }) => ({ level: type === "module" ? "module" : "classic", source }));
}

function check(folder) {
  const html = fs.readFileSync(path.join(folder, "index.html"), "utf8");
  const scripts = scriptsIn(html).map((script, index) => ({ name: `index.html, script ${index + 1}`, ...script }));
  for (const name of fs.readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"))) {
    scripts.push({ name, level: "module", source: fs.readFileSync(path.join(folder, name), "utf8") });
  }
  for (const level of ["classic", "module"]) {
    if (!scripts.some((script) => script.level === level)) throw new Error(`${folder} has no ${level} script`);
  }
  return scripts.map(({ name, level, source }) => ({ name, level, found: complaints(source, level) }));
}

module.exports = { check, scriptsIn };

if (require.main === module) {
  for (const { name, level, found } of check(process.argv[2])) {
    console.log(`${found.length ? "FAILED" : "ok"}  ${name} (${level === "classic" ? "ES5" : "Chrome 74, iOS 14.5"})`);
    for (const complaint of found) console.log(`  needs a newer browser engine: ${complaint}`);
    if (found.length) process.exitCode = 1;
  }
}
