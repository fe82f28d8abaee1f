// Unpacks the Chromium of a package of an old engine: `node unpack.js FOLDER-OF-THE-PACKAGE PROGRAM`.
const fs = require('fs');
const zlib = require('zlib');

const [folder, program] = process.argv.slice(2);
const packed = fs.readdirSync(`${folder}/bin`).find(name => /^chromium.*\.br$/.test(name));
// Renamed when it is whole.
fs.writeFileSync(`${program}.part`, zlib.brotliDecompressSync(fs.readFileSync(`${folder}/bin/${packed}`)), { mode: 0o755 });
fs.renameSync(`${program}.part`, program);
