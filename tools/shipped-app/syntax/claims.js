// What the check itself is held to, for a check that never complains is worth nothing.
"use strict";

const assert = require("assert");
const { complaints } = require("./browser_engines.js");
const { scriptsIn } = require("./check.js");

const TAKEN = {
  module: [
    "import init from '/app.js'; init({ a: '/a.wasm' }).catch(window.failed);",
    "export default async function f(...all) { try { await fetch(...all) } catch { return import.meta.url } }",
    "const F = typeof FinalizationRegistry === 'undefined' ? null : new FinalizationRegistry(() => {});",
    "if (typeof WebAssembly.instantiateStreaming === 'function') { WebAssembly.instantiateStreaming(fetch('')) }",
    "const { a, b: { c } } = globalThis; export const d = { ...a, at: c };",
    "const f = ({ a: b = 1, c }, [d, e], ...g) => { const { h } = a(b, c, d, e, g); return { h } }; function a() {}",
    "const big = 10n; import('/x.js');",
  ],
  classic: [
    "(function () { var a = { b: 1 }; window.c = function (d) { return a.b + d }; })();",
    "try { x() } catch (error) { } function x() { return document.title }",
  ],
};

const REFUSED = {
  module: [
    ["const a = window?.b;", "?."],
    ["const a = window.b ?? 1;", "??"],
    ["let a; a ||= 1;", "Unexpected"],
    ["class A { #b = 1 }", "Unexpected"],
    ["class A { static { } }", "Unexpected"],
    ["export * as a from './a.js';", "export * as"],
    ["await fetch('');", "await"],
    ["const a = 1_000;", "Identifier"],
    ["const a = [1].at(-1);", ".at"],
    ["const a = 'a'['replaceAll']('a', 'b');", ".replaceAll"],
    ["const a = Promise.any([]);", ".any"],
    ["const a = structuredClone({});", "structuredClone"],
    ["const a = { structuredClone };", "structuredClone"],
    ["new FinalizationRegistry(() => {});", "FinalizationRegistry"],
    // Asked for something else.
    ["if (typeof WeakRef === 'function') { new FinalizationRegistry(() => {}) }", "FinalizationRegistry"],
    ["if (typeof fetch === 'function') { WebAssembly.instantiateStreaming(fetch('')) }", ".instantiateStreaming"],
  ],
  classic: [
    ["let a = 1;", "Unexpected"],
    ["var a = () => 1;", "Unexpected"],
    ["var a = `b`;", "Unexpected"],
    ["var a = { b };", "Unexpected"],
    ["function a(b = 1) {}", "Unexpected"],
    ["var a = [1, 2].at(0);", ".at"],
    ["var a = new WeakRef({});", "WeakRef"],
  ],
};

let passed = 0;
for (const level of ["module", "classic"]) {
  for (const source of TAKEN[level]) {
    assert.deepStrictEqual(complaints(source, level), [], source);
    passed += 1;
  }
  for (const [source, word] of REFUSED[level]) {
    assert.ok(complaints(source, level).join().includes(word), `${source}: ${complaints(source, level)}`);
    passed += 1;
  }
}

const html = "<script>var a</script><script type=module>b</script><script type='application/json'>{}</script><script src=c.js></script>";
assert.deepStrictEqual(
  scriptsIn(html).map((script) => script.level),
  ["classic", "module"],
);
passed += 1;
console.log(`test result: ok. ${passed} passed; 0 failed; 0 ignored; 0 measured; 0 filtered out`);
