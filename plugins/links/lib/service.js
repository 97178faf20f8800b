'use strict';

const { createInterface } = require('node:readline');
const { version } = require('../package.json');
const { handle } = require('./handler.js');
const { Store } = require('./store.js');

function log(level, text) {
  process.stderr.write(`${new Date().toISOString()} ${level} links release=${version} ${text}\n`);
}

/** One line a request, "METHOD TARGET"; one line an answer. A socket server in front speaks HTTP. */
function serve(input, output) {
  const store = new Store();
  log('INFO', 'ready');
  createInterface({ input }).on('line', (line) => {
    const [method, target] = line.split(' ');
    try {
      output.write(`${JSON.stringify(handle(store, { method, target }))}\n`);
    } catch (err) {
      const ours = !(err instanceof RangeError) && err.code !== 'ERR_INVALID_URL';
      log(ours ? 'ERROR' : 'WARN', ours ? `${method} failed\n${err.stack}` : err.message);
      output.write(`${JSON.stringify({ status: ours ? 500 : 400 })}\n`);
    }
  });
}

if (require.main === module) serve(process.stdin, process.stdout);

module.exports = { serve };
