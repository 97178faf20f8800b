import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { lookUp } from './glossary.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url)));

function log(level, message, more = {}) {
  const record = { level, message, service: 'glossary', version, timestamp: new Date().toISOString(), ...more };
  process.stderr.write(`${JSON.stringify(record)}\n`);
}

log('info', 'reading words from stdin');
createInterface({ input: process.stdin }).on('line', (line) => {
  try {
    process.stdout.write(`${JSON.stringify(lookUp(line))}\n`);
  } catch (error) {
    if (error instanceof RangeError) log('warn', error.message);
    else log('error', error.message, { stack: error.stack });
  }
});
