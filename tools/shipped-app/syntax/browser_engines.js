// What a script may use in the oldest browser engines that the WASM runs on: Chrome 74 and iOS 14.5.
"use strict";

const acorn = require("acorn");

// Globals that both have. The list is short on purpose: whoever adds a name looks up since when it exists.
const GLOBALS = new Set(
  `AbortController arguments Array ArrayBuffer Boolean clearTimeout console crypto CustomEvent DataView Date decodeURI
  decodeURIComponent Document document DocumentFragment Element encodeURIComponent Error Event EventTarget fetch
  Function globalThis Headers history HTMLAnchorElement HTMLDocument HTMLElement HTMLTextAreaElement Int32Array isNaN JSON
  localStorage location Map Math navigator Node Number Object performance Promise Proxy queueMicrotask Reflect RegExp Request Response self
  sessionStorage
  Set setTimeout ShadowRoot String Symbol SyntaxError TextDecoder TextEncoder TypeError Uint8Array undefined URL
  URLSearchParams WeakMap WebAssembly window Window XMLHttpRequest`.split(/\s+/),
);

// Members that one of the two lacks, whatever they are called on.
const NEWER_MEMBERS = new Set(
  `allSettled any at checkVisibility findLast findLastIndex fromAsync getOrInsert groupBy hasOwn
  instantiateStreaming isWellFormed matchAll parseHTMLUnsafe randomUUID replaceAll replaceChildren
  requestIdleCallback setHTML setHTMLUnsafe showModal throwIfAborted toReversed toSorted toSpliced toWellFormed
  transferToFixedLength withResolvers`.split(/\s+/),
);

// acorn has no level between 2019 and 2020; of the latter the engines have dynamic import, import.meta and BigInt.
const NEWER_SYNTAX = {
  ChainExpression: "?. (Chrome 80)",
  LogicalExpression: (node) => node.operator === "??" && "?? (Chrome 80)",
  ExportAllDeclaration: (node) => node.exported && "export * as (Safari 14.1)",
};

// What is wrong with a script of this level ("module", or "classic": ES5, for it tells old engines that they are).
function complaints(source, level) {
  const is_module = level === "module";
  let program;
  try {
    program = acorn.parse(source, {
      ecmaVersion: is_module ? 2020 : 5,
      sourceType: is_module ? "module" : "script",
      locations: true,
    });
  } catch (error) {
    return [error.message];
  }
  const found = [];
  const declared = new Set();
  const used = [];
  walk(program, [], (node, ancestors) => {
    const complain = (what) => found.push(`${what} (${node.loc.start.line}:${node.loc.start.column})`);
    const newer = NEWER_SYNTAX[node.type];
    const name = typeof newer === "function" ? newer(node) : newer;
    if (name) complain(name);
    if (node.type === "Identifier") {
      const role = roleOf(node, ...ancestors.slice(-2).reverse());
      if (role === "declared") declared.add(node.name);
      if (role === "used" && !isGuarded(node.name, ancestors)) used.push([node.name, complain]);
    }
    if (node.type === "MemberExpression") {
      const member = node.computed ? node.property.value : node.property.name;
      const is_asked_for = ancestors[ancestors.length - 1].operator === "typeof";
      if (NEWER_MEMBERS.has(member) && !is_asked_for && !isGuarded(textOf(node), ancestors)) complain(`.${member}`);
    }
  });
  // Scopes are not told apart: a script that declares a name somewhere is taken to mean its own everywhere.
  for (const [name, complain] of used) if (!declared.has(name) && !GLOBALS.has(name)) complain(`the global ${name}`);
  return found;
}

function walk(node, ancestors, visit) {
  visit(node, ancestors);
  for (const key of Object.keys(node)) {
    for (const child of [].concat(node[key])) {
      if (child && typeof child.type === "string") walk(child, [...ancestors, node], visit);
    }
  }
}

// Whether an identifier declares a name, uses one, or is only the name of a property.
function roleOf(node, parent, grandparent) {
  switch (parent.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return parent.body === node ? "used" : "declared";
    case "VariableDeclarator":
      return parent.id === node ? "declared" : "used";
    case "ClassDeclaration":
      return parent.id === node ? "declared" : "used";
    case "AssignmentPattern":
      return parent.left === node ? "declared" : "used";
    case "ArrayPattern":
    case "CatchClause":
    case "RestElement":
    case "ImportDefaultSpecifier":
    case "ImportSpecifier":
    case "ImportNamespaceSpecifier":
      return "declared";
    case "MemberExpression":
      return parent.object === node || parent.computed ? "used" : "property";
    case "Property":
      if (grandparent.type === "ObjectPattern") return parent.value === node ? "declared" : "property";
      return parent.value === node || parent.computed ? "used" : "property";
    case "MethodDefinition":
      return parent.computed ? "used" : "property";
    case "MetaProperty":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "ExportSpecifier":
      return "property";
    case "UnaryExpression":
      return parent.operator === "typeof" ? "property" : "used";
    default:
      return "used";
  }
}

// Whether `typeof <text>` is asked before by a condition around it.
function isGuarded(text, ancestors) {
  return ancestors.some((node) => {
    const condition = node.test || (node.type === "LogicalExpression" && node.left);
    let asked = false;
    if (condition) {
      walk(condition, [], (part) => {
        asked = asked || (part.operator === "typeof" && textOf(part.argument) === text);
      });
    }
    return asked;
  });
}

function textOf(node) {
  if (node.type === "MemberExpression" && !node.computed) return `${textOf(node.object)}.${node.property.name}`;
  return node.name || "";
}

module.exports = { complaints };
